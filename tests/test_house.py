"""Which room may import which, and what an import does not load."""

import subprocess
import sys

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
    "pretrained": 8,
    "cli": 11,
    "__main__": 12,
}
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "nottingham").rglob("*.py"))
]


def level(module: str) -> int:
    return LEVELS[module.split(".")[1]]


@pytest.mark.parametrize("module", [m for m in MODULES if "." in m])
def test_imports_point_one_way(module):
    for imported in imports(module):
        assert imported.startswith("nottingham."), f"{module} imports {imported}"
        same_room = imported.split(".")[1] == module.split(".")[1]
        both_ground = level(imported) == level(module) == 0
        lower = level(imported) < level(module)
        assert same_room or lower or both_ground, f"{module} imports {imported}"


@pytest.mark.parametrize(
    ("modules", "forbidden"),
    [
        ("nottingham", {"numpy", "jax", "flax", "music21", "dvc", "pydantic"}),
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
