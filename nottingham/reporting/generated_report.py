"""What was found about written tunes, as text: ``reports/generated.md``."""

from collections.abc import Mapping, Sequence
from typing import Any

from nottingham.reporting.markdown import number, sure, table, warning

_TABLES = {
    "How it moves": ("steps", "leaps", "turns"),
    "Where it rests": ("cadences", "progression", "coherence"),
    "What comes back": ("repeats_4", "repeats_8", "repeats_16", "aabb"),
    "In what scale": ("pitch_class_entropy", "scale_consistency"),
}
_LIKENESS = {"overlap": "Overlap", "divergence": "Divergence"}

Document = Mapping[str, Any]


def markdown(
    novelty: Document, music: Document, origin: Document, *, measures: int, temperature: float
) -> str:
    """Write the report.

    Args:
        novelty: what ``reports/novelty.json`` holds.
        music: what ``reports/music.json`` holds.
        origin: the provenance of the corpus.
        measures: the length of a tune.
        temperature: at which the tunes were drawn.
    """
    count = next(iter(music.values()))["tunes"]
    parts = [
        "\n".join(["# What the models write", "", *warning(origin)]).strip(),
        f"{count} tunes of {measures} measures by each model, drawn at temperature "
        f"{temperature:g}. Each goes on from the first 32 steps of a test tune; `real` are these "
        "test tunes themselves. In brackets: 95 % intervals by bootstrap over tunes. What the "
        "columns mean: [docs/generation.md](../docs/generation.md).",
        "## Is it new?",
        f"What is new of a tune, beside the training tunes, in any key. Of the real tunes, one in "
        f"twenty has more than {novelty['limit']['run']:g} notes in a row in common with one "
        f"training tune, or more than {novelty['limit']['share']:.0%} of its passages of 12 "
        "intervals with all of them: that counts as *beyond*.",
        _new(novelty["sets"]),
        "## Is it music?",
        *(f"### {title}\n\n{_figures(music, columns)}" for title, columns in _TABLES.items()),
        "## Is it like real tunes?",
        *(
            f"### {title} of the histograms with real ones\n\n{_likeness(music, kind)}"
            for kind, title in _LIKENESS.items()
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _new(sets: Document) -> str:
    header = ["", "longest run: median", "quartiles", "longest", "passages: mean share", "beyond"]
    rows = []
    for name, found in sets.items():
        run = found["run"]
        rows.append(
            [
                name,
                f"{run['median']:g}",
                f"{run['quarter']:g}–{run['three_quarters']:g}",
                f"{run['most']:g}",
                number(found["share"]["mean"], digits=3),
                number(found["beyond"], digits=3),
            ]
        )
    return table(header, rows)


def _figures(music: Document, columns: Sequence[str]) -> str:
    rows = [
        [name, *(sure(**found["figures"][column], digits=3) for column in columns)]
        for name, found in music.items()
    ]
    return table(["", *(column.replace("_", " ") for column in columns)], rows)


def _likeness(music: Document, kind: str) -> str:
    rows = [
        [name, *(sure(**histogram[kind], digits=3) for histogram in found["likeness"].values())]
        for name, found in music.items()
        if found["likeness"]
    ]
    *_, last = music.values()
    return table(["", *(name.replace("_", " ") for name in last["likeness"])], rows)
