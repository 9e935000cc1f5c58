import pytest

from nottingham.reporting.markdown import number, sure, table


def test_a_table():
    assert table(["model", "x"], [["lstm", "1"], ["rnn", "2"]]).splitlines() == [
        "| model | x |",
        "| --- | --- |",
        "| lstm | 1 |",
        "| rnn | 2 |",
    ]


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        (0.40526, {}, "0.4053"),
        (1.5, {"digits": 1}, "1.5"),
        (-0.25, {}, "−0.2500"),
        (-0.25, {"sign": "+"}, "−0.2500"),
        (0.25, {"sign": "+"}, "+0.2500"),
        (0.0, {}, "0.0000"),
        (None, {"digits": 2, "sign": "+"}, "–"),
    ],
)
def test_numbers(value, settings, text):
    assert number(value, **settings) == text


def test_a_figure_with_its_interval():
    assert sure(0.40526, (0.3914, 0.41888)) == "0.4053 [0.391, 0.419]"
    assert sure(0.40526, [0.3914, 0.41888], digits=3) == "0.405 [0.391, 0.419]"
    assert sure(-0.1, (-0.25, 0.05), sign="+") == "−0.1000 [−0.250, +0.050]"


def test_a_figure_without_one():
    assert sure(0.40526, None) == "0.4053"
    assert sure(None, (0.1, 0.2)) == sure(None, None) == "–"
