from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from utils import paths, side_environments


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
