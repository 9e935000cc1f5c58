"""Put the tunes on the grid and split them: data/windows.npz; the tunes by part: data/parts."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import split, splitting, streams
from nottingham.dataset.preflight import require_lengths, require_targets
from nottingham.files import atomic_folder
from nottingham.music.tune import read_tunes, write_tunes
from nottingham.representation.grid import Grid
from stages import run


def main() -> None:
    """Run the stage."""
    everything = params.load()
    settings, origin = everything.window, provenance.read(Path("data/raw"))
    tunes = list(read_tunes("data/tunes.jsonl"))
    representation = Grid(settings.steps_per_measure)
    dataset = streams.join(
        [representation.encode(tune) for tune in tunes],
        split=splitting.choose(tunes, settings),
        ids=[tune.id for tune in tunes],
        representation=representation,
    )
    require_targets(dataset)
    require_lengths(dataset, everything)
    streams.save("data/windows.npz", dataset)
    with atomic_folder("data/parts") as folder:
        for part, name in enumerate(split.NAMES):
            write_tunes(folder / f"{name}.jsonl", [tunes[i] for i in dataset.indices(part)])
        provenance.write(folder, origin)
    print(streams.describe(dataset))


if __name__ == "__main__":
    run(main)
