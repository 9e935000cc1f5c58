"""The command that a musician types, with a model that knows nothing of music."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import nottingham as library
from nottingham import corpus, params, pretrained
from nottingham.cli import generate, options
from nottingham.cli.writer import Drawn, Writer
from nottingham.dataset import split, streams
from nottingham.formats import writers
from nottingham.generation import compose
from nottingham.generation.request import (
    TEMPERATURE,
    TEMPERATURE_CONTINUED,
    usual_corpus,
    usual_sampling,
)
from nottingham.models.counting.baselines import Uniform
from nottingham.models.sampling import SamplingConfig
from nottingham.music import keys
from nottingham.music.tune import write_tunes
from nottingham.representation import Grid, Notes
from tests.closure import ROOT
from tests.jigs import MINE, fill, jig


@pytest.fixture
def nottingham(project, typed):
    """Type a command beside a beginning, with a model of the grid unless another is named."""
    Path("my.abc").write_text(MINE)

    def type_(command, *words):
        grid = () if "--model" in words else ("--model", "tune-lstm")
        return typed(command, "--project", project, *grid, *words)

    return type_


def read(path):
    (tune,) = corpus.read(path)
    return tune


def test_a_beginning_becomes_five_files(nottingham):
    told = nottingham(
        "generate", "--primer", "my.abc", "--bars", "6", "--key", "D", "--meter", "6/8"
    )
    files = sorted(path.name for path in Path("tunes").iterdir())
    assert files == [f"tune-lstm-1-1.{e}" for e in ("abc", "mid", "musicxml", "svg", "wav")]
    assert all(f"tunes/{name}" in told for name in files)
    assert "6/8, D major" in told
    tune = read("tunes/tune-lstm-1-1.abc")
    assert (tune.meter, tune.key) == ("6/8", "D major")
    mid, xml = (read(f"tunes/tune-lstm-1-1.{e}") for e in ("mid", "musicxml"))
    assert (mid.meter, xml.meter, xml.key) == ("6/8", "6/8", "D major")
    assert tune.notes == mid.notes == xml.notes
    mine = read("my.abc").notes  # two of which are one on the grid
    assert tune.notes[:8] == tuple(replace(n, pitch=n.pitch - 5) for n in mine[:8])
    assert tune.end <= 7 * Fraction(3)
    assert {n.pitch % 12 for n in tune.notes} <= keys.scale("D major")


def test_constraints_hold(nottingham):
    words = "--bars 4 --key G --range D4-D6 --end-on-tonic --formats abc --meter 6/8"
    nottingham("generate", "--count", "5", *words.split())
    for number in range(1, 6):
        tune = read(f"tunes/tune-lstm-1-{number}.abc")
        assert {n.pitch % 12 for n in tune.notes} <= keys.scale("G major")
        assert all(62 <= n.pitch <= 86 for n in tune.notes)
        assert tune.notes[-1].pitch % 12 == 7
        assert tune.end == 4 * 3 + (3 - tune.upbeat if tune.upbeat else 0)


def test_the_seed_decides(nottingham):
    def written(*words):
        nottingham("generate", "--bars", "4", "--formats", "abc", *words)
        return [p.read_text() for p in sorted(Path("tunes").glob("*-1.abc"))][-1]

    assert written("--seed", "7") == written("--seed", "7", "--count", "3")
    assert written("--seed", "8").splitlines()[2:] != written("--seed", "9").splitlines()[2:]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--bars", "1"], "--bars 1: from 2 to 512, please"),
        (["--count", "0"], "--count 0: from 1"),
        (["--temperature", "0"], "--temperature 0: from 0.01 to 100"),
        (["--guidance", "11"], "--guidance 11: from 0 to 10"),
        (["--top-p", "1.5"], "--top-p 1.5: above 0 and at most 1"),
        (["--top-k", "0"], "--top-k 0: 1 or more, please"),
        (["--seed", "-1"], "--seed -1: 0 or more"),
        (["--key", "H"], "key 'H': no such key"),
        (["--meter", "3/6"], "--meter 3/6: write it as in 6/8"),
        (["--meter", "7/8"], "the model was trained on no such tunes; name one of 6/8"),
        (["--range", "D6-D4"], "--range D6-D4: from low to high"),
        (["--range", "high"], "--range high: write the lowest and the highest note"),
        (["--key", "C", "--range", "C#4-C#4"], "no note of C major lies there; widen it"),
        (["--end-on-tonic"], "--end-on-tonic: the tonic of which key?"),
        (["--form", "BAAB"], "--form BAAB: write a letter for each section"),
        (["--form", "AABBC"], "--form AABBC: write a letter"),
        (
            ["--form", "AABB", "--bars", "16"],
            "a tune of 16 measures has 2 sections of 8 that a form",
        ),
        (["--form", "A", "--bars", "4"], "--form A: a form takes --bars 8 or more"),
        (["--form", "AABB"], "--form AABB: a condition that models of the grid do not take"),
        (["--dance", "jig"], "--dance jig: a condition that models of the grid do not take"),
        (["--primer", "my.abc", "--dance", "jig"], "choose one of notes, as --model note-lstm"),
        (["--dance", "tango"], "--dance tango: name one of jig, slip jig, reel"),
        (["--model", "note-lstm", "--dance", "polka"], "on no such tunes; name one of jig"),
        (["--model", "note-lstm", "--meter", "3/4"], "on no such tunes; name one of 6/8"),
        (["--model", "note-lstm", "--primer", "my.abc", "--bars", "2"], "its 2 measures leave"),
        (["--formats", "mp4"], "--formats mp4: there is no such format; there are: mid, abc"),
        (["--model", "gpt"], "no model 'gpt'; there are: note-lstm, tune-lstm; make repro"),
        (["--model", "."], "no model '.'; there are: note-lstm, tune-lstm"),
        (["--primer", "two.abc"], "two.abc: it holds 2 tunes, where one is needed"),
        (["--out", "my.abc"], "--out my.abc: there is a file of this name; name a folder"),
        (["--project", "nowhere"], "--project nowhere: there is no such folder"),
        (["--primer", "none.abc"], "none.abc: cannot be read (No such file or directory)"),
        (["--primer", "my.abc", "--meter", "4/4"], "my.abc: it is in 6/8, and a tune has one"),
        (["--primer", "my.abc", "--bars", "2"], "my.abc: its 2 measures leave none"),
        (["--meter", "200/1"], "--meter 200/1: write it as in 6/8, with a power of 2 below and"),
        (["--primer", "my.abc", "--key", "Em"], "the modes differ; name a major key"),
        (["--project", "."], "no model 'tune-lstm'; there is none yet; make repro"),
    ],
)
def test_what_cannot_be_done_is_explained(nottingham, words, message):
    Path("two.abc").write_text(f"{MINE}\n{MINE}")
    with pytest.raises(SystemExit) as stopped:
        nottingham("generate", *words)
    assert str(stopped.value).startswith("error: ")
    assert message in str(stopped.value)
    assert not Path("tunes").exists()


def test_no_tune_is_written_over(nottingham):
    nottingham("generate", "--bars", "8", "--meter", "6/8", "--formats", "abc,mid")
    first = {path: path.read_bytes() for path in Path("tunes").iterdir()}
    told = nottingham("generate", "--bars", "4", "--meter", "6/8", "--formats", "mid,svg")
    assert "tunes/tune-lstm-1-1-2.mid" in told
    assert {path: path.read_bytes() for path in first} == first
    assert {path.name for path in Path("tunes").iterdir()} - {path.name for path in first} == {
        "tune-lstm-1-1-2.mid",
        "tune-lstm-1-1-2.svg",
    }


def limit(project, run, share):
    """Say what real tunes have in common with training tunes."""
    path = project / "reports" / "originality.json"
    path.parent.mkdir(exist_ok=True)
    limit = {"run": float(run), "share": share}
    sets = {"real": {"limit": limit, "tunes": []}}
    path.write_text(json.dumps({"limit": limit, "sets": sets}))


def test_a_random_beginning_needs_a_test_tune_with_a_key(tmp_path, nottingham):
    write_tunes(fill(tmp_path) / "data" / "parts" / "test.jsonl", [replace(jig(3), key="")])
    with pytest.raises(SystemExit, match="--primer random: no test tune has a key and one meter"):
        nottingham("generate", "--primer", "random", "--bars", "8", "--project", ".")


@pytest.mark.parametrize("model", ["tune-lstm", "note-lstm"])
def test_tunes_that_are_not_those_of_the_tokens(tmp_path, nottingham, model):
    write_tunes(fill(tmp_path) / "data" / "parts" / "train.jsonl", [jig(1)])
    with pytest.raises(SystemExit, match=r"train\.jsonl: tune jigs/0 is not in it"):
        nottingham("generate", "--model", model, "--project", ".")


def test_a_model_s_tokens_have_to_be_the_pipeline_s(tmp_path, nottingham):
    Uniform(Notes(relative=False)).save(fill(tmp_path) / "models" / "other")
    with pytest.raises(SystemExit, match=r"the model takes tunes as .*'relative': False.* again"):
        nottingham("generate", "--model", "other", "--project", ".")


def test_what_is_asked_of_a_model_of_notes_is_a_condition(nottingham):
    """Also a key that no tune was in."""
    words = "--model note-lstm --dance jig --meter 6/8 --key Bb --bars 4 --formats abc --count 3"
    told = nottingham("generate", *words.split())
    assert told.count("6/8, Bb major") == 3
    for number in range(1, 4):
        tune = read(f"tunes/note-lstm-1-{number}.abc")
        assert (tune.meter, tune.key, tune.rhythm) == ("6/8", "Bb major", "jig")
        assert 9 < tune.end <= 12 + (3 if tune.upbeat else 0)


def test_a_model_of_notes_keeps_a_beginning_as_it_is(nottingham):
    words = "--model note-lstm --primer my.abc --bars 6 --range D3-D6 --end-on-tonic --key G"
    nottingham("generate", *words.split(), "--formats", "abc")
    tune, mine = read("tunes/note-lstm-1-1.abc"), read("my.abc")
    assert tune.notes[: len(mine.notes)] == mine.notes
    assert all(50 <= note.pitch <= 86 for note in tune.notes)
    assert tune.notes[-1].pitch % 12 == 7


def test_evaluate_marks_a_key_that_is_estimated(nottingham):
    Path("none.abc").write_text(MINE.replace("K:G", "K:none"))
    told = nottingham("evaluate", "none.abc", "--model", "note-lstm")
    assert "(estimated: it names no key)" in told
    assert "bits a note" in told


def test_what_a_tune_has_in_common_is_told_of_what_is_new(nottingham):
    """The beginning is a training tune's, note for note; the rest is noise.

    A random beginning is a test tune's.
    """
    told = nottingham("generate", "--primer", "random", "--bars", "8", "--formats", "abc")
    assert re.match(r"model: tune-lstm, trained in .*\ncontinues Jig 3 \(jigs/3\)\n", told)
    assert read("tunes/tune-lstm-1-1.abc").notes[:24] == jig(3).notes[:24]
    writers.write(replace(jig(0), notes=jig(0).notes[:36]), Path("jig"), ["abc"])
    words = ["--primer", "jig.abc", "--bars", "12", "--formats", "abc", "--top-p", "1"]
    told = nottingham("generate", *words)
    run = re.search(r"at most (\d+) notes in a row are in Jig \d \(jigs/\d\)", told)
    assert 2 <= int(run[1]) <= 6


def test_tunes_that_are_not_original_are_left_out(nottingham, project):
    words = ["generate", "--bars", "32", "--count", "4", "--formats", "abc", "--top-p", "1"]
    runs = [int(run) for run in re.findall(r"at most (\d+) notes", nottingham(*words))]
    limit(project, min(runs), 1.0)
    told = nottingham(*words, "--original", "--out", "originals")
    kept = [int(run) for run in re.findall(r"at most (\d+) notes", told)]
    assert max(runs) > min(runs) >= max(kept)
    assert len(kept) == len(list(Path("originals").iterdir())) == 4
    limit(project, 0, 1.0)
    said = "0 of the 1 tunes asked for were written: of 32 drawn, 32 shared more with a training "
    with pytest.raises(SystemExit, match=rf"{said}.*; try .*, or without --original"):
        nottingham("generate", "--bars", "32", "--original")
    with pytest.raises(SystemExit, match="0 of the 32 tunes asked for were written: of 64 drawn"):
        nottingham("generate", "--bars", "32", "--count", "32", "--original")


def test_a_limit_that_is_none_is_told_with_what_makes_it(nottingham, project):
    (project / "reports").mkdir(exist_ok=True)
    (project / "reports" / "originality.json").write_text('{"sets": {}}')
    with pytest.raises(SystemExit, match=r"originality\.json: limit: field .*: make repro"):
        nottingham("generate", "--bars", "4", "--original")
    (project / "reports" / "originality.json").unlink()
    with pytest.raises(SystemExit, match=r"originality\.json: cannot be read .*: make repro"):
        nottingham("generate", "--bars", "4", "--original")


@pytest.mark.parametrize(
    ("pipeline", "representation"),
    [(".", Notes()), ("joint", Notes(corpora=("nottingham", "essen")))],
)
def test_what_is_not_asked_for_is_as_in_the_samples(pipeline, representation):
    """The draws and the length that were chosen on validation tunes: `params.yaml`."""
    parser = argparse.ArgumentParser()
    generate.add_to(parser.add_subparsers())
    chosen = parser.parse_args(["generate"])
    sample = params.load(ROOT / pipeline / "params.yaml").sample
    assert chosen.bars == sample.measures
    assert usual_corpus(representation) == (sample.corpus or "")
    for primed, temperature in ((False, sample.temperature), (True, sample.temperature_continued)):
        usual = usual_sampling(representation, primed=primed)
        drawn = SamplingConfig(temperature, top_p=sample.top_p, guidance=sample.guidance)
        assert usual == options.sampling(chosen, representation, primed=primed) == drawn


@pytest.mark.parametrize(
    ("words", "representation", "expected"),
    [
        ("--primer my.abc", Notes(), TEMPERATURE_CONTINUED),
        ("--primer my.abc", Grid(8), TEMPERATURE),
        ("--meter 6/8", Notes(), TEMPERATURE),
        ("--meter 6/8", Grid(8), TEMPERATURE),
        ("--primer my.abc --temperature 1.5", Notes(), 1.5),
    ],
)
def test_models_of_notes_go_on_at_a_temperature_of_their_own(
    words, representation, expected, nottingham, project, monkeypatch
):
    asked = []

    def write(writer, request, **options):
        asked.append(request.sampling.temperature)
        return Drawn([], request.count, 0, 0)

    monkeypatch.setattr(Writer, "tunes", write)
    Uniform(representation).save(project / "models" / "any")
    with pytest.raises(SystemExit):  # as none are written
        nottingham("generate", "--model", "any", *words.split())
    assert asked == [expected]


def test_from_python_too(monkeypatch):
    asked = []
    monkeypatch.setattr(compose, "from_primer", lambda m, p, r: asked.append(r.sampling))
    for representation in (Notes(), Grid(8)):
        library.generate(Uniform(representation), jig(1))
    library.generate(Uniform(Notes()), jig(1), temperature=1.5)
    found = [sampling.temperature for sampling in asked]
    assert found == [TEMPERATURE_CONTINUED, TEMPERATURE, 1.5]


def test_a_dance_in_another_meter_is_refused(nottingham):
    Path("waltz.abc").write_text("X:1\nT:A waltz\nM:3/4\nL:1/4\nK:G\nG A B | c3 |\n")
    words = ["generate", "--model", "note-lstm", "--primer", "waltz.abc", "--bars", "8"]
    with pytest.raises(SystemExit, match="--dance jig: that is not in 3/4; leave it out, or take"):
        nottingham(*words, "--dance", "jig")


def test_each_tune_is_a_file_at_once(nottingham, monkeypatch):
    """The third one never comes."""
    drawn, write = [], compose.from_nothing

    def interrupted(*of):
        drawn.append(of)
        if len(drawn) == 3:
            raise KeyboardInterrupt
        return write(*of)

    monkeypatch.setattr(compose, "from_nothing", interrupted)
    words = "generate --model note-lstm --bars 4 --count 3 --formats abc"
    with pytest.raises((SystemExit, KeyboardInterrupt)):
        nottingham(*words.split())
    assert sorted(path.name for path in Path("tunes").iterdir()) == [
        "note-lstm-1-1.abc",
        "note-lstm-1-2.abc",
    ]


def test_no_two_tunes_are_the_same(nottingham):
    """One pitch or a rest, at each of the seven steps of a last measure: 128 tunes at the most."""
    words = ["--primer", "my.abc", "--bars", "3", "--range", "G4-G4", "--formats", "abc"]
    with pytest.raises(SystemExit, match=r"\d+ of the 200 .*; try .* or a wider --range"):
        nottingham("generate", *words, "--count", "200")
    tunes = [read(path).notes for path in Path("tunes").iterdir()]
    assert 16 < len(set(tunes)) == len(tunes) <= 128


def test_a_model_that_always_writes_the_same_writes_one_tune(nottingham):
    """The likeliest note alone; the one tune is there, and the status says that it is not five."""
    words = "generate --primer my.abc --top-k 1 --count 5 --bars 4 --formats abc"
    with pytest.raises(SystemExit) as stopped:
        nottingham(*words.split())
    assert str(stopped.value) == (
        "error: 1 of the 5 tunes asked for were written: of 40 drawn, 39 had the same notes as one "
        "before; try a larger --top-k, or a larger --top-p, or more --bars"
    )
    assert [path.name for path in Path("tunes").iterdir()] == ["tune-lstm-1-1.abc"]


def test_more_tunes_are_the_same_and_others(nottingham):
    """Also where some are left out: one pitch in one measure is soon written twice alike."""
    words = "generate --primer my.abc --bars 3 --range G4-A4 --formats abc --out"
    nottingham(*words.split(), "few", "--count", "6")
    nottingham(*words.split(), "many", "--count", "24")
    few = {path.name: path.read_bytes() for path in Path("few").iterdir()}
    many = {path.name: path.read_bytes() for path in Path("many").iterdir()}
    assert len(few) == 6
    assert len(many) == 24
    assert {name: many[name] for name in few} == few


def test_evaluate_tells_the_bits_of_each_bar(nottingham):
    """Every step tells log₂ 89 bits; eight notes begin, as two are one on the grid."""
    told = nottingham("evaluate", "my.abc").splitlines()[1:]
    assert told[0] == f"Mine (my.abc), 6/8, G major: {24 * np.log2(89) / 8:.2f} bits a note"
    bits = 8 * np.log2(89)
    assert [line.split()[:2] for line in told[1:4]] == [[str(n), f"{bits:.1f}"] for n in range(3)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["evaluate", "bad.abc", "my.abc"], "error: bad/1 in bad.abc: K:H: not a key"),
        (["generate", "--primer", "bad.abc"], "error: bad.abc: its tune cannot be read: "),
    ],
)
def test_a_damaged_file_is_told_in_plain_words(nottingham, capsys, words, message):
    """Whatever else was read."""
    Path("bad.abc").write_text("X:1\nT:Bad\nM:4/4\nK:H\nC4 |\n")
    with pytest.raises(SystemExit) as stopped:
        nottingham(*words)
    printed = capsys.readouterr()
    said = f"{printed.err}{stopped.value}"
    assert message in said
    assert ("\nMine (my.abc)" in printed.out) == (words[0] == "evaluate")
    assert "key" in said
    assert "UserWarning" not in said


def test_a_folder_here_that_is_named_like_a_model_is_none(nottingham):
    Path("tune-lstm").mkdir()
    nottingham("generate", "--bars", "4", "--meter", "6/8", "--formats", "abc,,abc")
    assert [path.name for path in Path("tunes").iterdir()] == ["tune-lstm-1-1.abc"]


def typed(project, words, **environment):
    """Type a command in a shell."""
    command = (
        f"{sys.executable} -m nottingham evaluate --model tune-lstm --project {project} {words}"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, shell=True, capture_output=True, env=environment, timeout=60)


def test_a_terminal_without_unicode_shows_what_it_can(nottingham, project):
    Path("my.abc").write_text(MINE.replace("T:Mine", "T:Čaj"))
    done = typed(project, "my.abc", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"\n?aj (my.abc), 6/8" in done.stdout
    assert b" 51.8 ????" in done.stdout


def test_who_has_seen_enough_is_not_told_of_it(nottingham, project):
    """As with `head`, of more than a pipe holds, and more tunes than are read at a time."""
    Path("my.abc").write_text("\n".join([MINE + 40 * "ABc def|gab c'd'e'|\n"] * 60))
    done = typed(project, "my.abc | head -n 2")
    assert b"\nMine (my.abc)" in done.stdout
    assert done.stderr == b""


def test_without_a_trained_model_that_of_the_package_writes(typed):
    told = typed("generate", "--dance", "reel", "--key", "G", "--formats", "abc", "--bars", "16")
    assert told.startswith("model: ceol-rince-lstm, of the package: ")
    tune = read("tunes/ceol-rince-lstm-1-1.abc")
    assert (tune.rhythm, tune.key, tune.meter) == ("reel", "G major", "4/4")
    assert "not compared with training tunes" in told


def test_a_trained_model_goes_before_that_of_the_package(project, typed, monkeypatch):
    words = ["generate", "--dance", "jig", "--formats", "abc", "--bars", "8"]
    monkeypatch.chdir(project)
    out = ["--out", "../mine"]
    assert typed(*words, *out).startswith("model: note-lstm, trained here\n")
    for name in ("ceol-rince-lstm", pretrained.FOLDER):
        told = typed(*words, *out, "--model", name)
        assert told.startswith("model: ceol-rince-lstm, of the package")
    monkeypatch.chdir(project.parent)
    told = typed(*words, "--model", f"{project.name}/models/note-lstm", "--out", "mine")
    assert told.startswith(f"model: note-lstm, trained in {project.name}\n")


def test_the_best_model_of_new_tunes_goes_before_the_usual_one(typed, monkeypatch):
    fill(Path())
    fill(Path("joint"))
    Path("joint/models/note-lstm").rename("joint/models/tuned-note-lstm")
    words = ["--bars", "8", "--formats", "abc"]
    assert typed("generate", *words).startswith("model: tuned-note-lstm, trained in joint\n")
    assert typed("generate", *words, "--model", "note-lstm").startswith("model: note-lstm, ")
    Path("joint/data/notes.npz").rename("joint/data/kept.npz")
    assert typed("generate", *words).startswith("model: note-lstm, trained here\n")
    Path("joint/data/kept.npz").rename("joint/data/notes.npz")
    monkeypatch.chdir("joint")
    assert typed("generate", *words).startswith("model: tuned-note-lstm, trained here\n")
    monkeypatch.chdir("..")
    (abc, *_) = Path("tunes").glob("tuned*.abc")
    assert typed("evaluate", abc).startswith("model: note-lstm, trained here\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--original"], "--original: the package has no training tunes"),
        (["--primer", "random"], "--primer random: the package has no test tunes; name a file"),
        (["--dance", "strathspey"], "--dance strathspey: .* name one of reel, jig"),
        (["--model", "note-lstm"], "no model 'note-lstm'; .* --model ceol-rince-lstm"),
        (["--project", "."], "no model 'note-lstm'"),
        (["--corpus", "nottingham"], "--corpus nottingham: .* leave the option out"),
    ],
)
def test_what_the_package_cannot_do_is_explained(typed, words, message):
    with pytest.raises(SystemExit, match=message):
        typed("generate", "--bars", "8", *words)
    assert not Path("tunes").exists()


def test_tunes_like_those_of_a_corpus(typed, monkeypatch):
    """Without a wish, like those of the first, by which the model is judged."""
    wanted, write = [], compose.from_nothing

    def noted(model, meters, request):
        wanted.append(request.corpus)
        return write(model, meters, request)

    monkeypatch.setattr(compose, "from_nothing", noted)
    notes = Notes(corpora=("ours", "theirs"))
    model = Uniform(notes)
    model.save("models/several")
    tunes = [replace(jig(k), corpus=notes.corpora[k % 2]) for k in range(4)]
    parts = np.array([0, 0, 1, 2], np.uint8)
    for part, name in enumerate(split.NAMES):
        write_tunes(f"data/parts/{name}.jsonl", [tunes[k] for k in np.flatnonzero(parts == part)])
    streams.save("data/windows.npz", streams.of_tunes(tunes, Grid(8), split=parts))
    streams.save("data/notes.npz", streams.of_tunes(tunes, notes, split=parts))
    asked = ["generate", "--project", ".", "--model", "several", "--bars", "2", "--formats", "abc"]
    typed(*asked)
    typed(*asked, "--corpus", "theirs")
    typed(*asked, "--corpus", "any")
    with pytest.raises(SystemExit, match=r"--corpus others: .* name one of ours, theirs"):
        typed(*asked, "--corpus", "others")
    assert wanted[:3] == ["ours", "theirs", ""]


def test_a_user_s_own_model_may_be_named_as_the_package_s(typed):
    fill(Path())
    Path("models/note-lstm").rename("models/ceol-rince-lstm")
    words = ["generate", "--bars", "8", "--formats", "abc", "--model", "ceol-rince-lstm"]
    assert typed(*words).startswith("model: ceol-rince-lstm, trained here\n")


def test_the_model_in_the_package_has_no_tunes_to_compare_with(project, typed, monkeypatch):
    """Wherever it is used."""
    monkeypatch.chdir(project)
    Path("my.abc").write_text(MINE)
    told = typed("evaluate", "my.abc", "--model", "ceol-rince-lstm")
    assert "training tune" not in told
    assert "no comparison with real tunes: the package has none" in told


def test_a_damaged_package_is_to_be_installed_again(typed, tmp_path, monkeypatch):
    folder = tmp_path / "ceol-rince-lstm"
    shutil.copytree(pretrained.FOLDER, folder)
    (folder / "weights.safetensors").write_bytes(b"")
    monkeypatch.setattr(pretrained, "FOLDER", folder)
    with pytest.raises(SystemExit, match="the package is damaged, install it again: pip install"):
        typed("generate")
