"""Read the corpus's notation into data/tunes.jsonl."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import collection, provenance
from nottingham.corpus.tune import write_tunes
from nottingham.files import write_json
from stages import run


def main() -> None:
    """Run the stage."""
    settings = params.load().parse
    raw = Path("data/raw")
    found = collection.find_notation(raw / provenance.read(raw)["notation"])
    tunes, report = collection.sort_out(collection.read_all(found, progress="parse"))
    write_json("reports/parse.json", report)
    collection.check_skipped(report, settings.max_skipped_share)
    write_tunes("data/tunes.jsonl", tunes)


if __name__ == "__main__":
    run(main)
