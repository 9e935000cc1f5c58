"""Write the tunes as tokens, split: data/windows.npz and notes.npz; and by part: data/parts."""

from pathlib import Path

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
from nottingham.music.tune import read_tunes, write_tunes
from nottingham.representation import Grid, Notes
from stages import run


def main() -> None:
    """Run the stage."""
    everything = params.load()
    settings, origin = everything.window, provenance.read(Path("data/raw"))
    names = tuple(record["corpus"] for record in origin)
    grid = Grid(settings.steps_per_measure)
    exact = Notes(settings.relative_pitch, corpora=names if len(names) > 1 else ())
    tunes, reasons = streams.writable(read_tunes("data/tunes.jsonl"), (grid, exact))
    require_written(tunes, reasons, most=everything.parse.max_skipped_share)
    chosen = splitting.choose(tunes, settings)
    leaked = leaks.find(tunes, chosen, most=settings.max_shared)
    chosen = leaks.without(chosen, tunes, leaked)
    dataset = streams.of_tunes(tunes, grid, split=chosen)
    anonymous = splitting.anonymous(tunes, chosen, seed=settings.seed) if exact.corpora else tunes
    notes = streams.of_tunes(anonymous, exact, split=chosen)
    for found in (dataset, notes):
        require_targets(found)
        require_lengths(found, everything)
    require_measures([tunes[i] for i in dataset.indices(split.TEST)], everything)
    streams.save("data/windows.npz", dataset)
    streams.save("data/notes.npz", notes)
    with atomic_folder("data/parts") as folder:
        for part, name in enumerate(split.NAMES):
            write_tunes(folder / f"{name}.jsonl", [tunes[i] for i in dataset.indices(part)])
        provenance.write(folder, origin)
    estimated = [tune.id for tune in tunes if not tune.key]
    report = {
        "tunes": len(tunes),
        "left_out": reasons,
        "estimated_keys": estimated,
        "kept_out_of_training": [leak._asdict() for leak in leaked],
    }
    write_json("reports/window.json", report)
    print(streams.describe(dataset))


if __name__ == "__main__":
    run(main)
