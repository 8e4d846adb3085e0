"""Show that long work goes on: its name and the seconds so far, gone again when it is done."""

from __future__ import annotations

import contextlib
import contextvars
import html
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

_Item = TypeVar("_Item")

_SHOW_AFTER_SECONDS = 0.5
_REFRESH_SECONDS = 1.0


def _bundle(text: str, busy: bool) -> dict[str, str]:
    if not text:
        return {"text/plain": "", "text/html": ""}
    bar = '<progress style="width:8em;vertical-align:middle" aria-hidden="true"></progress> '
    mark = bar if busy else ""
    return {
        "text/plain": text,
        "text/html": f'<span role="status">{mark}{html.escape(text)}</span>',
    }


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None


_LOCK = threading.Lock()
_outermost: _Line | None = None


@contextlib.contextmanager
def working(name: str) -> Iterator[Callable[[str], None]]:
    """Show the name of a piece of work and its elapsed seconds until the block ends.

    In a notebook a line appears after half a second, counts the seconds, and is emptied at the end, so that the saved
    notebook keeps only the result. Work that begins while other work goes on, in whatever thread, is named in the
    line of the outer one. Outside a notebook nothing is printed.

    Args:
        name: what is going on, for example a component's id.

    Yields:
        A function that says what the work is doing now; its text is shown beside the name.
    """
    global _outermost

    if not _in_notebook():
        yield lambda _text: None
        return
    with _LOCK:
        outer = _outermost
        line = outer or _Line(name)
        _outermost = line
    work = object()
    if outer:
        line.say(work, name)
    try:
        yield lambda text: line.say(work, ": ".join(filter(None, (name if outer else "", text))))
    finally:
        line.say(work, "")
        if not outer:
            with _LOCK:
                _outermost = None
            line.close()


@contextlib.contextmanager
def telling(name: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hand what a package logs to :func:`working`'s line, and to nobody else, until the block ends.

    Args:
        name: the package, for example ``"utils.pipeline.modules"``; its modules log at level INFO.
        say: what :func:`working` yields.
    """

    class Say(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(record.getMessage())

    logger, handler = logging.getLogger(name), Say(logging.INFO)
    level, propagate = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def track(items: Iterable[_Item], name: str, total: int) -> Iterator[_Item]:
    """Pass items on and show how many there were: a line in a notebook, a progress bar in a terminal.

    Args:
        items: what is worked through.
        name: what is going on.
        total: how many items there will be.

    Yields:
        The items, unchanged.
    """
    if not _in_notebook():
        from tqdm.std import tqdm

        yield from tqdm(items, total=total, desc=name, unit=" rows", unit_scale=True, leave=False)
        return
    with working(name) as say:
        for number, item in enumerate(items, start=1):
            if number % 100 == 0:
                say(f"{number:,} of {total:,} rows")
            yield item


class _Line:
    """The line in the notebook, kept up to date by a thread of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._details: dict[object, str] = {}
        self._started = time.monotonic()
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._handle: Any = None
        run = contextvars.copy_context().run
        self._thread = threading.Thread(
            target=run, args=(self._tick,), name=f"progress of {name}", daemon=True
        )
        self._thread.start()

    def say(self, work: object, detail: str) -> None:
        """Show what a piece of work is doing; of several, the one that spoke last is shown."""
        with self._lock:
            self._details.pop(work, None)
            if detail:
                self._details[work] = detail

    def close(self) -> None:
        with self._lock:
            self._done.set()
            if self._handle is not None:
                self._handle.update(_bundle("", busy=False), raw=True)
        self._thread.join(timeout=2)

    def _tick(self) -> None:
        while not self._done.wait(
            _SHOW_AFTER_SECONDS if self._handle is None else _REFRESH_SECONDS
        ):
            with self._lock:
                detail = next((f" · {one}" for one in reversed(self._details.values())), "")
                text = f"{self._name} is running{detail} · {time.monotonic() - self._started:.0f} s"
                if not self._done.is_set():
                    self._show(_bundle(text, busy=True))

    def _show(self, bundle: dict[str, str]) -> None:
        if self._handle is None:
            from IPython.display import display

            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
