"""Particles: tunes drawn from a known model, given what stands behind or is wished."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.generation import particles
from nottingham.generation.constraints import NOTHING
from nottingham.generation.particles import Again, Free, Given, Plan
from nottingham.generation.potentials import EndsOnTonic, Form
from nottingham.models.sampling import AS_PREDICTED, SamplingConfig
from nottingham.representation import Notes
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import NO_PITCH
from tests.known_model import KnownModel, expecting

NOTES = Notes()
INDEX = NOTES.vocabulary.names.index
C4, D4, E4, WHOLE, END = (INDEX(name) for name in ("C4", "D4", "E4", "4 quarters", "end"))
HEADING = Heading("reel", "4/4", "C major", 4)
HEADER = tuple(NOTES.header(HEADING).tolist())
SURE = 1 - 1e-9
CONSTRAINTS = replace(NOTHING, scale=False, fills_last_measure=True)


def whole_notes(of_pitch):
    """Return a model of whole notes, C, D and E, with p of each given the pitch before."""

    def rule(before):
        if before.shape[1] < len(HEADER) or before[0, -1] in (C4, D4, E4):
            return expecting([WHOLE] * len(before), SURE, size=NOTES.vocabulary.size)
        if before.shape[1] == len(HEADER) + 8:
            return expecting([END] * len(before), SURE, size=NOTES.vocabulary.size)
        rows = np.full((len(before), NOTES.vocabulary.size), 1e-12)
        for row, last in zip(rows, before[:, -2], strict=True):
            row[[C4, D4, E4]] += of_pitch.get(int(last), of_pitch[None])
        return rows

    return KnownModel(rule, representation=NOTES)


EVEN = whole_notes({None: (0.4, 0.3, 0.3)})
"""Each pitch is drawn by itself."""
STEPS = whole_notes({None: (0.4, 0.3, 0.3), C4: (0.5, 0.5, 0), D4: (0.1, 0.1, 0.8), E4: (0, 0, 1)})
"""E comes after D or E, and never after C."""


def plan(*spans, beginning=(), potentials=()):
    return Plan(HEADING, (*HEADER, *beginning), spans, CONSTRAINTS, potentials)


def pitches(tokens):
    return [NOTES.vocabulary.names[t] for t in tokens if NOTES.vocabulary.pitch[t] != NO_PITCH]


def drawn(model, of, runs, *, count=particles.PARTICLES, config=AS_PREDICTED):
    """Return the pitches of tunes, a run each."""
    found = []
    for run in range(runs):
        written = particles.write(model, of, seed=[run], config=config, particles=count)
        assert written.weights.sum() == pytest.approx(1)
        found.append(pitches(written.draw(np.random.default_rng([run, 1]))))
    return found


def test_what_is_free_is_drawn_from_the_model():
    tunes = drawn(EVEN, plan(Free()), 200)
    assert {len(tune) for tune in tunes} == {4}
    for place in range(4):
        assert np.mean([tune[place] == "C4" for tune in tunes]) == pytest.approx(0.4, abs=0.1)


def test_what_stands_behind_weighs_on_what_is_written():
    """Of three measures behind which E follows, p is known: by Bayes' rule the last is D or E.

    p(C, then E) = 0, p(D) p(E | D) = 0.3 × 0.8 = 0.24, p(E) p(E | E) = 0.3 × 1 = 0.3.
    """
    ahead = plan(Free(until=192), Given((E4, WHOLE)), Free())
    tunes = drawn(STEPS, ahead, 200)
    assert {tune[1] for tune in tunes} == {"E4"}
    first = [tune[0] for tune in tunes]
    assert set(first) == {"D4", "E4"}
    assert first.count("E4") / len(first) == pytest.approx(0.3 / 0.54, abs=0.1)
    blind = drawn(STEPS, ahead, 200, count=1)
    assert sum(tune[0] == "C4" for tune in blind) == pytest.approx(80, abs=25)


def test_what_comes_again_is_what_was_written():
    """C C is as likely twice as once, where a repeat is forced; p is that of both places."""
    tunes = drawn(EVEN, plan(Free(until=192), Given((E4, WHOLE)), Again(0), Free()), 300)
    assert all(tune[0] == tune[2] and tune[1] == "E4" for tune in tunes)
    share = 0.4**2 / (0.4**2 + 2 * 0.3**2)
    assert np.mean([tune[0] == "C4" for tune in tunes]) == pytest.approx(share, abs=0.08)


def test_a_note_that_is_given_is_held_on_only_where_it_may_be():
    tie = INDEX("tie")

    def rule(before):
        after_whole = before.shape[1] > len(HEADER) and before[0, -1] == WHOLE
        token = tie if after_whole else WHOLE if before[0, -1:].tolist() in ([tie], [C4]) else C4
        return expecting([token] * len(before), SURE, size=NOTES.vocabulary.size)

    holding = KnownModel(rule, representation=NOTES)
    for may_hold in (True, False):
        of = plan(Free(until=384, may_hold=may_hold), Free(), beginning=(C4, WHOLE))
        written = particles.write(holding, of, seed=1, config=AS_PREDICTED, particles=2)
        third = written.tokens[0][len(HEADER) + 2]
        assert (third == tie) == may_hold


def test_the_potentials_weigh_on_the_whole_and_the_rest_stays_as_likely():
    """p(C last) is 0.4; all end on C if wished, and what is before them is as likely as ever."""
    tunes = drawn(EVEN, plan(Free(), potentials=(EndsOnTonic(0),)), 200)
    assert {tune[-1] for tune in tunes} == {"C4"}
    assert np.mean([tune[0] == "C4" for tune in tunes]) == pytest.approx(0.4, abs=0.1)


def test_a_wish_that_cannot_be_met_leaves_a_tune():
    (tune,) = drawn(whole_notes({None: (0, 0, 1)}), plan(Free(), potentials=(EndsOnTonic(0),)), 1)
    assert tune == ["E4"] * 4


def test_the_seed_decides():
    one, same, other = (
        particles.write(EVEN, plan(Free()), seed=seed, config=SamplingConfig(0.7, top_p=0.9))
        for seed in (1, 1, 2)
    )
    assert [t.tolist() for t in one.tokens] == [t.tolist() for t in same.tokens]
    assert [t.tolist() for t in one.tokens] != [t.tolist() for t in other.tokens]


def sounding(*sections, upbeat=0):
    """Return sections, each of eight measures of one tick with a pitch in each, after an upbeat."""
    return np.array([*[NO_PITCH, 50][:upbeat], *(p for section in sections for p in section)])


A, B = tuple(range(60, 68)), tuple(range(70, 78))
ALMOST = (*A[:6], 80, 81)
"""Six of eight measures are A's."""
LESS = (*A[:5], 80, 81, 82)


