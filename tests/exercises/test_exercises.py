"""The frame of the exercises: verdicts, hints, and what is remembered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import utils.exercises as exercises
from utils.errors import WorkbookError


@pytest.fixture
def chapter(monkeypatch, tmp_path):
    """A chapter of two exercises in an empty store."""
    monkeypatch.setattr(exercises, "_CHECKS", {})

    @exercises.exercise("99.1")
    def double(answer, context):
        right = answer == context.truth * 2
        return exercises.yes("twice.") if right else exercises.not_yet("look at the factor.")

    @exercises.exercise("99.2")
    def length(answer, context):
        return exercises.yes("three.") if len(answer) == 3 else exercises.not_yet("count again.")

    return SimpleNamespace(store=tmp_path, truth=21)


def test_right_and_wrong_answers(chapter):
    wrong = exercises.check("99.1", 41, chapter)
    assert not wrong
    assert wrong.headline == "Not yet: look at the factor."
    right = exercises.check("99.1", 42, chapter)
    assert right
    assert right.headline == "Yes: twice."
    assert right.tally == "Chapter 99: 1 of 2 exercises solved."


@pytest.mark.parametrize("starter", [None, ...])
def test_a_starter_value_is_not_an_answer(chapter, starter):
    assert "starter value" in exercises.check("99.1", starter, chapter).reason


def test_an_unreadable_answer_is_not_an_error(chapter):
    assert "another form" in exercises.check("99.2", 3.5, chapter).reason


def test_what_is_solved_is_remembered_and_stays(chapter):
    exercises.check("99.1", 42, chapter)
    exercises.check("99.1", 1, chapter)
    assert exercises.solved(chapter.store) == {"99.1"}
    assert exercises.check("99.2", "abc", chapter).solved == ("99.1", "99.2")


def test_a_broken_record_counts_as_empty(chapter):
    (chapter.store / "exercises.json").write_text("{torn", encoding="utf-8")
    assert exercises.solved(chapter.store) == frozenset()
    assert exercises.check("99.1", 42, chapter).solved == ("99.1",)


def test_an_unknown_number_names_the_known_ones(chapter):
    with pytest.raises(WorkbookError) as caught:
        exercises.check("99.7", 1, chapter)
    assert "99.1, 99.2" in caught.value.cure


def test_a_number_is_registered_once(chapter):
    with pytest.raises(ValueError, match="registered twice"):
        exercises.exercise("99.1")(lambda answer, context: exercises.yes("again"))


def test_reasons_are_escaped(chapter):
    bundle = exercises.not_yet("<img src=x onerror=alert(1)>")._repr_mimebundle_()
    assert "<img" not in bundle["text/html"]
    assert "<img" in bundle["text/plain"]
