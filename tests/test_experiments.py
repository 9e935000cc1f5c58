"""Which settings rerun which stages: the table of docs/experiments.md against the graph."""

import re
import warnings

import networkx as nx
import pytest
from dvc.repo import Repo

from tests.closure import ROOT
from tests.test_dvc import NETWORKS, STAGES


def table() -> dict[str, list[str]]:
    """Give the table: a setting with a value, and the stages that it reruns."""
    text = (ROOT / "docs" / "experiments.md").read_text()
    rows = re.findall(r"^\| `-S ([^`]+)` \| ([^|]+) \|", text, re.MULTILINE)
    return {setting: re.findall(r"`([^`]+)`", stages) for setting, stages in rows}


@pytest.fixture(scope="module")
def graph():
    """The stages as DVC resolves them, each with those that it builds on; git or not."""
    alone = {"core": {"no_scm": True}}
    with (
        warnings.catch_warnings(action="ignore"),  # DVC's own
        Repo(str(ROOT), config=alone) as repo,
    ):
        return repo.index.graph


@pytest.mark.parametrize("setting", table())
def test_a_setting_reruns_the_stages_of_the_table_and_no_more(graph, setting):
    key = setting.partition("=")[0]
    told = [
        stage
        for stage in graph
        if any(key.startswith(f"{name}.") for dep in stage.params for name in dep.params)
    ]
    behind = set(told).union(*(nx.ancestors(graph, stage) for stage in told))
    assert sorted(stage.addressing for stage in behind) == sorted(table()[setting])


def test_the_table_has_a_row_for_every_section():
    sections = [setting.partition("=")[0].rpartition(".")[0] for setting in table()]
    known = {name for stage in STAGES.values() for name in stage.get("params", [])}
    trainings = {f"train.{network}" for network in NETWORKS}
    assert set(sections) == known - {"train.${item.model}"} | trainings
    assert len(set(sections)) == len(sections)
