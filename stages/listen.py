"""Write the listening page: reports/index.html and reports/samples."""

from pathlib import Path

from nottingham import params
from nottingham.generation import samples
from nottingham.listening import selection
from nottingham.listening.page import write_page
from nottingham.listening.page_data import PageData
from nottingham.models.names import REAL
from nottingham.music.tune import read_named
from nottingham.reporting import schemas
from stages import run


def main() -> None:
    """Run the stage; the first model of the blind test measures the surprisal of real tunes."""
    settings = params.load()
    listen = settings.required("listen")
    originality = schemas.originality("reports/originality.json")["sets"]
    names = [name for name in originality if name in settings.models]
    found = {name: samples.load(f"data/samples/{name}") for name in names}
    ids = [tune.id for tune in found[names[0]].continued]
    tested = read_named("data/parts/test.jsonl", ids)
    gathered = samples.gather(found, tested, settings.sample.measures)
    chosen = selection.draw(gathered, names, listen)
    judge = listen.blind[0]
    bits = {name: one.bits for name, one in found.items()} | {REAL: found[judge].real_bits}
    data = PageData(
        samples=gathered,
        tunes=tested,
        bits={name: [rows[index] for index in chosen.shown] for name, rows in bits.items()},
        judge=judge,
        synthesizer=listen.sound,
        matches={name: judged["tunes"] for name, judged in originality.items()},
    )
    write_page(Path("reports"), chosen, data)


if __name__ == "__main__":
    run(main)
