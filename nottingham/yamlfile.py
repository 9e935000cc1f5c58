"""YAML files that people write, read so that nothing in them is overlooked."""

from pathlib import Path
from typing import Any

import yaml

from nottingham.errors import InputError

_DEEPEST = 20
"""Lists in lists: more of them than anybody writes, and fewer than a parser stumbles over."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where it is built in


def read(path: Path | str) -> Any:
    """Read a YAML or JSON file.

    Raises:
        InputError: naming the file and, where there is one, the place that is wrong.
    """
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); it is a file that people write: put it "
            "there, or name another"
        ) from error
    try:
        _check_depth(text)
        return yaml.load(text, _Strict)  # a kind of safe loader: it builds plain values only
    except yaml.YAMLError as error:
        told = str(error).replace('"<byte string>"', "it")
        raise InputError(f"{path}: cannot be read: {told}") from error


def _check_depth(text: bytes) -> None:
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _wrong(f"more than {_DEEPEST} levels, one in the other", event)


class _Strict(_Loader):  # type: ignore[misc]
    """Refuses what YAML allows and nobody means: the same key twice, of which the last one wins."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Build a mapping, if its keys differ."""
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _wrong(f"the key {key.value} is there twice", key)
                seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Build a value; what looks like a number or a date and is none has its place told."""
        try:
            return super().construct_object(node, deep)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise _wrong(f"no value that YAML knows: {error}", node) from error


def _wrong(problem: str, place: Any) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, place.start_mark)
