"""What a user reads when a tune cannot be written as tokens.

Wording decides no result, so DVC's dependencies leave this module out.
"""

from fractions import Fraction

from nottingham.errors import InputError
from nottingham.music.limits import HIGHEST_PITCH, LOWEST_PITCH
from nottingham.music.tune import Tune


def off_the_piano(tune: Tune, pitch: int) -> InputError:
    """Return the error for a MIDI pitch that no key of the piano has."""
    return InputError(
        f"{tune.source}, tune {tune.id}: pitch {pitch} is outside the piano's {LOWEST_PITCH} to "
        f"{HIGHEST_PITCH}; transpose it"
    )


def no_notes(tune: Tune) -> InputError:
    """Return the error for a tune without notes."""
    return InputError(f"{tune.source}, tune {tune.id}: it has no notes; leave it out")


def no_meter(tune: Tune, meter: str) -> InputError:
    """Return the error for a meter that has no token."""
    return InputError(
        f"{tune.source}, tune {tune.id}: the meter {meter} has no token; write it in another one"
    )


def out_of_range(tune: Tune, pitch: int, lowest: int, highest: int) -> InputError:
    """Return the error for a MIDI pitch too far from the tonic to have a token."""
    return InputError(
        f"{tune.source}, tune {tune.id}: pitch {pitch} is outside {lowest} to {highest}, the "
        "pitches that have tokens in its key; transpose it by octaves"
    )


def off_the_ticks(tune: Tune, start: Fraction, end: Fraction, ticks: int) -> InputError:
    """Return the error for a note or rest whose ends are no ticks apart."""
    return InputError(
        f"{tune.source}, tune {tune.id}: a note or rest from {start} to {end} quarter notes does "
        f"not last a whole number of {ticks}ths of a quarter note; write it in simpler note values"
    )
