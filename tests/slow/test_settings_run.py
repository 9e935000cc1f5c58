"""Settings that are allowed, changed several at once and run for real: done, or refused early."""

import pytest
import yaml

from tests.test_pipeline import MODELS, NETWORKS, make_project, run, run_all

pytestmark = pytest.mark.slow

RUNS = {
    "finest grid, everything played": {
        "window.steps_per_measure": 96,
        "parse.jumps": "leave",
        "train.lstm.segment": 4096,
        "sample.temperature": 100,
        "sample.temperature_continued": 100,
        "sample.top_p": 1,
        "sample.guidance": 10,
    },
    "coarsest grid": {"window.steps_per_measure": 1, "train.lstm.segment": 2},
    "smallest network": {
        "train.lstm.units": 1,
        "train.lstm.embedding": 1,
        "train.lstm.batch": 1,
        "train.lstm.learning_rate": 1,
    },
    "plain tanh": {
        "train.lstm.cell": "tanh",
        "train.lstm.objective": "last-step",
        "train.lstm.intervals": False,
        "train.lstm.lookbacks": [],
        "train.lstm.longest_match": False,
        "train.lstm.metrical_position": False,
    },
    "half precision, much noise": {
        "train.lstm.precision": "bfloat16",
        "train.lstm.dropout": 0.999,
        "train.lstm.transpose": 24,
        "train.lstm.keep": "last",
    },
    "whole tunes, without phrases": {
        "train.lstm.context": "tune",
        "train.lstm.phrase": 0,
        "train.lstm.lookbacks": [1, 64],
    },
    "whole tunes, long phrases": {"train.lstm.context": "tune", "train.lstm.phrase": 64},
    "notes in every key, without a header": {
        "window.relative_pitch": False,
        "train.note-lstm.header": [],
        "train.note-lstm.measures_to_go": False,
        "train.note-lstm.section": 0,
        "train.note-lstm.phrase": 0,
    },
    "notes within a window": {
        "train.note-lstm.context": "window",
        "train.note-lstm.header": ["dance", "meter", "tonic", "mode", "measures"],
        "train.note-lstm.phrase": 0,
        "train.note-lstm.measures_to_go": False,
        "train.note-lstm.section": 0,
        "train.note-lstm.transpose": 24,
        "sample.from_nothing": ["note-lstm"],
    },
    "segments longer than all tunes together": {"train.note-lstm.segment": 4096},
    "samples longer than any tune": {"sample.measures": 512},
    "least counts": {"ngram.max_order": 1, "ngram.smoothing": [1e-9, 1e9]},
    "few samples, coldest": {
        "sample.tunes": 1,
        "sample.measures": 5,
        "sample.new": 1,
        "sample.from_nothing": [],
        "sample.temperature": 0.01,
        "sample.temperature_continued": 0.01,
        "sample.top_p": 1e-6,
        "sample.guidance": 0,
        "listen.tunes": 1,
        "listen.pairs": 0,
    },
    "another split": {
        "window.split_file": None,
        "window.split": "random",
        "window.train_share": 0.5,
        "window.valid_share": 0.5,
        "window.seed": 7,
    },
}


@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_what_is_allowed_runs_or_is_refused_before_any_work(tmp_path, changes):
    project = make_project(tmp_path / "project")
    settings = yaml.safe_load((project / "params.yaml").read_text())
    for key, value in changes.items():
        section = settings
        *path, last = key.split(".")
        for part in path:
            section = section[part]
        section[last] = value
    (project / "params.yaml").write_text(yaml.safe_dump(settings))
    run_all(project, ["download", "parse"])
    done = run(project, "window")
    if done.returncode:
        assert done.stderr.startswith("error: "), done.stderr
        assert any(key in done.stderr for key in changes), done.stderr
        return
    of_models = [
        f"{stage} {model}" for stage in ("evaluate", "sample", "judge") for model in MODELS
    ]
    trainings = [f"train_flax_lstm {network}" for network in NETWORKS]
    run_all(project, ["fit_ngram", *trainings, *of_models, "report", "listen"])
