import pytest

from nottingham.music import dances
from nottingham.music.tune import MeterChange


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


@pytest.mark.parametrize(
    ("fields", "beats"),
    [
        ({"id": "jigs/12", "meter": "6/8"}, 120),
        ({"id": "slip/1", "meter": "9/8"}, 136),
        ({"id": "reelsa-c/1", "meter": "4/4"}, 224),
        ({"id": "reelsa-c/1", "meter": "2/2"}, 112),  # the same measures a minute, of two beats
        ({"id": "reelsa-c/1", "meter": "2/4"}, 112),
        ({"rhythm": "Hornpipe", "meter": "4/4"}, 184),
        ({"id": "waltzes/3", "meter": "3/4"}, 150),
        ({"rhythm": "Strathspey", "meter": "4/4"}, 116),
        ({"rhythm": "Hornpipe", "meter": "3/2"}, 120),  # of triple time: unusual now
        ({"rhythm": "jig", "meter": "3/4"}, 120),
        ({"id": "ashover/3", "meter": "4/4"}, 120),
        ({"id": "ashover/3", "meter": "7/8"}, 240),  # its beats are eighths
        ({"id": "ashover/3", "meter": "6/8"}, 120),
        ({"id": "jigs/12", "meter": "6/8", "meter_changes": (MeterChange(3, "9/8"),)}, 120),
        ({"id": "reels/1", "meter": "4/4", "meter_changes": (MeterChange(4, "3/4"),)}, 120),
    ],
)
def test_the_tempo_is_the_dance_s_in_its_usual_meters(make_tune, fields, beats):
    assert dances.beats_per_minute(make_tune(**fields)) == beats


def test_every_dance_has_a_tempo_in_the_meter_that_tells_it(make_tune):
    for dance, meter in dances.METERS.items():
        assert meter in dances._TEMPI[dance]
    assert list(dances._TEMPI) == [*dances.NAMES]
