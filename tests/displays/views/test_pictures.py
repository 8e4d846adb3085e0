"""Pictures side by side."""

from __future__ import annotations

import pytest

from utils.displays import views

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"


def test_every_picture_has_a_caption_that_is_escaped_and_read_out():
    view = views.pictures([(PNG, "<b>letter</b>")])
    assert "&lt;b&gt;letter" in view.picture
    assert '<img alt="&lt;b&gt;letter' in view.picture
    assert "<b>" not in view.html()
    assert view.data.to_dict("records") == [{"picture": "<b>letter</b>", "bytes": len(PNG)}]


@pytest.mark.parametrize(
    ("items", "said"),
    [([], "no picture"), ([(b"GIF89a", "x")], "not a PNG file"), ([(PNG + bytes(300_000), "x")], "make it smaller")],
)  # fmt: skip
def test_what_cannot_be_shown(items, said):
    with pytest.raises(ValueError, match=said):
        views.pictures(items)
