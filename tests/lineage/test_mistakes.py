"""Mistakes that readers make when they ask ML Metadata, each answered by a message that names the cure.

Steps out of turn are in :mod:`test_steps`, configurations that do not fit in :mod:`test_server`.
"""

from __future__ import annotations

import shutil

import pytest
from tfx.types import channel_utils, standard_artifacts

from tests.lineage import stores
from utils.lineage import cache, payloads, provenance
from utils.lineage.errors import LineageError


def test_an_artifact_of_a_component_that_has_not_run():
    with pytest.raises(LineageError, match="run the component that makes it first"):
        provenance.made_from(stores.empty(), standard_artifacts.Model())


def test_a_channel_in_the_place_of_an_artifact():
    channel = channel_utils.as_channel([standard_artifacts.Model()])
    with pytest.raises(LineageError, match=r"\.get\(\)\[0\]"):
        provenance.made_from(stores.empty(), channel)


def test_a_payload_that_was_deleted(tmp_path):
    gone = tmp_path / "7"
    gone.mkdir()
    shutil.rmtree(gone)
    with pytest.raises(LineageError, match="Run the component again"):
        payloads.files(gone)


def test_an_execution_that_does_not_exist():
    with pytest.raises(LineageError, match=r"the id that `context\.run` shows"):
        cache.explain(stores.empty(), 99)
