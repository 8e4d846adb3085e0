"""The form of a review, without a browser; ``tests/browser/test_reviews.py`` clicks it."""

from __future__ import annotations

import pytest

from tests.hostile import HOSTILE
from utils.custom import reviews
from utils.custom.buttons import NO, YES, ReviewForm


@pytest.mark.parametrize("push", [True, False])
def test_a_click_decides(tmp_path, push):
    review = reviews.new()
    form = ReviewForm(tmp_path, review)
    assert "Not decided yet" in form.status
    form.name.value, form.why.value = "Ada", "because"
    (form.yes if push else form.no).click()
    found = reviews.wait(tmp_path, review, 0)
    assert (found.push, found.by, found.why) == (push, "Ada", "because")
    assert form.yes.disabled
    assert form.no.disabled
    assert (YES if push else NO) in form.status


def test_without_a_name_the_form_asks_for_one(tmp_path):
    form = ReviewForm(tmp_path, reviews.new())
    form.yes.click()
    assert "needs a name" in form.status
    assert not form.yes.disabled


def test_a_click_that_comes_too_late_shows_what_stands(tmp_path):
    review = reviews.new()
    form = ReviewForm(tmp_path, review)
    reviews.wait(tmp_path, review, 0)
    form.name.value = "Ada"
    form.yes.click()
    assert reviews.NOBODY in form.status
    assert reviews.NOBODY in ReviewForm(tmp_path, review).status


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    folder = tmp_path / "inbox"
    form = ReviewForm(folder, reviews.new())
    folder.write_text("a file")
    form.name.value = "Ada"
    form.yes.click()
    assert f"{folder} is a file" in form.status
    assert not form.yes.disabled


def test_hostile_names_are_no_markup(tmp_path):
    form = ReviewForm(tmp_path, reviews.new())
    form.name.value = form.why.value = HOSTILE
    form.no.click()
    assert form.status.count("<") == 2
    assert "&lt;img" in form.status


def test_a_page_shows_the_decision_in_place_of_buttons(tmp_path):
    review = reviews.new()
    form = ReviewForm(tmp_path, review)
    assert "open" in form.static().text()
    reviews.decide(tmp_path, review, True, "Ada")
    assert form.static().data.By.tolist() == ["Ada"]
