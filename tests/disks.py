"""A disk that is nearly full, or one of a test's own, for the tests of what writes files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def room(size: int) -> Iterator[None]:
    """Let this process write no file of more than some bytes, as on a disk with so much room.

    Args:
        size: The bytes.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


USERLAND = "WORKBOOK_USERLAND" in os.environ
"""Whether this runs in the userland of TFX 1.21: mounts are private there already, and the root is no mount point."""


def must_mount() -> None:
    """Leave a test out where it may mount no disk; root on Linux lacks a right then, which fails where ``CI=true``."""
    if sys.platform != "linux" or os.geteuid():
        pytest.skip("only root may mount, and on Linux")
    kind = "unchanged" if USERLAND else "private"
    command = ["unshare", "--mount", "--propagation", kind, "true"]
    if not shutil.which("unshare") or subprocess.run(command).returncode:
        pytest.skip("needs the right to mount")
