"""A single tune, evaluated for its player: what surprises a model, and how it compares."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nottingham.evaluation import surprisal, written
from nottingham.evaluation.metrics import rounded
from nottingham.evaluation.percentiles import RealTunes
from nottingham.evaluation.relatives import Relatives
from nottingham.evaluation.surprisal import NoteSurprisal
from nottingham.models.base import Model
from nottingham.music import dances, keys
from nottingham.music.tune import Tune

SHOWN = 5
"""The number of notes that are named as the most surprising ones."""


@dataclass(frozen=True)
class Reference:
    """What a tune is compared with."""

    real: RealTunes
    relatives: Relatives
    """The tunes that the model has learned from."""


def evaluate(model: Model, tune: Tune, reference: Reference | None = None) -> dict[str, Any]:
    """Evaluate a tune.

    Args:
        model: what predicts.
        tune: what is predicted.
        reference: what it is compared with; None: it is not.

    Returns:
        ``title``, ``source``, ``id``, ``dance`` (empty: none is named), ``meter``, ``key`` and
        ``key_is_estimated``.
        ``notes``: those that the model's tokens have; ``bits_per_note``: −log₂ p of all tokens
        but the header's, by these notes.
        ``measures``: of each ``measure`` the ``bits``. They are counted in playing order, repeats
        played out; 1 is the first full one, 0 an upbeat's.
        ``surprising_notes``: the five with the most ``bits``, first the most surprising: ``note``
        and the note it comes ``after``, in which ``measure``, its ``duration`` in quarters,
        ``pitch_bits``, ``duration_bits`` and ``likeliest``; see `surprisal.NoteSurprisal`.
        ``comparison``: see `RealTunes.compare`. ``nearest``: see `Relatives.nearest`. Both are
        None without a reference.

    Raises:
        InputError: if the model's representation cannot write the tune.
    """
    representation = model.representation
    tokens = representation.encode(tune)
    (rows,) = model.score([tokens])
    bits = surprisal.of_tokens(tokens, rows)
    measures = surprisal.by_measure(representation, tokens, bits)
    notes = surprisal.of_notes(tune, tokens, rows, representation)
    late = written.of_tunes([tune], [tokens], [bits * np.log(2)], representation)
    compared = late.figures["written_bits_per_note"].value
    most = sorted(notes, key=lambda note: -note.bits)[:SHOWN]
    return {
        "title": tune.title,
        "source": tune.source,
        "id": tune.id,
        "dance": dances.named(tune),
        "meter": tune.meter,
        "key": tune.key or keys.find(tune.notes),
        "key_is_estimated": not tune.key,
        "notes": len(notes),
        "bits_per_note": rounded(float(measures.sum()) / max(1, len(notes))),
        "measures": [
            {"measure": number, "bits": rounded(float(value))}
            for number, value in enumerate(measures, start=0 if tune.upbeat else 1)
        ],
        "surprising_notes": [_as_json(note) for note in most],
        "comparison": reference and reference.real.compare(tune, compared),
        "nearest": reference and reference.relatives.nearest(tune),
    }


def _as_json(note: NoteSurprisal) -> dict[str, Any]:
    return {
        "measure": note.measure,
        "note": note.note,
        "after": note.after,
        "duration": str(note.duration),
        "bits": rounded(note.bits),
        "pitch_bits": rounded(note.pitch_bits),
        "duration_bits": rounded(note.duration_bits),
        "likeliest": note.likeliest,
    }
