"""The documents lead where they say, and tell what is so: links, tables, graphs, quotations."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from checks import renew
from nottingham import corpus
from nottingham.music.tune import read_tunes
from nottingham.representation import Grid
from tests import documents
from tests.closure import ROOT
from tests.documents import DOCUMENTS

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in documents.links(document):
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in documents.anchors(there), target


def test_every_document_can_be_found_from_the_readme():
    found, todo = set(), [ROOT / "README.md"]
    while todo:
        document = todo.pop()
        if document in found or document.suffix != ".md":
            continue
        found.add(document)
        targets = (link.partition("#")[0] for link in documents.links(document))
        todo += [(document.parent / target).resolve() for target in targets if target]
    assert set(DOCUMENTS) <= found


def test_every_picture_of_docs_is_shown():
    shown = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in documents.links(document)
    }
    assert set((ROOT / "docs").glob("*.png")) <= shown


def test_the_way_of_a_tune_is_as_it_is_told(tmp_path, monkeypatch):
    """The tune of docs/pipeline.md: its notation, what is read, and its steps."""
    _, notation, line, steps = documents.blocks(ROOT / "docs" / "pipeline.md")
    monkeypatch.chdir(tmp_path)  # for the tune's source to be as short as it is told
    Path("mine.abc").write_text(notation.text)
    (tune,) = corpus.read("mine.abc")
    Path("told.jsonl").write_text(json.dumps(json.loads(line.text)))
    assert list(read_tunes("told.jsonl")) == [tune]
    numbers = " ".join(re.match(r"[\d ]+", line)[0] for line in steps.text.splitlines())
    assert numbers.split() == [str(token) for token in Grid(8).encode(tune)]


def test_messages_that_are_quoted_are_still_said():
    """Of the project's own messages: what lies between the places to fill in is in the code."""
    said = {
        node.value
        for folder in ("nottingham", "stages")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    quoted = re.findall(
        r"^error: (?:[\w./-]+: )?(.*)$",
        (ROOT / "docs" / "troubleshooting.md").read_text(),
        re.MULTILINE,
    )
    pieces = {piece.strip(" .:;") for line in quoted for piece in re.split(r"…|\[Errno.*", line)}
    pieces = {piece for piece in pieces if len(piece) > 10}
    assert len(pieces) >= 8
    assert {piece for piece in pieces if not any(piece in text for text in said)} == set()


@pytest.mark.parametrize("stage", STAGES)
def test_the_table_of_the_stages_is_that_of_dvc_yaml(stage):
    text = (ROOT / "docs" / "pipeline.md").read_text()
    (row,) = re.findall(rf"^\| `{stage}`.*$", text, re.MULTILINE)
    _, reads, writes, settings = (set(re.findall("`(.+?)`", cell)) for cell in row.split(" | "))
    told = STAGES[stage]
    files = {path for path in told["deps"] if path.startswith(("data", "models", "reports", "sp"))}
    assert reads == {"models" if path.startswith("models/") else path for path in files}
    assert writes == {re.sub("plots/.*", "plots", path) for path in outputs(told)}
    assert settings == {name.replace("${item.model}", "<model>") for name in told.get("params", [])}


def outputs(stage):
    outs = [out for kind in ("outs", "metrics", "plots") for out in stage.get(kind, [])]
    paths = [out if isinstance(out, str) else next(iter(out)) for out in outs]
    return [path.replace("${item.model}", "<model>") for path in paths]


def test_the_data_card_has_the_split_of_the_results():
    results = (ROOT / "reports" / "results.md").read_text()
    card = renew.between((ROOT / "docs" / "data.md").read_text(), renew.PARTS[1])[2]
    shown = re.findall(r"^\| (train|valid|test) \| ([\d,]+) \|.* ([\d,]+) \|$", card, re.MULTILINE)
    counted = re.findall(r"^- (\w+): ([\d,]+) tunes, ([\d,]+) targets$", results, re.MULTILINE)
    assert shown == counted
    assert len(shown) == 3
    read = json.loads((ROOT / "reports" / "parse.json").read_text())["read"]
    assert f"\n| read | {read:,} |\n" in card


def test_the_graph_of_the_stages_is_that_of_dvc(tmp_path):
    """Drawn in a project without git, as a copy that was downloaded is one."""
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
    part = renew.PARTS[0]
    assert renew.between((ROOT / part.document).read_text(), part)[2] == part.write(tmp_path), (
        "run: make docs"
    )
