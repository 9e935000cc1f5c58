"""What tunes of other corpora are worth: each corpus alone, jointly, and not trained on at all.

``python -m tools.studies.corpora`` trains networks as ``joint/params.yaml`` says, on tunes of
``joint/data``, and evaluates each on the test tunes of every corpus: bits a note from the fifth
measure on, given the header. Trained on are

- one corpus alone;
- Nottingham with some of the others' tunes, for a curve;
- all corpora but one, which is tested: transfer;
- all, those with them that sit out as variants of held-out tunes (`dataset.leaks`).

Beside these stand the joint model (``make joint``) and ``note-lstm`` (``make repro``). A training
that is done is kept in ``build/corpora`` and not done again; rows that the command line names are
trained alone. The study writes ``joint/reports/study.json``, with paired intervals, and prints the
tables for docs/model.md.
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nottingham import models, params
from nottingham.dataset import split, streams
from nottingham.errors import InputError, exit_on_error
from nottingham.evaluation import scoring, written
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.files import read_json, write_json
from nottingham.models import devices, storage
from nottingham.models.base import Model
from nottingham.models.recurrent.model import RecurrentArchitecture
from nottingham.music.tune import read_named
from nottingham.params import Network
from nottingham.reporting.markdown import sure, table
from nottingham.training import history, loop

FILE = Path("joint/reports/study.json")

_JOINT, _ALONE = "joint-note-lstm", "note-lstm"
_OF_JOINT = Path("joint/models") / _JOINT
_FIRST = "nottingham"
_KEPT = Path("build/corpora")
_ADDED = (1000, 3000)
"""Tunes of other corpora beside Nottingham's."""
_EPOCHS = {"alone": 18, "added": 16, "transfer": 6}
"""Those of ``note-lstm``, where there are about as many tunes; of transfer few, as it is trained
six times."""
_SEED = 1


@dataclass(frozen=True)
class Row:
    """A model that is evaluated."""

    manner: str
    """``alone``, ``added``, ``transfer``, ``leaks``; ``joint``, which is not trained here."""
    what: str = ""
    """The corpus that is alone or left out, or how many tunes are added."""

    @property
    def name(self) -> str:
        """As the command line has it."""
        return f"{self.manner}-{self.what}" if self.what else self.manner


class Study:
    """The tunes of all corpora, and what is trained on them."""

    def __init__(self) -> None:
        """Read the tunes.

        Raises:
            InputError: if they are missing.
        """
        self.dataset = streams.load("joint/data/notes.npz")
        self.tested = self.dataset.indices(split.TEST)
        self.ids = [str(self.dataset.ids[i]) for i in self.tested]
        tunes = read_named("joint/data/parts/test.jsonl", self.ids)
        self._tunes = [tunes[id_] for id_ in self.ids]
        leaks = read_json(Path("joint/reports/window.json"), made_by="make joint")
        leaked = [leak["tune"] for leak in leaks["kept_out_of_training"]]
        self._leaked = np.isin(self.dataset.ids, leaked)
        self.corpora = self.dataset.representation.corpora
        self._settings = params.load("joint/params.yaml").network(_JOINT)

    def rows(self) -> list[Row]:
        """Return all trainings."""
        return [
            *(Row("alone", corpus) for corpus in self.corpora if corpus != _FIRST),
            *(Row("added", str(count)) for count in _ADDED),
            Row("leaks"),
            *(Row("transfer", corpus) for corpus in self.corpora),
        ]

    def split(self, row: Row) -> np.ndarray:
        """Return the split that a row is trained on: ``[tunes]``, uint8."""
        corpora, parts = self.dataset.corpora(), self.dataset.split
        whole, known = np.where(self._leaked, split.TRAIN, parts), corpora == row.what
        if row.manner == "alone":
            return np.where(known, whole, split.UNUSED)
        if row.manner == "leaks":
            return whole
        if row.manner == "transfer":
            return np.where(known, split.UNUSED, parts)
        foreign = np.flatnonzero((corpora != _FIRST) & (parts == split.TRAIN))
        added = np.random.default_rng(_SEED).permutation(foreign)[: int(row.what)]
        taken = corpora == _FIRST
        taken[added] = True
        return np.where(taken, parts, split.UNUSED)

    def bits(self, row: Row) -> Ratio:
        """Return a model's bits a note, an item a test tune; train it, if that is not done yet."""
        path = self._path(row)
        if not path.exists():
            model = self._train(row) if row.manner != "joint" else models.load(_OF_JOINT)
            tokens = [self.dataset.tune(i) for i in self.tested]
            _, losses = scoring.score_tunes(model, tokens, progress=row.name)
            found = written.of_tunes(self._tunes, tokens, losses, self.dataset.representation)
            written.save(path, found, self.ids)
        return written.load(path)[1]

    def is_done(self, row: Row) -> bool:
        """Return whether a model is evaluated, of the tunes and the settings that there are now."""
        return self._path(row).exists()

    def _path(self, row: Row) -> Path:
        """Return the file of a row's bits, by a hash of what they depend on but for the code."""
        seen = hashlib.sha256(self._settings_of(row).model_dump_json().encode())
        if row.manner == "joint":
            seen.update(str(storage.digest(_OF_JOINT / "weights.safetensors")).encode())
        else:
            seen.update(self.split(row).astype(np.uint8).tobytes())
        seen.update(np.ascontiguousarray(self.dataset.tokens).data)
        return _KEPT / f"{row.name}-{seen.hexdigest()[:16]}.npz"

    def bits_of_first(self) -> Ratio:
        """Return the bits a note of ``note-lstm``, which knows one corpus; of others' tunes none.

        Raises:
            InputError: if it was evaluated on other tunes of that.
        """
        path = Path("data/evaluated") / _ALONE / "written.npz"
        ids, figure = written.load(path)
        place = {f"{_FIRST}/{id_}": k for k, id_ in enumerate(ids)}
        mine = [place.get(id_) for id_ in self.ids]
        if len(place) != sum(k is not None for k in mine):
            raise InputError(f"{path}: of other tunes than joint/data has; make repro, make joint")
        return Ratio(
            np.array([0.0 if k is None else figure.values[k] for k in mine]),
            np.array([0.0 if k is None else figure.counted[k] for k in mine]),
        )

    def _settings_of(self, row: Row) -> Network:
        epochs = _EPOCHS.get(row.manner, self._settings.epochs)
        return self._settings.model_copy(update={"epochs": epochs})

    def _train(self, row: Row) -> Model:
        settings = self._settings_of(row)
        dataset = replace(self.dataset, split=self.split(row).astype(np.uint8))
        model, _, checkpoint = loop.train(
            RecurrentArchitecture(settings, dataset.representation),
            dataset,
            settings,
            name=row.name,
            scratch=_KEPT / "training",
            follow=partial(history.write, _KEPT / f"{row.name}.csv"),
        )
        checkpoint.forget()
        return model


