"""What can be requested of a model: the dances and meters of its training tunes."""

import json

import pytest

from nottingham.errors import InputError
from nottingham.generation.known import KnownHeadings
from nottingham.representation.base import Heading

TUNES = [("reel", "4/4")] * 5 + [("jig", "6/8")] * 3 + [("", "2/4")] * 2 + [("jig", "12/8")]
KNOWN = KnownHeadings.of(Heading(dance, meter, "D major", 32) for dance, meter in TUNES)


def asked(dance="", meter="", primer_meter=""):
    return KNOWN.conditions(dance, meter, primer_meter=primer_meter)


def test_what_training_tunes_have_can_be_requested():
    assert asked("reel") == ("reel", "")
    assert asked("jig", "12/8") == ("jig", "12/8")
    assert asked("", "2/4") == ("", "2/4")
    assert asked() == ("", "")


def test_a_dance_that_no_tune_names_is_known_by_its_meter():
    assert asked("polka") == ("", "2/4")
    assert asked("polka", "2/4") == ("", "2/4")


@pytest.mark.parametrize(
    ("dance", "meter", "primer_meter", "message"),
    [
        ("march", "", "", "--dance march: .* name one of reel, jig$"),
        ("waltz", "", "", "--dance waltz: .* name one of reel, jig$"),
        ("", "3/4", "", "--meter 3/4: .* name one of 4/4, 6/8, 2/4, 12/8$"),
        ("reel", "6/8", "", "--dance reel: that is not in 6/8"),
        ("reel", "", "6/8", "--dance reel: that is not in 6/8"),
    ],
)
def test_other_requests_are_refused(dance, meter, primer_meter, message):
    with pytest.raises(InputError, match=message):
        asked(dance, meter, primer_meter)


def test_a_usual_meter_of_a_dance_goes_with_it():
    assert asked("reel", "", "2/4") == ("reel", "")


def test_they_are_stored():
    rows = json.loads(json.dumps(KNOWN.to_json()))
    assert rows[0] == ["reel", "4/4", 5]
    assert KnownHeadings.from_json(rows) == KNOWN
    with pytest.raises((TypeError, ValueError)):
        KnownHeadings.from_json([["reel"]])
