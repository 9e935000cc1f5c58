"""The files that generation writes, read back by other code than wrote them."""

from dataclasses import replace
from fractions import Fraction

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nottingham import corpus
from nottingham.formats import pianoroll, writers
from nottingham.formats.abc import reader
from nottingham.formats.abc import writer as abc
from nottingham.formats.midi import writer as midi
from nottingham.formats.musicxml import reader as reader_of_musicxml
from nottingham.formats.musicxml import writer as musicxml
from nottingham.formats.unfold import unfold
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import ChordSymbol, Tune
from nottingham.representation import Grid

KEYS = ["C major", "D major", "Bb major", "E minor", "A dorian", "D mixolydian", "F# minor", ""]


def decoded(tokens, meter, key):
    """Return the tune of a model's tokens, on a grid of eight steps."""
    heading = Tune("lstm/1", "A title", meter, key, (), (), "lstm")
    return Grid(8).decode(np.array(tokens, np.uint8), heading)


def melody(tune):
    return [(n.onset, n.duration, n.pitch) for n in tune.notes]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(30, 70) | st.just(0), min_size=20, max_size=60),
    st.sampled_from(["4/4", "6/8", "3/4", "9/8", "2/4"]),
    st.sampled_from(KEYS),
)
def test_abc_reads_back_to_the_same_notes(tokens, meter, key):
    tune = decoded([40, *tokens, 40], meter, key)
    back = unfold(reader.read(abc.text(tune)), id="a/1", source="a.abc")
    assert melody(back) == melody(tune)
    assert (back.meter, back.title) == (meter, "A title")
    assert not key or back.key == key


def test_abc_of_a_small_tune(make_tune):
    tune = make_tune(
        (0, 1, 62), (1, "1/2", 66), ("3/2", "1/2", 65), (2, 3, 74), (6, 2, 61), key="D major"
    )
    assert abc.text(tune).splitlines() == [
        "X:1",
        "T:A tune",
        "M:4/4",
        "L:1/8",
        "Q:1/4=120",
        "K:D",
        "D2F=F d4- | d2z2 C4 |]",
    ]


def test_accidentals_and_the_naturals_that_end_them(make_tune):
    tune = make_tune((0, 1, 61), (1, 1, 61), (2, 1, 60), (3, 1, 72), (4, 1, 61))
    assert abc.text(tune).splitlines()[-1] == "^C2^C2 =C2=c2 | ^C2z6 |]"


def test_notes_are_joined_as_players_do(make_tune):
    """Three eighths of 6/8, also where an upbeat begins within a beat; in 4/4 four, in 3/4 two."""
    eighths = [(k / 2, 0.5, 60) for k in range(6)]
    assert abc.text(make_tune(*eighths, meter="6/8")).splitlines()[-1] == "CCC CCC |]"
    assert abc.text(make_tune(*eighths[1:], meter="6/8")).splitlines()[-1] == "CC CCC |]"
    assert abc.text(make_tune(*eighths, (3, 1, 62))).splitlines()[-1] == "CCCC CCD2 |]"
    assert abc.text(make_tune(*eighths, meter="3/4")).splitlines()[-1] == "CC CC CC |]"


def test_a_dotted_pair_is_a_broken_rhythm(make_tune):
    """On the eighths, of two notes; not where a chord, a rest or a tie parts them."""
    long, short = "3/4", "1/4"
    tune = make_tune(
        (0, long, 60), ("3/4", short, 62), (1, short, 64), ("5/4", long, 65),
        (2, long, 67), ("11/4", short, 67), ("13/4", short, 69), ("7/2", "1/2", 71),
    )  # fmt: skip
    assert abc.text(tune).splitlines()[-1] == "C>DE<F G>Gz/A/B |]"
    chorded = replace(tune, chords=(ChordSymbol(Fraction(3, 4), "G"),))
    assert abc.text(chorded).splitlines()[-1] == 'C3/2"G"D/E<F G>Gz/A/B |]'
    for one in (tune, chorded):
        back = unfold(reader.read(abc.text(one)), id="a/1", source="a.abc")
        assert (melody(back), back.chords) == (melody(one), one.chords)


def test_abc_names_dance_tempo_and_what_wrote_it(make_tune):
    tune = make_tune((0, 3, 60), meter="6/8", rhythm="jig", credit="written by a model")
    text = abc.text(tune)
    assert text.splitlines()[:7] == [
        "X:1", "T:A tune", "R:jig", "N:written by a model", "M:6/8", "L:1/8", "Q:3/8=120"
    ]  # fmt: skip


