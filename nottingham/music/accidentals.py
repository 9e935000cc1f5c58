"""Which notes carry an accidental, in engraved music and in ABC.

Both written forms ask the same question, what a note without a sign would be read as, but ABC
programs answer it differently: see `InForce.in_abc`.
"""

from collections.abc import Sequence

from nottingham.music import notation
from nottingham.music.notation import Spelling


class InForce:
    """The accidentals in force as a melody is written from left to right."""

    def __init__(self, key: str) -> None:
        """Begin the first measure of a tune.

        Args:
            key: as in ``D major``; its signature counts where no sign of the measure does.
        """
        self._signature = notation.altered(key)
        self._before: list[Sequence[Spelling]] = []
        self._measure: list[Spelling] = []
        self._signs: dict[tuple[str, int], int] = {}

    def barline(self, before: Sequence[Sequence[Spelling]]) -> None:
        """Begin the next measure, in which no sign of the last one counts.

        Args:
            before: the notes of each measure that is played before it; a repeat has two.
        """
        self._before, self._measure, self._signs = list(before), [], {}

    def engraved(self, note: Spelling, *, tied: bool) -> bool:
        """Return whether an engraved note carries its sign.

        It does where it differs from what is in force on its line or space: the last sign there in
        this measure, else the signature. A courtesy sign stands where the measure has none yet on
        the line or space, and the last note there, or the last one of its letter in any octave, in
        this measure or in one that is played before it, had another accidental. A note that is tied
        to the one before carries none, and leaves in force what was: in a new measure, the next
        note of its pitch has the sign.

        Args:
            note: the next note.
            tied: whether it is tied to the note before.
        """
        line = note.letter, note.octave
        differs = self._signs.get(line, self._signature[note.letter]) != note.accidental
        courtesy = line not in self._signs and any(
            self._was_altered(note, before) for before in self._before or [()]
        )
        self._measure.append(note)
        if tied or not (differs or courtesy):
            return False
        self._signs[line] = note.accidental
        return True

    def _was_altered(self, note: Spelling, before: Sequence[Spelling]) -> bool:
        """Return whether a note had another accidental just before, on its line or elsewhere."""
        past = [one for one in (*before, *self._measure) if one.letter == note.letter]
        there = [one for one in past if one.octave == note.octave]
        return any(last.accidental != note.accidental for last in past[-1:] + there[-1:])

    def in_abc(self, note: Spelling) -> bool:
        """Return whether a note carries its sign in ABC.

        Programs differ in whether a sign counts to the barline, and in which octaves: where
        another accidental of the measure or the signature could be in force, a note says what it
        is, tied or not.

        Args:
            note: the next note.
        """
        readings = {n.accidental for n in self._measure if n.letter == note.letter}
        self._measure.append(note)
        return readings | {self._signature[note.letter]} != {note.accidental}
