"""The plan of a tune: which of its sections are alike, as in AABB, and which close on the tonic."""

from itertools import product

from nottingham.music.timeline import SECTION, SILENCE, Timeline, timeline
from nottingham.music.tune import Tune

MOST_SECTIONS = 4
"""Sections that a form says something of: the first ones of a tune."""

_ALIKE = 0.75  # of the time of two sections: they count as the same


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
    for sections in range(1, MOST_SECTIONS + 1)
    for marks in product("1-", repeat=sections)
)
"""The endings of one to four sections."""


def of(tune: Tune) -> str:
    """Return the form of a tune's first sections of eight measures, at most four.

    Returns:
        One of `NAMES`: a letter for each section, that of the first one that is the same for three
        quarters of the time, or a new one. Empty, if the tune is shorter than a section or changes
        its meter.
    """
    return "" if tune.meter_changes or not tune.notes else read(timeline(tune))


def read(tune: Timeline) -> str:
    """Return the form of a tune laid out in time; see `of`."""
    starts, form = tune.sections()[:MOST_SECTIONS].tolist(), ""
    for start in starts:
        same = (
            letter
            for letter, earlier in zip(form, starts, strict=False)
            if (tune.alike(start, start + SECTION * tune.measure, start - earlier) or 0) >= _ALIKE
        )
        form += next(same, "ABCD"[len(set(form))])
    return form


def endings(tune: Tune) -> str:
    """Return how a tune's first sections of eight measures end, at most four.

    Returns:
        One of `ENDINGS`: for each section ``1``, the tonic's degree, where the tonic sounds at the
        middle of its last measure, else ``-``. Empty where `of` is.
    """
    if tune.meter_changes or not tune.notes:
        return ""
    laid_out = timeline(tune)
    pitches = laid_out.section_ends()[:MOST_SECTIONS].tolist()
    return "".join("-1"[p != SILENCE and p % 12 == laid_out.tonic] for p in pitches)


def sections(measures: int) -> int:
    """Return of how many sections the form of a tune of so many measures speaks."""
    return min(measures // SECTION, MOST_SECTIONS)


def repeated(form: str) -> list[int]:
    """Return for each section how many sections before it the last like it lies; 0: there is none.

    Of ``AABA`` it is 0, 1, 0, 2.
    """
    return [
        (number - form.rfind(letter, 0, number)) * (letter in form[:number])
        for number, letter in enumerate(form)
    ]
