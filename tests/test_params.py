import re
import shlex
from pathlib import Path

import pytest
import yaml
from dvc.utils.hydra import apply_overrides

from nottingham import params
from nottingham.errors import InputError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def settings(tmp_path):
    """Write params.yaml with one change, and give its path."""

    def write(change):
        raw = yaml.safe_load((ROOT / "params.yaml").read_text())
        change(raw)
        path = tmp_path / "params.yaml"
        path.write_text(yaml.safe_dump(raw))
        return path

    return write


def set_key(name, value):
    def change(raw):
        *path, last = name.split(".")
        for part in path:
            raw = raw[part]
        raw[last] = value

    return change


def test_a_section_that_a_pipeline_lacks_is_named_where_a_stage_needs_it(settings):
    found = params.load(settings(lambda raw: raw.pop("listen")))
    with pytest.raises(InputError, match=r"^listen: missing; put it back"):
        found.required("listen")
    assert found.required("ngram") == found.ngram


def test_a_missing_key_is_named(settings):
    with pytest.raises(InputError, match=r"window\.seed: missing"):
        params.load(settings(lambda raw: raw["window"].pop("seed")))


def test_all_wrong_keys_are_named_at_once(settings):
    def change(raw):
        raw["window"]["seed"] = -1
        raw["sample"]["measures"] = 0

    with pytest.raises(InputError, match=r"(?s)window\.seed.*sample\.measures"):
        params.load(settings(change))


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ("", r"corpora\.0: given ''; .*at least 1 character"),
        (["nottingham", 1850], r"corpora\.1: given 1850; allowed: text"),
    ],
)
def test_each_corpus_is_a_name_or_a_path(settings, given, allowed):
    with pytest.raises(InputError, match=allowed):
        params.load(settings(set_key("download.corpora", given)))


@pytest.mark.parametrize("path", ["1850", "[neu]", "null", "a/für=alle, (1) [neu]", "~/a b"])
def test_a_path_in_the_quotes_that_the_message_shows_arrives_as_it_is(settings, path):
    """Without them DVC takes the first three for a number, a list and nothing."""
    given = settings(set_key("download.corpora", 1850))
    with pytest.raises(InputError) as error:
        params.load(given)
    option, quoted = shlex.split(str(error.value).partition("quotes: ")[2])
    assert option == "-S"
    apply_overrides(given, [quoted.replace("…", path)])
    assert params.load(given).download.corpora == [path]


@pytest.mark.parametrize("text", ["1e-05", "1.0e-05"])
def test_numbers_as_dvc_writes_them(settings, tmp_path, text):
    path = settings(set_key("train.lstm.learning_rate", "RATE"))
    path.write_text(path.read_text().replace("RATE", text))
    assert params.load(path).network("lstm").learning_rate == 1e-5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_another_encoding_holds_the_same_settings(tmp_path, encoding):
    path = tmp_path / "params.yaml"
    path.write_bytes((ROOT / "params.yaml").read_text().encode(encoding))
    assert params.load(path) == params.load(ROOT / "params.yaml")


def test_a_whole_float_is_an_integer(settings):
    changed = settings(set_key("train.lstm.units", 200.0))
    assert params.load(changed).network("lstm").units == 200


def test_an_unknown_model_is_named():
    with pytest.raises(InputError, match=r"train\.lstn: missing; there are: rnn, .*lstm"):
        params.load(ROOT / "params.yaml").network("lstn")


def test_a_network_s_section_is_a_new_model(settings):
    """Under a name of the user's own, with all the keys."""

    def change(raw):
        raw["train"]["my-lstm"] = raw["train"]["lstm"] | {"units": 32}

    loaded = params.load(settings(change))
    assert loaded.network("my-lstm").units == 32
    assert loaded.network("lstm").units != 32


@pytest.mark.parametrize("name", ["LSTM", "../lstm", "2lstm", "", "ngram", "real"])
def test_a_name_that_is_no_folder_s_or_another_model_s_is_refused(settings, name):
    said = "another name, please" if name in ("ngram", "real") else "should match pattern"
    with pytest.raises(InputError, match=rf"train\.{re.escape(name)}.*{said}"):
        params.load(settings(lambda raw: raw["train"].update({name: raw["train"]["lstm"]})))


def test_a_window_does_not_know_where_a_phrase_begins(settings):
    path = settings(set_key("train.lstm.phrase", 4))
    with pytest.raises(InputError, match=r"train\.lstm\.phrase: given 4; .* 0 with context window"):
        params.load(path)
    assert params.load(settings(set_key("train.tune-lstm.phrase", 4))).network("tune-lstm").phrase


def test_only_the_nottingham_tunes_are_in_an_archive(settings):
    with pytest.raises(InputError, match=r"download\.archive: given 'a\.zip'; .*nottingham"):
        params.load(settings(set_key("download", {"corpora": ["my tunes"], "archive": "a.zip"})))


def test_the_blind_test_is_of_models_that_there_are(settings):
    with pytest.raises(InputError, match=r"listen\.blind\.1: given 'gpt'; allowed: random, .*lstm"):
        params.load(settings(set_key("listen.blind", ["lstm", "gpt"])))
    with pytest.raises(InputError, match=r"listen\.blind\.1: given 'lstm' again; allowed: each"):
        params.load(settings(set_key("listen.blind", ["lstm", "lstm"])))
