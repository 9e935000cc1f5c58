"""How a tune compares with real ones: the percentiles of what a player sees, and of its bits."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from nottingham.evaluation import player
from nottingham.evaluation.bootstrap import LEAST_TUNES
from nottingham.evaluation.metrics import rounded
from nottingham.music import dances
from nottingham.music.timeline import timeline
from nottingham.music.tune import Tune

BITS = "written_bits_per_note"
"""The bits of what is written from the fifth measure on; see `written`."""
FIGURES = (
    "notes_a_measure",
    "repeated_notes",
    "range",
    "steps",
    "leaps",
    "repeats_4",
    "repeats_8",
    "sections_on_tonic",
    "long_notes",
)
"""Those of `player.figures`, and ``repeats_4``: the share of time with the pitch, or silence, of
four measures before."""


class RealTunes:
    """Real tunes, among which another one finds its place."""

    def __init__(self, tunes: Sequence[Tune], *, bits: Mapping[str, float]) -> None:
        """Take the tunes.

        Args:
            tunes: those that change their meter or have no notes are left out.
            bits: by id, a model's `BITS` of those among them that it has not learned from.
        """
        self._tunes = [tune for tune in tunes if tune.notes and not tune.meter_changes]
        self._bits = bits
        self._figures = lru_cache(maxsize=None)(self._figures_of)

    def compare(self, tune: Tune, bits: float | None) -> dict[str, Any] | None:
        """Return the percentiles of a tune among the real ones of its dance and meter.

        Where there are fewer than 10 of these, or it names no dance, all of the meter count; the
        tune itself does not.

        Args:
            tune: which has notes.
            bits: its `BITS`; None: they are not compared.

        Returns:
            ``dance``, empty where all tunes of the meter count; ``meter``; the number of real
            ``tunes``; ``figures``: for each that can be counted its name as ``figure``, the
            ``value``, the ``percentile`` (of 100 real tunes those with a smaller value, and half of
            those with an equal one) and among how many ``tunes``. None if it changes its meter, or
            fewer than 10 real tunes have it.
        """
        meter = [i for i, t in enumerate(self._tunes) if self._is_kin(t, tune)]
        named = dances.named(tune)
        dance = [i for i in meter if named and dances.named(self._tunes[i]) == named]
        own = named if len(dance) >= LEAST_TUNES else ""
        chosen = dance if own else meter
        if tune.meter_changes or len(chosen) < LEAST_TUNES:
            return None
        values = {BITS: bits, **_figures(tune)}
        columns = {name: [self._figures(i)[name] for i in chosen] for name in FIGURES}
        columns[BITS] = [self._bits.get(self._tunes[i].id) for i in chosen]
        found = [_place(name, value, columns[name]) for name, value in values.items()]
        return {
            "dance": own,
            "meter": tune.meter,
            "tunes": len(chosen),
            "figures": [one for one in found if one],
        }

    @staticmethod
    def _is_kin(real: Tune, tune: Tune) -> bool:
        return real.meter == tune.meter and real.notes != tune.notes

    def _figures_of(self, index: int) -> dict[str, float | None]:
        return _figures(self._tunes[index])


def _figures(tune: Tune) -> dict[str, float | None]:
    if tune.meter_changes:
        return dict.fromkeys(FIGURES)
    found = player.figures(tune, known_rhythms=None)
    found["repeats_4"] = timeline(tune).repeats(4)
    return {name: found[name] for name in FIGURES}


def _place(name: str, value: float | None, real: Sequence[float | None]) -> dict[str, Any] | None:
    """Return the percentile of a value; None without a value, or with fewer than 10 real ones."""
    counted = [other for other in real if other is not None]
    if value is None or len(counted) < LEAST_TUNES:
        return None
    below = sum(other < value for other in counted) + sum(other == value for other in counted) / 2
    return {
        "figure": name,
        "value": rounded(value),
        "percentile": round(100 * below / len(counted), 1),
        "tunes": len(counted),
    }
