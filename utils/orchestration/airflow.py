"""Apache Airflow on this machine: its database, its scheduler and its web server, in a side environment with TFX.

:func:`start` gives the commands that anybody would, and :attr:`Airflow.commands` has them. Airflow keeps its own
records in a PostgreSQL, because with SQLite it runs no two tasks at once. Each task is a fork of the scheduler, which
has imported TFX already, so that a task does not take ten seconds before it begins. Everything is asked through
Airflow's REST API.

Source: https://airflow.apache.org/docs/apache-airflow/2.11.2/; ``tfx.orchestration.airflow``
"""

from __future__ import annotations

import http.client
import json
import secrets
import shlex
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from utils import claims, folders, paths, progress, services, side_environments
from utils.files import atomic_path, atomic_text
from utils.orchestration.errors import OrchestrationError
from utils.services import ServiceError, postgres
from utils.services.service import Service, Stoppable

ENVIRONMENT = "airflow"
"""The side environment with Airflow, and with TFX for its tasks."""

USER = "reader"
"""Who logs in to the web server."""

DATABASE = "airflow"
"""The name of Airflow's own database."""

POLL_SECONDS = 0.5
"""How long a wait rests between two looks. Each costs Airflow a tenth of a second, for a password."""

WAIT_SECONDS = 300
"""How long a wait may last before it is given up."""

SETTINGS = {
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__PARALLELISM": "2",
    "CORE__LOAD_EXAMPLES": "False",
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "CORE__DAGBAG_IMPORT_TIMEOUT": "120",
    "SCHEDULER__DAG_DIR_LIST_INTERVAL": "1",
    "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "30",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
    "SCHEDULER__PARSING_PROCESSES": "1",
    "SCHEDULER__JOB_HEARTBEAT_SEC": "2",
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
    "SCHEDULER__LOCAL_TASK_JOB_HEARTBEAT_SEC": "2",
    "WEBSERVER__WORKERS": "1",
    "WEBSERVER__WEB_SERVER_HOST": services.HOST,
    "WEBSERVER__SHOW_TRIGGER_FORM_IF_NO_PARAMS": "True",
    "API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
    "USAGE_DATA_COLLECTION__ENABLED": "False",
    "LOGGING__LOGGING_LEVEL": "INFO",
}
"""Airflow's settings, as ``AIRFLOW__SECTION__NAME`` without its first word."""

PRELOADED = """\
\"\"\"Written by the workbook: the scheduler imports TFX once, and each task, which is a fork of it, has it.\"\"\"

import os

if os.environ.get("WORKBOOK_PRELOAD"):
    from utils import quick_import

    quick_import.postpone()
    from utils.pipeline import components  # noqa: F401
"""
"""``airflow_local_settings.py``, which every process of Airflow imports."""

_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "GRPC_VERBOSITY": "ERROR",
    "NO_GCE_CHECK": "true",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONWARNINGS": "ignore",
    "UNSUPPORTED_DO_NOT_PACKAGE_USER_MODULES": "1",
    "NO_PROXY": services.HOST,
    "no_proxy": services.HOST,
}


