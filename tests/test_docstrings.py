"""What a docstring must say, for everything public in nottingham/: errors and shapes."""

import ast
import re
from collections.abc import Iterator

from tests.closure import ROOT

SHAPED = re.compile(r"\w+\[[\w.]+, '[^']*'\]")
"""An array as jaxtyping writes it, with its shape."""
BARE = re.compile(r"\b(?:np\.ndarray|jax\.Array|Array)\b")
SAID = re.compile(r"``\[[^\]]*\]``|[Ss]ee `|what `")
"""A shape, or the name of what says it: a protocol's method has its docstring in the protocol."""


def public() -> Iterator[tuple[str, ast.FunctionDef, str]]:
    """Yield place, function and docstring of public functions, methods and constructors."""
    for path in sorted((ROOT / "nottingham").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            inner = node.body if isinstance(node, ast.ClassDef) else [node]
            about = isinstance(node, ast.ClassDef) and ast.get_docstring(node)
            for function in inner if not getattr(node, "name", "_").startswith("_") else ():
                if isinstance(function, ast.FunctionDef):
                    made = function.name == "__init__"
                    text = f"{made and about}\n{ast.get_docstring(function)}"
                    if made or not function.name.startswith("_"):
                        yield f"{path}:{function.lineno} {function.name}", function, text


def raises_input_error(node: ast.AST) -> bool:
    """Return whether a function raises the error itself, those within it left out."""
    return any(
        (
            isinstance(child, ast.Raise)
            and isinstance(child.exc, ast.Call)
            and ast.unparse(child.exc.func) == "InputError"
        )
        or (not isinstance(child, ast.FunctionDef) and raises_input_error(child))
        for child in ast.iter_child_nodes(node)
    )


def test_every_docstring_names_the_input_error_that_is_raised():
    raising = [found for found in public() if raises_input_error(found[1])]
    assert len(raising) > 20
    silent = [
        place
        for place, _, text in raising
        if not re.search(r"Raises:\n(.*\n)*\s*InputError: ", text)
    ]
    assert silent == [], "add a section Raises: to their docstrings"


def test_arrays_have_shapes():
    shapeless = []
    for place, function, text in public():
        given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        types = [arg.annotation for arg in given] + [function.returns]
        written = [SHAPED.sub("", ast.unparse(annotation)) for annotation in types if annotation]
        if any(map(BARE.search, written)) and not SAID.search(text):
            shapeless.append(place)
    assert shapeless == [], "say the shape: by jaxtyping, or as ``[time]`` in the docstring"
