"""``reports/player.json`` and its section of ``reports/generated.md``, from figures by hand."""

import pytest

from nottingham.evaluation.player import CORE
from nottingham.models.names import REAL, TRAINED
from nottingham.reporting import player_report

TOTALS = ("outside", "figures", "all_outside", "all_figures")


def beside(value, outside):
    real = {"value": 0.5, "interval": [0.375, 0.625]}
    return {"generated": {"value": value, "interval": None}, "real": real, "outside": outside}


def compared(*totals, dance="jig"):
    figures = {name: beside(0.5, False) for name in (*CORE, "leaps")}
    figures |= {"steps": beside(0.25, True), "leaps": beside(0.75, True)}
    figures |= {"repeats_8": beside(None, None)}
    dances = {dance: {"generated": 100, "real": 12, "figures": figures}}
    return {"dances": dances, **dict(zip(TOTALS, totals, strict=True))}


def classified(accuracy, telling=()):
    interval = accuracy and [accuracy - 0.125, accuracy + 0.125]
    return {"accuracy": accuracy, "interval": interval, "telling": list(telling)}


def judged(new=None, continued=None, test=None, test_continued=None):
    return {
        "player": {"new": new, "continued": continued},
        "two_sample": {"new": test, "continued": test_continued},
    }


TELLING = [{"feature": "repeats_8", "weight": 1.234, "mean": [0.25, 0.5]}]
JUDGED = {
    "hold": judged(continued=compared(20, 28, 60, 80), test_continued=classified(None)),
    "lstm": judged(compared(1, 7, 2, 8, dance="reel"), test=classified(0.75)),
    "note-lstm": judged(compared(2, 14, 4, 16), test=classified(0.625, TELLING)),
}

LEARNT = judged(compared(3, 14, 5, 16), test=classified(0.5))


@pytest.fixture
def player():
    return player_report.gathered(JUDGED, classified(0.5), LEARNT)


def test_totals_accuracies_and_details_of_each_model_and_the_control(player):
    assert list(player) == [REAL, TRAINED, *JUDGED]
    assert player[REAL] == {
        "two_sample_accuracy": 0.5,
        "two_sample": {"control": classified(0.5)},
    }
    lstm, hold = player["lstm"], player["hold"]
    assert [lstm[name] for name in TOTALS] == [1, 7, 2, 8]
    assert lstm["two_sample_accuracy"] == 0.75
    assert lstm["new"] == JUDGED["lstm"]["player"]["new"]
    assert lstm["two_sample"] == {"new": classified(0.75), "continued": None}
    assert [lstm[f"continued_{name}"] for name in TOTALS] == [None] * 4
    assert [hold[name] for name in TOTALS] == [None] * 4
    assert [hold[f"continued_{name}"] for name in TOTALS] == [20, 28, 60, 80]
    assert hold["two_sample_accuracy"] is hold["continued_two_sample_accuracy"] is None


def test_a_line_for_each_model_then_tables_by_dance(player):
    """What lies outside is bold; a model without a dance is left out of its table."""
    parts = player_report.markdown(player).split("\n### ")
    assert parts[0].splitlines()[-5:] == [
        "| real | – | 0.500 [0.375, 0.625] | – | – |",
        "| training tunes | 3 of 14 | 0.500 [0.375, 0.625] | – | – |",
        "| hold | – | – | 20 of 28 | – |",
        "| lstm | 1 of 7 | 0.750 [0.625, 0.875] | – | – |",
        "| note-lstm | 2 of 14 | 0.625 [0.500, 0.750] | – | – |",
    ]
    jig, reel, further, telling = parts[1:]
    assert jig.startswith(
        "Jig, 6/8\n\n12 real tunes, 100 training tunes, 100 by `note-lstm`.\n\n"
        "|  | real | training tunes | note-lstm |"
    )
    assert "| repeated notes | 0.500 [0.375, 0.625] | 0.500 | 0.500 |" in jig
    assert "| steps | 0.500 [0.375, 0.625] | **0.250** | **0.250** |" in jig
    assert "| repeats 8 | 0.500 [0.375, 0.625] | – | – |" in jig
    assert "|  | real | lstm |" in reel
    assert further.strip().endswith("|  | jig |\n| --- | --- |\n| leaps | **0.750** (0.500) |")
    assert telling.endswith("| repeats 8 | 1.23 | 0.250 | 0.500 |")


def test_no_tunes_from_nothing_and_no_control():
    """As of three tunes: the models have a line each, and there are no tables by dance."""
    text = player_report.markdown(player_report.gathered({"note-lstm": judged()}, None, judged()))
    rows = [f"| {name} | – | – | – | – |" for name in (REAL, TRAINED, "note-lstm")]
    assert text.endswith("\n".join(rows))
