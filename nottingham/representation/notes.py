"""Tunes as notes: a header, then the pitch and the duration of each note in turn.

    jig 6/8 D major 32-measures AABB -1-1 rest 5/2 G4 1/2 C5 1/2 …

The header says what a player would ask for: dance, meter, tonic, mode, length in measures, an
upbeat not counted, form, and which sections close on the tonic (``-1-1``: every other one; of a
tune of more than four, the last mark is of the last one). Of several corpora, it names the tune's
first. A key that the tune does not name is estimated. A pitch or a rest is followed by its duration
in quarter notes; a duration that has no token is spelt as a sum, of a note with ties, of a rest as
several rests. A change of meter stands where it happens, and an end follows the last note. Nothing
is lost but what no measure of time has: `decode` returns every note as it was.

Pitches are relative to the tonic, so that a transposed tune differs in its header alone: token
``C4 + n`` is n semitones above the tonic from C4 to B4. A tick is 1/48 of a quarter note.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Bool, Int, Integer

from nottingham.music import dances, forms, keys, pitches
from nottingham.music.tune import MeterChange, Note, Tune, measure_length
from nottingham.representation import errors
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

TICKS = 48
"""Ticks of a quarter note."""
MOST_MEASURES = 96
"""Measures of the longest tune whose length has a token of its own."""

UNNAMED = "other"
"""The dance of a tune that names none."""
_FORMLESS, _ENDLESS = "no form", "no endings"
_NO_CORPUS = "no corpus"
METERS = tuple(
    f"{beats}/{unit}"
    for unit, most in ((1, 4), (2, 6), (4, 9), (8, 12), (16, 12))
    for beats in range(1, most + 1)
)
"""The meters that have tokens."""
MODES = ("major", "minor", "dorian", "mixolydian", "lydian", "phrygian", "locrian")
_MINOR_MODES = ("minor", "dorian", "phrygian", "locrian")
_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_PITCHES = range(36, 97)
_DURATIONS = [
    *(Fraction(1, n) for n in (48, 24, 16, 12, 8, 6)),
    *(Fraction(n, 16) for n in (3, 4)),
    *(Fraction(n, 24) for n in (8, 9, 12, 16, 18, 24, 32, 36)),
    *(Fraction(n, 2) for n in (4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16)),
]
_HEADER = ["dance", "meter", "tonic", "mode", "measures", "form", "endings"]
_KINDS = [*_HEADER, "rest", "pitch", "duration", "tie", "change", "end"]
_FOLLOWS = {
    "dance": ["meter"],
    "meter": ["tonic"],
    "tonic": ["mode"],
    "mode": ["measures"],
    "measures": ["form"],
    "form": ["endings"],
    "endings": ["rest", "pitch", "change", "end"],
    "rest": ["duration"],
    "pitch": ["duration"],
    "duration": ["rest", "pitch", "tie", "change", "end"],
    "tie": ["duration"],
    "change": ["rest", "pitch", "tie"],
    "end": [],
}


def _tokens() -> Iterator[tuple[str, str]]:
    """Yield kind and name of each token."""
    yield from (("dance", name) for name in (*dances.NAMES, UNNAMED))
    yield from (("meter", name) for name in METERS)
    yield from (("tonic", name) for name in _TONICS)
    yield from (("mode", name) for name in MODES)
    yield from (("measures", f"{n} measures") for n in range(1, MOST_MEASURES + 1))
    yield "measures", "more measures"
    yield from (("form", f"form {name}") for name in forms.NAMES)
    yield "form", _FORMLESS
    yield from (("endings", f"ends {name}") for name in forms.ENDINGS)
    yield "endings", _ENDLESS
    yield "rest", "rest"
    yield from (("pitch", pitches.name(pitch)) for pitch in _PITCHES)
    yield from (("duration", f"{value} quarters") for value in _DURATIONS)
    yield "tie", "tie"
    yield from (("change", f"to {name}") for name in METERS)
    yield "end", "end"


_NAMED = list(_tokens())
_INDEX = {name: index for index, (_, name) in enumerate(_NAMED)}
_FIRST = {kind: next(i for i, (k, _) in enumerate(_NAMED) if k == kind) for kind in _KINDS}
_BY_TICKS = {int(value * TICKS): i for i, value in enumerate(_DURATIONS, _FIRST["duration"])}
"""The token of each duration, by its ticks."""
_REST, _TIE, _END = _INDEX["rest"], _INDEX["tie"], _INDEX["end"]


def _by_section(
    kind: str, values: Iterable[list[int]], most: int
) -> Int[np.ndarray, "tokens sections"]:
    """Lay out the values that the tokens of a kind have for sections; other entries are −1."""
    table = np.full((len(_NAMED), most), -1, np.int32)
    for row, entries in zip(table[_FIRST[kind] :], values, strict=False):
        row[: len(entries)] = entries
    return table


def _table(**values: Any) -> Int[np.ndarray, " tokens"]:
    """Lay out the values of all tokens of some kinds; other tokens have 0."""
    table = np.zeros(len(_NAMED), np.int32)
    for kind, entries in values.items():
        table[_FIRST[kind] :][: len(entries)] = entries
    return table


_BARS = [int(measure_length(meter) * TICKS) for meter in METERS]
_VOCABULARY = Vocabulary(
    names=[name for _, name in _NAMED],
    pitch=_table(pitch=_PITCHES),
    ticks=_table(duration=list(_BY_TICKS)),
    kinds=_KINDS,
    kind=np.array([_KINDS.index(kind) for kind, _ in _NAMED], np.int32),
    follows=np.array([[kind in _FOLLOWS[before] for kind in _KINDS] for before in _KINDS]),
    begins=np.array([kind == "dance" for kind in _KINDS]),
    headers=len(_HEADER),
    measure=_table(meter=_BARS, change=_BARS),
    measures=_table(measures=range(1, MOST_MEASURES + 1)),
    repeats=_by_section("form", map(forms.repeated, forms.NAMES), forms.MOST_SECTIONS),
    closes=_by_section(
        "endings", ([int(m == "1") for m in name] for name in forms.ENDINGS), forms.MOST_ENDINGS
    ),
    tonic=_table(tonic=range(1, 13)),
    relative=True,
)


@cache
def _vocabulary(relative: bool, corpora: tuple[str, ...]) -> Vocabulary:
    """Return the tokens; those of corpora, whose kind is the first one, are the last ones."""
    found = replace(_VOCABULARY, relative=relative)
    if not corpora:
        return found
    names = [_NO_CORPUS, *(f"corpus {name}" for name in corpora)]

    def longer(table: np.ndarray, value: int) -> np.ndarray:
        more = [(0, len(names)), *[(0, 0)] * (table.ndim - 1)]
        return np.pad(table, more, constant_values=value)

    follows = np.pad(found.follows, (1, 0))
    follows[0, 1:] = found.begins
    return replace(
        found,
        names=[*found.names, *names],
        kinds=["corpus", *found.kinds],
        kind=longer(found.kind + 1, 0),
        follows=follows,
        begins=np.arange(len(follows)) == 0,
        headers=found.headers + 1,
        pitch=longer(found.pitch, NO_PITCH),
        ticks=longer(found.ticks, 0),
        measure=longer(found.measure, 0),
        measures=longer(found.measures, 0),
        repeats=longer(found.repeats, -1),
        closes=longer(found.closes, -1),
        tonic=longer(found.tonic, 0),
    )


@dataclass(frozen=True)
class Notes:
    """A header, then pitches and durations in turn."""

    relative: bool = True
    """Whether pitches are relative to the tonic."""
    corpora: tuple[str, ...] = ()
    """The corpora of which a header names one; none: it names none."""

    def __post_init__(self) -> None:
        """Take the corpora of a file's settings, which are a list; refuse what is none.

        Raises:
            ValueError: saying so.
        """
        if type(self.relative) is not bool:
            raise ValueError(f"pitches are relative or not: {self.relative!r}")
        if isinstance(self.corpora, str) or len(set(self.corpora)) < len(self.corpora):
            raise ValueError(f"corpora are different names: {self.corpora!r}")
        object.__setattr__(self, "corpora", tuple(map(str, self.corpora)))

    @property
    def vocabulary(self) -> Vocabulary:
        """Headers, pitches, durations."""
        return _vocabulary(self.relative, self.corpora)

    @property
    def measure_ticks(self) -> int:
        """Those of 4/4, until a meter is named."""
        return 4 * TICKS

    @property
    def window(self) -> int:
        """The header and some four measures."""
        return 64

    def settings(self) -> dict[str, Any]:
        """See `Representation`."""
        found = {"name": "notes", "relative": self.relative}
        return found | ({"corpora": list(self.corpora)} if self.corpora else {})

    def encode(self, tune: Tune) -> Integer[np.ndarray, " time"]:
        """Write a tune's melody as notes; see `Representation`.

        Returns:
            Tokens, of the vocabulary's dtype.

        Raises:
            InputError: naming the tune, if it has no notes, or has a meter, a pitch or a moment
                that has no token.
        """
        if not tune.notes:
            raise errors.no_notes(tune)
        for meter in (tune.meter, *(change.meter for change in tune.meter_changes)):
            if meter not in METERS:
                raise errors.no_meter(tune, meter)
        heading = Heading.of(tune)
        tokens = self.header(heading).tolist()
        changes = {change.onset: change.meter for change in tune.meter_changes}
        shift = self.shift(heading)
        now = Fraction(0)
        for note in tune.notes:
            if note.pitch - shift not in _PITCHES:
                raise errors.out_of_range(
                    tune, note.pitch, _PITCHES[0] + shift, _PITCHES[-1] + shift
                )
            token = _FIRST["pitch"] + note.pitch - shift - _PITCHES[0]
            tokens += _spelt(tune, now, note.onset, changes, _REST, _REST)
            now = note.onset + note.duration
            tokens += _spelt(tune, note.onset, now, changes, token, _TIE)
        return np.array([*tokens, _END], self.vocabulary.dtype)

    def header(self, heading: Heading) -> Integer[np.ndarray, " fields"]:
        """Write a header; see `Representation`."""
        tokens = [
            _INDEX[heading.dance or UNNAMED],
            _INDEX[heading.meter],
            _FIRST["tonic"] + keys.tonic(heading.key),
            _INDEX[keys.mode(heading.key)],
            _FIRST["measures"] + min(heading.measures, MOST_MEASURES + 1) - 1,
            _INDEX[f"form {heading.form}" if heading.form else _FORMLESS],
            _INDEX[f"ends {heading.endings}" if heading.endings else _ENDLESS],
        ]
        if self.corpora:
            known = heading.corpus in self.corpora
            number = 1 + self.corpora.index(heading.corpus) if known else 0
            tokens = [len(_NAMED) + number, *tokens]
        return np.array(tokens, self.vocabulary.dtype)

    def heading(self, tokens: Integer[np.ndarray, " time"]) -> Heading:
        """Read a header; see `Representation`."""
        names = self.vocabulary.names
        *corpora, dance, meter, tonic, mode, length, form, end = tokens[
            : self.vocabulary.headers
        ].tolist()
        tonics = _MINOR_TONICS if names[mode] in _MINOR_MODES else _TONICS
        return Heading(
            "" if names[dance] == UNNAMED else names[dance],
            names[meter],
            f"{tonics[tonic - _FIRST['tonic']]} {names[mode]}",
            length - _FIRST["measures"] + 1,
            "" if names[form] == _FORMLESS else names[form].removeprefix("form "),
            "" if names[end] == _ENDLESS else names[end].removeprefix("ends "),
            "".join(
                names[corpus].removeprefix("corpus ") for corpus in corpora if corpus > len(_NAMED)
            ),
        )

    def decode(self, tokens: Integer[np.ndarray, " time"], heading: Tune) -> Tune:
        """Read tokens as notes, in the meter and the key that they name; see `Representation`."""
        named = self._named(tokens)
        shift = self.shift(named) if named else 0
        notes: list[list[int]] = []
        changes: list[MeterChange] = []
        now, pitch, tied = 0, NO_PITCH, False
        vocabulary = self.vocabulary
        for token, kind in zip(tokens.tolist(), vocabulary.kind[tokens].tolist(), strict=True):
            match vocabulary.kinds[kind]:
                case "change":
                    meter = vocabulary.names[token].removeprefix("to ")
                    changes.append(MeterChange(Fraction(now, TICKS), meter))
                case "rest":
                    pitch, tied = NO_PITCH, False
                case "pitch":
                    pitch, tied = int(vocabulary.pitch[token]) + shift, False
                case "tie":
                    tied = bool(notes) and pitch != NO_PITCH
                case "duration":
                    length = int(vocabulary.ticks[token])
                    if tied:
                        notes[-1][1] += length
                    elif pitch != NO_PITCH:
                        notes.append([now, length, pitch])
                    now += length
        return replace(
            heading,
            meter=named.meter if named else heading.meter,
            key=heading.key or (named.key if named else ""),
            notes=tuple(Note(Fraction(o, TICKS), Fraction(d, TICKS), p) for o, d, p in notes),
            chords=(),
            meter_changes=tuple(changes),
            further_voices=(),
            rhythm=heading.rhythm or (named.dance if named else ""),
        )

    def _named(self, tokens: Integer[np.ndarray, " time"]) -> Heading | None:
        """Read the header, where tokens begin with one."""
        headers = self.vocabulary.headers
        kinds = self.vocabulary.kind[tokens[:headers]].tolist()
        return self.heading(tokens) if kinds == list(range(headers)) else None

    def shift(self, heading: Heading) -> int:
        """Return by how many semitones a tune sounds higher than its tokens' pitches."""
        return keys.tonic(heading.key) if self.relative else 0

    def begins_note(self, tokens: Integer[np.ndarray, "*rows time"]) -> Bool[np.ndarray, "..."]:
        """Find the pitches."""
        found: np.ndarray = self.vocabulary.pitch[tokens] != NO_PITCH
        return found

    def sounding(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, " ticks"]:
        """Repeat the pitch of each note for its ticks."""
        return np.repeat(self._sounding(tokens), self.vocabulary.ticks[tokens]).astype(np.int32)

    def notes(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, "notes 2"]:
        """Read the notes."""
        begins, sounding = np.flatnonzero(self.begins_note(tokens)), self._sounding(tokens)
        lengths = np.where(sounding != NO_PITCH, self.vocabulary.ticks[tokens], 0)
        ticks = np.append(0, np.cumsum(lengths))
        lasts = np.diff(ticks[np.append(begins, len(tokens))])
        found: np.ndarray = np.stack([sounding[begins], lasts], axis=1)[lasts > 0]
        return found

    def _sounding(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, " time"]:
        """Return the pitch of the note that each token begins or prolongs, or `NO_PITCH`."""
        named = self._named(tokens)
        pitched, shift = (
            self.vocabulary.pitch[tokens] != NO_PITCH,
            self.shift(named) if named else 0,
        )
        begins = pitched | (tokens == _REST)
        latest = np.maximum.accumulate(np.where(begins, np.arange(len(tokens)), 0))
        found: np.ndarray = np.where(pitched, self.vocabulary.pitch[tokens] + shift, NO_PITCH)[
            latest
        ]
        return found

    def tick_of(self, moment: Fraction, meter: str) -> int:
        """Return the last tick that is not after a moment."""
        return int(moment * TICKS)

    def moment_of(self, tick: int, meter: str) -> Fraction:
        """Return the moment of a tick."""
        return Fraction(tick, TICKS)


def _spelt(
    tune: Tune,
    start: Fraction,
    end: Fraction,
    changes: dict[Fraction, str],
    first: int,
    further: int,
) -> Iterator[int]:
    """Yield the tokens of a note or a rest, and of the changes of meter from its start on.

    Args:
        tune: for messages.
        start: in quarter notes.
        end: in quarter notes.
        changes: the meters from each of these moments on.
        first: the token before the first duration.
        further: the token before each further one.
    """
    edges = [start, *(moment for moment in sorted(changes) if start < moment < end), end]
    for begin, until in pairwise(edges):
        if begin < until and begin in changes:
            yield _FIRST["change"] + METERS.index(changes[begin])
        left = (until - begin) * TICKS
        if left.denominator > 1:
            raise errors.off_the_ticks(tune, begin, until, TICKS)
        for token in _sum_of(int(left)):
            yield from (first, token)
            first = further


@cache
def _sum_of(ticks: int) -> tuple[int, ...]:
    """Return the tokens of the durations, the longest first, that add up to some ticks."""
    found = []
    for length, token in reversed(_BY_TICKS.items()):
        count, ticks = divmod(ticks, length)
        found += [token] * count
    return tuple(found)
