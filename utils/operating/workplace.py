"""A folder in which the commands of an orchestrator run, with a home of their own, and where they can do no harm.

The ``tfx`` command writes into the folder that it is called in and into the home of whoever calls it. Here both lie
below one folder, and a command that names a place outside of it is refused. A command that has run before, on the
same files, is not run again: its answer and the files that it left are remembered.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from utils import claims, folders, progress
from utils.files import atomic_text, fresh_folder
from utils.operating import remembering
from utils.operating.errors import OperatingError
from utils.services import Service

ENGINES = ("local", "beam", "airflow", "kubeflow", "vertex")
"""The engines of the ``tfx`` command, each of which has a variable that names its folder."""

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "GRPC_VERBOSITY": "ERROR",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "NO_COLOR": "1",
    "COLUMNS": "120",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}
"""Environment variables that keep the libraries' chatter out of the logs."""

OFFLINE = {
    **dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"
    ),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
    "NO_GCE_CHECK": "true",
}
"""Environment variables of a machine whose way out is closed: all requests go to a port that nobody listens on."""

NOT_PASSED_ON = frozenset({"PYTHONPATH", "TF_USE_LEGACY_KERAS"})
"""Variables of this process that a new terminal would not have; TensorFlow Transform sets the second one."""

KEPT = 40
"""How many answers are remembered; the oldest are forgotten."""

_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Answer:
    """What a command has done.

    Attributes:
        command: The program and its arguments.
        code: Its exit code; 0 says that it succeeded.
        output: All that it printed, log lines and errors included.
        wrote: The files that are new or changed, relative to the workplace.
        seconds: How long it took when it was run.
        remembered: Whether it was not run now, because it had been run on the same files before.
    """

    command: tuple[str, ...]
    code: int
    output: str
    wrote: tuple[str, ...]
    seconds: float
    remembered: bool = False

    @property
    def lines(self) -> list[str]:
        """What it printed, line by line."""
        return self.output.splitlines()

    def find(self, words: str) -> list[str]:
        """Return the lines that hold some words.

        Args:
            words: The words, as they stand in the log.
        """
        return [line for line in self.lines if words in line]

    def __str__(self) -> str:
        """Return the command, the last lines of what it printed, and how it ended."""
        last = [line[:160] for line in self.lines[-12:]]
        left_out = (
            [f"… {len(self.lines) - len(last)} lines before …"]
            if len(self.lines) > len(last)
            else []
        )
        how = "remembered" if self.remembered else f"{self.seconds:.0f} s"
        return "\n".join(
            ["$ " + " ".join(self.command), *left_out, *last, f"exit code {self.code} ({how})"]
        )


def _claim(folder: Path) -> None:
    """Hold a folder as long as this process lives; refused while another process does."""
    holder = folder / "holder"
    if not claims.claim(folder / "lock"):
        who = holder.read_text("utf-8") if holder.exists() else "?"
        raise OperatingError(
            f"Another notebook, process {who}, works in {folder} already.",
            "Shut down the other notebook's kernel, and run this cell again.",
        )
    holder.write_text(str(os.getpid()), "utf-8")


