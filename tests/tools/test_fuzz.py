"""A few hundred damaged inputs; `make fuzz` tries 20,000."""

from tools.checks import fuzz


def test_damaged_input_is_read_or_refused():
    outcomes = fuzz.run(400, seed=7, whole=fuzz.seeds(None))
    assert outcomes.total() == 400
    assert outcomes["ABC read"] > 50
    assert outcomes["ABC skipped"] > 20
