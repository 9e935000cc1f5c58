"""Models side by side, of which all predictions are known."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.evaluation import bootstrap as module_of_intervals
from nottingham.evaluation import comparison, scoring, targets
from nottingham.evaluation.metrics import Ratio
from nottingham.representation import Grid
from tests.known_model import KnownModel, expecting

GRID = Grid(8)

JIG, REEL = 1, 11
"""The first tokens of the tunes: a jig is 1 2 … 8 1 2 … 8 and so on, a reel 11 12 … 18 11 …"""

METERS = {
    "jigs/1": "6/8",
    "jigs/2": "6/8",
    "jigs/3": "6/8",
    "reelsa-c/1": "4/4",
    "reelsd-g/9": "4/4",
}
LENGTHS = {"jigs/1": 70, "jigs/2": 32, "jigs/3": 64, "reelsa-c/1": 80, "reelsd-g/9": 96}
ORIGIN = {"corpus": "nottingham", "source": "a host", "version": "1", "substituted": None}


def knowing(jig, reel, context="window"):
    """Return a model that expects the next token with one probability in jigs, another in reels."""
    chances = {JIG: jig, REEL: reel}

    def rule(before):
        if not before.size:
            return np.full((len(before), 89), 1 / 89)
        first = before[:, 0]
        return expecting(
            first + before.shape[1] % 8, np.array([chances[t] for t in first.tolist()])
        )

    return KnownModel(rule, context=context)


HALF, SURE, WRONG = 0.55, 0.95, 0.001

MODELS = {
    "ngram": knowing(HALF, HALF),
    "lstm": knowing(SURE, SURE),
    "copy": knowing(SURE, WRONG, context="tune"),
}


@pytest.fixture(scope="module", autouse=True)
def few_tunes_are_enough():
    """So that figures can be known by hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "LEAST_TUNES", 1)
        patch.setattr(module_of_intervals, "LEAST_TUNES", 2)
        yield


def tune(id_):
    first = JIG if id_.startswith("jigs") else REEL
    return (np.arange(LENGTHS[id_]) % 8 + first).astype(np.uint8)


@pytest.fixture(scope="module")
def dataset():
    """Of each tune one to train and one to test; jigs/2 has no targets."""
    places = np.array([split.TRAIN] * 5 + [split.TEST] * 5, np.uint8)
    tunes = [tune(id_) for id_ in LENGTHS] * 2
    return streams.join(tunes, split=places, ids=[*LENGTHS] * 2, representation=GRID)


@pytest.fixture(scope="module")
def parts(dataset):
    """Return the parts of each model."""
    return {
        name: {
            part: comparison.Part(
                targets.of_tunes(dataset.tunes(part), GRID),
                scoring.evaluate(model, {part: dataset.tunes(part)}, seed=1)[part],
            )
            for part in (split.TRAIN, split.TEST)
        }
        for name, model in MODELS.items()
    }


@pytest.fixture(scope="module")
def analyse(parts, dataset):
    """Analyse one model or all of them by the meters of the tunes."""

    def analyse(*models, meters=METERS):
        return {
            name: comparison.analysis(parts[name], dataset, meters, seed=1)
            for name in models or MODELS
        }

    return analyse


@pytest.fixture(scope="module")
def compare(parts, tmp_path_factory):
    """Compare models by what is left of them on disk."""
    folder = tmp_path_factory.mktemp("evaluated")

    def compare(*models):
        for name in models:
            comparison.save_targets(folder / f"{name}.npz", parts[name][split.TEST])
        found = {name: comparison.load_targets(folder / f"{name}.npz") for name in models}
        return comparison.differences(found, seed=1)

    return compare


@pytest.fixture(scope="module")
def analysis(analyse, compare, dataset):
    return comparison.gathered(analyse(), compare(*MODELS), dataset)


def test_a_record_by_hand(parts):
    record = comparison.record(parts["lstm"], "lstm", ORIGIN)
    assert list(record) == ["model", "corpus", "substituted", "context", "train", "test"]
    assert (record["model"], record["corpus"], record["context"]) == (
        "lstm",
        "nottingham",
        "window",
    )
    assert record["substituted"] is False
    test = record["test"]
    assert test["targets"] == 38 + 32 + 48 + 64
    assert test["log_loss"] == round(-np.log(SURE), 4)
    assert test["accuracy"] == test["change_accuracy"] == 1.0
    assert test["sampled_accuracy"] == SURE
    assert test["bits_per_note"] == round(-np.log2(SURE), 4)  # each step begins a note
    assert test["calibration_error"] == round(1 - SURE, 4)
    assert test["familiar_log_loss"] == test["log_loss"]
    assert test["new_log_loss"] is None  # after 32 steps, all has come before
    assert test["rollout_accuracy"] == pytest.approx(SURE, abs=0.08)
    # the first of 32 tokens in each tune is like any of 89; each of the others is expected
    assert test["opening_log_loss"] == round((np.log(89) - 31 * np.log(SURE)) / 32, 4)
    assert record["train"] == test  # the same tunes


