import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.generation.constraints import Constraints
from nottingham.representation import vocabulary


def pitches(row):
    return [vocabulary.pitch(int(token)) for token in np.flatnonzero(row)]


def test_nothing_is_asked_for():
    allowed = Constraints().allowed(np.array([10, 12]), first=4, steps_per_measure=8)
    assert allowed.shape == (8, 2, 89)
    assert allowed.all()


def test_scale_and_range():
    wish = Constraints(key="D major", lowest=60, highest=69)
    (row,) = wish.allowed(np.array([1]), first=0, steps_per_measure=8)[0]
    assert pitches(row) == [None, 61, 62, 64, 66, 67, 69]


def test_the_last_half_measure_is_the_tonic():
    """Of each tune its own, though they end at different steps."""
    wish = Constraints(key="D major", lowest=60, highest=80, ends_on_tonic=True)
    allowed = wish.allowed(np.array([20, 24]), first=12, steps_per_measure=8)
    only_tonic = [[pitches(row) == [62, 74] for row in step] for step in allowed]
    assert np.array(only_tonic).T.tolist() == [
        [t in range(16, 20) for t in range(12, 24)],
        [t in range(20, 24) for t in range(12, 24)],
    ]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"lowest": 70, "highest": 60}, "no pitch lies between 70 and 60"),
        ({"ends_on_tonic": True}, "a tune needs a key"),
        ({"key": "C major", "lowest": 61, "highest": 61}, "from 61 to 61 .* no note of C major"),
        (
            {"key": "C major", "lowest": 61, "highest": 71, "ends_on_tonic": True},
            "from 61 to 71 .* no tonic of C major lies there to end on",
        ),
    ],
)
def test_what_no_tune_can_obey_is_refused(wish, message):
    with pytest.raises(InputError, match=message):
        Constraints(**wish)
