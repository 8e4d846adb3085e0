from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from utils import paths
from utils.project import git


def run(root: Path, *command: str) -> str:
    identity = ["-c", "user.name=Reader", "-c", "user.email=reader@example.org"]
    done = subprocess.run(
        ["git", *identity, *command], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "it's a checkout"
    (root / "utils" / "project").mkdir(parents=True)
    shutil.copy(paths.ROOT / "utils" / "project" / "notebook_filter.py", root / "utils" / "project")
    shutil.copy(paths.ROOT / ".gitattributes", root)
    run(root, "init", "--quiet")
    return root


def write(root: Path, outputs: list[object], count: int | None) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": count,
        "id": "one",
        "metadata": {},
        "outputs": outputs,
        "source": ["1 + 1"],
    }
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "one.ipynb").write_text(json.dumps(notebook))


def test_running_and_saving_leaves_the_checkout_clean(checkout: Path) -> None:
    write(checkout, [], None)
    assert git.configure_filter(checkout) is True
    run(checkout, "add", ".")
    run(checkout, "commit", "--quiet", "--message", "one")
    assert run(checkout, "status", "--porcelain") == ""
    write(checkout, [{"output_type": "stream", "name": "stdout", "text": ["2"]}], 7)
    assert git.refresh(checkout) == ["one.ipynb"]
    assert run(checkout, "status", "--porcelain") == ""
    assert '"2"' in (checkout / "one.ipynb").read_text(), "the outputs stay in the reader's file"
    assert "stdout" not in run(checkout, "show", "HEAD:one.ipynb")


def test_what_the_reader_edits_is_neither_hidden_nor_staged(checkout: Path) -> None:
    git.configure_filter(checkout)
    write(checkout, [], None)
    run(checkout, "add", ".")
    run(checkout, "commit", "--quiet", "--message", "one")
    file = checkout / "one.ipynb"
    file.write_text(file.read_text().replace("1 + 1", "1 + 1 + 1"))
    assert git.refresh(checkout, [str(file)]) == []
    assert run(checkout, "status", "--porcelain") == " M one.ipynb\n"


def test_the_setting_is_local_and_made_once(checkout: Path) -> None:
    assert git.configure_filter(checkout) is True
    assert git.configure_filter(checkout) is False
    assert "notebook_filter" in (checkout / ".git" / "config").read_text()


def test_another_interpreter_does_not_change_a_setting_that_works(checkout: Path) -> None:
    run(checkout, "config", "--local", git.FILTER, git.filter_command(sys.executable))
    assert git.configure_filter(checkout) is False
    run(checkout, "config", "--local", git.FILTER, git.filter_command("/gone/python3"))
    assert git.configure_filter(checkout) is True


def test_no_checkout_is_left_alone(tmp_path: Path) -> None:
    assert git.configure_filter(tmp_path) is False
    assert git.refresh(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
