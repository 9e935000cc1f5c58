"""Generate tunes that differ from each other and, on request, from the training tunes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nottingham.cli.project import Chosen
from nottingham.evaluation.originality import Known, Match, is_above_limit
from nottingham.generation import compose, conditioned
from nottingham.generation.constraints import NOTHING
from nottingham.generation.request import MOST_BARS, Request
from nottingham.music.tune import Note, Tune

_TRIES = 32
"""Tunes drawn for each that is asked for, at most."""


@dataclass(frozen=True)
class Drawn:
    """Tunes that differ, and the number of others that were drawn."""

    tunes: list[Tune]
    tries: int
    """The number of tunes drawn."""
    equal: int
    """The number of these with the same notes as an earlier one."""
    copied: int
    """The number of others that shared too much with a training tune."""
    unmet: int = 0
    """The number of others that have not the form or the ending that was asked for."""

    def shortfall(self, request: Request) -> str:
        """Return why there are fewer tunes than requested and what to do; empty if there are not.

        The remedies are settings that can still be loosened.
        """
        if len(self.tunes) >= request.count:
            return ""
        sampling, wish = request.sampling, request.constraints
        remedies = {
            "a larger --top-k": sampling.top_k is not None,
            "a larger --top-p": sampling.top_p < 1,
            "a higher --temperature": sampling.top_k != 1,
            "more --bars": request.bars < MOST_BARS,
            "a wider --range": (wish.lowest, wish.highest) != (NOTHING.lowest, NOTHING.highest),
            "without --original": self.copied > 0,
            "another --form": self.unmet > 0 and bool(request.form),
            "without --end-on-tonic": self.unmet > 0 and wish.ends_on_tonic,
        }
        reasons = {
            f"{self.equal} had the same notes as one before": self.equal,
            f"{self.copied} shared more with a training tune than 95 % of real tunes do "
            "(--original)": self.copied,
            f"{self.unmet} had not the form or the ending asked for": self.unmet,
        }
        return (
            f"{len(self.tunes)} of the {request.count} tunes asked for were written: of "
            f"{self.tries} drawn, {' and '.join(text for text, so in reasons.items() if so)}; try "
            f"{', or '.join(text for text, so in remedies.items() if so)}"
        )


class Writer:
    """Generates with one model, from one primer or from nothing."""

    def __init__(self, chosen: Chosen, primer: Tune | None) -> None:
        """Take a model and a primer; without one tunes are generated from nothing."""
        self._name, self._model, self._project = chosen
        self._primer = primer
        self._representation = self._model.representation
        self._meters = None if primer else self._project.meters(self._representation)
        self._headings = self._project.headings(self._representation)

    @cached_property
    def _trained(self) -> tuple[Known, list[str]] | None:
        return self._project.trained(self._representation)

    def tunes(
        self,
        request: Request,
        *,
        original: bool = False,
        keep: Callable[[Tune], None] = lambda tune: None,
    ) -> Drawn:
        """Generate tunes that all differ in their notes; a larger count begins with the same tunes.

        Where some are left out, others are drawn, until 32 tunes were drawn for each one asked
        for, or until doubling their number, to 32 at least, brought no further one.

        Args:
            request: what is to be generated.
            original: whether to leave out tunes that share more with one of training than the
                95th percentile of real tunes.
            keep: called with each tune as soon as it is written.

        Raises:
            InputError: if the request is not one that the model can meet.
        """
        dance, meter = request.dance, request.meter
        if self._headings:
            primer_meter = self._primer.meter if self._primer else ""
            dance, meter = self._headings.conditions(dance, meter, primer_meter=primer_meter)
        limit = self._project.limit(self._name, self._representation) if original else None
        different: set[tuple[Note, ...]] = set()
        tunes: list[Tune] = []
        drawn, equal, copied, unmet, kept, wanted = 0, 0, 0, 0, -1, request.count
        while True:
            more = replace(request, dance=dance, meter=meter, first=drawn, count=wanted - drawn)
            for tune in self._drawn(more):
                drawn += 1
                if tune.notes in different:
                    equal += 1
                    continue
                different.add(tune.notes)
                if not conditioned.meets(tune, request):
                    unmet += 1
                elif limit and not self._is_original(tune, limit):
                    copied += 1
                else:
                    tunes.append(replace(tune, rhythm=request.dance or tune.rhythm))
                    keep(tunes[-1])
                if len(tunes) == request.count:
                    return Drawn(tunes, drawn, equal, copied, unmet)
            exhausted = wanted >= _TRIES and len(tunes) == kept
            if exhausted or wanted >= request.count * _TRIES:
                return Drawn(tunes, drawn, equal, copied, unmet)
            kept, wanted = len(tunes), wanted * 2

    def _drawn(self, request: Request) -> Iterator[Tune]:
        """Yield tunes: of models of notes one after the other, of others all at once."""
        parts = [request]
        if self._representation.vocabulary.headers:
            numbers = range(request.first, request.first + request.count)
            parts = [replace(request, first=number, count=1) for number in numbers]
        for part in parts:
            if self._primer:
                yield from compose.from_primer(self._model, self._primer, part)
            else:
                yield from compose.from_nothing(self._model, self._meters, part)

    def _is_original(self, tune: Tune, limit: dict[str, float]) -> bool:
        match = self._match(tune)
        return match is None or not is_above_limit(match, limit)

    def origin(self, tune: Tune) -> str:
        """Describe the longest run that a tune shares with a training tune."""
        if not self._trained:
            return "not compared with training tunes"
        match = self._match(tune)
        if not match or match.tune is None:
            return "nothing in common with a training tune"
        id_ = self._trained[1][match.tune]
        return f"at most {match.run} notes in a row are in {self._project.title(id_)} ({id_})"

    def _match(self, tune: Tune) -> Match | None:
        """Compare the generated part of a tune with the training tunes; None: there is nothing."""
        given = self._primer.end if self._primer else 0
        notes = tuple(note for note in tune.notes if note.onset >= given)
        if not notes or not self._trained:
            return None
        return self._trained[0].match(self._representation.encode(replace(tune, notes=notes)))
