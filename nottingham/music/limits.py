"""How large a tune may be, and the error for one that cannot be read.

Notation can ask for anything: a note of 10⁹ beats, repeats of repeats, a million measures. What
lies beyond these limits is no folk melody, and is refused before it costs time or memory.
"""

from fractions import Fraction

MAX_BYTES = 4_000_000
"""Of one tune's notation; characters of text."""
MAX_NOTES = 20_000
"""In a tune, repeats unfolded (and at most as many written)."""
MAX_VOICES = 32
"""In a tune, the melody among them."""
MAX_BARS = 20_000
"""Bars between two barlines, repeats unfolded."""
MAX_EVENT = Fraction(512)
"""Quarter notes in one note or rest."""
MAX_LENGTH = Fraction(40_000)
"""Quarter notes in a tune."""
MAX_DENOMINATOR = 1_000_000
"""Of any onset in quarter notes: lengths such as 1/1009 and 1/1013 share no usable grid."""
SHORTEST_MEASURE, LONGEST_MEASURE = Fraction(1, 2), Fraction(64)
"""Quarter notes in a measure of any meter: 1/8 to 16/1."""
LOWEST_PITCH, HIGHEST_PITCH = 21, 108
"""The piano's keys, as MIDI numbers."""


class UnreadableTuneError(Exception):
    """A tune that cannot be read, with the reason."""


def check_size(notation: bytes | str) -> None:
    """Refuse notation that is too long to be one tune.

    Raises:
        UnreadableTuneError: saying how long it is.
    """
    if len(notation) > MAX_BYTES:
        raise UnreadableTuneError(f"it is {len(notation):,} bytes long; at most {MAX_BYTES:,}")
