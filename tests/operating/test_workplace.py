"""Commands run in a folder of their own: what they write, what is remembered, what is refused, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from tests.services.programs import wait_until
from utils import paths
from utils.files import FileError
from utils.operating.errors import OperatingError
from utils.operating.workplace import Workplace
from utils.services import watcher

WRITES = """
import os, pathlib, sys, time
pathlib.Path("made.txt").write_text(str(time.time_ns()))
print("home", os.environ["HOME"])
print(os.environ["LOCAL_HOME"])
sys.exit(3)
"""

HANGS = """
import sys
from pathlib import Path
from utils.operating.workplace import Workplace
code = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
Workplace(Path(sys.argv[1])).run("python", "-c", code)
"""


HOLDS = """
import sys, time
from pathlib import Path
from utils.operating.workplace import Workplace
(Workplace(Path(sys.argv[1])).project / "held").touch()
time.sleep(600)
"""


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path / "work")


def test_an_answer_has_the_code_the_output_and_what_was_written(workplace):
    answer = workplace.run("python", "-c", WRITES)
    assert answer.code == 3
    assert answer.wrote == ("project/made.txt",)
    assert answer.find("home")[0].endswith(str(workplace.folder / "home"))
    assert answer.lines[-1] == str(workplace.engines / "local")
    assert str(answer).endswith("s)")
    assert "exit code 3" in str(answer)


def test_a_command_on_the_same_files_is_remembered_with_what_it_left(workplace):
    first = workplace.run("python", "-c", WRITES)
    made = (workplace.project / "made.txt").read_text()
    time_of_it = (workplace.project / "made.txt").stat().st_mtime_ns
    again = Workplace(workplace.folder)
    assert not list(again.project.iterdir())
    answer = again.run("python", "-c", WRITES)
    assert answer.remembered
    assert (answer.code, answer.output, answer.wrote) == (first.code, first.output, first.wrote)
    assert (again.project / "made.txt").read_text() == made
    assert (again.project / "made.txt").stat().st_mtime_ns == time_of_it
    (again.project / "made.txt").write_text("edited")
    assert not again.run("python", "-c", WRITES).remembered
    assert not Workplace(workplace.folder, remember=False).run("python", "-c", WRITES).remembered


@pytest.mark.parametrize(
    "argument",
    [
        "--destination-path=..",
        "--pipeline-path=/etc/passwd",
        "../../elsewhere",
        "~",
        "a/../../../b",
    ],
)
def test_a_place_outside_is_refused(workplace, argument):
    with pytest.raises(OperatingError, match="leads out of"):
        workplace.run("tfx", "template", "copy", argument)


def test_places_inside_and_addresses_are_not(workplace):
    code = "import sys; print(len(sys.argv))"
    inside = ("--destination-path=.", "models/x.py", "--endpoint=http://127.0.0.1:9")
    assert workplace.run("python", "-c", code, *inside).lines == ["4"]


def test_a_program_from_elsewhere_is_refused(workplace):
    for program in ("/bin/sh", "no-such-program"):
        with pytest.raises(OperatingError, match="There is no program"):
            workplace.run(program)


def test_a_command_has_no_way_out(workplace):
    code = (
        "import urllib.request as u; u.urlopen('http:' + 2 * chr(47) + 'example.com', timeout=60)"
    )
    answer = workplace.run("python", "-c", code)
    assert answer.code == 1
    assert "refused" in answer.lines[-1]


def test_files_of_somebody_else_survive(tmp_path):
    theirs = tmp_path / "files" / "mine"
    theirs.parent.mkdir()
    theirs.write_text("kept")
    with pytest.raises(FileError, match="did not make"):
        Workplace(tmp_path)
    assert theirs.read_text() == "kept"


def test_another_kernel_keeps_its_folder(tmp_path):
    kernel = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], cwd=paths.ROOT)
    held = tmp_path / "files/project/held"
    try:
        wait_until(held.exists, "the other kernel")
        with pytest.raises(OperatingError, match=f"process {kernel.pid}"):
            Workplace(tmp_path)
        assert held.exists()
    finally:
        kernel.kill()
        kernel.wait()
    assert not list(Workplace(tmp_path).project.iterdir())
    Workplace(tmp_path)  # and in one kernel as often as its cell is run


def test_a_killed_kernel_leaves_no_command_behind(tmp_path):
    kernel = subprocess.Popen([sys.executable, "-c", HANGS, str(tmp_path)], cwd=paths.ROOT)
    file = tmp_path / "files/project/pid"
    try:
        wait_until(lambda: file.exists() and file.read_text(), "the command")
        command = psutil.Process(int(file.read_text()))
        os.kill(kernel.pid, signal.SIGKILL)
        wait_until(lambda: watcher.ended(command), "the command's end")
    finally:
        kernel.kill()
        kernel.wait()