@dataclass(frozen=True)
class Airflow(Stoppable):
    """A running Airflow.

    Attributes:
        home: Its folder, ``AIRFLOW_HOME``.
        dags: The folder in which it looks for DAG files.
        database: Its own database.
        scheduler: The process that parses DAG files, and starts tasks.
        webserver: The process that serves the pages and the REST API.
        password: Of the user ``reader``.
        commands: What was run to start it, without the password.
    """

    home: Path
    dags: Path
    database: postgres.Database = field(repr=False)
    scheduler: Service = field(repr=False)
    webserver: Service = field(repr=False)
    password: str = field(repr=False)
    commands: tuple[str, ...] = field(repr=False)

    @property
    def url(self) -> str:
        """The address of its pages."""
        return f"http://{services.HOST}:{self.webserver.ports['web']}"

    @property
    def api(self) -> str:
        """The address of its REST API."""
        return f"{self.url}/api/v1"

    @property
    def login(self) -> tuple[str, str]:
        """User and password, as ``requests`` takes them in ``auth=``."""
        return USER, self.password

    def get(self, path: str) -> Any:
        """Ask the REST API.

        Args:
            path: What follows ``/api/v1/``, for example ``"dags/complaints"``.

        Returns:
            The answer, as JSON has it.

        Raises:
            OrchestrationError: If Airflow refuses, or does not answer.
        """
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request to the REST API.

        Args:
            method: ``"GET"``, ``"POST"``, ``"PATCH"`` or ``"DELETE"``.
            path: What follows ``/api/v1/``.
            body: What is sent, as JSON; None for nothing.

        Returns:
            The answer, as JSON has it; None where it is empty.

        Raises:
            OrchestrationError: If Airflow refuses, or does not answer.
        """
        pair = b64encode(f"{USER}:{self.password}".encode()).decode()
        request = urllib.request.Request(
            f"{self.api}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Basic {pair}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with services.open_url(request, 60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            said = refusal.read().decode(errors="replace")
            try:
                said = json.loads(said)["detail"] or json.loads(said)["title"]
            except (ValueError, KeyError, TypeError):
                said = said[:300] or refusal.reason
            raise OrchestrationError(f"Airflow refuses {method} {path}: {said}") from None
        except OSError as error:
            raise OrchestrationError(
                f"Airflow does not answer at {self.url}: {error}.",
                "Run the cell that starts it again.",
            ) from error
        except (http.client.HTTPException, ValueError) as error:
            raise OrchestrationError(
                f"{method} {path} cannot be asked of {self.url}: {error!r}.",
                "Quote the names in the path, and look whether Airflow itself serves that address.",
            ) from error

    def wait_for_dag(
        self, dag_id: str, file: Path | None = None, seconds: float = WAIT_SECONDS
    ) -> dict[str, Any]:
        """Wait until the scheduler has read a DAG, in the newest state of its file.

        Args:
            dag_id: Its name.
            file: The DAG's file; None where any state of it will do.
            seconds: How long to wait at most.

        Returns:
            What Airflow knows of it, as ``GET dags/NAME/details`` answers.

        Raises:
            OrchestrationError: If Airflow cannot import the file, or does not find the DAG in it in time.
        """
        written = file.stat().st_mtime if file else 0.0

        def look() -> dict[str, Any] | None:
            for error in self.get("importErrors")["import_errors"]:
                if (
                    file
                    and Path(error["filename"]).name == file.name
                    and _seconds(error["timestamp"]) > written
                ):
                    last = error["stack_trace"].strip().splitlines()[-1]
                    raise OrchestrationError(
                        f"Airflow cannot import {file.name}: {last}",
                        "Mend the file, and write it again.",
                    )
            try:
                found = self.get(f"dags/{quote(dag_id)}")
            except OrchestrationError:
                return None
            parsed = found.get("last_parsed_time")
            return found if parsed and _seconds(parsed) > written and found["is_active"] else None

        with progress.working(f"Airflow reads {dag_id}"):
            return wait(look, f"The scheduler has not found a DAG {dag_id!r}", seconds, self)

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run of a DAG.

        Args:
            dag_id: Its name.
            conf: What the run is told; its tasks find it as ``dag_run.conf``.

        Returns:
            The run's id.

        Raises:
            OrchestrationError: If there is no such DAG.
        """
        return self.ask("POST", f"dags/{quote(dag_id)}/dagRuns", {"conf": dict(conf or {})})[
            "dag_run_id"
        ]

    def tasks(self, dag_id: str, run_id: str) -> dict[str, dict[str, Any]]:
        """Return what Airflow has of the tasks of a run.

        Args:
            dag_id: The DAG.
            run_id: Its run.

        Returns:
            What ``taskInstances`` answers, by the task's id: ``state``, ``try_number``, ``start_date`` and so on.
        """
        found = self.get(f"dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances")
        return {task["task_id"]: task for task in found["task_instances"]}

    def state(self, dag_id: str, run_id: str) -> str:
        """Return the state of a run: ``queued``, ``running``, ``success`` or ``failed``.

        Args:
            dag_id: The DAG.
            run_id: Its run.
        """
        return self.get(f"dags/{quote(dag_id)}/dagRuns/{quote(run_id)}")["state"]

    def log(self, dag_id: str, run_id: str, task_id: str, attempt: int = 1) -> str:
        """Return the log of one attempt at a task, as the web pages show it.

        Args:
            dag_id: The DAG.
            run_id: Its run.
            task_id: The task.
            attempt: The attempt's number, from 1.
        """
        folder = self.home / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task_id}"
        return (folder / f"attempt={attempt}.log").read_text("utf-8", errors="replace")

    def stop(self) -> None:
        """End its processes; what it knows stays in its home, and the next start finds it."""
        self.scheduler.stop()
        self.webserver.stop()
        self.database.stop()
        _RUNNING.pop(self.home, None)
        claims.release(_lock(self.home))

    def __str__(self) -> str:
        lines = "\n".join(f"  {command}" for command in self.commands)
        return (
            f"Airflow's pages are at {self.url}; log in as {USER} with the password {self.password}\n"
            f"It looks for DAG files in {self.dags}\nStarted by these commands, with AIRFLOW_HOME={self.home}:\n{lines}"
        )


