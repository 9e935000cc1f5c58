"""The training loop: epochs, validation, the best weights, and going on after an interruption.

Every epoch ends with a fixed part of the validation targets, predicted from the context that the
model will have, and the weights of the best epoch win, unless ``keep`` says to take the last.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset, segment_starts
from nottingham.models import devices
from nottingham.models.base import Model
from nottingham.progress import bar
from nottingham.training import errors
from nottingham.training.checkpoint import Checkpoint, fingerprint
from nottingham.training.history import Epoch, kept
from nottingham.training.objective import Objective
from nottingham.training.optimizer import adam
from nottingham.training.segment_data import SegmentData
from nottingham.training.settings import TrainingSettings
from nottingham.training.train_step import (
    Regularisation,
    TrainStep,
    batches_for_validation,
)
from nottingham.training.trainable import Architecture

_VALIDATION_STRIDE = (
    11  # windows: every 11th target; a prime, so that every position in a measure occurs
)
_VALIDATION_STEPS = 512  # tunes: the targets among their first steps
_VALIDATION_WINDOWS, _VALIDATION_TUNES = 512, 64  # in a batch
_SECONDS_BETWEEN_SAVES = 5.0


@dataclass
class _Progress:
    """The state of a training, complete enough to resume from."""

    state: Any
    """Weights, moments, and the loss of each update of the epoch under way."""
    best: Any
    """The weights to keep."""
    update: int = 0
    """Updates done of the epoch under way."""
    history: list[Epoch] = field(default_factory=list)

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1 on."""
        return len(self.history) + 1


def train(
    architecture: Architecture,
    dataset: Dataset,
    settings: TrainingSettings,
    *,
    name: str,
    scratch: Path,
    follow: Callable[[Sequence[Epoch]], None],
) -> tuple[Model, list[Epoch], Checkpoint]:
    """Train a network on the training tunes, going on from where an interrupted run stopped.

    Args:
        architecture: what is trained.
        dataset: the tunes and their split.
        settings: one model's section of ``train``.
        name: the model's name, for messages and the progress bar.
        scratch: a folder for the state of unfinished trainings.
        follow: called with all epochs so far, at the start and after each, by the first process.

    Returns:
        The model, the course of all epochs, and the state to forget once both are written.

    Raises:
        InputError: if the settings do not fit the tunes or the devices, or the loss is no longer
            a number.
    """
    training = _Training(architecture, dataset, settings, name, scratch / name)
    training.run(follow)
    return training.best(), training.progress.history, training.checkpoint


