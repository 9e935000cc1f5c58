"""A git repository with this pipeline's graph, settings and reports, whose stages do no work.

One script stands in for every stage: it writes a new figure into each of the stage's outputs. What
DVC reruns, queues, compares and shows is what dvc.yaml declares, whatever the stages do.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.closure import ROOT

SCRIPT = """\
import random, sys
from pathlib import Path

new = round(random.random(), 4)
for named in sys.argv[1:]:
    path, _, model = named.partition("=")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(
        f"epoch,log_loss,valid_log_loss,valid_accuracy\\n1,{new},{new},{new}\\n"
        if path.startswith("reports/curves/") else
        f'{{"{model}": {{"epoch": 3, "valid_log_loss": {new}}}}}'
        if path.startswith("reports/training/") else
        f'{{"test": {{"log_loss": {new}}}}}'
    )
"""
CODE = (".py", ".sha256", ".css", ".html", ".js")
"""Left out of the graph: it takes DVC minutes to write and read it in dvc.lock again and again."""
FOLDERS = {"data/raw": ["provenance.json"], "reports/samples": ["1.mid"]}


def make_project(folder: Path) -> Path:
    """Make the repository in an empty folder; nothing has run yet."""
    shutil.copytree(ROOT / "splits", folder / "splits")
    for name in (".dvc/config", ".dvcignore", ".gitignore", "params.yaml", "reports/.gitignore"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "reports" / "studies").mkdir()
    (folder / "reports" / "studies" / "README.md").write_text("Studies: none\n")
    (folder / "stand_in.py").write_text(SCRIPT)
    pipeline = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    for stage in pipeline["stages"].values():
        stage["deps"] = [path for path in stage["deps"] if not path.endswith(CODE)]
        stage["cmd"] = " ".join(["python stand_in.py", *_written(stage)])
    (folder / "dvc.yaml").write_text(yaml.safe_dump(pipeline, sort_keys=False))
    run(folder, "git", "init", "--quiet", "--initial-branch", "main")
    commit(folder, "The pipeline")
    return folder


def commit(project: Path, message: str) -> None:
    """Commit whatever there is."""
    run(project, "git", "add", "--all")
    run(project, "git", "commit", "--quiet", "--message", message)


def _written(stage: dict) -> list[str]:
    """List the files that stand for a stage's outputs, with the model that a file is about."""
    files = []
    for kind in ("outs", "metrics", "plots"):
        for out in stage.get(kind, []):
            path = out if isinstance(out, str) else next(iter(out))
            names = FOLDERS.get(path, [""])
            if path == "reports/metrics":
                names = [f"{model}.json" for model in stage["cmd"].split()[3:]]
            files += [
                f"{path}/{name}".rstrip("/") + "=${item.model}" * ("matrix" in stage)
                for name in names
            ]
    return files


def run(project: Path, *command: str) -> str:
    """Run a command and give what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    done = subprocess.run(
        command,
        cwd=project,
        env=os.environ | dict.fromkeys(names, "reader") | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
