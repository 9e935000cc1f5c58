"""A model at its desk: what it is given to go on from, and what it must not copy."""

from dataclasses import replace

from nottingham.cli.project import Project
from nottingham.corpus.tune import Tune
from nottingham.encoding import grid
from nottingham.errors import InputError
from nottingham.evaluation.generated import is_beyond
from nottingham.evaluation.novelty import Kinship
from nottingham.generation import compose
from nottingham.generation.compose import Request
from nottingham.models.base import Model

_TRIES = 32
"""Tunes written for each that is to be original, at most."""


class Writer:
    """Writes what is requested."""

    def __init__(self, project: Project, model: Model, primer: Tune | None) -> None:
        """Give a model a beginning to go on from; without one it writes from nothing."""
        self._project, self._model, self._primer = project, model, primer
        self._steps = project.streams.steps_per_measure
        self._given = len(grid.encode(primer, self._steps)) if primer else 0
        self._known, self._titles = project.trained

    def tunes(self, request: Request) -> list[Tune]:
        """Write tunes; fewer of them are the first of more."""
        if self._primer:
            return compose.from_primer(
                self._model, self._primer, request, steps_per_measure=self._steps
            )
        return compose.from_nothing(
            self._model, self._project.meters, request, steps_per_measure=self._steps
        )

    def originals(self, request: Request) -> list[Tune]:
        """Write tunes, but leave out those that share more with one of training than real ones do.

        Raises:
            InputError: if hardly any is left.
        """
        limit, count = self._project.limit, request.count
        while True:
            tunes = self.tunes(replace(request, count=count))
            kept = [tune for tune in tunes if not is_beyond(self._kinship(tune), limit)]
            if len(kept) >= request.count:
                return kept[: request.count]
            if count >= request.count * _TRIES:
                raise InputError(
                    f"--original: of {count} tunes only {len(kept)} share as little with those of "
                    "training as real ones do; try a higher --temperature, or do without"
                )
            count *= 2

    def told(self, tune: Tune) -> str:
        """Say what a tune has in common with which of training."""
        kinship = self._kinship(tune)
        if kinship.tune is None:
            return "nothing in common with a tune of training"
        return f"at most {kinship.run} notes in a row are in {self._titles[kinship.tune]}"

    def _kinship(self, tune: Tune) -> Kinship:
        """Compare what is new of a tune."""
        return self._known.kinship(grid.encode(tune, self._steps)[self._given :])
