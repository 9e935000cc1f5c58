import pytest

from nottingham.music import dances


@pytest.mark.parametrize(
    ("fields", "dance"),
    [
        ({"id": "jigs/12"}, "jig"),
        ({"id": "slip/1"}, "slip jig"),
        ({"id": "hpps/3"}, "hornpipe"),
        ({"id": "waltzes/3"}, "waltz"),
        ({"id": "ashover/3"}, ""),
        ({"id": "airds-airs/3"}, "air"),
        ({"id": "fairies/3"}, ""),  # not of an air
        ({"id": "book/reels"}, ""),  # the name of the file counts, the number does not
        ({"rhythm": "Hop Jig"}, "slip jig"),
        ({"rhythm": "Double jig"}, "jig"),
        ({"rhythm": "horn pipe"}, "hornpipe"),
        ({"rhythm": "QUICKSTEP"}, "march"),
        ({"rhythm": "Song"}, "air"),
        ({"id": "jigs/12", "rhythm": "Polka"}, "polka"),
        ({"id": "jigs/12", "rhythm": "Mazurka"}, ""),
    ],
)
def test_the_notation_s_word_counts_or_else_the_file_s(make_tune, fields, dance):
    assert dances.named(make_tune(**fields)) == dance


def test_each_dance_names_itself(make_tune):
    assert [dances.named(make_tune(rhythm=name)) for name in dances.NAMES] == [*dances.NAMES]
    assert set(dances.METERS) <= set(dances.NAMES)
