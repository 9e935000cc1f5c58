"""The listening page: what is drawn, what is written, and what the page is told."""

import base64
import hashlib
import json
import re
import wave
from dataclasses import replace

import numpy as np
import pytest

from nottingham import corpus
from nottingham.errors import InputError
from nottingham.formats import writers
from nottingham.generation.samples import Samples
from nottingham.listening import blind, page
from nottingham.listening.page import write_page
from nottingham.listening.selection import Pair, Selection, draw
from nottingham.models.names import REAL
from tests.listening.conftest import hostile

MODELS = ["mute", "lstm"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data, listen, plain_tone):
    """A page that took the place of another one."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "samples" / "gone").mkdir(parents=True)
    (folder / "samples" / "gone" / "1.mid").write_text("of an earlier page")
    write_page(folder, draw(data.samples, MODELS, listen()), data)
    return folder


def data_of(folder):
    text = (folder / "index.html").read_text()
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
    return json.loads(data)


def many(tunes):
    ids = tuple(f"book/{i}" for i in range(tunes))
    return Samples(ids, dict.fromkeys((REAL, "ngram", "lstm", "gru"), ()))


def test_the_seed_decides_who_is_heard_and_no_tune_is_heard_twice(listen):
    """Who knows a tune from the gallery would know the person's excerpt."""
    selection = draw(many(100), [], listen(tunes=40, pairs=60, blind=["lstm"]))
    paired = [pair.tune for pair in selection.pairs]
    assert len(selection.shown) == 40
    assert sorted([*selection.shown, *paired]) == list(range(100))
    selections = [
        draw(many(100), [], listen(tunes=5, pairs=30, blind=["ngram", "lstm", "gru"], seed=seed))
        for seed in (1, 1, 2)
    ]
    assert selections[0] == selections[1]
    assert selections[0] != selections[2]
    assert set(selections[0].shown) != set(selections[2].shown)


def test_models_take_turns_and_sides_are_mixed(listen):
    selection = draw(many(100), [], listen(pairs=30, blind=["ngram", "lstm", "gru"]))
    models = [pair.model for pair in selection.pairs]
    assert {name: models.count(name) for name in models} == {"ngram": 10, "lstm": 10, "gru": 10}
    firsts = [pair.person_first for pair in selection.pairs]
    assert sum(firsts) == 15
    assert models != ["ngram", "lstm", "gru"] * 10
    assert firsts != [True, False] * 15


@pytest.mark.parametrize(
    ("models", "changed", "message"),
    [
        ([], {"blind": ["gpt"]}, r"listen\.blind: there are no samples of 'gpt'; .*: ngram, lstm"),
        ([], {"blind": ["real"]}, r"listen\.blind: there are no samples of 'real'"),
        (["gpt"], {}, r"the stage's models: there are no samples of 'gpt'"),
    ],
)
def test_what_cannot_be_heard_is_refused(listen, models, changed, message):
    with pytest.raises(InputError, match=message):
        draw(many(10), models, listen(**({"blind": ["lstm"]} | changed)))


@pytest.mark.parametrize(("tunes", "shown", "pairs"), [(6, 6, 2), (9, 8, 0)])
def test_of_too_few_tunes_those_to_show_come_first(listen, tunes, shown, pairs):
    selection = draw(many(8), [], listen(tunes=tunes, pairs=4, blind=["lstm"]))
    assert (len(selection.shown), len(selection.pairs)) == (shown, pairs)


def test_every_format_of_every_shown_tune_is_there(folder):
    gallery = data_of(folder)["gallery"]
    assert gallery["models"] == ["real", "lstm", "mute"]
    assert (gallery["baselines"], gallery["given"]) == (["mute"], 4)
    stems = [version["stem"] for tune in gallery["tunes"] for version in tune["versions"]]
    assert stems == [f"samples/{name}/{i}" for i in (1, 2) for name in ("real", "lstm", "mute")]
    for stem in stems:
        for ending in writers.FORMATS:
            assert (folder / f"{stem}.{ending}").stat().st_size
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "samples"]
    kept = sorted(path.name for path in (folder / "samples").iterdir())
    assert kept == ["blind", "lstm", "mute", "real"]  # nothing of the earlier page


def test_what_is_known_of_a_tune(folder):
    for tune in data_of(folder)["gallery"]["tunes"]:
        assert tune["title"] == hostile(int(tune["id"].removeprefix("book/")))
        for version in tune["versions"]:
            assert version["judge"] == ("lstm" if version["model"] == "real" else version["model"])
            assert version["bits"] == [1.2] * 11 + [40.0]
            assert version["first"] == 1
            assert version["match"] == {
                "nearest": hostile(9),
                "run": 7,
                "share": 0.25,
                "above_limit": tune["id"] == "book/1",
            }


def test_an_upbeat_is_measure_0(tmp_path, data, plain_tone):
    tunes = {
        name: tuple(replace(tune, notes=tune.notes[4:]) for tune in found)
        for name, found in data.samples.tunes.items()
    }
    upbeats = replace(data, samples=replace(data.samples, tunes=tunes))
    write_page(tmp_path, Selection((0,), ()), upbeats)
    (tune,) = data_of(tmp_path)["gallery"]["tunes"]
    assert {version["first"] for version in tune["versions"]} == {0}


