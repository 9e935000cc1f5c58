import csv

import pytest

from nottingham.evaluation import results

ORIGIN = {"corpus": "nottingham", "source": "a host", "version": "1", "substituted": None}


def metrics_of(value):
    keys = ("log_loss", "accuracy", "sampled_accuracy", "change_accuracy", "rollout_accuracy")
    part = dict.fromkeys(keys, value) | {"targets": 1234}
    return {"train": part, "test": part}


@pytest.fixture
def metrics():
    return {"random": metrics_of(0.0112), "hold": metrics_of(0.5), "lstm": metrics_of(0.6)}


def test_each_model_has_a_row_with_the_poster_s_figures_beside(metrics, streams):
    text = results.markdown(metrics, ORIGIN, streams)
    assert "| lstm | 0.6000 | 0.6000 | 0.6000 | 0.6000 | 0.7460 | 0.766 | 0.588 (" in text
    assert "| hold | 0.5000 | 0.5000 | 0.5000 | 0.5000 | – | – | – |" in text
    assert "| random | 0.0112 | 0.0112 | 0.0112 | 0.0112 | – | 0.024 | 0.024 (Random) |" in text
    assert "| lstm | 0.6000 | 0.6000 | 0.6000 | 1,234 |" in text
    assert "How the protocol differs" in text
    assert "nottingham, 12 tunes from a host, version 1" in text


def test_a_substitution_comes_first(metrics, streams):
    text = results.markdown(metrics, ORIGIN | {"substituted": "NOT THE\nREAL TUNES"}, streams)
    assert text.startswith("# Results\n\n> **NOT THE**  \n> **REAL TUNES**  \n")
    assert "> **" not in results.markdown(metrics, ORIGIN, streams)


def test_log_loss_by_step_as_a_table(tmp_path):
    results.write_by_position(tmp_path / "p.csv", {"hold": [1.0, 2.0], "lstm": [0.5, 0.25]})
    with (tmp_path / "p.csv").open() as file:
        assert list(csv.reader(file)) == [
            ["step", "hold", "lstm"],
            ["1", "1.0000", "0.5000"],
            ["2", "2.0000", "0.2500"],
        ]


def test_the_picture_is_a_png_and_always_the_same(tmp_path, metrics):
    for name in "ab":
        results.draw(metrics, tmp_path / f"{name}.png")
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture == (tmp_path / "b.png").read_bytes()
