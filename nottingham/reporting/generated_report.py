"""``reports/generated.md``: the measures of generated tunes."""

from collections.abc import Mapping, Sequence
from typing import Any

from nottingham.models.names import REAL
from nottingham.models.sampling import SamplingConfig
from nottingham.reporting import player_report
from nottingham.reporting.markdown import number, sure, table, warning

_TABLES = {
    "Motion": ("steps", "leaps", "turns"),
    "Cadences and harmony": ("cadences", "progression", "coherence"),
    "Repetition": ("repeats_4", "repeats_8", "repeats_16", "aabb"),
    "Scale": ("pitch_class_entropy", "scale_consistency"),
}
_DISTANCES = {"overlap": "Overlap", "divergence": "Divergence"}

Document = Mapping[str, Any]


def markdown(
    originality: Document,
    music: Document,
    player: Document,
    origin: Sequence[Document],
    *,
    measures: int,
    sampling: SamplingConfig,
    temperature_continued: float,
) -> str:
    """Write the report.

    Args:
        originality: what ``reports/originality.json`` holds.
        music: what ``reports/music.json`` holds.
        player: what ``reports/player.json`` holds.
        origin: the provenance of the corpora.
        measures: the length of a tune.
        sampling: how the tunes were drawn.
        temperature_continued: the temperature at which models of notes continued test tunes.
    """
    count = next(iter(music.values()))["tunes"]
    parts = [
        "\n".join(["# Generated tunes", "", *warning(origin)]).strip(),
        f"{count} tunes of {measures} measures by each model, drawn at temperature "
        f"{sampling.temperature:g} ({temperature_continued:g} where models of notes continue), "
        f"top-p {sampling.top_p:g}, with guidance {sampling.guidance:g} by models that can be "
        "guided. Each continues the first four measures of a test tune; "
        "`real` are these test tunes themselves, on the grid for its models, and `real (notes)` as "
        "they are written for models of notes. In brackets: 95 % intervals by bootstrap over "
        "tunes. What the columns mean: "
        "[docs/generation.md](../docs/generation.md).",
        player_report.markdown(player),
        "## Originality",
        f"What a tune has in common with training tunes, in any key. {_limits(originality)} *Above "
        "limit* is the share of tunes that exceed either.",
        _originality(originality["sets"]),
        "## Musicality",
        *(f"### {title}\n\n{_figures(music, columns)}" for title, columns in _TABLES.items()),
        "## Distances to real tunes",
        *(
            f"### {title} of histograms\n\n{_distances(music, kind)}"
            for kind, title in _DISTANCES.items()
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _limits(originality: Document) -> str:
    (first, limit), *others = (
        (name, found["limit"])
        for name, found in originality["sets"].items()
        if name.startswith(REAL)
    )
    text = (
        f"The 95th percentile of `{first}` is {limit['run']:g} notes in a row in common with one "
        f"training tune, and {limit['share']:.0%} of the passages of 12 intervals in common with "
        "all of them"
    )
    further = [f"; of `{n}`, {one['run']:g} and {one['share']:.0%}" for n, one in others]
    return f"{text}{''.join(further)}."


def _originality(sets: Document) -> str:
    header = [
        "",
        "longest run: median",
        "quartiles",
        "longest",
        "passages: mean share",
        "above limit",
    ]
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
                number(found["above_limit"], digits=3),
            ]
        )
    return table(header, rows)


def _figures(music: Document, columns: Sequence[str]) -> str:
    rows = [
        [name, *(sure(**found["figures"][column], digits=3) for column in columns)]
        for name, found in music.items()
    ]
    return table(["", *(column.replace("_", " ") for column in columns)], rows)


def _distances(music: Document, kind: str) -> str:
    rows = [
        [name, *(sure(**histogram[kind], digits=3) for histogram in found["distances"].values())]
        for name, found in music.items()
        if found["distances"]
    ]
    *_, last = music.values()
    return table(["", *(name.replace("_", " ") for name in last["distances"])], rows)
