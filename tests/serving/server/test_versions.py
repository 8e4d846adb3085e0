"""Versions are found by their folders' names, and chosen by a policy."""

from __future__ import annotations

import pytest
from tensorflow_serving.config import file_system_storage_path_source_pb2

from utils.serving.server import versions
from utils.serving.server.status import StatusError

Policy = file_system_storage_path_source_pb2.FileSystemStoragePathSourceConfig.ServableVersionPolicy
FOUND = {1: "/m/1", 2: "/m/2", 10: "/m/10"}


def test_folders_that_are_named_by_a_number(tmp_path):
    for name in ("1", "00000123", "10", "temp", "1.part", "²", "9" * 30):
        (tmp_path / name).mkdir()
    found = versions.find(str(tmp_path))
    assert found == {1: f"{tmp_path}/1", 10: f"{tmp_path}/10", 123: f"{tmp_path}/00000123"}


def test_a_base_path_that_is_not_there(tmp_path):
    with pytest.raises(StatusError, match="NOT_FOUND: Could not find base path"):
        versions.find(str(tmp_path / "absent"))


@pytest.mark.parametrize(
    ("policy", "chosen"),
    [
        (Policy(), [10]),
        (Policy(latest=Policy.Latest(num_versions=2)), [2, 10]),
        (Policy(latest=Policy.Latest(num_versions=0)), [10]),
        (Policy(all=Policy.All()), [1, 2, 10]),
        (Policy(specific=Policy.Specific(versions=[1, 2])), [1, 2]),
        (Policy(specific=Policy.Specific(versions=[1, 7])), [1]),
    ],
    ids=["default", "latest 2", "latest 0", "all", "specific", "specific, one absent"],
)
def test_policies(policy, chosen):
    assert sorted(versions.choose(policy, FOUND)) == chosen
    assert versions.choose(policy, {}) == {}
