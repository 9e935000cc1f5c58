"""Put the corpora into data/raw, verified, with their provenance."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import sources
from stages import run


def main() -> None:
    """Run the stage."""
    settings = params.load().download
    for record in sources.fetch(settings.corpora, Path("data/raw"), archive=settings.archive):
        print(f"{record['corpus']}: {len(record['files'])} files from {record['source']}")


if __name__ == "__main__":
    run(main)
