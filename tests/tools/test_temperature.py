"""The temperature and length that samples have, and what they were chosen by."""

import csv
from dataclasses import fields

import numpy as np
import pytest

from nottingham import params
from nottingham.dataset import split, streams
from nottingham.evaluation import distribution_distance
from nottingham.models.counting.baselines import Uniform
from nottingham.music.tune import write_tunes
from tests.closure import ROOT
from tests.jigs import GRID, jig
from tools.studies import temperature


def value(text):
    return None if text == "" else float(text)


@pytest.fixture(scope="module")
def committed():
    with (ROOT / temperature.FILE).open() as file:
        return [
            temperature.Row(
                int(row.pop("measures")),
                row.pop("model"),
                **{name: value(text) for name, text in row.items()},
            )
            for row in csv.DictReader(file)
        ]


def test_the_table_of_the_docs_is_the_one_that_was_found(committed):
    text = (ROOT / "docs" / "generation.md").read_text()
    assert temperature.markdown(committed) in text, "run: make temperature"


def test_the_temperature_is_the_one_with_the_likest_intervals_and_durations(committed):
    sample = params.load(ROOT / "params.yaml").sample
    measures = (GRID.window + sample.steps) // 8
    rows = [r for r in committed if (r.model, r.measures) == ("tune-lstm", measures)]
    best = max(rows, key=lambda row: row.interval + row.duration)
    assert best.temperature == sample.temperature


def test_validation_tunes_are_continued_and_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tunes = [jig(number) for number in range(24)]
    write_tunes(tmp_path / "data" / "tunes.jsonl", tunes)
    dataset = streams.join(
        [GRID.encode(tune) for tune in tunes],
        split=np.array([split.TRAIN] * 12 + [split.VALID] * 11 + [split.TEST], np.uint8),
        ids=[tune.id for tune in tunes],
        representation=GRID,
    )
    streams.save(tmp_path / "data" / "windows.npz", dataset)
    for name in ("ngram", "lstm", "tune-lstm"):
        Uniform(GRID).save(tmp_path / "models" / name)
    monkeypatch.setattr(temperature, "_STEPS", (32,))
    monkeypatch.setattr(temperature, "_TEMPERATURES", (0.7,))
    monkeypatch.setattr(temperature, "_SEEDS", (1, 2))
    monkeypatch.setattr(distribution_distance, "_DRAWS", 2)  # of intervals, which no row has
    temperature.main()
    with temperature.FILE.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [field.name for field in fields(temperature.Row)]
    assert len(rows) == 1 + 3
    assert rows[0]["model"] == "real"
    assert float(rows[0]["run"]) > float(rows[1]["run"])  # the tunes are all alike
    assert "| 8 | tune-lstm | 0.7 |" in capsys.readouterr().out
