"""The melody of a MusicXML score: its part, notes, lengths, meters, keys and chord symbols."""

from fractions import Fraction

import pytest

from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import ChordSymbol, MeterChange
from tests.closure import ROOT
from tests.scores import START, letters, measure, note, part, pitches, read, score, words

PERCUSSION = "<attributes><clef><sign>percussion</sign></clef></attributes>"
BACK = "<backup><duration>2</duration></backup>"


def times(*pairs, inside=""):
    """Write a ``<time>``."""
    rows = (f"<beats>{beats}</beats><beat-type>{unit}</beat-type>" for beats, unit in pairs)
    return f"<time>{''.join(rows)}{inside}</time>"


def start(*, key="", time="", divisions=2, transpose=""):
    inside = f"<divisions>{divisions}</divisions>{key}{time}{transpose}"
    return f"<attributes>{inside}</attributes>"


def harmony(step, kind="major", *, alter=0, bass="", extra=""):
    root = f"<root><root-step>{step}</root-step><root-alter>{alter}</root-alter></root>"
    low = f"<bass><bass-step>{bass}</bass-step></bass>" if bass else ""
    return f"<harmony>{root}<kind>{kind}</kind>{low}{extra}</harmony>"


def parts(*contents, headings=None):
    """Write a score of parts; ``headings`` are what stands in each ``<score-part>``."""
    headings = headings or [""] * len(contents)
    listed = "".join(f'<score-part id="P{n}">{h}</score-part>' for n, h in enumerate(headings))
    written = "".join(part(c, id=f"P{n}") for n, c in enumerate(contents))
    return f"<score-partwise><part-list>{listed}</part-list>{written}</score-partwise>".encode()


def spans(content):
    return [(n.onset, n.duration, n.pitch) for n in read(content).notes]


def test_notes_meter_and_key():
    tune = read(score(measure(START, note("C"), note("D")), measure(note("E", 2))))
    assert [(n.onset, n.duration, n.pitch) for n in tune.notes] == [
        (0, 1, 60), (1, 1, 62), (2, 2, 64),
    ]  # fmt: skip
    assert (tune.meter, tune.key) == ("2/4", "G major")


@pytest.mark.parametrize(
    ("time", "meter"),
    [
        (times(("3+2", 8)), "5/8"),  # MusicXML 4.0, <beats>
        (times((" 3 + 2 ", 8)), "5/8"),
        (times((3, 8), (2, 8)), "5/8"),
        (times((2, 4), (3, 8)), "7/8"),
        (times(("1+1", 4), ("3", 8), (1, 16)), "15/16"),
        (times((6, 8), inside=f"<interchangeable>{times((3, 4))}</interchangeable>"), "6/8"),
        (times((3, 4)).replace("<time>", '<time symbol="single-number">'), "3/4"),
        (times((2, 2)).replace("<time>", '<time symbol="cut">'), "2/2"),
        ("", "4/4"),
        ("<time><senza-misura/></time>", "4/4"),
    ],
)
def test_meters(time, meter):
    assert read(score(measure(start(time=time), note("C", 8)))).meter == meter


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (times((0, 4)), "its meter is 0/4"),
        (times((3, 0)), "its meter is 3/0"),
        (times((4, 3)), "its meter is 4/3"),
        (times(("x", 4)), "its meter is x/4"),
        ("<time/>", "its meter is empty"),
        ("<time><beats>3</beats></time>", "its meter is empty"),
    ],
)
def test_meters_that_are_none(time, reason):
    with pytest.raises(UnreadableTuneError, match=reason):
        read(score(measure(start(time=time), note("C"))))


def test_changes_of_meter():
    """One at a barline; one within a measure, which counts from the next."""
    first = measure(START, note("C", 2), f"<attributes>{times((3, 4))}</attributes>")
    second = measure(note("D", 3))
    third = measure(f"<attributes>{times((2, 4))}</attributes>", note("E", 2))
    tune = read(score(first, second, third))
    assert tune.meter_changes == (MeterChange(2, "3/4"), MeterChange(5, "2/4"))


def test_measures_without_a_meter_are_remarked():
    senza = "<attributes><time><senza-misura/></time></attributes>"
    tune = read(score(measure(START, note("C", 2)), measure(senza, note("D", 5))))
    assert (tune.meter_changes, tune.end) == ((), 7)
    assert tune.remarks == ("it has measures without a meter (senza misura): counted in 2/4",)


