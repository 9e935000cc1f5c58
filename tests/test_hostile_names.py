"""Names and titles that try to leave the folder or to run in a reader's program, all the way."""

import json
import re
from xml.etree import ElementTree

import pytest

from nottingham import corpus
from nottingham.corpus import collection, sources
from nottingham.formats import writers
from nottingham.formats.abc.tunebook import split_tunes
from nottingham.formats.notated import UNTITLED
from nottingham.music.tune import read_tunes, write_tunes
from nottingham.reporting import markdown

TITLES = [
    "../../x",
    "/etc/passwd",
    "..\\..\\x",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg onload=alert(1)>",
    "javascript:alert(1)",
    "a | b | c",
    "`code` *strong* [link](javascript:alert(1)) ![x](http://x)",
    '=HYPERLINK("http://x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u202ebackwards\u2066 and\u200f so on",
    "a\x1b[2Jb\x07c\x00d",
    "$x^{$ \\$y$ \\frac{1}{0}",
    "%%abc-include /etc/passwd",
    '\\"e \\u0041 \\',
    "&amp; &#x3c;script&#x3e; &nobody;",
    "]]> <?php ?> <!-- -->",
    "Séan Ó Ríada 音楽 🎻",
    "x" * 1_000,
    " ",
    "",
]
SCALE = "CDEFGABcdefgabc'|" * 2


def book(title):
    return f"X:1\nT:{title}\nM:4/4\nL:1/8\nK:C\n{SCALE}\n"


def read(text, tmp_path, name="a.abc"):
    path = tmp_path / name
    path.write_text(text)
    (tune,) = corpus.read(path)
    return tune


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_one_printable_line(tmp_path, title):
    tune = read(book(title), tmp_path)
    assert tune.title.isprintable()
    assert 0 < len(tune.title) <= 200
    assert tune.id == "a/1"
    write_tunes(tmp_path / "tunes.jsonl", [tune])
    assert list(read_tunes(tmp_path / "tunes.jsonl")) == [tune]


def test_a_title_of_nothing_and_a_reason_are_one_printable_line(tmp_path):
    assert read(book("\x00\x01"), tmp_path).title == UNTITLED
    path = tmp_path / "a.abc"
    path.write_text(f"X:1\nK:H\x1b[2J{'x' * 10_000}\nC\n")
    (skipped,) = collection.read_all(path)
    assert skipped.reason.isprintable()
    assert len(skipped.reason) <= 200


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")  # no font has every sign
def test_a_title_stays_a_title_in_every_format(tmp_path, title, make_tune):
    """Even one that nobody has read from a file, and that is as it is here."""
    notes = [(onset, 1, 60 + onset) for onset in range(8)]
    tune = make_tune(*notes, title=title)
    out = tmp_path / "out"
    for path in writers.write(tune, out / "tune", [e for e in writers.FORMATS if e != "wav"]):
        assert path.parent == out
    assert len(list(out.iterdir())) == len(writers.FORMATS) - 1
    text = (out / "tune.abc").read_text()
    assert len(text.splitlines()) == 7
    assert text.count("T:") == 1 + title.count("T:")
    assert "%" not in text
    for ending in ("abc", "mid", "musicxml"):
        (again,) = corpus.read(out / f"tune.{ending}")
        assert again.notes == tune.notes
        assert again.title.isprintable()
    assert ElementTree.parse(out / "tune.musicxml").getroot().tag == "score-partwise"
    for element in ElementTree.parse(out / "tune.svg").iter():  # which a browser may open by itself
        assert element.tag.split("}")[1] not in ("script", "foreignObject", "image", "a")
        for name, value in element.items():
            assert not name.lower().startswith("on")
            assert "javascript:" not in value


@pytest.mark.parametrize(
    "number", ["../../x", "1/../../x", "-1", "9" * 10_000, "١", "<b>", "1 | 2", "\x1b[2J", ""]
)
def test_a_number_is_digits_or_a_place(number):
    ((found, _),) = split_tunes(f"X:{number}\nT:A\nK:C\nC\n")
    assert re.fullmatch(r"[0-9]{1,9}|#1", found)


NAMES = [
    "<script>alert(1)", "a|b", "=1+1", "@x", "-x", "a\nb", "a\x1b[2Jb", "\u202eabc", "a b", "..a",
    "`a`", "[a](b)", "$a$", "%2e%2e", "é",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Files of such names, and two that no text can hold."""
    own = tmp_path / "own"
    own.mkdir()
    for name in NAMES:
        (own / f"{name}.abc").write_text(book(name))
    for name in ("\udcff", "\udcfe", "Case", "case"):
        (own / f"{name}.abc").write_text(book("A tune"))
    return own


def test_ids_of_all_files_differ_and_can_be_written_anywhere(tmp_path, folder):
    raw = tmp_path / "raw"
    (record,) = sources.fetch([str(folder)], raw, archive=None)
    tunes = list(collection.read_all(raw / record["notation"]))
    ids = [tune.id for tune in tunes]
    assert len(set(ids)) == len(ids) == len(NAMES) + 4
    assert {"Case/1", "case/1", "a\\nb/1", "\\udcff/1"} <= set(ids)
    assert all(id_.isprintable() for id_ in ids)
    write_tunes(tmp_path / "tunes.jsonl", tunes)
    assert [tune.id for tune in read_tunes(tmp_path / "tunes.jsonl")] == ids
    listed = json.loads((raw / "provenance.json").read_text())["corpora"][0]["files"]
    assert all((raw / name).is_file() for name in listed)


def test_what_markdown_or_a_spreadsheet_would_take_for_more_is_escaped():
    assert markdown.plain("https://a.b/c-d_e") == "https://a.b/c-d_e"
    assert markdown.plain("a|b <b> \\|") == "a\\|b \\<b\\> \\\\\\|"
    assert markdown.plain("[x](y) `z` *w* $v$") == "\\[x\\](y) \\`z\\` \\*w\\* \\$v\\$"
    for text in ("=1+1", "@x", "-x", "+x"):
        assert markdown.for_spreadsheets(text) == f"'{text}"
    assert markdown.for_spreadsheets("jigs") == "jigs"
