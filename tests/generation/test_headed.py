"""Tunes under a header: what is asked for is in them, whatever a model predicts."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.generation import compose, headed
from nottingham.generation.constraints import NOTHING, Constraints
from nottingham.generation.continuation import continued, tokens_of
from nottingham.generation.request import Request
from nottingham.models.counting.baselines import Uniform
from nottingham.models.counting.ngram import Ngram, count_all
from nottingham.models.sampling import AS_PREDICTED
from nottingham.music import forms, keys, measures
from nottingham.music.tune import Note, Tune, measure_length
from nottingham.representation import Notes
from nottingham.representation.base import Heading
from tests.known_model import KnownModel, expecting

NOTES = Notes()
VOCABULARY = NOTES.vocabulary
UNIFORM = Uniform(NOTES)
SURE = 1 - 1e-12


def tune(*notes, id="jigs/1", meter="6/8", key="D major"):
    melody = tuple(Note(Fraction(o), Fraction(d), p) for o, d, p in notes)
    return Tune(id, "Mine", meter, key, melody, (), "mine.abc")


def jig(number, *, eighths=48, upbeat=True):
    """Return a jig of eighths that ends with a dotted quarter on the tonic, D."""
    first = 5 if upbeat else 0
    notes = [
        (Fraction(k, 2), Fraction(1, 2), 62 + (k + number) % 5 * 2) for k in range(first, eighths)
    ]
    return tune(*notes, (Fraction(eighths, 2), "3/2", 62), id=f"jigs/{number}")


JIGS = [jig(number) for number in range(6)]
TRAINED = Ngram(
    NOTES, count_all([NOTES.encode(one) for one in JIGS], 4, VOCABULARY.size), smoothing=1e-4
)


def always(*names):
    """Return a model that is sure of tokens in turn, from the first after the header on."""
    tokens = np.array([VOCABULARY.names.index(name) for name in names])

    def rule(before):
        place = max(0, before.shape[1] - VOCABULARY.headers) % len(tokens)
        return expecting([tokens[place]] * len(before), SURE, size=VOCABULARY.size)

    return KnownModel(rule, representation=NOTES)


def latest_end(found, bars):
    """Return where the last measure ends, which makes up for an upbeat."""
    whole = measure_length(found.meter)
    return bars * whole + (found.upbeat and whole - found.upbeat)


def check(found, bars, *, lowest=21, highest=108):
    """A tune ends within its last measure, and its notes follow one another."""
    whole = measure_length(found.meter)
    end = latest_end(found, bars)
    assert measures.count(found) == bars
    assert end - whole < found.end <= end
    assert all(lowest <= note.pitch <= highest for note in found.notes)
    assert all(one.onset + one.duration <= other.onset for one, other in pairwise(found.notes))


@pytest.mark.parametrize("model", [UNIFORM, TRAINED], ids=["uniform", "ngram"])
@pytest.mark.parametrize(
    ("dance", "meter", "key", "bars"),
    [
        ("jig", "6/8", "D major", 8),
        ("waltz", "3/4", "F# minor", 3),  # of which nobody was trained
        ("", "9/8", "", 2),
        ("slip jig", "", "E phrygian", 5),
        ("", "2/2", "C# major", 4),
    ],
)
def test_what_is_asked_for_is_in_the_tune(model, dance, meter, key, bars):
    constraints = Constraints(key, lowest=57, highest=83)
    request = Request(bars, count=8, meter=meter, dance=dance, constraints=constraints)
    for found in compose.from_nothing(model, None, request):
        check(found, bars, lowest=57, highest=83)
        assert found.meter == (meter or found.meter)
        assert found.key == (key or found.key)
        assert found.rhythm == (dance or found.rhythm)


@pytest.mark.parametrize("bars", [1, 2, 3, 9, 40])
def test_a_tune_is_as_long_as_asked_for(bars):
    for found in compose.from_nothing(UNIFORM, None, Request(bars, count=2, meter="6/8")):
        check(found, bars)


def test_what_is_not_asked_for_is_as_the_model_has_it():
    for found in compose.from_nothing(TRAINED, None, Request(8, count=5)):
        assert (found.meter, found.key, found.rhythm) == ("6/8", "D major", "jig")
        assert found.upbeat == Fraction(1, 2)


def test_the_last_measure_is_full_or_makes_up_for_the_upbeat():
    """Quarters without end: with an upbeat of one and without."""
    quarters = always("C4", "1 quarters")
    (found,) = compose.from_nothing(quarters, None, Request(3, meter="3/4", dance="waltz"))
    assert found.end == 9
    primer = tune((2, 1, 60), (3, 1, 64), meter="3/4", key="C major")
    (found,) = compose.from_primer(quarters, primer, Request(3))
    assert found.end == 11
    check(found, 3)


def test_a_tune_ends_on_the_tonic_if_asked_and_is_else_as_before():
    """Of quarters, three in ten of which are the tonic, C, and the others D."""
    c4, d4, quarter = (VOCABULARY.names.index(name) for name in ("C4", "D4", "1 quarters"))

    def rule(before):
        rows = expecting([quarter] * len(before), SURE, size=VOCABULARY.size)
        if before.shape[1] < VOCABULARY.headers or before[0, -1] not in (c4, d4):
            rows[:] = 1e-9
            rows[:, [c4, d4]] = 0.3, 0.7
        return rows

    model = KnownModel(rule, representation=NOTES)
    wanted = Constraints("C major", ends_on_tonic=True)
    asked = Request(4, count=60, meter="2/4", dance="polka", constraints=wanted)
    tunes = compose.from_nothing(model, None, asked)
    assert all(found.notes[-1].pitch % 12 == 0 for found in tunes)
    before = [note.pitch % 12 == 0 for found in tunes for note in found.notes[:-1]]
    assert np.mean(before) == pytest.approx(0.3, abs=0.08)
    free = compose.from_nothing(model, None, replace(asked, constraints=Constraints("C major")))
    assert 0.1 < np.mean([found.notes[-1].pitch % 12 == 0 for found in free]) < 0.5


def test_a_tune_has_the_form_that_is_asked_for():
    """Two measures, one of C and one of D, are as likely as each other, whatever was before."""
    c4, d4, half = (VOCABULARY.names.index(name) for name in ("C4", "D4", "2 quarters"))

    def rule(before):
        rows = expecting([half] * len(before), SURE, size=VOCABULARY.size)
        if before.shape[1] < VOCABULARY.headers or before[0, -1] not in (c4, d4):
            rows[:] = 1e-9
            rows[:, [c4, d4]] = 0.5
        return rows

    model = KnownModel(rule, representation=NOTES)
    for form in ("AABB", "ABAB", "ABCA"):
        asked = Request(32, count=4, meter="2/4", dance="polka", form=form)
        tunes = compose.from_nothing(model, None, asked)
        assert sum(forms.plan(found)[0] == form for found in tunes) >= 3


@pytest.mark.parametrize("rests", [["3/2 quarters"], ["2 quarters", "1 quarters"]])
def test_neither_the_first_measure_nor_the_last_is_silent(rests):
    """As long as it can, the model rests; in real tunes, too, an upbeat is less than a measure."""
    silent = always(*(name for duration in rests for name in ("rest", duration)))
    request = Request(4, count=9, meter="3/4", dance="waltz")
    for found in compose.from_nothing(silent, None, request):
        assert 0 < found.notes[0].onset < 3
        check(found, 4)


@pytest.mark.parametrize("model", [UNIFORM, TRAINED], ids=["uniform", "ngram"])
def test_where_only_the_first_measures_are_wanted_they_are_the_same(model):
    asked = [
        headed.heading(model, headed.Conditions(bars, meter="6/8"), seed=1) for bars in (40, 24, 96)
    ]
    begun = [NOTES.header(one) for one in asked]
    whole, part = (
        headed.write(
            model,
            asked,
            begun,
            seed=[1],
            sampling=AS_PREDICTED,
            constraints=NOTHING,
            measures=wanted,
        )
        for wanted in (None, 4)
    )
    blank = tune(key="")
    for one, other in zip(whole, part, strict=True):
        assert measures.cut(NOTES.decode(one, blank), 4) == measures.cut(
            NOTES.decode(other, blank), 4
        )
    assert sum(map(len, part)) < sum(map(len, whole))


def test_tunes_longer_than_any_token_says_are_as_long_as_asked_for():
    (found,) = compose.from_nothing(UNIFORM, None, Request(120, meter="2/4"))
    check(found, 120)


@pytest.mark.parametrize("upbeat", [True, False])
@pytest.mark.parametrize("bars", [3, 8])
def test_a_primer_stays_as_it_is(upbeat, bars):
    """The last note may be held on, by a tie."""
    primer = jig(1, eighths=9, upbeat=upbeat)
    request = Request(bars, count=8, constraints=Constraints("D major"))
    for model in (UNIFORM, TRAINED):
        for found in compose.from_primer(model, primer, request):
            check(found, bars)
            *same, last = found.notes[: len(primer.notes)]
            assert same == list(primer.notes[:-1])
            assert (last.onset, last.pitch) == (primer.notes[-1].onset, primer.notes[-1].pitch)
            assert last.duration >= primer.notes[-1].duration
            assert (found.meter, found.key) == ("6/8", "D major")


def test_a_primer_that_names_no_dance_has_a_likely_one():
    primer = replace(jig(1, eighths=9), id="mine/1")
    assert Heading.of(primer).dance == ""
    assert compose.from_primer(TRAINED, primer, Request(8))[0].rhythm == "jig"
    assert compose.from_primer(TRAINED, primer, Request(8, dance="reel"))[0].rhythm == "reel"


def test_ragged_beginnings_are_each_continued_as_given():
    """Four measures are given, whose tokens differ in number; the first jig begins with a rest."""
    long_notes = tune(*((3 * k, 3, 62 + k) for k in range(16)), id="jigs/9")
    long = [jig(0, eighths=93), jig(1, eighths=93, upbeat=False), long_notes]
    begun = [NOTES.encode(measures.cut(one, 4)) for one in long]
    assert len({len(tokens) for tokens in begun}) == 3
    found, rows = continued(TRAINED, long, measures=8, sampling=AS_PREDICTED, seed=1)
    for one, real, row in zip(found, long, rows, strict=True):
        given = measures.cut(real, 4).notes
        *same, last = one.notes[: len(given)]
        assert (*same, replace(last, duration=given[-1].duration)) == given
        assert one.end <= 24
        unplanned = [
            replace(h, form="", endings="") for h in (NOTES.heading(row), Heading.of(real))
        ]
        assert unplanned[0] == unplanned[1]
        plans = [(h.form, h.endings) for h in (NOTES.heading(row), Heading.of(real))]
        assert [*map(len, plans[0])] == [*map(len, plans[1])]
        assert VOCABULARY.ticks[row].sum() >= 24 * 48
    for tokens, real in zip(tokens_of(TRAINED, long, measures=8), long, strict=True):
        assert np.array_equal(tokens, NOTES.encode(real))


@pytest.mark.parametrize("bars", [2, 16])
def test_the_seed_decides_and_more_tunes_begin_with_the_same(bars):
    few, many, later, other = (
        compose.from_nothing(UNIFORM, None, Request(bars, count=count, first=first, seed=seed))
        for count, first, seed in ((2, 0, 1), (5, 0, 1), (2, 3, 1), (2, 0, 2))
    )
    assert many[:2] == few
    assert many[3:] == later
    assert other != few


def drawn(model, count=9, bars=8, **conditions):
    """Draw headings."""
    wanted = headed.Conditions(bars, **conditions)
    return [headed.heading(model, wanted, seed=[1, number]) for number in range(count)]


def test_headings_are_drawn_from_the_model():
    """Two dances as likely as each other, of one meter each; a third meter is put in place."""
    reel = replace(jig(1, eighths=64), id="reels/1", meter="4/4", key="G major")
    trained = count_all([NOTES.encode(one) for one in (jig(1), reel)], 4, VOCABULARY.size)
    model = Ngram(NOTES, trained, smoothing=1e-6)
    found = drawn(model, 200)
    assert {(one.dance, one.meter, one.key) for one in found} == {
        ("jig", "6/8", "D major"),
        ("reel", "4/4", "G major"),
    }
    assert 60 < sum(one.dance == "reel" for one in found) < 140
    assert {one.dance for one in drawn(model, meter="6/8")} == {"jig"}
    for name in ("D major", "D ionian"):
        assert {(one.dance, one.key) for one in drawn(model, key=name)} == {("jig", name)}
    for one in drawn(model, bars=7, meter="3/4", key="A dorian"):
        assert (one.meter, one.key, one.measures) == ("3/4", "A dorian", 7)


def test_a_condition_tells_of_what_comes_before_it():
    """Reels are ten times as likely as jigs, but one in a hundred is in G, and of jigs nine."""
    index = VOCABULARY.names.index

    def rule(before):
        rows = np.full((len(before), VOCABULARY.size), 1e-9)
        if before.shape[1] == 0:
            rows[:, [index("reel"), index("jig")]] = 10 / 11, 1 / 11
        elif before.shape[1] == 2:
            in_g = np.where(before[:, 0] == index("reel"), 0.01, 0.9)
            rows[:, index("G")], rows[:, index("D")] = in_g, 1 - in_g
        else:
            rows[:, index("6/8")] = 1
        return rows / rows.sum(axis=1, keepdims=True)

    model = KnownModel(rule, representation=NOTES)
    jigs = np.mean([one.dance == "jig" for one in drawn(model, 400, key="G major")])
    assert jigs == pytest.approx(0.9 / (0.9 + 10 * 0.01), abs=0.08)


def test_dances_are_in_their_meters_unless_another_is_asked_for():
    """A model by which one jig in some hundreds is in 4/4."""
    reel = replace(jig(1, eighths=64), id="reels/1", meter="4/4", key="G major")
    trained = count_all([NOTES.encode(one) for one in (jig(1), reel)], 2, VOCABULARY.size)
    model = Ngram(NOTES, trained, smoothing=2e-4)
    found = {(one.dance, one.meter) for one in drawn(model, 300)}
    assert found == {("jig", "6/8"), ("reel", "4/4")}
    assert {one.dance for one in drawn(model, dance="jig", meter="4/4")} == {"jig"}
    assert {one.meter for one in drawn(model, meter="3/4")} == {"3/4"}


@pytest.mark.parametrize(("bars", "sections"), [(7, 0), (8, 1), (23, 2), (32, 4), (64, 8)])
@pytest.mark.parametrize("model", [UNIFORM, TRAINED], ids=["uniform", "ngram"])
def test_the_form_of_a_heading_is_of_as_many_sections_as_the_tune(model, bars, sections):
    for one in drawn(model, bars=bars):
        assert (len(one.form), len(one.endings)) == (min(sections, 4), min(sections, 5))
        assert NOTES.heading(NOTES.header(one)).form == one.form


def test_a_tune_that_ends_on_the_tonic_mostly_closes_on_it():
    """Of a model to which all headers are alike: 0.17 of 1.17 do not, as of training tunes."""
    heads = drawn(UNIFORM, 400, bars=32, ends_on_tonic=True)
    assert np.mean([one.endings.endswith("-") for one in heads]) == pytest.approx(0.145, abs=0.055)
    assert np.mean([one.endings.startswith("-") for one in heads]) == pytest.approx(0.5, abs=0.08)


def test_the_form_that_is_asked_for_is_in_the_header():
    heads = drawn(UNIFORM, 20, bars=32, form="ABAC")
    assert {one.form for one in heads} == {"ABAC"}
    assert len({one.endings for one in heads}) > 5


def test_a_beginning_tells_its_form():
    """AABB and ABAB are as likely; with the first C4 comes nine times out of ten, else D4."""
    index = VOCABULARY.names.index
    forms = [index("form AABB"), index("form ABAB")]

    def rule(before):
        rows = expecting([index("ends 1-1-")] * len(before), SURE, size=VOCABULARY.size)
        if before.shape[1] == 5:
            rows[:] = 1e-9
            rows[:, forms] = 0.5
        if before.shape[1] > 6:
            c4 = np.where(before[:, 5] == forms[0], 0.9, 0.1)
            rows[:] = 1e-9
            rows[:, index("C4")], rows[:, index("D4")] = c4, 1 - c4
        return rows

    model = KnownModel(rule, representation=NOTES)
    wanted = headed.Conditions(32, "jig", "6/8", "D major")
    for begun, share in (([], 0.5), (["C4"], 0.9), (["D4"], 0.1)):
        notes = np.array([index(name) for name in begun], int)
        found = [headed.heading(model, wanted, seed=k, notes=notes) for k in range(400)]
        assert {one.endings for one in found} == {"1-1-"}
        assert {one.form for one in found} == {"AABB", "ABAB"}
        assert np.mean([one.form == "AABB" for one in found]) == pytest.approx(share, abs=0.07)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(4, meter="13/8"), "--meter: no token of the model's names the meter 13/8; take"),
    ],
)
def test_what_has_no_token_is_refused(request_, message):
    with pytest.raises(InputError, match=message):
        compose.from_nothing(UNIFORM, None, request_)


@pytest.mark.parametrize(("lowest", "highest", "lift"), [(21, 35, 36), (96, 108, -36), (60, 60, 0)])
def test_tunes_of_an_unusual_range_are_those_of_a_usual_one_in_other_octaves(lowest, highest, lift):
    usual, unusual = (
        compose.from_nothing(
            UNIFORM, None, Request(4, constraints=Constraints(lowest=a, highest=b))
        )
        for a, b in ((lowest + lift, highest + lift), (lowest, highest))
    )
    assert [n.pitch - lift for n in usual[0].notes] == [n.pitch for n in unusual[0].notes]
    assert all(lowest <= note.pitch <= highest for note in unusual[0].notes)


@pytest.mark.parametrize(
    ("key", "modal"), [("A dorian", True), ("A minor", False), ("A major", False)]
)
def test_a_mode_that_few_tunes_have_keeps_its_scale(key, modal):
    request = Request(8, constraints=Constraints(key))
    (tune,) = compose.from_nothing(UNIFORM, None, request)
    assert ({note.pitch % 12 for note in tune.notes} <= keys.scale(key)) == modal


@pytest.mark.parametrize(
    ("primer", "bars", "message"),
    [
        (
            jig(1, eighths=9, upbeat=False),
            2,
            "its 2 measures leave none .* ask for --bars 3 or more",
        ),
        (
            jig(1, eighths=12, upbeat=False),
            3,
            "its 3 measures leave none .* ask for --bars 4 or more",
        ),
        (replace(jig(1), meter="13/8"), 9, r"mine\.abc: no token .* names the meter 13/8"),
    ],
)
def test_a_primer_that_does_not_fit_is_refused(primer, bars, message):
    """As many measures as asked for leave none, also where the last of them is not full."""
    with pytest.raises(InputError, match=message):
        compose.from_primer(UNIFORM, primer, Request(bars))
