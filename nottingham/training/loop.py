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
from nottingham.dataset.streams import CONTEXT, Dataset, count_targets, stretch_starts
from nottingham.errors import InputError
from nottingham.models import devices
from nottingham.models.lookback import HORIZONS
from nottingham.models.recurrent import networks
from nottingham.models.recurrent.model import Recurrent
from nottingham.models.recurrent.network import build
from nottingham.params import Network as Settings
from nottingham.progress import bar
from nottingham.training.checkpoint import Checkpoint, fingerprint
from nottingham.training.history import Epoch, kept
from nottingham.training.objective import Objective
from nottingham.training.optimizer import adam
from nottingham.training.train_step import Material, Program, Regularisation, batches_for_validation

_VALIDATION_STRIDE = 11  # windows: every so manyth target; shares no factor with 8 steps a measure
_VALIDATION_STEPS = 512  # tunes: the targets among their first steps
_VALIDATION_WINDOWS, _VALIDATION_TUNES = 512, 64  # in a batch
_SECONDS_BETWEEN_SAVES = 5.0


@dataclass
class _Progress:
    """How far a training has come. All that a restart must know is here."""

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
    dataset: Dataset,
    settings: Settings,
    *,
    name: str,
    scratch: Path,
    follow: Callable[[Sequence[Epoch]], None],
) -> tuple[Recurrent, list[Epoch], Checkpoint]:
    """Train a network on the training tunes, going on from where an interrupted run stopped.

    Args:
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
    training = _Training(dataset, settings, name, scratch / name)
    training.run(follow)
    return training.best(), training.progress.history, training.checkpoint


def model_settings(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    """Give what must be known to build the trained network again."""
    steps = [1, *(measures * dataset.steps_per_measure for measures in settings.lookbacks)]
    lookbacks = sorted({lag for lag in steps if lag < HORIZONS[settings.context]})
    copies = settings.lookbacks or settings.longest_match
    return {
        "context": settings.context,
        "cell": settings.cell,
        "units": settings.units,
        "embedding": settings.embedding,
        "precision": settings.precision,
        "steps_per_measure": dataset.steps_per_measure,
        "metrical_position": settings.metrical_position,
        "phrase": settings.phrase,
        "intervals": settings.intervals,
        "lookbacks": lookbacks if copies else [],
        "longest": settings.longest_match,
    }


class _Training:
    """One training: the batches of each epoch, the program they run through, what is kept."""

    def __init__(self, dataset: Dataset, settings: Settings, name: str, scratch: Path) -> None:
        self._settings, self._name, self._scratch = settings, name, scratch
        dataset = dataset.only(split.TRAIN, split.VALID)
        objective = Objective.named(settings.objective, settings.stretch)
        self._starts = _starts(dataset, split.TRAIN, objective.steps, name)
        targets = count_targets(dataset.tunes(split.TRAIN))
        self._updates = max(1, round(targets / (settings.batch * objective.terms)))
        mesh = devices.mesh(settings.batch)
        self._model_settings = model_settings(dataset, settings)
        network = build(self._model_settings, seed=settings.seed)
        whole = settings.context == "tune"
        tunes = [dataset.tune(i) for i in range(len(dataset.ids))] if whole else []
        valid = _valid_tunes(dataset) if whole else _valid_windows(dataset, name)
        self._valid_count = int(np.sum(valid[2] - CONTEXT))
        self.program = Program(
            network,
            Material(dataset.tokens, network.remembered.over(tunes) if whole else None),
            objective=objective,
            valid_steps=int(valid[2].max()),
            optimizer=adam(settings.learning_rate, self._updates * settings.epochs),
            regularisation=Regularisation(settings.dropout, settings.transpose),
            mesh=mesh,
        )
        self._per_call = self.program.updates_per_call(settings.batch)
        rows = _VALIDATION_TUNES if whole else _VALIDATION_WINDOWS
        rows += -rows % mesh.size  # as many for each device
        self._valid = self.program.place_batches(batches_for_validation(valid, rows))
        mark = fingerprint(settings.model_dump_json(), dataset, devices.describe(mesh))
        self.checkpoint = Checkpoint(scratch, mark)
        self.progress = self._resume()
        self._saved = time.monotonic()

    def best(self) -> Recurrent:
        """Give the model with the weights that are kept."""
        network = self.program.network(self.progress.best)
        return networks.wrap(network, self._model_settings)

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
        places = self.program.place_batches(self._batches(number))
        key = jax.random.fold_in(jax.random.key(self._settings.seed), number)
        while progress.update < self._updates:
            last = min(progress.update + self._per_call, self._updates)
            progress.state = self.program.advance(
                progress.state, places, key, progress.update, last
            )
            self._require_numbers(np.asarray(progress.state[2])[:last], "update")
            progress.update = last
            self._save_if_due()
        log_loss = float(np.mean(np.asarray(progress.state[2]), dtype=np.float64))
        valid = self.program.validate(progress.state, self._valid, self._valid_count)
        self._require_numbers(np.array(valid), "validation figure")
        progress.history.append(Epoch(number, log_loss, *valid))
        if kept(progress.history, self._settings.keep).epoch == number:
            progress.best = np.asarray(progress.state[0])
        progress.update = 0
        self._save_if_due()

    def _batches(self, number: int) -> np.ndarray:
        """Draw the stretches of an epoch, none again before all have had their turn.

        Returns:
            Index in the tokens and place in the tune: ``[updates, 2, batch]``, int32.
        """
        draw = np.random.default_rng([self._settings.seed, number])
        count, needed = self._starts.shape[1], self._updates * self._settings.batch
        rounds = [draw.permutation(count) for _ in range(-(-needed // count))]
        chosen = np.concatenate(rounds)[:needed].reshape(self._updates, -1)
        return self._starts[:, chosen].swapaxes(0, 1)

    def _resume(self) -> _Progress:
        """Take up the state on disk, which with several processes is the first one's."""
        state = self.program.start(self._updates)
        blank = (state, np.asarray(state[0]))
        loaded = self.checkpoint.load(blank) if devices.first() else None
        arrays, notes = loaded or (blank, {"update": 0, "history": []})
        if jax.process_count() > 1:
            arrays, notes = multihost_utils.broadcast_one_to_all(arrays), _of_first(notes)
        history = [Epoch(**epoch) for epoch in notes["history"]]
        return _Progress(self.program.place(arrays[0]), arrays[1], notes["update"], history)

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
        progress, rate = self.progress, self._settings.learning_rate
        message = (
            f"train.{self._name}: in epoch {progress.epoch}, the loss of {what} {int(bad[0]) + 1} "
            f"is not a number; try a train.{self._name}.learning_rate below {rate:g}"
        )
        if progress.history and devices.first():
            aside = self._scratch / "diverged"
            self.best().save(aside)
            message += f"; the best model so far is in {aside}"
        self.checkpoint.forget()
        raise InputError(message)


