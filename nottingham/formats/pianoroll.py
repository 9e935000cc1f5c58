"""Tunes as pictures: pitch upwards, time to the right."""

from fractions import Fraction
from math import ceil
from pathlib import Path

from matplotlib.figure import Figure

from nottingham.files import atomic_file
from nottingham.music.tune import Tune, measure_length

_GIVEN, _NEW = "#9aa5b1", "#c44e52"


def write(tune: Tune, path: Path | str, *, primer: Fraction = Fraction(0)) -> None:
    """Draw a tune as a PNG; notes before ``primer`` quarter notes were given, not generated."""
    figure = Figure(figsize=(11, 3), dpi=110, layout="constrained")
    axes = figure.subplots()
    for note in tune.notes:
        colour = _GIVEN if note.onset < primer else _NEW
        axes.barh(
            note.pitch, float(note.duration), left=float(note.onset), height=0.8, color=colour
        )
    measure = measure_length(tune.meter)
    bars = max(1, ceil(tune.end / measure))
    first = 0 if tune.upbeat else 1  # as scores number them
    axes.set_xticks(
        [float(i * measure) for i in range(bars + 1)], [str(i + first) for i in range(bars + 1)]
    )
    axes.set_xlim(0, float(bars * measure))
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("measure")
    axes.set_ylabel("MIDI pitch")
    axes.set_title(tune.title, fontsize=10, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    with atomic_file(path) as file:
        figure.savefig(file, format="png", metadata={"Software": None})