def test_signs_that_repeat_a_measure_are_remarked():
    sign = '<measure-style><measure-repeat type="start">1</measure-repeat></measure-style>'
    tune = read(score(measure(START, note("C", 2)), measure(f"<attributes>{sign}</attributes>")))
    assert [n.pitch for n in tune.notes] == [60]
    assert tune.remarks == ("it has signs that repeat a measure: they are not followed",)


def test_silence_takes_time_however_it_is_written():
    """A rest, ``<forward>``, a cue note, a slash, an unpitched note, another staff."""
    silent = [
        "<note><rest/><duration>1</duration></note>",
        "<forward><duration>1</duration></forward>",
        note("C", extra="<cue/>"),
        note("C").replace("</note>", "<notehead>slash</notehead></note>"),
        "<note><unpitched/><duration>1</duration></note>",
        note("C").replace("</note>", "<staff>2</staff></note>"),
    ]
    content = score(*(measure(START if not n else "", s, note("D")) for n, s in enumerate(silent)))
    assert spans(content) == [(2 * n + 1, 1, 62) for n in range(6)]


def test_ornaments_take_no_time_and_hidden_notes_sound():
    grace = note("G", extra="<grace/>").replace("<duration>1</duration>", "")
    hidden = note("D").replace("<note>", '<note print-object="no">')
    assert spans(score(measure(START, grace, note("C"), hidden))) == [(0, 1, 60), (1, 1, 62)]


@pytest.mark.parametrize(
    ("first", "end"),
    [
        ("<note><rest/><duration>4</duration><type>whole</type></note>", 4),  # 2/4
        ('<note><rest measure="yes"/><duration>2</duration></note>', 4),
        ("", 4),  # empty: programs leave the rest out
        (note("C"), 4),  # an upbeat, after the rest before it
        (note("C", 3), 5),  # too long: as written
    ],
)
def test_lengths_of_measures(first, end):
    assert read(score(measure(START, first), measure(note("D", 2)))).end == end


def test_triplets_add_up():
    """Three in the time of two, in divisions of 1/3 and of 1/2 quarters."""
    triplet = [note("C", 2), note("D", 2), note("E", 2)]
    first = measure(start(divisions=6, time=times((2, 4))), *triplet, note("F", 6))
    second = measure("<attributes><divisions>2</divisions></attributes>", note("G", 4))
    found = spans(score(first, second))
    assert [onset * 3 for onset, _, _ in found] == [0, 1, 2, 3, 6]


@pytest.mark.parametrize("between", ["", words("x"), harmony("A", "minor"), "<sound tempo='9'/>"])
def test_a_chord_with_something_inside(between):
    """Its highest note is the melody, its chord symbol stands at its start, and its tie holds."""
    tie = '<tie type="start"/>'
    top = note("E", 2, extra="<chord/>").replace("</duration>", f"</duration>{tie}")
    tune = read(score(measure(START, note("C", 2), between, top), measure(note("E", 2))))
    assert [(n.onset, n.duration, n.pitch) for n in tune.notes] == [(0, 4, 64)]
    assert tune.chords == ((ChordSymbol(0, "Am"),) if "harmony" in between else ())


def test_only_the_tie_of_the_highest_note_counts():
    low = note("C", 2).replace("</duration>", '</duration><tie type="start"/>')
    high = note("E", 2, extra="<chord/>")
    assert len(spans(score(measure(START, low, high), measure(note("E", 2))))) == 2


@pytest.mark.parametrize(
    ("contents", "headings", "pitch"),
    [
        ([note("C"), note("G")], ["<part-name>Flute</part-name>", ""], 60),
        ([note("C"), note("G")], ["", "<part-name>The Melody</part-name>"], 67),
        (["<note><rest/><duration>1</duration></note>", note("G")], None, 67),
        ([note("C", extra="<cue/>"), note("G")], None, 67),
        ([PERCUSSION + note("C"), note("G")], None, 67),
        (
            [note("C"), note("G")],
            ["<midi-instrument><midi-channel>10</midi-channel></midi-instrument>", ""],
            67,
        ),
        (
            ["<note><rest/><duration>1</duration></note>", note("G")],
            ["<part-name>Melody</part-name>", ""],
            67,
        ),
    ],
)
def test_the_part_with_the_melody(contents, headings, pitch):
    measures = [measure(START, content) for content in contents]
    assert pitches(parts(*measures, headings=headings)) == [pitch]


