"""Potentials: the weight that a beginning gets for what is requested of the whole tune.

A beginning is the pitch that sounds at each tick, `NO_PITCH` where none does.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Int

from nottingham.music import forms
from nottingham.music.timeline import SECTION
from nottingham.representation.vocabulary import NO_PITCH

Sounding = Int[np.ndarray, " ticks"]

_MISSED = -30.0
"""ln of the weight of a tune that does not agree, which is kept where all are such tunes."""
_STRENGTH = 24.0
"""By how much ln of the weight falls, at the end of a section, for each unit of likeness that it
lacks, or has too much of. It only says early what the section will say."""
_MARGIN = 0.05


class Potential(Protocol):
    """A request that concerns a whole tune."""

    def log_weight(self, sounding: Sounding, measure: int, *, ended: bool) -> float:
        """Return ln of the weight of a beginning; 0 where it agrees with the request.

        Args:
            sounding: the MIDI pitch at each tick.
            measure: the ticks of a measure.
            ended: whether it is the whole tune.
        """


@dataclass(frozen=True)
class Form:
    """The sections are alike as in ``AABB``; see `forms.plan`."""

    form: str

    def log_weight(self, sounding: Sounding, measure: int, *, ended: bool) -> float:
        """See `Potential`."""
        upbeat = int(np.argmax(sounding != NO_PITCH)) if len(sounding) else 0
        first, section = measure if 0 < upbeat < measure else 0, SECTION * measure
        reached = max(0, len(sounding) - first) / section
        found, weight = "", 0.0
        for number, letter in enumerate(self.form):
            done = min(1.0, reached - number)
            if ended and done > 1 - 1 / SECTION:  # its last measure may make up for an upbeat
                done = 1.0
            if done <= 0:
                break
            start = first + number * section
            now = sounding[start : start + section]
            if done == 1:
                now = np.append(now, np.full(section - len(now), NO_PITCH))
            likeness = [
                float(np.mean(now == sounding[first + k * section :][: len(now)]))
                for k in range(number)
            ]
            alike = [found[k] for k in range(number) if likeness[k] >= forms.ALIKE]
            if done == 1:
                found += next(iter(alike), "ABCD"[len(set(found))])
                weight += _MISSED * (found[-1] != letter)
            else:
                weight -= _STRENGTH * done * self._lack(likeness, found, letter)
        return weight

    @staticmethod
    def _lack(likeness: list[float], found: str, letter: str) -> float:
        """Return how much likeness a section lacks so far to be of its letter, or has too much."""
        wanted = [x for x, one in zip(likeness, found, strict=True) if one == letter]
        others = [x for x, one in zip(likeness, found, strict=True) if one != letter]
        lack = max(0.0, forms.ALIKE + _MARGIN - max(wanted)) if wanted else 0.0
        return lack + max(0.0, max(others, default=0.0) - forms.ALIKE + _MARGIN)


@dataclass(frozen=True)
class EndsOnTonic:
    """The last note is the tonic."""

    tonic: int
    """A pitch class."""

    def log_weight(self, sounding: Sounding, measure: int, *, ended: bool) -> float:
        """See `Potential`."""
        pitches = sounding[sounding != NO_PITCH]
        meets = not ended or (len(pitches) > 0 and pitches[-1] % 12 == self.tonic)
        return 0.0 if meets else _MISSED
