"""Lookback features against a slow and obvious definition."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import batching
from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback, horizon, transposed
from nottingham.representation.grid import Grid
from tests.models.small import TINY, at

GRID = Grid(8)
NONE = GRID.vocabulary.none
CLASSES = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 7), (8, 11), (12, 15), (16, 23), (24, 31)]
CLASSES += [(32, 47), (48, 63), (64, 512)]


def behind(lookback, tune):
    """Return the features behind a single tune's last token."""
    return at(-1, at(-1, jax.tree.map(np.asarray, lookback.run(jnp.array(tune)[:, None]))))


def longest(*tune):
    """Return the features of the longest match alone."""
    return behind(Lookback(GRID, 512, (), longest=True), tune)


def match_of(tune, lag, horizon):
    """Count the last tokens that equal the token ``lag`` before, all within ``horizon`` tokens."""
    seen = tune[-horizon:]
    length = 0
    while length + lag < len(seen) and seen[-1 - length] == seen[-1 - length - lag]:
        length += 1
    return length


def class_of(length):
    return next(k for k, (least, most) in enumerate(CLASSES, 1) if least <= length <= most)


def expected(lookback, tune):
    """Return candidates and the classes of their matches, by the words of the module."""
    following = {lag: tune[-lag] for lag in range(1, min(len(tune), lookback.horizon - 1) + 1)}
    matches = {lag: match_of(tune, lag, lookback.horizon) for lag in following}
    lags = [lag if lag in following else None for lag in lookback.lags]
    if lookback.longest:
        matching = (lag for lag in matches if matches[lag])
        by_length = sorted(matching, key=lambda lag: (-matches[lag], lag))
        first = next(iter(by_length), None)
        others = [lag for lag in by_length if following[lag] != following[first]]
        lags += [first, next(iter(others), None)]
    candidates = [NONE if lag is None else following[lag] for lag in lags]
    return candidates, [0 if lag is None else class_of(matches[lag]) for lag in lags]


def repetitive():
    """Draw tunes that repeat themselves: of few tokens, or of a period now and then left."""
    draw = np.random.default_rng(0)
    few = [draw.integers(0, size, 90) for size in (2, 2, 3)]
    periodic = [np.resize(draw.integers(0, 89, period), 90) for period in (1, 7, 16)]
    for tune in periodic[1:]:
        tune[draw.integers(0, 90, 3)] = 88
    return np.stack([*few, *periodic], axis=1)


