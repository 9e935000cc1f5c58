"""The playing order of MusicXML: repeats, endings and jumps, worked out by hand.

Every measure is one half note, named by its letter; 2/4.
"""

import pytest

from tests.scores import START, ending, letters, measure, note, read, repeat, score, symbol, words


def written(*contents):
    """Write measures, each a letter, or letters and what stands around them."""
    measures = [[note(piece, 2) if len(piece) == 1 else piece for piece in c] for c in contents]
    measures[0].insert(0, START)
    return score(*(measure(*pieces) for pieces in measures))


def sound(**marks):
    said = " ".join(f'{name}="{value}"' for name, value in marks.items())
    return f"<direction><direction-type><words/></direction-type><sound {said}/></direction>"


def bar(content, side="right"):
    return f'<barline location="{side}">{content}</barline>'


FORWARD, BACKWARD = repeat("forward"), repeat("backward")
SEGNO, CODA, FINE = symbol("segno"), symbol("coda"), words("Fine")
DOUBLE = bar("<bar-style>light-light</bar-style>")
DC_FINE = words("D.C. al Fine")


def first(numbers, **text):
    return ending(numbers, "start", "left", **text)


def last(numbers, *, back=True, type="stop"):
    stop = f'<ending number="{numbers}" type="{type}"/>'
    return repeat("backward", stop) if back else bar(stop)


ENDINGS = [[first("1"), "D", last("1")], [first("2"), "E", last("2", back=False)]]
OPEN_END = last("2", back=False, type="discontinue")


@pytest.mark.parametrize(
    ("measures", "played"),
    [
        (["C", ["C", BACKWARD], ["D", BACKWARD]], "CCCCDD"),
        (["C", [FORWARD, "D"], "E"], "CDE"),  # never closed
        (["C", [FORWARD, "D"], [first("1"), "E", last("1")], [first("2"), "F"]], "CDEDF"),
        # the second ending ends where its bracket does, with no double bar there
        (
            ["C", *ENDINGS, "F", ["G", BACKWARD]],
            "CDCEFGFG",
        ),
        (
            ["C", ENDINGS[0], [first("2"), "E", OPEN_END], ["G", BACKWARD]],
            "CDCEGG",
        ),
        (["C", [first("1, 2"), "D", last("1, 2")], [first("3"), "E"]], "CDCDCE"),
        (["C", [first("1 - 3"), "D", last("1-3")], [first("4"), "E"]], "CDCDCDCE"),
        # what the bracket shows goes before its number: Finale
        (["C", [first("", text="1.2."), "D", last("")], [first("1", text="3."), "E"]], "CDCDCE"),
        # a double bar inside an ending does not end it
        (["C", [first("1"), "D", DOUBLE], ["E", last("1")], [first("2"), "F"]], "CDECF"),
        # nor does a first bracket that is drawn too short
        (["C", [first("1"), "D", OPEN_END], ["E", BACKWARD], [first("2"), "F"]], "CDECF"),
        ([[FORWARD, "C", bar('<repeat direction="backward" times="3"/>')]], "CCC"),
        ([[FORWARD, "C", bar('<repeat direction="backward" times="x"/>')]], "CC"),
        (["C", [bar('<repeat direction="backward"/>', "left"), "D"]], "CCD"),
        (["C", ["D", bar('<repeat direction="forward"/>')], ["E", BACKWARD]], "CDEE"),
    ],
)
def test_repeats_and_endings(measures, played):
    assert letters(written(*measures)) == played


@pytest.mark.parametrize(
    ("measures", "remark"),
    [
        (
            ["C", [first(""), "D", last("")], [first(""), "E", last("", back=False)]],
            "without a number",
        ),
        (["C", [first("x"), "D", last("x")], [first("2"), "E"]], "without a number"),
        (["C", ["D", last("1")], [first("2"), "E"]], "without a start"),
    ],
)
def test_endings_that_are_badly_formed_are_played_once(measures, remark):
    tune = read(written(*measures))
    assert [n.pitch for n in tune.notes] == [60, 62, 64]
    assert [remark in said for said in tune.remarks] == [True] * len(tune.remarks) != []


