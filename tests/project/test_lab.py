from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

from utils.project import lab


def test_jupyterlab_is_for_this_machine_and_shows_the_repository(tmp_path: Path) -> None:
    line = lab.command(tmp_path, as_root=False, extra=["--no-browser"])
    assert "--ServerApp.ip=127.0.0.1" in line
    assert f"--ServerApp.root_dir={tmp_path}" in line
    assert line[-1] == "--no-browser"
    assert "--allow-root" not in line
    assert "--allow-root" in lab.command(tmp_path, as_root=True, extra=[])


def test_the_server_accepts_the_hook_and_the_options() -> None:
    options = [
        option.partition("=")
        for option in lab.command(Path("/r"), as_root=False, extra=[])
        if option.startswith("--") and "=" in option
    ]
    script = (
        "from jupyter_server.serverapp import ServerApp\n"
        "from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager\n"
        "from traitlets.config import Config\n"
        "config = Config({'FileContentsManager': {'post_save_hook': 'utils.project.lab.after_save'}})\n"
        "print(AsyncLargeFileManager(config=config).post_save_hook.__name__)\n"
        "print(sorted({'root_dir', 'ip', 'preferred_dir'} - set(ServerApp.class_trait_names())))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["after_save", "[]"]
    assert ("--FileContentsManager.post_save_hook", "=", "utils.project.lab.after_save") in options
    assert "os_path" in inspect.signature(lab.after_save).parameters
