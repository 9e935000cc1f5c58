"""Gather the figures of all models: the tables, documents and plots of reports/."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import streams
from nottingham.evaluation import comparison, generated, player, two_sample, written
from nottingham.files import write_json, write_text
from nottingham.generation import samples
from nottingham.generation.samples import GIVEN
from nottingham.models.sampling import SamplingConfig
from nottingham.music.measures import cut
from nottingham.music.tune import Tune, read_tunes
from nottingham.reporting import generated_report, player_report, plots, results, schemas, studies
from nottingham.reporting.findings import TOKENS, Findings, in_order
from stages import run


def main() -> None:
    """Run the stage."""
    reports, data, everything = Path("reports"), Path("data"), params.load()
    origin = provenance.read(data / "parts")
    metrics = in_order(
        [schemas.metrics(reports / "metrics" / f"{name}.json") for name in everything.models]
    )
    models = {
        tokens: [name for name in metrics if everything.tokens(name) == tokens]
        for tokens in TOKENS.values()
    }
    folders = {name: data / "evaluated" / name for name in metrics}
    analysis = _analysis(data, folders, models, seed=everything.evaluate.seed)
    judged = {name: schemas.judged(data / "judged" / f"{name}.json") for name in metrics}
    originality, music = generated.gathered(judged, models)
    sample = everything.sample
    tested = list(read_tunes(data / "parts" / "test.jsonl"))
    begun = samples.begin(tested, sample.tunes, measures=sample.measures, seed=sample.seed)
    real = [cut(tune, sample.measures) for tune in begun]
    control = two_sample.control(real, seed=sample.seed, from_measure=GIVEN)
    trained = list(read_tunes(data / "parts" / "train.jsonl"))
    seen = player_report.gathered(judged, control, _beside(trained, tested, seed=sample.seed))
    text = generated_report.markdown(
        originality,
        music,
        seen,
        origin,
        measures=sample.measures,
        sampling=SamplingConfig(sample.temperature, top_p=sample.top_p, guidance=sample.guidance),
        temperature_continued=sample.temperature_continued,
    )
    found = Findings(metrics, analysis, origin, studies.load(reports / "studies"))
    write_json(reports / "analysis.json", analysis)
    write_json(reports / "originality.json", originality)
    write_json(reports / "music.json", music)
    write_json(reports / "player.json", seen)
    write_text(reports / "generated.md", text)
    write_text(reports / "results.md", results.markdown(found))
    plots.write(found, reports / "plots")
    provenance.warn_if_substituted(origin)


def _beside(trained: Sequence[Tune], tested: Sequence[Tune], *, seed: int) -> dict[str, Any]:
    """Return of training tunes what `judge` does of a model's: they stand beside test tunes."""
    return {
        "player": {
            "new": player.compare(trained, tested, known_rhythms=None, seed=seed),
            "continued": None,
        },
        "two_sample": {"new": two_sample.by_dance(trained, tested, seed=seed), "continued": None},
    }


def _analysis(
    data: Path, folders: dict[str, Path], models: dict[str, list[str]], *, seed: int
) -> dict[str, Any]:
    return comparison.gathered(
        {name: schemas.analysis(folder / "analysis.json") for name, folder in folders.items()},
        comparison.differences(
            {name: comparison.load_targets(f / "targets.npz") for name, f in folders.items()},
            {name: written.load(f / "written.npz") for name, f in folders.items()},
            seed=seed,
        ),
        {tokens: streams.load(data / f"{tokens}.npz") for tokens in models},
        models,
    )


if __name__ == "__main__":
    run(main)
