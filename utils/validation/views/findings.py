"""What became of rules in SQL: how many rows break each, and some of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from utils.displays.fallback import Table, so_many
from utils.displays.views.base import View

if TYPE_CHECKING:
    from utils.validation.rules import Finding

MOST = 6
"""Columns of an example that are shown at the most: those that the rule names, then the first ones."""


def findings(found: Iterable[Finding], examples: int = 3) -> View:
    """Show which rules hold.

    Args:
        found: What ``rules.check`` returned.
        examples: How many of the rows that break a rule are shown.

    Returns:
        The view; its ``data`` has one row per rule: how many rows were looked at and how many break it. A table per
        broken rule shows examples.
    """
    several = list(found)
    facts = [
        (
            one.rule.name,
            one.rule.must_hold,
            one.checked,
            one.broken,
            "broken" if one.broken else "holds",
        )
        for one in several
    ]
    tables = [Table(("Rule", "Must hold", "Looked at", "Break it", "Verdict"), facts, "Rules")]
    tables += [_examples(one, examples) for one in several if one.broken]
    broken = sum(bool(one.broken) for one in several)
    return View(f"Rules broken: {broken} of {len(several)}", tables)


def _examples(one: Finding, most: int) -> Table:
    names = [str(name) for name in one.rows.columns]
    asked = [name for name in names if name in one.rule.must_hold]
    shown = list(dict.fromkeys([names[0], *asked, *names]))[:MOST]
    rows: list[list[Any]] = [
        [None if value != value else value for value in row]
        for row in one.rows[shown].head(most).itertuples(index=False, name=None)
    ]
    return Table(shown, rows, f"{one.rule.name}: {so_many(len(rows), one.broken)}")
