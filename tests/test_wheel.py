"""A wheel in a new environment: the package writes a tune with nothing but itself."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.closure import ROOT

_INSTALL = ["install", "--quiet", "--disable-pip-version-check"]
_WEIGHTS = 4_000_000  # bytes at most


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build a wheel of the files that git knows, in a copy of them."""
    copy, folder = (tmp_path_factory.mktemp(name) for name in ("source", "wheel"))
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.split("\0"):
        if name.startswith("nottingham/") or name in ("pyproject.toml", "README.md", "LICENSE"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, copy]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    (found,) = folder.iterdir()
    return found


def install(folder, *words):
    """Make an environment; return its folder of commands."""
    venv.create(folder, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    subprocess.run([*pip, *_INSTALL, *words], check=True)
    return folder / "bin"


@pytest.fixture(scope="module")
def beside(tmp_path_factory, wheel):
    """An environment with the wheel, which finds the other packages where the tests do."""
    folder = tmp_path_factory.mktemp("environment")
    commands = install(folder, "--no-deps", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    others = {path for path in sys.path if path.endswith("site-packages")}
    (packages / "others.pth").write_text("\n".join(sorted(others)))
    return commands


def run(commands, where, *words):
    """Run a command in a folder, with no settings of ours, and no network."""
    dropped = ("PYTHONPATH", "NOTTINGHAM_ARCHIVE", "CEOL_RINCE_ARCHIVE")
    clean = {k: v for k, v in os.environ.items() if k not in dropped}
    clean |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [commands / words[0], *words[1:]], cwd=where, env=clean, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
    return done.stdout


def writes_a_tune(commands, where):
    """Ask for a reel in G, as the README does, and read it back."""
    said = run(commands, where, "nottingham", "generate", "--dance", "reel", "--key", "G")
    assert said.startswith("model: ceol-rince-lstm, of the package")
    (abc,) = Path(where, "tunes").glob("*.abc")
    text = abc.read_text()
    assert "R:reel" in text
    assert "K:G" in text
    files = {path.suffix for path in Path(where, "tunes").iterdir()}
    assert files == {".abc", ".mid", ".musicxml", ".wav", ".svg"}
    return abc


def test_the_package_writes_a_tune_with_nothing_but_itself(beside, tmp_path):
    abc = writes_a_tune(beside, tmp_path)
    code = "import nottingham; print(nottingham.__file__); nottingham.load()"
    assert str(beside.parent) in run(beside, tmp_path, "python", "-c", code)
    assert "bits a note" in run(beside, tmp_path, "nottingham", "evaluate", abc)
    said = run(beside, tmp_path, "nottingham", "rewrite", abc, "--bars", "5-6", "--count", "1")
    assert "suggestion 1" in said


def test_the_weights_are_small_and_name_whom_they_owe(beside):
    (folder,) = beside.parent.glob("lib/python*/site-packages/nottingham/pretrained/*-lstm")
    names = {path.name for path in folder.iterdir()}
    assert names == {"README.md", "headings.json", "settings.json", "weights.safetensors"}
    assert (folder / "weights.safetensors").stat().st_size <= _WEIGHTS
    card = (folder / "README.md").read_text()
    assert "CC BY 4.0" in card
    assert "Breathnach" in card  # whom the licence asks to name


@pytest.mark.slow
def test_what_the_wheel_asks_for_is_enough(wheel, tmp_path):
    """An environment with that alone, from the package index."""
    commands = install(tmp_path / "environment", wheel)
    (tmp_path / "here").mkdir()
    writes_a_tune(commands, tmp_path / "here")
