"""What became of rules: counted, with examples, and nothing taken for markup."""

from __future__ import annotations

import pandas as pd

from utils.validation import rules
from utils.validation.views import findings

HOSTILE = "</script><img src=x onerror=alert(1)>"
FRAME = pd.DataFrame(
    {
        "id": ["1", "2", "3", "4", "5"],
        "a": list("vwxyz"),
        "b": [HOSTILE] * 5,
        "n": [1, 2, 3, 4, None],
    }
)


def view():
    return findings(
        rules.check(FRAME, [rules.Rule("small", "n < 2"), rules.Rule("there", "b IS NOT NULL")])
    )


def test_one_row_a_rule():
    frame = view().data
    assert frame["Rule"].tolist() == ["small", "there"]
    assert frame["Break it"].tolist() == [3, 0]
    assert frame["Verdict"].tolist() == ["broken", "holds"]


def test_only_broken_rules_have_examples_and_the_asked_column_comes_first():
    tables = view().tables
    assert len(tables) == 2
    assert list(tables[1].columns) == ["id", "n", "a", "b"]
    assert [row[0] for row in tables[1].rows] == ["2", "3", "4"]


def test_values_are_escaped():
    assert HOSTILE not in view().html()
    assert "img src" in view().html()


def test_title_counts():
    assert view().title == "Rules broken: 1 of 2"
