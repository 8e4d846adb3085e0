"""A real TensorBoard, on this machine only, for the runs of a notebook.

It is a process of its own, which ends with the kernel. It runs without TensorFlow, which TensorBoard can do: it reads
the same logs, and takes a second to start and 90 MB instead of seven seconds and 600 MB.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils import services
from utils.services import Service
from utils.training.errors import TrainingError, output

_WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = None
from tensorboard import main
main.run_main()
"""


@dataclass(frozen=True)
class Board:
    """A running TensorBoard.

    Attributes:
        port: Its port on this machine's loopback address.
        logs: Folder of logs by the run's name.
        service: Its process.
    """

    port: int
    logs: Mapping[str, Path]
    service: Service | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Its address on this machine."""
        return f"http://{services.HOST}:{self.port}/"

    def runs(self, *, seconds: float = 30) -> list[str]:
        """Ask the server which runs it shows, once it has read them all.

        Args:
            seconds: How long to wait for it to read the logs.

        Returns:
            Names such as ``"first/train"``.

        Raises:
            TrainingError: Where the server does not answer in time.
        """
        wanted = set(self.logs)
        deadline = time.monotonic() + seconds
        while True:
            found = self._ask("data/runs")
            if wanted <= {name.partition("/")[0] for name in found}:
                return sorted(found)
            if time.monotonic() > deadline:
                missing = ", ".join(sorted(wanted - {n.partition("/")[0] for n in found}))
                raise TrainingError(
                    f"TensorBoard found no logs of {missing} in {seconds:.0f} s.",
                    "Look whether the Trainer's output `model_run` is still on disk, and run it again if not.",
                )
            time.sleep(0.2)

    def _ask(self, where: str) -> Any:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.url + where, timeout=10) as answer:
                return json.loads(answer.read())
        except (OSError, urllib.error.URLError) as error:
            raise TrainingError(
                f"TensorBoard does not answer at {self.url} ({error}).",
                "Run the cell that opens it again.",
            ) from error


_OPEN: dict[tuple[tuple[str, str], ...], Board] = {}


def open_board(**runs: Any) -> Board:
    """Start TensorBoard on the logs of some Trainers; one that shows the same and still runs is used again.

    Args:
        **runs: By a name of the reader's a Trainer that has run, or its output ``model_run``.

    Returns:
        The running TensorBoard.

    Raises:
        TrainingError: Where no Trainer is given, one has not run, or a name cannot be shown.
        utils.services.ServiceError: Where TensorBoard cannot be started.

    Source:
        Book, chapter 6, "Using TensorBoard in an interactive pipeline".
    """
    if not runs:
        raise TrainingError(
            "TensorBoard was given no run.",
            'Name at least one: open_board(first=trainer.outputs["model_run"]).',
        )
    for name in runs:
        if name in ("", ".", "..") or set(name) & {"/", "\0"} or len(os.fsencode(name)) > 255:
            raise TrainingError(
                f"TensorBoard cannot show a run named {name!r}.",
                "Give it a short name without a slash, for example open_board(first=...).",
            )
    logs = {name: Path(output(run, "model_run")).absolute() for name, run in runs.items()}
    key = tuple((name, str(folder)) for name, folder in logs.items())

    def command(service: Service) -> list[str]:
        # A link for each run: `--logdir_spec` would take a comma or a colon in a path for a separator of its own.
        folder = service.folder / "logs"
        folder.mkdir()
        for name, place in logs.items():
            (folder / name).symlink_to(place, target_is_directory=True)
        return [
            sys.executable,
            "-c",
            _WITHOUT_TENSORFLOW,
            f"--logdir={folder}",
            f"--host={services.HOST}",
            f"--port={service.ports['http']}",
            "--load_fast=false",
            "--reload_interval=5",
        ]

    service = services.start(
        "TensorBoard",
        command,
        ports=["http"],
        ready=services.answers("http", "/data/environment"),
        key=key,
    )
    if key not in _OPEN or _OPEN[key].service is not service:
        _OPEN[key] = Board(service.ports["http"], logs, service)
    return _OPEN[key]
