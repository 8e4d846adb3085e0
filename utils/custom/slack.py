"""The message by which a review would ask its question in Slack; nothing is sent.

Source: https://docs.slack.dev/messaging/formatting-message-text (what has to be escaped);
https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from typing import Any

from utils.custom import reviews

SECTION = 3_000
"""The most characters that Slack takes in one section."""


def escape(text: str, most: int = 300) -> str:
    """Make text harmless in a message: without this, ``<!channel>`` in a complaint would call everybody.

    Args:
        text: Any text.
        most: The most characters of it to keep.

    Returns:
        The text's beginning, with Slack's three control characters as entities.
    """
    kept = text if len(text) <= most else text[: most - 1] + "…"
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message(channel: str, review: str, finding: str, complaint: str) -> dict[str, Any]:
    """Make the JSON body of a call of ``chat.postMessage``.

    Args:
        channel: The channel's name or id.
        review: The review's name, which the buttons carry.
        finding: How the two models compare, in a sentence.
        complaint: The text of a complaint on which they disagree.

    Returns:
        The body: a text for notifications, and the blocks with the same facts and two buttons.
    """
    buttons = [(reviews.YES, "push", "primary"), (reviews.NO, "keep", "")]
    return {
        "channel": channel,
        "text": f"A model waits for a decision. {escape(finding)}",
        "blocks": [
            _section(f"*A model waits for a decision.*\n{escape(finding)}"),
            _section(f"They disagree most on this complaint:\n>{_one_line(escape(complaint))}"),
            {
                "type": "actions",
                "block_id": review,
                "elements": [
                    {
                        "type": "button",
                        "action_id": action,
                        "text": {"type": "plain_text", "text": said},
                        **({"style": style} if style else {}),
                    }
                    for said, action, style in buttons
                ],
            },
        ],
    }


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:SECTION]}}


def _one_line(text: str) -> str:
    return " ".join(text.split())
