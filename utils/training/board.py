"""A real TensorBoard, on this machine only, for the runs of a notebook.

It runs in a thread of this process, which has TensorFlow loaded already, and ends with the kernel.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from utils.training.errors import TrainingError, output

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Board:
    """A running TensorBoard.

    Attributes:
        port: Its port on this machine's loopback address.
        logs: Folder of logs by the run's name.
    """

    port: int
    logs: Mapping[str, Path]

    @property
    def url(self) -> str:
        """Its address on this machine."""
        return f"http://{HOST}:{self.port}/"

    def runs(self, *, seconds: float = 30) -> list[str]:
        """Asks the server which runs it shows, once it has read them all.

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
    """Starts TensorBoard on the logs of some Trainers; one that shows the same already is used again.

    Args:
        **runs: By a name of the reader's a Trainer that has run, or its output ``model_run``.

    Returns:
        The running TensorBoard.

    Raises:
        TrainingError: Where no Trainer is given, or one has not run.

    Source:
        Book, chapter 6, "Using TensorBoard in an interactive pipeline".
    """
    if not runs:
        raise TrainingError(
            "TensorBoard was given no run.",
            'Name at least one: open_board(first=trainer.outputs["model_run"]).',
        )
    logs = {name: Path(output(run, "model_run")) for name, run in runs.items()}
    key = tuple((name, str(folder)) for name, folder in logs.items())
    if key not in _OPEN:
        _OPEN[key] = Board(_launch(logs), logs)
    return _OPEN[key]


def _launch(logs: Mapping[str, Path]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorBoard's own, about pkg_resources
        from tensorboard import program

        server = program.TensorBoard()
        specification = ",".join(f"{name}:{folder}" for name, folder in logs.items())
        server.configure(
            argv=[
                "tensorboard",
                f"--logdir_spec={specification}",
                f"--host={HOST}",
                "--port=0",
                "--load_fast=false",
                "--reload_interval=5",
            ]
        )
        address = server.launch()
    return int(urlsplit(address).port or 0)
