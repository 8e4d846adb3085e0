"""Downloads that never leave half a file: streamed, resumed, checked, then put in place.

Pooch would fetch and check them too, but it begins a broken download again from its first byte.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import string
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from utils import folders
from utils.complaints.errors import ComplaintsError
from utils.environments import proxies
from utils.files import FileError, atomic_text, check_target

_BLOCK = 1 << 18
_AGENT = "tfx-workbook (complaints loader)"
SILENT = 2
"""So many attempts to which nothing at all is answered are enough; each lasts as long as ``timeout``."""

_PASSING = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Download:
    """A finished download.

    Attributes:
        path: The file.
        size: Its size in bytes.
        resumed: Bytes that an earlier, interrupted download had left.
        sha256: SHA-256 of the file.
    """

    path: Path
    size: int
    resumed: int
    sha256: str


@dataclass
class _Part:
    """The unfinished file and what is known of the one it will become."""

    file: Path
    notes: Path
    url: str
    validator: str = ""
    total: int | None = None

    @classmethod
    def of(cls, target: Path, url: str) -> _Part:
        """Find what an earlier attempt left for the same address; anything else is dropped."""
        part = cls(
            target.with_name(target.name + ".part"),
            target.with_name(target.name + ".part.json"),
            url,
        )
        try:
            notes = json.loads(part.notes.read_text(encoding="utf-8"))
            same = notes["url"] == url
        except (OSError, ValueError, KeyError, TypeError):
            same = False
        if same and part.file.exists():
            part.validator = str(notes.get("validator") or "")
            total = notes.get("total")
            part.total = total if isinstance(total, int) else None
        else:
            part.drop()
        return part

    @property
    def size(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    def note(self) -> None:
        with atomic_text(self.notes) as file:
            json.dump({"url": self.url, "validator": self.validator, "total": self.total}, file)

    def drop(self) -> None:
        self.file.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)
        self.validator, self.total = "", None


def _validator(headers: Any) -> str:
    """Return what proves that a file on the server is still the same: its ETag if strong, or its date."""
    tag = str(headers.get("ETag") or "")
    return tag if tag and not tag.startswith("W/") else str(headers.get("Last-Modified") or "")


def _open(part: _Part, timeout: float) -> Any:
    """Ask for the file, or for its rest where the server can prove that it is the same file."""
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    if part.size and (part.validator or part.total):
        headers["Range"] = f"bytes={part.size}-"
        if part.validator:
            headers["If-Range"] = part.validator
    # One of its own, as the one that urlopen keeps never hears of a proxy that is set, or taken away, later.
    opener = urllib.request.build_opener()
    return opener.open(urllib.request.Request(part.url, headers=headers), timeout=timeout)


def _begin(part: _Part, answer: Any) -> int:
    """Decide from the answer's headers where its first byte belongs, and return that position."""
    length = answer.headers.get("Content-Length")
    size = int(length) if length and length.isdigit() else None
    if answer.status == 206:
        match = re.fullmatch(
            r"bytes (\d+)-(\d+)/(\d+|\*)", answer.headers.get("Content-Range", "").strip()
        )
        unsaid = part.total if part.validator else None
        total = int(match[3]) if match and match[3] != "*" else unsaid
        if match and int(match[1]) == part.size and part.total in (None, total):
            part.total = total
            return part.size
        raise _ChangedError
    part.drop()
    part.validator, part.total = _validator(answer.headers), size
    return 0


class _ChangedError(Exception):
    """The file on the server is not the one that was begun."""


def _receive(part: _Part, answer: Any, progress: Any) -> None:
    """Append an answer's body to the unfinished file."""
    start = _begin(part, answer)
    if part.total is not None:
        free = shutil.disk_usage(part.file.parent).free
        if part.total - start > free:
            raise ComplaintsError(
                f"The download needs {(part.total - start) / 1e9:.1f} GB and {part.file.parent} "
                f"has only {free / 1e9:.1f} GB left: make room, or set WORKBOOK_BUILD to "
                "another disk."
            )
    part.note()
    progress.total = part.total
    progress.n = start
    progress.refresh()
    with part.file.open("ab" if start else "wb") as file:
        while block := answer.read(_BLOCK):
            file.write(block)
            progress.update(len(block))


def download(
    url: str,
    target: Path | str,
    *,
    sha256: str | None = None,
    size: int | None = None,
    attempts: int = 5,
    timeout: float = 60.0,
    pause: float = 1.0,
    progress: bool = True,
) -> Download:
    """Download a file; an interrupted download goes on where it stopped, even in a later call.

    The file is received beside its target as ``….part`` and renamed when its length, and its
    checksum where one is known, are right.

    Args:
        url: Address, http or https.
        target: The file to write.
        sha256: Expected SHA-256 in hexadecimal, where known.
        size: Expected size in bytes, where known.
        attempts: How often to try before giving up; what was received is kept. A network that swallows everything is
            given up after :data:`SILENT`.
        timeout: Seconds to wait for the server to answer or go on.
        pause: Seconds before the second attempt, doubled for each further one.
        progress: Whether to show a progress bar.

    Returns:
        The finished download.

    Raises:
        ComplaintsError: If the server cannot be reached, refuses, sends a page in place of the
            file, or the file is not the expected one.
        utils.files.FileError: If the target cannot be written.
        utils.folders.FolderError: If its folder cannot.
    """
    target, url = Path(target), _address(url)
    from filelock import FileLock
    from tqdm.std import tqdm

    check_target(target)
    folders.make(target.parent)
    with FileLock(target.with_name(f".{target.name}.lock")):
        part = _Part.of(target, url)
        resumed = part.size
        bar = tqdm(
            desc=target.name, unit="B", unit_scale=True, unit_divisor=1000, disable=not progress
        )
        with bar:
            _fetch(part, attempts, timeout, pause, bar)
        return _finish(part, target, sha256, size, resumed)


