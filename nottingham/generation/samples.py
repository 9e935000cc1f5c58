"""A model's continuations of tunes it has not seen, as files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nottingham.corpus.tune import Tune, measure_length
from nottingham.encoding import split
from nottingham.encoding.grid import decode
from nottingham.encoding.windows import CONTEXT, Streams
from nottingham.errors import InputError
from nottingham.generation import abc, midi, pianoroll
from nottingham.models.base import Model
from nottingham.models.sampler import continue_tunes


@dataclass(frozen=True)
class Primer:
    """A tune to continue, and its first 32 steps."""

    tune: Tune
    tokens: np.ndarray
    """``[32]``, uint8."""


def choose_primers(
    streams: Streams, tunes: Iterable[Tune], count: int, *, seed: int
) -> list[Primer]:
    """Draw test tunes of at least 32 steps, without repetition.

    Raises:
        InputError: if there are not that many.
    """
    long = {str(streams.ids[i]): streams.tune(i) for i in streams.indices(split.TEST)}
    long = {id_: tokens[:CONTEXT] for id_, tokens in long.items() if len(tokens) >= CONTEXT}
    if len(long) < count:
        raise InputError(
            f"sample.tunes: given {count}; allowed: up to {len(long)}, the test tunes of {CONTEXT} "
            "steps or more"
        )
    chosen = set(np.random.default_rng(seed).choice(sorted(long), count, replace=False).tolist())
    return [Primer(tune, long[tune.id]) for tune in tunes if tune.id in chosen]


def continuations(
    model: Model,
    primers: Sequence[Primer],
    *,
    name: str,
    steps: int,
    steps_per_measure: int,
    seed: int,
) -> list[Tune]:
    """Continue tunes, titled with what they are; networks keep their state from the first step on.

    Args:
        model: what continues them.
        primers: the beginnings.
        name: the model's name.
        steps: how many new steps to write.
        steps_per_measure: the grid.
        seed: the same seed writes the same tunes.
    """
    beginnings = np.stack([primer.tokens for primer in primers])
    written = continue_tunes(model, beginnings, steps=steps, seed=seed, carry=True)
    return [
        Tune(
            id=f"{name}/{tune.id}",
            title=f"{name} continues {tune.title} ({tune.id}) after {CONTEXT} steps, seed {seed}",
            meter=tune.meter,
            key=tune.key,
            notes=decode(tokens, tune.meter, steps_per_measure),
            chords=(),
            source=f"{name}, seed {seed}",
        )
        for tune, tokens in zip((primer.tune for primer in primers), written, strict=True)
    ]


def write(tune: Tune, folder: Path, *, steps_per_measure: int) -> None:
    """Write a continuation as MIDI, ABC and a picture, named after its id."""
    stem = folder / re.sub(r"[^A-Za-z0-9_-]+", "-", tune.id)
    midi.write(tune, stem.with_suffix(".mid"))
    abc.write(tune, stem.with_suffix(".abc"))
    primer = CONTEXT * measure_length(tune.meter) / steps_per_measure
    pianoroll.write(tune, stem.with_suffix(".png"), primer=primer)
