"""Exercises of chapter 14 on answers that the notebook does not try."""

from __future__ import annotations

import numpy as np
import pytest

from utils.exercises import chapter_14, reading
from utils.privacy import accounting


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"\b[Aa]cc(?:oun)?t\.?\s*(?:no\.|#)?\s*[0-9]{6,12}\b", "60 account numbers"),
        (r"x*", "the empty text"),
        (r"(", "no regular expression"),
        (r"\d{99999999999}", "no regular expression"),
        (r"account", "where no account number stands"),
        (r"(?i)acc(oun)?t[^0-9]*\d+", "where no account number stands"),
        (r"(?i)acc(oun)?t\.? *#? *\d{6,12}\b", "is still there"),
    ],
)
def test_patterns(pattern, said):
    assert said in chapter_14.account_numbers(pattern, None).reason


@pytest.mark.parametrize(
    ("people", "right", "said"),
    [
        (11_244, True, "0.0200"),
        (11_200, False, "with the lies"),
        (12_000, False, "fewer"),
        (0, False, "at least one"),
    ],
)
def test_people(people, right, said):
    verdict = chapter_14.enough_answers(people, None, epsilon=1.0)
    assert verdict.right == right
    assert said in verdict.reason


def test_the_least_noise_and_a_hundredth_more():
    question = {"rows": 6_000, "batch": 300, "epochs": 15, "epsilon": 3.0, "delta": 1e-5}
    least = accounting.noise_for(3.0, 0.05, 300, 1e-5)
    assert chapter_14.least_noise(least + 0.005, None, **question).right
    assert "less noise" in chapter_14.least_noise(least + 0.05, None, **question).reason
    assert "it spends" in chapter_14.least_noise(least - 0.05, None, **question).reason


def shortened(gradients, clip):
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    return (gradients * np.minimum(1, clip / lengths)).sum(0)


def in_place(gradients, clip):
    gradients[:] = gradients * np.minimum(1, clip / np.linalg.norm(gradients, axis=1)[:, None])
    return gradients.sum(0)


def by_numbers(gradients, clip):
    least = clip / np.sqrt(gradients.shape[1])
    return np.clip(gradients, -least, least).sum(0)


def of_the_sum(gradients, clip):
    return shortened(gradients.sum(0, keepdims=True), clip)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (shortened, "no row moves the sum"),
        (in_place, "changes the gradients"),
        (by_numbers, "changes its direction"),
        (of_the_sum, "limit the rows and not the sum"),
        (lambda gradients, clip: gradients, "returns the shape"),
        (lambda gradients: 0, "it stops with TypeError"),
        (lambda gradients, clip: np.clip(gradients, -clip, clip).sum(0), "leaving out one row"),
    ],
)
def test_sums(answer, said):
    assert said in chapter_14.row_by_row(answer, None).reason


@pytest.fixture(scope="module")
def dealt():
    random = np.random.RandomState(0)
    rows = np.hstack([(random.random_sample((1_200, 8)) < 0.3), np.ones((1_200, 1))]).astype(float)
    labels = (random.random_sample(1_200) < 0.3).astype(int)
    states = random.choice(["CA", "NY", "TX", "WY"], 1_200)
    return {"rows": rows, "labels": labels, "states": states, "steps": 20, "rate": 0.3}


def test_clients_that_lean_are_accepted(dealt):
    random = np.random.RandomState(1)
    lean = random.random_sample(1_200) < 0.7
    mine = np.where(lean, dealt["labels"], random.randint(0, 3, 1_200))
    assert chapter_14.astray(mine, None, **dealt).right


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (np.arange(1_200) % 3, "too much alike"),
        (np.zeros(1_200), "3 to 10"),
        (np.arange(1_200) % 11, "3 to 10"),
        (["a"], "one name for each"),
    ],
)
def test_clients(answer, said, dealt):
    assert said in chapter_14.astray(answer, None, **dealt).reason


def test_clients_have_a_form(dealt):
    with pytest.raises(reading.AnswerForm):
        chapter_14.astray(5, None, **dealt)
