"""A claim is one process's, until it gives it back or is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from utils import claims, paths

HOLDER = """
import sys
from pathlib import Path
from utils import claims
print(claims.claim(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path):
    file = tmp_path / "lock"
    yield file
    claims.release(file)


def holder(lock: Path) -> subprocess.Popen[str]:
    """Start a process that claims a lock and waits; its first line says whether it got it."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        cwd=paths.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_claim_ends_with_its_process_also_where_that_is_killed(lock: Path) -> None:
    with holder(lock) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        assert not claims.claim(lock)
        other.kill()
    assert claims.claim(lock, seconds=20)


def test_a_claim_holds_until_it_is_given_back(lock: Path) -> None:
    assert claims.claim(lock)
    assert claims.claim(lock), "what is mine may be claimed again"
    with holder(lock) as other:
        assert other.communicate()[0] == "False\n"
    claims.release(lock)
    claims.release(lock)
    with holder(lock) as other:
        assert other.communicate()[0] == "True\n"
