"""The dances that tunes are for: by the notation's ``R:``, or by the file that collects them."""

import re
from fractions import Fraction

from nottingham.music import notation
from nottingham.music.tune import Tune

NAMES = (
    "jig",
    "slip jig",
    "reel",
    "hornpipe",
    "waltz",
    "polka",
    "march",
    "strathspey",
    "air",
)
"""The dances, as `named` gives them."""

METERS = {"jig": "6/8", "reel": "4/4", "waltz": "3/4", "polka": "2/4"}
"""The dances that generated tunes are judged by, and what tells them: the meter."""

_WORDS = {
    "slip jig": r"slip|hop jig",
    "jig": r"jig",
    "hornpipe": r"horn\s?pipe|h'pipe|hpp",
    "strathspey": r"strathspey",
    "reel": r"reel",
    "waltz": r"waltz|valse",
    "polka": r"polka",
    "march": r"march|quickstep",
    "air": r"\bairs?\b|\bsongs?\b",
}

_TEMPI = {
    "jig": {"6/8": 120, "12/8": 120, "6/4": 360},
    "slip jig": {"9/8": 136},
    "reel": {"4/4": 224, "2/2": 112, "2/4": 112},
    "hornpipe": {"4/4": 184, "2/2": 92, "2/4": 92},
    "waltz": {"3/4": 150, "3/8": 50},
    "polka": {"2/4": 132, "4/4": 264, "2/2": 132},
    "march": {"4/4": 118, "2/2": 118, "2/4": 118, "6/8": 118},
    "strathspey": {"4/4": 116, "2/2": 58},
    "air": {"4/4": 96, "3/4": 96},
}
"""Beats a minute by dance, in its usual meters: two-beat measures a minute, where it has such, are
60 of jigs, 56 of reels, 46 of hornpipes, 66 of polkas; docs/generation.md names the sources."""
_UNNAMED = 120


def named(tune: Tune) -> str:
    """Return the dance that a tune is for; empty where neither its notation nor its file names one.

    The notation's word counts, be it one that is none of `NAMES`; without it the name of the file,
    the first part of the id: ``jigs`` of ``jigs/12``.
    """
    text = (tune.rhythm or tune.id.removeprefix(f"{tune.corpus}/").split("/")[0]).lower()
    return next((name for name, words in _WORDS.items() if re.search(words, text)), "")


def is_usual(dance: str, meter: str) -> bool:
    """Return whether a dance is usually in a meter; one that is none of `NAMES` is in none."""
    return meter in _TEMPI.get(dance, {})


def beats_per_minute(tune: Tune) -> int:
    """Return the tempo at which a tune is played for dancing; its beats are `notation.beat`'s.

    A tune that names no dance, or that changes its meter or is in one that is unusual for its
    dance, has 120 beats a minute, as a MIDI file has that says nothing of its tempo: quarters in
    4/4, dotted quarters in 6/8; of beats shorter than a quarter as many as go into 120 quarters.
    """
    known = {} if tune.meter_changes else _TEMPI.get(named(tune), {})
    usual = round(_UNNAMED / min(notation.beat(tune.meter), Fraction(1)))
    return known.get(tune.meter, usual)
