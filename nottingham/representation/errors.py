"""What a user reads when a tune cannot be written as tokens.

Wording decides no result, so DVC's dependencies leave this module out.
"""

from nottingham.errors import InputError
from nottingham.music.limits import HIGHEST_PITCH, LOWEST_PITCH
from nottingham.music.tune import Tune


def off_the_piano(tune: Tune, pitch: int) -> InputError:
    """Return the error for a MIDI pitch that no key of the piano has."""
    return InputError(
        f"{tune.source}, tune {tune.id}: pitch {pitch} is outside the piano's {LOWEST_PITCH} to "
        f"{HIGHEST_PITCH}; transpose it"
    )
