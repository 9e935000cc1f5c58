"""The measures of a tune, through all its changes of meter; an upbeat is none of them."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, takewhile
from math import ceil

from nottingham.music.tune import Tune, measure_length


def count(tune: Tune) -> int:
    """Return the number of measures of a tune, at least 1."""
    begun = takewhile(lambda moment: moment < tune.end, _barlines(tune))
    return max(1, sum(1 for _ in begun) - bool(tune.upbeat))


def start(tune: Tune, number: int) -> Fraction:
    """Return when a measure begins, in quarter notes; the first measure is number 0."""
    return next(islice(_barlines(tune), number + bool(tune.upbeat), None))


def _barlines(tune: Tune) -> Iterator[Fraction]:
    """Yield the beginning of each measure, an upbeat's among them, without end."""
    now, meter = Fraction(0), tune.meter
    for change in tune.meter_changes:
        length = measure_length(meter)
        for measure in range(ceil((change.onset - now) / length)):
            yield now + measure * length
        now, meter = change.onset, change.meter
    while True:
        yield now
        now += measure_length(meter)
