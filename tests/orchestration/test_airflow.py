"""What is said where Airflow does not start, or something else answers; the running one is tried with the notebook."""

from __future__ import annotations

import http.server
import threading
from types import SimpleNamespace

import pytest

from tests import disks
from utils.files import FileError
from utils.orchestration import airflow, views
from utils.orchestration.errors import OrchestrationError


@pytest.fixture
def asked():
    """A program that is no Airflow: what it was asked, and an Airflow that asks it."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Hello</html>")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        web = SimpleNamespace(ports={"web": server.server_port})
        yield paths, airflow.Airflow(None, None, None, None, web, "secret", ())
        server.shutdown()


def test_what_is_no_answer_of_airflow_is_told(asked):
    paths, server = asked
    with pytest.raises(OrchestrationError, match="GET version cannot be asked of http://"):
        server.get("version")
    for path in ("dags/with blanks", "dags/f\u00fcr"):
        with pytest.raises(OrchestrationError, match="Quote the names in the path"):
            server.get(path)
    with pytest.raises(OrchestrationError, match="cannot be asked"):
        views.dag(server, "with blanks/f\u00fcr")
    assert paths == ["/api/v1/version", "/api/v1/dags/with%20blanks%2Ff%C3%BCr/tasks"]


def test_a_secret_is_whole_and_its_owner_s(tmp_path):
    file = tmp_path / "password"
    file.touch()
    secret = airflow._secret(file)
    assert len(secret) > 16, "an empty file is none"
    assert file.stat().st_mode & 0o777 == 0o600
    assert airflow._secret(file) == secret


def test_a_full_disk_leaves_no_secret(tmp_path):
    file = tmp_path / "password"
    with pytest.raises(FileError, match="cannot be written"), disks.room(8):
        airflow._secret(file)
    assert list(tmp_path.iterdir()) == []
    assert len(airflow._secret(file)) > 16


def test_the_database_ends_with_a_start_that_fails(tmp_path, monkeypatch):
    stopped: list[bool] = []
    database = SimpleNamespace(
        user="u", password="p", host="h", port=1, name="n", stop=lambda: stopped.append(True)
    )
    monkeypatch.setattr(airflow.postgres, "start", lambda *_: database)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(airflow.side_environments, "run", fails)
    with pytest.raises(OrchestrationError, match="Airflow's database cannot be made: no room"):
        airflow._start(tmp_path, tmp_path)
    (tmp_path / "database").mkdir()
    (tmp_path / "database" / "migrated").touch()
    monkeypatch.setattr(airflow.services, "start", fails)
    with pytest.raises(RuntimeError):
        airflow._start(tmp_path, tmp_path)
    assert stopped == [True, True]
