"""Tunes with chord symbols and further voices, written and read again in each notation.

The tunes are written by hand; what they sound like was worked out from their notation.
"""

import re
from fractions import Fraction
from xml.etree import ElementTree

import mido
import music21
import pytest

from nottingham.corpus import collection, sources
from nottingham.formats.abc import reader as abc_reader
from nottingham.formats.abc import writer as abc
from nottingham.formats.midi import reader as midi_reader
from nottingham.formats.midi import writer as midi
from nottingham.formats.musicxml import reader as musicxml_reader
from nottingham.formats.musicxml import writer as musicxml
from nottingham.formats.unfold import unfold
from nottingham.music import notation
from nottingham.music.tune import ChordSymbol, Note, Tune, Voice

F = Fraction
FORMATS = ("abc", "mid", "musicxml")

TUNES = {
    "an upbeat and repeats": """M:3/4
L:1/4
V:1
V:2 name="Second fiddle"
K:G
[V:1] D|:"G"G2A|"D7"B2c|1 "G"d2D:|2 "G"d3|]
[V:2] z|:G,2z|DCB,|1 B,3:|2 D3|]""",
    "chords inside held notes": """M:4/4
L:1/4
K:C
"C"c4-|"F"c2-"G7"c2|"C"e3-"Am"e/-"D7"e/|"G"z"D"zd2|]""",
    "triplets": """M:4/4
L:1/8
K:C
"C"(3cde (3:2:2f2-"G"f e2 "F"(3z/"A"z/"Bb"c/d|]""",
    "a voice that rests for measures, and goes on alone": """M:6/8
L:1/8
V:1
V:2 nm="Cello" clef=bass
V:3 name="Say \\u0022hey\\u0022, 100 \\u0025 \\u005coe"
K:Em
[V:1] B|"Em"EFG B2A|z6|z6|"Em"E3 z3|z6|
[V:2] z|z6|z6|E,6-|E,3 D,3|C,,6|
[V:3] G|G6|z6|z6|z6|B,6|""",
    "a chord before the melody and one behind it": """M:4/4
L:1/4
K:D
"D"z2 "G"d2|"A7"c4|d2 "D"z2|]""",
    "other meters": """M:4/4
L:1/4
V:1
V:2
K:D
[V:1] d|"D"d4|[M:3/4]"G"g3|[M:6/8]"A"a3-"D7/f+"|a2d|
[V:2] z|D2F2|[M:3/4]G2-G/A/|[M:6/8]A3|F3|""",
}
SYMBOLS = ["G", "Bb", "F#m", "Am7", "Gm", "G7", "C6", "Dm6", "E7b9", "Gd", "C#d", "Ebd", "Fa"]
SYMBOLS += ["Fa7", "D/f+", "Gm/bb", "Bb/d", "A7/c+", "Em/d+", "D/F#", "Bdim", "Faug", "Cmaj7"]
SYMBOLS += ["Dm7b5", "Co7", "Gsus4", "A7/g", "C/c", "Ab/Eb", "Fadd9", "C#m7/G#"]


def read(text: str) -> Tune:
    return unfold(abc_reader.read(f"X:1\nT:A tune\n{text}\n"), id="a/1", source="a")


def again(tune: Tune, ending: str, folder) -> Tune:
    """Write a tune and read it."""
    if ending == "abc":
        return unfold(abc_reader.read(abc.text(tune)), id="a/1", source="a")
    if ending == "musicxml":
        return unfold(musicxml_reader.read(musicxml.content(tune)), id="a/1", source="a")
    midi.write(tune, folder / "a.mid")
    return midi_reader.read((folder / "a.mid").read_bytes(), id="a/1", source="a")


def lines(tune: Tune):
    return tune.notes, tune.chords, tune.voices


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", TUNES)
def test_what_is_written_reads_back(name, ending, tmp_path):
    tune = read(TUNES[name])
    back = again(tune, ending, tmp_path)
    assert lines(back) == lines(tune)
    assert (back.title, back.meter, back.key, back.remarks) == (
        tune.title,
        tune.meter,
        tune.key,
        (),
    )


