"""Artifacts cut off, damaged and swapped: refused by name, with a command that makes them again."""

import json
import random
import re
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file

from nottingham import models
from nottingham.dataset import arrays, streams
from nottingham.errors import InputError
from nottingham.evaluation import comparison, written
from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.models import storage
from nottingham.representation import Grid
from tests.remotes.repository import dvc
from tests.slow.faults import MODEL, read_by_stages, refused
from tests.test_pipeline import outputs

pytestmark = pytest.mark.slow

CUTS, FLIPS = 12, 150
FETCHED = "data/raw/nottingham/ABC_cleaned"
KINDS = [
    "data/raw/provenance.json",
    f"{FETCHED}/three.abc",
    "data/tunes.jsonl",
    "data/parts/test.jsonl",
    "data/windows.npz",
    "data/notes.npz",
    f"data/samples/{MODEL}/continued.jsonl",
    f"data/samples/{MODEL}/new.jsonl",
    f"data/samples/{MODEL}/bits.json",
    f"data/evaluated/{MODEL}/analysis.json",
    f"data/evaluated/{MODEL}/targets.npz",
    f"data/evaluated/{MODEL}/written.npz",
    f"data/judged/{MODEL}.json",
    "models/lstm/weights.safetensors",
    "models/hold/settings.json",
    f"reports/metrics/{MODEL}.json",
    "reports/originality.json",
]
FOLDERS = ("data/samples", "data/evaluated", "models")
"""Of these DVC knows the folder of a model, of others the file."""


@pytest.fixture(scope="module")
def shared(ran, tmp_path_factory):
    """A copy for tests that put right what they damage."""
    return shutil.copytree(ran, tmp_path_factory.mktemp("shared") / "project")


def load(project, path):
    """Read an artifact as the stages do; give it, or the error's message."""
    try:
        if path.startswith("models/"):
            return models.load((project / path).parent), ""
        if path.endswith("targets.npz"):
            return comparison.load_targets(project / path), ""
        if path.endswith("written.npz"):
            ids, found = written.load(project / path)
            return {"ids": ids, "bits": found.values, "notes": found.counted}, ""
        if path.startswith("data/samples/"):
            return samples.load((project / path).parent), ""
        return streams.load(project / path), ""
    except InputError as error:
        return None, str(error)


def same(one, other):
    """Compare what an ``.npz`` held: a mapping of arrays, or a form that has arrays and more."""
    first, second = (found if isinstance(found, dict) else vars(found) for found in (one, other))
    return all(np.array_equal(value, second[name]) for name, value in first.items())


def flipped(content, place, bit):
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def test_whatever_is_cut_off_anywhere_is_refused(shared):
    """At the end, all but what is no part of the content: a last line's end.

    Of new tunes there may be none, or one line less.
    """
    draw, tried = random.Random(1), 0
    for stage, name in read_by_stages(shared):
        path = shared / name
        content = path.read_bytes()
        for cut in [0, *draw.sample(range(1, len(content) - 1), min(CUTS, len(content) - 2))]:
            if name.endswith("/new.jsonl") and (not cut or content[cut - 1 : cut] in b"}\n"):
                continue
            path.write_bytes(content[:cut])
            message = refused(shared, stage)
            remedy = "make studies" if "studies" in name else "dvc repro"
            split_of_other_tunes = stage == "window" and "splits/" in message
            assert name in message or split_of_other_tunes, f"{stage}, {cut}: {message}"
            assert remedy in message or "splits/" in message, f"{stage}, {cut}: {message}"
            tried += 1
        path.write_bytes(content)
    print(f"{tried} files cut off, each read by a stage")
    assert tried > 500


@pytest.mark.parametrize(
    "name",
    [
        "data/windows.npz",
        "data/notes.npz",
        "data/evaluated/lstm/targets.npz",
        "data/evaluated/lstm/written.npz",
        "models/ngram/weights.safetensors",
    ],
)
def test_a_flipped_bit_in_arrays_is_noticed_or_harmless(shared, name):
    """Zip files note the time and repeat themselves: what is not used may differ."""
    path, draw, noticed = shared / name, random.Random(1), 0
    content, (expected, _) = path.read_bytes(), load(shared, name)
    for _ in range(FLIPS):
        path.write_bytes(flipped(content, draw.randrange(len(content)), draw.randrange(8)))
        found, message = load(shared, name)
        if found is None:
            assert name in message
            assert "dvc repro" in message
            noticed += 1
        else:
            assert "models" not in name
            assert same(found, expected)
    path.write_bytes(content)
    print(f"{name}: {noticed} of {FLIPS} flipped bits noticed, the others harmless")
    assert noticed > FLIPS / 2


