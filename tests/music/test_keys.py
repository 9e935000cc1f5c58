import pytest

from nottingham.errors import InputError
from nottingham.music import keys


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("D", "D major"), ("d", "D major"), ("Em", "E minor"), ("F#m", "F# minor"),
        ("Bb", "Bb major"), ("A dorian", "A dorian"), ("Ddor", "D dorian"),
        ("G Mix", "G mixolydian"),
        ("e minor", "E minor"), (" Eb major ", "Eb major"),
    ],
)  # fmt: skip
def test_keys_are_read_as_musicians_write_them(text, name):
    assert keys.read(text) == name


@pytest.mark.parametrize("text", ["", "H", "none", "1", "Dfoo", "clef=bass"])
def test_what_is_no_key_is_explained(text):
    with pytest.raises(InputError, match="no such key; write a tonic"):
        keys.read(text)


def test_scales():
    assert keys.scale("C major") == {0, 2, 4, 5, 7, 9, 11}
    assert keys.scale("D major") == {2, 4, 6, 7, 9, 11, 1}
    assert keys.scale("D mixolydian") == {2, 4, 6, 7, 9, 11, 0}
    assert keys.scale("A minor") == {9, 11, 0, 2, 4, 5, 7} | {6, 8}
    assert keys.scale("Bb major") == {10, 0, 2, 3, 5, 7, 9}


def test_minor_thirds():
    minor = {"A minor", "E dorian", "B aeolian", "E phrygian"}
    major = {"D major", "D mixolydian", "F lydian", "C ionian"}
    assert {key for key in minor | major if keys.is_minor(key)} == minor


def test_tonics():
    assert [keys.tonic(key) for key in ("C major", "F# minor", "Bb major", "Cb major")] == [
        0, 6, 10, 11,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "other", "semitones"),
    [("G major", "D major", -5), ("D major", "G major", 5), ("C major", "C major", 0),
     ("C major", "F# major", -6), ("E minor", "F minor", 1)],
)  # fmt: skip
def test_the_shorter_way_is_taken(key, other, semitones):
    assert keys.distance(key, other) == semitones


def test_modes_are_not_mixed():
    with pytest.raises(InputError, match="a tune in G major cannot be moved to E minor: the modes"):
        keys.distance("G major", "E minor")
