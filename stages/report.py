"""Write what a reader opens: reports/results.md, and the tables and pictures of reports/plots."""

from pathlib import Path

from nottingham.corpus import provenance
from nottingham.files import write_text
from nottingham.reporting import plots, results, schemas, studies
from stages import run


def main(*names: str) -> None:
    """Run the stage."""
    reports = Path("reports")
    found = results.Findings(
        metrics={name: schemas.metrics(reports / "metrics" / f"{name}.json") for name in names},
        analysis=schemas.analysis(reports / "analysis.json", names),
        origin=provenance.read(Path("data/raw")),
        studies=studies.load(reports / "studies"),
    )
    write_text(reports / "results.md", results.markdown(found))
    plots.write_tables(found, reports / "plots")
    plots.draw_models(found, reports / "plots" / "models.png")
    plots.draw_closer(found, reports / "plots" / "closer.png")
    provenance.warn_if_substituted(found.origin)


if __name__ == "__main__":
    run(main, models="+")
