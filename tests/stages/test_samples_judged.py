"""Models that know nothing, evaluated, sampled, judged and reported in a folder of toy tunes."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import generated
from nottingham.generation import samples
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.music.tune import Note, Tune, read_tunes, write_tunes
from nottingham.representation import Grid, Notes
from stages import evaluate, judge, report, sample
from tests.closure import ROOT

TUNES, MEASURES, STEPS = 12, 9, 40
MODELS = ("random", "hold", "note-ngram")
"""The last one counts nothing, but takes notes; both it and the first know nothing."""
SETS = ("real", "random", "hold", "real (notes)", "note-ngram")
GRID, NOTES = Grid(8), Notes()


def tune(number, key):
    """Make a tune of 10 measures of eighths, some up the scale and some down."""
    pitches = [62, 64, 66, 67, 69, 71, 73, 74][:: 1 if number % 2 else -1]
    notes = tuple(
        Note(Fraction(k, 2), Fraction(1, 2), pitches[(k * (number % 3 + 1) + number) % 8])
        for k in range(80)
    )
    return Tune(f"toys/{number}", f"Toy {number}", "4/4", key, notes, (), "toys.abc")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder in which the stages before have run, and then these."""
    folder = tmp_path_factory.mktemp("project")
    tunes = [tune(number, "D major" if number else "") for number in range(2 * TUNES)]
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["sample"] |= {"tunes": TUNES, "measures": MEASURES, "new": 2}
    settings["sample"] |= {"from_nothing": ["random", "note-ngram"]}
    settings["listen"] |= {"blind": list(MODELS)}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    toys = dict.fromkeys(("corpus", "source", "version", "licence", "credit", "notation"), "toys")
    toys |= {"roots": None, "substituted": "TOYS ONLY", "files": {}}
    provenance.write(folder / "data" / "parts", [toys])
    write_tunes(folder / "data" / "parts" / "test.jsonl", tunes[:TUNES])
    write_tunes(folder / "data" / "parts" / "train.jsonl", tunes[TUNES:])
    dataset = streams.join(
        [GRID.encode(tune) for tune in tunes],
        split=np.array([split.TEST] * TUNES + [split.TRAIN] * TUNES, np.uint8),
        ids=[tune.id for tune in tunes],
        representation=GRID,
    )
    streams.save(folder / "data" / "windows.npz", dataset)
    notes = streams.of_tunes(tunes, NOTES, split=dataset.split)
    streams.save(folder / "data" / "notes.npz", notes)
    Uniform(GRID).save(folder / "models" / "random")
    Uniform(NOTES).save(folder / "models" / "note-ngram")
    Hold.fit(dataset).save(folder / "models" / "hold")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(params.Params, "models", MODELS)
        for name in MODELS:
            evaluate.main(name)
            sample.main(name)
            judge.main(name)
        report.main()
    return folder


@pytest.fixture
def found(project):
    own = {m: samples.load(project / "data" / "samples" / m) for m in MODELS}
    tested = {t.id: t for t in read_tunes(project / "data" / "parts" / "test.jsonl")}
    return samples.gather(own, tested, MEASURES)


def read(project, name):
    return json.loads(Path(project, "reports", f"{name}.json").read_text())


def test_every_model_continues_every_test_tune(found):
    assert sorted(found.ids) == sorted(f"toys/{number}" for number in range(TUNES))
    assert list(found.tunes) == ["real", *MODELS]
    for tunes in found.tunes.values():
        for one, real in zip(tunes, found.tunes["real"], strict=True):
            assert one.end <= MEASURES * 4
            assert [n for n in one.notes if n.onset < 15] == [n for n in real.notes if n.onset < 15]


def test_models_write_their_own(project, found):
    for name in ("real", "hold"):
        assert found.tunes["random"] != found.tunes[name]
    for name in ("random", "note-ngram"):  # all tunes that it could learn from are in 4/4
        new = samples.load(project / "data" / "samples" / name).new
        assert [(tune.id, tune.meter) for tune in new] == [("reel/1", "4/4"), ("reel/2", "4/4")]
    assert not samples.load(project / "data" / "samples" / "hold").new


def test_models_of_notes_continue_at_a_temperature_of_their_own(project, monkeypatch):
    at = {}
    for stage in (sample, sample.compose):  # which continue test tunes, and write new ones
        name = "continued" if stage is sample else "of_each_dance"
        asked = getattr(stage, name)

        def follow(model, *given, name=name, asked=asked, **options):
            at[type(model.representation), name] = options["sampling"].temperature
            return asked(model, *given, **options)

        monkeypatch.setattr(stage, name, follow)
    monkeypatch.chdir(project)
    monkeypatch.setattr(params.Params, "models", MODELS)
    for name in ("random", "note-ngram"):
        sample.main(name)
    settings = params.load().sample
    assert at.pop((Notes, "continued")) == settings.temperature_continued != settings.temperature
    assert set(at) == {(Notes, "of_each_dance"), (Grid, "continued"), (Grid, "of_each_dance")}
    assert set(at.values()) == {settings.temperature}


