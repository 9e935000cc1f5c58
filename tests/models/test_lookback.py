"""Lookback features, against a slow and obvious definition."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import batching
from nottingham.models.lookback import MATCH_CLASSES, Lookback, transposed
from tests.models.small import at
from tests.models.stepping import GRID, NONE

CLASSES = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 7), (8, 11), (12, 15), (16, 23), (24, 31)]
CLASSES += [(32, 47), (48, 63), (64, 512)]


def recalled(features, tune):
    """What a memory knows after a single tune's last step."""
    return at(-1, at(-1, jax.tree.map(np.asarray, features.run(jnp.array(tune)[:, None]))))


def run_of(tune, lag, horizon):
    """How many of the last steps equal the step ``lag`` before, all within ``horizon`` steps."""
    heard = tune[-horizon:]
    length = 0
    while length + lag < len(heard) and heard[-1 - length] == heard[-1 - length - lag]:
        length += 1
    return length


def class_of(length):
    return next(k for k, (least, most) in enumerate(CLASSES, 1) if least <= length <= most)


def expected(features, tune):
    """Candidates and the classes of their runs, by the words of the module."""
    following = {lag: tune[-lag] for lag in range(1, min(len(tune), features.horizon - 1) + 1)}
    runs = {lag: run_of(tune, lag, features.horizon) for lag in following}
    lags = [lag if lag in following else None for lag in features.lags]
    if features.longest:
        by_length = sorted((lag for lag in runs if runs[lag]), key=lambda lag: (-runs[lag], lag))
        first = next(iter(by_length), None)
        others = [lag for lag in by_length if following[lag] != following[first]]
        lags += [first, next(iter(others), None)]
    candidates = [NONE if lag is None else following[lag] for lag in lags]
    return candidates, [0 if lag is None else class_of(runs[lag]) for lag in lags]


def repetitive():
    """Tunes of 90 steps that repeat themselves: of few tokens, or of a period now and then left."""
    draw = np.random.default_rng(0)
    few = [draw.integers(0, size, 90) for size in (2, 2, 3)]
    periodic = [np.resize(draw.integers(0, 89, period), 90) for period in (1, 7, 16)]
    for tune in periodic[1:]:
        tune[draw.integers(0, 90, 3)] = 88
    return np.stack([*few, *periodic], axis=1)


@pytest.mark.parametrize(
    "features",
    [
        Lookback(GRID, 512, (1, 8, 40), longest=True),
        Lookback(GRID, 32, (1, 16, 31), longest=True),
        Lookback(GRID, 6, (2, 5), longest=True),
        Lookback(GRID, 512, (3, 16), longest=False),
        Lookback(GRID, 24, (8, 20), longest=False),
        Lookback(GRID, 64, (), longest=True),
    ],
    ids=str,
)
def test_runs_and_candidates_are_as_defined(features):
    tunes = repetitive()
    recall = features.run(jnp.asarray(tunes))
    for place, tune in enumerate(tunes.T.tolist()):
        for t in range(len(tune)):
            candidates, runs = expected(features, tune[: t + 1])
            assert recall.candidates[t, place].tolist() == candidates
            assert recall.matches[t, place].tolist() == runs


def test_the_classes_of_runs():
    """A note held for 70 steps: the run of lag 1 is as long as it has been held."""
    runs = Lookback(GRID, 512, (1,), longest=False).run(jnp.full((70, 1), 40)).matches[:, 0, 0]
    assert runs.tolist() == [class_of(length) for length in range(70)]
    assert len(CLASSES) + 1 == MATCH_CLASSES == runs[-1] + 1


def test_the_longest_match_by_hand():
    """C D E, then D F, then C D again: E followed C D, F followed D alone."""
    c, d, e, f, g = 40, 42, 44, 45, 47
    recall = recalled(Lookback(GRID, 512, (), longest=True), [c, d, e, g, d, f, c, d])
    assert recall.candidates.tolist() == [e, f]
    assert recall.matches.tolist() == [class_of(2), class_of(1)]


def test_of_equally_long_matches_the_latest():
    c, d, e, f, g = 40, 42, 44, 45, 47
    recall = recalled(Lookback(GRID, 512, (), longest=True), [c, d, e, c, d, f, c, d, g, c, d])
    assert recall.candidates.tolist() == [g, f]
    assert recall.matches.tolist() == [class_of(2), class_of(2)]


def test_the_second_candidate_is_another_token():
    """C D E twice, and once C D F: what follows C D is E or F, however often it was E."""
    c, d, e, f = 40, 42, 44, 45
    recall = recalled(Lookback(GRID, 512, (), longest=True), [c, d, f, c, d, e, c, d, e, c, d])
    assert recall.candidates.tolist() == [e, f]
    assert recall.matches.tolist() == [class_of(5), class_of(2)]


