"""The values of ABC fields: meters, unit lengths, keys, part orders (ABC 2.1, section 3)."""

import re
from fractions import Fraction
from math import lcm

from nottingham.music import keys
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import measure_length

_METER = re.compile(r"(\+?)\s*\(?\s*(\d[\d+ ]*)\)?\s*/\s*(\d+)")
_FRACTION = re.compile(r"\s*(\d+)(?:\s*/\s*(\d+))?")
_KEY_REMEDY = "write it as in K:D, K:Em or K:A dorian"
_BAGPIPES = ("A mixolydian", {"F": 1, "C": 1})
ALTERATIONS = {"^^": 2, "^": 1, "": 0, "=": 0, "_": -1, "__": -2}
"""Semitones that an accidental adds to the natural note."""
_KEY_ACCIDENTAL = re.compile(r"(\^{1,2}|_{1,2}|=)([a-gA-G])")
_CLEF = re.compile(r"\b(?:treble|alto|tenor|bass|perc|none)\d?(?:[-+^_]\d+)?(?!\w)", re.IGNORECASE)
_SETTING = re.compile(
    r"\b(?:clef|cl|middle|m|octave|transpose|t|staff\w+|staves|sta\w*|score|sound|shift|map|"
    r"\w*name|nm|\w*nm|stems?|style|gstem|up|down|merge|lyrics|instrument|volume|scale|cue|"
    r"dyn|gch|clefpos)\s*=\s*(?:\"[^\"]*\"|\S*)",
    re.IGNORECASE,
)
"""The other settings in ``K:`` and ``V:``: of clefs, staves, names, sound."""
_OCTAVE = re.compile(r"\boctave\s*=\s*(-?\d)")
_TRANSPOSE = re.compile(r"\b(?:transpose|t)\s*=\s*\"?(-?\d\d?)")
_OCTAVE_CLEF = re.compile(r"\b(?:treble|alto|tenor|bass|clef=[GCF])\d?([+-])8(?!\d)")
_PERCUSSION = re.compile(r"(?:^|[\s=\"])perc")
_NAME = re.compile(r"\b\w*(?:name|nm)\s*=\s*\"[^\"]*\"")
_FULL_NAME = re.compile(r"\b(?:name|nm)\s*=\s*(?:\"([^\"]*)\"|(\S+))")
MAX_PART_ORDER = 1_000
"""Parts in a part order, groups unfolded."""


def meter(value: str) -> str | None:
    """Read ``M:``; None where there is no meter.

    ``C|`` gives ``2/2``. A meter that is added up is the sum: ``2+3/8`` gives ``5/8``, and so does
    ``2/8+3/8``. Of several beside each other the first counts.
    """
    value = value.strip()
    if value.startswith("C"):
        return "2/2" if value.startswith("C|") else "4/4"
    terms: list[tuple[int, int]] = []
    for plus, beats, unit in _METER.findall(value):
        if terms and not plus:
            break
        terms.append((sum(int(n[:3]) for n in re.findall(r"\d+", beats)), int(unit[:4])))
    return added_up(terms)