def test_the_staff_and_the_voices_with_the_melody():
    """Two voices on the first staff, a left hand on the second, which fills no rest."""
    rest = "<note><rest/><duration>1</duration><voice>1</voice></note>"
    left = note("C", 2).replace("</note>", "<voice>5</voice><staff>2</staff></note>")
    second = note("D", 1).replace("</note>", "<voice>2</voice></note>")
    content = score(measure(START, rest, note("G"), BACK, second, BACK, left))
    assert spans(content) == [(0, 1, 62), (1, 1, 67)]
    only_left = score(measure(START, rest, rest, BACK, left))
    assert spans(only_left) == [(0, 2, 60)]


TO_B_FLAT = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"


@pytest.mark.parametrize(
    ("transpose", "fifths", "pitch", "key", "chord"),
    [
        ("", 2, 74, "D major", "Bm/D"),
        (TO_B_FLAT, 2, 72, "C major", "Am/C"),  # a clarinet in B flat
        ("<transpose><chromatic>-9</chromatic></transpose>", 5, 65, "D major", "Dm/F"),  # alto sax
        ("<transpose><chromatic>-7</chromatic></transpose>", 1, 67, "C major", "Em/G"),  # horn in F
        (
            "<transpose><chromatic>-2</chromatic><octave-change>-1</octave-change></transpose>",
            2, 60, "C major", "Am/C",
        ),
        ("<transpose><chromatic>-1</chromatic></transpose>", 2, 73, "Db major", "Bbm/Db"),
    ],
)  # fmt: skip
def test_transposing_instruments(transpose, fifths, pitch, key, chord):
    """A written D5 and B minor over D, worked out with the instruments' names."""
    heading = start(key=f"<key><fifths>{fifths}</fifths></key>", transpose=transpose)
    content = score(measure(heading, harmony("B", "minor", bass="D"), note("D", 8, octave=5)))
    tune = read(content)
    assert ([n.pitch for n in tune.notes], tune.key) == ([pitch], key)
    assert [c.symbol for c in tune.chords] == [chord]


def test_a_change_of_instrument():
    """Written C4: in E flat (a third up), then in B flat; as in suite 72c."""
    first = start(transpose="<transpose><chromatic>3</chromatic></transpose>")
    second = f"<attributes>{TO_B_FLAT}</attributes>"
    assert pitches(score(measure(first, note("C")), measure(second, note("C")))) == [63, 58]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("<fifths>1</fifths><mode>minor</mode>", "E minor"),
        ("<fifths>1</fifths><mode>Dorian</mode>", "A dorian"),
        ("<fifths>1</fifths><mode>none</mode>", "G major"),
        ("<fifths>1</fifths><mode>x | &lt;b</mode>", "G major"),
        ("<cancel>3</cancel><fifths>-7</fifths>", "Cb major"),
        ("<fifths>8</fifths>", "G# major"),
        ("<fifths>-8</fifths>", "Fb major"),
        ("<fifths>8</fifths><mode>minor</mode>", "E# minor"),
        ("<key-step>F</key-step><key-alter>1</key-alter>", ""),
    ],
)
def test_keys(key, name):
    tune = read(score(measure(start(key=f"<key>{key}</key>"), note("C"))))
    assert (tune.key, tune.remarks) == (name, ())


@pytest.mark.parametrize("fifths", [-9, 13, 10**30])
def test_a_key_beyond_any_name_is_remarked(fifths):
    tune = read(score(measure(start(key=f"<key><fifths>{fifths}</fifths></key>"), note("C"))))
    assert tune.key == ""
    assert "sharps or flats: left without a name" in tune.remarks[0]


def test_chord_symbols():
    """Flats as b; an offset in divisions; no chord, and a function without a root, are none."""
    symbols = [
        harmony("B", "major-seventh", alter=-1, bass="D", extra="<offset>1</offset>"),
        harmony("E", "dominant", alter=-1),
        harmony("C", "none"),
        harmony("C", "").replace("<kind></kind>", ""),
        "<harmony><function>V</function><kind>major</kind></harmony>",
    ]
    tune = read(score(measure(start(), note("C", 2), *symbols, note("D", 6))))
    assert tune.chords == (
        ChordSymbol(1, "C"),
        ChordSymbol(1, "Eb7"),
        ChordSymbol(1, "N.C."),
        ChordSymbol(Fraction(3, 2), "Bbmaj7/D"),
    )