@pytest.mark.parametrize(
    ("measures", "played"),
    [
        ([["C", FINE], ["D", DC_FINE]], "CDC"),
        ([[FINE, "C"], [DC_FINE, "D"]], "CDC"),  # wherever in the measure they stand
        (["C", [SEGNO, "D"], ["E", FINE], ["F", words("D.S. al Fine")]], "CDEFDE"),
        (["C", ["D", SEGNO], ["E", FINE], ["F", words("D.S. al Fine")]], "CDEFE"),
        (["C", ["D", words("To Coda")], ["E", words("D.C. al Coda")], [CODA, "F"]], "CDECDF"),
        ([["C", CODA], ["D", words("D.C. al Coda")], [CODA, "F"]], "CDCF"),
        ([["C", words("to"), CODA], ["D", words("D.C.")], [words("CODA"), "F"]], "CDCF"),
        (
            [
                "C",
                [sound(segno="s"), "D"],
                ["E", sound(tocoda="c")],
                ["F", sound(dalsegno="s")],
                [sound(coda="c"), "G"],
            ],
            "CDEFDEG",
        ),
        ([["C", sound(fine="yes")], ["D", sound(dacapo="yes")]], "CDC"),
        ([["C", sound(fine="yes")], ["D", '<sound dacapo="yes"/>']], "CDC"),
        (["C", ["D", sound(dacapo="no")]], "CD"),
        (
            [
                [bar("<segno/>", "left"), "C"],
                ["D", bar("<coda/>")],
                ["E", words("D.S. al 𝄌")],
                [bar("<coda/>", "left"), "F"],
            ],
            "CDECDF",
        ),
        ([[FORWARD, "C", BACKWARD], ["D", FINE], ["E", DC_FINE]], "CCDECD"),
        (
            ["C", *ENDINGS, ["F", DC_FINE], ["G", FINE]],
            "CDCEFCEFG",
        ),
    ],
)
def test_jumps(measures, played):
    assert letters(written(*measures)) == played


@pytest.mark.parametrize(
    "text",
    [
        "D.C. al Fine",
        "d. c. AL  FINE",
        "DC al fine",
        "Da Capo al Fine",
        "D.C. al Fine.",
        "(D.C. al Fine)",
    ],
)
def test_da_capo_in_many_spellings(text):
    assert letters(written(["C", words(" Fine. ")], ["D", words(text)])) == "CDC"


@pytest.mark.parametrize(
    "text", ["D.S.", "D. S. al Coda", "DS al coda", "Dal Segno", "Del segno (al Coda)"]
)
def test_dal_segno_in_many_spellings(text):
    measures = ["C", [SEGNO, "D"], ["E", words("to Coda")], ["F", words(text)], [CODA, "G"]]
    assert letters(written(*measures)) == "CDEFDEG"


def test_a_segno_that_is_missing_is_remarked():
    tune = read(written("C", ["D", words("D.S.")]))
    assert tune.remarks == ("its D.S. finds no segno: not played",)


@pytest.mark.parametrize(
    ("inside", "played"),
    [
        (bar('<repeat direction="backward"/>', "middle"), "CCDEF"),  # the dance begins again
        (FINE + bar("<bar-style>dashed</bar-style>", "middle"), "CDEFC"),
        (FINE, "CDEFCD"),  # no barline: the sign counts at the end of its measure
    ],
)
def test_a_barline_inside_a_measure_divides_it(inside, played):
    content = score(
        measure(START, note("C"), inside, note("D")), measure(note("E"), note("F"), words("D.C."))
    )
    assert letters(content) == played


def test_a_barline_inside_a_measure_divides_a_note_of_another_voice():
    """A half note over a quarter and a rest, with a repeat sign between these."""
    back = bar('<repeat direction="backward"/>', "middle")
    rest = "<note><rest/><duration>1</duration></note>"
    low = note("C"), back, rest, "<backup><duration>2</duration></backup>"
    tune = read(score(measure(START, note("D", 2)), measure(*low, note("G", 2))))
    assert [(n.onset, n.duration, n.pitch) for n in tune.notes] == [
        (0, 2, 62), (2, 1, 67), (3, 2, 62), (5, 2, 67),
    ]  # fmt: skip