@pytest.mark.parametrize("ending", FORMATS)
def test_every_kind_of_chord_symbol_reads_back(ending, make_tune, tmp_path):
    """All classes of the Nottingham corpus, and the usual ones of other books."""
    chords = tuple(ChordSymbol(F(2 * place), symbol) for place, symbol in enumerate(SYMBOLS))
    tune = make_tune(*((4 * measure, 4, 60) for measure in range(len(SYMBOLS) // 2 + 1)))
    tune = Tune(**(vars(tune) | {"chords": chords}))
    assert again(tune, ending, tmp_path).chords == chords


@pytest.mark.parametrize("ending", FORMATS)
def test_a_tune_of_many_voices_reads_back(ending, make_tune, tmp_path):
    """More than MIDI has channels, and one that calls itself the melody."""
    others = tuple(
        Voice(f"Melody {number}", (Note(F(number % 4), F(1), 40 + number),)) for number in range(20)
    )
    tune = make_tune((0, 4, 72), further_voices=others)
    assert lines(again(tune, ending, tmp_path)) == lines(tune)


@pytest.fixture(scope="module", params=[100, pytest.param(10, marks=pytest.mark.slow)])
def share(request, real_archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "raw"
    sources.fetch(["nottingham"], folder, archive=str(real_archive))
    notations = list(collection.find_notation(folder))[:: request.param]
    tunes = [tune for one in notations if isinstance(tune := collection.read_one(one), Tune)]
    assert len(tunes) > 1000 // request.param - 1
    assert sum(len(tune.chords) for tune in tunes) > 28000 // request.param
    return tunes


@pytest.mark.parametrize("ending", FORMATS)
def test_tunes_of_the_corpus_read_back(ending, share, tmp_path):
    for tune in share:
        assert lines(again(tune, ending, tmp_path)) == lines(tune), tune.id


def test_repeats_and_names_are_as_worked_out_by_hand():
    tune = read(TUNES["an upbeat and repeats"])
    (second,) = tune.further_voices
    assert tune.voices == (Voice("melody", tune.notes), second)
    assert second.name == "Second fiddle"
    # G,2 z, D C B, and the first ending; then the same with the second
    once = [(3, 2, 55), (6, 1, 62), (7, 1, 60), (8, 1, 59)]
    assert [(n.onset, n.duration, n.pitch) for n in second.notes] == [
        *once, (9, 3, 59), *((onset + 9, length, pitch) for onset, length, pitch in once),
        (18, 3, 62),
    ]  # fmt: skip
    assert [v.name for v in read(TUNES["other meters"]).further_voices] == ["2"]
    names = [v.name for v in read(TUNES[list(TUNES)[3]]).further_voices]
    assert names == ["Cello", 'Say "hey", 100 % \\oe']


def test_abc_ties_a_note_where_a_chord_falls_inside():
    text = abc.text(read(TUNES["chords inside held notes"]))
    assert text.splitlines()[-1] == (
        '"C"c8- | "F"c4- "G7"c4 | "C"e6-"Am"e-"D7"e | "G"z2"D"z2 d4 |]'
    )


def test_abc_writes_voices_line_by_line():
    text = abc.text(read(TUNES["other meters"]))
    assert text.splitlines()[5:] == [
        "V:1",
        'V:2 name="2"',
        "K:D",
        '[V:1] d2 | "D"d8 | [M:3/4] "G"g6 | [M:6/8] "A"a6- | "D7/f+"a4d2 |]',
        "[V:2] z2 | D4 F4 | [M:3/4] G5A | [M:6/8] A6 | F6 |]",
    ]


def test_of_two_chords_for_one_moment_abc_keeps_the_first(make_tune):
    chords = (ChordSymbol(F(1), "G"), ChordSymbol(F(1), "D7"))
    assert '"G"C2' in abc.text(make_tune((0, 1, 60), (1, 1, 60), chords=chords))


def test_midi_has_a_track_and_a_channel_for_each_voice(tmp_path):
    midi.write(
        read(TUNES["a voice that rests for measures, and goes on alone"]), tmp_path / "a.mid"
    )
    file = mido.MidiFile(tmp_path / "a.mid", charset="utf-8")
    assert (file.type, [track.name for track in file.tracks]) == (
        1, ["A tune", "melody", "Cello", 'Say "hey", 100 % \\oe'],
    )  # fmt: skip
    channels = [{m.channel for m in track if not m.is_meta} for track in file.tracks]
    assert channels == [set(), {0}, {1}, {2}]
    now, chords = 0, []
    for message in file.tracks[0]:
        now += message.time
        if message.type == "text":
            chords.append((now / file.ticks_per_beat, message.text))
    assert chords == [(3, "chord: Em"), (12, "chord: Em")]


def test_other_text_in_midi_is_no_chord_symbol(tmp_path, make_tune):
    midi.write(make_tune((0, 1, 60)), tmp_path / "a.mid")
    file = mido.MidiFile(tmp_path / "a.mid")
    for text in ("A", "chord: ", "chord: Am"):
        file.tracks[0].insert(0, mido.MetaMessage("text", text=text))
    file.save(tmp_path / "b.mid")
    tune = midi_reader.read((tmp_path / "b.mid").read_bytes(), id="a/1", source="a")
    assert tune.chords == (ChordSymbol(F(0), "Am"),)


def test_music21_reads_the_same_chords_and_parts():
    """Its own figures, at its own offsets; Nottingham's spelling it does not know."""
    tune = read(TUNES["chords inside held notes"])
    score = music21.converter.parseData(musicxml.content(tune).decode(), format="musicxml")
    symbols = score.parts[0].flatten().getElementsByClass(music21.harmony.ChordSymbol)
    assert [(s.offset, s.figure) for s in symbols] == [(c.onset, c.symbol) for c in tune.chords]
    tune = read('M:4/4\nL:1/4\nK:C\n"D/f+"C4|"Gd"D4|"Bb"D4|')
    score = music21.converter.parseData(musicxml.content(tune).decode(), format="musicxml")
    symbols = score.parts[0].flatten().getElementsByClass(music21.harmony.ChordSymbol)
    assert [s.figure for s in symbols] == ["D/F#", "Gdim", "B-"]
    tune = read(TUNES["a voice that rests for measures, and goes on alone"])
    score = music21.converter.parseData(musicxml.content(tune).decode(), format="musicxml")
    assert [part.partName for part in score.parts] == [voice.name for voice in tune.voices]
    # from the first barline on: the upbeat is an eighth, after five eighths of rest
    cello = score.parts[1].stripTies().flatten().notes
    assert [(F(n.offset) + F(5, 2), F(n.quarterLength), n.pitch.midi) for n in cello] == [
        (n.onset, n.duration, n.pitch) for n in tune.further_voices[0].notes
    ]


def test_parts_have_the_same_measures():
    root = ElementTree.fromstring(musicxml.content(read(TUNES["other meters"])))
    numbers = [[m.get("number") for m in part.iter("measure")] for part in root.iter("part")]
    assert numbers == [["0", "1", "2", "3", "4"]] * 2


def test_the_text_of_a_foreign_chord_symbol_counts_only_where_it_says_the_same(make_tune):
    """As a program for German readers writes it, whose H is B."""
    tune = make_tune((0, 4, 60), chords=(ChordSymbol(F(0), "Bd"),))
    german = re.sub('text="B"', 'text="H"', musicxml.content(tune).decode()).encode()
    back = unfold(musicxml_reader.read(german), id="a/1", source="a")
    assert back.chords == (ChordSymbol(F(0), "Bdim"),)
    huge = musicxml.content(make_tune((0, 4, 60), chords=(ChordSymbol(F(0), "Bbd"),))).decode()
    huge = huge.replace("<root-alter>-1<", "<root-alter>-999999<")
    assert unfold(musicxml_reader.read(huge.encode()), id="", source="").notes


def test_chords_and_voices_keep_the_upbeat_and_the_last_measure_whole(make_tune):
    tune = make_tune((3, 1, 60), (4, 3, 62))
    assert notation.upbeat(tune) == 1
    lengths = [sum(e.length for e in m.events) for m in notation.measures(tune)]
    assert lengths == [1, 3]
    for chord in (F(0), F(7)):
        with_chord = make_tune((3, 1, 60), (4, 3, 62), chords=(ChordSymbol(chord, "G"),))
        lengths = [sum(e.length for e in m.events) for m in notation.measures(with_chord)]
        assert lengths == ([4, 4] if chord == 0 else [1, 4])
    below = Voice("2", (Note(F(2), F(8), 40),))
    with_voice = make_tune((3, 1, 60), (4, 3, 62), further_voices=(below,))
    for voice in (None, below):
        found = notation.measures(with_voice, voice)
        assert [sum(e.length for e in m.events) for m in found] == [2, 4, 2]


def test_a_name_that_cannot_be_printed_ends_no_line(make_tune):
    """Of a voice made in Python; readers clean the names that they read."""
    voice = Voice("low\nX:2", (Note(F(0), F(1), 40),))
    tune = make_tune((0, 1, 60), further_voices=(voice,))
    assert 'name="low X:2"' in abc.text(tune)
    assert b"<part-name>low X:2</part-name>" in musicxml.content(tune)
