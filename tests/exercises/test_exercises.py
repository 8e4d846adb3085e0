"""The frame of the exercises: verdicts, hints, and what is remembered."""

from __future__ import annotations

import inspect
import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

import utils.exercises as exercises
from tests.notebooks.reading import all_notebooks
from utils import paths
from utils.errors import WorkbookError
from utils.exercises import reading


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
        if len(reading.text(answer)) == 3:
            return exercises.yes("three.")
        return exercises.not_yet("count again.")

    return SimpleNamespace(store=tmp_path, truth=21)


def test_right_and_wrong_answers(chapter):
    wrong = exercises.check("99.1", 41, chapter)
    assert not wrong
    assert wrong.headline == "Not yet: look at the factor."
    right = exercises.check("99.1", 42, chapter)
    assert right
    assert right.headline == "Yes: twice."
    assert right.tally == "Chapter 99: 1 of 2 exercises solved."
    assert exercises.Verdict(True, "", "C.1", (), 3).tally.startswith("Appendix C: 0 of 3")


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


def test_a_number_may_be_given_without_quotation_marks(chapter):
    assert exercises.check(99.1, 42, chapter).right
    for number in (99.7, 99, None, "\u00b2.1", [99.1]):
        with pytest.raises(WorkbookError, match="There is no exercise"):
            exercises.check(number, 42, chapter)


def test_a_number_is_registered_once(chapter):
    with pytest.raises(ValueError, match="registered twice"):
        exercises.exercise("99.1")(lambda answer, context: exercises.yes("again"))


def test_reasons_are_escaped(chapter):
    bundle = exercises.not_yet("<img src=x onerror=alert(1)>")._repr_mimebundle_()
    assert "<img" not in bundle["text/html"]
    assert "<img" in bundle["text/plain"]


def test_what_stands_between_backticks_is_code_and_is_escaped_too():
    reason = "set `last_known_state`, not `<script>alert(1)</script>`: one ` alone stays."
    bundle = exercises.not_yet(reason)._repr_mimebundle_()
    assert "<code>last_known_state</code>" in bundle["text/html"]
    assert "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>" in bundle["text/html"]
    assert "one ` alone" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert reason in bundle["text/plain"]


@pytest.mark.parametrize(
    "fault", [TypeError("x"), ValueError("x"), KeyError("x"), AttributeError("x"), OSError("x")]
)
def test_a_fault_of_a_check_is_not_the_reader_s(chapter, fault):
    @exercises.exercise("99.3")
    def broken(answer, context):
        raise fault

    with pytest.raises(exercises.ExerciseFault, match="its own check failed") as caught:
        exercises.check("99.3", 42, chapter)
    assert caught.value.__cause__ is fault
    assert "in broken" in caught.value.full_report()
    assert exercises.solved(chapter.store) == frozenset()


def test_a_sentence_of_the_workbook_s_own_stays_as_it_is(chapter):
    class Missing(WorkbookError, ValueError):
        """Also a kind that an answer of another form raises."""

    @exercises.exercise("99.3")
    def missing(answer, context):
        raise Missing("There is no span.", "Make it.")

    with pytest.raises(Missing, match="There is no span"):
        exercises.check("99.3", 42, chapter)


@pytest.mark.parametrize("notebook", all_notebooks(), ids=lambda one: one.chapter)
def test_every_check_looks_at_the_answer_s_form_first(notebook, tmp_path):
    context = SimpleNamespace(store=tmp_path)
    assert exercises.numbers(notebook.chapter)
    for number in exercises.numbers(notebook.chapter):
        names = list(inspect.signature(exercises._CHECKS[number]).parameters)[2:]
        verdict = exercises.check(number, object(), context, **dict.fromkeys(names))
        assert not verdict, number


PROCESS = """
import json, os, pathlib, signal, sys
from types import SimpleNamespace
from utils import exercises

store, first, many, crash = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), len(sys.argv) > 4
mine = [f"99.{number}" for number in range(first, first + many)]
for number in mine:
    exercises.exercise(number)(lambda answer, context: exercises.yes("right."))
if crash:
    exercises.json = SimpleNamespace(
        loads=json.loads, dump=lambda *written: os.kill(os.getpid(), signal.SIGKILL)
    )
print("ready", flush=True)
sys.stdin.readline()
for number in mine:
    exercises.check(number, 1, SimpleNamespace(store=store))
"""


def notebook(*arguments):
    """A process that solves exercises as soon as it is told to."""
    code = [sys.executable, "-c", textwrap.dedent(PROCESS), *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(code, cwd=paths.ROOT, stdin=pipe, stdout=pipe, text=True)


def test_two_notebooks_keep_each_other_s_progress(tmp_path):
    both = [notebook(tmp_path, first, 100) for first in (0, 100)]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in both:
        one.communicate(timeout=300)
        assert one.returncode == 0
    assert exercises.solved(tmp_path) == {f"99.{number}" for number in range(200)}


def test_a_notebook_that_dies_while_it_writes_loses_nothing_and_blocks_nobody(chapter):
    exercises.check("99.1", 42, chapter)
    dying = notebook(chapter.store, 3, 1, "crash")
    dying.communicate("go\n", timeout=300)
    assert dying.returncode == -signal.SIGKILL
    assert exercises.check("99.2", "abc", chapter).solved == ("99.1", "99.2")