def test_a_flipped_bit_in_text_never_gives_a_traceback(shared):
    """It may be noticed by nobody but DVC: a digit is as good as another."""
    draw = random.Random(1)
    models = ("models/copy/settings.json", "models/hold/settings.json")
    for name in (*models, *(kind for kind in KINDS if kind.startswith("data/samples/"))):
        path = shared / name
        content = path.read_bytes()
        for _ in range(FLIPS):
            path.write_bytes(flipped(content, draw.randrange(len(content)), draw.randrange(8)))
            found, message = load(shared, name)
            folder = name.rpartition("/")[0]
            assert found or (folder in message and "dvc repro" in message)
        path.write_bytes(content)


def test_dvc_notices_a_flipped_bit_anywhere_and_mends_it(project):
    """In every file at once; what is not committed to Git comes from DVC's cache."""
    expected = outputs(project)
    for place, (name, content) in enumerate(expected.items()):
        if content:
            (project / name).write_bytes(flipped(content, place % len(content), place % 8))
    status = dvc(project, "status")
    for out in ["data/raw", *KINDS[2:], "data/evaluated/lstm", "reports/player.json"]:
        assert (out.rpartition("/")[0] if out.startswith(FOLDERS) else out) in status
    dvc(project, "repro")
    assert outputs(project) == expected


@pytest.mark.parametrize("name", KINDS)
def test_the_command_that_is_named_mends_it(shared, name):
    expected, path = outputs(shared), shared / name
    stages = [stage for stage, read in read_by_stages(shared) if read == name]
    path.write_bytes(path.read_bytes()[:-9])
    message = refused(shared, stages[0])
    (command,) = re.findall(r"dvc (repro(?: [a-z-]+)?)", message)
    dvc(shared, command)
    assert outputs(shared) == expected


def other_weights(project, change):
    """Give lstm changed arrays, with settings that were written with them."""
    folder = project / "models" / "lstm"
    settings, representation = storage.load_settings(folder)
    found = load_file(folder / "weights.safetensors")
    changed = {name: change(name, value) for name, value in found.items()}
    storage.save(folder, settings, representation, changed)


def edited(path, change):
    found = json.loads(path.read_text())
    change(found)
    write_json(path, found)


def windows_with(project, **changed):
    path = project / "data" / "windows.npz"
    arrays.save(path, arrays.read(path) | changed)


def copied(project, source, target):
    shutil.copy(project / source, project / target)


def older(project):
    edited(project / "models/lstm/settings.json", lambda found: found.pop("phrase"))


def of_another_corpus(project):
    path = project / "data" / "parts" / "train.jsonl"
    path.write_text(path.read_text().replace("three/", "four/"))


def of_other_tunes(project, model):
    path = project / "data" / "samples" / model / "continued.jsonl"
    path.write_text(path.read_text().replace("three/", "four/"))


def of_other_measures(project):
    edited(project / "data/samples/random/bits.json", lambda found: found["samples"].pop())


def evaluated_otherwise(project):
    path = project / "data" / "evaluated" / "lstm" / "written.npz"
    arrays.save(path, arrays.read(path) | {"ids": np.array(["four/1"])})


def without(path, name):
    arrays.save(path, {key: value for key, value in arrays.read(path).items() if key != name})