def main(names: Sequence[str]) -> None:
    """Train what is missing; of all trainings, or of those that are named; save, print.

    Raises:
        InputError: if there is no such training, or the pipelines have not run.
    """
    devices.use_all_cores()
    study = Study()
    rows = study.rows()
    if unknown := sorted(set(names) - {row.name for row in rows}):
        raise InputError(f"{unknown[0]}: name some of {', '.join(row.name for row in rows)}")
    for row in rows:
        if not names or row.name in names:
            study.bits(row)
    done = [row for row in rows if study.is_done(row)]
    bits = {row.name: study.bits(row) for row in [Row("joint"), *done]}
    bits[f"alone-{_FIRST}"] = study.bits_of_first()
    found = {corpus: _of_corpus(study, corpus, bits) for corpus in study.corpora}
    write_json(FILE, found)
    for text in _tables(found):
        print(f"{text}\n")


def _of_corpus(study: Study, corpus: str, bits: Mapping[str, Ratio]) -> dict[str, Any]:
    """Return the figures of all models on the test tunes of a corpus, and their differences."""
    mine = study.dataset.corpora()[study.tested] == corpus
    figures = {name: Ratio(one.values[mine], one.counted[mine]) for name, one in bits.items()}
    figures = {name: one for name, one in figures.items() if one.counted.any()}
    every = intervals(list(figures.values()), np.arange(mine.sum()), seed=_SEED)
    found: dict[str, Any] = {"tunes": int(mine.sum()), "models": {}}
    for (name, figure), interval in zip(figures.items(), every, strict=True):
        over = {
            other: written.difference(figure, figures[other], seed=_SEED)
            for other in ("joint", f"alone-{corpus}")
            if other in figures and other != name
        }
        found["models"][name] = {"value": figure.value, "interval": interval, "over": over}
    return found


def _tables(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables for docs/model.md."""

    def cell(corpus: str, name: str, over: str = "") -> str:
        one = found[corpus]["models"].get(name, {})
        one = one.get("over", {}).get(over, {}) if over else one
        sign = "+" if over else ""
        return sure(one.get("value"), one.get("interval"), digits=3, sign=sign)

    yield table(
        ["test tunes of", "tunes", "alone", "jointly", "jointly − alone", "others only", "− alone"],
        [
            [
                corpus,
                str(of["tunes"]),
                cell(corpus, f"alone-{corpus}"),
                cell(corpus, "joint"),
                cell(corpus, "joint", f"alone-{corpus}"),
                cell(corpus, f"transfer-{corpus}"),
                cell(corpus, f"transfer-{corpus}", f"alone-{corpus}"),
            ]
            for corpus, of in found.items()
        ],
    )
    alone = f"alone-{_FIRST}"
    curve = {"0": alone, **{f"{n:,}": Row("added", str(n)).name for n in _ADDED}, "all": "joint"}
    yield table(
        ["other tunes", f"test tunes of {_FIRST}", "− none"],
        [[n, cell(_FIRST, name), cell(_FIRST, name, alone)] for n, name in curve.items()],
    )
    yield table(
        ["test tunes of", "variants trained on", "− kept out"],
        [[name, cell(name, "leaks"), cell(name, "leaks", "joint")] for name in found],
    )


if __name__ == "__main__":
    with exit_on_error():
        main(sys.argv[1:])
