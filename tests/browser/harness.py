"""A real JupyterLab and a real Chromium for the browser tests: what a reader meets, with nothing in between.

The server has configuration, data and work folders of its own; the browser has a new profile and can reach nothing but
this machine. :class:`Lab` makes, runs, trusts and exports notebooks; :class:`Page` opens them and looks inside.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import nbformat

from utils import paths, services

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""How Chromium is started: quiet, as root, and with no name but this machine's that resolves."""

DARK = "JupyterLab Dark"
LIGHT = "JupyterLab Light"
WIDE = (1400, 1000)
NARROW = (480, 900)

_LOCAL = ("127.0.0.1", "localhost")
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The Chromium to drive.

    Returns:
        ``$WORKBOOK_CHROMIUM`` where set, else the first Chromium or Chrome on the path, else None.
    """
    named = os.environ.get("WORKBOOK_CHROMIUM")
    candidates = (named,) if named else _CHROMIUM_NAMES
    return next((found for name in candidates if (found := shutil.which(name))), None)


def wait_for(
    condition: Callable[[], Any], *, seconds: float = 180, what: str = "the condition"
) -> Any:
    """Poll until a condition holds.

    Args:
        condition: Called until it returns something true; an exception of Playwright's counts as "not yet". It must
            ask the browser something, because Playwright hears of new frames only then.
        seconds: How long to wait before giving up, in seconds.
        what: Named in the error.

    Returns:
        What the condition returned.

    Raises:
        AssertionError: When it never held.
    """
    from playwright.sync_api import Error

    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = condition()
        except Error as error:
            last = error
        else:
            if last:
                return last
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:g} s for {what}; last seen: {last!r}")


def expect(found: Any) -> Any:
    """Ask Playwright's assertions, which look again until they hold: right after a click a page is still the old one.

    Args:
        found: A page or a locator.

    Returns:
        Its assertions, such as ``to_have_count``; each waits up to a minute.
    """
    from playwright.sync_api import expect as asserted

    asserted.set_options(timeout=60_000)
    return asserted(found)


def notebook(cells: Sequence[str | tuple[str, str]]) -> nbformat.NotebookNode:
    """A notebook made of cells.

    Args:
        cells: Each a code cell's source, or a pair ``("markdown", source)`` / ``("code", source)``.

    Returns:
        The notebook, with the plain ``python3`` kernel.
    """
    made = nbformat.v4.new_notebook()
    made.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    for cell in cells:
        kind, source = ("code", cell) if isinstance(cell, str) else cell
        maker = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        made.cells.append(maker(source))
    return made


@dataclass
class Guard:
    """Watches one page: every request it makes and every error it logs.

    Attributes:
        outside: Addresses that were asked for and are not on this machine.
        errors: Errors of the console and uncaught exceptions.
        allowed: Beginnings of addresses that a page may ask for although they cannot be reached, such as the
            libraries that ``nbconvert``'s own template names.
        quiet: Patterns of console errors that are not ours, such as JupyterLab's own. Each comm by which the widget
            manager asks a kernel for its widgets adds one: a kernel without ``ipywidgets`` answers by closing the
            comm, which a slow page may have forgotten by then.
    """

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        """Start watching a Playwright page and the pages' sockets."""
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", self._socket)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._error(f"uncaught: {error}"))

    def check(self) -> None:
        """Assert that nothing left this machine and that no error was logged.

        Raises:
            AssertionError: When something did.
        """
        assert not self.outside, f"requests that left this machine: {self.outside[:5]}"
        assert not self.errors, f"errors in the console: {self.errors[:5]}"

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("data", "blob", "about", "file") or parts.hostname in _LOCAL:
            return
        if not any(url.startswith(start) for start in self.allowed):
            self.outside.append(url[:300])

    def _socket(self, socket: Any) -> None:
        self._request(socket.url)
        socket.on("framesent", self._sent)

    def _sent(self, message: str | bytes) -> None:
        said = message.encode() if isinstance(message, str) else message
        opened = re.search(rb'"comm_id": ?"([0-9a-f-]+)"', said)
        if opened and b'"jupyter.widget.control"' in said:
            self.quiet.append(f"^Comm not found for comm id {opened[1].decode()} ")

    def _console(self, message: Any) -> None:
        if message.type != "error":
            return
        where = (message.location or {}).get("url", "")
        if any(where.startswith(start) for start in self.allowed):
            return
        self._error(f"{message.text} ({where})")

    def _error(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.quiet):
            self.errors.append(text[:500])


