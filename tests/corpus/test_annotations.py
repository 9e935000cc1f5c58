"""What is known of the tunes of a corpus of MIDI files beside their notation."""

from collections import Counter
from dataclasses import replace

import pytest

from nottingham.corpus import annotations, collection, sources, verification
from nottingham.corpus.collection import Notation, Skipped
from nottingham.errors import InputError
from nottingham.music.tune import Tune


def written(abc):
    """Read the notes of a line of ABC."""
    return collection.read_tune(Notation("a/1", "a.abc", f"X:1\nL:1/4\nK:C\n{abc}\n")).notes


def midi(title, *, meter="4/4", key="D major"):
    return Tune("a/1", title, meter, key, (), (), "sub/a.mid")


@pytest.mark.parametrize(
    ("title", "meter", "said", "rhythm"),
    [
        ("Achonry Lasses (reel), The", "4/4", "The Achonry Lasses", "reel"),
        ("After the Hare* (reel)", "4/4", "After the Hare", "reel"),
        ("Battle of Aughrim (polka), The", "2/4", "The Battle of Aughrim", "polka"),
        ("Anderson's Reel", "4/4", "Anderson's Reel", "reel"),
        ("A Trip To Galway", "6/8", "A Trip To Galway", "jig"),
        ("Baile an tSamhraidh (slide)", "12/8", "Baile an tSamhraidh", "slide"),
        ("Father Burke's (slip jig)", "9/8", "Father Burke's", "slip jig"),
        ("Alexander's March", "4/4", "Alexander's March", "march"),
        ("Ask My Father", "4/4", "Ask My Father", ""),
        ("(gan ainm)", "4/4", "(gan ainm)", ""),
        ("The Mug (gan ainm)", "4/4", "The Mug (gan ainm)", ""),
    ],
)
def test_a_title_names_the_dance(title, meter, said, rhythm):
    tune = annotations.annotate(midi(title, meter=meter), {})
    assert (tune.title, tune.rhythm, tune.key) == (said, rhythm, "D major")


@pytest.mark.parametrize(
    ("signature", "root", "pitches", "key"),
    [
        ("G major", 7, "GABcdefg", "G mixolydian"),
        ("G major", 7, "GABcde^fg", "G major"),
        ("G major", 7, "GABcd", "G major"),  # as the file has it
        ("G minor", 7, "GA_Bcd", "G minor"),
        ("A minor", 9, "ABcde^fga", "A dorian"),
        ("A minor", 9, "ABcdefga", "A minor"),
        ("G major", 9, "ABcde^fga", "A dorian"),
        ("", 10, "_Bcdf", "Bb major"),
    ],
)
def test_the_notes_tell_the_mode_of_a_tonic(signature, root, pitches, key):
    notes = written(pitches)
    tune = replace(midi("x", key=signature), notes=notes)
    assert annotations.annotate(tune, {"a": root}).key == key


@pytest.mark.parametrize("row", ["a,12", "a,x", "a", "a,1,2", "a,-1"])
def test_a_table_of_tonics_that_is_none_is_refused_with_its_line(tmp_path, row):
    (tmp_path / "roots.csv").write_text(f",root\nb,2\n{row}\n")
    with pytest.raises(InputError, match=r"roots\.csv, line 3: expected"):
        annotations.read_roots(tmp_path / "roots.csv")


@pytest.fixture(scope="module")
def ceol_rince(ceol_rince_archive, tmp_path_factory):
    """All tunes of the real corpus, as the stages download and parse have them."""
    raw = tmp_path_factory.mktemp("ceol-rince") / "raw"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEOL_RINCE_ARCHIVE", str(ceol_rince_archive))
        (record,) = sources.fetch(["ceol-rince"], raw, archive=None)
    assert "CC BY 4.0" in record["licence"]
    assert "Breathnach" in record["credit"]
    return list(collection.read_corpora(verification.corpora(raw)))


def test_ceol_rince_is_read_whole(ceol_rince):
    """Every second tune has an upbeat; roots and notes tell the mode, titles the dance.

    Hornpipes are swung in these files, and 71 of them were written in even eighths.
    """
    assert len(ceol_rince) == 1195
    assert not [tune for tune in ceol_rince if isinstance(tune, Skipped)]
    assert sum(tune.upbeat > 0 for tune in ceol_rince) == 694
    modes = Counter(tune.key.partition(" ")[2] for tune in ceol_rince)
    assert modes == {"major": 931, "dorian": 144, "minor": 75, "mixolydian": 45}
    dances = Counter(tune.rhythm for tune in ceol_rince)
    assert dances == {
        "reel": 632, "jig": 258, "polka": 84, "hornpipe": 85, "slide": 76, "slip jig": 52, "": 2,
        "march": 6,
    }  # fmt: skip
    swung = [
        tune for tune in ceol_rince if any("as hornpipes are played" in r for r in tune.remarks)
    ]
    assert {tune.rhythm for tune in swung} == {"hornpipe"}
    assert len(swung) == 71
