"""What a docstring must say, for everything public in nottingham/: errors and shapes."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.closure import ROOT

MODULES = sorted((ROOT / "nottingham").rglob("*.py"))
BARE = re.compile(r"\b(?:np\.ndarray|jax\.Array|Array)\b")
"""An array without jaxtyping's brackets around it, which would say its shape."""
SHAPE = re.compile(r"``\[[^\]]*\]``|[Ss]ee `|what `")
"""A shape, or the name of what says it: a protocol's method has its docstring in the protocol."""


@dataclass(frozen=True)
class Function:
    """A function, a method, or a class with what its ``__init__`` takes."""

    name: str
    node: ast.FunctionDef
    docstring: str


def functions(tree: ast.Module) -> Iterator[Function]:
    """Yield the public functions and methods of a module, those of private classes left out."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            about = ast.get_docstring(node) or ""
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    own = ast.get_docstring(inner) or ""
                    if inner.name == "__init__":
                        yield Function(node.name, inner, f"{about}\n{own}")
                    elif not inner.name.startswith("_"):
                        yield Function(f"{node.name}.{inner.name}", inner, own)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield Function(node.name, node, ast.get_docstring(node) or "")


def public() -> list[tuple[str, Function]]:
    """Give all of them, each with its place."""
    return [
        (f"{path.relative_to(ROOT)}:{function.node.lineno} {function.name}", function)
        for path in MODULES
        for function in functions(ast.parse(path.read_text()))
    ]


def raised(node: ast.FunctionDef) -> set[str]:
    """Name the errors that a function raises itself, those of functions within it left out."""
    found, todo = set(), list(node.body)
    while todo:
        item = todo.pop()
        if isinstance(item, ast.FunctionDef):
            continue
        if isinstance(item, ast.Raise) and isinstance(item.exc, ast.Call):
            found.add(ast.unparse(item.exc.func))
        todo.extend(ast.iter_child_nodes(item))
    return found


def arrays_without_shape(node: ast.FunctionDef) -> list[str]:
    """Name the arguments (and ``return``) that are arrays of which the annotation says no shape."""
    everything = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    said = {arg.arg: arg.annotation for arg in everything} | {"return": node.returns}
    return [
        name for name, annotation in said.items() if annotation and BARE.search(plain(annotation))
    ]


def plain(annotation: ast.expr) -> str:
    """Write an annotation without what jaxtyping says of arrays."""
    return re.sub(r"\w+\[[\w.]+, '[^']*'\]", "", ast.unparse(annotation))


def test_there_is_much_to_look_at():
    assert len(public()) > 250


def test_every_docstring_names_the_input_error_that_is_raised():
    silent = [
        place
        for place, function in public()
        if "InputError" in raised(function.node)
        and not re.search(r"Raises:\n(.*\n)*\s*InputError: ", function.docstring)
    ]
    assert silent == [], "add a section Raises: to their docstrings"


def test_arrays_have_shapes():
    shapeless = [
        f"{place}: {', '.join(names)}"
        for place, function in public()
        if (names := arrays_without_shape(function.node)) and not SHAPE.search(function.docstring)
    ]
    assert shapeless == [], "say the shape: by jaxtyping, or as ``[time]`` in the docstring"


@pytest.mark.parametrize(
    ("source", "without"),
    [
        ("def f(x: np.ndarray) -> int: ...", ["x"]),
        ("def f(x: Float[np.ndarray, ' n'], *, y: jax.Array) -> np.ndarray: ...", ["y", "return"]),
        ("def f(x: Sequence[np.ndarray]) -> Int[Array, 'a b']: ...", ["x"]),
        ("def f(x: dict[str, Float[np.ndarray, ' n']] | None) -> None: ...", []),
    ],
)
def test_a_missing_shape_is_noticed(source, without):
    (node,) = ast.parse(source).body
    assert arrays_without_shape(node) == without


def test_errors_of_functions_within_are_not_one_s_own():
    (node,) = ast.parse("def f():\n def g():\n  raise A()\n if x:\n  raise B('')\n").body
    assert raised(node) == {"B"}
