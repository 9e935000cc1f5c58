"""Write the tunes as tokens, split: data/windows.npz and notes.npz; and by part: data/parts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import leaks, split, splitting, streams
from nottingham.dataset.preflight import (
    require_lengths,
    require_measures,
    require_targets,
    require_written,
)
from nottingham.files import atomic_folder, write_json
from nottingham.music.tune import Tune, read_tunes, write_tunes
from nottingham.representation import Grid, Notes
from stages import run

_TUNES = "data/tunes.jsonl"


def main() -> None:
    """Run the stage: tunes are read anew where they are needed, so that none is kept in memory."""
    everything = params.load()
    settings, origin = everything.window, provenance.read(Path("data/raw"))
    names = tuple(record["corpus"] for record in origin)
    several = len(names) > 1
    grid = streams.Store(Grid(settings.steps_per_measure))
    exact = streams.Store(Notes(settings.relative_pitch, corpora=names if several else ()))
    report: dict[str, Any] = {"tunes": 0, "left_out": {}, "estimated_keys": []}
    with grid, exact:
        tunes = streams.written(read_tunes(_TUNES), (grid, exact), report["left_out"])
        most = everything.parse.max_skipped_share
        tunes = require_written(tunes, report["left_out"], most=most)
        chosen = splitting.choose(_counted(tunes, report), settings)
        leaked, anonymous = [], []
        if several:
            kept = read_tunes(_TUNES, only=grid.ids)
            leaked = leaks.find(kept, chosen, most=settings.max_shared)
            chosen = leaks.without(chosen, grid.ids, leaked)
            trained = read_tunes(_TUNES, only=np.array(grid.ids)[chosen == split.TRAIN])
            anonymous = splitting.anonymous(trained, seed=settings.seed)
        dataset, notes = grid.dataset(chosen), exact.dataset(chosen, anonymous=anonymous)
    report["kept_out_of_training"] = [leak._asdict() for leak in leaked]
    for found in (dataset, notes):
        require_targets(found)
        require_lengths(found, everything)
    ids = {part: dataset.ids[dataset.indices(part)].tolist() for part in range(len(split.NAMES))}
    require_measures(read_tunes(_TUNES, only=ids[split.TEST]), everything)
    streams.save("data/windows.npz", dataset)
    streams.save("data/notes.npz", notes)
    with atomic_folder("data/parts") as folder:
        for part, name in enumerate(split.NAMES):
            write_tunes(folder / f"{name}.jsonl", read_tunes(_TUNES, only=ids[part]))
        provenance.write(folder, origin)
    write_json("reports/window.json", report)
    print(streams.describe(dataset))


def _counted(tunes: Iterable[Tune], report: dict[str, Any]) -> Iterator[Tune]:
    """Pass on tunes, and note how many there are, and whose keys are estimated."""
    for tune in tunes:
        report["tunes"] += 1
        if not tune.key:
            report["estimated_keys"].append(tune.id)
        yield tune


if __name__ == "__main__":
    run(main)
