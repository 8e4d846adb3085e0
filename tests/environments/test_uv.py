from __future__ import annotations

import hashlib
import http.client
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from utils import paths
from utils.environments import interpreters, machine, uv
from utils.environments.decisions import SetupError

SCRIPT = b"#!/bin/sh\necho uv 9.9.9\n"


def wheel(folder: Path) -> Path:
    file = folder / f"uv-{uv.VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"uv-{uv.VERSION}.data/scripts/uvx", b"another")
        archive.writestr(f"uv-{uv.VERSION}.data/scripts/uv", SCRIPT)
    return file


def release(folder: Path) -> Path:
    file = folder / "uv-x86_64-unknown-linux-gnu.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo("uv-x86_64-unknown-linux-gnu/uv")
        member.size = len(SCRIPT)
        archive.addfile(member, io.BytesIO(SCRIPT))
    return file


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_binary_comes_out_of_a_wheel_and_of_a_release(tmp_path: Path) -> None:
    for number, (made, unpack) in enumerate(
        [(wheel(tmp_path), uv.from_wheel), (release(tmp_path), uv.from_archive)]
    ):
        to = tmp_path / str(number)
        to.mkdir()
        binary = unpack(made, sha256(made), to)
        assert binary.read_bytes() == SCRIPT
        assert binary.stat().st_mode & 0o111


def test_a_download_with_another_hash_is_refused(tmp_path: Path) -> None:
    made = wheel(tmp_path)
    with pytest.raises(SetupError, match="not what it should be"):
        uv.from_wheel(made, "0" * 64, tmp_path)
    assert not (tmp_path / "uv").exists()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"uv {uv.VERSION} (x86_64-unknown-linux-gnu)", True),
        ("uv 1.0.0", True),
        ("uv 0.11.9", False),
        ("uv 0.4.30", False),
        ("something else", False),
        ("", False),
    ],
)
def test_old_versions_on_the_path_are_passed_over(said: str, expected: bool) -> None:
    assert uv.new_enough(said) is expected


def test_every_supported_system_has_both_hashes() -> None:
    systems = {("Linux", "x86_64"), ("Darwin", "arm64"), ("Darwin", "x86_64")}
    assert set(uv.WHEELS) == set(uv.ARCHIVES) == systems
    hashes = [*uv.WHEELS.values(), *(sha for _, sha in uv.ARCHIVES.values())]
    assert all(len(sha) == 64 and int(sha, 16) for sha in hashes)
    assert len(set(hashes)) == len(hashes)


def test_pip_runs_from_a_bundled_wheel(tmp_path: Path) -> None:
    older, newer = tmp_path / "pip-23.0-py3-none-any.whl", tmp_path / "pip-24.0-py3-none-any.whl"
    older.touch()
    newer.touch()
    commands = list(uv.bundled_pips([tmp_path / "missing", tmp_path]))
    assert [command[1] for command in commands] == [str(newer / "pip"), str(older / "pip")]


def test_a_release_is_downloaded_by_its_address(tmp_path: Path) -> None:
    made = release(tmp_path)
    copy = tmp_path / "copy"
    uv.download(made.as_uri(), copy)
    assert sha256(copy) == sha256(made)


def test_a_download_that_breaks_off_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(address: str, to: Path) -> None:
        raise http.client.IncompleteRead(b"half")

    monkeypatch.setattr(uv, "pips", lambda machine: iter(()))
    monkeypatch.setattr(uv, "download", break_off)
    with pytest.raises(SetupError, match="IncompleteRead"):
        uv.fetch(machine.Machine(), tmp_path)


def test_where_there_is_no_uv_to_fetch_the_reader_is_asked_for_one(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"Linux on riscv64: install uv yourself"):
        uv.fetch(machine.Machine(architecture="riscv64"), tmp_path)


def test_variables_for_uv_compile_byte_code_and_know_the_mirror(tmp_path: Path) -> None:
    base = {
        "PATH": "/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "VIRTUAL_ENV": "/elsewhere",
        "PIP_INDEX_URL": "https://mirror.example/simple",
    }
    env = uv.variables(tmp_path, base)
    assert env["UV_SYSTEM_CERTS"] == "1"
    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert not {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"} & set(env)
    assert base["PYTHONDONTWRITEBYTECODE"] == "1"


def test_a_home_that_may_not_be_entered_moves_it_too(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from utils.environments import uv\n"
        "if os.getuid() == 0: os.setegid(65534), os.seteuid(65534)\n"
        "print(uv.variables(Path('build'), {'XDG_CACHE_HOME': sys.argv[1]})['UV_CACHE_DIR'])"
    )
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700 if os.getuid() == 0 else 0)
    line = [sys.executable, "-c", code, str(shut / "home" / ".cache")]
    done = subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{Path('build', 'uv-cache')}\n", "")


def test_a_home_that_cannot_be_written_moves_the_cache_into_the_build_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = tmp_path / "build"
    fine = {"XDG_CACHE_HOME": str(tmp_path / "not there yet")}
    assert "UV_CACHE_DIR" not in uv.variables(build, fine)
    tmp_path.joinpath("file").touch()
    shut = {"XDG_CACHE_HOME": str(tmp_path / "file" / "cache")}
    assert uv.variables(build, shut)["UV_CACHE_DIR"] == str(build / "uv-cache")
    assert uv.variables(build, {**shut, "UV_CACHE_DIR": "/mine"})["UV_CACHE_DIR"] == "/mine"

    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:  # somebody else's home, as in `docker run --user 1000`
        patch.setattr(Path, "exists", refuse)
        assert uv.variables(build, fine)["UV_CACHE_DIR"] == str(build / "uv-cache")

    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    assert list(interpreters.candidates(["3.10"], {}, machine.home())) == []
