"""Versions are found by their folders' names, and chosen by a policy."""

from __future__ import annotations

import pytest
from tensorflow_serving.config import file_system_storage_path_source_pb2

from utils.serving.server import versions
from utils.serving.server.status import Code, StatusError

Policy = file_system_storage_path_source_pb2.FileSystemStoragePathSourceConfig.ServableVersionPolicy
FOUND = {1: "/m/1", 2: "/m/2", 10: "/m/10"}


def test_folders_that_are_named_by_a_number(tmp_path):
    for name in ("1", "00000123", "10", "temp", "1.part", "²", "9" * 30):
        (tmp_path / name).mkdir()
    found = versions.find(str(tmp_path))
    assert found == {1: f"{tmp_path}/1", 10: f"{tmp_path}/10", 123: f"{tmp_path}/00000123"}


def test_only_a_slash_at_the_end_of_a_base_path_is_left_out(tmp_path):
    base = tmp_path / "MODEL_X"
    (base / "7").mkdir(parents=True)
    assert versions.find(f"{base}/") == versions.find(str(base)) == {7: f"{base}/7"}


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


def test_the_newest_come_last_and_their_paths_with_them():
    assert list(versions.choose(Policy(latest=Policy.Latest(num_versions=2)), FOUND).items()) == [
        (2, "/m/2"),
        (10, "/m/10"),
    ]
    assert versions.choose(Policy(all=Policy.All()), FOUND) == FOUND
    assert versions.choose(Policy(specific=Policy.Specific(versions=[2])), FOUND) == {2: "/m/2"}


def test_a_wanted_version_that_is_absent_is_logged(caplog):
    versions.choose(Policy(specific=Policy.Specific(versions=[7, 1, 5])), FOUND)
    assert caplog.messages == [
        f"Version {number} is to be served, and is not there." for number in (5, 7)
    ]


def test_of_two_folders_of_one_number_the_last_is_loaded_and_the_log_says_so(tmp_path, caplog):
    for name in ("07", "7"):
        (tmp_path / name).mkdir()
    assert versions.find(f"{tmp_path}/") == {7: f"{tmp_path}/7"}
    assert caplog.messages == [
        f"Version 7 is there twice: 7 is loaded, {tmp_path}/07 is not.",
    ]


def test_the_largest_number_is_that_of_sixty_four_bits(tmp_path):
    for number in (2**63 - 1, 2**63):
        (tmp_path / str(number)).mkdir()
    assert list(versions.find(str(tmp_path))) == [2**63 - 1]


def test_a_base_path_that_is_not_there_has_the_code_that_clients_know(tmp_path):
    with pytest.raises(StatusError) as caught:
        versions.find(str(tmp_path / "absent"))
    assert caught.value.code is Code.NOT_FOUND
