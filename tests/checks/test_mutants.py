"""What is made of mutmut's list."""

from checks import mutants

LISTING = """
    nottingham.representation.grid.x_encode__mutmut_1: killed
    nottingham.representation.grid.x_encode__mutmut_2: survived
    nottingham.representation.grid.x_decode__mutmut_1: timeout
    nottingham.models.counting.ngram.xǁTableǁof__mutmut_10: no tests
"""


def test_what_is_caught_is_counted_by_module():
    found = mutants.statuses(LISTING)
    assert list(found.values()) == ["killed", "survived", "timeout", "no tests"]
    assert mutants.table(found).splitlines() == [
        "nottingham.models.counting.ngram: 0 of 1",
        "nottingham.representation.grid: 1 of 3",
        "all: 1 of 4 (25.0%)",
    ]


def test_no_changes_are_not_enough():
    """A run that changed nothing, as with a wrong path, must not pass."""
    assert mutants.share(mutants.statuses("")) < mutants.LEAST