def _address(url: str) -> str:
    """Return an address as a server is asked for it, with what is no ASCII in it quoted; refuse what is none."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        host = b""
    if not host or parts.scheme not in ("http", "https"):
        raise ComplaintsError(f"{url!r} is no http or https address: give the address of the file.")
    path, query = (quote(part, safe=string.punctuation) for part in (parts.path, parts.query))
    return parts._replace(path=path, query=query).geturl()


def _fetch(part: _Part, attempts: int, timeout: float, pause: float, bar: Any) -> None:
    """Receive until the file is complete or the attempts are used up."""
    problem, silent, last = "the connection closed early", 0, 0
    for attempt in range(attempts):
        before, last = part.size, attempt
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            with _open(part, timeout) as answer:
                _refuse_pages(part.url, answer)
                _receive(part, answer, bar)
        except FileError:
            raise
        except _ChangedError:
            part.drop()
            problem = "the file on the server changed"
            continue
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416:
                if part.total is not None and part.size == part.total:
                    return
                part.drop()
                problem = "the server no longer has the rest of the file"
                continue
            if error.code not in _PASSING:
                raise ComplaintsError(
                    f"{part.url} answers {error.code} {error.reason}: check the address, or "
                    "fetch the file with a browser and convert your copy."
                ) from error
            problem = f"the server answers {error.code} {error.reason}"
            continue
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", "")
            if getattr(error, "errno", None) in folders.UNWRITABLE and not reason:
                raise _cannot_keep(part, error) from error
            problem = str(reason or error) or type(error).__name__
            late = isinstance(error, TimeoutError) or isinstance(reason, TimeoutError)
            bar.set_postfix_str(problem)
            if late and part.size == before:
                silent += 1
                if silent == SILENT:
                    break
            continue
        if part.total is None or part.size >= part.total:
            return
        problem = f"{part.size:,} of {part.total:,} bytes arrived"
    kept = (
        f"; the {part.size:,} bytes received are kept and the next call goes on from there"
        if part.size
        else ""
    )
    raise ComplaintsError(
        f"{part.url} could not be downloaded in {last + 1} attempts ({problem}){kept}: "
        f"check the network{_proxy(part.url)}, or work with the generated complaints, which need none."
    )


def _cannot_keep(part: _Part, error: Exception) -> ComplaintsError:
    """Return the error for bytes that arrive and cannot be written."""
    return ComplaintsError(
        f"{part.file} cannot be written: {os.strerror(getattr(error, 'errno', 0) or 0)}. The {part.size:,} bytes "
        "received are kept: make room, or make the folder writable, and call this again."
    )


def _proxy(url: str) -> str:
    """Return the words that name the proxy of an address; empty where it is asked without one."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    variable = f"{parts.scheme}_proxy"
    env = {name: value for name, value in os.environ.items() if name.lower() == variable}
    proxy = proxies.named(env)
    return f" and the proxy {proxy}" if proxy else ""


def _refuse_pages(url: str, answer: Any) -> None:
    """Refuse an answer that calls itself a web page or JSON."""
    kind = answer.headers.get_content_type()
    if kind in ("text/html", "application/json", "application/xhtml+xml"):
        excerpt = " ".join(answer.read(200).decode("utf-8", "replace").split())[:80]
        raise ComplaintsError(
            f"{url} sent a page ({kind}: {excerpt}) in place of the file: try again later, "
            "or fetch the file with a browser and convert your copy."
        )


def _finish(
    part: _Part, target: Path, sha256: str | None, size: int | None, resumed: int
) -> Download:
    """Check the received file and put it in place."""
    digest = hashlib.sha256()
    with part.file.open("rb") as file:
        start = file.read(512)
        file.seek(0)
        while block := file.read(_BLOCK):
            digest.update(block)
    received, found = part.size, digest.hexdigest()
    problem = ""
    if not received:
        problem = "it is empty"
    elif start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        problem = "it is a web page and not the file"
    elif part.total is not None and received != part.total:
        problem = f"it has {received:,} bytes and the server announced {part.total:,}"
    elif size is not None and received != size:
        problem = f"it has {received:,} bytes and should have {size:,}"
    elif sha256 is not None and found != sha256.lower():
        problem = f"its SHA-256 is {found} and should be {sha256.lower()}"
    if problem:
        part.drop()
        raise ComplaintsError(
            f"What {part.url} sent cannot be used, {problem}: it was deleted, so try again later."
        )
    part.file.replace(target)
    part.notes.unlink(missing_ok=True)
    return Download(target, received, min(resumed, received), found)
