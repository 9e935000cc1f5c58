"""Put the tunes on the grid and split them: data/windows.npz."""

from nottingham import params
from nottingham.corpus.tune import read_tunes
from nottingham.encoding import enough, grid, split, windows
from stages import run


def main() -> None:
    """Run the stage."""
    everything = params.load()
    settings = everything.window
    tunes = list(read_tunes("data/tunes.jsonl"))
    streams = windows.join(
        [grid.encode(tune, settings.steps_per_measure) for tune in tunes],
        split=split.choose(tunes, settings),
        ids=[tune.id for tune in tunes],
        steps_per_measure=settings.steps_per_measure,
    )
    windows.require_targets(streams)
    enough.require(streams, everything)
    windows.save("data/windows.npz", streams)
    print(windows.describe(streams))


if __name__ == "__main__":
    run(main)