def _of_first(notes: dict[str, Any]) -> Any:
    """Give every process what the first one has noted."""
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
    """Choose windows with their targets: index, place in the tune and length, ``[3, n]``."""
    starts = _starts(dataset, split.VALID, CONTEXT + 1, name)[:, ::_VALIDATION_STRIDE]
    return np.concatenate([starts, np.full((1, starts.shape[1]), CONTEXT + 1)])


def _valid_tunes(dataset: Dataset) -> np.ndarray:
    """Choose the beginnings of all tunes that have a target: as `_valid_windows`."""
    tunes = dataset.indices(split.VALID)
    lengths = np.minimum(np.diff(dataset.offsets)[tunes], _VALIDATION_STEPS)
    places = np.stack([dataset.offsets[tunes], np.zeros_like(lengths), lengths])
    return places[:, lengths > CONTEXT]


def _starts(dataset: Dataset, part: int, steps: int, name: str) -> np.ndarray:
    """Find where stretches may start: index in the tokens and place in the tune, ``[2, n]``."""
    starts = np.stack(stretch_starts(dataset, part, steps))
    if not starts.size:
        raise InputError(
            f"train.{name}: no tune of the {split.NAMES[part]} part has {steps} steps; use a "
            f"larger corpus, another window.seed or a smaller train.{name}.stretch"
        )
    return starts
