from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from utils import paths, side_environments
from utils.environments import interpreters
from utils.environments.decisions import SetupError
from utils.environments.interpreters import Interpreter
from utils.environments.machine import Machine


def git(root: Path, *command: str) -> None:
    identity = ["-c", "user.name=Reader", "-c", "user.email=reader@example.org"]
    subprocess.run(["git", *identity, *command], cwd=root, check=True, capture_output=True)


def test_dvc_keeps_versions_of_data(tmp_path: Path) -> None:
    repository, remote = tmp_path / "repository", tmp_path / "remote"
    repository.mkdir()
    git(repository, "init", "--quiet")
    data = repository / "complaints.csv"
    for command in (["init", "--quiet"], ["remote", "add", "--default", "local", str(remote)]):
        side_environments.run("dvc", ["dvc", *command], cwd=repository)
    for version in ("one", "two"):
        data.write_text(f"complaint_id\n{version}\n")
        side_environments.run("dvc", ["dvc", "add", "complaints.csv"], cwd=repository)
        git(repository, "add", ".")
        git(repository, "commit", "--quiet", "--message", version)
    side_environments.run("dvc", ["dvc", "push", "--quiet", "--all-commits"], cwd=repository)
    shutil.rmtree(repository / ".dvc" / "cache")
    data.unlink()
    git(repository, "checkout", "--quiet", "HEAD~1")
    side_environments.run("dvc", ["dvc", "pull", "--quiet"], cwd=repository)
    assert data.read_text() == "complaint_id\none\n"
    with pytest.raises(RuntimeError, match=r"`dvc add missing\.csv` failed"):
        side_environments.run("dvc", ["dvc", "add", "missing.csv"], cwd=repository)


def test_a_second_call_finds_what_is_there() -> None:
    folder = side_environments.ensure("dvc")
    stamp = folder / ".workbook-stamp.json"
    made = stamp.stat().st_mtime_ns
    assert side_environments.ensure("dvc") == folder
    assert stamp.stat().st_mtime_ns == made
    assert folder.parent == paths.build() / "side"


def test_an_unknown_environment_is_a_clear_error() -> None:
    known = ", ".join(side_environments.names())
    with pytest.raises(
        ValueError, match=f"There is no side environment 'nothing'; there are: {known}"
    ):
        side_environments.ensure("nothing")


@pytest.mark.parametrize(
    "file",
    [paths.ROOT / "requirements.txt", *sorted(side_environments.FOLDER.glob("*.txt"))],
    ids=lambda file: file.name,
)
def test_every_package_is_pinned_with_hashes_and_no_address(file: Path) -> None:
    text = file.read_text("utf-8")
    assert f"--no-deps --require-hashes -r {file.relative_to(paths.ROOT)}" in text
    assert "://" not in text
    assert "--index-url" not in text
    entries = text.replace("\\\n", " ").splitlines()
    packages = [entry for entry in entries if entry and not entry.startswith("#")]
    assert packages
    assert all("==" in entry and "--hash=sha256:" in entry for entry in packages)


def test_every_side_environment_has_its_source() -> None:
    sources = {file.stem for file in side_environments.FOLDER.glob("*.in")}
    assert sources == set(side_environments.names())


def pretend(file: Path, headers: bool) -> str:
    """Write a Python 3.9 that can only say who it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    said = json.dumps(asdict(Interpreter(str(file), "3.9", "3.9.20", headers)))
    file.write_text(f"#!/bin/sh\necho '{said}'\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[str, list[str]]]:
    """Return how an environment gets its Python where that may be 3.9 at most, and none but ``bin`` may be there."""
    monkeypatch.setitem(side_environments.NEWEST_PYTHON, "airflow", (3, 9))
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    done: list[str] = []

    def ask(root: bool = False, code: int = 0) -> tuple[str, list[str]]:
        def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
            done.append(" ".join(command))
            if code == 0:
                place = Path(env["UV_PYTHON_INSTALL_DIR"])
                pretend(place / "cpython-3.9.20-linux" / "bin" / "python3.9", headers=True)
            return subprocess.CompletedProcess(command, code, "no network")

        monkeypatch.setattr(interpreters, "quiet", run)
        monkeypatch.setattr(
            side_environments,
            "install_system_packages",
            lambda packages: done.append(" ".join(packages)),
        )
        here = Machine(root=root, compiler=root, distribution="debian")
        return side_environments._base("airflow", here, Path("uv")), [one for one in done if one]

    return ask


@pytest.mark.parametrize("bare", [False, True])
def test_an_older_python_is_fetched_where_none_will_do(
    bare: bool, base: Callable[..., tuple[str, list[str]]], tmp_path: Path
) -> None:
    if bare:
        pretend(tmp_path / "bin" / "python3.9", headers=False)
    fetched = str(tmp_path / "build/python/cpython-3.9.20-linux/bin/python3.9")
    assert base() == (fetched, ["uv python install --no-bin 3.9"])
    assert base() == (fetched, ["uv python install --no-bin 3.9"]), "it is there now"


def test_an_older_python_that_will_do_is_taken(
    base: Callable[..., tuple[str, list[str]]], tmp_path: Path
) -> None:
    bare = pretend(tmp_path / "bin" / "python3.9", headers=False)
    assert base(root=True) == (bare, ["python3.9-dev"])
    good = pretend(tmp_path / ".pyenv/versions/3.9.18/bin/python3.9", headers=True)
    assert base() == (good, ["python3.9-dev"])


def test_an_older_python_that_cannot_be_had_is_a_clear_error(
    base: Callable[..., tuple[str, list[str]]],
) -> None:
    with pytest.raises(
        SetupError, match=r"airflow needs Python 3\.9; none was found, and none could"
    ):
        base(code=2)
