from __future__ import annotations

import io
import os
import sys

import pytest

from utils.environments.console import run_in_sight, run_or_fail, seconds, visible
from utils.environments.decisions import SetupError


def test_durations_are_for_people() -> None:
    assert [seconds(0.4), seconds(59.4), seconds(187)] == ["0 s", "59 s", "3 min 07 s"]


def test_the_list_of_packages_is_kept_but_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    script = "print('Prepared'); print('Bytecode compiled 9 files'); print(' + absl-py==1.4.0')"
    command = [sys.executable, "-c", script]
    code, said = run_in_sight(command, dict(os.environ), shown_until=b"Bytecode compiled")
    assert code == 0
    assert "absl-py" in said
    shown = capfd.readouterr().err
    assert "Bytecode compiled 9 files" in shown
    assert "absl-py" not in shown


def test_a_notebook_whose_standard_error_takes_text_only(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    code, _ = run_in_sight(
        [sys.executable, "-c", "print('Prepared')"], dict(os.environ), shown_until=b"x"
    )
    assert (code, shown.getvalue()) == (0, "Prepared\n")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"one\ntwo", b"one\ntwo"),
        (b"one\nenough", b"one\nenough"),
        (b"one\nenough!\nthree\n", b"one\nenough!\n"),
    ],
)
def test_output_is_shown_up_to_a_line(said: bytes, expected: bytes) -> None:
    assert visible(said, b"enough") == expected


def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no mirror')"]
    with pytest.raises(SetupError, match="no mirror"):
        run_or_fail(command, "making a userland")
    with pytest.raises(SetupError, match="not installed"):
        run_or_fail(["a-program-that-is-not-there"], "making a userland")
