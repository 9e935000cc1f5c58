"""What a setting or a change of code reruns: docs/experiments.md against the graph."""

import re
import warnings

import networkx as nx
import pytest
from dvc.repo import Repo

from nottingham.models.registry import COUNTING
from tests.closure import ROOT
from tests.test_dvc import PIPELINE, SETTINGS, is_in, is_unhashed

TEXT = (ROOT / "docs" / "experiments.md").read_text()


def table() -> dict[str, set[str]]:
    """Give the first table: a setting with a value, and the stages that it reruns."""
    rows = re.findall(r"^\| `-S ([^`]+)` \| ([^|]+) \|", TEXT, re.MULTILINE)
    return {setting: set(re.findall(r"`([^`]+)`", stages)) for setting, stages in rows}


def changes() -> list[tuple[str, set[str]]]:
    """Give the second table: each file with the stages whose code it is part of."""
    rows = re.findall(r"^\| [^|`]+: (`nottingham[^|]+) \| ([^|]+) \|", TEXT, re.MULTILINE)
    return [
        (path, set(re.findall(r"`([^`]+)`", stages)))
        for paths, stages in rows
        for path in re.findall(r"`([^`]+)`", paths)
    ]


@pytest.fixture(scope="module")
def graph():
    """The stages as DVC resolves them, each with those that it builds on; git or not."""
    alone = {"core": {"no_scm": True}}
    with (
        warnings.catch_warnings(action="ignore"),  # DVC's own
        Repo(str(ROOT), config=alone) as repo,
    ):
        graph = repo.index.graph
        return graph.subgraph(stage for stage in graph if stage.path_in_repo == "dvc.yaml")


def named(stages, expected):
    """Name stages as the tables do: all models of a stage by its name alone."""
    names = {stage.addressing for stage in stages}
    whole = {name for name in expected if "@" not in name}
    return {name.partition("@")[0] if name.partition("@")[0] in whole else name for name in names}


@pytest.mark.parametrize("setting", table())
def test_a_setting_reruns_the_stages_of_the_table_and_no_more(graph, setting):
    key, expected = setting.partition("=")[0], table()[setting] - set(COUNTING)
    readers = [
        stage
        for stage in graph
        if any(f"{key}.".startswith(f"{name}.") for dep in stage.params for name in dep.params)
    ]
    behind = set(readers).union(*(nx.ancestors(graph, stage) for stage in readers))
    assert named(behind, expected) == expected


def test_the_table_has_a_row_for_every_section():
    sections = {setting.partition("=")[0].rpartition(".")[0] for setting in table()}
    known = {
        name.partition(".")[0]
        for stage in PIPELINE["stages"].values()
        for name in stage.get("do", stage).get("params", [])
    }
    assert sections == known - {"train"} | {f"train.{name}" for name in SETTINGS.train}


@pytest.mark.parametrize(("path", "expected"), changes())
def test_a_change_of_code_reruns_the_stages_of_the_table(graph, path, expected):
    assert (ROOT / path).exists()
    stages = {
        stage
        for stage in graph
        if any(is_in(path, dep.def_path) for dep in stage.deps) and not is_unhashed(path)
    }
    found = named(stages, expected)
    if "counting" in path:
        found = {name for name in found if name.partition("@")[2] in ("", "ngram")}
    assert found == expected


def test_no_training_depends_on_what_words_an_error_or_draws_a_plot(graph):
    free = [path for path, stages in changes() if not any("train" in name for name in stages)]
    assert len(free) >= 8
    trainings = [stage for stage in graph if stage.addressing.startswith("train-flax-lstm")]
    for path in free:
        for stage in trainings:
            assert is_unhashed(path) or not any(is_in(path, dep.def_path) for dep in stage.deps)
