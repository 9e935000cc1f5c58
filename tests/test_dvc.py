"""dvc.yaml against the code: what each stage depends on."""

import ast
import re
import warnings
from fnmatch import fnmatch

import pytest
import yaml
from dvc.repo import Repo

from nottingham import params
from nottingham.models import registry
from tests.closure import ROOT, closure, imports

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
SETTINGS = params.load(ROOT / "params.yaml")
READ_BY = {
    "nottingham/corpus/sources.py": {
        "nottingham/corpus/nottingham.sha256",
        "nottingham/corpus/ceol-rince.sha256",
    },
}
"""Files that are no modules, by the module that reads them."""
UNHASHED = (
    "nottingham/*settings.py",
    "nottingham/*preflight.py",
    "nottingham/*errors.py",
    "nottingham/params.py",
    "nottingham/progress.py",
    "nottingham/__init__.py",
    "nottingham/corpus/__init__.py",
    "nottingham/models/__init__.py",
    "stages/__init__.py",
)
"""Modules that decide no result, so that an edit of them reruns nothing: they check settings,
refuse what cannot work, word errors, show progress, offer functions under shorter names."""


def is_unhashed(path: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in UNHASHED)


@pytest.fixture(scope="module")
def stages():
    """The stages as DVC resolves them, by name; git or not."""
    alone = {"core": {"no_scm": True}}
    with (
        warnings.catch_warnings(action="ignore"),  # DVC's own
        Repo(str(ROOT), config=alone) as repo,
    ):
        return {stage.addressing: stage for stage in repo.index.stages}


NAMES = [
    f"{name}@{model}"
    for name, stage in PIPELINE["stages"].items()
    if "foreach" in stage
    for model in (SETTINGS.train if name == "train-flax-lstm" else PIPELINE["vars"][0]["models"])
] + [name for name, stage in PIPELINE["stages"].items() if "foreach" not in stage]


def script(name: str) -> str:
    return "stages." + name.partition("@")[0].replace("-", "_")


def source(stage: str) -> str:
    return (ROOT / f"{script(stage).replace('.', '/')}.py").read_text()


def is_in(path: str, dep: str) -> bool:
    return path == dep or path.startswith(f"{dep}/")


def has_code(path: str) -> bool:
    return len(ast.parse((ROOT / path).read_text()).body) > 1


@pytest.mark.parametrize("name", NAMES)
def test_a_stage_depends_on_the_code_that_it_imports(stages, name):
    used = closure(script(name), without=is_unhashed)
    used |= set().union(*(READ_BY.get(module, ()) for module in used))
    used = {path for path in used if not path.endswith("__init__.py") or has_code(path)}
    deps = {
        d.def_path for d in stages[name].deps if d.def_path.startswith(("nottingham", "stages"))
    }
    missing = sorted(path for path in used if not any(is_in(path, dep) for dep in deps))
    assert not missing, f"add to the deps of {name} in dvc.yaml: {missing}"
    by_name = rooms_of_models(name.partition("@")[0])
    surplus = [
        dep
        for dep in sorted(deps)
        if not any(is_in(path, dep) for path in used)
        and not any(is_in(path, dep) or is_in(dep, path) for path in by_name | shared(by_name))
    ]
    assert not surplus, f"take from the deps of {name} in dvc.yaml: {surplus}"


ROOM = "nottingham/models"


def path_of_model(name: str) -> str:
    """Return the folder with the code of a model, which the registry imports by name."""
    return f"{ROOM}/counting" if name in registry.COUNTING else f"{ROOM}/recurrent"


def rooms_of_models(stage: str) -> set[str]:
    """Return the folders with the code of the models that a stage fits or loads by name.

    The dependencies of a stage are the same for all of its models.
    """
    code = source(stage)
    if "registry.fit_all" in code:
        return {path_of_model(name) for name in registry.COUNTING}
    return {path_of_model(name) for name in SETTINGS.models} if "models.load(" in code else set()


def shared(folders: set[str]) -> set[str]:
    """Return the modules that the code in some folders imports."""
    found = set()
    for folder in folders:
        for path in (ROOT / folder).glob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found |= closure(module, without=is_unhashed)
    return found


OTHERS = [
    (folder, name + ("@tuned-note-lstm" if "foreach" in stage else ""))
    for folder in ("joint", "pretrained")
    for name, stage in yaml.safe_load((ROOT / folder / "dvc.yaml").read_text())["stages"].items()
]
OF_ROOT = {"evaluate-corpora": "evaluate", "tune-flax-lstm": "train-flax-lstm"}
"""Stages that are no stage of the root, but of the same code as one."""


def code_of(stage) -> set[str]:
    deps = {dep.def_path.removeprefix("../") for dep in stage.deps}
    return {dep for dep in deps if dep.startswith(("nottingham", "stages"))}