@pytest.mark.parametrize("tune", [[40, 41, 42, 43], [40, 40, 40, 40]])
def test_nothing_where_there_is_nothing(tune):
    """No step 8 before, no repetition; or a repetition that always went on alike."""
    recall = recalled(Lookback(GRID, 512, (1, 8), longest=True), tune)
    longest = tune[0] if len(set(tune)) == 1 else NONE
    assert recall.candidates.tolist() == [tune[-1], NONE, longest, NONE]
    assert [run == 0 for run in recall.matches] == [False, True, longest == NONE, True]


def test_before_the_first_step_nothing_is_known():
    recall = Lookback(GRID, 32, (1,), longest=True).start(2).features
    assert recall.token.tolist() == [NONE, NONE]
    assert recall.candidates.tolist() == [[NONE] * 3] * 2
    for known in (recall.pitch, recall.previous_pitch, recall.upbeat, recall.matches):
        assert not known.any()


def test_pitches_and_upbeats():
    tunes = jnp.array([[0, 0, 40, 0, 45, 45, 0], [50, 0, 0, 52, 0, 0, 0]])
    recall = Lookback(GRID, 32, (), longest=False).run(tunes.T)
    assert recall.token.T.tolist() == tunes.tolist()
    pitches = [[0, 0, 60, 60, 65, 65, 65], [70, 70, 70, 72, 72, 72, 72]]  # of tokens 40, 45 …
    assert recall.pitch.T.tolist() == pitches
    assert recall.previous_pitch.T.tolist() == [[0, *found[:-1]] for found in pitches]
    assert recall.upbeat.T.tolist() == [[1] * 7, [0] * 7]


@pytest.mark.parametrize("lags", [(), (1, 16, 31)])
def test_within_its_horizon_a_memory_needs_no_more_than_the_last_steps(lags):
    features = Lookback(GRID, GRID.window, lags, longest=True)
    tunes = repetitive()
    whole = features.run(jnp.asarray(tunes))
    windows = np.lib.stride_tricks.sliding_window_view(tunes, 32, axis=0)  # [windows, tunes, 32]
    last = at(-1, features.run(jnp.asarray(windows.reshape(-1, 32).T)))
    for name in ("token", "candidates", "matches"):
        found = getattr(last, name)
        assert np.array_equal(found, getattr(whole, name)[31:].reshape(found.shape)), name
    assert (np.asarray(last.matches) >= class_of(16)).any()


@pytest.mark.parametrize(
    "features",
    [Lookback(GRID, 512, (1, 8), longest=True), Lookback(GRID, 32, (), longest=False)],
    ids=str,
)
def test_over_tunes_of_any_length(features, monkeypatch):
    monkeypatch.setattr(batching, "TUNES", 4)  # in calls of four tunes and of 32 steps
    draw = np.random.default_rng(0)
    lengths = [33, 0, 100, 31, 1, 64, 70, 32, 65, 5]
    tunes = [draw.integers(0, 3, length).astype(np.uint8) for length in lengths]
    found = features.over(tunes)
    padded = np.stack([np.pad(tune, (0, 100 - len(tune))) for tune in tunes], axis=1)
    together = features.run(jnp.asarray(padded.astype(np.int32)))
    for name, values in found._asdict().items():
        whole = np.asarray(getattr(together, name))
        parts = [whole[:length, place] for place, length in enumerate(lengths)]
        assert values.dtype == np.uint8
        assert np.array_equal(values, np.concatenate(parts)), name


def test_a_memory_without_candidates():
    features = Lookback(GRID, 32, (), longest=False)
    recall = features.run(jnp.array([[40, 0], [41, 42]]))
    assert features.candidates == 0
    assert recall.candidates.shape == recall.matches.shape == (2, 2, 0)
    assert recall.token.tolist() == [[40, 0], [41, 42]]


def test_transposed_tunes_have_transposed_features():
    draw = np.random.default_rng(0)
    tokens = jnp.asarray(draw.choice([0, 40, 42, 43], (60, 5)))
    shift, table = jnp.array([-39, -1, 0, 7, 45]), jnp.asarray(GRID.vocabulary.transposition(45))
    features = Lookback(GRID, 512, (1, 8), longest=True)
    found = features.run(tokens)
    moved = features.run(table[45 + shift, tokens])
    assert (np.asarray(found.candidates) == NONE).any()
    for name, values in transposed(found, table, shift)._asdict().items():
        assert np.array_equal(values, getattr(moved, name)), name


def test_the_start_of_a_tune_is_no_token():
    """Behind it, all is known that is known before the first token."""
    features = Lookback(GRID, 512, (1, 8), longest=True)
    tune = np.random.default_rng(0).choice([0, 40, 42], 50)
    plain = features.run(jnp.asarray(tune[:, None]))
    begun = features.run(jnp.asarray(np.append(NONE, tune)[:, None]))
    start = features.start(1).features
    for name in plain._fields:
        assert np.array_equal(getattr(begun, name)[0], getattr(start, name)), name
        assert np.array_equal(getattr(begun, name)[1:], getattr(plain, name)), name
    over = features.over([tune], starts=True)
    assert np.array_equal(over.matches, begun.matches[:, 0])
    assert np.array_equal(over.token, begun.token[:, 0])
