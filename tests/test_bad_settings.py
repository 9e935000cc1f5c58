"""params.yaml with one thing wrong: refused, with the key, what was given, and what is allowed."""

import pytest
import yaml

from nottingham import params
from nottingham.errors import InputError
from tests.closure import ROOT

COMMITTED = (ROOT / "params.yaml").read_text()

WRONG = [
    ("download.corpora", [], "at least 1 item"),
    ("download.archive", "", "at least 1 character"),
    ("parse.max_skipped_share", 1.1, "less than or equal to 1"),
    ("parse.melody_track", 0, "a track's place, from 1 on, or its name"),
    ("parse.jumps", "Play", "'play' or 'leave'"),
    ("parse.scheduler", "localhost", "should match pattern"),
    ("window.max_shared", 1.1, "less than or equal to 1"),
    ("window.steps_per_measure", 97, "less than or equal to 96"),
    ("window.relative_pitch", "no", "valid boolean"),
    ("window.train_share", 1, "less than 1"),
    ("window.valid_share", 0, "greater than 0"),
    ("window.used_share", "all", "valid number"),
    ("window.split", "hash", "'grouped' or 'random'"),
    ("window.seed", 2**32, "less than 4294967296"),
    ("window.split_file", "", "at least 1 character"),
    ("train.rnn.tokens", "note", "'windows' or 'notes'"),
    ("train.rnn.cell", "peephole", "'tanh', 'gru' or 'lstm'"),
    ("train.lstm.units", 0, "greater than or equal to 1"),
    ("train.lstm.units", True, "valid integer"),
    ("train.lstm.embedding", 10**30, "less than or equal to 8192"),
    ("train.lstm.context", "bar", "'window' or 'tune'"),
    ("train.rnn.precision", "float64", "'float32' or 'bfloat16'"),
    ("train.rnn.metrical_position", "yes", "valid boolean"),
    ("train.tune-lstm.phrase", 65, "less than or equal to 64"),
    ("train.note-lstm.header", "meter", "valid list"),
    ("train.note-lstm.measures_to_go", 1, "valid boolean"),
    ("train.note-lstm.section", -1, "greater than or equal to 0"),
    ("train.lstm.section", 8, "0 with context window, in which a tune's start is unknown"),
    ("train.lstm.measures_to_go", True, "false with context window"),
    ("train.tune-lstm.header", ["dance"], "[] with tokens windows, which have no header"),
    ("train.rnn.intervals", None, "valid boolean"),
    ("train.lstm.lookbacks", 8, "valid list"),
    ("train.lstm.longest_match", 1, "valid boolean"),
    ("train.gru.objective", "all", "'last-step' or 'every-step'"),
    ("train.gru.segment", 1, "greater than or equal to 2"),
    ("train.gru.batch", [64], "valid integer"),
    ("train.gru.epochs", -1, "greater than or equal to 1"),
    ("train.rnn.learning_rate", "1,5", "valid number"),
    ("train.rnn.learning_rate", float("nan"), "finite"),
    ("train.rnn.dropout", 1, "less than 1"),
    ("train.rnn.transpose", 25, "less than or equal to 24"),
    ("train.rnn.balance", 2, "less than or equal to 1"),
    ("train.note-lstm.corpus", "", "at least 1 character"),
    ("train.lstm.corpus", "essen", "null with tokens windows"),
    ("train.note-lstm.start", "copy", "gru, lstm, rnn, tune-lstm"),
    ("train.rnn.keep", "first", "'best' or 'last'"),
    ("train.rnn.seed", 0.5, "valid integer"),
    ("ngram.max_order", 9, "less than or equal to 8"),
    ("ngram.smoothing", [], "at least 1 item"),
    ("evaluate.seed", "one", "valid integer"),
    ("sample", None, "keys and values"),
    ("sample.tunes", 1001, "less than or equal to 1000"),
    ("sample.measures", {"measures": 32}, "valid integer"),
    ("sample.measures", 4, "greater than or equal to 5"),
    ("sample.new", 0, "greater than or equal to 1"),
    ("sample.from_nothing", "lstm", "valid list"),
    ("sample.temperature", 1e-300, "greater than or equal to 0.01"),
    ("sample.temperature_continued", 101, "less than or equal to 100"),
    ("sample.top_p", 0, "greater than 0"),
    ("sample.guidance", 11, "less than or equal to 10"),
    ("sample.seed", -1, "greater than or equal to 0"),
    ("listen.tunes", 0, "greater than or equal to 1"),
    ("listen.pairs", -1, "greater than or equal to 0"),
    ("listen.blind", [], "at least 1 item"),
    ("listen.seed", 0.02, "valid integer"),
]
"""Keys with a value that they may not have, and a part of what is told to be allowed."""


DAMAGED = {
    "- 1\n": "params.yaml",
    "\twindow: 1\n": "line",
    "seed: [1, 2\n": "line",
    "a: b: c\n": "line",
    "\n---\na: 1\n": "document",
    "a: *nobody\n": "undefined alias",
    "a: !!python/object/apply:os.system [ls]\n": "line",
    "a: 2024-13-45\n": "month",
    f"a: {'9' * 5000}\n": "line",
    f"a: {'[' * 1000}\n": "levels",
    "a: \x07\n": "position",
    "? [a, b]\n: 1\n": "key",
    "1: 2\n": "1: ",
    "colour: red\n": "colour: unknown key; allowed here: ",
    "a: &x [1, *x]\n": "a: unknown key",
    "a: &x {b: *x}\n": "a: unknown key",
    "sample:\n  seed: 1\n": "the key sample is there twice",
}
"""What stands at the end of the file, and a part of what is said of it."""


def refusal(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        params.load(path)
    assert "params.yaml" in str(error.value)
    assert len(str(error.value)) < 2_000
    return str(error.value)


def with_value(key, value):
    settings = yaml.safe_load(COMMITTED)
    *path, last = key.split(".")
    section = settings
    for part in path:
        section = section[part]
    section[last] = value
    return yaml.safe_dump(settings)


@pytest.mark.parametrize(("key", "value", "allowed"), WRONG)
def test_a_wrong_value_is_told_with_key_and_what_is_allowed(tmp_path, key, value, allowed):
    told = refusal(tmp_path, with_value(key, value))
    assert f"  {key}: given {value!r}; allowed: " in told
    assert allowed in told


@pytest.mark.parametrize("end", DAMAGED)
def test_a_damaged_file_is_told_with_its_place(tmp_path, end):
    assert DAMAGED[end] in refusal(tmp_path, COMMITTED + end)


@pytest.mark.parametrize("text", ["a: [", "", "- 1"])
def test_a_file_that_is_no_settings(tmp_path, text):
    refusal(tmp_path, text)


def test_a_long_value_is_told_in_short(tmp_path):
    told = refusal(tmp_path, COMMITTED.replace("max_order: 8", f"max_order: {'x' * 10**6}"))
    assert "ngram.max_order: given 'xxx" in told
