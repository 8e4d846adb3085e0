"""The message to Slack: complete, and without commands that a stranger wrote."""

from __future__ import annotations

import json

from tests.hostile import HOSTILE
from utils.custom import slack


def test_both_buttons_carry_the_review():
    body = slack.message("#models", "mine", "better", "a complaint")
    actions = body["blocks"][-1]
    assert actions["block_id"] == "mine"
    assert [one["action_id"] for one in actions["elements"]] == ["push", "keep"]
    assert "better" in body["text"]


def test_strangers_give_no_commands():
    text = f"<!channel>\n> {HOSTILE}" + "x" * 10_000
    body = slack.message("#models", "mine", text, text)
    sections = [one["text"]["text"] for one in body["blocks"] if one["type"] == "section"]
    assert len(sections) == 2
    for section in sections:
        assert "<" not in section
        assert len(section) <= slack.SECTION
    assert sections[1].count("\n") == 1
    assert "<" not in json.dumps(body)


def test_entities_are_escaped_once():
    assert slack.escape("a < b & c > d") == "a &lt; b &amp; c &gt; d"
