"""Lookback features against slow and obvious definitions.

With one tick a measure, `Lookback.measures` are lags in tokens.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import batching, segments
from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback, horizon
from nottingham.representation import Grid, Notes
from tests.models.small import NOTES, TINY, at, walks

GRID = Grid(1)
NONE = GRID.vocabulary.none
CLASSES = [(0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 7), (8, 11), (12, 15), (16, 23), (24, 31)]
CLASSES += [(32, 47), (48, 63), (64, 512)]


def behind(lookback, tune):
    """Return the features behind a single tune's last token."""
    return at(
        -1,
        at(-1, jax.tree.map(np.asarray, segments.of_segments(lookback, jnp.array(tune)[:, None]))),
    )


def longest(*tune):
    """Return the features of the longest match alone."""
    return behind(Lookback(GRID, 512, (), last=False, longest=True), tune)


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
    lags = [1] * lookback.last + list(lookback.measures)
    lags = [lag if lag in following else None for lag in lags]
    if lookback.longest:
        lags += longest_lags(following, matches)
    candidates = [NONE if lag is None else following[lag] for lag in lags]
    return candidates, [0 if lag is None else class_of(matches[lag]) for lag in lags]


def longest_lags(following, matches):
    """Return the lag of the longest match, and of the longest of those that went on otherwise."""
    matching = (lag for lag in matches if matches[lag])
    by_length = sorted(matching, key=lambda lag: (-matches[lag], lag))
    first = next(iter(by_length), None)
    others = [lag for lag in by_length if following[lag] != following[first]]
    return [first, next(iter(others), None)]


def expected_by_the_clock(lookback, tune):
    """Return the same of tokens of several durations, the meter among them."""
    vocabulary = lookback.representation.vocabulary
    may_last = vocabulary.may_follow[:, vocabulary.ticks > 0].any(axis=1)
    began, measure = [0], lookback.representation.measure_ticks
    for token in tune:
        began.append(began[-1] + int(vocabulary.ticks[token]))
        measure = int(vocabulary.measure[token]) or measure
    lasting = [bool(may_last[token]) for token in (vocabulary.none, *tune)]
    reach = range(1, min(len(tune), lookback.horizon - 1) + 1)
    at = {lag: len(tune) - lag for lag in reach}
    following = {lag: tune[place] for lag, place in at.items()}
    matches = {lag: match_of(tune, lag, lookback.horizon) for lag in reach}
    alike = [lag for lag in reach if lasting[at[lag]] == lasting[-1]]
    lags = [next(iter(alike), None)] * lookback.last
    for count in lookback.measures:
        then = (lag for lag in alike if began[at[lag]] == began[-1] - count * measure)
        lags.append(next(then, None))
    if lookback.longest:
        lags += longest_lags(following, matches)
    possible = [lag and vocabulary.may_follow[tune[-1], following[lag]] for lag in lags]
    lags = [lag if ok else None for lag, ok in zip(lags, possible, strict=True)]
    candidates = [vocabulary.none if lag is None else following[lag] for lag in lags]
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
        Lookback(GRID, 512, (8, 40), last=True, longest=True),
        Lookback(GRID, 32, (16, 31), last=True, longest=True),
        Lookback(GRID, 6, (2, 5), last=False, longest=True),
        Lookback(GRID, 512, (3, 16), last=False, longest=False),
        Lookback(GRID, 24, (8, 20), last=False, longest=False),
        Lookback(GRID, 64, (), last=False, longest=True),
    ],
    ids=str,
)
def test_matches_and_candidates_are_as_defined(lookback):
    tunes = repetitive()
    features = segments.of_segments(lookback, jnp.asarray(tunes))
    found = np.asarray(features.candidates).tolist(), np.asarray(features.matches).tolist()
    for place, tune in enumerate(tunes.T.tolist()):
        for t in range(len(tune)):
            assert (found[0][t][place], found[1][t][place]) == expected(lookback, tune[: t + 1])


def test_measures_of_a_finer_grid_are_as_many_lags():
    tunes = jnp.asarray(repetitive())
    eighths, lags = (
        segments.of_segments(Lookback(grid, 64, measures, last=True, longest=True), tunes)
        for grid, measures in ((Grid(8), (1, 4)), (GRID, (8, 32)))
    )
    for name, found in eighths._asdict().items():
        assert np.array_equal(found, getattr(lags, name)), name


