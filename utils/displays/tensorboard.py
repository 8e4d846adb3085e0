"""``%tensorboard`` in a notebook: the genuine program, reached wherever the page is opened, ended with the kernel.

TensorBoard's own magic starts a program that goes on running when the notebook is closed, and shows a frame that looks
for its port on the address of the page, so that behind a proxy such as Binder's nothing is found. While the displays
are on, the same magic starts the same program as a service of this kernel, and its frame goes through the server's
proxy. The program runs without TensorFlow, which TensorBoard can do: it reads the same logs, and takes a second to
start and 90 MB instead of seven seconds and 600 MB.
"""

from __future__ import annotations

import argparse
import html
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from utils import services
from utils.displays.fallback import Table
from utils.displays.frame import script, static
from utils.displays.registry import Hooks, Patch
from utils.services import Service

_WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = None
from tensorboard import main
main.run_main()
"""

EVENTS = "*tfevents*"
"""What files of logs are called."""


@dataclass(frozen=True)
class TensorBoardView:
    """A running TensorBoard: return it from a cell.

    In JupyterLab and Notebook it is reached through ``jupyter-server-proxy``, so that it also works where the server is
    another machine (Binder); in Colab through Colab's own proxy. Once its kernel has ended, the table stays.

    Attributes:
        port: TensorBoard's port on the kernel's machine.
        table: The last value of each metric of each run.
    """

    port: int
    table: Table

    def text(self) -> str:
        """Return the metrics as plain text."""
        return f"TensorBoard, the last value of each metric\n\n{self.table.text()}"

    def html(self) -> str:
        """Return the frame's place, the table, and the script that fills the frame where TensorBoard answers."""
        gone = (
            "TensorBoard is not running, or cannot be reached from here: run this cell in JupyterLab. "
            "The table holds what it showed last."
        )
        return (
            f'<div class="workbook-view"><style>{static("views.css")}</style>'
            f'<div class="workbook-tensorboard" data-port="{self.port:d}">'
            f'<p class="workbook-view-note">{html.escape(gone)}</p></div>'
            f"<details open><summary>The last value of each metric, as a table</summary>{self.table.html()}</details>"
            f"{script(static('tensorboard.js'))}</div>"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}

    def __repr__(self) -> str:
        return f"<TensorBoard on port {self.port}>"


def hooks() -> Hooks:
    """Return what is hooked: the function behind ``%tensorboard`` and ``tensorboard.notebook.start``."""
    return Hooks(patches=[Patch("tensorboard.notebook", "start", lambda original: start)])


def start(args_string: str) -> None:
    """Start TensorBoard, as ``tensorboard.notebook.start`` does, and show it below the cell.

    Args:
        args_string: Arguments of its command line. The port and the host are chosen here, whatever they say.

    Raises:
        utils.services.ServiceError: TensorBoard refuses an argument, or cannot be started.
    """
    from IPython.display import display

    arguments = shlex.split(args_string, comments=True)
    display(TensorBoardView(serve(arguments).ports["http"], last_values(_logs(arguments))))


def serve(arguments: list[str]) -> Service:
    """Start TensorBoard on this machine's loopback address; one with the same arguments is used again.

    Args:
        arguments: Arguments of its command line; ``--port`` and ``--host`` are left out.

    Returns:
        The service, whose port is called ``"http"``.

    Raises:
        utils.services.ServiceError: TensorBoard refuses an argument, or cannot be started.
    """
    parser = _parser()
    parser.add_argument("--port")
    parser.add_argument("--host")
    parser.add_argument("--bind_all", action="store_true")
    _, kept = parser.parse_known_args(arguments)

    def command(service: Service) -> list[str]:
        ours = ["--load_fast=false", "--reload_interval=5"]
        where = [f"--host={services.HOST}", f"--port={service.ports['http']}"]
        return [sys.executable, "-c", _WITHOUT_TENSORFLOW, *ours, *kept, *where]

    return services.start(
        "TensorBoard",
        command,
        ports=["http"],
        ready=services.answers("http", "/data/environment"),
        cwd=Path.cwd(),
        key=(Path.cwd(), *kept),
    )


def last_values(folder: Path | None) -> Table:
    """Read the last value of each scalar in the logs below a folder.

    Args:
        folder: The folder that TensorBoard is pointed to; None for none.

    Returns:
        One row for each run and metric: the run's folder, the metric, its last step and value.
    """
    rows: list[tuple[object, ...]] = []
    if folder is not None:
        for run in sorted({file.parent for file in folder.rglob(EVENTS)}):
            rows += [(str(run.relative_to(folder)), *found) for found in _scalars(run)]
    return Table(("run", "metric", "last step", "last value"), rows)


def _scalars(run: Path) -> Iterator[tuple[str, int, float]]:
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.util import tensor_util

    logs = event_accumulator.EventAccumulator(str(run))
    logs.Reload()
    for name in sorted(logs.Tags()["scalars"]):
        event = logs.Scalars(name)[-1]
        yield name, event.step, event.value
    for name in sorted(logs.Tags()["tensors"]):
        if logs.SummaryMetadata(name).plugin_data.plugin_name == "scalars":
            event = logs.Tensors(name)[-1]
            yield name, event.step, float(tensor_util.make_ndarray(event.tensor_proto))


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(add_help=False, allow_abbrev=False)


def _logs(arguments: list[str]) -> Path | None:
    """Return the folder of the logs; None where the arguments name none, or one that is not there."""
    parser = _parser()
    parser.add_argument("--logdir")
    named = parser.parse_known_args(arguments)[0].logdir
    return Path(named) if named and Path(named).is_dir() else None
