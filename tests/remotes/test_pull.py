"""Artifacts by a remote: what one clone computed, another takes from there.

The clones have no corpus: there, the first stage would fail.
"""

from tests.remotes.repository import UP_TO_DATE, clone, dvc, git
from tests.test_pipeline import outputs


def test_a_fresh_clone_pulls_instead_of_computing(repository, remote, tmp_path):
    """The corpus too, though it persists."""
    dvc(repository, *remote, "push")
    second = clone(repository, tmp_path / "second")
    shown = dvc(second, *remote, "pull", "repro")
    assert UP_TO_DATE in shown
    assert outputs(second) == outputs(repository)
    assert (second / "data" / "raw" / "provenance.json").exists()
    assert git(second, "status", "--porcelain") == ""  # the credentials are not to be committed
