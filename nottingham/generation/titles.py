"""Titles for generated tunes, in the manner of folk tunes: by a word list of our own.

There are six kinds of titles, and each six tunes in a row have one of each, in an order that the
seed draws: a trade and a thing (The Miller's Gate), a name (Rosie's Ramble), a place or weather
(Down by the Old Weir, Mist on the Moor), a creature or a thing (The Otter in the Millrace), a town
that no map need have (Thornby Fair), and the dance (The Merry Tinker's Reel), or a person where no
dance is known. Each kind is shuffled by the seed and used up before any title comes again.
"""

from functools import lru_cache

import numpy as np

from nottingham.generation import title_words as words

_OF_DANCES = 5
"""The kind in whose place a known dance is named."""


def title(seed: int, number: int, dance: str = "") -> str:
    """Return the title of a tune; those of one seed all differ, whatever their dances are.

    Args:
        seed: the same one gives the same titles; 0 or more.
        number: the tune's, from 1 on.
        dance: one of `dances.NAMES`; empty where none is known.

    Returns:
        At most 40 characters of ASCII. Once all titles of a kind are used, from some 13,000 on,
        they come again with ``No. 2`` behind them.
    """
    turn, place = divmod(number - 1, len(_kinds()))
    kind = int(np.random.default_rng([seed, turn]).permutation(len(_kinds()))[place])
    names_dance = bool(dance) and kind == _OF_DANCES
    found = _before_dances() if names_dance else _kinds()[kind]
    again, index = divmod(turn, len(found))
    chosen = found[_shuffled(seed, kind, len(found))[index]]
    name = f"{chosen} {dance.title()}" if names_dance else chosen
    return f"{name} No. {again + 1}" if again else name


@lru_cache
def _kinds() -> tuple[tuple[str, ...], ...]:
    """List the titles of each kind."""
    landmarks = [f"{old}{mark}" for old in words.OLD for mark in words.LANDMARKS]
    return (
        tuple(f"The {trade}'s {thing}" for trade in words.TRADES for thing in words.BELONGINGS),
        tuple(f"{name}'s {wish}" for name in words.NAMES for wish in words.WISHES),
        (
            *(f"{way} the {mark}" for way in words.WAYS for mark in landmarks),
            *(f"{sky} the {land}" for sky in words.SKIES for land in words.LANDS),
        ),
        (
            *(f"The {one} {there}" for one in words.ANIMALS for there in words.HAUNTS),
            *(f"The {one} {there}" for one in words.WATER_ANIMALS for there in words.WATERS),
            *(f"The {state} {thing}" for state in words.STATES for thing in words.THINGS),
        ),
        tuple(form.format(town) for form in words.OF_TOWNS for town in _towns()),
        tuple(f"The {mood} {person}" for mood in words.MOODS for person in words.TRADES),
    )


@lru_cache
def _before_dances() -> tuple[str, ...]:
    """List what stands before the name of a dance."""
    return (
        *(f"{name}'s" for name in words.NAMES),
        *_towns(),
        *(f"The {trade}'s" for trade in words.TRADES),
        *(f"The {mood} {trade}'s" for mood in words.MOODS for trade in words.TRADES),
    )


@lru_cache
def _towns() -> tuple[str, ...]:
    return tuple(first + last for first in words.TOWNS for last in words.TOWN_ENDINGS)


@lru_cache(maxsize=32)
def _shuffled(seed: int, kind: int, titles: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng([seed, kind, titles]).permutation(titles).tolist())
