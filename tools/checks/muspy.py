"""Our pitch-class entropy and scale consistency beside MusPy's, for every tune of the corpus.

Both hear the notes of the grid: what MusPy is given are the tokens' notes as its own objects.

    python -m tools.checks.muspy        # needs checks/requirements.txt, and make repro
"""

import sys

import muspy
import numpy as np

from nottingham.dataset import streams
from nottingham.errors import exit_on_error
from nottingham.evaluation import musicality
from nottingham.music.tune import Note, read_tunes

_RESOLUTION = 960
"""Ticks in a quarter note: every step of the grid is a whole number of them."""
_WANTED = 1e-9
_FIGURES = {
    "pitch_class_entropy": muspy.pitch_class_entropy,
    "scale_consistency": muspy.scale_consistency,
}


def as_music(notes: tuple[Note, ...]) -> muspy.Music:
    """Turn notes into MusPy's."""
    heard = [
        muspy.Note(int(n.onset * _RESOLUTION), n.pitch, int(n.duration * _RESOLUTION))
        for n in notes
    ]
    return muspy.Music(resolution=_RESOLUTION, tracks=[muspy.Track(notes=heard)])


def main() -> None:
    """Print the largest difference of each figure, and fail if it is more than rounding."""
    grid, differences = streams.load("data/windows.npz").representation, []
    for tune in read_tunes("data/tunes.jsonl"):
        tokens = grid.encode(tune)
        music = as_music(grid.decode(tokens, tune).notes)
        ours = musicality.figures(
            grid.notes(tokens),
            grid.sounding(tokens),
            tonic=0,
            minor=False,
            measure=grid.measure_ticks,
        )
        differences.append([abs(theirs(music) - ours[name]) for name, theirs in _FIGURES.items()])
    largest = np.max(differences, axis=0)
    for name, difference in zip(_FIGURES, largest, strict=True):
        print(f"{name}: differs by {difference:.1e} at most, over {len(differences)} tunes")
    sys.exit(bool((largest > _WANTED).any()))


if __name__ == "__main__":
    with exit_on_error():
        main()