@pytest.mark.parametrize(("folder", "name"), OTHERS)
def test_a_stage_of_another_pipeline_depends_on_its_code(stages, folder, name):
    """On the same as the stage of a network of notes in the root's; or on what it imports."""
    mine, name = code_of(stages[f"{folder}/dvc.yaml:{name}"]), name.partition("@")[0]
    of_root = OF_ROOT.get(name, name)
    if of_root not in PIPELINE["stages"]:
        used = closure(script(name), without=is_unhashed)
        used = {path for path in used if not path.endswith("__init__.py") or has_code(path)}
        assert not [path for path in used if not any(is_in(path, dep) for dep in mine)]
        assert not [dep for dep in mine if not any(is_in(path, dep) for path in used)]
        return
    model = "@note-lstm" if "foreach" in PIPELINE["stages"][of_root] else ""
    root = code_of(stages[of_root + model])
    if name == "evaluate-corpora":  # which has a script of its own
        root = {d.replace("stages/evaluate.py", "stages/evaluate_corpora.py") for d in root}
    assert mine == root


@pytest.mark.parametrize("name", PIPELINE["stages"])
def test_a_stage_depends_on_the_settings_that_it_reads(name):
    """On those that its script names; what fits or trains takes the section of its model."""
    stage = PIPELINE["stages"][name]
    declared = set(stage.get("do", stage)["params"])
    code = re.sub(r"\.required\(\"(\w+)\"\)", r".\1", source(name))
    found = re.findall(r"(?:everything|settings|load\(\))\.(\w+)(?:\.(\w+))?", code)
    read = {(section, key) for section, key in found if section in params.Params.model_fields}
    keys = {f"{section}.{key}" for section, key in read}
    fitted = {registry.KINDS[row.kind].section for row in registry.COUNTING.values()} - {""}
    of_models = {"fit-ngram": fitted, "train-flax-lstm": {"train.${key}"}}
    named = {key for key in declared & keys if key.partition(".")[0] not in declared}
    sections = {section for section, key in read if f"{section}.{key}" not in named}
    assert declared == of_models.get(name, sections | named)


@pytest.mark.parametrize("name", NAMES)
def test_a_stage_depends_on_the_tokens_that_it_reads(stages, name):
    """A training on those of its section, which are what its model is evaluated and judged by."""
    stage, _, model = name.partition("@")
    own, both = {"train-flax-lstm", "evaluate", "judge"}, {"fit-ngram", "report"}
    files = {"data/windows.npz", "data/notes.npz"}
    expected = {f"data/{SETTINGS.tokens(model)}.npz"} if stage in own else set()
    found = {dep.def_path for dep in stages[name].deps if dep.def_path in files}
    assert found == (files if stage in both else expected)
    assert bool(found) == ("streams.load(" in source(stage))


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n.partition("@")[0] in ("evaluate", "sample")]
)
def test_a_model_is_evaluated_with_its_code(stages, name):
    model = name.partition("@")[2]
    deps = {dep.def_path for dep in stages[name].deps}
    assert {path_of_model(model), f"models/{model}"} <= deps
    for path in shared({path_of_model(model)}):
        assert any(is_in(path, dep) for dep in deps) or not has_code(path), path


def test_dvc_leaves_out_what_decides_no_result():
    ignored = (ROOT / ".dvcignore").read_text().splitlines()
    kinds = {
        re.sub(r".*/", "", pattern) for pattern in ignored if pattern.startswith("nottingham/")
    }
    assert kinds == {"settings.py", "preflight.py", "errors.py"}


def test_modules_of_settings_only_check():
    """They hold classes and checks of values, and import nothing that computes."""
    for path in (ROOT / "nottingham").rglob("settings.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        assert all(name.endswith("settings") for name in imports(module)), path


def test_models_stand_in_the_registry_and_in_the_settings():
    models = PIPELINE["vars"][0]["models"]
    assert sorted(models) == sorted(SETTINGS.models)
    for name, row in models.items():
        assert path_of_model(name) == f"{ROOM}/{row['room']}"
        assert SETTINGS.tokens(name) == row["tokens"]
    fitted = [out for out in PIPELINE["stages"]["fit-ngram"]["outs"] if isinstance(out, str)]
    assert fitted == [f"models/{name}" for name in registry.COUNTING]
    read = [d for d in PIPELINE["stages"]["report"]["deps"] if d.startswith("reports/metrics/")]
    assert read == [f"reports/metrics/{name}.json" for name in models]
    artifacts = PIPELINE["artifacts"]
    assert {name: one["path"] for name, one in artifacts.items()} == {
        name: f"models/{name}" for name in SETTINGS.models
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_stage_runs_the_script_of_its_name(stages, name):
    model = name.partition("@")[2]
    assert stages[name].cmd == f"python -m {script(name)} {model}".strip()
    assert stages[name].desc
