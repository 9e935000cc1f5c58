"""The workflow of pull requests: what it runs, and what it lets a stranger's code do.

It cannot be run here; `make lint` checks its form (check-jsonschema) and its safety (zizmor).
"""

import re

import pytest
import yaml

from tests.closure import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yaml").read_text())
JOBS = WORKFLOW["jobs"]
MAKEFILE = (ROOT / "Makefile").read_text()


def commands(job):
    return [line for step in job["steps"] for line in step.get("run", "").splitlines()]


def test_it_runs_what_make_ci_runs():
    run = [line for job in JOBS.values() for line in commands(job) if line.startswith("make ")]
    targets = re.search(r"^ci: (.*)$", MAKEFILE, re.MULTILINE)[1].split()
    assert sorted(run) == sorted(f"make {target}" for target in targets)


def test_the_other_ci_runs_the_same_targets():
    """But for the review, since it has no branch to compare with, and the tiny run."""
    run = [
        line.removeprefix("make ")
        for line in (ROOT / ".ci" / "run").read_text().splitlines()
        if line.startswith("make ")
    ]
    assert run == ["lint", "test", "check-lock"]


def test_a_pull_request_s_code_can_read_and_no_more():
    assert set(WORKFLOW[True]) == {"pull_request", "push"}  # YAML reads `on` as true
    assert WORKFLOW["permissions"] == {}
    assert "secrets." not in yaml.safe_dump(WORKFLOW)
    for name, job in JOBS.items():
        runs_its_code = any("checkout" in step.get("uses", "") for step in job["steps"])
        assert runs_its_code == (name != "comment")
        assert job["permissions"] == (
            {"contents": "read"} if runs_its_code else {"pull-requests": "write"}
        )


@pytest.mark.parametrize("name", JOBS)
def test_every_job_ends_and_every_action_is_pinned(name):
    assert JOBS[name]["timeout-minutes"] <= 30
    for step in JOBS[name]["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])


@pytest.mark.parametrize("name", sorted(JOBS.keys() - {"comment"}))
def test_the_whole_history_is_there_and_no_token_is_left(name):
    (checkout,) = [step for step in JOBS[name]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
