"""Running pytest inside a process: outcomes are told, functions replaced and put back, settings kept out."""

from __future__ import annotations

import inspect
import os

import pytest
import tensorflow as tf

from utils import paths
from utils.pipeline.modules import transform
from utils.preprocessing import unit_tests


@pytest.fixture
def small(tmp_path):
    file = tmp_path / "test_small.py"
    file.write_text(
        "import tensorflow as tf\n"
        "from utils.pipeline.modules import transform\n"
        "def test_area():\n"
        "    assert transform.zip_prefix(tf.constant(['945XX'])).numpy()[0] == b'945'\n"
        "def test_nothing():\n"
        "    assert True\n"
    )
    return file


def test_what_passes(small):
    report = unit_tests.run(small)
    assert (report.passed, report.failed) == (2, 0)
    assert report.data["test"].tolist() == ["test_area", "test_nothing"]


def test_a_faulty_function_is_caught_and_taken_away_again(small):
    right = transform.zip_prefix
    report = unit_tests.run(small, zip_prefix=lambda codes: tf.strings.substr(codes, 0, 2))
    assert transform.zip_prefix is right
    assert (report.passed, report.failed) == (1, 1)
    assert "b'94'" in report.data.why[0]


def test_an_outer_pytest_does_not_reach_in(small, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    assert unit_tests.run(small).failed == 0
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option"
    assert "PYTEST_DISABLE_PLUGIN_AUTOLOAD" not in os.environ


def test_the_chapters_own_file_is_there():
    file = paths.ROOT / "tests" / "preprocessing" / "test_zip_area.py"
    assert "zip_prefix" in inspect.getsource(unit_tests.module(file))
