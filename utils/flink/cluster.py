"""A Flink cluster on this machine: a JobManager, TaskManagers, and the server through which Beam hands jobs over.

Each part is a process that could be on a machine of its own. All listen on this machine only, on free ports, and end
with this process, their Python workers included.

Example::

    with flink.start(task_managers=2) as cluster:
        context.run(statistics_gen, beam_pipeline_args=cluster.beam_pipeline_args)

Source: https://beam.apache.org/documentation/runners/flink/;
https://nightlies.apache.org/flink/flink-docs-release-1.19/docs/deployment/resource-providers/standalone/overview/
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from utils import paths, progress, services
from utils.files import atomic_text
from utils.flink import arguments, boot, programs, recorded, rest, settings
from utils.flink.errors import FlinkError
from utils.services import ServiceError
from utils.services.service import Service, Stoppable

MOST_TASK_MANAGERS = 8
"""More than this are a mistake on one machine: each takes 2 GB with its worker."""

START_SECONDS = 240
"""How long a part may take to become ready: 10 s on an idle machine, minutes on a busy one."""

_RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:"
"""Before each answer of the program that Flink's start scripts ask for a TaskManager's memory."""

_JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
_TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
_MEMORY = "org.apache.flink.runtime.util.bash.BashJavaUtils"
_JOB_SERVER = "org.apache.beam.runners.flink.FlinkJobServerDriver"
_QUIET = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss",
)
_LISTENS = re.compile(r"JobService started on \S+:(\d+)")


_recent: Cluster | None = None


@dataclass(frozen=True)
class Cluster(Stoppable):
    """A running Flink cluster.

    Attributes:
        memory: What each part may take.
        restarts: How often the cluster starts a job again that has lost a TaskManager.
        job_manager: The process that plans jobs and has the web interface.
        task_managers: The processes that do the work, by name; some may have been killed.
        job_server: Beam's process, which takes pipelines from Python and makes Flink jobs of them.
        parts: What starts a TaskManager: Java's options, and those of Flink.
        boot: The program that a TaskManager starts for each Python worker.
    """

    memory: settings.Memory = field(repr=False)
    restarts: int
    job_manager: Service = field(repr=False)
    task_managers: dict[str, Service] = field(repr=False)
    job_server: Service = field(repr=False)
    parts: tuple[Sequence[str], Sequence[str]] = field(repr=False)
    boot: Path = field(repr=False)

    @property
    def url(self) -> str:
        """The address of Flink's web interface, and of its REST interface."""
        return f"http://{services.HOST}:{self.job_manager.ports['rest']}"

    @property
    def endpoint(self) -> str:
        """Where Beam hands over pipelines: the address of the job server."""
        return f"{services.HOST}:{job_port(self.job_server)}"

    @property
    def beam_pipeline_args(self) -> list[str]:
        """What TFX's components are told, so that Beam's work in them runs here, on all TaskManagers."""
        return self.arguments(parallelism=max(1, len(self.alive())))

    def arguments(self, parallelism: int) -> list[str]:
        """Return what TFX's components are told.

        Args:
            parallelism: Into how many parts each operator is split.
        """
        return arguments.portable(self.endpoint, self.boot, parallelism)

    def alive(self) -> tuple[str, ...]:
        """Return the names of the TaskManagers whose processes run."""
        return tuple(name for name, service in self.task_managers.items() if service.alive())

    @property
    def note(self) -> str:
        """Where its results come from: nothing need be said."""
        return ""

    def jobs(self) -> list[rest.Job]:
        """Return its jobs, the oldest first, as its REST interface tells of them."""
        return [rest.job(self.get, one["jid"]) for one in rest.overview(self.get)]

    def get(self, path: str) -> Any:
        """Ask its REST interface.

        Args:
            path: What is asked, such as ``"/jobs/overview"``.

        Returns:
            The answer, as JSON has it.

        Raises:
            FlinkError: If it does not answer.
        """
        try:
            return rest.get(self.url, path)
        except OSError as error:
            raise FlinkError(
                f"Flink does not answer to {path}: {error}.", "Run the cell that starts it again."
            ) from error

    def add_task_manager(self) -> str:
        """Start one TaskManager more, and wait until the JobManager knows it.

        Returns:
            Its name.

        Raises:
            FlinkError: If it cannot be started, or there are too many.
        """
        name = f"worker-{len(self.task_managers) + 1}"
        if len(self.alive()) >= MOST_TASK_MANAGERS:
            raise FlinkError(f"{MOST_TASK_MANAGERS} TaskManagers are enough for one machine.")
        try:
            self.task_managers[name] = _task_manager(name, self.job_manager, self.parts)
        except ServiceError as error:
            raise FlinkError(error.what, error.cure) from error
        return name

    def kill_task_manager(self, name: str) -> int:
        """Kill a TaskManager as ``kill -9`` does, so that it cannot say goodbye.

        Args:
            name: Its name, such as ``"worker-2"``.

        Returns:
            The process's exit code: -9, the signal that it was killed by.

        Raises:
            FlinkError: If no TaskManager of this name runs.
        """
        if name not in self.alive():
            running = ", ".join(self.alive()) or "none"
            raise FlinkError(f"No TaskManager {name!r} runs; those that do: {running}.")
        service = self.task_managers[name]
        with contextlib.suppress(ProcessLookupError):
            os.kill(service.pid, signal.SIGKILL)
        service.stop()
        return -signal.SIGKILL if service.code is None else service.code

    def stop(self) -> None:
        """End all its processes, and wait until they are gone; a second time does nothing."""
        everything = [self.job_server, *self.task_managers.values(), self.job_manager]
        for service in everything:
            service.let_go()
        for service in everything:
            service.stop()

    def __repr__(self) -> str:
        alive = self.alive() if self.job_manager.alive() else ()
        if not alive:
            return "<Flink, ended>"
        return f"<Flink at {self.url}: {', '.join(alive)}; Beam's job server at {self.endpoint}>"


