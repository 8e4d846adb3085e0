"""Sizes of splits."""

from __future__ import annotations

import pytest

from utils.ingestion import views


def test_text_html_and_facts_agree():
    view = views.splits({"train": 60, "eval": 40}, {"train": 2, "eval": 1})
    assert view.data["share"].tolist() == [0.6, 0.4]
    assert view.data["expected"].tolist() == pytest.approx([2 / 3, 1 / 3])
    for said in ("60.0%", "66.7%", "33.3%"):
        assert said in view.text()
        assert said in view.html()
    assert view.picture.count("<rect") == view.picture.count("<line") == 2


def test_splits_that_were_given_have_no_expected_share():
    view = views.splits({"<b>": 3})
    assert "expected" not in view.data
    assert "<b>" not in view.html()


def test_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="run the component"):
        views.splits({"train": 0})
    with pytest.raises(ValueError, match="use the same names"):
        views.splits({"train": 1}, {"test": 1})
