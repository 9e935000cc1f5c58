"""A recurrent model in NumPy: for a few tunes at a time, written as soon as they are asked for.

It predicts what `model.RecurrentModel` does, but for the last digits, from the same folder. Nothing
is compiled, and JAX is not imported: that is most of the time that one tune takes with it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from nottingham.models import lookback, storage
from nottingham.models.base import Context, Model
from nottingham.models.lookback import MATCH_CLASSES
from nottingham.models.recurrent import logits, plain_cells
from nottingham.models.recurrent.inputs import INTERVALS, inputs_of
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock

_TOGETHER = 32
"""Tunes scored at a time."""


class State(NamedTuple):
    """What is carried from token to token, for each tune of a batch."""

    recurrent: plain_cells.State
    looking: lookback.State
    times: Clock
    """When the next token begins."""


class NumpyModel(Model):
    """A network of tune context: its arrays and settings."""

    context: Context = "tune"

    def __init__(
        self,
        settings: Mapping[str, Any],
        representation: Representation,
        arrays: logits.Weights,
    ) -> None:
        """Take a network's settings and arrays, as its folder has them."""
        self.representation = representation
        self._settings, self._arrays = dict(settings), dict(arrays)
        self._inputs, rest = inputs_of(settings, representation)
        self._cell, _ = plain_cells.CELLS[rest["cell"]]
        self._table = arrays["embed.embedding"] @ arrays["input.kernel"]
        self._table[: representation.vocabulary.size + 1] += arrays["bias"]

    def start(self, batch: int) -> State:
        """See `Model`."""
        zero = np.zeros(batch, np.int32)
        hidden = np.zeros((batch, len(self._arrays["recurrent"])), np.float32)
        looking, times = self._inputs.lookback.start(zero), clock.start(self.representation, zero)
        return self._after((hidden, hidden), looking, times)

    def step(self, state: State, tokens: Int[np.ndarray, " batch"]) -> State:
        """See `Model`."""
        looking = self._inputs.lookback.step(state.looking, tokens)
        times = clock.advance(self.representation, state.times, tokens)
        return self._after(state.recurrent, looking, times)

    def _after(self, recurrent: plain_cells.State, looking: lookback.State, times: Clock) -> State:
        """Return the state after a step of the cell on the inputs that there are now."""
        classes = self._inputs.classes(looking.features, times)
        inputs = sum(self._table[classes[:, kind]] for kind in range(classes.shape[1]))
        recurrent = self._cell(inputs, recurrent, self._arrays["recurrent"])
        return State(recurrent, looking, times)

    def log_probs(self, state: State) -> Float[np.ndarray, "batch vocabulary"]:
        """See `Model`."""
        hidden, features = state.recurrent[0], state.looking.features
        found = logits.after(self._inputs, self._arrays, hidden, features, state.times)
        found = found - found.max(axis=1, keepdims=True)
        rows: np.ndarray = found - np.log(np.exp(found).sum(axis=1, keepdims=True))
        return rows

    def score(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score tunes of like length together, a few at a time; see `Model.score`."""
        by_length = sorted(range(len(tunes)), key=lambda k: len(tunes[k]))
        found: dict[int, np.ndarray] = {}
        for first in range(0, len(tunes), _TOGETHER):
            some = by_length[first : first + _TOGETHER]
            found |= dict(zip(some, super().score([tunes[k] for k in some]), strict=True))
        return [found[k] for k in range(len(tunes))]

    def guided(self, weight: float) -> "NumpyModel":
        """See `Model`."""
        factors = logits.guided(weight)
        arrays = {name: array * factors.get(name, 1) for name, array in self._arrays.items()}
        return NumpyModel(self._settings, self.representation, arrays)

    def save(self, folder: Path | str) -> None:
        """Write the model's folder, as `RecurrentModel.save` does."""
        settings = {"kind": "recurrent", **self._settings}
        storage.save(folder, settings, self.representation, self._arrays)


def load(
    folder: Path | str, settings: Mapping[str, Any], representation: Representation
) -> NumpyModel:
    """Read what `RecurrentModel.save` wrote of a network of tune context."""
    arrays = storage.load_arrays(folder, _shapes(settings, representation))
    return NumpyModel(settings, representation, arrays)


def _shapes(
    settings: Mapping[str, Any], representation: Representation
) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a network's arrays by their paths."""
    inputs, rest = inputs_of(settings, representation)
    units, embedding, size = rest["units"], rest["embedding"], representation.vocabulary.size
    wide = plain_cells.CELLS[rest["cell"]][1] * units
    candidates = inputs.lookback.candidates
    shapes: dict[str, tuple[int, ...]] = {
        "embed.embedding": (inputs.count, embedding),
        "input.kernel": (embedding, wide),
        "bias": (wide,),
        "recurrent": (units, wide),
    }
    layers = {"output": size}
    if inputs.intervals:
        layers["interval"] = INTERVALS
    if candidates:
        layers["copy"] = candidates
        shapes["trust"] = candidates, MATCH_CLASSES
    if inputs.direct_count:
        shapes["direct"] = inputs.direct_count, size
    if inputs.repeats:
        shapes["repeat"] = len(inputs.lookback.sections), inputs.repeats
    if inputs.closes:
        shapes |= {"close": (inputs.closes,), "cadence": (inputs.cadences, size)}
    for name, outputs in layers.items():
        shapes |= {f"{name}.kernel": (units, outputs), f"{name}.bias": (outputs,)}
    return shapes
