"""Rules of chapter 4 that are none."""

from __future__ import annotations

import pytest

from utils.exercises import chapter_04
from utils.exercises.reading import AnswerForm
from utils.validation.rules import Rule


@pytest.mark.parametrize("answer", [5, Rule, Rule("date", None), Rule("date", lambda day: True)])
def test_a_rule_holds_a_text(answer):
    with pytest.raises(AnswerForm, match="a text"):
        chapter_04.the_date_rule(answer, None)