_RUNNING: dict[Path, Airflow] = {}


def start(home: Path, dags: Path | None = None) -> Airflow:
    """Start Airflow on a home of its own, on this machine's loopback address only.

    The first time, this makes its database. Where this process runs one on that home already, that one is returned.

    Args:
        home: ``AIRFLOW_HOME``, made where it is missing; it belongs below the build folder or the store.
        dags: The folder in which it looks for DAG files; ``dags`` in its home by default.

    Returns:
        The running Airflow; a context manager that stops it.

    Raises:
        OrchestrationError: If it cannot be installed, as without a network the first time, or does not start, or
            another process runs one on that home.
        utils.folders.FolderError: If nothing can be written into the home.
    """
    home = folders.make(home.absolute())
    dags = folders.make((dags or home / "dags").absolute())
    mine = _RUNNING.get(home)
    if mine is not None and mine.scheduler.alive() and mine.webserver.alive():
        return mine
    if mine is not None:
        mine.stop()
    install()
    lock = _lock(home)
    if not claims.claim(lock, seconds=20):  # one that has just been killed may still be ending
        raise OrchestrationError(
            f"Another notebook runs Airflow on {home} already.",
            "Shut down the other notebook's kernel, and run this cell again.",
        )
    try:
        _RUNNING[home] = _start(home, dags)
    except ServiceError as error:
        claims.release(lock)
        raise OrchestrationError(error.what, error.cure) from error
    except BaseException:
        claims.release(lock)
        raise
    return _RUNNING[home]


def _lock(home: Path) -> Path:
    """Return the file that is locked while Airflow runs on a home."""
    return home / "start.lock"


def install() -> Path:
    """Install Airflow with TFX into their side environment, unless they are there.

    Returns:
        The environment's folder.

    Raises:
        OrchestrationError: If they cannot be installed, as without a network the first time.
    """
    return side_environments.install(
        ENVIRONMENT, "Apache Airflow", "3.5 GB, most of it TFX once more,", OrchestrationError
    )


