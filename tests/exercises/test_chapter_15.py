"""Answers to chapter 15 that a test can make without a pipeline."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from utils.exercises import chapter_15
from utils.exercises.reading import AnswerForm
from utils.releasing import workflows

COMPLAINTS = [{"text": "x" * length} for length in range(12)]


def _predict(complaints: list[dict[str, str]]) -> Any:
    return np.array([0.1 + len(one["text"]) % 7 / 20 for one in complaints], "float32")


MODEL = SimpleNamespace(predict=_predict)


def judge_test(answer: Any) -> Any:
    return chapter_15.a_test_of_a_model(answer, None, model=MODEL, complaints=COMPLAINTS)


def test_any_way_to_ask_alone_is_accepted():
    def one_is_enough(predict: Any, complaints: Any) -> None:
        last = predict(complaints[-1:])[0]
        assert abs(predict(complaints)[-1] - last) < 1e-5

    def in_two_halves(predict: Any, complaints: Any) -> None:
        halves = np.concatenate([predict(complaints[:5]), predict(complaints[5:])])
        np.testing.assert_allclose(halves, predict(complaints), atol=1e-5)

    assert judge_test(one_is_enough)
    assert judge_test(in_two_halves)


def test_a_test_that_stops_is_told_what_it_raises():
    def stops(predict: Any, complaints: Any) -> None:
        raise KeyError("text")

    assert "raises KeyError" in judge_test(stops).reason


def test_the_wrong_reason_does_not_pass():
    def hates_all(predict: Any, complaints: Any) -> None:
        raise AssertionError

    def reversed_only(predict: Any, complaints: Any) -> None:
        assert abs(predict(complaints[::-1])[::-1] - predict(complaints)).max() < 1e-5

    assert "which has no fault" in judge_test(hates_all).reason
    assert "it passes for the model that divides" in judge_test(reversed_only).reason


@pytest.mark.parametrize("history", [history for history, _ in chapter_15.HISTORIES])
def test_a_history_is_told_in_words(history: Any):
    told = chapter_15._told(history)
    assert all(version in told for version, _, _ in history)


def test_one_history_cannot_be_guessed():
    rights = [right for _, right in chapter_15.HISTORIES]
    for guess in {None, *rights}:
        assert not chapter_15.roll_back(lambda history, guess=guess: guess, None)


def test_a_roll_back_may_not_change_what_it_is_given_to_others():
    def greedy(history: list[Any]) -> Any:
        history.clear()
        return None

    assert "101 is right" in chapter_15.roll_back(greedy, None).reason


@pytest.mark.parametrize("found", [pd.Series(["101", "102"]), np.array(["101", "102"]), ["101"]])
def test_a_roll_back_says_one_version(found: Any):
    assert "your function says" in chapter_15.roll_back(lambda history: found, None).reason


@pytest.mark.parametrize("answer", [3, "stable", int, None.__class__])
def test_another_form_is_named(answer: Any):
    with pytest.raises(AnswerForm):
        chapter_15.roll_back(answer, None)
    with pytest.raises(AnswerForm):
        judge_test(answer)
    with pytest.raises(AnswerForm):
        chapter_15.another_trainer(answer, None, examples=None)


def test_a_workflow_is_a_text():
    with pytest.raises(AnswerForm):
        chapter_15.a_workflow({"jobs": {}}, None, broken="")


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ("startsWith(github.ref, 'refs/tags/model-')", True),
        ("github.ref_type == 'tag'", True),
        ("github.ref_type != 'branch'", True),
        ("!startsWith(github.ref, 'refs/tags/model-')", False),
        ("${{ ! (startsWith(github.ref, 'refs/tags/')) }}", False),
        ("github.ref_type == 'branch'", False),
        ("github.ref_type != 'tag'", False),
        ("always()", False),
    ],
)
def test_a_release_is_for_tags(monkeypatch: pytest.MonkeyPatch, condition: str, right: bool):
    steps = [{"env": {"T": chapter_15.TITLE}, "run": "echo $T"}, {"run": "pytest"}]
    jobs = {"test": {"steps": steps}, "release": {"needs": "test", "steps": [{"run": "push"}]}}
    monkeypatch.setattr(workflows, "check", lambda _: [])
    mended = {"jobs": {**jobs, "release": {**jobs["release"], "if": condition}}}
    verdict = chapter_15.a_workflow(
        yaml.safe_dump(mended), None, broken=yaml.safe_dump({"jobs": jobs})
    )
    assert bool(verdict) == right, verdict.reason
    assert right or "for tags only" in verdict.reason
