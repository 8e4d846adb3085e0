from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from utils import paths
from utils.environments.decisions import PYTHONS
from utils.environments.interpreters import Interpreter, candidates, pick, probe, unfit

GOOD = Interpreter("/usr/bin/python3.10", "3.10", "3.10.13")


def touch(*parts: str | Path) -> str:
    file = Path(*parts)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    return str(file)


def test_this_interpreter_is_known() -> None:
    found = probe(sys.executable)
    assert found is not None
    assert found.version == "{}.{}".format(*sys.version_info)
    assert found.path == str(Path(sys.executable).resolve())
    assert found.missing == ()


def test_what_does_not_run_is_no_interpreter(tmp_path: Path) -> None:
    broken = tmp_path / "python3.10"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert probe(str(broken)) is None
    assert probe(str(tmp_path / "missing")) is None


def test_path_comes_before_pyenv_before_uv_and_new_before_old(tmp_path: Path) -> None:
    on_path = touch(tmp_path, "bin", "python3.10")
    plain = touch(tmp_path, "bin", "python3")
    old = touch(tmp_path, "pyenv/versions/3.10.9/bin/python3.10")
    new = touch(tmp_path, "pyenv/versions/3.10.13/bin/python3.10")
    touch(tmp_path, "pyenv/versions/3.12.1/bin/python3.12")
    managed = touch(tmp_path, "home/.local/share/uv/python/cpython-3.10.20-linux/bin/python3.10")
    env = {"PATH": f"{tmp_path / 'bin'}:/nowhere", "PYENV_ROOT": str(tmp_path / "pyenv")}
    found = list(candidates(["3.10"], env, tmp_path / "home"))
    assert found == [on_path, plain, new, old, managed]


def test_folders_that_may_not_be_entered_are_passed_over(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from utils.environments import interpreters\n"
        "if os.getuid() == 0: os.setegid(65534), os.seteuid(65534)\n"
        "env = {'PATH': sys.argv[1], 'PYENV_ROOT': sys.argv[1], 'XDG_DATA_HOME': sys.argv[1]}\n"
        "print(list(interpreters.candidates(['3.10'], env, Path(sys.argv[1]))))"
    )
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700 if os.getuid() == 0 else 0)
    line = [sys.executable, "-c", code, str(shut / "bin")]
    done = subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_disk_that_is_gone_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(path: Path) -> bool:
        raise OSError(19, "No such device", str(path))

    monkeypatch.setattr(Path, "is_file", gone)
    monkeypatch.setattr(Path, "is_dir", gone)
    assert list(candidates(["3.10"], {"PATH": "/mnt/d"}, tmp_path)) == []


def test_pyenv_is_looked_for_at_home(tmp_path: Path) -> None:
    at_home = touch(tmp_path, ".pyenv/versions/3.12.1/bin/python3.12")
    assert list(candidates(["3.13", "3.12"], {"PATH": ""}, tmp_path)) == [at_home]


@pytest.mark.parametrize(
    ("interpreter", "word"),
    [
        (replace(GOOD, implementation="pypy"), "pypy"),
        (replace(GOOD, machine="aarch64"), "aarch64"),
        (replace(GOOD, missing=("sqlite3", "ssl")), "without sqlite3, ssl"),
    ],
)
def test_why_an_interpreter_will_not_do(interpreter: Interpreter, word: str) -> None:
    reason = unfit(interpreter, "x86_64")
    assert reason is not None
    assert word in reason
    assert unfit(GOOD, "x86_64") is None


def test_one_with_headers_goes_first() -> None:
    bare = replace(GOOD, headers=False)
    other = replace(GOOD, path="/opt/python3.10")
    known = {"a": bare, "b": other, "c": None}
    assert pick(["3.10"], "x86_64", ["c", "a", "b"], known.get)[0] == other
    found, reasons = pick(["3.10"], "x86_64", ["a"], known.get)
    assert found == bare
    assert "no C headers" in reasons[-1]


def test_another_version_is_passed_over_in_silence() -> None:
    newer = replace(GOOD, version="3.14", full="3.14.1")
    assert pick(["3.13", "3.12"], "x86_64", ["a"], {"a": newer}.get) == (None, [])


def test_every_stack_is_found_among_the_real_ones() -> None:
    here = probe(sys.executable)
    assert here is not None
    machine = {"aarch64": "arm64"}.get(here.machine, here.machine)
    found, _ = pick(PYTHONS[paths.stack()], machine, [sys.executable])
    assert found == here
