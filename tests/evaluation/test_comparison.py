"""Models side by side, of which all predictions are known."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.evaluation import bootstrap as module_of_intervals
from nottingham.evaluation import comparison, scoring, targets, written
from nottingham.evaluation.metrics import Ratio
from nottingham.music.tune import Tune
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
ORIGIN = [{"corpus": "nottingham", "source": "a host", "version": "1", "substituted": None}]


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


TUNES = {
    id_: GRID.decode(tune(id_), Tune(id_, id_, meter, "C major", (), (), "here.abc"))
    for id_, meter in METERS.items()
}
"""As they are written: a note at each step, of the meters above."""


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
        name: {part: predicted(model, dataset, part) for part in (split.TRAIN, split.TEST)}
        for name, model in MODELS.items()
    }


def predicted(model, dataset, part):
    tokens = dataset.tunes(part)
    predictions = scoring.evaluate(model, {part: tokens}, seed=1)[part]
    of_notes = written.of_tunes(list(TUNES.values()), tokens, predictions.losses, GRID)
    return comparison.Part(targets.of_tunes(tokens, GRID), predictions, of_notes)


@pytest.fixture(scope="module")
def analyse(parts, dataset):
    """Analyse one model or all of them, also with other meters of the tunes."""

    def analyse(*models, tunes=TUNES):
        return {
            name: comparison.analysis(parts[name], dataset, tunes, list(TUNES.values()), seed=1)
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
            written.save(folder / f"{name} w.npz", parts[name][split.TEST].written, [*LENGTHS])
        found = {name: comparison.load_targets(folder / f"{name}.npz") for name in models}
        notes = {name: written.load(folder / f"{name} w.npz") for name in models}
        return comparison.differences(found, notes, seed=1)

    return compare


@pytest.fixture(scope="module")
def analysis(analyse, compare, dataset):
    datasets, models = {"windows": dataset}, {"windows": [*MODELS]}
    return comparison.gathered(analyse(), compare(*MODELS), datasets, models)


def test_a_record_by_hand(parts):
    record = comparison.record(parts["lstm"], "lstm", ORIGIN, GRID)
    about = ["model", "representation", "corpus", "substituted", "context"]
    assert list(record) == [*about, "train", "test"]
    assert record["representation"] == "grid"
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
    assert test["written_bits_per_note"] == test["bits_per_note"]  # from the 33rd step on
    # 182 steps of 5 (the last of 6 in part), 4, 6 and 8 measures after the fourth
    assert test["written_bits_per_measure"] == round(-np.log2(SURE) * 182 / 23, 4)
    assert test["notes_kept"] == 1.0
    assert test["calibration_error"] == round(1 - SURE, 4)
    assert test["familiar_log_loss"] == test["log_loss"]
    assert test["new_log_loss"] is None  # after 32 steps, all has come before
    assert test["rollout_accuracy"] == pytest.approx(SURE, abs=0.08)
    # the first of 32 tokens in each tune is like any of 89; each of the others is expected
    assert test["opening_log_loss"] == round((np.log(89) - 31 * np.log(SURE)) / 32, 4)
    assert record["train"] == test  # the same tunes


def test_a_record_is_of_the_model_that_it_names(parts):
    record = comparison.record(
        parts["copy"], "copy", [ORIGIN[0] | {"substituted": "NOT THE REAL TUNES"}], GRID
    )
    assert record["model"] == "copy"
    assert record["context"] == "tune"
    assert record["substituted"] is True
    assert record["test"]["accuracy"] == round(70 / 182, 4)
    assert record["test"]["log_loss"] == round(-(70 * np.log(SURE) + 112 * np.log(WRONG)) / 182, 4)


def test_all_can_be_written_as_json(parts, analysis):
    records = [comparison.record(parts[name], name, ORIGIN, GRID) for name in MODELS]
    for found in (analysis, *records):
        assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))


def test_intervals_follow_from_the_seed(analyse):
    assert analyse("lstm") == analyse("lstm")
    # so few tunes, so much alike, have the same intervals by any seed; these do not
    draw, tunes = np.random.default_rng(0), [tune("jigs/1")] * 12
    scores, _ = scoring.score_tunes(MODELS["ngram"], tunes)
    scores = replace(scores, log_prob=-draw.exponential(9, len(scores.hit)))
    losses = [draw.exponential(9, 70) for _ in tunes]
    rollout = Ratio(draw.exponential(9, 12), np.ones(12))
    asked = targets.of_tunes(tunes, GRID)
    predictions = scoring.Predictions("window", scores, losses, rollout, window=32)
    part = comparison.Part(asked, predictions)
    kept = {"tune": asked.tune, "log_loss": -scores.log_prob, "accuracy": scores.hit}
    rivals = {"gru": kept, "rnn": kept | {"log_loss": np.ones(len(asked.tune))}}
    notes = dict.fromkeys(rivals, (tuple(map(str, range(12))), rollout))
    notes["rnn"] = (notes["rnn"][0], Ratio(np.ones(12), np.ones(12)))
    one_group = np.zeros(12 * 38, int)

    def found(seed):
        sure = comparison.uncertainty(part, seed=seed)
        (pair,) = comparison.differences(rivals, notes, seed=seed)
        (group,) = comparison.by_group(part, one_group, seed=seed)
        names = ("log_loss", "opening_log_loss", "rollout_accuracy")
        others = [row["log_loss"]["interval"] for row in (pair, group)]
        others.append(pair["written_bits_per_note"]["interval"])
        return [*(sure[name] for name in names), *others]

    assert found(1) == found(1)
    assert all(one != other for one, other in zip(found(1), found(2), strict=True))


def test_every_figure_has_an_interval(parts, analysis):
    assert list(analysis["intervals"]) == ["train", "test"]
    for model in MODELS:
        figures = comparison.record(parts[model], model, ORIGIN, GRID)["test"]
        found = dict(analysis["intervals"]["test"][model])
        assert set(found) == set(figures) - {"targets"}
        for name in ("new_log_loss", "new_accuracy", "new_bits_per_note"):
            assert found.pop(name) is figures[name] is None
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
    bits = round(np.log2(HALF) - np.log2(SURE), 4)
    assert better["written_bits_per_note"] == {"value": bits, "interval": (bits, bits)}
    lost = 112 / 182
    assert worse["accuracy"] == {"value": round(-lost, 4), "interval": (-1.0, 0.0)}
    assert worse["log_loss"]["value"] == round(lost * (np.log(SURE) - np.log(WRONG)), 4)
    assert worse["log_loss"]["interval"] == (0.0, round(np.log(SURE / WRONG), 4))


def test_models_of_different_targets_are_compared_by_notes_alone():
    """As those of different representations; by nothing where the tunes differ too."""
    kept = {"tune": np.zeros(5, int), "log_loss": np.zeros(5), "accuracy": np.zeros(5)}
    found = {"tune-lstm": kept, "note-lstm": kept | {"tune": np.array([0, 0, 0, 1, 1])}}
    notes = {
        "tune-lstm": (("a", "b"), Ratio(np.array([4.0, 8.0]), np.array([2.0, 2.0]))),
        "note-lstm": (("a", "b"), Ratio(np.array([2.0, 6.0]), np.array([2.0, 2.0]))),
    }
    assert comparison.differences({"ngram": kept}, {"ngram": notes["note-lstm"]}, seed=1) == []
    (row,) = comparison.differences(found, notes, seed=1)
    assert list(row) == ["model", "rival", "written_bits_per_note"]
    assert row["written_bits_per_note"] == {"value": -1.0, "interval": (-1.0, -1.0)}
    others = notes | {"note-lstm": (("a", "c"), notes["note-lstm"][1])}
    with pytest.raises(InputError, match="note-lstm and tune-lstm were evaluated on different tu"):
        comparison.differences(found, others, seed=1)


def test_the_gathered_analysis_is_that_of_each_model(analyse, analysis):
    assert analysis["representation"] == {"windows": GRID.settings()}
    assert analysis["tunes"]["windows"][2] == "test: 5 tunes, 182 targets"
    for model, alone in analyse().items():
        assert analysis["reliability"][model] == alone["reliability"]
        for part in ("train", "test"):
            assert analysis["intervals"][part][model] == alone["intervals"][part]
        for name, groups in alone["groups"].items():
            assert [row["models"][model] | {k: row[k] for k in ("group", "tunes", "targets")}
                    for row in analysis["groups"]["windows"][name]] == groups  # fmt: skip
        for name, groups in alone["written"].items():
            assert [row["models"][model] | {k: row[k] for k in ("group", "tunes", "notes")}
                    for row in analysis["written"][name]] == groups  # fmt: skip


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
    groups = analysis["groups"]["windows"]
    reels, jigs = groups["meter"]
    assert (reels["group"], reels["tunes"], reels["targets"]) == ("4/4", 2, 112)
    assert (jigs["group"], jigs["tunes"], jigs["targets"]) == ("6/8", 2, 70)
    assert jigs["models"]["copy"]["accuracy"] == {"value": 1.0, "interval": (1.0, 1.0)}
    lost = round(-np.log(WRONG), 4)
    assert reels["models"]["copy"]["log_loss"] == {"value": lost, "interval": (lost, lost)}
    assert reels["models"]["lstm"]["log_loss"]["value"] == round(-np.log(SURE), 4)
    for kind, names in {"family": ["jigs", "reels"], "dance": ["jig", "reel"]}.items():
        assert [group["group"] for group in groups[kind]] == names
        assert [group["models"] for group in groups[kind]] == [jigs["models"], reels["models"]]
    assert [group["group"] for group in groups["overlap"]] == ["50–100 %"]  # the same


def test_groups_of_written_music_by_hand(analysis):
    """All tunes count, also one that ends with the opening; notes from the fifth measure on do."""
    assert list(analysis["written"]) == ["meter", "dance", "family", "overlap"]
    jigs, reels = analysis["written"]["dance"]
    assert (jigs["group"], jigs["tunes"], jigs["notes"]) == ("jig", 3, 38 + 0 + 32)
    assert (reels["group"], reels["tunes"], reels["notes"]) == ("reel", 2, 48 + 64)
    sure, lost = (round(-np.log2(chance), 4) for chance in (SURE, WRONG))
    for group, bits in ((jigs, sure), (reels, lost)):
        figure = {"value": bits, "interval": (bits, bits)}
        assert group["models"]["copy"]["written_bits_per_note"] == figure


def test_steps_of_the_measure_count_from_one(analysis):
    groups = analysis["groups"]["windows"]["position"]
    assert [group["group"] for group in groups] == list(range(1, 9))
    assert [group["tunes"] for group in groups] == [4] * 8
    # of 38, 32, 48 and 64 targets, each from the start of a measure on
    assert [group["targets"] for group in groups] == [23] * 6 + [22] * 2
    hits = sum(group["models"]["copy"]["accuracy"]["value"] * group["targets"] for group in groups)
    assert hits == pytest.approx(70, abs=0.02)


OTHER_METERS = TUNES | {"jigs/3": replace(TUNES["jigs/3"], meter="9/8")}


def test_a_group_of_one_tune_has_no_interval(analyse):
    groups = analyse("copy", tunes=OTHER_METERS)["copy"]["groups"]["meter"]
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
    others = OTHER_METERS | {"jigs/1": replace(TUNES["jigs/1"], meter="12/8")}
    groups = analyse("copy", tunes=others)["copy"]["groups"]["meter"]
    assert [(group["group"], group["tunes"]) for group in groups] == [
        ("4/4", 2), ("others", 2),
    ]  # fmt: skip


def test_a_tune_that_was_not_read_is_named(analyse):
    with pytest.raises(InputError, match="tune jigs/3 of the token streams is not among the tu"):
        analyse("copy", tunes={id_: TUNES[id_] for id_ in TUNES if id_ != "jigs/3"})