def added_up(terms: list[tuple[int, int]]) -> str | None:
    """Add up the beats and units of an additive meter: 3 and 8, 1 and 4 give ``5/8``."""
    if not terms or not all(unit for _, unit in terms):
        return None
    unit = lcm(*(unit for _, unit in terms))
    beats = sum(beats * unit // one for beats, one in terms)
    return f"{beats}/{unit}" if beats else None


def unit_length(value: str) -> Fraction | None:
    """Read ``L:``, in quarter notes; None where it says nothing."""
    found = _FRACTION.match(value)
    if not found or not int(found.group(1)) or not int(found.group(2) or 1):
        return None
    return 4 * Fraction(int(found.group(1)), int(found.group(2) or 1))


def default_unit_length(meter: str) -> Fraction:
    """Return the unit length, in quarter notes, where no ``L:`` does: a 16th in short measures."""
    return Fraction(1, 4) if measure_length(meter) < 3 else Fraction(1, 2)


def key(value: str) -> tuple[str, dict[str, int]] | None:
    """Read ``K:``.

    The mode may be written in any case (``EM`` is E minor, ABC 2.1, 3.1.14), accidentals may follow
    at once (``Dm^c``), and clefs and settings of the staff may stand anywhere.

    Returns:
        The key's name, as in ``B dorian``, empty where there is none, and the alteration of each
        natural note (``{"F": 1, "C": 1}``); None for a field that sets only a clef and the like.

    Raises:
        UnreadableTuneError: if the key is not understood.
    """
    value = value.strip()
    none = not value or re.match(r"none\b", value, re.IGNORECASE)
    plain = _CLEF.sub(" ", _SETTING.sub(" ", value)).strip()
    found = keys.NAMED.match(plain)
    if plain[:2] in ("HP", "Hp"):
        return _BAGPIPES
    if found and not plain.startswith("exp"):
        try:
            name, alterations = keys.parse(found)
        except ValueError as error:
            raise UnreadableTuneError(f"K:{value}: not a key; {_KEY_REMEDY}") from error
        alterations = {} if re.search(r"\bexp\b", plain) else alterations
        plain = plain[found.end() :]
    elif none or plain.startswith(("exp", "^", "_", "=")):
        name, alterations = "", {}
    elif not plain:
        return None
    else:
        raise UnreadableTuneError(f"K:{value}: not a key; {_KEY_REMEDY}")
    for sign, letter in _KEY_ACCIDENTAL.findall(plain):
        alterations[letter.upper()] = ALTERATIONS[sign]
    return name, alterations


def shift(value: str) -> int | None:
    """Read how many semitones higher ``K:`` or ``V:`` has its notes sound than they are written.

    Returns:
        The semitones; None where the field says nothing of it.
    """
    value = _NAME.sub("", value)
    octaves = [int(n) for n in _OCTAVE.findall(value)]
    octaves += [int(f"{sign}1") for sign in _OCTAVE_CLEF.findall(value)]
    semitones = [12 * n for n in octaves] + [int(n) for n in _TRANSPOSE.findall(value)]
    return sum(semitones) if semitones else None


def voice_name(value: str) -> str:
    """Read how ``V:`` names its voice: by ``name`` or ``nm``; empty where it does not."""
    found = _FULL_NAME.search(value)
    return (found.group(1) or found.group(2) or "").strip() if found else ""


def is_percussion(value: str) -> bool:
    """Return whether ``K:`` or ``V:`` asks for the clef of percussion."""
    return _PERCUSSION.search(_NAME.sub("", value)) is not None


def part_label(value: str) -> str:
    """Read ``P:`` inside the music: of ``A (slow)`` the letter, of another text all."""
    found = re.match(r"\s*([A-Z])(?![A-Za-z])", value)
    return found.group(1) if found else value.strip()


def part_order(value: str) -> str:
    """Read ``P:`` of the heading: ``A2(BC)2.D`` gives ``AABCBCD``; text that is none, nothing.

    Raises:
        UnreadableTuneError: if it unfolds to too much.
    """
    value = re.sub(r"[\s.,*]", "", value)
    group = re.compile(r"\(([A-Z]*)\)(\d*)|([A-Z])(\d+)")
    while found := group.search(value):
        inner, times = (
            found.group(1) or found.group(3) or "",
            found.group(2) or found.group(4) or "",
        )
        unfolded = inner * int(times[:4] or 1)
        value = value[: found.start()] + unfolded + value[found.end() :]
        if len(value) > MAX_PART_ORDER:
            raise UnreadableTuneError(f"P: asks for more than {MAX_PART_ORDER:,} parts")
    return value if re.fullmatch("[A-Z]*", value) else ""
