"""Which tunes train, validate and test: by hash, by file, and with some that sit out."""

import numpy as np
import pytest
import yaml

from nottingham.dataset import split, splitting, streams
from nottingham.dataset.settings import WindowSettings
from nottingham.errors import InputError
from nottingham.representation import Grid

SPLITS = ("grouped", "random")
SHARES = {"train_share": 0.7, "valid_share": 0.1, "seed": 1}


def settings(**changes):
    given = {"steps_per_measure": 8, "relative_pitch": True, "used_share": 1.0}
    given |= {"split": "grouped", "max_shared": 0.1, "split_file": None}
    return WindowSettings(**(SHARES | given | changes))


def by_hash(tunes, **changes):
    """Split by the tunes' ids."""
    return splitting.by_hash(tunes, what=lambda tune: tune.id, **(SHARES | changes))


def melody(make_tune, seed, **fields):
    pitches = np.random.default_rng(seed).integers(55, 80, 30).tolist()
    return make_tune(*((i, 1, p) for i, p in enumerate(pitches)), id=f"book/{seed}", **fields)


@pytest.fixture
def tunes(make_tune):
    return [melody(make_tune, seed) for seed in range(1000)]


@pytest.fixture
def duplicates(make_tune, tunes):
    """The first hundred tunes in another key and rhythm, under other names."""
    return [
        make_tune(*((n.onset * 2, n.duration * 2, n.pitch + 5) for n in t.notes), id=f"copies/{i}")
        for i, t in enumerate(tunes[:100])
    ]


def test_shares_are_met_on_average(tunes):
    for places in (by_hash(tunes), *(splitting.choose(tunes, settings(split=s)) for s in SPLITS)):
        shares = np.bincount(places) / len(tunes)
        assert shares == pytest.approx([0.63, 0.07, 0.30], abs=0.045)  # three standard deviations


@pytest.mark.parametrize("kind", SPLITS)
def test_adding_or_removing_tunes_moves_no_other(tunes, kind):
    chosen = settings(split=kind, used_share=0.5)
    whole = splitting.choose(tunes, chosen)
    assert splitting.choose(tunes[1::2], chosen).tolist() == whole[1::2].tolist()


def test_duplicates_in_any_key_and_rhythm_stay_together(tunes, duplicates):
    chosen = settings(used_share=0.5)
    places = splitting.choose(tunes[:100], chosen)
    assert splitting.choose(duplicates, chosen).tolist() == places.tolist()
    assert set(places) == {split.TRAIN, split.VALID, split.TEST, split.UNUSED}


def test_a_random_split_lets_duplicates_fall_where_they_may(tunes, duplicates):
    """As if they were other tunes: two agree with probability 0.63² + 0.07² + 0.3² = 0.49."""
    places, others = (
        splitting.choose(t, settings(split="random")) for t in (tunes[:100], duplicates)
    )
    assert np.mean(places == others) == pytest.approx(0.49, abs=0.15)


def test_a_random_split_goes_by_the_id_alone(make_tune, tunes):
    """Not by the melody, and not by what else there is to know of a tune."""
    silent = [make_tune(id=tune.id) for tune in tunes]
    chosen = settings(split="random")
    assert splitting.choose(silent, chosen).tolist() == splitting.choose(tunes, chosen).tolist()
    assert splitting.choose(tunes, chosen).tolist() == by_hash(tunes).tolist()


def test_what_is_hashed_decides(tunes):
    """Tunes of which the same is hashed land together; nothing else of them matters."""
    by_book = splitting.by_hash(tunes, what=lambda tune: tune.id.split("/")[0], **SHARES)
    assert len(set(by_book)) == 1
    assert len(set(by_hash(tunes))) == 3


@pytest.mark.parametrize("kind", SPLITS)
def test_another_seed_is_another_split(tunes, kind):
    one, two = (splitting.choose(tunes, settings(split=kind, seed=seed)) for seed in (1, 2))
    assert np.mean(one != two) > 0.3


@pytest.mark.parametrize("kind", SPLITS)
def test_a_share_of_the_training_tunes(tunes, kind):
    """A tenth lies within three tenths; validation and test are as they were."""
    places = {
        share: splitting.choose(tunes, settings(split=kind, used_share=share))
        for share in (1.0, 0.3, 0.1)
    }
    whole = places[1.0]
    assert not np.any(whole == split.UNUSED)
    for share in (0.3, 0.1):
        moved = places[share] != whole
        assert np.all(whole[moved] == split.TRAIN)
        assert np.all(places[share][moved] == split.UNUSED)
        left = np.sum(places[share] == split.TRAIN) / np.sum(whole == split.TRAIN)
        assert left == pytest.approx(share, abs=0.055)  # three standard deviations
    assert np.all(places[0.3][places[0.1] == split.TRAIN] == split.TRAIN)


