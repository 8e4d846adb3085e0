"""Decisions that travel by a file: yes, no, time-out, and everything that may get in their way."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forked import Program
from tests.hostile import HOSTILE
from utils.custom import reviews
from utils.custom.errors import CustomError
from utils.folders import FolderError


@pytest.mark.parametrize("push", [True, False])
def test_a_decision_arrives(tmp_path, push):
    review = reviews.new()
    assert reviews.decided(tmp_path, review) is None
    made = reviews.decide(tmp_path, review, push, " Ada ", "because")
    assert reviews.wait(tmp_path, review, 0) == made
    assert (made.push, made.by, made.why) == (push, "Ada", "because")
    assert "Ada" in str(made)


def test_a_decision_that_comes_while_somebody_waits(tmp_path):
    review = reviews.new()
    found: list[reviews.Decision] = []
    waiting = threading.Thread(target=lambda: found.append(reviews.wait(tmp_path, review, 60)))
    waiting.start()
    reviews.decide(tmp_path, review, True, "Ada")
    waiting.join(30)
    assert [one.by for one in found] == ["Ada"]


def test_silence_means_no_and_a_late_click_changes_nothing(tmp_path):
    review = reviews.new()
    over = reviews.wait(tmp_path / "made", review, 0)
    assert (over.push, over.by) == (False, reviews.NOBODY)
    assert "within 0 seconds" in over.why
    assert reviews.decide(tmp_path / "made", review, True, "Ada") == over
    assert reviews.decided(tmp_path / "made", review) == over


def test_hostile_text_is_kept_as_it_is(tmp_path):
    review = reviews.new()
    reviews.decide(tmp_path, review, True, HOSTILE, HOSTILE * 1_000)
    found = reviews.wait(tmp_path, review, 0)
    assert found.by == HOSTILE
    assert len(found.why) == reviews.LONGEST


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a" * 101, "a\n"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    for ask in (
        lambda: reviews.decide(tmp_path, name, True, "Ada"),
        lambda: reviews.wait(tmp_path, name, 0),
    ):
        with pytest.raises(CustomError, match="no name for a review"):
            ask()
    assert not list(tmp_path.iterdir())


def test_nobody_decides_without_a_name(tmp_path):
    with pytest.raises(CustomError, match="needs a name"):
        reviews.decide(tmp_path, reviews.new(), True, "  ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "half", ["", '{"push": tr', "[]", '{"push": "yes", "by": "A", "why": "", "at": ""}', "\udcff"]
)
def test_half_a_file_is_no_decision(tmp_path, half):
    review = reviews.new()
    file = tmp_path / f"{review}.json"
    file.write_bytes(half.encode("utf-8", "surrogateescape"))
    assert reviews.decided(tmp_path, review) is None
    over = reviews.wait(tmp_path, review, 0)
    assert not over.push
    assert "cannot be read" in over.why
    file.write_text(json.dumps({"push": True, "by": "Ada", "why": "", "at": "now"}))
    assert reviews.wait(tmp_path, review, 0).by == "Ada"


def test_many_decide_at_once_and_one_stands(tmp_path):
    review = reviews.new()
    start = threading.Barrier(8)
    stood: list[reviews.Decision] = []

    def click(number: int) -> None:
        start.wait()
        stood.append(reviews.decide(tmp_path, review, bool(number % 2), f"reviewer {number}"))

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(stood)) == 1
    assert [file.name for file in tmp_path.iterdir()] == [f"{review}.json"]


def no_links(number: int) -> Callable[..., None]:
    def link(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return link


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EPERM, errno.ENOSYS])
def test_a_file_system_without_hard_links_keeps_the_first_decision(tmp_path, monkeypatch, number):
    monkeypatch.setattr(os, "link", no_links(number))
    test_many_decide_at_once_and_one_stands(tmp_path)
    review = reviews.new()
    first = reviews.decide(tmp_path, review, True, "Ada")
    assert reviews.decide(tmp_path, review, False, "Bob") == first
    assert reviews.decided(tmp_path, review) == first


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", no_links(errno.ENOSPC))
    monkeypatch.setattr(Path, "touch", no_links(errno.ENOSPC))
    with pytest.raises(FolderError, match="No space left"):
        reviews.decide(tmp_path, reviews.new(), True, "Ada")
    assert not list(tmp_path.iterdir())


def test_two_reviews_do_not_meet(tmp_path):
    one, other = reviews.new(), reviews.new()
    reviews.decide(tmp_path, one, True, "Ada")
    assert reviews.decided(tmp_path, other) is None


PROGRAM = """
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from tests.custom.review import Review
from utils.session.context import WorkbookContext
context = WorkbookContext(Path({store!r}))
with context.beside_others():
    context.run(Review(review="mine", inbox={inbox!r}, seconds=600.0))
"""


def test_others_work_while_one_waits_and_a_killed_one_leaves_nothing(tmp_path):
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.instance()
    from tests.custom.review import Review
    from tests.session.parts import Write
    from utils.session.context import WorkbookContext

    context, inbox = WorkbookContext(tmp_path / "store"), tmp_path / "inbox"
    program = PROGRAM.format(store=str(context.store), inbox=str(inbox))
    child = Program(program, tmp_path / "log")
    try:
        made = context.store / "artifacts" / "Review" / "blessing"
        deadline = time.monotonic() + 500
        while not list(made.glob("*")):
            assert child.poll() is None, (tmp_path / "log").read_text()[-2_000:]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not context.run(Write(text="meanwhile")).cached
        assert child.poll() is None, (tmp_path / "log").read_text()[-2_000:]
    finally:
        child.kill()
        child.wait()
    reviews.decide(inbox, "other", True, "Ada")
    review = Review(review="other", inbox=str(inbox), seconds=0.0).with_id("Later")
    context.run(review)
    (blessing,) = review.outputs["blessing"].get()
    assert blessing.get_int_custom_property("blessed") == 1
    assert blessing.get_string_custom_property("by") == "Ada"
    assert not list(made.glob("*"))
    assert [file.name for file in inbox.iterdir()] == ["other.json"]
    InteractiveShell.clear_instance()