def wait(look: Callable[[], Any], what: str, seconds: float, server: Airflow | None = None) -> Any:
    """Look again and again until something is there.

    Args:
        look: Returns what is waited for; a false value means not yet.
        what: What is wrong when it never comes, for the message.
        seconds: How long to wait at most.
        server: The Airflow that is to stay alive meanwhile.

    Returns:
        What ``look`` returned.

    Raises:
        OrchestrationError: If it does not come in time, or the scheduler has ended.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if server and not server.scheduler.alive():
            raise OrchestrationError(
                f"{what}: the scheduler has ended. Its log ends with:\n{server.scheduler.tail()}",
                "Run the cell that starts Airflow again.",
            )
        if time.monotonic() > deadline:
            raise OrchestrationError(
                f"{what} after {seconds:g} s.",
                f"Look into the scheduler's log{f', {server.scheduler.log}' if server else ''}.",
            )
        time.sleep(POLL_SECONDS)
    return found


def _start(home: Path, dags: Path) -> Airflow:
    database = postgres.start(home / "database", DATABASE)
    try:
        return _start_on(database, home, dags)
    except BaseException:
        database.stop()
        raise


def _start_on(database: postgres.Database, home: Path, dags: Path) -> Airflow:
    settings = folders.make(home / "config") / "airflow_local_settings.py"
    with atomic_text(settings) as file:
        file.write(PRELOADED)
    variables = _variables(home, dags, database)
    password = _secret(home / "password")
    user = ["users", "create", "--role", "Admin", "--username", USER, "--firstname", "A", "--lastname", "Reader",
            "--email", "reader@localhost", "--password"]  # fmt: skip
    commands = [["db", "migrate"], [*user, "…"]]
    done = home / "database" / "migrated"
    if not done.exists():
        with progress.working("Airflow's database"):
            _run(["db", "migrate"], home, variables)
            _run([*user, password], home, variables)
        done.touch()
    scheduler = services.start(
        "Airflow scheduler",
        ["airflow", "scheduler", "--skip-serve-logs"],
        ready=lambda service: True,  # the web server says when it is
        env={**variables, "WORKBOOK_PRELOAD": "1"},
        cwd=home,
        side_environment=ENVIRONMENT,
        stop_seconds=15,
    )

    def line(service: Service) -> list[str]:
        return ["airflow", "webserver", "--hostname", services.HOST, "--port", str(service.ports["web"]),
                "--pid", str(service.folder / "webserver.pid")]  # fmt: skip

    try:
        webserver = services.start(
            "Airflow",
            line,
            ports=["web"],
            ready=lambda service: _healthy(service, scheduler),
            env=variables,
            cwd=home,
            side_environment=ENVIRONMENT,
            seconds=240,
        )
    except BaseException:
        scheduler.stop()
        raise
    commands += [["scheduler", "--skip-serve-logs"], line(webserver)[1:6]]
    shown = tuple(shlex.join(["airflow", *command]).replace("'…'", "…") for command in commands)
    return Airflow(home, dags, database, scheduler, webserver, password, shown)


def _healthy(webserver: Service, scheduler: Service) -> bool:
    """Tell whether both answer; OSError where the web server does not yet."""
    if not scheduler.alive():
        raise ServiceError(
            f"Airflow's scheduler has ended. Its log ends with:\n{scheduler.tail()}",
            f"Mend what it complains about. The whole log is {scheduler.log}.",
        )
    address = f"http://{services.HOST}:{webserver.ports['web']}/health"
    with services.open_url(address, 10) as answer:
        health = json.load(answer)
    # A scheduler that was killed a moment ago left a heartbeat behind, too: this one has to have written its own.
    beat = health["scheduler"]["latest_scheduler_heartbeat"]
    return (
        bool(beat)
        and _seconds(beat) > _began(scheduler)
        and health["scheduler"]["status"] == "healthy"
    )


def _began(service: Service) -> float:
    import psutil

    return psutil.Process(service.pid).create_time()


def _variables(home: Path, dags: Path, database: postgres.Database) -> dict[str, str]:
    """Return the environment variables of all of Airflow's processes."""
    where = f"{database.user}:{database.password}@{database.host}:{database.port}/{database.name}"
    own = {
        **SETTINGS,
        "CORE__DAGS_FOLDER": str(dags),
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{where}",
        "WEBSERVER__SECRET_KEY": _secret(home / "secret_key"),
    }
    return {
        **_QUIET,
        **{f"AIRFLOW__{name}": value for name, value in own.items()},
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(paths.ROOT),
    }


def _secret(file: Path) -> str:
    """Return the secret in a file that only its owner can read; made where it is missing."""
    if not file.exists() or not file.stat().st_size:
        with atomic_path(file, mode=0o600) as part:
            part.write_text(secrets.token_urlsafe(16), "utf-8")
    return file.read_text("utf-8")


def _run(arguments: Iterable[str], home: Path, variables: Mapping[str, str]) -> None:
    try:
        side_environments.run(ENVIRONMENT, ["airflow", *arguments], home, variables)
    except RuntimeError as error:
        raise OrchestrationError(
            f"Airflow's database cannot be made: {error}", f"Delete {home} to begin anew."
        ) from error


def _seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()