def start(
    task_managers: int = 2,
    *,
    memory: settings.Memory = settings.SMALL,
    restarts: int = 0,
    restart_delay: int = 15,
) -> Cluster:
    """Start a Flink cluster with Beam's job server on this machine.

    Args:
        task_managers: How many processes do the work. Each has one slot, and starts one Python worker.
        memory: How much memory each part may take.
        restarts: How often the cluster starts a job again that has lost a TaskManager; 0 for never.
        restart_delay: Seconds before it does.

    Returns:
        The cluster; a context manager that stops it.

    Raises:
        FlinkError: If Java, Flink or the job server cannot be had, or a process does not start.
        ValueError: If the number of TaskManagers is no sensible one.
    """
    if not 1 <= task_managers <= MOST_TASK_MANAGERS:
        raise ValueError(f"task_managers is to be 1 to {MOST_TASK_MANAGERS}, not {task_managers}.")
    programs.bring()
    programs.java()
    home, jars = programs.flink(), programs.job_server()
    begun: list[Future[Service]] = []
    values = settings.flink(memory, restarts, restart_delay)
    names = [f"worker-{number}" for number in range(1, task_managers + 1)]
    try:
        with (
            progress.working("Starting a Flink cluster") as say,
            ThreadPoolExecutor(task_managers + 1) as pool,
        ):
            say("the JobManager")
            begun.append(pool.submit(_job_manager, home, memory, values))
            job_manager = begun[0].result()
            parts = _parts(home, job_manager.folder)
            say("the TaskManagers and Beam's job server")
            begun.append(pool.submit(_job_server, jars, memory, job_manager.ports["rest"]))
            begun += [pool.submit(_task_manager, name, job_manager, parts) for name in names]
            job_server, *workers = [one.result() for one in begun[1:]]
        return Cluster(
            memory,
            restarts,
            job_manager,
            dict(zip(names, workers, strict=True)),
            job_server,
            parts,
            _boot_program(job_manager.folder),
        )
    except BaseException as error:
        # An interrupted cell comes here when all parts have been started, or could not be.
        for one in reversed(begun):
            if not one.cancel() and one.exception() is None:
                one.result().stop()
        if isinstance(error, ServiceError):
            raise FlinkError(error.what, error.cure) from error
        raise


def start_or_recall(task_managers: int = 2) -> Cluster | recorded.Recorded:
    """Start a cluster, or hand out recorded results where this machine has no Java, no Maven or no network.

    Calling it again, as when a cell is run twice, returns the one that runs already.

    Args:
        task_managers: How many processes do the work.

    Returns:
        The cluster, or what stands in its place.

    Raises:
        FlinkError: If it cannot be started where ``CI=true``, which must not pass unseen.
    """
    global _recent
    if _recent is not None:
        if _recent.job_manager.alive() and len(_recent.alive()) == task_managers:
            return _recent
        _recent.stop()
    try:
        _recent = start(task_managers)
        return _recent
    except FlinkError as error:
        if os.environ.get("CI") == "true":
            raise
        from utils.pipeline.runners import BEAM_PIPELINE_ARGS

        return recorded.Recorded(error, list(BEAM_PIPELINE_ARGS))