def test_pictures_mark_the_four_given_measures(tmp_path, data, plain_tone, monkeypatch):
    """Tune 0 is in 4/4, tune 1 in 6/8; of the one that falls silent, no others follow."""
    moments = set()
    monkeypatch.setattr(
        "nottingham.formats.pianoroll.write", lambda tune, path, primer: moments.add(primer)
    )
    write_page(tmp_path, Selection((0, 1), ()), data)
    assert moments == {16, 12}
    for model, measures in (("real", 12), ("lstm", 12), ("mute", 4)):
        for name in ("1", "2", "1-narrow", "2-narrow"):
            score = (tmp_path / "samples" / model / f"{name}.svg").read_text()
            assert score.count('class="measure') == measures
            assert score.count('class="measure given"') == 4


def test_the_real_tune_is_heard_as_it_is_written(folder, data):
    """From the MIDI file: its notes, each of an eighth."""
    first = data_of(folder)["gallery"]["tunes"][0]
    (heard,) = corpus.read(folder / f"{first['versions'][0]['stem']}.mid")
    assert heard.notes == data.tunes[first["id"]].notes


def test_names_of_excerpts_do_not_tell(folder):
    """What has no note is silence."""
    pairs = data_of(folder)["blind"]["pairs"]
    for number, pair in enumerate(pairs, start=1):
        assert pair["sounds"] == {s: f"samples/blind/{number:02d}-{s}.wav" for s in "ab"}
        model = pair["sounds"]["ab".replace(pair["person"], "")]
        with wave.open(str(folder / model)) as sound:
            heard = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        assert heard.any() == (pair["model"] == "lstm")
    assert sorted(pair["person"] for pair in pairs) == ["a", "a", "b", "b"]
    assert [pair["pair"] for pair in pairs] == [1, 2, 3, 4]
    there = sorted(path.name for path in (folder / "samples" / "blind").iterdir())
    assert there == [f"{n:02d}-{s}.wav" for n in (1, 2, 3, 4) for s in "ab"]


def test_an_excerpt_is_the_eight_measures_behind_the_beginning(tmp_path, data, plain_tone):
    """In 4/4, at 120 beats a minute: 32 beats, and the 0.08 s in which the last note fades."""
    write_page(tmp_path, Selection((0,), (Pair(2, "lstm", person_first=False),)), data)
    with wave.open(str(tmp_path / "samples" / "blind" / "01-b.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(
            32 * 60 / 120 + 0.08, 1e-3
        )
    (pair,) = data_of(tmp_path)["blind"]["pairs"]
    assert (pair["model"], pair["tune"], pair["person"]) == ("lstm", "book/2", "b")


def test_all_that_begins_as_one_dance_is_in_its_tempo(tmp_path, data, plain_tone):
    """In the gallery 48 beats, as an excerpt 32, at 224 a minute: the real tune is the second of
    the pair, and a reel by the name of its file alone."""
    reel = replace(data.tunes["book/2"], id="reels/2")
    ids = tuple(id_.replace("book/2", "reels/2") for id_ in data.samples.ids)
    matches = {
        name: [{**one, "id": id_} for one, id_ in zip(found, ids, strict=True)]
        for name, found in data.matches.items()
    }
    reels = replace(
        data,
        samples=replace(data.samples, ids=ids),
        tunes={**data.tunes, "reels/2": reel},
        matches=matches,
    )
    chosen = Selection((2,), (Pair(2, "lstm", person_first=False),))
    write_page(tmp_path, chosen, reels)
    for path, beats in (("real/1", 48), ("lstm/1", 48), ("blind/01-a", 32), ("blind/01-b", 32)):
        with wave.open(str(tmp_path / "samples" / f"{path}.wav")) as sound:
            seconds = sound.getnframes() / sound.getframerate()
        assert seconds == pytest.approx(beats * 60 / 224 + 0.08, 1e-3)


def test_the_name_of_a_test_is_that_of_its_excerpts(tmp_path, data, plain_tone):
    def name(*pairs):
        return blind.write(tmp_path, pairs, data)["page"]

    first, second = Pair(1, "lstm", person_first=True), Pair(2, "mute", person_first=True)
    assert name(first, second) == name(first, second)
    others = [
        name(first),
        name(second, first),
        name(first, replace(second, person_first=False)),
        name(first, replace(second, model="lstm")),
    ]
    assert len({name(first, second), *others}) == 5


def test_the_same_tunes_make_the_same_page(folder, data, listen, plain_tone):
    def files():
        return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    first = files()
    write_page(folder, draw(data.samples, MODELS, listen()), data)
    assert files() == first


def test_a_page_that_could_not_be_finished_leaves_the_earlier_one(tmp_path, data):
    (tmp_path / "index.html").write_text("of an earlier page")
    stale = replace(data, matches={})
    with pytest.raises(InputError, match=r"sample book/0 is missing; make it again: dvc repro"):
        write_page(tmp_path, Selection((0,), ()), stale)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "of an earlier page"


NASTY = ["</script>", "<!-- <script>", "a & b", '"', "\\", "\u2028\u2029", "\ud800", "Séan 🎻"]


@pytest.mark.parametrize("title", NASTY)
def test_no_title_ends_the_data(title):
    text = page.embedded({"title": title})
    assert not set(text) & set("<>&\u2028\u2029")
    assert text.isascii()
    assert json.loads(text) == {"title": title}


def test_the_policy_allows_this_style_and_this_script_only(folder):
    """The script makes elements and never markup; no title stands in the page as it is."""
    text = (folder / "index.html").read_text()
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in text
    assert "default-src 'none';" in text
    assert "\\u003cimg src=x onerror=alert(" in text
    assert "<img" not in text
    assert text.count("</script>") == 2
    for way in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "://"):
        assert way not in text.replace("http://www.w3.org/2000/svg", "")
