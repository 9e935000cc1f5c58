"""Which voices are read beside the melody; what they sound like was worked out by hand."""

import random
from xml.etree import ElementTree

import pytest
from mido import MetaMessage

from nottingham.formats.midi import reader as midi
from nottingham.music.limits import MAX_VOICES
from nottingham.music.tune import ChordSymbol
from tests import scores
from tests.formats import test_abc, test_midi
from tests.scores import START, measure, note, part

REST = "<note><rest/><duration>1</duration></note>"
BACK = "<backup><duration>2</duration></backup>"


def beside(tune):
    return {v.name: [(n.onset, n.duration, n.pitch) for n in v.notes] for v in others(tune)}


def others(tune):
    return tune.further_voices


def abc(body, *, head=test_abc.HEAD):
    return test_abc.read(body, head=head)


def test_abc_names_voices_by_name_or_by_what_stands_behind_the_colon():
    tune = abc('V:1\nC4|\nV:B nm="Ba\\\'ss" snm="B."\nE4|\nV:C clef=bass\nG4|\nV:1\nD4|')
    assert beside(tune) == {"Baśs": [(0, 4, 64)], "C": [(0, 4, 67)]}


def test_abc_plays_voices_in_the_order_of_the_melody():
    """Without repeat signs and endings of their own."""
    tune = abc("V:1\n|:C4|[1D4:|[2E4|]\nV:2\nG4|A4|B4|]")
    assert [n[2] for n in beside(tune)["2"]] == [67, 69, 67, 71]
    tune = abc("V:1\n[P:A]C4|[P:B]D4|\nV:2\nG4|A4|", head="P:ABA\nL:1/4\nM:4/4\nV:1\nK:C\n")
    assert [n[2] for n in beside(tune)["2"]] == [67, 69, 67]


def test_abc_takes_the_top_line_of_a_voice_and_no_percussion():
    tune = abc("V:1\nC4|\nV:2\n[EG]4|\nV:3 clef=perc\nc4|\nV:4\nz4|")
    assert beside(tune) == {"2": [(0, 4, 67)]}


@pytest.mark.parametrize(
    ("body", "remark", "left"),
    [
        ("V:1\nC4|\nV:2\nE100000|", "its voice 2 is left out: a note or rest lasts 100000", []),
        ("V:1\nC4|\nV:2\nE,,,,,4|", "its voice 2 is left out: its MIDI pitch 4 is not on", []),
        ("V:1\nC4|\nV:2\nE4|F4|", "its voice 2 is 8 quarter notes long, its melody 4", [64]),
    ],
)
def test_abc_remarks_on_voices_that_do_not_fit(body, remark, left):
    tune = abc(body)
    assert len(tune.remarks) == 1
    assert tune.remarks[0].startswith(remark)
    assert [n.pitch for voice in others(tune) for n in voice.notes] == left


def test_voices_beyond_any_score_are_left_out():
    tune = abc("".join(f"V:{number}\nC4|\n" for number in range(100)))
    assert len(tune.voices) == MAX_VOICES
    assert tune.remarks == ("its voice 32 is left out: more than 32 are not read",)


def test_midi_reads_every_other_track():
    tune = test_midi.read(
        test_midi.packed(test_midi.BASS, test_midi.TUNE, test_midi.DRUMS, test_midi.track())
    )
    assert beside(tune) == {"Bass": [(0, 1, 40)]}
    nameless = test_midi.packed(test_midi.TUNE, test_midi.track((0, 96, 40), name=""))
    assert beside(test_midi.read(nameless)) == {"2": [(0, 1, 40)]}


def test_midi_reads_the_other_channels_of_an_only_track():
    mixed = test_midi.track((96, 192, 72), (192, 288, 60))
    mixed[:0] = test_midi.track((0, 96, 40), channel=3, name="X")[1:3]
    tune = test_midi.read(test_midi.packed(mixed, type=0))
    assert beside(tune) == {"channel 4": [(0, 1, 40)]}


def test_midi_tracks_of_format_2_are_no_voices_of_each_other():
    content = test_midi.packed(test_midi.BASS, test_midi.TUNE, type=2)
    assert others(test_midi.read(content)) == ()