def _java() -> list[str]:
    """Return how Java is called; without memory a process ends, where it would lose one thread and stand still."""
    options = (*settings.java_options(), "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
    return [str(programs.java()), *options]


def _environment(configuration: Path) -> dict[str, str]:
    """Return the variables of Flink's processes, which their Python workers inherit."""
    return {
        "FLINK_CONF_DIR": str(configuration),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "GRPC_VERBOSITY": "ERROR",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(paths.ROOT),
        "NO_PROXY": f"localhost,{services.HOST}",
        "no_proxy": f"localhost,{services.HOST}",
    }


def _line(home: Path, service_folder: Path, configuration: Path) -> list[str]:
    """Return how a process of Flink begins: Java, its log, its temporary files, and where its classes are."""
    log = f"-Dlog4j.configurationFile=file:{configuration / 'log4j.properties'}"
    return [*_java(), log, f"-Djava.io.tmpdir={service_folder}", "-cp", f"{home / 'lib'}/*"]


def _job_manager(home: Path, memory: settings.Memory, values: dict[str, str]) -> Service:
    def command(service: Service) -> list[str]:
        with atomic_text(service.folder / "config.yaml") as file:
            file.write(settings.text({**values, "io.tmp.dirs": str(service.folder)}))
        with atomic_text(service.folder / "log4j.properties") as file:
            file.write(settings.LOG)
        java, *line = _line(home, service.folder, service.folder)
        ports = {f"{name}.port": port for name, port in _flink_ports(service).items()}
        return [
            *(java, f"-Xmx{memory.job_manager}m", *line, _JOB_MANAGER),
            *("--configDir", str(service.folder), "--executionMode", "cluster"),
            *(f"-D{name}={port}" for name, port in ports.items()),
        ]

    return services.start(
        "Flink JobManager",
        command,
        ports=["rpc", "rest", "blob"],
        ready=services.answers("rest", "/overview"),
        env=lambda service: _environment(service.folder),
        seconds=START_SECONDS,
    )


def _flink_ports(service: Service) -> dict[str, int]:
    return {
        "jobmanager.rpc": service.ports["rpc"],
        "rest": service.ports["rest"],
        "blob.server": service.ports["blob"],
    }


def _parts(home: Path, configuration: Path) -> tuple[Sequence[str], Sequence[str]]:
    """Let Flink work out a TaskManager's memory, as its start scripts do, and return how one is started."""
    line = [
        str(programs.java()),
        "-cp",
        f"{home / 'lib'}/*:{home / 'bin/bash-java-utils.jar'}",
        _MEMORY,
    ]
    line += ["GET_TM_RESOURCE_PARAMS", "--configDir", str(configuration)]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    java, flink = resources(done.stdout) if not done.returncode else ([], [])
    if not java:
        raise FlinkError(
            f"Flink cannot divide a TaskManager's memory. It said:\n{(done.stderr or done.stdout)[-800:]}",
            "Give it more memory, or its parts less.",
        )
    return [*_line(home, configuration, configuration), *java], flink


def resources(said: str) -> tuple[list[str], list[str]]:
    """Read how Flink divides a TaskManager's memory.

    Args:
        said: What its program ``BashJavaUtils`` prints.

    Returns:
        Options for Java, and for Flink; both empty where it has not answered.
    """
    answers = [line.removeprefix(_RESULT) for line in said.splitlines() if line.startswith(_RESULT)]
    if len(answers) != 2:
        return [], []
    return shlex.split(answers[0]), shlex.split(answers[1])


def _task_manager(
    name: str, job_manager: Service, parts: tuple[Sequence[str], Sequence[str]]
) -> Service:
    (java, *options), dynamic = parts
    configuration = job_manager.folder

    def command(service: Service) -> list[str]:
        return [
            *(java, *options, _TASK_MANAGER, "--configDir", str(configuration), *dynamic),
            *("-D", f"taskmanager.resource-id={name}"),
            *("-D", f"jobmanager.rpc.port={job_manager.ports['rpc']}"),
            *("-D", f"io.tmp.dirs={service.folder}"),
        ]

    url = f"http://{services.HOST}:{job_manager.ports['rest']}"
    return services.start(
        f"Flink TaskManager {name}",
        command,
        ready=lambda _service: name in rest.task_managers(partial(rest.get, url)),
        env=lambda service: {**_environment(configuration), "TMPDIR": str(service.folder)},
        seconds=START_SECONDS,
    )


def _job_server(jars: Path, memory: settings.Memory, flink_port: int) -> Service:
    def command(service: Service) -> list[str]:
        java, *options = _java()
        return [
            *(java, f"-Xmx{memory.job_server}m", *options),
            *(*_QUIET, f"-Djava.io.tmpdir={service.folder}", "-cp", f"{jars}/*", _JOB_SERVER),
            *("--flink-master", f"{services.HOST}:{flink_port}"),
            # A port that is asked for would be opened to the network, and one that Beam picks is not.
            *("--job-port", "0", "--artifact-port", "0", "--expansion-port", "0"),
            *("--artifacts-dir", str(service.folder / "artifacts")),
        ]

    return services.start(
        "Beam job server",
        command,
        ready=job_port,
        env={name: value for name, value in _environment(jars).items() if name != "FLINK_CONF_DIR"},
        seconds=START_SECONDS,
    )


def job_port(service: Service) -> int:
    """Return the port on which a job server takes pipelines; 0 where its log does not tell yet.

    Args:
        service: The job server.
    """
    found = _LISTENS.search(service.log.read_text("utf-8", "replace"))
    return int(found[1]) if found else 0


def _boot_program(folder: Path) -> Path:
    """Write the program that starts a Python worker: the notebook's Python runs :mod:`.boot`."""
    file = folder / "boot"
    with atomic_text(file) as written:
        line = shlex.join([sys.executable, boot.__file__])
        written.write(f'#!/bin/sh\nexec {line} "$@"\n')
    file.chmod(0o755)
    return file
