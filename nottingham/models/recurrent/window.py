"""The window-context model around a network: exactly the last 32 steps, from h_0 = 0 each time."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import jax
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.dataset.streams import CONTEXT
from nottingham.models import devices
from nottingham.models.base import Context
from nottingham.models.devices import AXIS, SPLIT, WHOLE
from nottingham.models.recurrent.model import Recurrent
from nottingham.models.recurrent.network import last_log_probs
from nottingham.representation import vocabulary

_WINDOWS_PER_CALL = 512


class WindowModel(Recurrent):
    """A network that sees exactly the last 32 steps, from h_0 = 0 for every step it predicts."""

    context: Context = "window"
    _states = CONTEXT

    def log_probs_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes, their windows in calls of one fixed size; see `Batched`."""
        for tokens in tunes:
            vocabulary.check(tokens)
        counts = [max(0, len(tokens) - CONTEXT) for tokens in tunes]
        windows = [np.zeros((0, CONTEXT), np.uint8)]
        windows += [sliding_window_view(t, CONTEXT)[:-1] for t in tunes if len(t) > CONTEXT]
        first = np.concatenate([np.zeros(0, int), *(np.arange(count) for count in counts)])
        rest = self._window_rows(np.concatenate(windows), first)
        begun = self._rows_of([tokens[:CONTEXT] for tokens in tunes])
        ends = np.cumsum(counts)
        return [
            np.concatenate([rows, rest[end - count : end]])
            for rows, count, end in zip(begun, counts, ends, strict=True)
        ]

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        if histories.shape[1] < CONTEXT:  # no program of its own for each length
            return self._rows_after(histories)
        first = np.full(len(histories), histories.shape[1] - CONTEXT)
        return self._window_rows(histories[:, -CONTEXT:], first)

    def _window_rows(self, windows: np.ndarray, first: np.ndarray) -> np.ndarray:
        """Give the row after each window ``[windows, time]``, in calls of one fixed size."""
        rows = [np.zeros((0, vocabulary.SIZE), np.float32)]
        for i in range(0, len(windows), _WINDOWS_PER_CALL):
            rows.append(
                self._call(windows[i : i + _WINDOWS_PER_CALL], first[i : i + _WINDOWS_PER_CALL])
            )
        return np.concatenate(rows)

    def _call(self, windows: np.ndarray, first: np.ndarray) -> np.ndarray:
        padding = _WINDOWS_PER_CALL - len(windows)
        batch = np.pad(windows.astype(np.int32).T, ((0, 0), (0, padding)))
        places = np.pad(first.astype(np.int32), (0, padding))
        return np.asarray(self._run_windows(self._weights, batch, places))[: len(windows)]

    @cached_property
    def _run_windows(self) -> Any:
        split = jax.P(None, AXIS)
        run = jax.shard_map(
            lambda weights, *batch: last_log_probs(self._merge(weights), *batch),
            mesh=devices.mesh(_WINDOWS_PER_CALL),
            in_specs=(WHOLE, split, SPLIT),
            out_specs=SPLIT,
            check_vma=False,
        )
        return jax.jit(run)
