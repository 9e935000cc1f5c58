"""An ABC tune as a written melody (ABC 2.1, and the Nottingham corpus's ``Y:``).

The heading lasts to the first ``K:``; fields behind it hold from where they stand. The first
voice is the melody.
"""

from nottingham.corpus import limits
from nottingham.corpus.abc import fields
from nottingham.corpus.abc.melody import PROPAGATIONS, Melody
from nottingham.corpus.abc.tokens import tokens
from nottingham.corpus.score import UNTITLED, Score


def read(text: str) -> Score:
    """Read one tune, from its ``X:`` on.

    Raises:
        UnreadableTuneError: saying why.
    """
    limits.check_size(text)
    reader = _Reader()
    for kind, value in tokens(text):
        reader.take(kind, value)
    return reader.score()


class _Reader:
    """A tune while it is being read."""

    def __init__(self) -> None:
        self._title = ""
        self._key = ""
        self._part_order = ""
        self._unit_given = False
        self._in_heading = True
        self._heard = False
        self._melody_voice: str | None = None
        self._listening = True
        self._overlay = False
        self._melody = Melody("4/4", fields.default_unit_length("4/4"))

    def take(self, kind: str, text: str) -> None:
        """Read one token."""
        if kind == "field":
            self._field(text[0], text[2:].strip())
        elif kind == "overlay":
            self._overlay = True
        elif self._listening:
            if kind == "bar":
                self._overlay = False
            if not self._overlay:
                self._in_heading, self._heard = False, True
                self._melody.take(kind, text)

    def score(self) -> Score:
        """Give what was read."""
        return Score(
            title=self._title or UNTITLED,
            key=self._key,
            stretches=self._melody.stretches(),
            part_order=self._part_order,
        )

    def _field(self, letter: str, value: str) -> None:
        if letter == "T":
            self._title = self._title or value
        elif letter == "V":
            self._voice(value)
        elif letter in "PY":
            self._part(letter, value)
        elif self._listening:
            self._in_force(letter, value)

    def _voice(self, value: str) -> None:
        name = value.split(maxsplit=1)[0] if value else ""
        if self._melody_voice is None:
            self._melody_voice = "1" if self._heard else name
        melody = name == self._melody_voice
        if melody:
            self._shift(value)
        if not self._in_heading:
            self._listening = melody

    def _shift(self, value: str) -> None:
        semitones = fields.shift(value)
        if semitones is not None:
            self._melody.shift = semitones

    def _part(self, letter: str, value: str) -> None:
        if letter == "Y" or self._in_heading:
            self._part_order = fields.part_order(value)
        else:
            self._melody.part(value)

    def _in_force(self, letter: str, value: str) -> None:
        """Take a field that says how the notes behind it are to be read."""
        melody = self._melody
        if letter == "M":
            melody.meter = fields.meter(value) or melody.meter
            if self._in_heading and not self._unit_given:
                melody.unit = fields.default_unit_length(melody.meter)
        elif letter == "L":
            melody.unit = fields.unit_length(value) or melody.unit
            self._unit_given = True
        elif letter == "K":
            self._in_heading = False
            if (key := fields.key(value)) is not None:
                name, melody.signature = key
                self._key = self._key if self._heard else name
            self._shift(value)
        elif letter == "I":
            name, _, how = value.partition(" ")
            if name == "propagate-accidentals" and how.strip() in PROPAGATIONS:
                melody.propagation = how.strip()
