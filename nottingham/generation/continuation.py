"""Continuations of the beginnings of real tunes, up to a number of measures."""

from collections.abc import Sequence

import numpy as np

from nottingham.generation import headed
from nottingham.generation.constraints import NOTHING
from nottingham.generation.headed import Conditions
from nottingham.generation.primer import restored
from nottingham.generation.samples import GIVEN
from nottingham.models.base import Model
from nottingham.models.sampling import SamplingConfig, generate
from nottingham.music.measures import cut
from nottingham.music.tune import Tune
from nottingham.representation.base import Heading


def continued(
    model: Model, tunes: Sequence[Tune], *, measures: int, sampling: SamplingConfig, seed: int
) -> tuple[list[Tune], list[np.ndarray]]:
    """Continue the first `samples.GIVEN` measures of tunes.

    Where tokens begin with a header, it is that of the real tune, its length with it, but for
    form and endings: these are drawn from the model, given the beginning.

    Args:
        model: what predicts.
        tunes: in one meter, with as many measures.
        measures: in all, the given ones included.
        sampling: how tokens are drawn.
        seed: the same seed draws the same tokens.

    Returns:
        The tunes, cut to this length, with the given notes as they were; and the tokens of each,
        ``[time]``.
    """
    representation = model.representation
    beginnings = [cut(tune, GIVEN) for tune in tunes]
    if representation.vocabulary.headers:
        found, begun = [], []
        for number, (tune, beginning) in enumerate(zip(tunes, beginnings, strict=True)):
            own = Heading.of(tune)
            known = Conditions(own.measures, own.dance, own.meter, own.key)
            notes = headed.notes_of(beginning, representation)
            found.append(headed.heading(model, known, seed=[seed, number, 0], notes=notes))
            begun.append(np.concatenate([representation.header(found[-1]), notes]))
        rows = headed.write(
            model,
            found,
            begun,
            seed=(seed,),
            sampling=sampling,
            constraints=NOTHING,
            measures=measures,
        )
        written = [representation.decode(row, tune) for row, tune in zip(rows, tunes, strict=True)]
        return [cut(tune, measures) for tune in written], rows
    given, ticks = (n * representation.measure_ticks for n in (GIVEN, measures))
    primers = np.stack([representation.encode(cut(tune, measures))[:given] for tune in tunes])
    tokens = generate(model, primers, steps=ticks - given, seed=seed, sampling=sampling)
    written = [
        restored(representation.decode(row, tune), beginning, given, representation)
        for row, tune, beginning in zip(tokens, tunes, beginnings, strict=True)
    ]
    return [cut(tune, measures) for tune in written], list(tokens)


def tokens_of(model: Model, tunes: Sequence[Tune], *, measures: int) -> list[np.ndarray]:
    """Return the tokens of real tunes: whole where these have a header, else cut to a length."""
    representation = model.representation
    whole = bool(representation.vocabulary.headers)
    return [representation.encode(tune if whole else cut(tune, measures)) for tune in tunes]
