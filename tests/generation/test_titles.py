"""Titles: all different, the same again, and fit to be printed and sung."""

from itertools import product

import pytest

from nottingham.generation import title_words, titles
from nottingham.music import dances

LISTS = {name: words for name, words in vars(title_words).items() if name.isupper()}

GOLDEN = [
    "The Lads of Kelham",
    "The Boatman's Buttons",
    "Down by the Lower Weir",
    "Biddy's Discovery",
    "The Bonny Miller's Jig",
    "The Curlew by the Bridge",
]


def every_title():
    """List every title that there is, without numbers, in every dance."""
    known = product(titles._before_dances(), dances.NAMES)
    return [
        *(title for kind in titles._kinds() for title in kind),
        *(f"{name} {dance.title()}" for name, dance in known),
    ]


@pytest.mark.parametrize("seed", [0, 1, 12_345])
def test_ten_thousand_titles_of_a_seed_differ(seed):
    names = ("", *dances.NAMES)
    found = [titles.title(seed, n, names[n % len(names)]) for n in range(1, 10_001)]
    assert len(set(found)) == 10_000
    assert not any("No." in title for title in found)


def test_the_same_seed_and_number_have_the_same_title():
    """Whatever was asked for before; other seeds have others."""
    found = [titles.title(7, n, "reel") for n in range(1, 101)]
    assert [titles.title(7, n, "reel") for n in range(100, 0, -1)] == found[::-1]
    assert len(set(found) & {titles.title(8, n, "reel") for n in range(1, 101)}) < 10


def test_titles_stay_as_they_were():
    """From NumPy's generator, which may change with a release of NumPy: then they are others."""
    assert [titles.title(1, n, "jig") for n in range(1, 7)] == GOLDEN


def test_each_six_have_one_of_each_kind_and_one_names_the_dance():
    for first in range(1, 121, 6):
        found = [titles.title(3, n, "slip jig") for n in range(first, first + 6)]
        assert sum(title.endswith("Slip Jig") for title in found) == 1
        without = [titles.title(3, n) for n in range(first, first + 6)]
        kinds = [{k for k, kind in enumerate(titles._kinds()) if t in kind} for t in without]
        assert sorted(kinds, key=min) == [{k} for k in range(6)]


def test_a_kind_that_is_used_up_begins_again_with_a_number():
    found = [titles.title(2, n) for n in range(13_501, 13_601)]
    numbered = [title for title in found if title.endswith(" No. 2")]
    assert numbered
    earlier = {titles.title(2, n) for n in range(1, 13_501)}
    assert {title.removesuffix(" No. 2") for title in numbered} <= earlier


def test_every_title_can_be_printed():
    found = every_title()
    assert len(set(found)) == len(found) > 40_000
    assert all(title.isascii() and title.isprintable() for title in found)
    assert all(title.split(" ") == title.split() for title in found)
    assert max(map(len, found)) <= 40
    assert not any("s's" in title or "the The" in title for title in found)


@pytest.mark.parametrize("name", LISTS)
def test_no_word_is_listed_twice(name):
    assert len(set(LISTS[name])) == len(LISTS[name])