MIXED_UP = {
    "weights of another model": (
        "evaluate@lstm", "models/lstm", "not the weights that settings.json was written with",
        lambda p: copied(
            p, "models/ngram/weights.safetensors", "models/lstm/weights.safetensors"),
    ),
    "settings of another model": (
        "sample@lstm", "models/lstm", "not the weights that settings.json was written with",
        lambda p: copied(p, "models/ngram/settings.json", "models/lstm/settings.json"),
    ),
    "weights of another shape": (
        "evaluate@lstm", "models/lstm", "do not fit settings.json",
        lambda p: other_weights(p, lambda name, value: value[1:] if "bias" in name else value),
    ),
    "weights that are not numbers": (
        "sample@lstm", "models/lstm", "output.bias holds what is not a number",
        lambda p: other_weights(p, lambda n, v: v * np.nan if n == "output.bias" else v),
    ),
    "settings of an older format": ("evaluate@lstm", "models/lstm", "phrase", older),
    "windows of another vocabulary": (
        "train-flax-lstm@lstm", "data/windows.npz", "tokens from 0 to 89",
        lambda p: windows_with(p, tokens=np.append(
            arrays.read(p / "data/windows.npz")["tokens"][:-1], 89).astype(np.uint8)),
    ),
    "windows on another grid": (
        "evaluate@lstm", "models/lstm",
        "a model of Grid(steps_per_measure=8), but the tunes are written as Grid(steps_per_mea",
        lambda p: windows_with(p, representation=np.array(json.dumps(Grid(16).settings()))),
    ),
    "windows of an older format": (
        "fit-ngram", "data/windows.npz", "split",
        lambda p: without(p / "data/windows.npz", "split"),
    ),
    "targets in place of windows": (
        "judge@random", "data/windows.npz", "no token streams",
        lambda p: copied(p, "data/evaluated/lstm/targets.npz", "data/windows.npz"),
    ),
    "windows in place of notes": (
        "evaluate@note-lstm", "models/note-lstm",
        "a model of Notes(relative=True), but the tunes are written as Grid(steps_per_measure=8)",
        lambda p: copied(p, "data/windows.npz", "data/notes.npz"),
    ),
    "samples of tunes that do not test": (
        "judge@random", "the samples of random", "continue four/1, which is no test tune",
        lambda p: of_other_tunes(p, "random"),
    ),
    "samples of other tunes": (
        "listen", "the samples of lstm", "continue other tunes than those of random",
        lambda p: of_other_tunes(p, "lstm"),
    ),
    "surprisal of fewer tunes": (
        "judge@random", "data/samples/random/bits.json", "bits are not of these tunes",
        of_other_measures),
    "likelihoods of other tunes": (
        "report", "lstm and random", "were evaluated on different tunes", evaluated_otherwise),
    "tunes of another corpus": (
        "judge@random", "data/parts/train.jsonl", "tune three/2 is not in it", of_another_corpus),
    "provenance of an older format": (
        "report", "data/parts/provenance.json", "not a provenance record",
        lambda p: edited(p / "data/parts/provenance.json", lambda f: f["corpora"][0].pop("roots")),
    ),
    "a tune more than was fetched": (
        "parse", f"{FETCHED}/more.abc", "not as data/raw/provenance.json has it",
        lambda p: copied(p, "corpus/ABC_cleaned/three.abc", f"{FETCHED}/more.abc"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MIXED_UP)
def test_what_does_not_belong_together_is_refused(project, case):
    stage, name, said, spoil = MIXED_UP[case]
    spoil(project)
    message = refused(project, stage)
    assert name in message
    assert said in message
    assert "dvc repro" in message


def test_a_header_that_lies_takes_no_memory(project):
    """A billion times a billion tokens, or a kernel of as many numbers: there are none."""
    path = project / "data" / "windows.npz"
    content = path.read_bytes()
    np.savez(path, **arrays.read(path))  # not packed, so that the header can be changed in place
    plain = path.read_bytes()
    shape = re.search(rb"'shape': \((\d+),\), }  +", plain)
    lie = b"'shape': (1%s,), }" % (b"0" * 18)
    path.write_bytes(plain.replace(shape[0], lie.ljust(len(shape[0])), 1))
    assert "data/windows.npz" in refused(project, "fit-ngram")
    path.write_bytes(content)
    weights = project / "models" / "lstm" / "weights.safetensors"
    header = b'{"output.bias": {"dtype": "F32", "shape": [1000000000000000000], '
    header += b'"data_offsets": [0, 4000000000000000000]}}'
    weights.write_bytes(len(header).to_bytes(8, "little") + header)
    edited(weights.with_name("settings.json"), lambda found: found.update(
        weights_sha256=storage.digest(weights)))  # fmt: skip
    assert "weights.safetensors" in refused(project, "evaluate@lstm")
