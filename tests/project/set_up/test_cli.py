from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from utils import paths
from utils.environments import machine
from utils.environments.environment import status
from utils.project.set_up import cli

EARLY = [
    *sorted((paths.ROOT / "utils" / "environments").glob("*.py")),
    *sorted((paths.ROOT / "utils" / "project" / "set_up").glob("*.py")),
    *(paths.ROOT / "utils" / name for name in ("__init__.py", "paths.py")),
    *(
        paths.ROOT / "utils" / "project" / name
        for name in ("clean.py", "git.py", "lock.py", "notebook_filter.py", "userland.py")
    ),
]


@pytest.mark.parametrize("file", EARLY, ids=lambda file: file.name)
def test_what_runs_before_the_environment_is_there_runs_on_old_pythons(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"), feature_version=(3, 8))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    modules = {
        name.split(".")[0]
        for node in imports
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert modules <= {"utils", "__future__"} | set(sys.stdlib_module_names)
    newer = {"is_relative_to", "removeprefix", "removesuffix", "with_stem"}
    assert newer.isdisjoint(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def test_an_unknown_stack_is_one_clear_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--stack", "1.15"]) == 1
    said = capfd.readouterr()
    assert "STACK=1.15 is unknown" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "/b/x"), "The disk is full: writing its files"),
        (PermissionError(13, "Permission denied", "/b/x"), "Permission denied: '/b/x'"),
    ],
)
def test_what_the_disk_refuses_is_no_traceback(
    error: OSError,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*given: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_run", refuse)
    assert cli.main([]) == 1
    assert said in capfd.readouterr().err


def test_a_command_runs_in_this_environment() -> None:
    script = "import os, sys; print(sys.prefix, os.environ['NO_GCE_CHECK'], os.getcwd())"
    command = ["-m", "utils.project.set_up", "--stack", paths.stack(), "--", "python", "-c", script]
    environment = Path(sys.prefix)
    here = machine.look(paths.build())
    state = status(
        environment, paths.ROOT / "requirements.txt", f"{here.system}-{here.architecture}"
    )
    assert state == "ready", "run the tests with `make test`, which sets up first"
    done = subprocess.run(
        [sys.executable, *command], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(environment), "true", str(paths.ROOT)]


@pytest.mark.parametrize("version", ["2.7", "3.7"])
def test_the_entry_point_says_so_where_python_is_too_old(version: str) -> None:
    source = (paths.ROOT / "utils" / "project" / "set_up" / "__main__.py").read_text("utf-8")
    check, _, rest = source.partition("from utils.project.set_up.cli import main")
    assert rest, "nothing of ours may be imported before the check"
    major, minor = map(int, version.split("."))
    pretend = f"import sys\nsys.version_info = ({major}, {minor})\nsys.version = '{version}.18 x'\n"
    done = subprocess.run([sys.executable, "-c", pretend + check], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"this one is {version}.18" in done.stderr