def test_triplets_have_their_sign(make_tune):
    """To other programs lengths such as 2/3 are no notes; (3 puts three into the time of two."""
    third, sixth = "1/3", "1/6"
    tune = make_tune(
        (0, third, 60), ("1/3", third, 62), ("2/3", third, 64),
        (1, "2/3", 65), ("5/3", third, 67),
        (2, 1, 69), (3, sixth, 71), ("19/6", sixth, 72),
    )  # fmt: skip
    assert abc.text(tune).splitlines()[-1] == "(3CDE(3:2:2F2G A2(3B/c/z2 |]"


def test_a_triplet_over_a_barline_has_a_sign_on_each_side(make_tune):
    tune = make_tune((0, "11/3", 60), ("11/3", "2/3", 62), ("13/3", "2/3", 64))
    assert abc.text(tune).splitlines()[-1] == "(3:2:2C11D- | (3:2:2DE2z6 |]"


def test_quintuplets_and_groups_longer_than_a_digit_counts(make_tune):
    five = make_tune(*((f"{k}/5", "1/5", 60) for k in range(5)))
    assert "(5:4:5C/C/C/" in abc.text(five)
    many = make_tune(
        ("0", "1/3", 60), *((f"{3 * k + 1}/3", 1, 60) for k in range(11)), meter="12/4"
    )
    back = unfold(reader.read(abc.text(many)), id="a/1", source="a.abc")
    assert melody(back) == melody(many)


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        ("D major", "D"),
        ("Bb major", "Bb"),
        ("E minor", "Em"),
        ("G# minor", "G#m"),
        ("A dorian", "G"),
        ("D mixolydian", "G"),
        ("C# lydian", None),  # seven sharps and one more
        ("", None),
    ],
)
def test_midi_has_the_signature_of_the_key(tmp_path, make_tune, key, signature):
    midi.write(make_tune((0, 1, 60), key=key), tmp_path / "a.mid")
    found = [
        m.key for m in mido.MidiFile(tmp_path / "a.mid").tracks[0] if m.type == "key_signature"
    ]
    assert found == ([signature] if signature else [])
    (back,) = corpus.read(tmp_path / "a.mid")
    if key.endswith(("major", "minor")):
        assert back.key == key


def test_abc_says_where_there_is_no_key(make_tune):
    """abc2midi plays nothing of a tune whose K: is empty, and all of one with K:none."""
    text = abc.text(make_tune((0, 1, 61), key=""))
    assert text.splitlines()[-2:] == ["K:none", "^C2z6 |]"]
    assert unfold(reader.read(text), id="a/1", source="a.abc").key == ""


def test_octaves(make_tune):
    tune = make_tune((0, 1, 48), (1, 1, 36), (2, 1, 72), (3, 1, 84))
    assert abc.text(tune).splitlines()[-1] == "C,2C,,2 c2c'2 |]"


def test_a_hostile_title_stays_one_title(make_tune):
    text = abc.text(make_tune((0, 1, 60), title="Evil\nK:Eb\n%%abc \\ end"))
    assert [line for line in text.splitlines() if line.startswith(("K:", "%"))] == ["K:C"]


@pytest.mark.parametrize(
    ("rhythm", "meter", "quarters"), [("jig", "6/8", 180), ("reel", "2/2", 224), ("", "4/4", 120)]
)
def test_midi_and_musicxml_have_the_tempo_of_the_dance(
    tmp_path, make_tune, rhythm, meter, quarters
):
    """In quarters a minute: 120 beats of three eighths, 112 halves, and 120 beats of a quarter."""
    tune = make_tune((0, 1, 60), meter=meter, rhythm=rhythm)
    midi.write(tune, tmp_path / "a.mid")
    (track,) = mido.MidiFile(tmp_path / "a.mid").tracks
    (tempo,) = (message.tempo for message in track if message.type == "set_tempo")
    assert mido.tempo2bpm(tempo) == pytest.approx(quarters, rel=1e-5)
    musicxml.write(tune, tmp_path / "a.musicxml")
    assert f'<sound tempo="{quarters}"' in (tmp_path / "a.musicxml").read_text()


