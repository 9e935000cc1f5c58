"""An ABC tune as a written melody (ABC 2.1, and the Nottingham corpus's ``Y:``).

The heading lasts to the first ``K:``; fields after it hold from where they stand, in the voice in
which they stand. The melody is the first voice that has notes and is no percussion; the others with
notes stand beside it, from the same beginning on, whatever barlines and signs they have.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from nottingham.formats.abc import fields, strings
from nottingham.formats.abc.melody import PROPAGATIONS, Melody
from nottingham.formats.abc.tokens import tokens
from nottingham.formats.notated import UNTITLED, Bar, Score, WrittenNote, in_bars
from nottingham.formats.unfold import left_out
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError


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


class _Voice:
    """A voice while it is being read; what it cannot be read for counts if it is the melody."""

    def __init__(self, melody: Melody, *, is_percussion: bool = False) -> None:
        self.melody = melody
        self.is_percussion = is_percussion
        self.name = ""
        self.error: UnreadableTuneError | None = None

    def take(self, kind: str, text: str) -> None:
        """Read one token of music."""
        if not self.error:
            try:
                self.melody.take(kind, text)
            except UnreadableTuneError as error:
                self.error = error

    def sound_as(self, value: str) -> None:
        """Take from ``K:`` or ``V:`` by which octave, interval and kind of clef it sounds."""
        semitones = fields.shift(value)
        if semitones is not None:
            self.melody.shift = semitones
        self.is_percussion = self.is_percussion or fields.is_percussion(value)
        self.name = fields.voice_name(value) or self.name


class _Reader:
    """A tune while it is being read."""

    def __init__(self) -> None:
        self._title = ""
        self._rhythm = ""
        self._key = ""
        self._part_order = ""
        self._endings_by_play = False
        self._remarks: list[str] = []
        self._unit_given = False
        self._in_heading = True
        self._heard = False
        self._shared = _Voice(Melody("4/4", fields.default_unit_length("4/4")))
        """The state that new voices begin with."""
        self._voice = _Voice(self._shared.melody.beside())
        self._voices = {"": self._voice}
        """By name; nameless is what stands in front of the first ``V:``."""

    def take(self, kind: str, text: str) -> None:
        """Read one token."""
        if kind == "field":
            self._field(text[0], text[2:].strip())
        elif kind == "unread":
            self._remarks.append("music after an empty line, which ends a tune, is not read")
        else:
            self._in_heading, self._heard = False, True
            self._voice.take(kind, text)

    def score(self) -> Score:
        """Return what was read.

        Raises:
            UnreadableTuneError: if there is no melody, or it cannot be read.
        """
        found = {id: v for id, v in self._voices.items() if v.melody.sounds or v.error}
        pitched = [(id, voice) for id, voice in found.items() if not voice.is_percussion]
        if not pitched:
            raise UnreadableTuneError("it has no notes" + " but percussion" * bool(found))
        (_, melody), *others = pitched
        if melody.error:
            raise melody.error
        bars = melody.melody.bars()
        lines = list(self._lines(others[: limits.MAX_VOICES], _length(bars)))
        return Score(
            title=strings.decode(self._title) or UNTITLED,
            key=self._key,
            bars=_beside(bars, [notes for _, notes in lines]),
            part_order=self._part_order,
            endings_by_play=self._endings_by_play,
            remarks=tuple(self._remarks),
            further_voices=tuple(name for name, _ in lines),
            rhythm=strings.decode(self._rhythm),
        )

    def _lines(
        self, voices: Iterable[tuple[str, _Voice]], end: Fraction
    ) -> Iterator[tuple[str, list[WrittenNote]]]:
        """Yield the name and the notes of each voice beside the melody, which ends at ``end``."""
        for id, voice in voices:
            name = strings.decode(voice.name) or id
            if voice.error:
                self._remarks.append(left_out(name, voice.error))
                continue
            bars = voice.melody.bars()
            if (lasts := _length(bars)) != end:
                self._remarks.append(
                    f"its voice {name} is {lasts} quarter notes long, its melody {end}: they may "
                    "not fit together"
                )
            yield name, _line(bars)

    def _field(self, letter: str, value: str) -> None:
        if letter == "T":
            self._title = self._title or value
        elif letter == "R":
            self._rhythm = self._rhythm or value
        elif letter == "V":
            self._enter(value)
        elif letter in "PY":
            self._part(letter, value)
        elif letter == "m":
            self._remarks.append(f"its macro {value.partition('=')[0].strip()} is not expanded")
        elif self._in_heading or (not self._heard and "" in self._voices):
            for voice in (self._shared, *self._voices.values()):
                self._in_force(voice, letter, value)
            self._in_heading = self._in_heading and letter != "K"
        else:
            self._in_force(self._voice, letter, value)

    def _enter(self, value: str) -> None:
        """Go on with the voice that ``V:`` names; in the heading, only take what it says of it."""
        name = value.split(maxsplit=1)[0] if value else ""
        if nameless := self._voices.pop("", None):
            self._voices = {"1" if self._heard else name: nameless, **self._voices}
        if name not in self._voices:
            shared = self._shared
            self._voices[name] = _Voice(shared.melody.beside(), is_percussion=shared.is_percussion)
        self._voices[name].sound_as(value)
        if not self._in_heading:
            self._voice.melody.pause()
            self._voice = self._voices[name]

    def _part(self, letter: str, value: str) -> None:
        """Read ``P:``: the order of the parts in the heading, the start of one elsewhere."""
        if letter == "Y" or self._in_heading:
            self._part_order = fields.part_order(value)
            self._endings_by_play = letter == "P"
            return
        label = fields.part_label(value)
        for voice in self._voices.values():
            if voice is self._voice or voice.melody.in_part != label:
                voice.melody.part(label)

    def _in_force(self, voice: _Voice, letter: str, value: str) -> None:
        """Take a field that says how the notes after it are to be read."""
        melody = voice.melody
        if letter == "M":
            melody.meter = fields.meter(value) or melody.meter
            if self._in_heading and not self._unit_given:
                melody.unit = fields.default_unit_length(melody.meter)
        elif letter == "L":
            melody.unit = fields.unit_length(value) or melody.unit
            self._unit_given = True
        elif letter == "K":
            if (key := fields.key(value)) is not None:
                name, melody.signature = key
                self._key = self._key if self._heard else name
            voice.sound_as(value)
        elif letter == "I":
            name, _, how = value.partition(" ")
            if name == "propagate-accidentals" and how.strip() in PROPAGATIONS:
                melody.propagation = how.strip()


def _length(bars: Iterable[Bar]) -> Fraction:
    return sum((bar.length for bar in bars), Fraction(0))


def _line(bars: Iterable[Bar]) -> list[WrittenNote]:
    """Return the notes of a voice, with onsets from its beginning on."""
    line: list[WrittenNote] = []
    start = Fraction(0)
    for bar in bars:
        line.extend(note._replace(onset=start + note.onset) for note in bar.notes)
        start += bar.length
    return line


def _beside(bars: Sequence[Bar], lines: Iterable[list[WrittenNote]]) -> tuple[Bar, ...]:
    """Put the notes of other voices beside those of the melody."""
    lengths = [bar.length for bar in bars]
    cut = [in_bars(notes, lengths) for notes in lines]
    return tuple(
        replace(bar, beside=tuple(voice[index] for voice in cut)) for index, bar in enumerate(bars)
    )