@pytest.mark.parametrize(
    ("form", "sections", "agrees"),
    [
        ("AABB", (A, A, B, B), True),
        ("AABB", (A, ALMOST, B, B), True),
        ("AABB", (A, LESS, B, B), False),
        ("AABB", (A, A, A, A), False),
        ("AABB", (A, B, A, B), False),
        ("ABAB", (A, B, A, B), True),
        ("ABAC", (A, B, A, LESS), True),
        ("A", (A,), True),
    ],
)
def test_a_form_is_that_of_its_sections(form, sections, agrees):
    weight = Form(form).log_weight(sounding(*sections), 1, ended=True)
    assert (weight > -1) == agrees


def test_a_form_is_weighed_before_a_section_is_complete():
    """The less a section is like the one that it repeats, the less it weighs."""
    wish, begun = Form("AABB"), [A, A[:4]]
    for measures in (2, 4, 6):
        likely, unlikely = (
            wish.log_weight(sounding(A, section[:measures]), 1, ended=False) for section in (A, B)
        )
        assert likely == 0 > unlikely
    assert Form("ABAB").log_weight(sounding(*begun), 1, ended=False) < -1


def test_time_that_a_last_section_lacks_is_unlike_the_first():
    """It is cut by an upbeat of three ticks in four; five of eight measures and a bit are alike."""
    section = np.repeat(A, 4)
    other = np.concatenate([section[:22], np.full(7, 90)])
    whole = np.concatenate([[NO_PITCH, 50, 50, 50], section, other])
    assert np.mean(other == section[:29]) > 0.75 > 22 / 32
    assert Form("AA").log_weight(whole, 4, ended=True) < -1


@pytest.mark.parametrize("cut", [0, 1])
def test_an_upbeat_is_before_the_first_section(cut):
    """In measures of two ticks: the last measure makes up for the upbeat of one."""
    twice = [np.repeat(section, 2) for section in (A, A, B, B)]
    tune = np.concatenate([[NO_PITCH, 50], *twice])[: 66 - cut]
    assert Form("AABB").log_weight(tune, 2, ended=True) == 0