@pytest.mark.parametrize(
    "lookback",
    [
        Lookback(TINY, 512, (1, 2), last=True, longest=True),
        Lookback(TINY, 10, (1,), last=True, longest=False),
        Lookback(NOTES, 512, (1, 2, 4), last=True, longest=True),
    ],
    ids=str,
)
def test_candidates_by_the_clock_are_as_defined(lookback):
    """Of random tunes with changes of meter, and of one that goes on in the same way."""
    tunes = walks(lookback.representation, 0, [90] * 3)
    tunes.append(np.concatenate([tunes[0][:6], np.tile(one_measure(lookback.representation), 12)]))
    seen = []
    for tune in (tokens[:90] for tokens in tunes):
        features = segments.of_segments(lookback, jnp.asarray(tune.astype(np.int32))[:, None])
        found = np.asarray(features.candidates)[:, 0], np.asarray(features.matches)[:, 0]
        for t in range(len(tune)):
            now = expected_by_the_clock(lookback, tune[: t + 1].tolist())
            assert (found[0][t].tolist(), found[1][t].tolist()) == now, t
        seen.append(found[0] != lookback.representation.vocabulary.none)
    assert np.concatenate(seen).any(axis=0).all()


def one_measure(representation):
    """Return the tokens of a rhythm, of 12 ticks or, in notes, of 3/4."""
    words = "D4 long E4 short D4 tied_long rest long C4 short C4 short"
    if representation == NOTES:
        words = "D4 1_quarters E4 1/2_quarters tie 1/2_quarters C4 1/2_quarters rest 1/2_quarters"
    names = representation.vocabulary.names
    return np.array([names.index(word.replace("_", " ")) for word in words.split()])


def test_candidates_by_the_clock_by_hand():
    """In 4/4 D D | E F, then D: a measure before the note to come was E, and its duration 2."""
    words = "jig|4/4|C|major|2 measures|D4|2 quarters|E4|2 quarters|F4|3 quarters|D4|1 quarters"
    tune = [NOTES.vocabulary.names.index(word) for word in words.split("|")]
    lookback = Lookback(NOTES, 512, (1, 2), last=True, longest=False)
    found = segments.of_segments(lookback, jnp.array(tune)[:, None]).candidates[:, 0].tolist()
    d, two, f, three, none = *(tune[k] for k in (5, 6, 9, 10)), NOTES.vocabulary.none
    assert found[9] == [two, tune[6], none]  # the duration of F4 at 4: two quarters, as at 0
    assert found[10] == [f, none, none]  # at 7 quarters: nothing began at 3
    assert found[12] == [d, f, d]  # at 8 quarters: F4 at 4, D4 at 0
    assert three not in found[12]


def test_the_fields_of_a_header():
    """They stay, whatever follows; before a field comes there is none."""
    tune, none = walks(NOTES, 1, [30])[0].astype(int), NOTES.vocabulary.none
    lookback = Lookback(NOTES, 64, (), last=False, longest=False)
    header = segments.of_segments(lookback, jnp.asarray(tune)[:, None]).header[:, 0].tolist()
    for t, found in enumerate(header[:7]):
        assert found == [*tune[: t + 1], *[none] * (6 - t)]
    assert header[7:] == [tune[:7].tolist()] * 23


def test_the_classes_of_matches():
    """A token held for 70 steps: the match of lag 1 is as long as it has been held."""
    held = jnp.full((70, 1), 40)
    only_last = Lookback(GRID, 512, (), last=True, longest=False)
    matches = segments.of_segments(only_last, held).matches[:, 0, 0]
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
    features = behind(Lookback(GRID, 512, (8,), last=True, longest=True), tune)
    repeated = tune[0] if len(set(tune)) == 1 else NONE
    assert features.candidates.tolist() == [tune[-1], NONE, repeated, NONE]
    assert [match == 0 for match in features.matches] == [False, True, repeated == NONE, True]


def test_before_the_first_token_nothing_is_known():
    features = Lookback(GRID, 32, (), last=True, longest=True).start(np.zeros(2, np.int32)).features
    assert features.token.tolist() == [NONE, NONE]
    assert features.candidates.tolist() == [[NONE] * 3] * 2
    for known in (features.pitch, features.previous_pitch, features.upbeat, features.matches):
        assert not known.any()


def test_pitches_and_upbeats():
    """Token 40 is C4, MIDI 60."""
    tunes = jnp.array([[0, 0, 40, 0, 45, 45, 0], [50, 0, 0, 52, 0, 0, 0]])
    features = segments.of_segments(Lookback(GRID, 32, (), last=False, longest=False), tunes.T)
    assert features.token.T.tolist() == tunes.tolist()
    assert features.pitch.T.tolist() == [[0, 0, 60, 60, 65, 65, 65], [70] * 3 + [72] * 4]
    previous = [[0, 0, 0, 60, 60, 65, 65], [0, 70, 70, 70, 72, 72, 72]]
    assert features.previous_pitch.T.tolist() == previous
    assert features.upbeat.T.tolist() == [[1] * 7, [0] * 7]


def test_pitches_where_rhythm_has_tokens_of_its_own():
    """D4 long, E4 short: a duration and a rest have no pitch, and so begin with an upbeat."""
    lookback = Lookback(TINY, 10, (), last=False, longest=False)
    pitches = segments.of_segments(lookback, jnp.array([[1, 6, 2, 5], [3, 5, 4, 6]]).T)
    assert pitches.pitch.T.tolist() == [[62, 62, 64, 64], [0, 0, 67, 67]]
    assert pitches.previous_pitch.T.tolist() == [[0, 62, 62, 64], [0, 0, 0, 67]]
    assert pitches.upbeat.T.tolist() == [[0] * 4, [0] + [1] * 3]  # once its duration has passed


