"""The surprisal of tunes under a model, measure by measure and note by note."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Float, Int, Integer

from nottingham.models.base import Model
from nottingham.music import notation, note_values
from nottingham.music.tune import Tune
from nottingham.representation import Representation, clock
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import NO_PITCH


def bits(model: Model, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return −log₂ p of each measure, given the tokens before it, the header left out.

    A measure in which no token begins, but a long note is held, has no bits. An end belongs to the
    measure of the token before it.

    Args:
        model: what predicts.
        tunes: tokens from the start of each, of shape ``[time]``; the last measure may be a part
            of one.

    Returns:
        For each tune an array of shape ``[measures]``, in bits.
    """
    return [
        by_measure(model.representation, tokens, of_tokens(tokens, rows))
        for tokens, rows in zip(tunes, model.score(tunes), strict=True)
    ]


def of_tokens(
    tokens: Integer[np.ndarray, " time"], rows: Float[np.ndarray, "time vocabulary"]
) -> Float[np.ndarray, " time"]:
    """Return −log₂ p of each token of a tune, given what `Model.score` returns of it."""
    chosen = np.take_along_axis(rows.astype(np.float64), tokens[:, None].astype(int), axis=1)
    bits: np.ndarray = -chosen[:, 0] / np.log(2)
    return bits


def by_measure(
    representation: Representation,
    tokens: Integer[np.ndarray, " time"],
    bits: Float[np.ndarray, " time"],
) -> Float[np.ndarray, " measures"]:
    """Return the bits of each measure, given those of each token; see `bits`."""
    vocabulary = representation.vocabulary
    measure = _measures(representation, tokens)
    measure = np.where(vocabulary.ends[tokens], np.roll(measure, 1), measure)
    music = vocabulary.kind[tokens] >= vocabulary.headers
    return np.bincount(measure, bits * music).astype(float)  # of no tokens it is of integers


def _measures(
    representation: Representation, tokens: Integer[np.ndarray, " time"]
) -> Int[np.ndarray, " time"]:
    found: np.ndarray = clock.read(representation, tokens).measure[:-1]
    return found


@dataclass(frozen=True)
class NoteSurprisal:
    """The surprisal of one note, which is spelled in the tune's key: ``Bb4``."""

    measure: int
    """In which it begins: 1 is the first full one, 0 an upbeat's."""
    note: str
    after: str | None
    """The note before; None for a tune's first one."""
    duration: Fraction
    """In quarter notes."""
    pitch_bits: float
    """−log₂ p of the token with which it begins."""
    duration_bits: float
    """Those of the tokens that say how long it lasts: durations and ties; steps of a grid."""
    likeliest: str | None
    """What the model expected instead of the token of the note that surprised it most: a note, a
    note value, ``rest``, ``tie``, ``end``; None where that token was the likeliest itself."""

    @property
    def bits(self) -> float:
        """The surprisal of the note."""
        return self.pitch_bits + self.duration_bits


def of_notes(
    tune: Tune,
    tokens: Integer[np.ndarray, " time"],
    rows: Float[np.ndarray, "time vocabulary"],
    representation: Representation,
) -> list[NoteSurprisal]:
    """Return the surprisal of each note of a tune: on a grid of each that the grid keeps.

    Rests, changes of meter and the end are no part of a note.

    Args:
        tune: as it is written.
        tokens: the same as the model takes it.
        rows: ln p of every token at each position.
        representation: of the tokens.
    """
    heading, vocabulary = Heading.of(tune), representation.vocabulary
    bits, measure = of_tokens(tokens, rows), _measures(representation, tokens)
    allowed = vocabulary.may_follow[np.append(vocabulary.none, tokens[:-1])]
    likeliest = np.where(allowed, rows, -np.inf).argmax(axis=1)
    written, before, found = representation.decode(tokens, tune).notes, None, []
    for note, span in zip(written, _spans(representation, tokens), strict=True):
        most = span.start + int(bits[span].argmax())
        expected = int(likeliest[most])
        found.append(
            NoteSurprisal(
                measure=int(measure[span.start]) + (0 if tune.upbeat else 1),
                note=notation.name(note.pitch, heading.key),
                after=before,
                duration=note.duration,
                pitch_bits=float(bits[span.start]),
                duration_bits=float(bits[span][1:].sum()),
                likeliest=_name(expected, representation, heading)
                if expected != tokens[most]
                else None,
            )
        )
        before = found[-1].note
    return found


def _spans(representation: Representation, tokens: Integer[np.ndarray, " time"]) -> Iterator[slice]:
    """Yield which tokens say each note: those from its first one on that begin while it sounds."""
    moved = representation.vocabulary.ticks[tokens]
    begins = np.cumsum(moved) - moved
    starts = np.flatnonzero(representation.begins_note(tokens))
    for start, length in zip(starts, representation.notes(tokens)[:, 1], strict=True):
        yield slice(int(start), int(np.searchsorted(begins, begins[start] + length)))


def _name(token: int, representation: Representation, heading: Heading) -> str:
    """Name a token as a player would: a pitch as it is spelled, a duration as a note value."""
    vocabulary = representation.vocabulary
    if vocabulary.pitch[token] != NO_PITCH:
        pitch = int(vocabulary.pitch[token]) + representation.shift(heading)
        return notation.name(pitch, heading.key)
    if vocabulary.ticks[token] and (vocabulary.ticks == 0).any():
        moment = representation.moment_of(int(vocabulary.ticks[token]), heading.meter)
        return note_values.name(moment)
    return vocabulary.names[token]
