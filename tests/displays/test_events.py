from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from utils.displays import events
from utils.displays.fallback import Table
from utils.displays.frame import Library


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Everything that is displayed during the test."""
    import IPython.display

    shown: list[Any] = []
    monkeypatch.setattr(IPython.display, "display", lambda item, **_: shown.append(item))
    return shown


def view(handlers: dict[str, Callable[[Any], None]] | None) -> events.LiveFrame:
    return events.LiveFrame(
        library=Library("small", ""),
        body="",
        start="",
        data=None,
        tables=[Table(["a"], [[1]])],
        title="Live",
        event_handlers=handlers,
    )


def test_an_event_of_the_page_reaches_its_function(displayed: list[Any]) -> None:
    heard: list[object] = []
    live = view({"slice-selected": heard.append})
    live._ipython_display_()
    output, bridge = displayed
    assert set(output) == {"text/html", "text/plain"}
    assert bridge.key in output["text/html"]
    detail = {"sliceName": "state", "sliceValue": "CA"}
    bridge._handle_custom_msg({"name": "slice-selected", "detail": detail}, [])
    bridge._handle_custom_msg({"name": "something-else", "detail": 1}, [])
    assert heard == [detail]


def test_without_functions_there_is_no_widget(displayed: list[Any]) -> None:
    view(None)._ipython_display_()
    assert [type(item) for item in displayed] == [dict]
