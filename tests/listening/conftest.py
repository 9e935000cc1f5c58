"""A page's worth of toy tunes, with titles as bad as titles get."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nottingham.generation.samples import GIVEN, Samples, given
from nottingham.listening.page_data import PageData
from nottingham.listening.settings import ListenSettings
from nottingham.models.names import REAL
from nottingham.music.measures import cut
from nottingham.music.tune import Note, Tune, measure_length

MEASURES = 12
EIGHTH = Fraction(1, 2)


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
    """Eight tunes in two meters, gone on with by chance, and by a baseline that falls silent."""
    draw = np.random.default_rng(0)

    def written(number: int) -> Tune:
        meter = ("4/4", "6/8")[number % 2]
        pitches = draw.integers(60, 80, int(MEASURES * measure_length(meter) / EIGHTH)).tolist()
        notes = tuple(Note(k * EIGHTH, EIGHTH, pitch) for k, pitch in enumerate(pitches))
        return Tune(f"book/{number}", hostile(number), meter, "D major", notes, (), "book.abc")

    def beginning(tune: Tune) -> Tune:
        return cut(tune, GIVEN)

    def by_chance(tune: Tune) -> Tune:
        new = written(int(tune.id[-1])).notes
        after = tuple(note for note in new if note.onset >= given(tune.meter))
        return replace(tune, notes=beginning(tune).notes + after)

    real = tuple(map(written, range(8)))
    tunes = {
        REAL: real,
        "mute": tuple(map(beginning, real)),
        "lstm": tuple(map(by_chance, real)),
    }
    samples = Samples(tuple(tune.id for tune in real), tunes)
    matches = [
        {"id": id_, "nearest": hostile(9), "run": 7, "share": 0.25, "above_limit": id_ == "book/1"}
        for id_ in samples.ids
    ]
    return PageData(
        samples=samples,
        tunes={tune.id: tune for tune in real},
        bits={name: [[1.25] * 11 + [40.0]] * 2 for name in ("mute", "lstm", REAL)},
        judge="lstm",
        synthesizer="tone",
        matches=dict.fromkeys(tunes, matches),
        baselines=["mute", "hold"],
    )


@pytest.fixture(scope="module")
def plain_tone() -> Iterator[None]:
    """Sound that is quick and the same on every machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nottingham.formats.audio._sound_font", lambda: None)
        yield
