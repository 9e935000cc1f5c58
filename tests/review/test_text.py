"""The text of a review, from changes made by hand."""

from review.changes import Change, Changes
from review.text import markdown

SAME = {"test.log_loss": Change(1.5, 1.5), "test.accuracy": Change(0.5, 0.5)}


def text(metrics=(), params=(), plots=()):
    return markdown(Changes("abc1234", dict(metrics), dict(params), tuple(plots)))


def test_nothing_changed():
    assert text({"lstm": SAME}) == (
        "## Metrics, params and plots beside `abc1234`\n\n"
        "No metric changed.\n\nNo param changed.\n\nNo plot changed.\n"
    )


def test_a_model_whose_test_figures_are_the_same_has_no_row():
    other = SAME | {"test.accuracy": Change(0.5, 0.75)}
    written = text({"gru": SAME, "lstm": other})
    assert "| lstm | 1.5000 | 1.5000 | +0.0000 | 0.5000 | 0.7500 | +0.2500 |" in written
    assert "| gru |" not in written
    assert "<details>" not in written


def test_other_metrics_alone_are_said_to_be_alone():
    written = text({"lstm": SAME | {"train.accuracy": Change(0.5, 0.25)}})
    assert "No test log-loss and no test accuracy changed." in written
    assert "<summary>Other metrics: 1</summary>" in written
    assert "| lstm | train.accuracy | 0.5000 | 0.2500 | −0.2500 |" in written


def test_units_are_named_once():
    many = {name: {"test.log_loss": Change(1.5, 1.25)} for name in ("gru", "lstm", "rnn")}
    assert text(many).count("nats per step") == 1


def test_whole_numbers_stay_whole_and_words_have_no_difference():
    written = text({"lstm": {"test.targets": Change(100, 90), "substituted": Change(False, True)}})
    assert "| lstm | test.targets | 100 | 90 | −10 |" in written
    assert "| lstm | substituted | False | True | – |" in written


def test_settings_are_shown_as_they_are():
    params = {
        "train.lstm.lookbacks": Change("[1, 2]", "[4]"),
        "train.lstm.learning_rate": Change(0.003, 1e-05),
        "download.corpus": Change("auto", "a|b"),
    }
    written = text(params=params)
    assert "| train.lstm.lookbacks | [1, 2] | [4] |" in written
    assert "| train.lstm.learning_rate | 0.003 | 1e-05 |" in written
    assert "| download.corpus | auto | a\\|b |" in written