class _Training:
    """One training: the batches of each epoch, the step they run through, what is kept."""

    def __init__(
        self,
        architecture: Architecture,
        dataset: Dataset,
        settings: TrainingSettings,
        name: str,
        scratch: Path,
    ) -> None:
        self._architecture, self._settings = architecture, settings
        self._name, self._scratch = name, scratch
        if settings.corpus is not None and dataset.representation.corpora:
            dataset = dataset.of_corpus(settings.corpus)
        dataset = dataset.only(split.TRAIN, split.VALID)
        window, targets = dataset.representation.window, dataset.count_targets(split.TRAIN)
        whole = architecture.context == "tune"
        if whole:
            dataset = dataset.shuffled(settings.seed)  # neighbours have nothing in common
        valid = _valid_tunes(dataset) if whole else _valid_windows(dataset, name)
        self._valid_count = int(np.sum(valid[1] - window - whole))
        objective = Objective.named(settings.objective, segment=settings.segment, window=window)
        if objective.terms == 1:  # a window is of tokens alone
            self._starts = _starts(dataset, split.TRAIN, objective.steps, name, shifted=True)
        dataset = dataset.with_starts()
        if objective.terms > 1 and not whole:
            self._starts = _starts(dataset, split.TRAIN, objective.steps, name)
        self._stream = 0
        if objective.terms > 1 and whole:
            targets = self._stream = int(dataset.offsets[len(dataset.indices(split.TRAIN))])
        self._updates = max(1, round(targets / (settings.batch * objective.terms)))
        mesh = devices.mesh(settings.batch)
        self._dataset = dataset
        self._turns = _turns(dataset, settings.balance)
        network = architecture.build(settings.seed)
        self.train_step = TrainStep(
            network,
            SegmentData(dataset, network, scratch),
            objective=objective,
            valid_steps=int(valid[1].max()),
            valid_first=window - 1 + whole,
            optimizer=adam(settings.learning_rate, self._updates * settings.epochs),
            regularisation=Regularisation(settings.dropout, settings.transpose),
            mesh=mesh,
        )
        self._per_call = self.train_step.updates_per_call(settings.batch)
        rows = _VALIDATION_TUNES if whole else _VALIDATION_WINDOWS
        rows += -rows % mesh.size  # the same number on each device
        self._valid = batches_for_validation(valid, rows)
        mark = fingerprint(
            type(architecture).__qualname__,
            settings.model_dump_json(),
            self.train_step.first,
            dataset,
            devices.describe(mesh),
        )
        self.checkpoint = Checkpoint(scratch, mark)
        self.progress = self._resume()
        self._saved = time.monotonic()

    def best(self) -> Model:
        """Return the model with the weights that are kept."""
        return self._architecture.model(self.train_step.network(self.progress.best))

    def run(self, follow: Callable[[Sequence[Epoch]], None]) -> None:
        """Train to the last epoch."""
        progress, total, first = self.progress, self._settings.epochs, devices.first()
        done = len(progress.history)
        if first:
            follow(progress.history)
        with bar(label=self._name, unit="epoch", total=total, initial=done) as shown:
            while progress.epoch <= total:
                self._epoch()
                if first:
                    follow(progress.history)
                shown.set_postfix(_shown(progress.history[-1]), refresh=False)
                shown.update()
        self._save()

    def _epoch(self) -> None:
        """Train for what is left of the epoch, validate, keep the weights if they are to be."""
        progress, number = self.progress, self.progress.epoch
        starts = self._batches(number)
        key = jax.random.fold_in(jax.random.key(self._settings.seed), number)
        while progress.update < self._updates:
            last = min(progress.update + self._per_call, self._updates)
            some = starts[progress.update : last]
            progress.state = self.train_step.advance(progress.state, some, key, progress.update)
            self._require_numbers(np.asarray(progress.state[2])[:last], "update")
            progress.update = last
            self._save_if_due()
        log_loss = float(np.mean(np.asarray(progress.state[2]), dtype=np.float64))
        valid = self.train_step.validate(progress.state, self._valid, self._valid_count)
        self._require_numbers(np.array(valid), "validation figure")
        progress.history.append(Epoch(number, log_loss, *valid))
        if kept(progress.history, self._settings.keep).epoch == number:
            progress.best = np.asarray(progress.state[0])
        progress.update = 0
        self._save_if_due()

    def _batches(self, number: int) -> np.ndarray:
        """Draw the segments of an epoch, none again before all have had their turn.

        Of several corpora, a segment has as many turns as `_turns` says.

        Returns:
            The index of each in the tokens: ``[updates, batch]``, int32.
        """
        draw = np.random.default_rng([self._settings.seed, number])
        needed, rounds = self._updates * self._settings.batch, [np.zeros(0, np.int32)]
        while sum(map(len, rounds)) < needed:
            starts = self._tiles(draw) if self._stream else self._starts
            if self._turns is not None:
                tunes = np.searchsorted(self._dataset.offsets, starts, side="right") - 1
                starts = np.repeat(starts, _times(self._turns[tunes], draw))
            rounds.append(starts[draw.permutation(len(starts))])
        return np.concatenate(rounds)[:needed].reshape(self._updates, -1)

    def _tiles(self, draw: np.random.Generator) -> np.ndarray:
        """Cut all training tunes, end to end, into segments from a random token on.

        So a tune's first and last tokens are learned from as often as those between.
        """
        segment = self._settings.segment
        first = draw.integers(min(segment, self._stream - segment))
        return np.arange(first, self._stream - segment, segment, dtype=np.int32)

    def _resume(self) -> _Progress:
        """Take up the state on disk, which with several processes is the first one's."""
        state = self.train_step.start(self._updates)
        blank = (state, np.asarray(state[0]))
        loaded = self.checkpoint.load(blank) if devices.first() else None
        arrays, notes = loaded or (blank, {"update": 0, "history": []})
        if jax.process_count() > 1:
            arrays, notes = multihost_utils.broadcast_one_to_all(arrays), _of_first(notes)
        history = [Epoch(**epoch) for epoch in notes["history"]]
        return _Progress(self.train_step.place(arrays[0]), arrays[1], notes["update"], history)

    def _save_if_due(self) -> None:
        if time.monotonic() - self._saved > _SECONDS_BETWEEN_SAVES:
            self._save()

    def _save(self) -> None:
        if devices.first():
            progress = self.progress
            history = [asdict(epoch) for epoch in progress.history]
            self.checkpoint.save(
                (progress.state, progress.best), {"update": progress.update, "history": history}
            )
        self._saved = time.monotonic()

    def _require_numbers(self, losses: np.ndarray, what: str) -> None:
        """Stop when the training has diverged; the best weights so far are kept aside."""
        bad = np.flatnonzero(~np.isfinite(losses))
        if not len(bad):
            return
        aside = None
        if self.progress.history and devices.first():
            aside = self._scratch / "diverged"
            self.best().save(aside)
        self.checkpoint.forget()
        raise errors.diverged(
            self._name,
            epoch=self.progress.epoch,
            where=f"{what} {int(bad[0]) + 1}",
            rate=self._settings.learning_rate,
            kept_in=aside,
        )


