"""Other places to run a Beam pipeline than the notebook's own process, all of them on this machine.

Source: https://beam.apache.org/documentation/runners/capability-matrix/
"""

from __future__ import annotations

import importlib.util
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from utils import services
from utils.beam_pipelines.errors import BeamPipelineError

KINDS = ("dask", "job server")
"""What :func:`start` can start."""

WORKERS = 2
"""Processes of a Dask cluster."""

_DASK = """
import json, signal, sys
port, workers, folder, sys.path[:] = json.loads(sys.argv.pop())
from distributed import LocalCluster
cluster = LocalCluster(
    n_workers=workers, threads_per_worker=1, host="127.0.0.1", scheduler_port=port,
    dashboard_address=None, local_directory=folder,
)
print("The cluster has its workers")
signal.pause()
"""
"""The program of a Dask cluster; its workers find the same modules and files as the notebook."""


@dataclass(frozen=True)
class Cluster:
    """Something that runs Beam pipelines, started and waiting.

    Attributes:
        kind: One of :data:`KINDS`.
        address: Where it takes pipelines.
        runner: What ``beam.Pipeline(runner=...)`` takes.
        options: What ``PipelineOptions(...)`` takes, as on a command line.
        about: Who does what, in a sentence.
        stop: Shuts it down.
    """

    kind: str
    address: str
    runner: Any = field(repr=False)
    options: tuple[str, ...]
    about: str
    stop: Callable[[], None] = field(repr=False)

    def close(self) -> None:
        """Shut it down; a second time does nothing."""
        self.stop()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{self.about}\naddress: {self.address}\noptions: {' '.join(self.options) or 'none'}"


def available() -> tuple[str, ...]:
    """Return the kinds that can be started here: Beam's job server, and Dask where it is installed."""
    has_dask = all(importlib.util.find_spec(name) is not None for name in ("dask", "distributed"))
    return KINDS if has_dask else KINDS[1:]


def start(kind: str | None = None) -> Cluster:
    """Start a cluster on this machine.

    Args:
        kind: One of :data:`KINDS`; by default the first that is available.

    Returns:
        The cluster; call its ``close()`` when done, or use it in a ``with`` block.

    Raises:
        BeamPipelineError: There is no such kind, or it is not installed.
        utils.services.ServiceError: It could not be started.
    """
    kind = available()[0] if kind is None else kind
    if kind not in KINDS:
        raise BeamPipelineError(
            f"There is no cluster of kind {kind!r}; there are {', '.join(KINDS)}."
        )
    if kind not in available():
        raise BeamPipelineError(
            "A Dask cluster needs the package dask[distributed], which is not installed here: "
            f"use start({KINDS[1]!r}), which comes with Beam."
        )
    return _dask() if kind == "dask" else _job_server()


def _dask() -> Cluster:
    from apache_beam.runners.dask import dask_runner

    clients: list[Any] = []

    class DaskRunner(dask_runner.DaskRunner):
        """Beam's DaskRunner, which refuses to run in a notebook for want of Beam's own interactive displays."""

        def run_pipeline(self, pipeline: Any, options: Any) -> Any:
            with mock.patch.object(dask_runner, "is_in_notebook", return_value=False):
                result = super().run_pipeline(pipeline, options)
            clients.append(result.client)
            return result

    logging.getLogger("distributed").setLevel(logging.ERROR)
    service = services.start(
        "Dask",
        lambda dask: [
            sys.executable,
            "-c",
            _DASK,
            json.dumps([dask.ports["scheduler"], WORKERS, str(dask.folder), sys.path]),
        ],
        ports=["scheduler"],
        cwd=Path.cwd(),
        ready=services.logs("has its workers"),
    )
    address = f"tcp://{services.HOST}:{service.ports['scheduler']}"

    def stop() -> None:
        # A client that Beam leaves open would look for its scheduler for 30 s, and then complain in the notebook.
        while clients:
            clients.pop().close()
        service.stop()

    return Cluster(
        kind="dask",
        address=address,
        runner=DaskRunner(),
        options=(
            f"--dask_client_address={address}",
            f"--dask_npartitions={WORKERS}",
        ),
        about=f"A Dask cluster: a scheduler, and {WORKERS} workers that are processes of their own",
        stop=stop,
    )


def _job_server() -> Cluster:
    from apache_beam.runners.portability import local_job_service, portable_runner

    server = local_job_service.LocalJobServicer()
    port = server.start_grpc_server()
    return Cluster(
        kind="job server",
        address=f"localhost:{port}",
        runner=portable_runner.PortableRunner(),
        options=(f"--job_endpoint=localhost:{port}", "--environment_type=LOOPBACK"),
        about=(
            "Beam's job server: it takes a pipeline over the network, as those of Flink and Spark do, "
            "and calls back to this notebook for the work"
        ),
        stop=server.stop,
    )