@pytest.mark.parametrize("lags", [(), (16, 31)])
def test_within_its_horizon_it_needs_no_more_than_the_last_tokens(lags):
    lookback = Lookback(GRID, horizon(GRID, "window"), lags, last=True, longest=True)
    tunes = repetitive()
    whole = segments.of_segments(lookback, jnp.asarray(tunes))
    windows = np.lib.stride_tricks.sliding_window_view(tunes, 32, axis=0)  # [windows, tunes, 32]
    last = at(-1, segments.of_segments(lookback, jnp.asarray(windows.reshape(-1, 32).T)))
    for name in ("token", "candidates", "matches"):
        found = getattr(last, name)
        assert np.array_equal(found, getattr(whole, name)[31:].reshape(found.shape)), name
    assert (np.asarray(last.matches) >= class_of(16)).any()


@pytest.mark.parametrize(
    "lookback",
    [
        Lookback(GRID, 512, (8,), last=True, longest=True),
        Lookback(GRID, 32, (), last=False, longest=False),
    ],
    ids=str,
)
def test_over_tunes_of_any_length(lookback, monkeypatch):
    monkeypatch.setattr(batching, "TUNES", 4)  # in calls of four tunes and of 32 tokens
    draw = np.random.default_rng(0)
    lengths = [33, 0, 100, 31, 1, 64, 70, 32, 65, 5]
    tunes = [draw.integers(0, 3, length).astype(np.uint8) for length in lengths]
    found = segments.of_tunes(lookback, tunes)
    padded = np.stack([np.pad(tune, (0, 100 - len(tune))) for tune in tunes], axis=1)
    together = segments.of_segments(lookback, jnp.asarray(padded.astype(np.int32)))
    for name, values in found._asdict().items():
        whole = np.asarray(getattr(together, name))
        parts = [whole[:length, place] for place, length in enumerate(lengths)]
        assert values.dtype == np.uint8
        assert np.array_equal(values, np.concatenate(parts)), name


def test_without_candidates():
    lookback = Lookback(GRID, 32, (), last=False, longest=False)
    features = segments.of_segments(lookback, jnp.array([[40, 0], [41, 42]]))
    assert lookback.candidates == 0
    assert features.candidates.shape == features.matches.shape == (2, 2, 0)
    assert features.token.tolist() == [[40, 0], [41, 42]]


@pytest.mark.parametrize(
    ("representation", "shift"),
    [(GRID, [-39, -1, 0, 7, 45]), (NOTES, [-5, -1, 0, 4, 5]), (Notes(relative=False), [-5, 3])],
    ids=str,
)
def test_features_of_transposed_tunes_are_transposed_features(representation, shift):
    if representation == GRID:
        tokens = jnp.asarray(np.random.default_rng(0).choice([0, 40, 42, 43], (60, len(shift))))
    else:
        tokens = jnp.asarray(np.stack(walks(NOTES, 0, [60] * len(shift)), axis=1).astype(np.int32))
    vocabulary, shift = representation.vocabulary, jnp.array(shift)
    table = jnp.asarray(vocabulary.transposition(45))
    lookback = Lookback(representation, 512, (1, 8), last=True, longest=True)
    features = segments.of_segments(lookback, tokens)
    moved = segments.of_segments(lookback, table[45 + shift, tokens])
    assert (np.asarray(features.candidates) == vocabulary.none).any()
    found = segments.transposed(features, table, shift, relative=vocabulary.relative)
    for name, values in found._asdict().items():
        assert np.array_equal(values, getattr(moved, name)), name


def test_a_transposition_by_hand():
    """Up by five and down by two; a rest, no pitch and no candidate stay what they are."""
    features = Features(
        token=jnp.array([[40, 0]]),
        pitch=jnp.array([[60, 0]]),
        previous_pitch=jnp.array([[0, 72]]),
        upbeat=jnp.array([[1, 0]]),
        header=jnp.zeros((1, 2, 0), int),
        candidates=jnp.array([[[NONE, 41], [88, 0]]]),
        matches=jnp.array([[[0, 3], [2, 1]]]),
    )
    table = jnp.asarray(GRID.vocabulary.transposition(5))
    moved = segments.transposed(features, table, jnp.array([5, -2]), relative=False)
    assert moved.token.tolist() == [[45, 0]]
    assert moved.pitch.tolist() == [[65, 0]]
    assert moved.previous_pitch.tolist() == [[0, 70]]
    assert moved.candidates.tolist() == [[[NONE, 46], [86, 0]]]
    assert moved.upbeat.tolist() == features.upbeat.tolist()
    assert moved.matches.tolist() == features.matches.tolist()
    assert moved.header.shape == (1, 2, 0)