def test_midi_holds_the_notes_to_the_tick(tmp_path, make_tune):
    tune = make_tune(
        ("3/8", "3/8", 60), ("3/4", "9/8", 67), (3, "3/8", 67), meter="6/8", title="Séan's"
    )
    midi.write(tune, tmp_path / "a.mid")
    file = mido.MidiFile(tmp_path / "a.mid", charset="utf-8")
    now, sounding, notes = Fraction(0), {}, []
    for message in file.tracks[0]:
        now += Fraction(message.time, file.ticks_per_beat)
        if message.type == "note_on":
            sounding[message.note] = now
        elif message.type == "note_off":
            onset = sounding.pop(message.note)
            notes.append((onset, now - onset, message.note))
    assert notes == melody(tune)
    meta = {m.type: m for m in file.tracks[0] if m.is_meta}
    assert meta["track_name"].name == "Séan's"
    assert (meta["time_signature"].numerator, meta["time_signature"].denominator) == (6, 8)


def test_a_repeated_note_ends_before_it_starts_again(tmp_path, make_tune):
    midi.write(make_tune((0, 1, 60), (1, 1, 60)), tmp_path / "a.mid")
    messages = [m.type for m in mido.MidiFile(tmp_path / "a.mid").tracks[0] if not m.is_meta]
    assert messages == ["note_on", "note_off", "note_on", "note_off"]


def test_midi_opens_in_another_program(tmp_path, make_tune):
    midi.write(make_tune((0, 1, 60), (1, 1, 62), (2, 2, 64)), tmp_path / "a.mid")
    (tune,) = corpus.read(tmp_path / "a.mid")
    assert [n.pitch for n in tune.notes] == [60, 62, 64]


def test_a_tune_without_notes_is_a_bar_of_rest(tmp_path, make_tune):
    writers.write(make_tune(meter="6/8"), tmp_path / "a", list(writers.FORMATS))
    with pytest.raises(UnreadableTuneError, match="it has no notes"):
        reader_of_musicxml.read((tmp_path / "a.musicxml").read_bytes())
    assert {p.suffix[1:] for p in tmp_path.iterdir()} == set(writers.FORMATS)


def test_a_format_that_nobody_writes(tmp_path, make_tune):
    with pytest.raises(ValueError, match="there is no format 'mp4'"):
        writers.write(make_tune((0, 1, 60)), tmp_path / "a", ["mp4"])


def test_the_picture_is_a_png(tmp_path, make_tune):
    tune = make_tune((0, 1, 60), (1, 1, 62), title="costs $5 and $x^$")
    pianoroll.write(tune, tmp_path / "a.png", primer=Fraction(1))
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(30, 70) | st.just(0), min_size=20, max_size=60),
    st.sampled_from(["4/4", "6/8", "3/4", "9/8", "2/4"]),
    st.sampled_from(KEYS),
    st.sampled_from([0, 3, 6]),
)
def test_musicxml_reads_back_to_the_same_notes(tokens, meter, key, rests):
    tune = decoded([0] * rests + [40, *tokens, 40], meter, key)
    back = unfold(reader_of_musicxml.read(musicxml.content(tune)), id="a/1", source="a.xml")
    assert melody(back) == melody(tune)
    assert (back.meter, back.title) == (meter, "A title")
    assert not key or back.key == key


@pytest.mark.parametrize("steps", [42, 95])
def test_notes_as_long_as_no_notation_can_say_are_moved_to_sixteenths(steps, make_tune):
    """Grids of so many steps are allowed; some of their notes last, say, 2/21 of a quarter."""
    tokens = np.repeat(np.arange(40, 60, dtype=np.uint8), [1, 2, 3, 5, 7] * 4)
    tune = Grid(steps).decode(tokens, make_tune())
    again = unfold(reader_of_musicxml.read(musicxml.content(tune)), id="a/1", source="a.xml")
    assert all((note.onset * 4).denominator == 1 for note in again.notes)
    places = {note.pitch: note.onset for note in tune.notes}
    assert all(abs(note.onset - places[note.pitch]) <= Fraction(1, 8) for note in again.notes)
    assert len(again.notes) > 5


def test_an_excerpt_of_abc_holds_measures_by_number_with_their_rests():
    text = 'X:1\nM:4/4\nL:1/8\nK:D\nd2|D4 E4|z4 F4|"G"G8-|G4 z4|]\n'
    tune = unfold(reader.read(text), id="", source="")
    assert abc.excerpt(tune, 1, 2) == "D4 E4 | z4 F4 |\n"
    assert abc.excerpt(tune, 3, 4) == '"G"G8- | G4 z2 |]\n'