def _of_first(notes: dict[str, Any]) -> Any:
    """Return every process what the first one has noted."""
    text = np.frombuffer(json.dumps(notes).encode(), np.uint8)
    length = multihost_utils.broadcast_one_to_all(np.array(len(text)))
    return json.loads(multihost_utils.broadcast_one_to_all(np.resize(text, int(length))).tobytes())


def _shown(epoch: Epoch) -> dict[str, str]:
    return {
        "loss": f"{epoch.log_loss:.3f}",
        "valid": f"{epoch.valid_log_loss:.3f}",
        "accuracy": f"{epoch.valid_accuracy:.3f}",
    }


def _valid_windows(dataset: Dataset, name: str) -> np.ndarray:
    """Choose windows with their targets.

    Returns:
        The index of each in the tokens of `Dataset.with_starts`, and its length: ``[2, n]``.
    """
    length = dataset.representation.window + 1
    starts = _starts(dataset, split.VALID, length, name, shifted=True)[::_VALIDATION_STRIDE]
    return np.stack([starts, np.full_like(starts, length)])


def _valid_tunes(dataset: Dataset) -> np.ndarray:
    """Choose the beginnings of all tunes that have a target, with their start: `_valid_windows`."""
    tunes = dataset.indices(split.VALID)
    lengths = np.minimum(np.diff(dataset.offsets)[tunes], _VALIDATION_STEPS)
    segments = np.stack([dataset.offsets[tunes] + tunes, 1 + lengths])
    return segments[:, lengths > dataset.representation.window]


def _turns(dataset: Dataset, balance: float) -> np.ndarray | None:
    """Return how often an epoch has a segment that begins in a tune, on average: ``[tunes]``.

    A corpus has a share of all in proportion to the power ``balance`` of the number of its training
    tokens; None: every segment comes once.
    """
    corpora, lengths = dataset.corpora(), np.diff(dataset.offsets)
    names, of_tune = np.unique(corpora, return_inverse=True)
    if len(names) == 1 or balance == 1:
        return None
    trained = dataset.split == split.TRAIN
    sizes = np.bincount(of_tune[trained], lengths[trained], minlength=len(names))
    turns = np.power(np.maximum(sizes, 1.0), balance - 1)
    turns *= sizes.sum() / (turns @ sizes)
    of_each: np.ndarray = turns[of_tune]
    return of_each


def _times(shares: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Draw whole numbers with these means, the sum of which has least variance: ``[segments]``."""
    reached = np.floor(np.cumsum(np.append(draw.random(), shares))).astype(int)
    return np.diff(reached)


def _starts(
    dataset: Dataset, part: int, steps: int, name: str, *, shifted: bool = False
) -> np.ndarray:
    """Find where segments may start: the index in the tokens, ``[n]``.

    ``shifted`` turns it into that in the tokens of `Dataset.with_starts`.
    """
    starts = segment_starts(dataset, part, steps)
    if shifted:  # by the start token of each tune before
        starts = starts + np.searchsorted(dataset.offsets, starts, side="right")
    if not starts.size:
        raise errors.too_short(name, split.NAMES[part], steps)
    return starts
