"""Gather the figures of all models: the tables, documents and plots of reports/."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import streams
from nottingham.evaluation import comparison, generated
from nottingham.files import write_json, write_text
from nottingham.reporting import generated_report, plots, results, schemas, studies
from stages import run


def main() -> None:
    """Run the stage."""
    reports, data, everything = Path("reports"), Path("data"), params.load()
    dataset, origin = streams.load(data / "windows.npz"), provenance.read(data / "parts")
    metrics = results.in_order(
        [schemas.metrics(reports / "metrics" / f"{name}.json") for name in everything.models]
    )
    folders = {name: data / "evaluated" / name for name in metrics}
    analysis = comparison.gathered(
        {name: schemas.analysis(folder / "analysis.json") for name, folder in folders.items()},
        comparison.differences(
            {name: comparison.load_targets(f / "targets.npz") for name, f in folders.items()},
            seed=everything.evaluate.seed,
        ),
        dataset,
    )
    judged = {name: schemas.judged(data / "judged" / f"{name}.json") for name in metrics}
    originality, music = generated.gathered(judged)
    for name, document in (("analysis", analysis), ("originality", originality), ("music", music)):
        write_json(reports / f"{name}.json", document)
    length = dataset.representation.window + everything.sample.steps
    text = generated_report.markdown(
        originality,
        music,
        origin,
        measures=length // dataset.representation.measure_ticks,
        temperature=everything.sample.temperature,
    )
    write_text(reports / "generated.md", text)
    found = results.Findings(metrics, analysis, origin, studies.load(reports / "studies"))
    write_text(reports / "results.md", results.markdown(found))
    plots.write(found, reports / "plots")
    provenance.warn_if_substituted(origin)


if __name__ == "__main__":
    run(main)
