"""What is said of written tunes, beside real ones."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nottingham.evaluation import generated
from nottingham.evaluation.generated import Melody
from nottingham.evaluation.originality import Known
from nottingham.models.names import REAL
from nottingham.representation import Grid, Notes

DRAW = np.random.default_rng(0)
SCALE = np.array([40, 42, 44, 45, 47, 49, 51, 52], np.uint8)


def melody(name, tokens):
    return Melody(name, np.asarray(tokens, np.uint8), measure=8, tonic=0, minor=False)


def new(length=120):
    return DRAW.choice(SCALE, length)


TRAINING = [new() for _ in range(20)]


@pytest.fixture(scope="module")
def sets():
    """Real tunes and those of one model are new; another model copies half of each tune."""
    copied = [np.concatenate([TRAINING[i][:60] + 3, new(60)]) for i in range(20)]
    return {
        REAL: [melody(f"real/{i}", new()) for i in range(20)],
        "new": [melody(f"new/{i}", new()) for i in range(20)],
        "copied": [melody(f"copied/{i}", tokens) for i, tokens in enumerate(copied)],
    }


@pytest.fixture(scope="module")
def originality(sets):
    return generated.originality(sets, Known(TRAINING, Grid(8)), [f"Tune {i}" for i in range(20)])


def test_copies_are_beyond_what_real_tunes_share(originality):
    found = originality["sets"]
    assert found["copied"]["above_limit"] == 1
    assert found["copied"]["share"]["mean"] == pytest.approx(0.45, abs=0.06)
    assert found["new"]["above_limit"] <= 0.2
    assert found[REAL]["above_limit"] <= 0.1
    for place, tune in enumerate(found["copied"]["tunes"]):
        assert tune["id"] == f"copied/{place}"
        assert tune["nearest"] == f"Tune {place}"
        assert tune["above_limit"] is True
        assert tune["run"] > 40


def test_distributions_are_of_the_tunes(originality):
    for found in originality["sets"].values():
        runs = [tune["run"] for tune in found["tunes"]]
        assert (found["run"]["least"], found["run"]["most"]) == (min(runs), max(runs))
        assert found["run"]["median"] == np.median(runs)
        assert found["run"]["mean"] == pytest.approx(np.mean(runs), abs=1e-4)
    real = [tune["run"] for tune in originality["sets"][REAL]["tunes"]]
    assert originality["limit"]["run"] == pytest.approx(np.percentile(real, 95))


def test_figures_have_values_and_intervals(sets):
    found = generated.music(sets, representation=Grid(8), seed=1)
    assert list(found) == [REAL, "new", "copied"]
    assert found[REAL]["distances"] == {}
    for name in ("new", "copied"):
        assert set(found[name]["distances"]) == {"pitch_class", "interval", "duration"}
        for figure in found[name]["figures"].values():
            if figure["interval"]:
                assert figure["interval"][0] <= figure["value"] <= figure["interval"][1]
    assert found["new"]["tunes"] == 20
    assert found["new"]["figures"]["aabb"] == {"value": None, "interval": None}  # too short
    assert json.loads(json.dumps(found, allow_nan=False))


@pytest.mark.parametrize(("representation", "measure"), [(Grid(8), 8), (Notes(), 3 * 48)])
def test_melodies_are_measured_from_a_measure_on_in_the_key_of_the_real_one(
    make_tune, representation, measure
):
    """Whatever key a model names; of what has ended by then there is nothing to measure."""
    real = make_tune(*((k, 1, 60 + k) for k in range(12)), meter="3/4", key="E minor")
    short = replace(real, id="lstm/1", key="D major", notes=real.notes[:6])
    found = generated.melodies({REAL: [real], "lstm": [short]}, [real], representation, first=2)
    (whole,), (ended,) = found[REAL], found["lstm"]
    later = make_tune(*((k, 1, 66 + k) for k in range(6)), meter="3/4", key="E minor")
    assert np.array_equal(whole.tokens, representation.encode(later))
    assert (whole.id, whole.tonic, whole.minor) == ("book/1", 4, True)
    assert whole.measure == measure
    assert (ended.id, len(ended.tokens), ended.tonic) == ("book/1", 0, 4)
    ((one,),) = generated.melodies({"lstm": [short]}, [real], representation, first=1).values()
    assert len(representation.notes(one.tokens)) == 3


def test_the_summary_is_of_the_figures_of_one_model():
    def value(found):
        return {"value": found, "interval": None}

    names = ("cadences", "repeats_8", "steps")
    music = {
        model: {"figures": {name: value(shift + i) for i, name in enumerate(names)}}
        for model, shift in (("gru", 10), ("lstm", 20))
    }
    originality = {"sets": {"gru": {"above_limit": 0.25}, "lstm": {"above_limit": 0.125}}}
    judged = {"originality": originality, "music": music}
    judged |= {"player": {"new": {"outside": 3}}, "two_sample": {"new": {"accuracy": 0.75}}}
    expected = {"cadences": 20, "copied": 0.125, "repeats_8": 21}
    found = generated.summary(judged, "lstm")
    assert found == expected | {"outside": 3, "two_sample": 0.75}
    judged |= {"player": {"new": None}, "two_sample": {"new": None}}
    found = generated.summary(judged, "lstm")
    assert found == expected | {"outside": None, "two_sample": None}


def test_models_judged_one_by_one_are_as_those_judged_together(sets, originality):
    """Real tunes come first, and once more before the models that have them as notes."""
    known, titles = Known(TRAINING, Grid(8)), [f"Tune {i}" for i in range(20)]
    judged = {}
    for name in ("new", "copied"):
        some = {REAL: sets[REAL], name: sets[name]}
        judged[name] = {
            "originality": generated.originality(some, known, titles),
            "music": generated.music(some, representation=Grid(8), seed=1),
        }
    limit = {"run": 9.0, "share": 0.25}
    judged["notes"] = {
        "originality": {"limit": limit, "sets": {REAL: {"tunes": []}, "notes": {"tunes": [1]}}},
        "music": {REAL: {"tunes": 5}, "notes": {"tunes": 6}},
    }
    models = {"windows": ["new", "copied"], "notes": ["notes"]}
    found, music = generated.gathered(judged, models)
    assert list(found["sets"]) == list(music) == [REAL, "new", "copied", "real (notes)", "notes"]
    for name, own in originality["sets"].items():
        assert found["sets"][name] == own | {"limit": originality["limit"]}
    assert found["sets"]["real (notes)"] == {"tunes": [], "limit": limit}
    assert found["limit"] == found["sets"]["notes"]["limit"] == limit
    assert music["real (notes)"] == {"tunes": 5}
    together = generated.music(sets, representation=Grid(8), seed=1)
    assert {name: music[name] for name in together} == together
    found, _ = generated.gathered(judged, {"windows": ["new"], "notes": []})
    assert found["limit"] == originality["limit"]
