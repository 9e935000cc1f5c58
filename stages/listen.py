"""Write the listening page: reports/index.html and reports/samples."""

from pathlib import Path

from nottingham import params
from nottingham.dataset import streams
from nottingham.generation import samples
from nottingham.listening import selection
from nottingham.listening.page import write_page
from nottingham.listening.page_data import PageData
from nottingham.models.names import REAL
from nottingham.music.tune import read_named
from nottingham.reporting import schemas
from stages import run


def main() -> None:
    """Run the stage; the last model of the report measures the surprisal of real tunes."""
    settings, dataset = params.load().listen, streams.load("data/windows.npz")
    originality = schemas.originality("reports/originality.json")["sets"]
    names = [name for name in originality if name != REAL]
    found = {name: samples.load(f"data/samples/{name}.npz", dataset) for name in names}
    gathered = samples.gather(dataset, found)
    chosen = selection.draw(gathered, names, settings)
    shown = list(chosen.shown)
    data = PageData(
        samples=gathered,
        tunes=read_named("data/parts/test.jsonl", gathered.ids),
        representation=dataset.representation,
        bits={name: one.bits[shown].tolist() for name, one in found.items()}
        | {REAL: found[names[-1]].real_bits[shown].tolist()},
        judge=names[-1],
        synthesizer=settings.sound,
        matches={name: judged["tunes"] for name, judged in originality.items()},
    )
    write_page(Path("reports"), chosen, data)


if __name__ == "__main__":
    run(main)