def test_a_midi_track_that_fits_no_grid_costs_only_itself():
    draw = random.Random(1)
    starts = sorted(draw.sample(range(9600), 60))
    played = test_midi.track(*((start, start + 7, 50) for start in starts), name="Live")
    tune = test_midi.read(test_midi.packed(test_midi.TUNE, played))
    assert others(tune) == ()
    assert tune.remarks[0].startswith("its voice Live is left out: its timing fits no grid")


def test_midi_voices_and_chords_move_with_an_upbeat():
    metas = [
        (0, MetaMessage("time_signature", numerator=1, denominator=4)),
        (96, MetaMessage("time_signature", numerator=4, denominator=4)),
        (32, MetaMessage("text", text="chord: G")),
    ]
    content = test_midi.packed(test_midi.track((0, 96, 60), metas=metas), test_midi.BASS)
    tune = midi.read(content, id="a/1", source="a")
    assert (tune.notes[0].onset, beside(tune)) == (3, {"Bass": [(3, 1, 40)]})
    assert tune.chords == (ChordSymbol(3 + test_midi.Fraction(1, 3), "G"),)


def musicxml(*parts, names=("Fiddle", "Cello", "Drum")):
    """Read a score of some parts."""
    root = ElementTree.fromstring('<score-partwise version="4.0"><part-list/></score-partwise>')
    for number, (content, name) in enumerate(zip(parts, names, strict=False)):
        heading = f'<score-part id="P{number}"><part-name>{name}</part-name></score-part>'
        root.find("part-list").append(ElementTree.fromstring(heading))
        root.append(ElementTree.fromstring(content.replace('id="P1"', f'id="P{number}"')))
    return scores.read(ElementTree.tostring(root))


def test_musicxml_reads_the_other_parts_in_the_order_of_the_melody():
    repeated = part(measure(START, note("G"), note("A"), scores.repeat("backward")))
    low = part(measure(START, note("C", 2, octave=3)))
    drum = part(measure(START, "<note><unpitched/><duration>2</duration></note>"))
    tune = musicxml(repeated, low, drum)
    assert beside(tune) == {"Cello": [(0, 2, 48), (2, 2, 48)]}
    assert [n.pitch for n in tune.notes] == [67, 69, 67, 69]


def test_musicxml_reads_staves_and_what_is_below_the_top_line():
    left = note("C", 2, octave=3).replace("</note>", "<voice>5</voice><staff>2</staff></note>")
    second = note("E", 2).replace("</note>", "<voice>2</voice></note>")
    tune = musicxml(part(measure(START, note("G"), note("A"), BACK, second, BACK, left)))
    assert [n.pitch for n in tune.notes] == [67, 69]
    assert beside(tune) == {"Fiddle, voice 2": [(0, 2, 64)], "Fiddle, staff 2": [(0, 2, 48)]}
    # what the melody has taken from the second voice is in no other
    tune = musicxml(part(measure(START, REST, note("G"), BACK, second)))
    assert ([n.pitch for n in tune.notes], others(tune)) == ([64, 67], ())


def test_a_part_that_cannot_be_read_costs_only_itself():
    good = part(measure(START, note("G", 2)))
    tune = musicxml(good, part(measure(START, note("H", 2))))
    assert others(tune) == ()
    assert tune.remarks == (
        "its voice Cello is left out: its <step> is 'H', which is no letter of a note",
    )


def test_what_stands_outside_the_melodys_measures_is_remarked():
    short = part(measure(START, note("G", 2)))
    long = part(measure(START, note("C", 2)), measure(note("D", 2)))
    tune = musicxml(short, long)
    assert beside(tune) == {"Cello": [(0, 2, 60)]}
    assert tune.remarks == (
        "its voice Cello goes on where the melody's measures end: left out there",
    )
    assert beside(musicxml(long, short)) == {"Cello": [(0, 2, 67)]}


def test_a_note_over_a_barline_inside_a_measure_stays_one():
    """The melody's measure is divided by a repeat sign, and begins as an upbeat of 1; the other
    part's is not.
    """
    divided = measure(
        START, note("G"), '<barline location="middle"><repeat direction="forward"/></barline>',
        note("A"),
    )  # fmt: skip
    tune = musicxml(part(divided), part(measure(START, note("C", 2))))
    assert beside(tune) == {"Cello": [(1, 2, 60)]}
