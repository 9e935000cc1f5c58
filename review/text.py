"""What has changed, in Markdown: the text of a comment on a pull request.

Figures have four decimals, as the metrics have. A dash stands for what is not there.
"""

from collections.abc import Mapping
from typing import Any

from nottingham.reporting.markdown import number, table
from review.changes import Change, Changes

_FIRST = {"log-loss": "test.log_loss", "accuracy": "test.accuracy"}
_UNITS = (
    "Log-loss in nats per step: less is better. Accuracies are shares of steps: more is better. "
    "`…bits` and `bits_per_note` in bits per note."
)


def markdown(changes: Changes) -> str:
    """Write everything that changed."""
    parts = [
        f"## Metrics, params and plots beside `{changes.base}`",
        *_metrics(changes.metrics),
        *_params(changes.params),
        _plots(changes),
    ]
    return "\n\n".join(parts) + "\n"


def _metrics(metrics: Mapping[str, Mapping[str, Change]]) -> list[str]:
    """Write the test figures of each model, and the rest where a reader can unfold it."""
    main = [
        [model, *(cell for name in _FIRST.values() for cell in _cells(found.get(name, _NOTHING)))]
        for model, found in metrics.items()
        if any(_changed(found.get(name, _NOTHING)) for name in _FIRST.values())
    ]
    rest = [
        [model, name, *_cells(change)]
        for model, found in metrics.items()
        for name, change in found.items()
        if name not in _FIRST.values() and _changed(change)
    ]
    if not main and not rest:
        return ["No metric changed."]
    parts = [_UNITS]
    if main:
        header = [cell for name in _FIRST for cell in (f"test {name}", "now", "change")]
        parts.append(table(["model", *header], main))
    else:
        parts.append("No test log-loss and no test accuracy changed.")
    if rest:
        others = table(["of", "metric", "before", "now", "change"], rest)
        parts.append(_folded(f"Other metrics: {len(rest)}", others))
    return parts


def _params(params: Mapping[str, Change]) -> list[str]:
    if not params:
        return ["No param changed."]
    rows = [[name, _word(change.old), _word(change.new)] for name, change in params.items()]
    return [table(["param", "before", "now"], rows)]


def _plots(changes: Changes) -> str:
    if not changes.plots:
        return "No plot changed."
    names = ", ".join(f"`{path}`" for path in changes.plots)
    return f"Plots that changed: {names}. Side by side in `plots/index.html`, next to this text."


_NOTHING = Change(None, None)


def _changed(change: Change) -> bool:
    return bool(change.old != change.new)


def _cells(change: Change) -> list[str]:
    return [_figure(change.old), _figure(change.new), _figure(change.difference, sign="+")]


def _figure(value: Any, *, sign: str = "") -> str:
    if isinstance(value, float):
        return number(value, sign=sign)
    return f"{value:{sign}}".replace("-", "−") if sign and value is not None else _word(value)


def _word(value: Any) -> str:
    """Write what is no figure as it is; a bar would end the cell."""
    return "–" if value is None else str(value).replace("|", "\\|")


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"
