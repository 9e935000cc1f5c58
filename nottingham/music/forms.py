"""The plan of a tune: which of its sections are alike, as in AABB, and which close on the tonic."""

from itertools import product

from nottingham.music.timeline import SECTION, Timeline, timeline
from nottingham.music.tune import Tune

MOST_SECTIONS = 4
"""Sections that a form says something of: the first ones of a tune."""
MOST_ENDINGS = MOST_SECTIONS + 1
"""Sections that endings say something of: the same, and the last one of a longer tune."""

ALIKE = 0.75
"""Of the time of two sections: they count as the same."""


def _is_form(letters: tuple[int, ...]) -> bool:
    return all(letter <= max(letters[:i], default=-1) + 1 for i, letter in enumerate(letters))


NAMES = tuple(
    "".join("ABCD"[letter] for letter in letters)
    for sections in range(1, MOST_SECTIONS + 1)
    for letters in product(range(sections), repeat=sections)
    if _is_form(letters)
)
"""The forms of one to four sections."""
ENDINGS = tuple(
    "".join(marks)
    for sections in range(1, MOST_ENDINGS + 1)
    for marks in product("1-", repeat=sections)
)
"""The endings of one to four sections, and of the last one of a longer tune."""


def plan(tune: Tune) -> tuple[str, str]:
    """Return the form and the endings of a tune's sections of eight measures.

    Returns:
        One of `NAMES`: a letter for each of the first four sections, that of the first one that is
        the same for three quarters of the time, or a new one. And one of `ENDINGS`: ``1``, the
        tonic's degree, for each of these, and for the last one of a longer tune, where the last
        note that has begun by the middle of its last measure is the tonic, else ``-``. Both are
        empty if the tune has no section or changes its meter.
    """
    if tune.meter_changes or not tune.notes:
        return "", ""
    found = timeline(tune)
    pitches = found.closing_pitches().tolist()
    told = [*pitches[:MOST_SECTIONS], *pitches[MOST_SECTIONS:][-1:]]
    return read(found), "".join("-1"[pitch % 12 == found.tonic] for pitch in told)


def read(tune: Timeline) -> str:
    """Return the form of a tune laid out in time; see `plan`."""
    starts, form = tune.sections()[:MOST_SECTIONS].tolist(), ""
    for start in starts:
        same = (
            letter
            for letter, earlier in zip(form, starts, strict=False)
            if (tune.alike(start, start + SECTION * tune.measure, start - earlier) or 0) >= ALIKE
        )
        form += next(same, "ABCD"[len(set(form))])
    return form


def sections(measures: int) -> int:
    """Return the number of sections in the form of a tune, given its length in measures."""
    return min(measures // SECTION, MOST_SECTIONS)


def endings(measures: int) -> int:
    """Return the number of sections in the endings of a tune, given its length in measures."""
    return min(measures // SECTION, MOST_ENDINGS)


def repeated(form: str) -> list[int]:
    """Return for each section how many sections before it the last like it lies; 0: there is none.

    Of ``AABA`` it is 0, 1, 0, 2.
    """
    return [
        (number - form.rfind(letter, 0, number)) * (letter in form[:number])
        for number, letter in enumerate(form)
    ]
