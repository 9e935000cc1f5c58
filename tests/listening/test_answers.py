"""What listeners said, summed up."""

import json
from pathlib import Path

import pytest

from nottingham.errors import InputError
from nottingham.listening import answers
from nottingham.listening.answers import Share


def content(*answers, **changed):
    """Answers given as model, recognised, preferred."""
    found = [
        {"pair": i, "model": model, "tune": f"jigs/{i}", "person": person, "play": play}
        for i, (model, person, play) in enumerate(answers, start=1)
    ]
    made = {
        "nottingham": "listening", "version": 1, "page": "abc", "listener": "1f", "answers": found,
    }  # fmt: skip
    return made | changed


ONE = content(("lstm", True, False))


@pytest.fixture
def save(tmp_path):
    def save(*contents):
        paths = [tmp_path / f"{i}.json" for i in range(len(contents))]
        for path, value in zip(paths, contents, strict=True):
            path.write_text(value if isinstance(value, str) else json.dumps(value))
        return paths

    return save


def test_answers_are_summed_up_by_model(save):
    files = save(
        content(("lstm", True, False), ("ngram", True, True), ("lstm", False, False)),
        content(("lstm", True, True), listener="2e"),
    )
    lstm, ngram = answers.results(answers.read(files))
    assert (lstm.model, lstm.listeners, ngram.model, ngram.listeners) == ("lstm", 2, "ngram", 1)
    assert (lstm.recognised, lstm.preferred) == (Share(2, 3), Share(1, 3))
    assert (ngram.recognised, ngram.preferred) == (Share(1, 1), Share(1, 1))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (12, 12, 0.7575, 1.0)],
)
def test_intervals_are_wilsons(count, of, low, high):
    """By hand: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n) with z = 1.95996."""
    assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)


def test_the_table_says_what_chance_is(save):
    given = [("lstm", i < 5, i < 8) for i in range(10)]
    text = answers.markdown(answers.results(answers.read(save(content(*given)))))
    assert "| lstm | 1 | 10 | 0.500 [0.237, 0.763] | 0.800 [0.490, 0.943] |" in text
    assert "the interval holds 0.5, these listeners could not tell" in text


def with_answer(**changed):
    return ONE | {"answers": [ONE["answers"][0] | changed]}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{", r"0\.json: no answers .* \(the file: Invalid JSON: EOF"),
        ("[]", r"0\.json: no answers of the listening page in it \(the file: Input should be a"),
        (ONE | {"nottingham": "tunes"}, r"nottingham: Input should be 'listening'"),
        (ONE | {"version": 2, "answers": [{"pair": 1}]}, r"\(version: Input should be 1\); give"),
        ({k: v for k, v in ONE.items() if k != "page"}, "page: Field required"),
        (ONE | {"answers": []}, "answers: .* at least 1 item"),
        (with_answer(person="yes"), r"answers\.0\.person: Input should be a valid boolean"),
        (with_answer(pair=0), r"answers\.0\.pair: .* greater than or equal to 1"),
        (with_answer(model="a | b"), r"answers\.0\.model: String should match pattern"),
        ("[" * 100_000, r"0\.json: no answers .* Invalid JSON: recursion limit"),
        ("9" * 5_000, r"0\.json: no answers .* number out of range"),
        (ONE | {"answers": ONE["answers"] * 2}, "a pair is answered twice"),
    ],
)
def test_what_the_page_did_not_save_is_refused(save, value, message):
    with pytest.raises(InputError, match=message):
        answers.read(save(value))


def test_a_listener_counts_once_and_a_missing_file_is_named(save):
    with pytest.raises(InputError, match=r"1\.json: the same listener's answers as .*0\.json"):
        answers.read(save(ONE, ONE | {"page": "abc"}))
    with pytest.raises(InputError, match=r"none\.json: cannot be read \(No such file"):
        answers.read([Path("none.json")])


def test_another_page_is_another_test(save):
    with pytest.raises(InputError, match=r"1\.json: answers to another page's test than .*0\.json"):
        answers.read(save(ONE, ONE | {"page": "abd", "listener": "2e"}))
    with pytest.raises(InputError, match=r"another page's test"):
        answers.read(save(ONE, ONE | {"page": "abd"}))
