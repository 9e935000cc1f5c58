"""A page's worth of toy tunes, with titles as bad as titles get."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from nottingham.generation.samples import Samples
from nottingham.listening.page_data import PageData
from nottingham.listening.settings import ListenSettings
from nottingham.models.names import REAL
from nottingham.music.tune import Tune
from nottingham.representation import Grid

STEPS = 96  # 12 measures of 8


def hostile(number: int) -> str:
    return f"</script><img src=x onerror=alert({number})> \"{number}\" & 'so' on"


@pytest.fixture(scope="session")
def listen() -> Callable[..., ListenSettings]:
    """Settings of the listening page."""

    def make(**changed):
        usual = {"tunes": 2, "pairs": 4, "sound": "tone", "blind": ["lstm", "mute"]}
        usual |= {"seed": 1}
        return ListenSettings(**(usual | changed))

    return make


@pytest.fixture(scope="session")
def data() -> PageData:
    """Eight tunes in two meters, gone on with by chance, and by a model that falls silent."""
    grid, draw = Grid(8), np.random.default_rng(0)
    real = draw.integers(40, 52, size=(8, STEPS)).astype(np.uint8)
    chance = draw.integers(40, 52, size=(8, STEPS)).astype(np.uint8)
    mute = np.zeros_like(real)
    for written in (chance, mute):
        written[:, : grid.window] = real[:, : grid.window]
    samples = Samples(
        tuple(f"book/{i}" for i in range(8)), {REAL: real, "mute": mute, "lstm": chance}
    )
    tunes = {}
    for i, id_ in enumerate(samples.ids):
        meter = ("4/4", "6/8")[i % 2]
        heading = Tune(id_, hostile(i), meter, "D major", (), (), "book.abc")
        tunes[id_] = grid.decode(real[i], heading)
    matches = [
        {"id": id_, "nearest": hostile(9), "run": 7, "share": 0.25, "above_limit": id_ == "book/1"}
        for id_ in samples.ids
    ]
    return PageData(
        samples=samples,
        tunes=tunes,
        representation=grid,
        bits={name: [[1.25] * 11 + [40.0]] * 2 for name in ("mute", "lstm", REAL)},
        judge="lstm",
        synthesizer="tone",
        matches=dict.fromkeys(samples.tokens, matches),
    )


@pytest.fixture(scope="module")
def plain_tone() -> Iterator[None]:
    """Sound that is quick and the same on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nottingham.formats.audio._sound_font", lambda: None)
        yield
