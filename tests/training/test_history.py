import json

from nottingham.training import history
from nottingham.training.history import Epoch

EPOCHS = [Epoch(1, 2.0, 1.5, 0.25), Epoch(2, 1.0, 0.98765, 0.5), Epoch(3, 0.5, 1.25, 0.4)]


def test_the_curve_has_a_row_an_epoch(tmp_path):
    history.write(tmp_path / "lstm.csv", EPOCHS[:1])
    assert (tmp_path / "lstm.csv").read_text() == (
        "epoch,log_loss,valid_log_loss,valid_accuracy\n1,2.0000,1.5000,0.2500\n"
    )


def test_before_the_first_epoch_the_curve_is_empty(tmp_path):
    history.write(tmp_path / "lstm.csv", [])
    header = "epoch,log_loss,valid_log_loss,valid_accuracy\n"
    assert (tmp_path / "lstm.csv").read_text() == header


def test_the_best_epoch_is_kept_or_the_last():
    assert history.kept(EPOCHS, "best") == EPOCHS[1]
    assert history.kept(EPOCHS, "last") == EPOCHS[2]


def test_of_equally_good_epochs_the_first_is_kept():
    assert history.kept([*EPOCHS, Epoch(4, 0.4, 0.98765, 0.6)], "best") == EPOCHS[1]


def test_the_metric_is_what_epochs_are_chosen_by(tmp_path):
    history.write_metrics(tmp_path / "lstm.json", EPOCHS[1])
    assert json.loads((tmp_path / "lstm.json").read_text()) == {"valid_log_loss": 0.9877}