class Page:
    """A browser tab: opens notebooks and exported files, and looks inside their frames.

    Attributes:
        tab: Playwright's own page, for everything that has no helper here.
        guard: The tab's :class:`Guard`.
    """

    def __init__(self, context: Any, lab: Lab, shots: Path) -> None:
        """Open a new tab in a Playwright browser context."""
        self.tab = context.new_page()
        self.tab.set_default_timeout(90_000)
        self.guard = Guard(quiet=list(JUPYTER_ERRORS))
        self.guard.watch(self.tab)
        self._lab = lab
        self._shots = shots

    def open_notebook(self, path: Path, *, app: str = "lab", run: bool = False) -> None:
        """Open a notebook of :attr:`Lab.root` and wait until its cells stand there.

        Args:
            path: The notebook's file, inside :attr:`Lab.root`.
            app: ``"lab"`` for JupyterLab 4, ``"notebook"`` for Notebook 7.
            run: Run all cells and wait for the last.
        """
        relative = quote(str(path.resolve().relative_to(self._lab.root.resolve())))
        where = f"lab/tree/{relative}?reset" if app == "lab" else f"notebooks/{relative}"
        self.tab.goto(self._lab.url(where))
        self._wait_for_cells()
        self.tab.evaluate("() => { window.jupyterapp?.shell.collapseLeft?.(); }")
        if run:
            self.run_all()

    def run_all(self, *, seconds: float = 600, raises: bool = False) -> None:
        """Wait for an idle kernel, run all cells, and wait until each has its execution count.

        Args:
            seconds: The limit of the whole run.
            raises: Whether a cell may raise.

        Raises:
            AssertionError: When a cell raised, with the end of what it said.
        """
        code_cells = ".jp-Notebook .jp-CodeCell"
        self._wait_for_kernel()
        self.command("notebook:run-all-cells", seconds=seconds)
        wait_for(
            lambda: self.tab.evaluate(
                """selector => {
                  const cells = [...document.querySelectorAll(selector)];
                  const counted = cell =>
                    /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt')?.textContent ?? '');
                  const raised = '[data-mime-type="application/vnd.jupyter.error"]';
                  return cells.length > 0 &&
                    (cells.every(counted) || document.querySelector(raised) !== null);
                }""",
                code_cells,
            ),
            seconds=seconds,
            what="all cells to have run",
        )
        failed = self.tab.locator('[data-mime-type="application/vnd.jupyter.error"]')
        if not raises and failed.count():
            raise AssertionError(f"a cell raised: {failed.first.inner_text()[-1500:]}")

    def run_to_the_end(self, *, seconds: float) -> list[tuple[int, int | None, list[dict]]]:
        """Run all cells of a long notebook, also those that the window does not show.

        Args:
            seconds: The limit of the whole run.

        Returns:
            Of each code cell its place in the notebook, its execution count (None where an error before kept it from
            running), and its outputs as a saved notebook has them.
        """
        self._wait_for_kernel()
        self.command("notebook:run-all-cells", seconds=seconds)
        # The command ends at the first error, also at one that a tag allows, and the kernel goes on.
        wait_for(
            lambda: self.tab.evaluate(
                """() => {
                  const code = window.jupyterapp.shell.currentWidget.content.widgets
                    .map(cell => cell.model).filter(model => model.type === 'code');
                  const allowed = model => (model.getMetadata('tags') || []).includes('raises-exception');
                  const failed = model => model.outputs.toJSON().some(one => one.output_type === 'error');
                  return code.every(model => model.executionCount)
                    || code.some(model => failed(model) && !allowed(model));
                }"""
            ),
            seconds=seconds,
            what="the last cell",
        )
        return self._code_cells()

    def code_cells(self, count: int) -> list[tuple[int, int | None, list[dict]]]:
        """Wait until a notebook that is open has its code cells.

        Args:
            count: How many there are.

        Returns:
            Of each what :meth:`run_to_the_end` returns.
        """
        return wait_for(
            lambda: len(found := self._code_cells()) == count and found, what=f"{count} code cells"
        )

    def _code_cells(self) -> list[tuple[int, int | None, list[dict]]]:
        return self.tab.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
              .map((cell, index) => [index, cell.model])
              .filter(([index, model]) => model.type === 'code')
              .map(([index, model]) => [index, model.executionCount, model.outputs.toJSON()])"""
        )

    def command(
        self, name: str, arguments: dict[str, Any] | None = None, *, seconds: float = 600
    ) -> None:
        """Execute a command of JupyterLab's registry by name, and wait until it is done.

        Args:
            name: The command, such as ``"docmanager:save"``.
            arguments: Its arguments.
            seconds: The limit; a promise that is awaited inside the page would have none.

        Raises:
            AssertionError: When the command failed or took too long.
        """
        self.tab.evaluate(
            """([name, args]) => {
              window.workbookCommand = "running";
              window.jupyterapp.commands.execute(name, args).then(
                () => { window.workbookCommand = "done"; },
                error => { window.workbookCommand = `failed: ${error}`; });
            }""",
            [name, arguments or {}],
        )

        def state() -> str:
            said = str(self.tab.evaluate("() => window.workbookCommand"))
            return "" if said == "running" else said

        ended = wait_for(state, seconds=seconds, what=f"the command {name}")
        assert ended == "done", f"{name}: {ended}"

    def select(self, at: int) -> None:
        """Make a cell the active one. A click would not do: its middle may be a frame, which keeps the click."""
        self.tab.evaluate(
            "at => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", at
        )

    def theme(self, name: str) -> None:
        """Switch the theme: :data:`DARK` or :data:`LIGHT`."""
        self.command("apputils:change-theme", {"theme": name})
        light = "true" if name == LIGHT else "false"
        self.tab.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        self.tab.wait_for_selector("#jupyterlab-splash", state="detached")

    def close(self) -> None:
        """Close the tab; the server's theme goes back to light, because JupyterLab remembers it."""
        if self.tab.evaluate("document.body.dataset.jpThemeLight") == "false":
            self.theme(LIGHT)
        self.tab.close()

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window another size: :data:`WIDE`, :data:`NARROW` or (width, height) in pixels."""
        self.tab.set_viewport_size({"width": size[0], "height": size[1]})

    def open_file(self, path: Path) -> None:
        """Open a file, such as an exported notebook, from the disk."""
        self.tab.goto(path.resolve().as_uri())
        self.tab.wait_for_load_state("load")

    def frames(self) -> list[Any]:
        """The Playwright frames inside the page, without the page itself, in order of their appearance."""
        return [frame for frame in self.tab.frames if frame is not self.tab.main_frame]

    def frame_with(self, selector: str, *, seconds: float = 180) -> Any:
        """The first frame that holds an element; Playwright's selectors look into shadow roots too.

        Raises:
            AssertionError: When no frame gets such an element in time.
        """

        def find() -> Any:
            self.tab.evaluate("1")
            return next((one for one in self.frames() if one.query_selector(selector)), None)

        return wait_for(find, seconds=seconds, what=f"a frame with {selector!r}")

    def show(self, at: int, views: int, *, seconds: float = 240) -> None:
        """Scroll to a cell, as a reader does, and wait until its views with a genuine interface are interactive.

        Args:
            at: The cell's place in the notebook.
            views: How many such views its outputs hold.
            seconds: How long to wait before giving up, in seconds.

        Raises:
            AssertionError: When one of them never became interactive.
        """

        def shown() -> bool:
            return bool(
                self.tab.evaluate(
                    """([at, views]) => {
                      const content = window.jupyterapp.shell.currentWidget.content;
                      const node = content.widgets[at].node;
                      const frames = [...node.querySelectorAll('.workbook-frame[data-workbook-key]')];
                      const waiting = frames.find(
                        frame => !frame.querySelector('iframe') || frame.querySelector('details[open]'));
                      if (node.isConnected) (waiting ?? node).scrollIntoView({block: 'start'});
                      else content.scrollToItem(at, 'start');
                      return node.isConnected && !waiting && frames.length === views;
                    }""",
                    [at, views],
                )
            )

        wait_for(shown, seconds=seconds, what=f"{views} interactive views in cell {at}")

    def scroll_to(self, selector: str) -> None:
        """Bring the first element that matches into the window, so that lazy outputs are mounted."""
        self.tab.wait_for_selector(selector, state="attached")
        self.tab.evaluate(
            "selector => document.querySelector(selector).scrollIntoView({block: 'start'})",
            selector,
        )

    def screenshot(self, name: str, *, selector: str | None = None) -> Path:
        """Save a picture of the window, or of one element, for a person to look at.

        Args:
            name: The file's name without its ending.
            selector: The element to take; None takes the window.

        Returns:
            The PNG under ``build/screenshots/<stack>/``.
        """
        self._shots.mkdir(parents=True, exist_ok=True)
        target = self._shots / f"{name}.png"
        (self.tab.locator(selector).first if selector else self.tab).screenshot(path=str(target))
        return target

    def _wait_for_cells(self) -> None:
        self.tab.wait_for_selector(".jp-Notebook .jp-Cell")
        self.tab.wait_for_selector("#jupyterlab-splash", state="detached")

    def _wait_for_kernel(self, attempts: int = 3) -> None:
        """Wait until it answers; where its first answer got lost, reload the page as a person does."""
        for left in reversed(range(attempts)):
            try:
                wait_for(self._kernel_idle, seconds=60, what="an idle kernel")
                return
            except AssertionError:
                if not left:
                    raise
            self.tab.reload()
            self._wait_for_cells()

    def _kernel_idle(self) -> bool:
        return bool(
            self.tab.evaluate(
                """() => {
                  const current = window.jupyterapp?.shell.currentWidget;
                  return current?.sessionContext?.session?.kernel?.status === 'idle';
                }"""
            )
        )


class Lab:
    """One JupyterLab (and Notebook 7) server of this environment's own, on a loopback port.

    Attributes:
        root: The folder that it serves; notebooks for it are made by :meth:`write` and :meth:`execute`.
    """

    def __init__(self, folder: Path, store: Path | None = None) -> None:
        """Start the server and wait until it answers.

        Args:
            folder: An empty folder for everything that belongs to the server.
            store: The store that its kernels work in; None for the one that this process has.
        """
        self.root = folder / "root"
        self._store = store
        self._folder = folder
        self._token = secrets.token_hex(16)
        self.root.mkdir(parents=True)
        self._environment = self._make_environment()
        self._write_settings()
        self._log = (folder / "server.log").open("wb")
        self._process = subprocess.Popen(
            self._command(),
            env=self._environment,
            cwd=self.root,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._port = wait_for(self._find_port, seconds=120, what="the server's port")
            wait_for(self._answers, seconds=120, what="the server's answer")
        except AssertionError as error:
            self.stop()
            log = (folder / "server.log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"JupyterLab did not start: {error}\n{log}") from error

    def url(self, where: str) -> str:
        """The full address of a path of the server, with its token."""
        separator = "&" if "?" in where else "?"
        return f"http://127.0.0.1:{self._port}/{where}{separator}token={self._token}"

    def write(self, name: str, cells: Sequence[str | tuple[str, str]]) -> Path:
        """Write a notebook without outputs into :attr:`root`.

        Args:
            name: The file's name without its ending.
            cells: As for :func:`notebook`.

        Returns:
            The file.
        """
        path = self.root / f"{name}.ipynb"
        nbformat.write(notebook(cells), path)
        return path

    def execute(
        self,
        name: str,
        cells: Sequence[str | tuple[str, str]],
        *,
        trust: bool = True,
        seconds: int = 600,
    ) -> Path:
        """Write a notebook and execute it with nbclient, as ``make run`` does: with no browser there.

        Args:
            name: The file's name without its ending.
            cells: As for :func:`notebook`.
            trust: Sign the result, so that JupyterLab shows its HTML with scripts.
            seconds: The limit of one cell.

        Returns:
            The executed notebook's file.
        """
        from nbclient import NotebookClient

        made = notebook(cells)
        with self._as_environment():
            NotebookClient(
                made, timeout=seconds, resources={"metadata": {"path": str(self.root)}}
            ).execute()
        path = self.root / f"{name}.ipynb"
        nbformat.write(made, path)
        if trust:
            self.trust(path)
        return path

    def trust(self, path: Path) -> None:
        """Sign a notebook as ``jupyter trust`` does."""
        subprocess.run(
            [sys.executable, "-m", "jupyter", "trust", str(path)],
            env=self._environment,
            check=True,
            capture_output=True,
        )

    def export_html(self, path: Path) -> Path:
        """Export a notebook as ``jupyter nbconvert --to html`` does.

        Returns:
            The HTML file beside the notebook.
        """
        subprocess.run(
            [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", str(path)],
            env=self._environment,
            check=True,
            capture_output=True,
        )
        return path.with_suffix(".html")

    def shutdown_kernels(self) -> None:
        """Stop all kernels, so that a notebook reopened afterwards has none of its own.

        Raises:
            AssertionError: When one is left: the server refuses to end one that just begins, and fails to list them
                while one ends; it is asked again.
        """

        def none_left() -> bool:
            with contextlib.suppress(urllib.error.HTTPError):
                for kernel in json.loads(self._ask("api/kernels")):
                    with contextlib.suppress(urllib.error.HTTPError):
                        self._ask(f"api/kernels/{kernel['id']}", method="DELETE")
                return not json.loads(self._ask("api/kernels"))
            return False

        wait_for(none_left, what="the kernels to end")

    def stop(self) -> None:
        """Stop the server and its kernels."""
        if self._process.poll() is None:
            with contextlib.suppress(Exception):
                self.shutdown_kernels()
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(20)
        self._log.close()

    def _command(self) -> list[str]:
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": "0",
            "ServerApp.open_browser": "False",
            "ServerApp.root_dir": str(self.root),
            "IdentityProvider.token": self._token,
            "LabApp.expose_app_in_browser": "True",
            "JupyterNotebookApp.expose_app_in_browser": "True",
            "LabApp.collaborative": "False",
            "MappingKernelManager.shutdown_wait_time": "1",
        }
        command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser"]
        return command + [f"--{key}={value}" for key, value in options.items()]

    def _make_environment(self) -> dict[str, str]:
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "IPYTHONDIR": "ipython",
            "MPLCONFIGDIR": "matplotlib",
        }
        environment = dict(os.environ)
        for variable, name in places.items():
            (self._folder / name).mkdir()
            environment[variable] = str(self._folder / name)
        beside = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
        if self._store is not None:
            environment["WORKBOOK_STORE"] = str(self._store)
        return {
            **environment,
            "PATH": beside,
            "PYTHONPATH": str(paths.ROOT),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": "0",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }

    def _write_settings(self) -> None:
        settings = {
            "apputils-extension/notification": {
                "fetchNews": "false",
                "checkForUpdates": False,
                "doNotDisturbMode": True,
            },
            "docmanager-extension/plugin": {"autosave": False},
        }
        for name, values in settings.items():
            target = self._folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(values))

    def _find_port(self) -> int | None:
        if self._process.poll() is not None:
            raise AssertionError("the process has ended")
        for file in (self._folder / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):
                return int(json.loads(file.read_text())["port"])
        return None

    def _answers(self) -> bool:
        try:
            return bool(self._ask("api/status"))
        except OSError:
            return False

    def _ask(self, where: str, *, method: str = "GET") -> bytes:
        request = urllib.request.Request(self.url(where), method=method)
        request.add_header("Authorization", f"token {self._token}")
        with services.open_url(request, 20) as answer:
            return bytes(answer.read())

    @contextlib.contextmanager
    def _as_environment(self) -> Iterator[None]:
        before = dict(os.environ)
        os.environ.update(self._environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


JUPYTER_ERRORS = (
    r"^uncaught: Cannot read properties of undefined \(reading 'schema'\)$",
    r"^uncaught: Command 'filebrowser:open-path' not registered\.$",
)
"""Patterns of errors that Notebook 7 itself logs when it opens any notebook, even an empty one."""


def template_addresses() -> list[str]:
    """The addresses that ``nbconvert``'s own HTML template asks for; without a network they stay unanswered."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter()
    names = (
        "require_js_url",
        "jquery_url",
        "mathjax_url",
        "mermaid_js_url",
        "jupyter_widgets_base_url",
        "html_manager_semver_range",
        "widget_renderer_url",
    )
    found = (getattr(exporter, name, "") for name in names)
    return [address for address in found if str(address).startswith("http")]