def test_novelty_is_of_what_was_written(project):
    """Test tunes are training tunes here, and random steps are none."""
    judged = read(project, "originality")
    runs = {name: found["run"]["median"] for name, found in judged["sets"].items()}
    assert runs["real"] == STEPS
    assert runs["real (notes)"] == STEPS  # a note is one of a run, its duration with it
    assert runs["random"] < 6
    assert runs["note-ngram"] < 6
    first = judged["sets"]["real"]["tunes"][0]
    assert first["nearest"].startswith("Toy ")


def test_music_is_of_all_of_it(project):
    judged = read(project, "music")
    assert {name: found["tunes"] for name, found in judged.items()} == dict.fromkeys(SETS, TUNES)
    assert judged["real"]["distances"] == judged["real (notes)"]["distances"] == {}
    for name in MODELS:
        for figures in judged[name]["distances"].values():
            assert 0 <= figures["overlap"]["value"] <= 1


def test_each_tune_is_heard_in_its_key(found):
    numbers = [int(id_.removeprefix("toys/")) for id_ in found.ids]
    begun_as = [tune(n, "D major" if n else "") for n in numbers]
    real = {"real": found.tunes["real"]}
    (melodies,) = generated.melodies(real, begun_as, GRID, first=1).values()
    for melody, one in zip(melodies, found.tunes["real"], strict=True):
        assert np.array_equal(melody.tokens, GRID.encode(one)[8:])
        if melody.id != "toys/0":  # which names no key: one is found
            assert (melody.tonic, melody.minor) == (2, False)


def test_the_report_says_of_which_tunes_it_is(project):
    said = (project / "reports" / "generated.md").read_text()
    assert "> **TOYS ONLY**" in said
    assert f"{TUNES} tunes of 9 measures by each model" in said
    for name in SETS:
        assert f"\n| {name} | " in said


def test_each_measure_is_as_surprising_as_the_model_says(project):
    """Eight steps of 89 equally likely tokens tell 8 log₂ 89 bits."""
    one = samples.load(project / "data" / "samples" / "random")
    measures = np.full((TUNES, MEASURES), 8 * np.log2(89))
    assert np.array(one.bits) == pytest.approx(measures)
    assert np.array(one.real_bits) == pytest.approx(measures)
    # eight eighths, a pitch and a duration each; the header aside
    one = samples.load(project / "data" / "samples" / "note-ngram")
    of_notes = np.full((TUNES, MEASURES), 16 * np.log2(NOTES.vocabulary.size))
    assert np.array(one.real_bits) == pytest.approx(of_notes)


def test_a_model_that_knows_nothing_has_the_log_loss_of_chance(project):
    """Each of 89 tokens is as likely: ln 89 at every step, and 1 of 89 is a hit."""
    for part in ("train", "test"):
        metrics = read(project, "metrics/random")[part]
        assert metrics["log_loss"] == metrics["opening_log_loss"] == round(np.log(89), 4)
        assert metrics["accuracy"] == round(1 / 89, 4)
    # 48 notes from the fifth measure on, and an end
    size = NOTES.vocabulary.size
    test = read(project, "metrics/note-ngram")["test"]
    assert test["log_loss"] == round(np.log(size), 4)
    assert test["written_bits_per_note"] == round(np.log2(size) * 97 / 48, 4)
    assert test["notes_kept"] == 1


@pytest.mark.parametrize("model", MODELS)
def test_the_summary_of_a_model_is_of_the_test_tunes(project, model):
    names = {"accuracy", "written_bits_per_note", "log_loss", "opening_log_loss"}
    test = read(project, f"metrics/{model}")["test"]
    assert read(project, f"summary/{model}") == {name: test[name] for name in names}


@pytest.mark.parametrize("model", MODELS)
def test_the_summary_of_a_model_s_samples_is_what_is_reported_of_them(project, model):
    music, originality = read(project, "music")[model], read(project, "originality")["sets"][model]
    assert read(project, f"music/{model}") == {
        "cadences": music["figures"]["cadences"]["value"],
        "copied": originality["above_limit"],
        "repeats_8": music["figures"]["repeats_8"]["value"],
        "outside": read(project, "player")[model]["outside"],
        "two_sample": read(project, "player")[model]["two_sample_accuracy"],
    }


def test_the_analysis_is_of_all_models(project):
    found = read(project, "analysis")
    assert found["representation"] == {"windows": GRID.settings(), "notes": NOTES.settings()}
    for part in ("train", "test"):
        assert set(found["intervals"][part]) == set(MODELS)
    (meter,) = found["groups"]["windows"]["meter"]
    assert (meter["group"], meter["tunes"], meter["targets"]) == ("4/4", TUNES, TUNES * 48)
    assert [group["group"] for group in found["groups"]["notes"]["meter"]] == ["4/4"]
    (meter,) = found["written"]["meter"]
    assert (meter["tunes"], meter["notes"]) == (TUNES, TUNES * 48)
    assert set(meter["models"]) == set(MODELS)
    assert found["differences"] == []  # none is another's rival


def test_tables_and_pictures_are_written(project):
    reports = project / "reports"
    assert "> **TOYS ONLY**" in (reports / "results.md").read_text()
    assert {path.name for path in (reports / "plots").glob("*.png")} == {
        "closer.png", "groups.png", "models.png",
    }  # fmt: skip
