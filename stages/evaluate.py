"""Evaluate the models named on the command line: metrics, results table, plots."""

import sys
from pathlib import Path

from nottingham import models, params
from nottingham.corpus import provenance
from nottingham.encoding import windows
from nottingham.evaluation import results, scoring
from nottingham.files import write_json, write_text
from nottingham.models import devices
from stages import run


def main() -> None:
    """Run the stage."""
    devices.use_all_cores()
    settings = params.load().evaluate
    streams = windows.load("data/windows.npz")
    origin = provenance.read(Path("data/raw"))
    metrics, by_position = {}, {}
    for name in sys.argv[1:]:
        model = models.load(f"models/{name}")
        scores, by_position[name] = scoring.evaluate(
            model, streams, seed=settings.seed, progress=name
        )
        corpus = {"corpus": origin["corpus"], "substituted": bool(origin["substituted"])}
        metrics[name] = {"model": name, **corpus, **scores}
        write_json(f"reports/metrics/{name}.json", metrics[name])
    write_text("reports/results.md", results.markdown(metrics, origin, streams))
    results.write_by_position("reports/plots/log_loss_by_position.csv", by_position)
    results.draw(metrics, "reports/plots/models.png")
    provenance.warn_if_substituted(origin)


if __name__ == "__main__":
    run(main)