@pytest.mark.parametrize(
    "lookback",
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
def test_matches_and_candidates_are_as_defined(lookback):
    tunes = repetitive()
    features = lookback.run(jnp.asarray(tunes))
    found = np.asarray(features.candidates).tolist(), np.asarray(features.matches).tolist()
    for place, tune in enumerate(tunes.T.tolist()):
        for t in range(len(tune)):
            assert (found[0][t][place], found[1][t][place]) == expected(lookback, tune[: t + 1])


def test_the_classes_of_matches():
    """A token held for 70 steps: the match of lag 1 is as long as it has been held."""
    held = jnp.full((70, 1), 40)
    matches = Lookback(GRID, 512, (1,), longest=False).run(held).matches[:, 0, 0]
    assert matches.tolist() == [class_of(length) for length in range(70)]
    assert len(CLASSES) + 1 == MATCH_CLASSES == matches[-1] + 1


def test_the_longest_match_by_hand():
    """C D E, then D F, then C D again: E followed C D, F followed D alone."""
    c, d, e, f, g = 40, 42, 44, 45, 47
    features = longest(c, d, e, g, d, f, c, d)
    assert features.candidates.tolist() == [e, f]
    assert features.matches.tolist() == [class_of(2), class_of(1)]


def test_of_equally_long_matches_the_latest():
    c, d, e, f, g = 40, 42, 44, 45, 47
    features = longest(c, d, e, c, d, f, c, d, g, c, d)
    assert features.candidates.tolist() == [g, f]
    assert features.matches.tolist() == [class_of(2), class_of(2)]


def test_the_second_candidate_is_another_token():
    """C D E twice, and once C D F: what follows C D is E or F, however often it was E."""
    c, d, e, f = 40, 42, 44, 45
    features = longest(c, d, f, c, d, e, c, d, e, c, d)
    assert features.candidates.tolist() == [e, f]
    assert features.matches.tolist() == [class_of(5), class_of(2)]


@pytest.mark.parametrize("tune", [[40, 41, 42, 43], [40, 40, 40, 40]])
def test_nothing_where_there_is_nothing(tune):
    """No token 8 before, no repetition; or a repetition that always went on alike."""
    features = behind(Lookback(GRID, 512, (1, 8), longest=True), tune)
    repeated = tune[0] if len(set(tune)) == 1 else NONE
    assert features.candidates.tolist() == [tune[-1], NONE, repeated, NONE]
    assert [match == 0 for match in features.matches] == [False, True, repeated == NONE, True]


def test_before_the_first_token_nothing_is_known():
    features = Lookback(GRID, 32, (1,), longest=True).start(2).features
    assert features.token.tolist() == [NONE, NONE]
    assert features.candidates.tolist() == [[NONE] * 3] * 2
    for known in (features.pitch, features.previous_pitch, features.upbeat, features.matches):
        assert not known.any()


def test_pitches_and_upbeats():
    """Token 40 is C4, MIDI 60."""
    tunes = jnp.array([[0, 0, 40, 0, 45, 45, 0], [50, 0, 0, 52, 0, 0, 0]])
    features = Lookback(GRID, 32, (), longest=False).run(tunes.T)
    assert features.token.T.tolist() == tunes.tolist()
    assert features.pitch.T.tolist() == [[0, 0, 60, 60, 65, 65, 65], [70] * 3 + [72] * 4]
    previous = [[0, 0, 0, 60, 60, 65, 65], [0, 70, 70, 70, 72, 72, 72]]
    assert features.previous_pitch.T.tolist() == previous
    assert features.upbeat.T.tolist() == [[1] * 7, [0] * 7]


def test_pitches_where_rhythm_has_tokens_of_its_own():
    """D4 long, E4 short: a duration and a rest have no pitch, and so begin with an upbeat."""
    pitches = Lookback(TINY, 10, (), longest=False).run(jnp.array([[1, 6, 2, 5], [3, 5, 4, 6]]).T)
    assert pitches.pitch.T.tolist() == [[62, 62, 64, 64], [0, 0, 67, 67]]
    assert pitches.previous_pitch.T.tolist() == [[0, 62, 62, 64], [0, 0, 0, 67]]
    assert pitches.upbeat.T.tolist() == [[0] * 4, [1] * 4]


@pytest.mark.parametrize("lags", [(), (1, 16, 31)])
def test_within_its_horizon_it_needs_no_more_than_the_last_tokens(lags):
    lookback = Lookback(GRID, horizon(GRID, "window"), lags, longest=True)
    tunes = repetitive()
    whole = lookback.run(jnp.asarray(tunes))
    windows = np.lib.stride_tricks.sliding_window_view(tunes, 32, axis=0)  # [windows, tunes, 32]
    last = at(-1, lookback.run(jnp.asarray(windows.reshape(-1, 32).T)))
    for name in ("token", "candidates", "matches"):
        found = getattr(last, name)
        assert np.array_equal(found, getattr(whole, name)[31:].reshape(found.shape)), name
    assert (np.asarray(last.matches) >= class_of(16)).any()


@pytest.mark.parametrize(
    "lookback",
    [Lookback(GRID, 512, (1, 8), longest=True), Lookback(GRID, 32, (), longest=False)],
    ids=str,
)
def test_over_tunes_of_any_length(lookback, monkeypatch):
    monkeypatch.setattr(batching, "TUNES", 4)  # in calls of four tunes and of 32 tokens
    draw = np.random.default_rng(0)
    lengths = [33, 0, 100, 31, 1, 64, 70, 32, 65, 5]
    tunes = [draw.integers(0, 3, length).astype(np.uint8) for length in lengths]
    found = lookback.over(tunes)
    padded = np.stack([np.pad(tune, (0, 100 - len(tune))) for tune in tunes], axis=1)
    together = lookback.run(jnp.asarray(padded.astype(np.int32)))
    for name, values in found._asdict().items():
        whole = np.asarray(getattr(together, name))
        parts = [whole[:length, place] for place, length in enumerate(lengths)]
        assert values.dtype == np.uint8
        assert np.array_equal(values, np.concatenate(parts)), name


def test_without_candidates():
    lookback = Lookback(GRID, 32, (), longest=False)
    features = lookback.run(jnp.array([[40, 0], [41, 42]]))
    assert lookback.candidates == 0
    assert features.candidates.shape == features.matches.shape == (2, 2, 0)
    assert features.token.tolist() == [[40, 0], [41, 42]]


def test_features_of_transposed_tunes_are_transposed_features():
    draw = np.random.default_rng(0)
    tokens = jnp.asarray(draw.choice([0, 40, 42, 43], (60, 5)))
    table, shift = jnp.asarray(GRID.vocabulary.transposition(45)), jnp.array([-39, -1, 0, 7, 45])
    lookback = Lookback(GRID, 512, (1, 8), longest=True)
    features, moved = lookback.run(tokens), lookback.run(table[45 + shift, tokens])
    assert (np.asarray(features.candidates) == NONE).any()
    for name, values in transposed(features, table, shift)._asdict().items():
        assert np.array_equal(values, getattr(moved, name)), name


def test_a_transposition_by_hand():
    """Up by five and down by two; a rest, no pitch and no candidate stay what they are."""
    features = Features(
        token=jnp.array([[40, 0]]),
        pitch=jnp.array([[60, 0]]),
        previous_pitch=jnp.array([[0, 72]]),
        upbeat=jnp.array([[1, 0]]),
        candidates=jnp.array([[[NONE, 41], [88, 0]]]),
        matches=jnp.array([[[0, 3], [2, 1]]]),
    )
    table = jnp.asarray(GRID.vocabulary.transposition(5))
    moved = transposed(features, table, jnp.array([5, -2]))
    assert moved.token.tolist() == [[45, 0]]
    assert moved.pitch.tolist() == [[65, 0]]
    assert moved.previous_pitch.tolist() == [[0, 70]]
    assert moved.candidates.tolist() == [[[NONE, 46], [86, 0]]]
    assert moved.upbeat.tolist() == features.upbeat.tolist()
    assert moved.matches.tolist() == features.matches.tolist()
