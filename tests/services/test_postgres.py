"""PostgreSQL as a service, really started, with ML Metadata as its client."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2 as mlmd

from tests.services.programs import python, wait_until
from utils import paths, side_environments
from utils.environments.decisions import SetupError
from utils.environments.machine import Machine
from utils.services import ServiceError, postgres, watcher

WRITER = """
import sys
from tests.services.test_postgres import write
port, password, name = int(sys.argv[1]), *sys.argv[2:]
write(port, password, "connected " + name)
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    write(port, password, "writer " + name)
"""

KERNEL = """
import sys, time
from pathlib import Path
from tests.services.test_postgres import write
from utils.services import postgres
database = postgres.start(Path(sys.argv[1]))
write(database.port, database.password, "before the end")
print(database.service.pid, database.port, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module", autouse=True)
def _installed():
    try:
        postgres.install()
    except ServiceError as error:
        pytest.skip(f"needs PostgreSQL: {error.what}")


@pytest.fixture(scope="module")
def database(tmp_path_factory, _installed):
    with postgres.start(tmp_path_factory.mktemp("team")) as running:
        yield running


def connect(port: int, password: str, user: str = postgres.USER) -> MetadataStore:
    config = mlmd.ConnectionConfig()
    config.postgresql.host = "127.0.0.1"
    config.postgresql.port = str(port)
    config.postgresql.user = user
    config.postgresql.password = password
    config.postgresql.dbname = postgres.NAME
    return MetadataStore(config)


_STORES: dict[str, MetadataStore] = {}


def write(port: int, password: str, who: str) -> int:
    """Publish one execution."""
    store = _STORES.get(password) or _STORES.setdefault(password, connect(port, password))
    kind = store.put_execution_type(mlmd.ExecutionType(name=who))
    (made,) = store.put_executions([mlmd.Execution(type_id=kind, last_known_state="COMPLETE")])
    return made


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or watcher.ended(psutil.Process(pid))


def servers(folder: Path) -> list[psutil.Process]:
    """The processes of PostgreSQL that work on a folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(folder / f"postgres-{postgres.VERSION}" / "data") in (process.info["cmdline"] or [])
    ]


def test_it_listens_on_this_machine_only_and_hides_its_password(database):
    process = psutil.Process(database.service.pid)
    assert {held.laddr for held in process.net_connections("inet")} == {
        ("127.0.0.1", database.port)
    }
    assert process.net_connections("unix") == []
    assert process.uids().effective != 0
    assert database.password not in repr(database)
    assert (
        repr(database)
        == f"<PostgreSQL 18 on 127.0.0.1:{database.port}, database ml_metadata, user team>"
    )
    assert (database.folder / "postgres-18" / "password").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("user", "password", "reason"),
    [
        ("team", "guessed", 'password authentication failed for user "team"'),
        ("postgres", "", 'no pg_hba.conf entry for host "127.0.0.1", user "postgres"'),
    ],
)
def test_nobody_else_gets_in(database, user, password, reason):
    with pytest.raises(RuntimeError, match="connection pointer is NULL"):
        connect(database.port, password, user)
    wait_until(lambda: reason in database.log(), "the server's reason")


def test_two_writers_at_once(database):
    connect(database.port, database.password)  # makes the tables, which two must not do at once
    writers = [
        subprocess.Popen(
            python(WRITER, str(database.port), database.password, name),
            cwd=paths.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        print(file=writer.stdin, flush=True)
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    store = connect(database.port, database.password)
    made = [store.get_executions_by_type(f"writer {name}") for name in ("one", "two")]
    assert [len(found) for found in made] == [40, 40]
    assert len({one.id for found in made for one in found}) == 80


def test_the_same_folder_is_the_same_server(database):
    service = database.service
    assert {postgres.start(database.folder).service} == {service}
    assert service is not None
    code = (
        "import sys\nfrom pathlib import Path\nfrom utils.services import postgres\n"
        "with postgres.start(Path(sys.argv[1])) as found: print(found.port, found)"
    )
    line = python(code, str(database.folder))
    done = subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{database.port} ")
    assert "started by another process" in done.stdout
    assert service.alive()


def test_nothing_is_left_of_a_killed_process_but_its_records(tmp_path):
    kernel = subprocess.Popen(
        python(KERNEL, str(tmp_path)), cwd=paths.ROOT, stdout=subprocess.PIPE, text=True
    )
    assert kernel.stdout is not None
    pid, port = map(int, kernel.stdout.readline().split())
    family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    assert len(family) > 3
    os.kill(kernel.pid, signal.SIGKILL)
    kernel.wait()
    kernel.stdout.close()
    wait_until(lambda: all(map(gone, family)), "the server's end")
    assert servers(tmp_path) == []
    with postgres.start(tmp_path) as database:
        assert database.port != port
        store = connect(database.port, database.password)
        assert len(store.get_executions_by_type("before the end")) == 1


def test_what_was_half_made_is_made_anew_and_what_a_killed_server_leaves_starts_again(tmp_path):
    half = tmp_path / "postgres-18.part"
    half.mkdir()
    (half / "password").write_text("old")
    database = postgres.start(tmp_path)
    assert database.password != "old"
    assert not half.exists()
    service = database.service
    assert service is not None
    write(database.port, database.password, "survivor")
    os.kill(service.pid, signal.SIGKILL)
    wait_until(lambda: not service.alive(), "its end")
    stale = tmp_path / "postgres-18" / "data" / "postmaster.pid"
    lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")  # somebody has its number
    with postgres.start(tmp_path) as again:
        assert again.service is not service
        store = connect(again.port, again.password)
        assert len(store.get_executions_by_type("survivor")) == 1


def test_a_password_that_is_gone(tmp_path):
    (tmp_path / "postgres-18").mkdir()
    with pytest.raises(ServiceError, match=r"password .* cannot be read") as caught:
        postgres.start(tmp_path)
    assert f"delete {tmp_path}" in caught.value.cure


def test_without_a_network_the_message_says_so(monkeypatch):
    def offline(name):
        raise SetupError("The network was not reached.")

    monkeypatch.setattr(side_environments, "ensure", offline)
    with pytest.raises(ServiceError, match=r"(?s)network was not reached.*Connect to a network"):
        postgres.install()


def test_a_c_library_that_is_too_old(monkeypatch):
    monkeypatch.setattr(postgres.machine, "look", lambda _: Machine(glibc=(2, 17)))
    with pytest.raises(ServiceError, match=r"C library is 2\.17, and the package needs 2\.28"):
        postgres.install()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them")
def test_root_runs_it_as_somebody_else(monkeypatch, tmp_path):
    closed = tmp_path / "closed"
    (closed / "inner").mkdir(parents=True)
    closed.chmod(0o700)
    found = list(postgres._closed([closed / "inner" / "data"], user=12345))
    assert found[-1] == closed
    programs = postgres.install()
    monkeypatch.setattr(postgres, "_closed", lambda *_: iter(()))
    assert not any("caps" in word for word in postgres._as_somebody_else(programs, closed))
    monkeypatch.setattr(postgres, "_closed", lambda *_: iter(found))
    monkeypatch.setattr(postgres, "_capability", lambda: "dac_override")
    assert "--ambient-caps=-all,+dac_override" in postgres._as_somebody_else(programs, closed)
    monkeypatch.setattr(postgres, "_capability", lambda: None)
    with pytest.raises(ServiceError, match=r"(?s)may not enter .*chmod o\+x") as caught:
        postgres._as_somebody_else(programs, closed)
    assert str(found[0]) in caught.value.cure
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ServiceError, match=r"(?s)lacks the program setpriv .*ordinary user"):
        postgres._as_somebody_else(programs, closed)


def test_files_that_cannot_be_given_away(monkeypatch, tmp_path):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(ServiceError, match="cannot be given to the user 'nobody'") as caught:
        postgres._give_away(tmp_path)
    assert "WORKBOOK_STORE" in caught.value.cure


def test_what_postgres_complains_about_is_quoted(tmp_path):
    with pytest.raises(ServiceError, match=r"(?s)could not make its files.*no such database"):
        postgres._call(python("print('no such database'); raise SystemExit(1)"))
    with pytest.raises(ServiceError, match="syntax"):
        postgres._call(python("print('x ERROR:  syntax error')"))
