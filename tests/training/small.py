"""Small trainings."""

from dataclasses import replace

import numpy as np

from nottingham.dataset.streams import Dataset
from nottingham.models.recurrent.model import RecurrentArchitecture
from nottingham.params import Network

SETTINGS = {
    "tokens": "windows",
    "cell": "lstm",
    "units": 16,
    "embedding": 8,
    "context": "window",
    "metrical_position": True,
    "phrase": 0,
    "header": [],
    "measures_to_go": False,
    "section": 0,
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
    "balance": 1.0,
    "corpus": None,
    "start": None,
    "keep": "best",
    "seed": 1,
}
COPYING = {"intervals": True, "lookbacks": [1, 2], "longest_match": True}
TUNE = COPYING | {"context": "tune", "phrase": 4, "lookbacks": [1, 4]}
NOTES = TUNE | {
    "tokens": "notes",
    "header": ["dance", "meter", "tonic", "mode", "measures"],
    "measures_to_go": True,
    "section": 2,
}


def settings(**changes) -> Network:
    return Network(**(SETTINGS | changes))


def architecture(dataset: Dataset, chosen: Network) -> RecurrentArchitecture:
    return RecurrentArchitecture(chosen, dataset.representation)


def with_other_test_tunes(dataset: Dataset) -> Dataset:
    """Return the same dataset with other tokens in the test tunes, which are the last two."""
    tokens = dataset.tokens.copy()
    tokens[dataset.offsets[-3] :] = np.arange(len(tokens) - dataset.offsets[-3]) % 89
    return replace(dataset, tokens=tokens)


def weights_of(model, folder) -> bytes:
    """Return a model's weights as they are on disk."""
    model.save(folder)
    return (folder / "weights.safetensors").read_bytes()


def scored(model, tunes) -> tuple[float, float]:
    """Return log-loss and accuracy of a model over all tokens with a window before them."""
    window = model.representation.window
    rows = np.concatenate([rows[window:] for rows in model.score(tunes)]).astype(np.float64)
    targets = np.concatenate([tokens[window:] for tokens in tunes])
    log_loss = -rows[np.arange(len(targets)), targets].mean()
    return float(log_loss), float(np.mean(rows.argmax(axis=1) == targets))
