"""Interrupted trainings: the same bytes in the end, and never the state of something else."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.representation.grid import Grid
from nottingham.training import checkpoint, loop
from nottingham.training.checkpoint import Checkpoint, fingerprint
from nottingham.training.train_step import TrainStep
from tests.training.small import architecture, settings

CHOSEN = {"epochs": 4, "dropout": 0.3, "transpose": 5}


class StoppedError(Exception):
    """What stands for a kill."""


def train(scales, folder, follow=len, **changes):
    chosen = settings(**CHOSEN | changes)
    network = architecture(scales, chosen)
    return loop.train(network, scales, chosen, name="", scratch=folder, follow=follow)


def stop_after(calls, monkeypatch):
    """Have the train step stop at its n-th call, and each state be saved."""
    monkeypatch.setattr(loop, "_SECONDS_BETWEEN_SAVES", -1.0)
    monkeypatch.setattr(TrainStep, "updates_per_call", lambda *_: 2)
    real, done = TrainStep.advance, []

    def advance(*arguments):
        if len(done) == calls:
            raise StoppedError
        done.append(1)
        return real(*arguments)

    monkeypatch.setattr(TrainStep, "advance", advance)


@pytest.fixture(scope="module")
def undisturbed(scales, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    model, history, _ = train(scales, folder)
    model.save(folder / "model")
    return (folder / "model" / "weights.safetensors").read_bytes(), history


# settings() has 2 updates of 16 × 32 terms an epoch; with batches of 4 there are 7, in calls of 2
@pytest.mark.parametrize("calls", [1, 6, 15])
def test_a_stopped_training_ends_in_the_same_bytes(scales, tmp_path, monkeypatch, calls):
    whole, history, _ = train(scales, tmp_path / "a", batch=4)
    with monkeypatch.context() as patch:
        stop_after(calls, patch)
        with pytest.raises(StoppedError):
            train(scales, tmp_path / "b", batch=4)
    calls_left = []
    real = TrainStep.advance
    monkeypatch.setattr(TrainStep, "advance", lambda *a: calls_left.append(len(a[2])) or real(*a))
    resumed, history_too, _ = train(scales, tmp_path / "b", batch=4)
    assert sum(calls_left) < 4 * 7  # not from the beginning
    for name, model in (("a", whole), ("b", resumed)):
        model.save(tmp_path / name / "model")
    a, b = ((tmp_path / n / "model" / "weights.safetensors").read_bytes() for n in "ab")
    assert a == b
    assert history == history_too


def test_a_finished_training_whose_outputs_were_not_written_is_not_repeated(
    scales,
    tmp_path,
    monkeypatch,
    undisturbed,
):
    train(scales, tmp_path)
    monkeypatch.setattr(TrainStep, "advance", lambda *_: pytest.fail("trained again"))
    model, history, state = train(scales, tmp_path)
    model.save(tmp_path / "model")
    assert (tmp_path / "model" / "weights.safetensors").read_bytes() == undisturbed[0]
    assert history == undisturbed[1]
    state.forget()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("damage", [lambda c: c[:-100], lambda c: c[:-1] + bytes([c[-1] ^ 1])])
def test_a_damaged_state_is_not_continued(scales, tmp_path, undisturbed, damage):
    train(scales, tmp_path)
    (state,) = tmp_path.glob("*.safetensors")
    state.write_bytes(damage(state.read_bytes()))
    model, _, _ = train(scales, tmp_path)
    model.save(tmp_path / "model")
    assert (tmp_path / "model" / "weights.safetensors").read_bytes() == undisturbed[0]


def test_the_fingerprint_changes_with_all_that_matters(scales, tmp_path, monkeypatch):
    weights = np.zeros(3, np.float32)
    mark = partial(fingerprint, "", "a", weights)
    marks = [mark(scales, "1 × cpu")]
    assert mark(scales, "1 × cpu") == marks[0]
    marks += [fingerprint("", "b", weights, scales, "1 × cpu"), mark(scales, "2 × cpu")]
    marks.append(fingerprint("other", "a", weights, scales, "1 × cpu"))
    marks.append(fingerprint("", "a", weights + 1, scales, "1 × cpu"))
    tokens = scales.tokens.copy()
    tokens[0] += 1
    other = replace(scales, tokens=tokens)
    marks.append(mark(other, "1 × cpu"))
    part = scales.split[::-1].copy()
    other = replace(scales, split=part)
    marks.append(mark(other, "1 × cpu"))
    other = replace(scales, representation=Grid(4))
    marks.append(mark(other, "1 × cpu"))
    code = tmp_path / "code.py"
    code.write_text("x = 1")
    monkeypatch.setattr(checkpoint, "_code", lambda: {code})
    marks.append(mark(scales, "1 × cpu"))
    code.write_text("x = 2")
    marks.append(mark(scales, "1 × cpu"))
    monkeypatch.setattr(checkpoint, "version", lambda name: "0.0")
    marks.append(mark(scales, "1 × cpu"))
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=AVX")
    marks.append(mark(scales, "1 × cpu"))
    assert len(set(marks)) == len(marks)


def test_the_code_is_that_of_the_project():
    names = {path.name for path in checkpoint._code()}
    assert {"loop.py", "cells.py", "params.py"} <= names


def test_states_come_back_exactly(tmp_path):
    state = ({"w": np.array([0.1, np.inf], np.float32)}, np.array(3, np.int32))
    place = Checkpoint(tmp_path / "lstm", "abc")
    assert place.load(state) is None
    place.save(state, {"loss": 0.1 + 0.2})
    blank = ({"w": np.zeros(2, np.float32)}, np.array(0, np.int32))
    (weights, count), notes = place.load(blank)
    assert weights["w"].tolist() == state[0]["w"].tolist()
    assert count == 3
    assert notes == {"loss": 0.1 + 0.2}
    assert place.load(({"w": np.zeros(3, np.float32)}, np.array(0, np.int32))) is None
    place.forget()
    assert not (tmp_path / "lstm").exists()


def test_a_full_disk_leaves_the_last_state(tmp_path, monkeypatch):
    place = Checkpoint(tmp_path, "abc")
    place.save((np.zeros(3),), {"update": 1})
    before = (tmp_path / "abc.safetensors").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("nottingham.files.os.fdopen", full)
        with pytest.raises(InputError, match=r"No space left.*make room"):
            place.save((np.ones(3),), {"update": 2})
    assert (tmp_path / "abc.safetensors").read_bytes() == before
