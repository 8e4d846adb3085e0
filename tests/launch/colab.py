"""``make colab``: every notebook as Colab would run it, the notebook alone, in a Python with Colab's own packages.

Simulated are: Python 3.13 with the packages in ``preinstalled.txt``, the module ``google.colab``, a folder that holds
nothing but the notebook, and the repository at an address on GitHub (led by git to a copy on this machine). Each
notebook runs twice: the first time it fetches, installs and restarts, the second time nothing is to do.

Only a real Colab can show its page: how outputs look in their frames, and that callbacks come back from there.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from tests.notebooks.facts import raised_as_told
from utils import paths
from utils.environments import machine, uv
from utils.project.run_notebooks import find

HERE = Path(__file__).parent
ADDRESS = "https://github.com/somebody/tfx-workbook"
STARTUP = """
import sys
sys.path.append({stand_in!r})
import google.colab
import google.protobuf.message, matplotlib, numpy, pandas, sklearn
"""
"""What a Colab kernel has loaded before the first cell."""


def make_python(folder: Path) -> Path:
    """A new environment with Colab's packages.

    Args:
        folder: Where it goes.

    Returns:
        Its Python.
    """
    binary = uv.ensure(machine.look(paths.build()), paths.build())
    env = uv.variables(paths.build())
    base = getattr(sys, "_base_executable", sys.executable)
    subprocess.run([binary, "venv", "-q", "--python", base, folder], env=env, check=True)
    python = folder / "bin" / "python"
    install = [binary, "pip", "install", "-q", "--python", python, "-r", HERE / "preinstalled.txt"]
    subprocess.run(install, env=env, check=True)
    return python


def publish(folder: Path) -> Path:
    """A copy of the repository whose links lead to :data:`ADDRESS`, where git finds it.

    Args:
        folder: Where it goes.

    Returns:
        The folder of the notebooks as somebody would download them.
    """
    site = folder / "site" / "tfx-workbook.git"
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", paths.ROOT, clone], check=True)
    links = [sys.executable, "-m", "utils.project.launch_links", ADDRESS]
    subprocess.run(links, cwd=clone, check=True)
    author = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.invalid"]
    subprocess.run(["git", *author, "commit", "-qam", "Links"], cwd=clone, check=True)
    subprocess.run(["git", "branch", "-M", "main"], cwd=clone, check=True)
    subprocess.run(["git", "clone", "-q", "--bare", clone, site], check=True)
    return clone / "notebooks"


def environment(folder: Path) -> dict[str, str]:
    """The variables of a kernel: git finds the address on this machine, IPython starts as Colab's does."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "00.py").write_text(STARTUP.format(stand_in=str(HERE / "stand_in")), "utf-8")
    dropped = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "WORKBOOK_STORE", "WORKBOOK_BUILD")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {
        **kept,
        "IPYTHONDIR": str(folder / "ipython"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{folder}/site/.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS.rpartition("/")[0] + "/",
    }


@contextmanager
def kernel(python: Path, content: Path, env: dict[str, str]) -> Iterator[tuple[Any, Any]]:
    """A kernel's manager and client."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import KernelManager

    class Manager(KernelManager):
        """Starts Colab's Python and not this one."""

        @property
        def kernel_spec(self) -> KernelSpec:
            command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Colab", language="python")

    manager = Manager()
    manager.start_kernel(cwd=str(content), env=env)
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def execute(client: Any, code: str, seconds: float = 1200) -> str:
    """Runs a cell; returns the error's name and text, as ``"ValueError: no number"``; empty when there is none."""
    asked = client.execute(code, store_history=True)
    error = ""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=5)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") != asked:
            continue
        content = message["content"]
        if message["msg_type"] == "error":
            error = f"{content['ename']}: {content['evalue']}"
        elif message["msg_type"] == "stream":
            sys.stdout.write(content["text"])
        elif message["msg_type"] == "status" and content["execution_state"] == "idle":
            return error
    raise TimeoutError(f"a cell took longer than {seconds} s")


def run(python: Path, notebook: Path, content: Path, env: dict[str, str]) -> tuple[int, float]:
    """Runs a notebook from its first cell to its last, again from the first one after a restart.

    Args:
        python: Colab's Python.
        notebook: The notebook.
        content: The folder that it runs in.
        env: The kernel's variables.

    Returns:
        How often the runtime restarted, and seconds.

    Raises:
        AssertionError: If a cell fails that is not meant to, or in another way, or the runtime restarts twice.
    """
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    restarts, start = 0, time.monotonic()
    while True:
        restarted = False
        with kernel(python, content, env) as (_, client):
            for number, cell in enumerate(cells, start=1):
                error = execute(client, cell.source)
                if error.startswith("Restarting: "):
                    restarted = True
                    break
                if not raised_as_told(cell.id, error):
                    told = error or "no error, and it was to fail"
                    raise AssertionError(f"{notebook.name}, code cell {number}: {told}")
        if not restarted:
            return restarts, time.monotonic() - start
        restarts += 1
        assert restarts == 1, f"{notebook.name}: the runtime restarted more than once"


def main(argv: list[str]) -> int:
    """Runs the command line.

    Args:
        argv: ``[--chapter CHAPTER]``.

    Returns:
        0; 1 if a notebook failed or this Python is not Colab's.
    """
    parser = argparse.ArgumentParser(prog="make colab", description=__doc__)
    parser.add_argument("--chapter", default="", help="only this chapter")
    options = parser.parse_args(argv)
    if paths.stack() != "1.21":
        print("Colab runs TFX 1.21: call `make colab STACK=1.21`.", file=sys.stderr)
        return 1
    failed = False
    paths.build().mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="colab-") as name:
        folder = Path(name)
        python = make_python(folder / "python")
        notebooks = publish(folder)
        env = environment(folder)
        content = folder / "content"
        content.mkdir()
        for source in find(paths.NOTEBOOKS, options.chapter):
            alone = Path(shutil.copy(notebooks / source.name, content))
            for turn in ("first", "second"):
                try:
                    restarts, seconds = run(python, alone, content, env)
                    print(
                        f"{source.stem}, {turn} run: {restarts} restarts, {seconds:.0f} s, ok",
                        flush=True,
                    )
                except (AssertionError, TimeoutError) as error:
                    failed = True
                    print(f"{source.stem}, {turn} run: FAILED: {error}", flush=True)
            alone.unlink()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
