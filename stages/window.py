"""Put the tunes on the grid and split them: data/windows.npz."""

from nottingham import params
from nottingham.dataset import splitting, streams
from nottingham.dataset.preflight import require_lengths, require_targets
from nottingham.music.tune import read_tunes
from nottingham.representation.grid import Grid
from stages import run


def main() -> None:
    """Run the stage."""
    everything = params.load()
    settings = everything.window
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
    print(streams.describe(dataset))


if __name__ == "__main__":
    run(main)
