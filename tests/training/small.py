"""Small trainings."""

import numpy as np

from nottingham.dataset import streams
from nottingham.models.recurrent.model import RecurrentArchitecture
from nottingham.representation import Grid
from nottingham.training.settings import TrainingSettings

SETTINGS = {
    "cell": "lstm",
    "units": 16,
    "embedding": 8,
    "context": "window",
    "metrical_position": True,
    "phrase": 0,
    "intervals": False,
    "lookbacks": [],
    "longest_match": False,
    "precision": "float32",
    "objective": "every-step",
    "segment": 32,
    "batch": 16,
    "epochs": 2,
    "learning_rate": 0.01,
    "dropout": 0.0,
    "transpose": 0,
    "keep": "best",
    "seed": 1,
}
COPYING = {"intervals": True, "lookbacks": [1, 2], "longest_match": True}
TUNE = COPYING | {"context": "tune", "phrase": 4, "lookbacks": [1, 4]}


def settings(**changes) -> TrainingSettings:
    return TrainingSettings(**(SETTINGS | changes))


def architecture(chosen: TrainingSettings) -> RecurrentArchitecture:
    return RecurrentArchitecture(chosen, Grid(8))


def with_other_test_tunes(dataset: streams.Dataset) -> streams.Dataset:
    """The same streams, but for the tokens of the test tunes, which are the last two."""
    tokens = dataset.tokens.copy()
    tokens[dataset.offsets[-3] :] = np.arange(len(tokens) - dataset.offsets[-3]) % 89
    return streams.Dataset(
        tokens, dataset.offsets, dataset.split, dataset.ids, dataset.representation
    )


def weights_of(model, folder) -> bytes:
    """What a model's weights are on disk."""
    model.save(folder)
    return (folder / "weights.safetensors").read_bytes()


def scored(model, tunes) -> tuple[float, float]:
    """Log-loss and accuracy of a model over all steps with 32 before them."""
    rows = np.concatenate([rows[32:] for rows in model.score(list(tunes))]).astype(np.float64)
    targets = np.concatenate([tokens[32:] for tokens in tunes])
    log_loss = -rows[np.arange(len(targets)), targets].mean()
    return float(log_loss), float(np.mean(rows.argmax(axis=1) == targets))
