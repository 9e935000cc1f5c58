"""The dances and meters that can be requested of a model: those of its training tunes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nottingham.errors import InputError
from nottingham.music import dances
from nottingham.representation.base import Heading

FILE = "headings.json"
"""The file of `KnownHeadings.to_json`, beside a model without its tunes."""


@dataclass(frozen=True)
class KnownHeadings:
    """Numbers of training tunes by the dance and the meter of their header."""

    tunes: Counter[tuple[str, str]]

    @classmethod
    def of(cls, headings: Iterable[Heading]) -> "KnownHeadings":
        """Count the headings of tunes."""
        return cls(Counter((one.dance, one.meter) for one in headings))

    @classmethod
    def from_json(cls, rows: Any) -> "KnownHeadings":
        """Read what `to_json` returns.

        Raises:
            TypeError, ValueError: if it is not that.
        """
        return cls(Counter({(str(dance), str(meter)): int(n) for dance, meter, n in rows}))

    def to_json(self) -> list[list[Any]]:
        """Return rows of dance, meter and number of tunes, the commonest first."""
        return [[dance, meter, count] for (dance, meter), count in self.tunes.most_common()]

    def conditions(self, dance: str, meter: str, *, primer_meter: str) -> tuple[str, str]:
        """Return dance and meter as the model knows them.

        A dance that no training tune names is known by its meter alone.

        Args:
            dance: that is requested; empty: any.
            meter: that is requested; empty: any.
            primer_meter: of the beginning; empty: there is none.

        Raises:
            InputError: naming the option of a dance or a meter that is in the header of no
                training tune, and what can be requested; or both, if they do not go together.
        """
        known_dances: Counter[str] = Counter()
        known_meters: Counter[str] = Counter()
        for (its_dance, its_meter), count in self.tunes.items():
            known_dances[its_dance] += count * bool(its_dance)
            known_meters[its_meter] += count
        known_dances = +known_dances
        usual = dances.METERS.get(dance, "")
        if dance not in known_dances and usual in known_meters and meter in ("", usual):
            dance, meter = "", usual
        for option, asked, known in (
            ("--dance", dance, known_dances),
            ("--meter", meter, known_meters),
        ):
            if asked and asked not in known:
                names = ", ".join(name for name, _ in known.most_common()) or "none"
                raise InputError(
                    f"{option} {asked}: the model was trained on no such tunes; name one of {names}"
                )
        of_all = meter or primer_meter
        together = not dance or not of_all or (dance, of_all) in self.tunes
        if not together and not dances.is_usual(dance, of_all):
            raise InputError(
                f"--dance {dance}: that is not in {of_all}; leave it out, or take another meter"
            )
        return dance, meter
