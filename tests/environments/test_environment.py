from __future__ import annotations

import errno
import fcntl
import json
import os
import selectors
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from utils.environments import environment
from utils.environments.decisions import SetupError
from utils.environments.environment import Stamp, child_variables, status, verdict

STAMP = Stamp("lock", "/b/env", "/usr/bin/python3.10", "Linux-x86_64")


def judge(stamp: Stamp | None, lock: str = "lock", exists: bool = True) -> str:
    return verdict(stamp, lock, "Linux-x86_64", "/b/env", "/usr/bin/python3.10", exists)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (STAMP, "ready"),
        (replace(STAMP, lock="older"), "update"),
        (None, "an earlier set-up was interrupted"),
        (replace(STAMP, place="/a/env"), "the checkout was moved"),
        (replace(STAMP, python="/usr/bin/python3.11"), "its Python has changed or is gone"),
        (replace(STAMP, platform="Darwin-arm64"), "it was made on another system"),
    ],
)
def test_what_has_to_be_done(stamp: Stamp | None, expected: str) -> None:
    assert judge(stamp) == expected
    assert judge(stamp, exists=False) == "create"


def test_the_stamp_on_disk_is_read_back(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("one==1\n")
    folder = tmp_path / "env"
    assert status(folder, requirements, "p") == "create"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    assert status(folder, requirements, "p") == "an earlier set-up was interrupted"
    python = os.path.realpath(sys.executable)
    stamp = Stamp(environment.digest(requirements), str(folder), python, "p")
    environment.write_stamp(folder, stamp)
    assert environment.read_stamp(folder) == stamp
    assert status(folder, requirements, "p") == "ready"
    requirements.write_text("one==2\n")
    assert status(folder, requirements, "p") == "update"
    (folder / "bin" / "python").unlink()
    assert status(folder, requirements, "p") == "its Python has changed or is gone"
    (folder / environment.STAMP).write_text("{ half a st")
    assert status(folder, requirements, "p") == "an earlier set-up was interrupted"


def test_two_at_once_take_turns(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from utils.environments.environment import locked\n"
        "folder = Path(sys.argv[1])\n"
        "with locked(folder / 'lock', 'waiting'):\n"
        "    with (folder / 'log').open('a') as log:\n"
        "        log.write('in ')\n"
        "        log.flush()\n"
        "        while not (folder / 'other waits').exists():\n"
        "            time.sleep(0.01)\n"
        "        log.write('out ')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ready = selectors.DefaultSelector()
    for process in both:
        ready.register(process.stderr, selectors.EVENT_READ)
    assert ready.select(60), "one has the lock, and the other says that it waits"
    (tmp_path / "other waits").touch()
    said = "".join(process.communicate()[1] for process in both)
    assert (tmp_path / "log").read_text() == "in out in out "
    assert said.count("waiting") == 1


def test_a_lock_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "build").touch()
    lock = tmp_path / "build" / "deep" / "lock"
    with pytest.raises(SetupError) as caught, environment.locked(lock, "waiting"):
        pass
    assert f"{lock} cannot be written: Not a directory. Make its folder" in str(caught.value)
    assert "WORKBOOK_BUILD" in str(caught.value)


def test_a_disk_without_locks_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(handle: object, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = tmp_path / "lock"
    with pytest.raises(SetupError) as caught, environment.locked(lock, "waiting"):
        pass
    assert f"{lock} cannot be locked: No locks available" in str(caught.value)
    assert "waiting" not in capsys.readouterr().err


def test_children_find_the_environment_first_and_leave_the_home_alone(tmp_path: Path) -> None:
    base = {"PATH": "/bin", "PYTHONPATH": "/ros", "TF_CPP_MIN_LOG_LEVEL": "0", "HOME": "/home/me"}
    env = child_variables(tmp_path / "env", tmp_path, base)
    assert env["PATH"] == f"{tmp_path / 'env' / 'bin'}:/bin"
    assert "PYTHONPATH" not in env
    assert env["NO_GCE_CHECK"] == "true"
    assert env["TF_CPP_MIN_LOG_LEVEL"] == "0", "what the reader has set stays"
    places = [name for name in env if name.startswith(("JUPYTER", "IPYTHON", "KERAS", "MPL"))]
    folders = [env[name] for name in places if name != "JUPYTER_PREFER_ENV_PATH"]
    assert len(folders) == 8
    assert all(folder.startswith(str(tmp_path)) for folder in folders)


def test_what_a_terminal_cannot_show_is_no_error(tmp_path: Path) -> None:
    ascii_only = {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LC_ALL": "C"}
    line = [sys.executable, "-c", r"print('\u251c\u2500\u2500 \u00fc')"]
    env = child_variables(tmp_path / "env", tmp_path, {**os.environ, **ascii_only})
    done = subprocess.run(line, env=env, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("??? ?\n", "")
    env = child_variables(tmp_path / "env", tmp_path, {"PYTHONIOENCODING": "utf-8"})
    assert env["PYTHONIOENCODING"] == "utf-8", "what the reader has set stays"


def test_defaults_are_written_where_jupyter_looks(tmp_path: Path) -> None:
    environment.write_defaults(tmp_path)
    lab = tmp_path / "share/jupyter/lab/settings/overrides.json"
    news = json.loads(lab.read_text())["@jupyterlab/apputils-extension:notification"]
    assert news["fetchNews"] == "false"
    written = lab.stat().st_mtime_ns
    environment.write_defaults(tmp_path)
    assert lab.stat().st_mtime_ns == written


def test_the_running_environment_has_byte_code() -> None:
    import jupyterlab

    folder = Path(jupyterlab.__file__).parent
    assert list((folder / "__pycache__").glob("*.pyc"))
