"""Write the tunes as tokens, split: data/windows.npz and notes.npz; and by part: data/parts."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import split, splitting, streams
from nottingham.dataset.preflight import require_lengths, require_measures, require_targets
from nottingham.files import atomic_folder
from nottingham.music.tune import read_tunes, write_tunes
from nottingham.representation import Grid, Notes
from stages import run


def main() -> None:
    """Run the stage."""
    everything = params.load()
    settings, origin = everything.window, provenance.read(Path("data/raw"))
    tunes = list(read_tunes("data/tunes.jsonl"))
    chosen = splitting.choose(tunes, settings)
    dataset = streams.of_tunes(tunes, Grid(settings.steps_per_measure), split=chosen)
    notes = streams.of_tunes(tunes, Notes(settings.relative_pitch), split=chosen)
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
    print(streams.describe(dataset))


if __name__ == "__main__":
    run(main)
