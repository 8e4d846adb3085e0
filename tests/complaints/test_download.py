"""Downloads from a real server on the loopback interface that interrupts, refuses and lies."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import disks
from utils.complaints.download import download
from utils.complaints.errors import ComplaintsError

BODY = b"".join(b"%d,row\n" % n for n in range(200_000))


@dataclass
class Server:
    """What the server does, and what it was asked."""

    url: str = ""
    body: bytes = BODY
    etag: str = '"one"'
    ranges: bool = True
    length: bool = True
    total: bool = True
    kind: str = "text/csv"
    cut: list[int | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            state.asked.append(wanted)
            state.paths.append(self.path)
            status = state.statuses.pop(0) if state.statuses else 200
            if status != 200:
                self.send_error(status)
                return
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/file.csv")
                self.end_headers()
                return
            start = 0
            same = self.headers.get("If-Range") in (None, state.etag)
            if wanted and state.ranges and same:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                if start >= len(state.body):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(state.body)}")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(206)
                end = f"{len(state.body) - 1}/{len(state.body) if state.total else '*'}"
                self.send_header("Content-Range", f"bytes {start}-{end}")
            else:
                self.send_response(200)
            if state.etag:
                self.send_header("ETag", state.etag)
            self.send_header("Content-Type", state.kind)
            if state.length:
                self.send_header("Content-Length", str(len(state.body) - start))
            part = state.body[start:]
            cut = state.cut.pop(0) if state.cut else None  # before the client can go on
            self.end_headers()
            self.wfile.write(part if cut is None else part[:cut])

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{running.server_port}/file.csv"
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield state
    running.shutdown()
    running.server_close()
    thread.join()


def get(server: Server, target: Path, **options: object) -> int:
    settings: dict[str, object] = {"pause": 0.0, "progress": False, "timeout": 10.0, **options}
    result = download(server.url, target, **settings)  # type: ignore[arg-type]
    assert result.path == target
    assert target.read_bytes() == server.body
    assert result.sha256 == hashlib.sha256(server.body).hexdigest()
    assert left(target) == [target.name]
    return result.resumed


def left(target: Path) -> list[str]:
    return sorted(p.name for p in target.parent.iterdir() if not p.name.endswith(".lock"))


def test_a_file_arrives_whole(server: Server, tmp_path: Path) -> None:
    digest = hashlib.sha256(BODY).hexdigest()
    assert get(server, tmp_path / "new" / "f.csv", sha256=digest, size=len(BODY)) == 0
    assert server.asked == [""]


def test_redirections_are_followed(server: Server, tmp_path: Path) -> None:
    server.url = server.url.replace("/file.csv", "/moved")
    get(server, tmp_path / "f.csv")


def test_an_interrupted_download_goes_on_in_the_same_call(server: Server, tmp_path: Path) -> None:
    server.cut = [300_000, 500_000, None]
    get(server, tmp_path / "f.csv")
    assert server.asked == ["", "bytes=300000-", "bytes=800000-"]


def test_an_interrupted_download_goes_on_in_a_later_call(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "f.csv"
    server.cut = [300_000]
    with pytest.raises(ComplaintsError, match="300,000 bytes received are kept"):
        get(server, target, attempts=1)
    assert left(target) == ["f.csv.part", "f.csv.part.json"]
    assert not target.exists()
    assert get(server, target) == 300_000
    assert server.asked[-1] == "bytes=300000-"


def test_a_changed_file_starts_again(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "f.csv"
    server.cut = [300_000]
    with pytest.raises(ComplaintsError):
        get(server, target, attempts=1)
    server.body, server.etag = BODY[::-1], '"two"'
    get(server, target)


def test_a_file_of_another_size_without_etag_starts_again(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "f.csv"
    server.etag, server.cut = "", [300_000]
    with pytest.raises(ComplaintsError):
        get(server, target, attempts=1)
    server.body = BODY + b"more\n"
    get(server, target)
    assert server.asked == ["", "bytes=300000-", ""]


def test_a_server_without_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    server.ranges, server.cut = False, [300_000, None]
    get(server, tmp_path / "f.csv")


def test_another_address_does_not_continue_the_old_file(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "f.csv"
    server.cut = [300_000]
    with pytest.raises(ComplaintsError):
        get(server, target, attempts=1)
    server.url += "?other"
    assert get(server, target) == 0
    assert server.asked[-1] == ""


def test_a_part_that_is_already_whole_is_accepted(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "f.csv"
    (tmp_path / "f.csv.part").write_bytes(BODY)
    notes = {"url": server.url, "validator": server.etag, "total": len(BODY)}
    (tmp_path / "f.csv.part.json").write_text(json.dumps(notes))
    get(server, target)


def test_damaged_notes_are_thrown_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / "f.csv.part").write_bytes(b"old")
    (tmp_path / "f.csv.part.json").write_text("{")
    get(server, tmp_path / "f.csv")


def test_a_file_of_unknown_length_is_accepted(server: Server, tmp_path: Path) -> None:
    server.length = False
    get(server, tmp_path / "f.csv")


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.statuses = [503, 429, 200]
    get(server, tmp_path / "f.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statuses": [404]}, "answers 404 Not Found: check the address"),
        ({"statuses": [500] * 9}, "in 3 attempts .the server answers 500"),
        (
            {"kind": "text/html", "body": b"<html>sorry</html>"},
            "sent a page .text/html: <html>sorry",
        ),
        ({"kind": "application/json", "body": b'{"detail": 1}'}, 'sent a page .*"detail": 1'),
        ({"body": b"\n <!DOCTYPE html>busy"}, "it is a web page and not the file"),
        ({"body": b""}, "it is empty"),
    ],
)
def test_what_is_not_the_file_is_refused(
    server: Server, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    target = tmp_path / "f.csv"
    target.write_bytes(b"an older file")
    with pytest.raises(ComplaintsError, match=message):
        get(server, target, attempts=3)
    assert target.read_bytes() == b"an older file"
    assert left(target) == ["f.csv"]


def test_a_wrong_checksum_or_size_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match=f"SHA-256 is .* and should be {'0' * 64}"):
        get(server, tmp_path / "f.csv", sha256="0" * 64)
    with pytest.raises(ComplaintsError, match=f"has {len(BODY):,} bytes and should have 5"):
        get(server, tmp_path / "f.csv", size=5)
    assert left(tmp_path / "f.csv") == []


def test_a_server_that_is_not_there_is_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match="check the network, or work with the generated"):
        download(
            "http://127.0.0.1:9/f.csv", tmp_path / "f.csv", attempts=2, pause=0.0, progress=False
        )


def test_other_letters_in_an_address_are_quoted(server: Server, tmp_path: Path) -> None:
    server.url = server.url.replace("/file.csv", "/für alle%20.csv?größe=1")
    get(server, tmp_path / "f.csv")
    assert server.paths == ["/f%C3%BCr%20alle%20.csv?gr%C3%B6%C3%9Fe=1"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hosts",
        "ftp://127.0.0.1/x",
        "complaints.csv",
        "https:///x.csv",
        "https://files.consumerfinance..gov/x.csv",
        "http://[::1/x",
        "http://127.0.0.1:99999/x",
    ],
)
def test_only_web_addresses_are_fetched(url: str, tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match="no http or https address"):
        download(url, tmp_path / "f.csv")


@pytest.mark.parametrize("length", [True, False])
def test_a_server_that_does_not_say_the_total_size_goes_on(
    server: Server, tmp_path: Path, length: bool
) -> None:
    target = tmp_path / "f.csv"
    server.total, server.length = False, length
    target.with_name("f.csv.part").write_bytes(BODY[:300_000])
    notes = {"url": server.url, "validator": server.etag, "total": len(BODY) if length else None}
    target.with_name("f.csv.part.json").write_text(json.dumps(notes))
    assert get(server, target) == 300_000
    assert server.asked == ["bytes=300000-"]


def test_without_a_proof_that_it_is_the_same_file_it_starts_again(
    server: Server, tmp_path: Path
) -> None:
    server.etag, server.total, server.cut = "", False, [300_000]
    get(server, tmp_path / "f.csv")
    assert server.asked == ["", "bytes=300000-", ""]


def test_only_the_missing_rest_must_find_room(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, free = tmp_path / "f.csv", len(BODY) - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(0, 0, free))
    with pytest.raises(ComplaintsError, match=r"The download needs 0\.0 GB and .* make room"):
        get(server, target)
    assert left(target) == []
    server.cut, free = [300_000], len(BODY)
    with pytest.raises(ComplaintsError, match="300,000 bytes received are kept"):
        get(server, target, attempts=1)
    free = len(BODY) - 300_001
    with pytest.raises(ComplaintsError, match="make room"):
        get(server, target)
    free = len(BODY) - 300_000
    assert get(server, target) == 300_000


@pytest.fixture
def hole() -> Iterator[int]:
    """A port at which connections are taken, and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_network_that_swallows_everything_is_given_up(hole: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{hole}/f.csv"
    with pytest.raises(
        ComplaintsError, match=r"in 2 attempts \(timed out\): check the network, or"
    ):
        download(url, tmp_path / "f.csv", timeout=0.2, pause=0.0, progress=False)
    assert left(tmp_path / "f.csv") == []


@pytest.mark.parametrize("swallows", [True, False])
def test_a_proxy_in_the_way_is_named(
    server: Server, hole: int, swallows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"127.0.0.1:{hole if swallows else 9}"
    for name in ("http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@{place}")
    with pytest.raises(
        ComplaintsError, match=f"and the proxy {place}, which HTTP_PROXY names"
    ) as it:
        get(server, tmp_path / "f.csv", attempts=2, timeout=0.2)
    assert "secret" not in str(it.value)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    get(server, tmp_path / "f.csv")


def test_a_disk_that_fills_up_is_named_and_the_rest_comes_later(
    server: Server, tmp_path: Path
) -> None:
    target = tmp_path / "f.csv"
    with (
        disks.room(1_000_000),
        pytest.raises(ComplaintsError, match=r"f\.csv\.part cannot be written: .* make room"),
    ):
        get(server, target)
    assert server.asked == [""], "the server is not asked again for what cannot be kept"
    assert 0 < get(server, target) <= 1_000_000
