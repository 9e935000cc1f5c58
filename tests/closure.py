"""Which of the project's files a stage runs, found by reading its imports.

A module named in an import is followed through all its imports, those inside functions too. The
packages around it are followed through those at module level only, since nothing else of them
runs; but a package that is itself imported from counts as named.
"""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


def closure(module: str, *, without: Callable[[str], bool] = lambda path: False) -> set[str]:
    """Give the paths, relative to the project, of all files that running ``module`` may load.

    ``without`` says of a path that it, and what only it imports, is left out.
    """
    done: set[tuple[str, bool]] = set()
    todo = [(module, True)]
    while todo:
        item = todo.pop()
        if item in done or without(str(path_of(item[0]).relative_to(ROOT))):
            continue
        done.add(item)
        name, named = item
        for imported in imports(name, everywhere=named):
            todo.append((imported, True))
        todo.extend((parent, False) for parent in parents(name))
    return {str(path_of(name).relative_to(ROOT)) for name, _ in done}


@cache
def imports(module: str, *, everywhere: bool = True) -> frozenset[str]:
    """Name the project's modules that a module imports."""
    tree = ast.parse(path_of(module).read_text())
    nodes = ast.walk(tree) if everywhere else iter(tree.body)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module and is_ours(node.module):
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in submodules if exists(name)}
            found.update(modules)
            if len(modules) < len(node.names):
                found.add(node.module)
    return frozenset(found)


def parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:i]) for i in range(1, len(parts))]


def is_ours(module: str) -> bool:
    return module.split(".")[0] in ("nottingham", "stages", "tools")


def exists(module: str) -> bool:
    return path_of(module, must_exist=False).exists()


@cache
def path_of(module: str, *, must_exist: bool = True) -> Path:
    package = ROOT.joinpath(*module.split("."), "__init__.py")
    if package.exists():
        return package
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    assert path.exists() or not must_exist, f"no module {module}"
    return path