class Workplace:
    """The folder.

    Attributes:
        folder: All that belongs to it.
        project: Where commands are called: the reader's project.
        engines: Where the ``tfx`` command keeps its records, a folder for each engine.
    """

    def __init__(self, folder: Path, remember: bool = True) -> None:
        """Open a workplace, and empty its project; it is this kernel's until it ends.

        Args:
            folder: The folder; it is made where it is missing.
            remember: Whether a command may be answered from memory.

        Raises:
            OperatingError: If another kernel works in it.
            FileError: If it holds files that no workplace has made.
            FolderError: If nothing can be written into it.
        """
        self.folder = folder.resolve()
        self.remember = remember
        self._state = self.folder / "files"
        self.project = self._state / "project"
        self.engines = self._state / "engines"
        _claim(folders.make(self.folder))
        fresh_folder(self._state)
        for one in (self.project, self.engines, self.folder / "home", self.folder / "remembered"):
            one.mkdir(parents=True, exist_ok=True)

    def run(self, program: str, *arguments: str | Path) -> Answer:
        """Run a program of this environment in the project's folder, without a network, and wait for its end.

        It ends with this process, also where this process is killed.

        Args:
            program: Its name, for example ``"tfx"``; ``"python"`` is the Python that runs this.
            *arguments: Its arguments. Those that name a place must name one in this folder.

        Returns:
            What it has done; an exit code that tells of a failure is no error here.

        Raises:
            OperatingError: If it is not installed, or an argument leads out of the folder.
        """
        line = (program, *map(str, arguments))
        for argument in line[1:]:
            self._check(argument)
        path = self._program(program)
        before = remembering.digests(self._state)
        memory = self.folder / "remembered" / self._key(line, before)
        if self.remember and (memory / "answer.json").exists():
            return self._recall(memory)
        with progress.working(" ".join(line[:3])):
            code, output, seconds = self._call([str(path), *line[1:]])
        wrote = remembering.changed(before, remembering.digests(self._state))
        answer = Answer(line, code, output, wrote, seconds)
        self._memorise(memory, answer)
        return answer

    def _check(self, argument: str) -> None:
        value = (
            argument.partition("=")[2] if argument.startswith("-") and "=" in argument else argument
        )
        if "://" in value or not (os.sep in value or value in (".", "..") or value.startswith("~")):
            return
        place = (self.project / value).resolve()
        if value.startswith("~") or not place.is_relative_to(self.project):
            raise OperatingError(
                f"{argument!r} leads out of {self.project}.",
                "Commands work in this folder only: name a place below it.",
            )

    def _program(self, program: str) -> Path:
        bin_folder = Path(sys.executable).parent
        missing = [name for name in (program, "pip") if not (bin_folder / name).exists()]
        if os.sep in program or program in missing:
            raise OperatingError(
                f"There is no program {program!r} in {bin_folder}.",
                "Use a program that is installed with the workbook's packages: tfx, kfp, pytest or python.",
            )
        if program == "tfx" and missing:
            raise OperatingError(
                "The tfx command asks pip which packages are installed, and this environment has no pip.",
                "Run `make lab` again: it installs what requirements.txt names, and pip is in it.",
            )
        return bin_folder / program

    def _variables(self) -> Mapping[str, str]:
        home = self.folder / "home"
        path = os.pathsep.join(
            [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        )
        own = {f"{name.upper()}_HOME": str(self.engines / name) for name in ENGINES}
        plain = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        return {**plain, **QUIET, **OFFLINE, **own, "HOME": str(home), "PATH": path}

    def _call(self, command: list[str]) -> tuple[int, str, float]:
        begin = time.monotonic()
        service = Service(Path(command[0]).name, {})
        with service:
            service.launch(command, self._variables(), self.project, 15, 5.0)
            while service.alive():
                time.sleep(_POLL_SECONDS)
            service.stop()
            output = service.log.read_text("utf-8", errors="replace")
        return -1 if service.code is None else service.code, output, time.monotonic() - begin

    def _key(self, line: tuple[str, ...], before: Mapping[str, str]) -> str:
        versions = [importlib.metadata.version(name) for name in ("tfx", "kfp")]
        parts = [str(self.folder), sys.version, *versions, json.dumps(line), json.dumps(before)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]

    def _memorise(self, memory: Path, answer: Answer) -> None:
        remembering.copy(self._state, memory / "state")
        with atomic_text(memory / "answer.json") as file:
            json.dump(dataclasses.asdict(answer), file)
        memories = sorted(memory.parent.iterdir(), key=lambda one: one.stat().st_mtime)
        for old in memories[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def _recall(self, memory: Path) -> Answer:
        stored = json.loads((memory / "answer.json").read_text("utf-8"))
        remembering.copy(memory / "state", self._state)
        for one in (self.project, self.engines):
            one.mkdir(parents=True, exist_ok=True)
        os.utime(memory)
        listed = {name: tuple(stored[name]) for name in ("command", "wrote")}
        return Answer(**{**stored, **listed, "remembered": True})
