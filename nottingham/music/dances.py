"""The dances that tunes are for: by the notation's ``R:``, or by the file that collects them."""

import re

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
    "hornpipe": r"horn\s?pipe|hpp",
    "strathspey": r"strathspey",
    "reel": r"reel",
    "waltz": r"waltz|valse",
    "polka": r"polka",
    "march": r"march|quickstep",
    "air": r"\bairs?\b|\bsongs?\b",
}


def named(tune: Tune) -> str:
    """Return the dance that a tune is for; empty where neither its notation nor its file names one.

    The notation's word counts, be it one that is none of `NAMES`; without it the name of the file,
    the first part of the id: ``jigs`` of ``jigs/12``.
    """
    text = (tune.rhythm or tune.id.split("/")[0]).lower()
    return next((name for name, words in _WORDS.items() if re.search(words, text)), "")


def beats_per_minute(tune: Tune) -> int:
    """Return the tempo at which a tune is danced; its beats are `notation.beat`'s."""
    return 110