@pytest.mark.parametrize("fifths", ["zero", ""])
def test_a_key_that_is_none_costs_no_tune(fifths):
    tune = read(score(measure(start(key=f"<key><fifths>{fifths}</fifths></key>"), note("C"))))
    assert ([n.pitch for n in tune.notes], tune.key) == ([60], "")
    assert tune.remarks == (f"its key is left out: its <fifths> is {fifths!r}, which is no number",)


def test_a_root_that_is_none_costs_no_tune():
    tune = read(score(measure(START, harmony("H", "major"), note("C"))))
    assert ([n.pitch for n in tune.notes], tune.chords) == ([60], ())
    assert "a chord symbol is left out: its <root-step> is 'H'" in tune.remarks[0]


def test_a_lower_voice_that_moves_is_no_melody():
    """A half note over two quarters."""
    back = "<backup><duration>2</duration></backup>"
    low = note("C", octave=3) + note("D", octave=3)
    tune = read(score(measure(START, note("G", 2), back, low)))
    assert [(n.onset, n.duration, n.pitch) for n in tune.notes] == [(0, 2, 67)]


def test_a_chord_symbol_that_cannot_be_read_costs_no_tune():
    broken = harmony("C", "minor", extra="<degree><degree-type>add</degree-type></degree>")
    tune = read(score(measure(START, broken, note("C"))))
    assert ([n.pitch for n in tune.notes], tune.chords) == ([60], ())
    assert tune.remarks == ("it has a chord symbol of the kind 'minor': left out",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (note("H"), "'H', which is no letter of a note"),
        (note("C", "x"), "its <duration> is 'x', which is no number"),
        (note("C", "nan"), "its <duration> is 'nan'"),
        (note("C", 10_000), "a note or rest of 10000 quarter notes"),
        (note("C", -1), "a note or rest of -1 quarter notes"),
        (note("C", octave="x"), "its <octave> is 'x'"),
        (note("C", octave=12), "not on a piano"),
        (start(divisions=0) + note("C"), "its <divisions> are 0"),
        ("<note><rest/><duration>1</duration></note>", "no notes, or none of a melody"),
    ],
)
def test_what_cannot_be_read(content, reason):
    with pytest.raises(UnreadableTuneError) as error:
        read(score(measure(START, content)))
    assert reason in str(error.value)


def test_titles():
    body = measure(START, note("C"))
    work = "<work><work-title> A </work-title></work>"
    movement = "<movement-title>B</movement-title>"
    credit = "<credit><credit-type>title</credit-type><credit-words>C</credit-words></credit>"
    for heading, title in (
        (work + movement + credit, "A"),
        (movement + credit, "B"),
        ("<movement-title/>" + credit, "C"),
        ("", "Untitled"),
    ):
        content = score(body).replace(b"<part-list>", f"{heading}<part-list>".encode())
        assert read(content).title == title


def test_namespaces_are_no_part_of_names():
    content = score(measure(START, note("C"))).replace(
        b"<score-partwise", b'<score-partwise xmlns="http://www.musicxml.org/ns"'
    )
    assert letters(content) == "C"


def test_a_score_with_everything():
    """Upbeat, 1st ending, 2nd ending, D.S. to the coda; a clarinet's notes, a tone lower."""
    content = (ROOT / "tests" / "data" / "musicxml" / "everything.musicxml").read_bytes()
    tune = read(content)
    once = [(65, Fraction(3, 2)), (67, Fraction(5, 2)), (65, Fraction(3, 2)), (69, Fraction(3, 2))]
    assert [(n.pitch, n.duration) for n in tune.notes] == [
        (60, Fraction(1, 2)), *once, (65, Fraction(3, 2)), (72, 2),
    ]  # fmt: skip
    assert (tune.title, tune.key, tune.meter) == ("Everything", "C major", "5/8")
    assert tune.upbeat == Fraction(1, 2)
    assert {chord.symbol for chord in tune.chords} == {"Dm"}
    assert [change.meter for change in tune.meter_changes] == ["2/4"]


def test_too_many_chord_symbols():
    symbols = [harmony("C", "other").replace("<kind>", f'<kind text="{n}">') for n in range(501)]
    with pytest.raises(UnreadableTuneError, match="more than 500 different chords"):
        read(score(measure(START, *symbols, note("C"))))
