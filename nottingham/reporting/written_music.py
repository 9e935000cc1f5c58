"""Sections of ``reports/results.md`` on written notes, with models of both representations."""

from typing import Any

from nottingham.reporting.findings import NOTES, Findings
from nottingham.reporting.markdown import plain, sure, table

FIGURE = "written_bits_per_note"
"""What compares models of different representations."""

_FIGURES = {
    "notes_kept": ("notes kept", 3),
    FIGURE: ("bits a note", 4),
    "written_bits_per_measure": ("bits a measure", 3),
    "opening_bits_per_measure": ("opening: bits a measure", 2),
    "bits_per_tune": ("bits a tune", 1),
    "header_bits": ("header: bits", 2),
}
"""The columns of all models, and their decimals."""

_OF_NOTES = {
    "pitch_bits": "pitch bits",
    "duration_bits": "duration bits",
    "familiar_bits_per_note": "familiar: bits a note",
    "new_bits_per_note": "new: bits a note",
}

_SHOWN = ("note-copy", "note-lstm")
_BESIDE = ("tune-lstm",)
"""Of the grid, where written notes are counted."""

_TEXT = """\
## Written music: models of both representations

Nats a step and accuracy are the grid's own figures. Models of different representations compare by
the bits that they take for the written notes of the same test tunes, from the fifth measure on and
given all before. Beside them stand the *notes kept*: a representation that loses notes has fewer to
predict, and its models look better than they are. *Opening* is the first four measures; it and
*bits a tune* include the *header* (dance, meter, tonic, mode, length), which models of notes
predict first, so that none looks better for being given more. The grid has no header and no end of
a tune, and its models take no bits for either."""

_TEXT_OF_NOTES = """\
## Models of notes

Pitch and duration bits, which add up to bits a note, and the figures by meter and dance are of
written notes from the fifth measure on; all but durations counts as pitch. A token, a pitch or a
duration, is *familiar* if the tune has had the 16 tokens before it already, and *new* if not; these
bits, and those by eighth, are of all tokens with a whole window before them."""


def of_all(found: Findings) -> str:
    """Write what all models take for the written music."""
    rows = [
        [
            model,
            metrics["representation"],
            *(found.cell(model, "test", name, digits=of[1]) for name, of in _FIGURES.items()),
        ]
        for model, metrics in found.metrics.items()
    ]
    header = ["model", "representation", *(title for title, _ in _FIGURES.values())]
    return f"{_TEXT}\n\n{table(header, rows)}"


def of_notes(found: Findings) -> str:
    """Write the figures of the models of notes alone; nothing if there are none."""
    models = found.of(NOTES)
    if not models:
        return ""
    rows = [[m, *(found.cell(m, "test", name) for name in _OF_NOTES)] for m in models]
    parts = [
        f"{_TEXT_OF_NOTES}\n\n{table(['model', *_OF_NOTES.values()], rows)}",
        f"### Bits a note by meter\n\n{_by_group(found, 'meter')}",
        f"### Bits a note by dance\n\n{_by_group(found, 'dance')}",
        f"### Bits a note by eighth of the measure (1 is the downbeat)\n\n{_by_position(found)}",
    ]
    return "\n\n".join(parts)


def _by_group(found: Findings, kind: str) -> str:
    shown = [model for model in (*_SHOWN, *_BESIDE) if model in found.metrics]
    rows = [
        [
            plain(str(group["group"])),
            str(group["tunes"]),
            f"{group['notes']:,}",
            *(_cell(group, model, FIGURE) for model in shown),
        ]
        for group in found.analysis["written"].get(kind, [])
    ]
    return table([kind, "tunes", "notes", *shown], rows)


def _by_position(found: Findings) -> str:
    shown = [model for model in _SHOWN if model in found.metrics]
    rows = [
        [
            str(group["group"]),
            f"{group['targets']:,}",
            *(_cell(group, model, "bits_per_note") for model in shown),
        ]
        for group in found.groups(NOTES, "position")
    ]
    return table(["position", "targets", *shown], rows)


def _cell(group: Any, model: str, figure: str) -> str:
    return sure(**group["models"][model][figure], digits=3)
