"""params.yaml changed in every way that people, editors and programs change it, at random.

What is allowed of each key is written down here once more, by hand, so that a mutation is known to
be right or wrong without asking `nottingham.params`.
"""

import copy
import random
from dataclasses import dataclass
from typing import Any

import yaml

from tests.closure import ROOT

COMMITTED = (ROOT / "params.yaml").read_text()
_SETTINGS = yaml.safe_load(COMMITTED)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # in C, where it is built in
NETWORKS = ("rnn", "gru", "lstm", "tune-lstm")
HUGE, INFINITE, NUMBERLESS = 10**30, float("inf"), float("nan")

_SEEDS = ([0, 1, 7, 2**32 - 1, 3.0, "12", "2e2"], [-1, 2**32, HUGE, 0.5, "1e-05", "one", True])
_FLAGS = ([True, False], ["yes", "true", 0, 1, 1.0, "", "on"])
_NO_NUMBERS = ["", "many", True, False, NUMBERLESS, INFINITE, -INFINITE, "nan", "inf", "1,5"]


def _whole(low: int, high: int) -> tuple[list[Any], list[Any]]:
    right = [low, high, (low + high) // 2, float(low), str(high), f"{low}.0"]
    return right, [low - 1, high + 1, -HUGE, HUGE, low + 0.5, "1e-05", *_NO_NUMBERS]


def _choice(*names: str) -> tuple[list[Any], list[Any]]:
    return list(names), ["", names[0].upper(), f"{names[0]} ", names[0][:-1], 1, True, 0.5]


_PATHS = ["", 1, True, 0.5, "a\x00b", "x" * 5000]
_NETWORK = {
    "cell": _choice("tanh", "gru", "lstm"),
    "units": _whole(1, 8192),
    "embedding": _whole(1, 8192),
    "precision": _choice("float32", "bfloat16"),
    "metrical_position": _FLAGS,
    "intervals": _FLAGS,
    "longest_match": _FLAGS,
    "objective": _choice("every-step", "last-step"),
    "stretch": _whole(2, 4096),
    "batch": _whole(1, 65536),
    "epochs": _whole(1, 100_000),
    "learning_rate": ([1, 1e-30, 0.5, "1e-05", "0.002"], [0, 1.01, -1, HUGE, *_NO_NUMBERS]),
    "dropout": ([0, 0.5, 0.999, "0.1"], [1, -0.1, "1", HUGE, *_NO_NUMBERS]),
    "transpose": _whole(0, 24),
    "keep": _choice("best", "last"),
    "seed": _SEEDS,
}
_SHARE = ([0.01, 0.5, 0.99, "0.7"], [0, 1.01, -0.5, "2", -HUGE, *_NO_NUMBERS])
ALLOWED: dict[str, tuple[list[Any], list[Any]]] = {
    "download.corpus": (["auto", "essen", "/home/me/my tunes", "a.abc"], [None, *_PATHS]),
    "download.archive": ([None, "a.tar.gz", "/home/me/a folder"], _PATHS),
    "parse.max_skipped_share": ([0, 1, 0.5, "0.02"], [-0.1, 1.1, HUGE, *_NO_NUMBERS]),
    "parse.melody_track": ([None, 1, 3, 2.0, "Fiddle"], [0, -1, 1.5, True, ""]),
    "parse.jumps": _choice("play", "leave"),
    "parse.scheduler": ([None, "tcp://10.0.0.1:8786", "tls://a:1"], ["a:1", "tcp://", "", 8786]),
    "window.steps_per_measure": _whole(1, 96),
    "window.train_share": (_SHARE[0], [1, *_SHARE[1]]),
    "window.valid_share": (_SHARE[0], [1, *_SHARE[1]]),
    "window.used_share": ([1, *_SHARE[0]], _SHARE[1]),
    "window.split": _choice("grouped", "random"),
    "window.seed": _SEEDS,
    "window.split_file": ([None, "splits/families.yaml"], _PATHS),
    **{f"train.{name}.{key}": known for name in NETWORKS for key, known in _NETWORK.items()},
    "train.rnn.context": (["window"], ["tunes", "Window", "", 1, True]),
    "train.tune-lstm.context": (["tune"], ["window", "tunes", "", 1, True]),  # phrase is 16
    "train.lstm.phrase": ([0, 0.0, "0"], [1, 64, -1, *_NO_NUMBERS]),  # context is window
    "train.tune-lstm.phrase": _whole(0, 64),
    **{
        f"train.{name}.lookbacks": (
            [[], [1], [64], [4, 8, 16], [2.0], ["8"], [4, 4]],
            [[0], [65], [1.5], ["four"], [True], [None], [[4]], list(range(1, 65)) * 2, 8, "4"],
        )
        for name in NETWORKS
    },
    "ngram.max_order": _whole(1, 8),
    "ngram.smoothing": (
        [[0.1], ["1e-05", 1], [1e-9, 1e9]],
        [[], [0], [-1], [1e-320], [1e308], [NUMBERLESS], ["x"], 0.1, "0.1", [0.1] * 101],
    ),
    "evaluate.seed": _SEEDS,
    "sample.tunes": _whole(1, 1000),
    "sample.steps": _whole(1, 100_000),
    "sample.temperature": ([0.01, 1, 100, "0.9"], [0, 1e-300, 101, -1, *_NO_NUMBERS]),
    "sample.seed": _SEEDS,
    "listen.tunes": _whole(1, 100),
    "listen.pairs": _whole(0, 100),
    "listen.blind": (
        [["rnn"], ["copy", "hold"], ["lstm", "lstm"], ["random", *NETWORKS]],
        [[], ["gpt"], ["real"], ["LSTM"], ["../lstm"], [1], [None], [""], "lstm", ["x" * 999]],
    ),
    "listen.seed": _SEEDS,
}
"""Of each key what is allowed and what is not."""


@dataclass(frozen=True)
class Mutation:
    """A changed params.yaml."""

    text: bytes
    kind: str
    names: tuple[str, ...]
    """What the message must contain; empty where the settings are right."""
    changes: tuple[tuple[str, Any], ...] = ()
    """What the settings are to hold then, by key."""

    @property
    def right(self) -> bool:
        """Whether the settings are allowed."""
        return not self.names


def mutation(number: int) -> Mutation:
    """Draw a mutation."""
    draw = random.Random(number)
    return draw.choice(KINDS)(draw)


def changed(raw: Any, key: str, value: Any) -> Any:
    """Set a key of nested settings."""
    *path, last = key.split(".")
    section = raw
    for part in path:
        section = section[part]
    section[last] = value
    return raw


def _raw() -> Any:
    return copy.deepcopy(_SETTINGS)


def _dumped(
    raw: Any, kind: str, *names: str, changes: tuple[tuple[str, Any], ...] = ()
) -> Mutation:
    text = yaml.dump(raw, Dumper=_DUMPER, sort_keys=False, allow_unicode=True)
    return Mutation(text.encode(), kind, names, changes)


def _right_values(draw: random.Random) -> Mutation:
    raw, keys = _raw(), draw.sample(sorted(ALLOWED), draw.choice((1, 1, 2, 5)))
    changes = tuple((key, draw.choice(ALLOWED[key][0])) for key in keys)
    for key, value in changes:
        changed(raw, key, value)
    return _dumped(raw, "right values", changes=changes)


def _wrong_values(draw: random.Random) -> Mutation:
    raw, keys, told = _raw(), draw.sample(sorted(ALLOWED), draw.choice((1, 1, 1, 3))), []
    for key in keys:
        value = draw.choice(ALLOWED[key][1])
        changed(raw, key, value)
        told.append("train.tune-lstm.phrase" if value == "window" else key)
    # names of models are compared only when each section is right by itself
    alone = [key for key in told if key != "listen.blind"] or told
    return _dumped(raw, "wrong values", *alone)


def _wrong_shape(draw: random.Random) -> Mutation:
    key = draw.choice(sorted(ALLOWED))
    value = draw.choice([{"a": 1}, {key.split(".")[-1]: 1}, [[1]], [None], {}])
    return _dumped(changed(_raw(), key, value), "wrong shape", key)


def _missing(draw: random.Random) -> Mutation:
    raw, key = _raw(), draw.choice(sorted({*ALLOWED, *_SECTIONS}))
    _taken(raw, key)
    return _dumped(raw, "missing", key)


def _taken(raw: Any, key: str) -> Any:
    *path, last = key.split(".")
    for part in path:
        raw = raw[part]
    return raw.pop(last)


_SECTIONS = ("download", "parse", "window", "train", "ngram", "evaluate", "sample", "listen")


def _renamed(draw: random.Random) -> Mutation:
    raw, key = _raw(), draw.choice(sorted({*ALLOWED, *_SECTIONS}))
    *path, last = key.split(".")
    other = draw.choice([last.upper(), f"{last} ", last[:-1], last.replace("_", "-") + "s", "é"])
    changed(raw, ".".join([*path, other]), _taken(raw, key))
    return _dumped(raw, "renamed", key, ".".join([*path, other]))


def _twice(draw: random.Random) -> Mutation:
    lines = COMMITTED.splitlines()
    place = draw.choice([i for i, line in enumerate(lines) if ":" in line and "#" not in line])
    indent, name = len(lines[place]) - len(lines[place].lstrip()), lines[place].split(":")[0]
    again = f"{name}: {draw.choice(['1', '', '[]', 'lstm'])}"
    end = place + 1
    while end < len(lines) and (lines[end].strip()[:1] in "#-" or _indent(lines[end]) > indent):
        end += 1
    lines.insert(draw.choice([place, end]), again)
    return Mutation("\n".join(lines).encode(), "twice", (name.strip(), "twice"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 99


def _moved(draw: random.Random) -> Mutation:
    """A key in another section, or a section within another one."""
    raw, key = _raw(), draw.choice(sorted({*ALLOWED, *_SECTIONS}))
    last, value = key.split(".")[-1], _taken(raw, key)
    places = [s for s in _SECTIONS if s in raw and s != key.split(".")[0] and last not in raw[s]]
    place = draw.choice(places)
    raw[place][last] = value
    return _dumped(raw, "moved", key, f"{place}.{last}")


def _section_replaced(draw: random.Random) -> Mutation:
    key = draw.choice([*_SECTIONS, *(f"train.{name}" for name in NETWORKS)])
    value = draw.choice([None, [], "", "lstm", 1, True, [{"seed": 1}], float("nan")])
    return _dumped(changed(_raw(), key, value), "section replaced", key)


def _networks(draw: random.Random) -> Mutation:
    raw = _raw()
    kind = draw.randrange(4)
    if kind == 0:  # a new one
        name = draw.choice(["my-lstm", "a", "x" * 64, "lstm-2"])
        raw["train"][name] = raw["train"]["lstm"] | {"units": 32}
        return _dumped(raw, "networks", changes=((f"train.{name}.units", 32),))
    if kind == 1:  # under a name that none may have
        name = draw.choice(["../x", "LSTM", "my lstm", "ngram", "real", "x" * 65, "2x", "é", 1])
        raw["train"][name] = raw["train"]["lstm"]
        return _dumped(raw, "networks", f"train.{name}")
    if kind == 2:  # one that the blind test wants is gone
        name = draw.choice(["lstm", "tune-lstm"])
        del raw["train"][name]
        return _dumped(raw, "networks", "listen.blind", name)
    raw["train"] = {}
    return _dumped(raw, "networks", "train")


def _no_text(draw: random.Random) -> Mutation:
    """Bytes that no YAML is made of; the place is named."""
    junk = draw.choice([b"\xff", b"\xc3", b"\x00", b"\x07", b"\xed\xa0\x80"])
    text = COMMITTED.encode()
    place = draw.randrange(len(text))
    return Mutation(text[:place] + junk + text[place:], "no text", ("params.yaml", "position"))


_DAMAGE = {
    "\twindow: 1\n": "line",
    "seed: [1, 2\n": "line",
    "seed: 'one\n": "line",
    "a: b: c\n": "line",
    "\n---\na: 1\n--- \n": "document",
    "a: *nobody\n": "undefined alias",
    "a: !!python/object/apply:os.system [ls]\n": "line",
    "a: 2024-13-45\n": "month",
    "a: 0x_\n": "line",
    f"a: {'9' * 5000}\n": "line",
    f"a: {'[' * 1000}\n": "levels",
    "- 1\n": "line",
    "? [a, b]\n: 1\n": "key",
    "a: !!timestamp today\n": "line",
    "1: 2\n": "1: ",
    "~: 2\n": "None",
    "&x a: [*x]\n": "a: unknown key",
    "colour: red\n": "colour: unknown key",
}


def _damaged(draw: random.Random) -> Mutation:
    piece = draw.choice(sorted(_DAMAGE))
    text = draw.choice([COMMITTED + piece, piece + COMMITTED])
    told = () if piece == "- 1\n" and text.startswith("-") else (_DAMAGE[piece],)
    return Mutation(text.encode(), "damaged", ("params.yaml", *told))


def _cut(draw: random.Random) -> Mutation:
    """The file ends behind some line before its last section."""
    lines = COMMITTED.splitlines(keepends=True)
    end = draw.randrange(lines.index("download:\n") + 1, lines.index("listen:\n"))
    return Mutation("".join(lines[:end]).encode(), "cut", ("listen: missing",))


def _otherwise_written(draw: random.Random) -> Mutation:
    """The same settings in other clothes."""
    style = draw.randrange(6)
    if style == 0:
        text = "\ufeff" + COMMITTED
    elif style == 1:
        text = COMMITTED.replace("\n", "\r\n")
    elif style == 2:
        text = yaml.safe_dump(_raw(), default_flow_style=True, width=10_000)
    elif style == 3:
        text = COMMITTED.replace("  gru:", "  gru: &gru").replace("seed: 1", "seed: 0x1")
    elif style == 4:
        return Mutation(COMMITTED.encode("utf-16"), "otherwise written", ())
    else:
        text = COMMITTED.replace("# measures", "\t# measures, \u202e")
    return Mutation(text.encode(), "otherwise written", ())


KINDS = (
    *[_right_values] * 5, *[_wrong_values] * 6, *[_wrong_shape] * 2, *[_missing] * 2,
    *[_renamed] * 2, *[_twice] * 2, *[_moved] * 2, _section_replaced, *[_networks] * 2, _no_text,
    *[_damaged] * 2, _cut, _otherwise_written,
)  # fmt: skip