def test_a_record_is_of_the_model_that_it_names(parts):
    record = comparison.record(
        parts["copy"], "copy", ORIGIN | {"substituted": "NOT THE REAL TUNES"}
    )
    assert record["model"] == "copy"
    assert record["context"] == "tune"
    assert record["substituted"] is True
    assert record["test"]["accuracy"] == round(70 / 182, 4)
    assert record["test"]["log_loss"] == round(-(70 * np.log(SURE) + 112 * np.log(WRONG)) / 182, 4)


def test_all_can_be_written_as_json(parts, analysis):
    for found in (analysis, *(comparison.record(parts[name], name, ORIGIN) for name in MODELS)):
        assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))


def test_intervals_follow_from_the_seed(analyse):
    assert analyse("lstm") == analyse("lstm")
    # so few tunes, so much alike, have the same intervals by any seed; these do not
    draw, tunes = np.random.default_rng(0), [tune("jigs/1")] * 12
    scores, _ = scoring.score_tunes(MODELS["ngram"], tunes)
    scores = replace(scores, log_prob=-draw.exponential(9, len(scores.hit)))
    losses = Ratio(draw.exponential(9, 12), np.ones(12))
    asked = targets.of_tunes(tunes, GRID)
    part = comparison.Part(asked, scoring.Predictions("window", scores, losses, losses))
    kept = {"tune": asked.tune, "log_loss": -scores.log_prob, "accuracy": scores.hit}
    rivals = {"gru": kept, "rnn": kept | {"log_loss": np.ones(len(asked.tune))}}
    one_group = np.zeros(12 * 38, int)

    def found(seed):
        sure = comparison.uncertainty(part, seed=seed)
        (pair,) = comparison.differences(rivals, seed=seed)
        (group,) = comparison.by_group(part, one_group, seed=seed)
        names = ("log_loss", "opening_log_loss", "rollout_accuracy")
        others = [row["log_loss"]["interval"] for row in (pair, group)]
        return [*(sure[name] for name in names), *others]

    assert found(1) == found(1)
    assert all(one != other for one, other in zip(found(1), found(2), strict=True))


def test_every_figure_has_an_interval(parts, analysis):
    assert list(analysis["intervals"]) == ["train", "test"]
    for model in MODELS:
        figures = comparison.record(parts[model], model, ORIGIN)["test"]
        found = dict(analysis["intervals"]["test"][model])
        assert set(found) == set(figures) - {"targets"}
        assert found.pop("new_log_loss") is found.pop("new_accuracy") is None
        for name, (low, high) in found.items():
            assert low <= figures[name] <= high, name


def test_intervals_are_as_wide_as_tunes_differ(analysis):
    """The lstm is as sure of all tunes; the copy of jigs only: some draws have no reels, or all."""
    test = analysis["intervals"]["test"]
    sure = round(-np.log(SURE), 4)
    assert test["lstm"]["log_loss"] == (sure, sure)
    assert test["copy"]["accuracy"] == (0.0, 1.0)
    low, high = test["lstm"]["rollout_accuracy"]
    assert 0.8 < low < high <= 1.0


def test_a_difference_is_the_first_less_the_second(analysis):
    pairs = [(pair["model"], pair["rival"]) for pair in analysis["differences"]]
    assert pairs == [("lstm", "ngram"), ("copy", "lstm")]
    better, worse = analysis["differences"]
    gained = round(np.log(HALF) - np.log(SURE), 4)
    assert gained < 0
    assert better["log_loss"] == {"value": gained, "interval": (gained, gained)}
    assert better["accuracy"] == {"value": 0.0, "interval": (0.0, 0.0)}
    lost = 112 / 182
    assert worse["accuracy"] == {"value": round(-lost, 4), "interval": (-1.0, 0.0)}
    assert worse["log_loss"]["value"] == round(lost * (np.log(SURE) - np.log(WRONG)), 4)
    assert worse["log_loss"]["interval"] == (0.0, round(np.log(SURE / WRONG), 4))


def test_models_of_different_targets_are_not_compared():
    kept = {"tune": np.zeros(5, int), "log_loss": np.zeros(5), "accuracy": np.zeros(5)}
    others = kept | {"tune": np.array([0, 0, 0, 1, 1])}
    assert comparison.differences({"ngram": kept}, seed=1) == []
    with pytest.raises(InputError, match="lstm and ngram were evaluated on different targets; ev"):
        comparison.differences({"ngram": kept, "lstm": others}, seed=1)


def test_the_gathered_analysis_is_that_of_each_model(analyse, analysis):
    assert analysis["representation"] == GRID.settings()
    assert analysis["tunes"][2] == "test: 5 tunes, 182 targets"
    for model, alone in analyse().items():
        assert analysis["reliability"][model] == alone["reliability"]
        for part in ("train", "test"):
            assert analysis["intervals"][part][model] == alone["intervals"][part]
        for name, groups in alone["groups"].items():
            assert [row["models"][model] | {k: row[k] for k in ("group", "tunes", "targets")}
                    for row in analysis["groups"][name]] == groups  # fmt: skip


