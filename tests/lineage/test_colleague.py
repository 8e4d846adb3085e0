"""The colleague's program, on a store in a file: a process of its own that ends with its reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2 as mlmd

from utils import paths
from utils.lineage import colleague
from utils.lineage.errors import LineageError


def config(file: Path) -> mlmd.ConnectionConfig:
    made = mlmd.ConnectionConfig()
    made.sqlite.filename_uri = str(file)
    made.sqlite.connection_mode = mlmd.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
    return made


def published(file: Path) -> list[mlmd.Execution]:
    return MetadataStore(config(file)).get_executions_by_type("Labelling")


def test_it_publishes_while_the_block_lasts(tmp_path):
    with colleague.at_work(config(tmp_path / "store")):
        while len(published(tmp_path / "store")) < 2:
            pass
    last = published(tmp_path / "store")
    assert {one.last_known_state for one in last} == {mlmd.Execution.COMPLETE}
    assert len(published(tmp_path / "store")) == len(last)


def test_it_says_why_it_cannot_connect(tmp_path):
    unreachable = config(tmp_path / "nowhere" / "store")
    with (
        pytest.raises(
            LineageError, match=r"program failed: RuntimeError: .*unable to open database"
        ),
        colleague.at_work(unreachable),
    ):
        pytest.fail("it has not connected")


def test_a_failure_of_the_block_is_the_one_that_is_told(tmp_path):
    with pytest.raises(ZeroDivisionError), colleague.at_work(config(tmp_path / "store")):
        raise ZeroDivisionError


def test_it_ends_when_its_input_does(tmp_path):
    line = text_format.MessageToString(config(tmp_path / "store"), as_one_line=True)
    command = [sys.executable, "-m", colleague.__name__]
    done = subprocess.run(
        command, cwd=paths.ROOT, input=line + "\n", capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "connected\n")
