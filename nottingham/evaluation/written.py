"""The likelihood of written music: what models of different representations share.

Nats a token compare models of one representation alone. Here the bits that a model takes for the
written notes from the fifth measure on, given all before them, the header included, are divided by
these notes, or by these measures. Beside them stands the share of written notes that the
representation gives back: one that loses notes has fewer to predict. Measures are counted without
an upbeat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nottingham.dataset import arrays
from nottingham.errors import damaged
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.music import measures
from nottingham.music.tune import Tune
from nottingham.representation import Representation, clock

OPENING = 4
"""Measures of a tune's opening, which are counted apart."""
_COMPARED = "written_bits_per_note"
_COLUMNS = (
    "bits",
    "pitch_bits",
    "opening_bits",
    "header_bits",
    "notes",
    "measures",
    "opening_measures",
    "written",
    "kept",
)


@dataclass(frozen=True)
class Written:
    """A model's bits for some tunes and what they are divided by: columns of shape ``[tunes]``."""

    columns: Mapping[str, np.ndarray]
    interleaved: bool
    """Whether pitches and durations are tokens of their own."""

    @property
    def figures(self) -> dict[str, Ratio]:
        """The figures, each a mean over notes, measures or tunes."""
        of, every = self.columns, np.ones(len(self.columns["bits"]))
        found = {
            _COMPARED: Ratio(of["bits"], of["notes"]),
            "written_bits_per_measure": Ratio(of["bits"], of["measures"]),
            "opening_bits_per_measure": Ratio(of["opening_bits"], of["opening_measures"]),
            "bits_per_tune": Ratio(of["bits"] + of["opening_bits"], every),
            "header_bits": Ratio(of["header_bits"], every),
            "notes_kept": Ratio(of["kept"], of["written"]),
        }
        if self.interleaved:  # from the fifth measure on, as all else
            found["pitch_bits"] = Ratio(of["pitch_bits"], of["notes"])
            found["duration_bits"] = Ratio(of["bits"] - of["pitch_bits"], of["notes"])
        return found


def of_tunes(
    tunes: Sequence[Tune],
    tokens: Sequence[np.ndarray],
    losses: Sequence[np.ndarray],
    representation: Representation,
) -> Written:
    """Count the bits of tunes.

    Args:
        tunes: as they are written.
        tokens: the same tunes as a model takes them, ``[time]`` each.
        losses: −ln p of each token.
        representation: of the tokens.
    """
    vocabulary = representation.vocabulary
    rows = []
    for tune, taken, lost in zip(tunes, tokens, losses, strict=True):
        bits, upbeat = lost / np.log(2), bool(tune.upbeat)
        late = clock.read(representation, taken).measure[:-1] >= OPENING + upbeat
        header = vocabulary.kind[taken] < vocabulary.headers
        silent = vocabulary.ticks[taken] == 0
        whole, fifth = measures.count(tune), measures.start(tune, OPENING)
        restored = representation.decode(taken, tune).notes
        rows.append(
            {
                "bits": bits[late].sum(),
                "pitch_bits": bits[late & silent].sum(),
                "opening_bits": bits[~late].sum(),
                "header_bits": bits[header].sum(),
                "notes": sum(note.onset >= fifth for note in tune.notes),
                "measures": max(0, whole - OPENING),
                "opening_measures": min(whole, OPENING),
                "written": len(tune.notes),
                "kept": len(set(tune.notes) & set(restored)),
            }
        )
    columns = {name: np.array([row[name] for row in rows], float) for name in _COLUMNS}
    return Written(columns, interleaved=bool((vocabulary.ticks == 0).any()))


def by_group(
    written: Written, groups: Mapping[str, Sequence[str]], *, seed: int
) -> dict[str, list[dict[str, Any]]]:
    """Return bits a note in each group of tunes, by kind of group.

    Args:
        written: of all tunes.
        groups: the group of each tune, by kind of group.
        seed: of the intervals.
    """
    figure, tunes = written.figures[_COMPARED], np.arange(len(written.columns["bits"]))
    found = {}
    for kind, labels in groups.items():
        names = sorted(set(labels))
        chosen = [np.array([label == name for label in labels]) for name in names]
        parts = [Ratio(figure.values * one, figure.counted * one) for one in chosen]
        sure = intervals(parts, tunes, seed=seed)
        found[kind] = [
            {
                "group": name,
                "tunes": int(one.sum()),
                "notes": int(part.counted.sum()),
                _COMPARED: {"value": part.value, "interval": interval},
            }
            for name, one, part, interval in zip(names, chosen, parts, sure, strict=True)
        ]
    return found


def difference(one: Ratio, other: Ratio, *, seed: int) -> dict[str, Any]:
    """Return by how much a figure exceeds another over the same tunes, and the paired interval."""
    paired = Ratio(one.values - other.values, one.counted)
    (sure,) = intervals([paired], np.arange(len(paired.values)), seed=seed)
    return {"value": paired.value, "interval": sure}


def save(path: Path | str, written: Written, ids: Sequence[str]) -> None:
    """Write what `load` reads."""
    figure = written.figures[_COMPARED]
    found = {"ids": np.array(ids, str), "bits": figure.values, "notes": figure.counted}
    arrays.save(path, found)


def load(path: Path | str) -> tuple[tuple[str, ...], Ratio]:
    """Read the ids of the tunes of a model, and its bits a note, an item a tune.

    Raises:
        InputError: if the file is missing, damaged or not such a file.
    """
    try:
        found = arrays.read(path)
        if len({found[name].shape for name in ("ids", "bits", "notes")}) > 1:
            raise ValueError("its arrays are of different tunes")
        return tuple(found["ids"].tolist()), Ratio(found["bits"], found["notes"])
    except (ValueError, KeyError) as error:
        remedy = "dvc repro evaluate"
        raise damaged(path, "likelihoods of a model", error, made_by=remedy) from error
