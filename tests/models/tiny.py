"""A second representation, made up, that is as little as possible like a grid."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nottingham.representation.vocabulary import Vocabulary

_NAMES = (
    *("C4", "D4", "E4", "rest", "G4", "short", "long", "end", "tied short", "tied long"),
    *("in C", "in D", "of 12", "of 8", "2 measures", "5 measures", "to 12", "to 8"),
)
_KINDS = ["tonic", "meter", "measures", "note", "duration", "change", "end"]
_KIND = ["note"] * 5 + ["duration"] * 2 + ["end"] + ["duration"] * 2
_KIND += ["tonic"] * 2 + ["meter"] * 2 + ["measures"] * 2 + ["change"] * 2
_FOLLOWS = {
    "tonic": ["meter"],
    "meter": ["measures"],
    "measures": ["note", "change", "end"],
    "note": ["duration"],
    "duration": ["note", "change", "end"],
    "change": ["note"],
    "end": [],
}


def _table(**values: int) -> np.ndarray:
    """Return the values of some tokens, by name; others have 0."""
    return np.array([values.get(name.replace(" ", "_"), 0) for name in _NAMES], np.int32)


def _of_sections(most: int, **values: list[int]) -> np.ndarray:
    """Return what tokens say of sections, by name; others say nothing."""
    table = np.full((len(_NAMES), most), -1, np.int32)
    for name, row in values.items():
        table[_NAMES.index(name.replace("_", " "))] = row
    return table


_VOCABULARY = Vocabulary(
    names=_NAMES,
    pitch=_table(C4=60, D4=62, E4=64, G4=67),
    ticks=_table(short=1, long=3, tied_short=1, tied_long=3),
    kinds=_KINDS,
    kind=np.array([_KINDS.index(kind) for kind in _KIND], np.int32),
    follows=np.array([[kind in _FOLLOWS[before] for kind in _KINDS] for before in _KINDS]),
    begins=np.array([kind == "tonic" for kind in _KINDS]),
    headers=3,
    measure=_table(of_12=12, of_8=8, to_12=12, to_8=8),
    measures=_table(**{"2_measures": 2, "5_measures": 5}),
    repeats=_of_sections(2, **{"2_measures": [0, 1], "5_measures": [0, 0]}),
    closes=_of_sections(3, in_C=[0, 1, 1], in_D=[1, 0, -1]),
    tonic=_table(in_C=1, in_D=3),
    relative=False,
)


def _music(*_: Any) -> Any:
    raise AssertionError("models depend on the tables of the vocabulary, and on nothing musical")


@dataclass(frozen=True)
class Tiny:
    """Eighteen tokens of 0, 1 and 3 ticks, a window of 10 tokens and measures of 12 or 8 ticks."""

    vocabulary = _VOCABULARY
    measure_ticks = 12
    window = 10
    corpora: tuple[str, ...] = ()

    encode = decode = header = heading = shift = _music
    begins_note = sounding = notes = tick_of = moment_of = _music

    def settings(self) -> dict[str, Any]:
        """Return what `from_settings` makes an equal one of, where "tiny" is registered."""
        return {"name": "tiny"}
