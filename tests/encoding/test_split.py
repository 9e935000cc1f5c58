import numpy as np
import pytest

from nottingham.encoding import split
from nottingham.errors import InputError

SHARES = {"train_share": 0.7, "valid_share": 0.1, "seed": 1}


def melody(make_tune, seed, **fields):
    pitches = np.random.default_rng(seed).integers(55, 80, 30).tolist()
    return make_tune(*((i, 1, p) for i, p in enumerate(pitches)), id=f"book/{seed}", **fields)


@pytest.fixture
def tunes(make_tune):
    return [melody(make_tune, seed) for seed in range(1000)]


def test_shares_are_met_on_average(tunes):
    shares = np.bincount(split.by_hash(tunes, **SHARES)) / len(tunes)
    assert shares == pytest.approx([0.63, 0.07, 0.30], abs=0.045)  # three standard deviations


def test_adding_or_removing_tunes_moves_no_other(tunes):
    whole = split.by_hash(tunes, **SHARES)
    assert split.by_hash(tunes[1::2], **SHARES).tolist() == whole[1::2].tolist()


def test_duplicates_in_any_key_and_rhythm_stay_together(make_tune, tunes):
    for tune in tunes[:100]:
        higher = make_tune(*((n.onset * 2, n.duration * 2, n.pitch + 5) for n in tune.notes))
        first, second = split.by_hash([tune, higher], **SHARES)
        assert first == second


def test_another_seed_is_another_split(tunes):
    one, two = (split.by_hash(tunes, **(SHARES | {"seed": seed})) for seed in (1, 2))
    assert np.mean(one != two) > 0.3


def test_more_validation_takes_from_training_only(tunes):
    small = split.by_hash(tunes, **SHARES)
    large = split.by_hash(tunes, **(SHARES | {"valid_share": 0.5}))
    assert np.array_equal(small == split.TEST, large == split.TEST)
    assert np.sum(large == split.VALID) > np.sum(small == split.VALID)


@pytest.fixture
def three(make_tune):
    return [make_tune(id=f"book/{i}") for i in (1, 2, 3)]


def write(tmp_path, text):
    path = tmp_path / "split.yaml"
    path.write_text(text)
    return path


def test_a_file_of_ids(tmp_path, three):
    path = write(tmp_path, "train: [book/3]\nvalid: [book/1]\ntest: [book/2]\n")
    assert split.by_file(three, path).tolist() == [split.VALID, split.TEST, split.TRAIN]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train: [book/1]\ntest: [book/2]\n", "expected lists of tune ids under train, valid"),
        ("train: [book/1]\nvalid: book/3\ntest: [book/2]\n", "valid: expected a list"),
        ("train: [1]\nvalid: []\ntest: []\n", "train: expected a list of tune ids"),
        ("train: [book/1]\nvalid: [book/1]\ntest: []\n", "valid: book/1 is listed twice"),
        ("train: [book/9]\nvalid: []\ntest: []\n", "1 ids are no tunes, the first is book/9"),
        ("train: [book/1]\nvalid: []\ntest: []\n", "2 tunes are in no list, the first is book/2"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path, three, text, message):
    with pytest.raises(InputError, match=r"split\.yaml: .*" + message):
        split.by_file(three, write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path, three):
    with pytest.raises(InputError, match=r"nowhere\.yaml: cannot be read"):
        split.by_file(three, tmp_path / "nowhere.yaml")
