"""The guard itself: an error that a page logs fails its test, all but what Jupyter alone has to answer for."""

from __future__ import annotations

import re

import pytest

from tests.browser import harness

STRANGE = "00000000-1111-2222-3333-444444444444"
LOG = "id => console.error(`Comm not found for comm id ${id}`)"


def test_only_the_widget_managers_own_comm_may_be_forgotten(
    lab: harness.Lab, page: harness.Page
) -> None:
    """The comm by which the page asks a kernel for its widgets is known by what was sent; any other one counts."""
    page.open_notebook(lab.write("guard", ["1 + 1"]), run=True)
    before = len(harness.JUPYTER_ERRORS)
    added = harness.wait_for(
        lambda: page.tab.evaluate("1") and page.guard.quiet[before:],
        what="the widget manager's question",
    )
    own = re.search("id ([0-9a-f-]+) ", added[0])
    assert own is not None, added[0]
    for one in (own[1], STRANGE):
        page.tab.evaluate(LOG, one)
    found = harness.wait_for(lambda: page.tab.evaluate("1") and page.guard.errors, what="the error")
    assert len(found) == 1 and STRANGE in found[0]
    with pytest.raises(AssertionError, match="errors in the console"):
        page.guard.check()
    page.guard.errors.clear()
