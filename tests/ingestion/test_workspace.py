"""A folder of its own for each kernel."""

from __future__ import annotations

import subprocess
import sys

from utils import paths
from utils.ingestion import workspace

OTHER = """
import sys
from pathlib import Path
from utils.ingestion import workspace
print(workspace.claim(Path(sys.argv[1])).name)
"""


def other_kernel(store) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OTHER, str(store)],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_two_kernels_never_share_a_folder(tmp_path):
    mine = workspace.claim(tmp_path)
    assert mine.is_dir()
    assert workspace.claim(tmp_path) == mine
    assert other_kernel(tmp_path) == "2"
    workspace.release(mine)
    assert other_kernel(tmp_path) == mine.name == "1"
