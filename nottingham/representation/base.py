"""What a representation is: a way to write tunes as tokens and to read them back.

A representation is a value: models, training, evaluation and generation know it only by this
protocol, and it travels with the tokens and with each model. A new one is one file here, a row in
`REPRESENTATIONS`, and an entry of the protocol's test.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int, Integer

from nottingham.music import dances, forms, keys, measures
from nottingham.music.tune import Tune
from nottingham.representation.vocabulary import Vocabulary


@dataclass(frozen=True)
class Heading:
    """What a player asks for, and the header of a tune's tokens says."""

    dance: str
    """One of `dances.NAMES`; empty where none is named."""
    meter: str
    key: str
    """Tonic and mode."""
    measures: int
    """Without an upbeat."""
    form: str = ""
    """One of `forms.NAMES`; empty where nothing is said of it."""
    endings: str = ""
    """One of `forms.ENDINGS`; empty where nothing is said of them."""
    corpus: str = ""
    """The name of the tune's corpus; empty where it is unknown."""

    @classmethod
    def of(cls, tune: Tune) -> "Heading":
        """Read the heading of a tune that has notes; a key that it does not name is estimated."""
        key = tune.key or keys.find(tune.notes)
        tune = replace(tune, key=key)
        plan = forms.plan(tune)
        return cls(
            dances.named(tune), tune.meter, key, measures.count(tune), *plan, corpus=tune.corpus
        )


@runtime_checkable
class Representation(Protocol):
    """Tunes as tokens; equal representations compare equal, and have one hash."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The tokens."""

    @property
    def measure_ticks(self) -> int:
        """Ticks of a measure."""

    @property
    def corpora(self) -> tuple[str, ...]:
        """The corpora of which a header names one; none, where it does not."""

    @property
    def window(self) -> int:
        """Tokens that a model of window context takes; targets begin after as many of each tune."""

    def encode(self, tune: Tune) -> Integer[np.ndarray, " time"]:
        """Write a tune's melody as tokens.

        Raises:
            InputError: naming the tune, if it cannot be written.
        """

    def decode(self, tokens: Integer[np.ndarray, " time"], heading: Tune) -> Tune:
        """Read tokens as notes.

        Args:
            tokens: what `encode` returns, or a model has generated.
            heading: the tune whose id, title, meter, key and source the result has.
        """

    def header(self, heading: Heading) -> Integer[np.ndarray, " fields"]:
        """Return the tokens that a tune with a heading begins with; of a grid none."""

    def heading(self, tokens: Integer[np.ndarray, " time"]) -> Heading:
        """Return the heading that the first tokens of a tune say, where there is a header."""

    def shift(self, heading: Heading) -> int:
        """Return by how many semitones a tune sounds higher than its tokens' pitches."""

    def begins_note(self, tokens: Integer[np.ndarray, "*rows time"]) -> Bool[np.ndarray, "..."]:
        """Return with which tokens a note begins: ``[*rows, time]``."""

    def sounding(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, " ticks"]:
        """Return the MIDI pitch that sounds at each tick, `NO_PITCH` where none does."""

    def notes(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, "notes 2"]:
        """Return the MIDI pitch of each note, and its duration in ticks."""

    def tick_of(self, moment: Fraction, meter: str) -> int:
        """Return the tick that stands for a moment of the first measure, in quarter notes."""

    def moment_of(self, tick: int, meter: str) -> Fraction:
        """Return the moment that a tick of a tune stands for, in quarter notes."""

    def settings(self) -> dict[str, Any]:
        """Return what `representation.from_settings` makes an equal one of, as JSON has it."""
