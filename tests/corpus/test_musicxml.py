"""Reading MusicXML, as music21 writes it from notation whose notes are known."""

import io
import zipfile

import pytest

from nottingham.corpus.limits import UnreadableTuneError
from nottingham.corpus.musicxml import reader as musicxml
from nottingham.corpus.performance import perform
from nottingham.corpus.tune import ChordSymbol

HEAD = '<?xml version="1.0"?><score-partwise version="4.0"><part-list><score-part id="P1">' + (
    "<part-name>P</part-name></score-part></part-list>"
)
START = "<attributes><divisions>1</divisions><key><fifths>1</fifths></key>" + (
    "<time><beats>2</beats><beat-type>4</beat-type></time></attributes>"
)


def note(step, length=1, *, extra=""):
    pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
    return f"<note>{extra}{pitch}<duration>{length}</duration></note>"


def measure(*content):
    return f"<measure>{''.join(content)}</measure>"


def repeat(direction, ending=""):
    side = "left" if direction == "forward" else "right"
    return f'<barline location="{side}">{ending}<repeat direction="{direction}"/></barline>'


def ending(numbers, type, side):
    return f'<barline location="{side}"><ending number="{numbers}" type="{type}"/></barline>'


def score(*measures):
    return f'{HEAD}<part id="P1">{"".join(measures)}</part></score-partwise>'.encode()


def read(content):
    return perform(musicxml.read(content), id="a/1", source="a.musicxml")


def letters(tune):
    return "".join({60: "C", 62: "D", 64: "E", 65: "F", 67: "G"}[n.pitch] for n in tune.notes)


def test_notes_meter_and_key():
    tune = read(score(measure(START, note("C"), note("D")), measure(note("E", 2))))
    assert [(n.onset, n.duration, n.pitch) for n in tune.notes] == [
        (0, 1, 60), (1, 1, 62), (2, 2, 64),
    ]  # fmt: skip
    assert (tune.meter, tune.key) == ("2/4", "G major")


def test_repeats_and_endings():
    content = score(
        measure(START, note("C", 2)),
        measure(repeat("forward"), note("D", 2)),
        measure(
            ending("1", "start", "left"),
            note("E", 2),
            repeat("backward", '<ending number="1" type="stop"/>'),
        ),
        measure(ending("2", "start", "left"), note("F", 2), ending("2", "stop", "right")),
        measure(note("G", 2), repeat("backward")),
    )
    assert letters(read(content)).startswith("CDEDF")


def test_sections_closed_only_repeat_one_by_one():
    content = score(
        measure(START, note("C", 2), repeat("backward")), measure(note("D", 2), repeat("backward"))
    )
    assert letters(read(content)) == "CCDD"


def test_da_capo_is_played():
    fine = "<direction><direction-type><words>Fine</words></direction-type></direction>"
    capo = "<direction><direction-type><words>D.C. al Fine</words></direction-type></direction>"
    content = score(measure(START, note("C", 2), fine), measure(note("D", 2), capo))
    assert letters(read(content)) == "CDC"


def test_ties_the_top_line_and_chord_symbols():
    tie = '<tie type="start"/>'
    harmony = "<harmony><root><root-step>A</root-step></root><kind>minor</kind></harmony>"
    first = measure(START, harmony, note("C"), note("E", extra="<chord/>"), note("D"))
    tied = note("G", 2).replace("</duration>", f"</duration>{tie}")
    tune = read(score(first, measure(tied), measure(note("G", 2))))
    assert [(n.onset, n.duration, n.pitch) for n in tune.notes] == [
        (0, 1, 64), (1, 1, 62), (2, 4, 67),
    ]  # fmt: skip
    assert tune.chords == (ChordSymbol(0, "Am"),)


def pack(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_a_packed_score():
    content = score(measure(START, note("C", 2)))
    assert letters(read(pack({"META-INF/container.xml": b"<x/>", "a.musicxml": content}))) == "C"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html/>", "no MusicXML score: its root element is <html>"),
        (b"", "line 1, column 1: no element found"),
        (b"<score-partwise>", "line 1, column 17: no element found"),
        (b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', "entities"),
        (score(measure(START, *[note("C")] * 20_001)), "more than 20,000 notes"),
        (pack({"a.xml": b" " * 4_000_001}), "unpacks to 4,000,001 bytes"),
        (pack({"readme.txt": b"no score"}), "no score"),
        (b"PK\x03\x04 damaged", "damaged or encrypted"),
        (score(measure(START)), "no notes"),
    ],
)
def test_what_cannot_be_read(content, reason):
    with pytest.raises(UnreadableTuneError) as error:
        read(content)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("mode", "key"),
    [("minor", "E minor"), ("dorian", "A dorian"), ("none", "G major"), ("x | &lt;b", "G major")],
)
def test_a_mode_that_is_none_is_left_out(mode, key):
    """One sharp, and a mode in whatever words."""
    named = START.replace("</fifths>", f"</fifths><mode>{mode}</mode>")
    assert read(score(measure(named, note("C", 2)))).key == key
