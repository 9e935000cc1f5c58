"""params.yaml mutated a thousand ways: right, or refused with the key named."""

import math
from collections import Counter

import pytest
import yaml

from nottingham import params
from nottingham.errors import InputError
from tests.mutated import ALLOWED, COMMITTED, mutation

MUTATIONS = 1_000


def key_of(settings, name):
    for part in name.split("."):
        settings = settings[part]
    return settings


def same(found, given):
    """Compare a setting with what was given, which may be a number in quotes or 3.0 for 3."""
    if isinstance(given, list):
        return len(found) == len(given) and all(map(same, found, given))
    if isinstance(given, str) and not isinstance(found, str):
        return math.isclose(found, float(given))
    return found == given


def test_every_mutation_is_right_or_refused_with_its_key(tmp_path):
    path, seen = tmp_path / "params.yaml", Counter()
    for number in range(MUTATIONS):
        mutated = mutation(number)
        path.write_bytes(mutated.text)
        try:
            settings = params.load(path).model_dump()
        except InputError as error:
            told = str(error)
            assert not mutated.right, f"{number} ({mutated.kind}): {told}"
            assert len(told) < 20_000, f"{number} ({mutated.kind})"
            missing = [name for name in mutated.names if name not in told]
            assert not missing, f"{number} ({mutated.kind}): {missing} not in {told}"
        else:
            assert mutated.right, f"{number} ({mutated.kind}) should name {mutated.names}"
            for name, value in mutated.changes:
                assert same(key_of(settings, name), value), f"{number}: {name}"
        seen[mutated.right] += 1
    assert min(seen.values()) > MUTATIONS / 8


def test_every_key_of_the_settings_is_mutated():
    keys = {
        f"{section}.{key}"
        for section, values in yaml.safe_load(COMMITTED).items()
        for key in values
        if section != "train"
    }
    assert keys == {key for key in ALLOWED if not key.startswith("train.")}
    trained = {key.split(".")[2] for key in ALLOWED if key.startswith("train.")}
    assert trained == set(params.Network.model_fields)


@pytest.mark.parametrize("text", ["a: &x [1, *x]\n", "a: &x {b: *x}\n"])
def test_what_contains_itself_is_refused(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_text(COMMITTED + text)
    with pytest.raises(InputError, match="a: unknown key"):
        params.load(path)


def test_a_long_value_is_told_in_short(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(COMMITTED.replace("max_order: 8", f"max_order: {'x' * 10**6}"))
    with pytest.raises(InputError, match=r"ngram\.max_order: given 'xxx") as error:
        params.load(path)
    assert len(str(error.value)) < 1_000
