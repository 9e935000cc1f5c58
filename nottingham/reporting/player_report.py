"""``reports/player.json``, and what ``reports/generated.md`` says of it: what a player sees."""

from collections.abc import Mapping, Sequence
from typing import Any

from nottingham.evaluation.player import CORE, DANCES
from nottingham.models.names import REAL, TRAINED
from nottingham.reporting.markdown import number, sure, table

_SHOWN = (TRAINED, "lstm", "tune-lstm", "note-copy", "note-lstm")
"""The models of the tables by dance, and what they learn from."""
_CLOSER = "note-lstm"
"""The model of which all is shown."""

_TEXT = """\
## What a player sees

Tunes of four dances that each model wrote from nothing, and its continuations of test tunes from
the fifth measure on, by their written notes, beside real tunes in the meter of each dance.
*Outside*: of the eight figures of each dance in the tables below, how many lie outside the real
tunes' 95 % interval, in bold there; of as many tunes drawn like the real ones, about one in six
would by chance. *Two-sample accuracy*: how often the better of two classifiers is right whether a
tune that it has not seen is real (Lopez-Paz & Oquab 2017); 0.5 is indistinguishable. `real` is the
control, half of the real tunes beside the other half. *Training tunes* are compared with the same
real tunes as the models' are: a figure of theirs that lies outside differs between the parts of the
corpus. A dash: there are no such tunes, or too few."""

Document = Mapping[str, Any]


def gathered(
    judged: Mapping[str, Document], control: Document | None, trained: Document
) -> dict[str, Any]:
    """Return what ``reports/player.json`` holds.

    Args:
        judged: of each model, what ``data/judged/<model>.json`` holds.
        control: what `two_sample.control` returns of the real tunes.
        trained: of the training tunes what the documents of ``judged`` hold.

    Returns:
        Of each model, None where there is nothing: ``outside`` of ``figures`` of the tunes from
        nothing, ``all_outside`` of ``all_figures``, ``two_sample_accuracy``; the same of its
        continuations, as ``continued_…``; and the documents that they are taken from, ``new`` and
        ``continued``, and ``two_sample`` of both. Of `REAL`, the control; of `TRAINED`, as of a
        model.
    """
    return {
        REAL: {"two_sample_accuracy": _accuracy(control), "two_sample": {"control": control}},
        **{
            model: _of_model(found["player"], found["two_sample"])
            for model, found in {TRAINED: trained, **judged}.items()
        },
    }


def _of_model(player: Document, two_sample: Document) -> dict[str, Any]:
    new, continued = player["new"], player["continued"]
    totals = ("outside", "figures", "all_outside", "all_figures")
    return {
        **{name: new and new[name] for name in totals},
        "two_sample_accuracy": _accuracy(two_sample["new"]),
        **{f"continued_{name}": continued and continued[name] for name in totals},
        "continued_two_sample_accuracy": _accuracy(two_sample["continued"]),
        "new": new,
        "continued": continued,
        "two_sample": {name: two_sample[name] for name in ("new", "continued")},
    }


def _accuracy(found: Document | None) -> float | None:
    return found["accuracy"] if found else None


def markdown(player: Document) -> str:
    """Write the section of ``reports/generated.md``."""
    return "\n\n".join([_TEXT, _summary(player), *_dances(player), *_closer(player)])


def _summary(player: Document) -> str:
    rows = []
    for name, found in player.items():
        tests = found["two_sample"]
        rows.append(
            [
                name,
                _share(found, ""),
                _sure(tests.get("control" if name == REAL else "new")),
                _share(found, "continued_"),
                _sure(tests.get("continued")),
            ]
        )
    header = [f"{what}: outside" for what in ("from nothing", "continued")]
    columns = [name for outside in header for name in (outside, "two-sample accuracy")]
    return table(["", *columns], rows)


def _share(found: Document, kind: str) -> str:
    if not found.get(f"{kind}figures"):
        return number(None)
    return f"{found[f'{kind}outside']} of {found[f'{kind}figures']}"


def _sure(test: Document | None) -> str:
    return sure(test["accuracy"], test["interval"], digits=3) if test else number(None)


def _dances(player: Document) -> list[str]:
    """Write a table for each dance: its core figures, of real tunes and of some models."""
    new = {model: player[model]["new"] for model in _SHOWN if player.get(model, {}).get("new")}
    parts = []
    for dance, meter in DANCES.items():
        found = {m: one["dances"][dance] for m, one in new.items() if dance in one["dances"]}
        if not found:
            continue
        first = next(iter(found.values()))
        rows = [
            [
                _named(figure),
                sure(**first["figures"][figure]["real"], digits=3),
                *(_marked(one["figures"][figure]) for one in found.values()),
            ]
            for figure in CORE
        ]
        counts = ", ".join(f"{one['generated']} {_of(model)}" for model, one in found.items())
        text = f"{first['real']} real tunes, {counts}."
        columns = ["", REAL, *found]
        parts.append(f"### {dance.capitalize()}, {meter}\n\n{text}\n\n{table(columns, rows)}")
    return parts


def _closer(player: Document) -> list[str]:
    """Write the further figures of one model, and by which features it is told from real tunes."""
    found = player.get(_CLOSER)
    parts = []
    if found and found["new"] and (dances := found["new"]["dances"]):
        names = next(iter(dances.values()))["figures"]
        rows = [
            [_named(name), *(_beside(one["figures"][name]) for one in dances.values())]
            for name in names
            if name not in CORE
        ]
        text = f"Of `{_CLOSER}`, and in brackets of the real tunes."
        parts.append(f"### Further figures\n\n{text}\n\n{table(['', *dances], rows)}")
    if found and (test := found["two_sample"]["new"]) and test["telling"]:
        parts.append(_telling(test["telling"]))
    return parts


def _telling(features: Sequence[Document]) -> str:
    text = f"""\
### What tells them apart

The features of `{_CLOSER}`'s tunes from nothing with the largest coefficients of the logistic
regression, by standard deviation."""
    rows = [
        [
            one["feature"].replace("_", " "),
            number(one["weight"], digits=2),
            *(number(mean, digits=3) for mean in one["mean"]),
        ]
        for one in features
    ]
    return f"{text}\n\n{table(['', 'coefficient', _CLOSER, REAL], rows)}"


def _of(writer: str) -> str:
    return writer if writer == TRAINED else f"by `{writer}`"


def _named(figure: str) -> str:
    return figure.replace("_", " ")


def _marked(figure: Document) -> str:
    value = number(figure["generated"]["value"], digits=3)
    return f"**{value}**" if figure["outside"] else value


def _beside(figure: Document) -> str:
    return f"{_marked(figure)} ({number(figure['real']['value'], digits=3)})"
