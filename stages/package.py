"""Put a model into the package, small, with its card: nottingham/pretrained/<name>."""

from pathlib import Path

from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.files import atomic_folder, read_json, write_json, write_text
from nottingham.generation import known
from nottingham.models import storage
from nottingham.reporting import model_card
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    data, dataset = Path("data"), streams.load("data/notes.npz")
    trained = dataset.tunes(split.TRAIN)
    headings = known.KnownHeadings.of(dataset.representation.heading(tokens) for tokens in trained)
    card = model_card.markdown(
        name,
        provenance.read(data / "parts"),
        headings.tunes,
        tested=len(dataset.indices(split.TEST)),
        metrics=read_json(Path(f"reports/metrics/{name}.json"), made_by="make pretrained"),
        analysis=read_json(data / "evaluated" / name / "analysis.json", made_by="make pretrained"),
        judged=read_json(data / "judged" / f"{name}.json", made_by="make pretrained"),
    )
    with atomic_folder(Path("../nottingham/pretrained") / name) as folder:
        storage.save_small(folder, f"models/{name}")
        write_json(folder / known.FILE, headings.to_json())
        write_text(folder / "README.md", card)


if __name__ == "__main__":
    run(main, models=1)
