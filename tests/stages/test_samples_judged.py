"""Samples of a model that knows nothing, written and judged in a folder of toy tunes."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import generated
from nottingham.generation import samples
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.music.tune import Note, Tune, write_tunes
from nottingham.representation import Grid
from stages import judge, sample
from tests.closure import ROOT

TUNES, STEPS = 12, 40
GRID = Grid(8)


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
    """A folder in which the stages before have run, and then sample and judge."""
    folder = tmp_path_factory.mktemp("project")
    tunes = [tune(number, "D major" if number else "") for number in range(2 * TUNES)]
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["sample"] |= {"tunes": TUNES, "steps": STEPS}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    toys = {"corpus": "toys", "source": "here", "version": "", "licence": "", "notation": "ABC"}
    provenance.write(folder / "data" / "raw", toys | {"substituted": "TOYS ONLY", "files": {}})
    write_tunes(folder / "data" / "tunes.jsonl", tunes)
    dataset = streams.join(
        [GRID.encode(tune) for tune in tunes],
        split=np.array([split.TEST] * TUNES + [split.TRAIN] * TUNES, np.uint8),
        ids=[tune.id for tune in tunes],
        representation=GRID,
    )
    streams.save(folder / "data" / "windows.npz", dataset)
    Uniform(GRID).save(folder / "models" / "random")
    Hold.fit(dataset).save(folder / "models" / "hold")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        sample.main("random", "hold")
        judge.main()
    return folder


@pytest.fixture
def found(project):
    return samples.load(project / "data" / "samples.npz")


def report(project, name):
    return json.loads(Path(project, "reports", f"{name}.json").read_text())


def test_every_model_continues_every_test_tune(found):
    assert sorted(found.ids) == sorted(f"toys/{number}" for number in range(TUNES))
    assert list(found.tokens) == ["real", "random", "hold"]
    for tokens in found.tokens.values():
        assert tokens.shape == (TUNES, 32 + STEPS)
        assert np.array_equal(tokens[:, :32], found.tokens["real"][:, :32])


def test_models_write_their_own(found):
    assert not np.array_equal(found.tokens["random"], found.tokens["real"])
    assert not np.array_equal(found.tokens["random"], found.tokens["hold"])


def test_novelty_is_of_what_was_written(project):
    """Test tunes are training tunes here, and random steps are none."""
    judged = report(project, "novelty")
    runs = {name: found["run"]["median"] for name, found in judged["sets"].items()}
    assert runs["real"] == STEPS
    assert runs["random"] < 6
    first = judged["sets"]["real"]["tunes"][0]
    assert first["nearest"].startswith("Toy ")


def test_music_is_of_all_of_it(project):
    judged = report(project, "music")
    assert {name: found["tunes"] for name, found in judged.items()} == dict.fromkeys(
        ("real", "random", "hold"), TUNES
    )
    assert judged["real"]["likeness"] == {}
    for name in ("random", "hold"):
        for figures in judged[name]["likeness"].values():
            assert 0 <= figures["overlap"]["value"] <= 1


def test_each_tune_is_heard_in_its_key(found):
    numbers = [int(id_.removeprefix("toys/")) for id_ in found.ids]
    begun_as = [tune(n, "D major" if n else "") for n in numbers]
    (melodies,) = generated.melodies({"real": found.tokens["real"]}, begun_as, first=8).values()
    for melody, tokens in zip(melodies, found.tokens["real"], strict=True):
        assert np.array_equal(melody.tokens, tokens[8:])
        if melody.id != "toys/0":  # which names no key: one is found
            assert (melody.tonic, melody.minor) == (2, False)


def test_the_report_says_of_which_tunes_it_is(project):
    said = (project / "reports" / "generated.md").read_text()
    assert "> **TOYS ONLY**" in said
    assert f"{TUNES} tunes of 9 measures by each model" in said
    for name in ("real", "random", "hold"):
        assert f"\n| {name} | " in said
