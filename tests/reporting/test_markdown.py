import pytest

from nottingham.reporting.markdown import number, sure


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        (0.40526, {}, "0.4053"),
        (1.5, {"digits": 1}, "1.5"),
        (-0.25, {}, "−0.2500"),
        (0.25, {"sign": "+"}, "+0.2500"),
        (None, {"digits": 2, "sign": "+"}, "–"),
    ],
)
def test_numbers(value, settings, text):
    assert number(value, **settings) == text


def test_a_figure_with_its_interval_or_without():
    assert sure(0.40526, [0.3914, 0.41888], digits=3) == "0.405 [0.391, 0.419]"
    assert sure(-0.1, (-0.25, 0.05), sign="+") == "−0.1000 [−0.250, +0.050]"
    assert sure(0.40526, None) == "0.4053"
    assert sure(None, (0.1, 0.2)) == "–"
