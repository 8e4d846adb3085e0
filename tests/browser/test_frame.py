"""A view's frame lets nothing out, even when its own code tries."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.browser.harness import wait_for
from utils.displays.frame import Frame, Library

ATTEMPTS = {
    "fetch": "await fetch(leak)",
    "picture": """const image = new Image(); image.src = leak;
        await new Promise((done, fail) => Object.assign(image, {onload: done, onerror: fail}))""",
    "script": "await import(leak)",
    "socket": "await new Promise((done, fail) => Object.assign(new WebSocket(leak), {onopen: done, onerror: fail}))",
    "beacon": "navigator.sendBeacon(leak); throw 0",
    "window": "if (!window.open(leak)) throw 0",
    "form": """const form = document.createElement("form"); form.action = leak; document.body.append(form);
        form.submit(); throw 0""",
    "top": "top.location = leak",
    "outer": "parent.location = leak",
    "frame": """const own = document.createElement("iframe"); own.src = leak; document.body.append(own);
        await new Promise((done) => { own.onload = done }); throw 0""",
}
NAVIGATIONS = {
    "location": "location = leak",
    "self": "window.open(leak, '_self')",
    "link": """const link = document.createElement("a"); link.href = leak; document.body.append(link); link.click()""",
    "refresh": """const meta = document.createElement("meta"); meta.httpEquiv = "refresh";
        meta.content = "0;" + leak; document.head.append(meta)""",
    "data": "location = 'data:text/html,<script>fetch(`' + leak + '`)</' + 'script>'",
}


class Site:
    """A server that shows one page and notes whatever else is asked of it."""

    def __init__(self) -> None:
        self.page = ""
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/":
                    site.asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(site.page.encode() if self.path == "/" else b"")

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def tab(browser_context: Any) -> Iterator[Any]:
    opened = browser_context.new_page()
    yield opened
    opened.close()


def show(site: Site, tab: Any, attempt: str) -> None:
    """Opens a page with a view that attempts something once a test says so, and waits until the view is alive."""
    start = f"""
const leak = {json.dumps(site.address + "leak")};
window.attempt = async () => {{ try {{ {attempt} ; return "done" }} catch {{ return "refused" }} }};
frame.fit();"""
    view = Frame(
        library=Library("empty", ""),
        body="<p>alive</p>",
        start=start,
        data={},
        tables=[],
        title="A view",
    )
    site.page = f"<!doctype html><html><head><link rel=icon href='data:,'></head><body>{view.html(embed=True)}"
    tab.goto(site.address)
    tab.wait_for_selector("details:not([open])", state="attached")


def inner(tab: Any) -> Any:
    """The frame with the view: it stands within another one."""
    return next(one for one in tab.frames if one.parent_frame and one.parent_frame.parent_frame)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_nothing_is_fetched_opened_or_submitted(site: Site, tab: Any, name: str) -> None:
    show(site, tab, ATTEMPTS[name])
    pages = len(tab.context.pages)
    assert inner(tab).evaluate("attempt()") == "refused"
    assert inner(tab).inner_text("p") == "alive"
    assert tab.evaluate("async () => (await fetch('/seen')).ok")
    assert site.asked == ["/seen"]
    assert len(tab.context.pages) == pages
    assert tab.url == site.address


@pytest.mark.parametrize("name", NAVIGATIONS)
def test_it_navigates_nowhere(site: Site, tab: Any, name: str) -> None:
    show(site, tab, NAVIGATIONS[name])
    inner(tab).evaluate("void attempt()")

    def blocked() -> bool:
        tab.evaluate("1")
        return inner(tab).url.startswith("chrome-error:")

    wait_for(blocked, seconds=20, what="the browser to refuse the navigation")
    assert tab.evaluate("async () => (await fetch('/seen')).ok")
    assert site.asked == ["/seen"]
    assert tab.url == site.address
