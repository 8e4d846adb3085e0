"""One program as several workers, which share what they import: ``python workers.py FOLDER PROGRAM [ARGUMENT ...]``.

Each worker is a process of its own, as :func:`utils.training.cluster.run` starts them, with its own ``TF_CONFIG``. They
are forked from this one, which has imported TensorFlow for all of them: that is kept in memory once, and not once for
each worker. Only on Linux; elsewhere a process that has imported TensorFlow cannot safely be forked, and each worker
imports it itself.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import importlib
import json
import os
import runpy
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

SHARED = ("tensorflow", "keras", "numpy")
"""What is imported before the workers part, where the program imports it."""

UNUSED = ("IPython", "jax", "matplotlib", "pandas", "scipy", "sklearn")
"""What TensorFlow and Keras import wherever it is installed, although training needs none of it: 100 MB."""

_PR_SET_PDEATHSIG = 1


def main(folder: Path, program: str, arguments: list[str]) -> None:
    """Start the workers, and wait until all have ended or one has failed.

    Args:
        folder: Holds ``environments.json``, a list with the environment variables of each worker. What worker 0 prints
            goes into ``0.out`` and ``0.err``, and its exit code into ``0.code``.
        program: The Python file.
        arguments: What stands behind its name on the command line.
    """
    _end_with_the_parent()
    sys.path[0] = str(Path(program).parent)  # as for the program itself
    environments = json.loads((folder / "environments.json").read_text(encoding="utf-8"))
    if sys.platform == "linux":
        share(program)
    workers = {}
    for index, environment in enumerate(environments):
        process = os.fork()
        if not process:
            _end_with_the_parent()
            _work(folder / str(index), environment, program, arguments)
        workers[process] = index
    while workers:
        process, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        (folder / f"{workers.pop(process)}.code").write_text(str(code), encoding="utf-8")
        if code:  # the others would wait for it
            for other in workers:
                os.kill(other, signal.SIGKILL)
            return


def share(program: str) -> None:
    """Import what a program imports of :data:`SHARED`, without what that imports for nobody.

    Args:
        program: The Python file; one that cannot be read or understood is left to the worker, which says so.
    """
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        named = set(_imported(ast.parse(Path(program).read_text(encoding="utf-8"))))
        with _without(set(UNUSED) - named):
            for name in SHARED:
                if name in named:
                    importlib.import_module(name)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@contextlib.contextmanager
def _without(names: set[str]) -> Iterator[None]:
    """Let packages count as not installed."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None: Python's word for it
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


def _work(place: Path, environment: dict[str, str], program: str, arguments: list[str]) -> None:
    """Run the program in this process, and end it."""
    for descriptor, ending in ((1, "out"), (2, "err")):
        file = os.open(
            place.with_suffix(f".{ending}"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        os.dup2(file, descriptor)
    os.environ.update(environment)
    sys.argv = [program, *arguments]
    code = 0
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _end_with_the_parent() -> None:
    """Let Linux end this process when the one that started it ends, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
