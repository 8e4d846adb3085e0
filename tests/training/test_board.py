"""A real TensorBoard answers on this machine, and shows the runs that it was given."""

import urllib.request

import pytest

from tests.training.parts import trained, write_logs
from utils.training import board
from utils.training.errors import TrainingError


def test_it_serves_the_named_runs_and_is_used_again(tmp_path):
    write_logs(tmp_path / "a", {"train": [0.5], "validation": [0.6]})
    write_logs(tmp_path / "b", {"train": [0.5]})
    one, two = trained(tmp_path / "a"), trained(tmp_path / "b")
    running = board.open_board(one=one, two=two)
    assert running.runs() == ["one/train", "one/validation", "two/train"]
    assert board.open_board(one=one, two=two) is running
    page = urllib.request.urlopen(running.url, timeout=10).read()
    assert b"<title>TensorBoard</title>" in page


def test_logs_that_are_gone(tmp_path):
    write_logs(tmp_path / "a", {"train": [0.5]})
    (tmp_path / "empty").mkdir()
    running = board.open_board(here=trained(tmp_path / "a"), gone=trained(tmp_path / "empty"))
    with pytest.raises(TrainingError, match="no logs of gone"):
        running.runs(seconds=3)


def test_a_server_that_has_ended():
    with pytest.raises(TrainingError, match="opens it again"):
        board.Board(9, {}).runs()
