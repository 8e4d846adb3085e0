"""Versions of data in a scratch repository; DVC itself only where it is installed."""

from __future__ import annotations

import os
import subprocess

import pytest

from utils import side_environments
from utils.environments.decisions import SetupError
from utils.ingestion import versions
from utils.ingestion.errors import IngestionError


def test_git_is_the_repositorys_own(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    repository = versions.DataRepository(tmp_path / "scratch")
    (repository.folder / "note").write_text("a", encoding="utf-8")
    commit = repository.commit("First")
    assert repository.git("log", "--format=%h %s %ae") == f"{commit} First reader@example.invalid"
    assert versions.DataRepository(tmp_path / "scratch").git("ls-files") == ""


def test_a_wrong_git_command_says_what_git_said(tmp_path):
    repository = versions.DataRepository(tmp_path / "scratch")
    with pytest.raises(IngestionError, match="pathspec 'nowhere'"):
        repository.git("checkout", "nowhere")


def test_dvc_runs_in_the_repository_with_settings_of_its_own(tmp_path, monkeypatch):
    calls = []

    def run(name, command, cwd, env):
        calls.append((name, command, cwd, env))
        return subprocess.CompletedProcess(command, 0, "done\n", "")

    monkeypatch.setattr(side_environments, "run", run)
    repository = versions.DataRepository(tmp_path / "scratch")
    assert repository.dvc("status") == "done"
    ((name, command, cwd, env),) = calls
    assert (name, command, cwd) == ("dvc", ["dvc", "status"], repository.folder)
    assert env["DVC_NO_ANALYTICS"] == "1"
    places = [
        value for key, value in env.items() if key.startswith("DVC_") and key.endswith("_DIR")
    ]
    assert len(places) == 3
    assert all(value.startswith(str(tmp_path)) for value in places)


def test_without_a_network_the_message_says_so(monkeypatch):
    def offline(name):
        raise SetupError("no route to host")

    monkeypatch.setattr(side_environments, "ensure", offline)
    with pytest.raises(IngestionError, match=r"(?s)no route to host.*Connect to a network"):
        versions.install()


@pytest.mark.skipif(
    not side_environments.place("dvc").exists() and os.environ.get("CI") != "true",
    reason="DVC has not been installed; chapter 3 does it",
)
def test_a_version_comes_back_from_the_remote(tmp_path):
    versions.install()
    repository = versions.DataRepository(tmp_path / "scratch")
    repository.dvc("init", "--quiet")
    repository.dvc("remote", "add", "--default", "shelf", str(repository.remote))
    data = repository.folder / "data.csv"
    data.write_text("first\n", encoding="utf-8")
    repository.dvc("add", "data.csv")
    repository.dvc("push")
    first = repository.commit("First")
    assert versions.md5(data) in (repository.folder / "data.csv.dvc").read_text(encoding="utf-8")
    data.unlink()
    repository.git("checkout", "--quiet", first)
    repository.dvc("pull")
    assert data.read_text(encoding="utf-8") == "first\n"