def test_which_tunes_sit_out_has_nothing_to_do_with_which_ones_validate(tunes):
    """The tunes that train with a share of 0.3 are no others than if more of them validated."""
    small, large = (
        splitting.choose(tunes, settings(used_share=0.3, valid_share=share)) for share in (0.1, 0.5)
    )
    both = (small != split.TEST) & (small != split.VALID) & (large != split.VALID)
    assert np.array_equal(small[both], large[both])
    unused, trained = (np.sum(large == place) for place in (split.UNUSED, split.TRAIN))
    assert trained / (trained + unused) == pytest.approx(0.3, abs=0.075)


def test_tunes_that_sit_out_are_in_no_part(tmp_path, tunes):
    places = splitting.choose(tunes, settings(used_share=0.1))
    tokens = [np.full(33, 40, np.uint8)] * len(tunes)
    ids = [tune.id for tune in tunes]
    dataset = streams.join(tokens, split=places, ids=ids, representation=Grid(8))
    streams.save(tmp_path / "w.npz", dataset)
    back = streams.load(tmp_path / "w.npz")
    assert back.split.dtype == places.dtype == np.uint8
    assert np.array_equal(back.split, places)
    parts = [set(back.indices(part)) for part in (split.TRAIN, split.VALID, split.TEST)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == np.sum(places != split.UNUSED) < 500
    named = streams.describe(back).splitlines()
    assert [line.split(":")[0] for line in named] == list(split.NAMES)
    assert named[0].startswith(f"train: {np.sum(places == split.TRAIN)} tunes")
    starts = streams.segment_starts(back, split.TRAIN, 33)
    assert len(starts) == np.sum(places == split.TRAIN)


@pytest.fixture
def three(make_tune):
    return [make_tune(id=f"book/{i}") for i in (1, 2, 3)]


def write(tmp_path, text):
    path = tmp_path / "split.yaml"
    path.write_text(text)
    return path


def test_a_file_of_ids(tmp_path, three):
    path = write(tmp_path, "train: [book/3]\nvalid: [book/1]\ntest: [book/2]\n")
    places = splitting.by_file([tune.id for tune in three], path)
    assert places.tolist() == [split.VALID, split.TEST, split.TRAIN]
    assert places.dtype == np.uint8


def test_a_file_takes_the_place_of_the_hash(tmp_path, three):
    path = write(tmp_path, "train: [book/3]\nvalid: [book/1]\ntest: [book/2]\n")
    for kind in SPLITS:
        places = splitting.choose(three, settings(split=kind, split_file=str(path)))
        assert places.tolist() == [split.VALID, split.TEST, split.TRAIN]
        assert places.dtype == np.uint8


def test_training_tunes_of_a_file_sit_out_too(tmp_path, tunes):
    ids = [tune.id for tune in tunes]
    lists = {"train": ids[:800], "valid": ids[800:900], "test": ids[900:]}
    chosen = settings(used_share=0.3, split_file=str(write(tmp_path, yaml.safe_dump(lists))))
    places = splitting.choose(tunes, chosen)
    assert set(places[:800]) == {split.TRAIN, split.UNUSED}
    assert np.mean(places[:800] == split.TRAIN) == pytest.approx(0.3, abs=0.05)
    assert places[800:].tolist() == [split.VALID] * 100 + [split.TEST] * 100


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train: [book/1]\ntest: [book/2]\n", "expected lists of tune ids under train, valid"),
        ("train: [book/1]\nvalid: book/3\ntest: [book/2]\n", "valid: expected a list"),
        ("train: [1]\nvalid: []\ntest: []\n", "train: expected a list of tune ids"),
        ("train: [book/1]\nvalid: [book/1]\ntest: []\n", "valid: book/1 is listed twice"),
        ("train: [book/9]\nvalid: []\ntest: []\n", "1 ids are no tunes, the first is book/9"),
        ("train: [book/1]\nvalid: []\ntest: []\n", "2 tunes are in no list, the first is book/2"),
        ("train: [book/1]\ntrain: [book/2]\n", "the key train is there twice"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path, three, text, message):
    with pytest.raises(InputError, match=r"split\.yaml: .*" + message):
        splitting.by_file([tune.id for tune in three], write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path, three):
    with pytest.raises(InputError, match=r"nowhere\.yaml: cannot be read"):
        splitting.by_file([tune.id for tune in three], tmp_path / "nowhere.yaml")


def test_the_key_that_names_a_wrong_file_is_named_too(tmp_path, three):
    with pytest.raises(InputError, match=r"window\.split_file: .*nowhere\.yaml: cannot be read"):
        splitting.choose(three, settings(split_file=str(tmp_path / "nowhere.yaml")))


def test_a_tenth_of_the_training_tunes_is_of_no_corpus(tunes):
    """By what they are, so that other tunes change nothing."""
    left = splitting.anonymous(tunes, seed=1)
    assert len(left) / len(tunes) == pytest.approx(0.1, abs=0.04)
    known = [tune.id for tune in tunes[::2]]
    assert splitting.anonymous(iter(tunes[::2]), seed=1) == [id_ for id_ in left if id_ in known]
