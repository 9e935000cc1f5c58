"""Read the notation of the corpora into data/tunes.jsonl."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import collection, verification
from nottingham.music.tune import write_tunes
from stages import run


def main() -> None:
    """Run the stage."""
    settings = params.load().parse
    results = collection.read_corpora(
        verification.corpora(Path("data/raw")),
        melody_track=settings.melody_track,
        jumps=settings.jumps == "play",
        scheduler=settings.scheduler,
        progress="parse",
    )
    tunes = collection.keep(
        results, report="reports/parse.json", max_skipped_share=settings.max_skipped_share
    )
    write_tunes("data/tunes.jsonl", tunes)


if __name__ == "__main__":
    run(main)
