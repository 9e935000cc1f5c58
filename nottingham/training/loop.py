"""The training loop: epochs of sampled mini-batches, each epoch one compiled program.

The tokens lie on the device once; a batch is a list of places in them. Every epoch ends with the
window protocol on a fixed share of the validation targets, and the weights of the best epoch win.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jaxtyping import Array, Int

from nottingham.encoding import split
from nottingham.encoding.windows import CONTEXT, Streams, count_targets, stretch_starts
from nottingham.errors import InputError
from nottingham.files import write_csv
from nottingham.models.network import WindowModel, build, last_log_probs
from nottingham.params import Network as Settings
from nottingham.progress import bar
from nottingham.training.objective import Objective, transpose
from nottingham.training.optimizer import adam

_VALIDATION_STRIDE = 11  # every so manyth target; shares no factor with 8 steps a measure
_VALIDATION_BATCH = 512


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to: log-losses in nats per step, accuracy as a share."""

    epoch: int
    log_loss: float
    """Mean over the epoch's training targets, with dropout and transposition."""
    valid_log_loss: float
    valid_accuracy: float


def train(streams: Streams, settings: Settings, *, name: str) -> tuple[WindowModel, list[Epoch]]:
    """Train a network on the training tunes and keep the epoch that is best in validation.

    Args:
        streams: the tunes and their split.
        settings: one model's section of ``train``.
        name: the model's name, for messages and the progress bar.

    Returns:
        The model, and the course of all epochs.

    Raises:
        InputError: if the settings do not fit the tunes, or the loss is no longer a number.
    """
    run = _Run(streams, settings, name)
    best: Any = None
    history: list[Epoch] = []
    epochs = bar(range(1, settings.epochs + 1), label=name, unit="epoch")
    for number in epochs:
        epoch = run.epoch(number)
        epochs.set_postfix(_shown(epoch), refresh=False)
        if not math.isfinite(epoch.log_loss + epoch.valid_log_loss):
            raise InputError(
                f"train.{name}: the loss of epoch {number} is not a number; try a "
                f"train.{name}.learning_rate below {settings.learning_rate:g}"
            )
        if epoch.valid_log_loss < min((e.valid_log_loss for e in history), default=math.inf):
            best = jax.device_get(run.weights)
        history.append(epoch)
    return WindowModel(nnx.merge(run.graph, best), model_settings(streams, settings)), history


def write_curve(path: Path | str, epochs: Sequence[Epoch]) -> None:
    """Write the course of a training as CSV, one row an epoch."""
    write_csv(path, [field.name for field in fields(Epoch)], [astuple(e) for e in epochs])


def model_settings(streams: Streams, settings: Settings) -> dict[str, Any]:
    """Give what must be known to build the trained network again."""
    return {
        "cell": settings.cell,
        "units": settings.units,
        "embedding": settings.embedding,
        "positions": streams.steps_per_measure if settings.metrical_position else None,
    }


def _shown(epoch: Epoch) -> Mapping[str, str]:
    return {
        "loss": f"{epoch.log_loss:.3f}",
        "valid": f"{epoch.valid_log_loss:.3f}",
        "accuracy": f"{epoch.valid_accuracy:.3f}",
    }


