"""The rules of the house: which room may import which, and what an import may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.closure import ROOT, imports

# A room may import rooms of a lower level only. The ground floor has no rooms.
LEVELS = {
    "settings": 0,
    "params": 10,
    "errors": 0,
    "files": 0,
    "progress": 0,
    "printable": 0,
    "yamlfile": 0,
    "music": 1,
    "formats": 2,
    "corpus": 3,
    "representation": 4,
    "dataset": 5,
    "models": 6,
    "training": 7,
    "evaluation": 7,
    "generation": 7,
    "reporting": 8,
    "listening": 9,
    "cli": 11,
    "__main__": 12,
}
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for folder in ("nottingham", "stages", "tools/studies")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("nottingham.")])
def test_imports_point_one_way(module):
    for imported in imports(module):
        assert imported.startswith("nottingham."), f"{module} imports {imported}"
        same_room = room(imported) == room(module)
        below = LEVELS[room(imported)] < LEVELS[room(module)]
        both_ground = LEVELS[room(imported)] == LEVELS[room(module)] == 0
        assert same_room or below or both_ground, f"{module} imports {imported}"


def test_every_room_has_a_level():
    assert {room(m) for m in MODULES if m.startswith("nottingham.")} == set(LEVELS)


@pytest.mark.parametrize(
    ("modules", "forbidden"),
    [
        (
            "nottingham.models.counting.ngram, nottingham.models.counting.kneser_ney, "
            "tools.studies.__main__, tools.studies.ablations",
            {"jax", "flax", "music21", "dvc"},
        ),
        ("nottingham.dataset.streams, nottingham.corpus", {"jax", "music21"}),
        ("nottingham.__main__", {"jax", "flax", "music21", "dvc", "verovio", "matplotlib"}),
        ("nottingham.params", {"jax", "music21", "numpy"}),
        ("stages.report", {"jax", "flax", "music21", "dvc", "matplotlib"}),
        ("stages.judge", {"jax", "flax", "dvc", "matplotlib"}),
    ],
)
def test_what_an_import_does_not_load(modules, forbidden):
    code = f"import sys, {modules}; print(*{{m.split('.')[0] for m in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(loaded.stdout.split()) & forbidden


def external(module: str) -> set[str]:
    """Name the outside packages that a module imports anywhere."""
    found = set()
    path = Path(ROOT, *module.split("."))
    source = (path / "__init__.py") if path.is_dir() else path.with_suffix(".py")
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    ("package", "homes"),
    [
        (
            "music21",
            {
                "nottingham.formats.musicxml.harmony",
                "nottingham.formats.musicxml.reader",
                "nottingham.music.keys",
                "nottingham.formats.musicxml.writer",
            },
        ),
        ("verovio", {"nottingham.formats.engraving"}),
        ("scipy", {"nottingham.evaluation.distribution_distance", "nottingham.listening.answers"}),
        (
            "pydantic",
            {
                "nottingham.params",
                "nottingham.reporting.schemas",
                "nottingham.listening.answers",
            },
        ),
        ("pooch", {"nottingham.corpus.sources"}),
        ("matplotlib", {"nottingham.reporting.plots", "nottingham.formats.pianoroll"}),
        ("dvc", set()),
        ("yaml", {"nottingham.yamlfile"}),
        ("mido", {"nottingham.formats.midi.smf", "nottingham.formats.midi.writer"}),
    ],
)
def test_each_library_has_its_home(package, homes):
    found = {module for module in MODULES if package in external(module)}
    assert {module for module in found if not module.endswith("settings")} == homes


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("nottingham.")])
def test_artifact_paths_are_the_stages_business(module):
    path = ROOT.joinpath(*module.split("."))
    source = (path / "__init__.py") if path.is_dir() else path.with_suffix(".py")
    code = [line for line in source.read_text().splitlines() if '"""' not in line]
    for folder in ("data/", "models/", "reports/"):
        opened = [line for line in code if f'"{folder}' in line or f"'{folder}" in line]
        assert not opened, f"{module}: {opened}"


@pytest.mark.parametrize("stage", [m for m in MODULES if m.startswith("stages.")])
def test_a_stage_is_thin(stage):
    lines = ROOT.joinpath(*stage.split(".")).with_suffix(".py").read_text().splitlines()
    assert len(lines) <= 50