def test_targets_come_back_from_disk(tmp_path, parts):
    """Of jigs every step is expected, of reels none: 38 + 32 and 48 + 64 targets."""
    comparison.save_targets(tmp_path / "t.npz", parts["copy"][split.TEST])
    found = comparison.load_targets(tmp_path / "t.npz")
    assert set(found) == {"tune", "log_loss", "accuracy"}
    assert np.unique(found["tune"], return_counts=True)[1].tolist() == [38, 32, 48, 64]
    assert found["accuracy"].tolist() == [1] * 70 + [0] * 112
    losses = [-np.log(SURE)] * 70 + [-np.log(WRONG)] * 112
    assert found["log_loss"] == pytest.approx(np.array(losses))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"log_loss": np.zeros(4)}, "its arrays are of different targets"),
        ({"tune": np.zeros((5, 1), int)}, "its arrays are of different targets"),
        (dict.fromkeys(("tune", "log_loss", "accuracy"), np.zeros((5, 2))), "of different targets"),
        ({"accuracy": None}, "accuracy"),
        ({"accuracy": np.array([None] * 5)}, ""),
        (b"no file", ""),
        (None, ""),
    ],
)
def test_damaged_targets_are_refused(tmp_path, change, said):
    whole = {"tune": np.zeros(5, int), "log_loss": np.zeros(5), "accuracy": np.zeros(5)}
    if isinstance(change, dict):
        found = {name: array for name, array in (whole | change).items() if array is not None}
        np.savez(tmp_path / "t.npz", **found)
    elif change:
        (tmp_path / "t.npz").write_bytes(change)
    with pytest.raises(InputError, match=rf"t\.npz: .*{said}.*; make it again: dvc repro evaluate"):
        comparison.load_targets(tmp_path / "t.npz")


def test_groups_by_hand(analysis):
    reels, jigs = analysis["groups"]["meter"]
    assert (reels["group"], reels["tunes"], reels["targets"]) == ("4/4", 2, 112)
    assert (jigs["group"], jigs["tunes"], jigs["targets"]) == ("6/8", 2, 70)
    assert jigs["models"]["copy"]["accuracy"] == {"value": 1.0, "interval": (1.0, 1.0)}
    lost = round(-np.log(WRONG), 4)
    assert reels["models"]["copy"]["log_loss"] == {"value": lost, "interval": (lost, lost)}
    assert reels["models"]["lstm"]["log_loss"]["value"] == round(-np.log(SURE), 4)
    families = analysis["groups"]["family"]
    assert [group["group"] for group in families] == ["jigs", "reels"]
    assert families[0]["models"] == jigs["models"]
    assert families[1]["models"] == reels["models"]
    assert [group["group"] for group in analysis["groups"]["overlap"]] == ["50–100 %"]  # the same


def test_steps_of_the_measure_count_from_one(analysis):
    groups = analysis["groups"]["position"]
    assert [group["group"] for group in groups] == list(range(1, 9))
    assert [group["tunes"] for group in groups] == [4] * 8
    # of 38, 32, 48 and 64 targets, each from the start of a measure on
    assert [group["targets"] for group in groups] == [23] * 6 + [22] * 2
    hits = sum(group["models"]["copy"]["accuracy"]["value"] * group["targets"] for group in groups)
    assert hits == pytest.approx(70, abs=0.02)


def test_a_group_of_one_tune_has_no_interval(analyse):
    groups = analyse("copy", meters=METERS | {"jigs/3": "9/8"})["copy"]["groups"]["meter"]
    assert [group["group"] for group in groups] == ["4/4", "6/8", "9/8"]
    assert groups[2]["tunes"] == 1
    assert groups[2]["accuracy"] == {"value": 1.0, "interval": None}


def test_reliability_is_the_share_of_hits_by_confidence(analysis):
    found = {
        model: {i: tuple(point.values()) for i, point in enumerate(points) if point is not None}
        for model, points in analysis["reliability"].items()
    }
    wrong = round((1 - WRONG) / 88, 4)
    assert found == {
        "ngram": {5: (HALF, 1.0)},
        "lstm": {9: (SURE, 1.0)},
        "copy": {0: (wrong, 0.0), 9: (SURE, 1.0)},
    }


def test_groups_of_few_tunes_are_put_together(analyse, monkeypatch):
    monkeypatch.setattr(comparison, "LEAST_TUNES", 2)
    groups = analyse("copy", meters=METERS | {"jigs/3": "9/8"})["copy"]["groups"]["meter"]
    assert [(group["group"], group["tunes"]) for group in groups] == [
        ("4/4", 2), ("others", 2),
    ]  # fmt: skip


def test_a_tune_without_a_meter_is_named(analyse):
    with pytest.raises(InputError, match="tune jigs/3 of the token streams is not among the tu"):
        analyse("copy", meters={id_: METERS[id_] for id_ in METERS if id_ != "jigs/3"})
