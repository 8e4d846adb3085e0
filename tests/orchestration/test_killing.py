"""Programs that end before they can be killed; the rest is in the chapter and in the heavy tests."""

from __future__ import annotations

import pytest

from utils.orchestration import killing
from utils.orchestration.errors import OrchestrationError


def test_a_program_that_ends_by_itself_is_told(tmp_path):
    program = tmp_path / "short.py"
    program.write_text("raise SystemExit('nothing to do')", encoding="utf-8")
    with pytest.raises(OrchestrationError, match=r"ended before Trainer .* nothing to do"):
        killing.kill_during("Trainer", tmp_path, [program])


def test_a_component_that_does_not_begin_is_given_up_and_the_program_is_gone(tmp_path):
    program = tmp_path / "long.py"
    program.write_text("import time\ntime.sleep(600)", encoding="utf-8")
    with pytest.raises(OrchestrationError, match="was not running"):
        killing.kill_during("Trainer", tmp_path, [program], seconds=0.2)