class _Run:
    """The state of one training: weights, optimiser, random numbers and compiled programs."""

    def __init__(self, streams: Streams, settings: Settings, name: str) -> None:
        self._settings = settings
        self._objective = Objective.named(settings.objective, settings.stretch)
        self._starts = _starts(streams, split.TRAIN, self._objective.steps, name)
        self._valid = _starts(streams, split.VALID, CONTEXT + 1, name)[:, ::_VALIDATION_STRIDE]
        targets = count_targets(streams.tunes(split.TRAIN))
        self._updates = max(1, round(targets / (settings.batch * self._objective.terms)))
        self._optimizer = adam(settings.learning_rate, self._updates * settings.epochs)
        self._draw = np.random.default_rng(settings.seed)
        self._key = jax.random.key(settings.seed)
        self._tokens = jnp.asarray(streams.tokens, jnp.int32)
        network = build(model_settings(streams, settings), seed=settings.seed)
        self.graph, self.weights = nnx.split(network)
        self._moments = self._optimizer.init(self.weights)
        self._train_program = jax.jit(self._updates_of_epoch, donate_argnums=(0, 1))
        self._valid_program = jax.jit(self._score)

    def epoch(self, number: int) -> Epoch:
        """Train for one epoch and validate."""
        chosen = self._draw.integers(
            self._starts.shape[1], size=(self._updates, self._settings.batch)
        )
        places = self._starts[:, chosen].swapaxes(0, 1)
        key = jax.random.fold_in(self._key, number)
        self.weights, self._moments, losses = self._train_program(
            self.weights, self._moments, places, key
        )
        log_loss, accuracy = self._validate()
        return Epoch(number, float(jnp.mean(losses)), log_loss, accuracy)

    def _updates_of_epoch(self, weights: Any, moments: Any, places: Array, key: Array) -> Any:
        def update(state: tuple[Any, Any], batch: tuple[Array, Array]) -> tuple[Any, Array]:
            weights, moments = state
            loss, gradient = jax.value_and_grad(self._loss)(weights, *batch)
            change, moments = self._optimizer.update(gradient, moments)
            return (optax.apply_updates(weights, change), moments), loss

        keys = jax.random.split(key, self._updates)
        state, losses = jax.lax.scan(update, (weights, moments), (places, keys))
        return *state, losses

    def _loss(self, weights: Any, places: Int[Array, "2 batch"], key: Array) -> Array:
        network = nnx.merge(self.graph, weights)
        for_shift, for_dropout = jax.random.split(key)
        stretches = _cut(self._tokens, places[0], self._objective.steps)
        stretches = transpose(stretches, self._settings.transpose, for_shift)
        losses = self._objective.losses(
            network, stretches, places[1], dropout=self._settings.dropout, key=for_dropout
        )
        return jnp.mean(losses)

    def _validate(self) -> tuple[float, float]:
        """Give log-loss and accuracy under the window protocol on some validation targets."""
        total = self._valid.shape[1]
        results = []
        for i in range(0, total, _VALIDATION_BATCH):
            places = np.resize(self._valid[:, i : i + _VALIDATION_BATCH], (2, _VALIDATION_BATCH))
            results.append(self._valid_program(self.weights, places))
        scores = np.concatenate(jax.device_get(results), axis=1)[:, :total]
        return float(scores[0].mean()), float(scores[1].mean())

    def _score(self, weights: Any, places: Int[Array, "2 batch"]) -> Array:
        """Give −ln p(target) and whether the target is the likeliest: ``[2, batch]``."""
        windows = _cut(self._tokens, places[0], CONTEXT + 1)
        rows = last_log_probs(nnx.merge(self.graph, weights), windows[:-1], places[1])
        losses = -jnp.take_along_axis(rows, windows[-1][:, None], axis=1)[:, 0]
        return jnp.stack([losses, jnp.argmax(rows, axis=1) == windows[-1]])


def _starts(streams: Streams, part: int, steps: int, name: str) -> np.ndarray:
    """Find where stretches may start: index in the tokens and place in the tune, ``[2, n]``."""
    starts = np.stack(stretch_starts(streams, part, steps))
    if not starts.size:
        raise InputError(
            f"train.{name}: no tune of the {split.NAMES[part]} part has {steps} steps; use a "
            f"larger corpus, another window.seed or a smaller train.{name}.stretch"
        )
    return starts


def _cut(tokens: Array, starts: Int[Array, " batch"], steps: int) -> Int[Array, "steps batch"]:
    """Cut the stretches of ``steps`` steps that begin at ``starts``."""
    return tokens[starts + jnp.arange(steps)[:, None]]
