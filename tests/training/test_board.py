"""A real TensorBoard answers on this machine, and shows the runs that it was given."""

import os
import signal
import urllib.request

import psutil
import pytest

from tests.services.programs import wait_until
from tests.training.parts import trained, write_logs
from utils.services import Service
from utils.training import board
from utils.training.errors import TrainingError


def process_of(running: board.Board) -> Service:
    assert running.service is not None
    return running.service


def test_it_serves_the_named_runs_and_is_used_again(tmp_path):
    write_logs(tmp_path / "a", {"train": [0.5], "validation": [0.6]})
    write_logs(tmp_path / "b", {"train": [0.5]})
    one, two = trained(tmp_path / "a"), trained(tmp_path / "b")
    running = board.open_board(one=one, two=two)
    assert running.runs() == ["one/train", "one/validation", "two/train"]
    assert board.open_board(one=one, two=two) is running
    page = urllib.request.urlopen(running.url, timeout=10).read()
    assert b"<title>TensorBoard</title>" in page


def test_one_that_was_killed_is_started_anew(tmp_path):
    write_logs(tmp_path, {"train": [0.5]})
    killed = board.open_board(first=trained(tmp_path))
    os.kill(process_of(killed).pid, signal.SIGKILL)
    wait_until(lambda: not process_of(killed).alive(), "its end")
    with pytest.raises(TrainingError, match="Run the cell that opens it again"):
        killed.runs()
    fresh = board.open_board(first=trained(tmp_path))
    assert fresh.runs() == ["first/train"]
    assert board.open_board(first=trained(tmp_path)) is fresh


ODD = (
    "a,b",
    "a:b",
    "a,b:c",
    "~",
    "[2] {x} *?",
    "50% of # & ' \" $HOME",
    "gs:",
    "naïve 模型",
    "-",
    "\\",
)


def test_logs_below_folders_with_odd_names(tmp_path):
    runs = {}
    for number, folder in enumerate(ODD):
        write_logs(tmp_path / folder / "logs", {"train": [0.5], "validation": [0.6]})
        runs[f"run{number}"] = trained(tmp_path / folder / "logs")
    running = board.open_board(**runs)
    assert running.runs() == sorted(
        f"{run}/{split}" for run in runs for split in ("train", "validation")
    )
    process_of(running).stop()


def test_all_it_makes_may_lie_below_a_folder_with_an_odd_name(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path / "a,b:c [2]"))
    write_logs(tmp_path / "logs", {"train": [0.5]})
    running = board.open_board(first=trained(tmp_path / "logs"))
    assert running.runs() == ["first/train"]
    process_of(running).stop()


def test_odd_names_of_runs(tmp_path):
    write_logs(tmp_path, {"train": [0.5]})
    names = ["a,b", "c:d", "e f", "~", "[g]", "Größe", ".h", "-i"]
    running = board.open_board(**dict.fromkeys(names, trained(tmp_path)))
    assert running.runs() == sorted(f"{name}/train" for name in names)
    process_of(running).stop()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/", "a\0b", "a" * 256])
def test_a_name_that_cannot_be_shown(tmp_path, name):
    with pytest.raises(TrainingError, match="a short name without a slash"):
        board.open_board(**{name: trained(tmp_path)})


def test_it_needs_no_tensorflow_of_its_own(tmp_path):
    write_logs(tmp_path, {"train": [0.5]})
    running = board.open_board(only=trained(tmp_path))
    running.runs()
    assert psutil.Process(process_of(running).pid).memory_info().rss < 300e6
    process_of(running).stop()


def test_logs_that_are_gone(tmp_path):
    write_logs(tmp_path / "a", {"train": [0.5]})
    (tmp_path / "empty").mkdir()
    running = board.open_board(here=trained(tmp_path / "a"), gone=trained(tmp_path / "empty"))
    with pytest.raises(TrainingError, match="no logs of gone"):
        running.runs(seconds=3)


def test_a_server_that_has_ended():
    with pytest.raises(TrainingError, match="opens it again"):
        board.Board(9, {}).runs()
