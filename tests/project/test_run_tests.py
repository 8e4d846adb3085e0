from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from utils import paths
from utils.project import run_tests
from utils.project.run_tests import (
    PARTS,
    Outcome,
    Step,
    answers,
    browser,
    choose,
    nbval,
    run_step,
    steps,
    summary,
    unit,
)


def test_parts_are_chosen_by_name_in_their_order() -> None:
    assert choose("") == list(PARTS)
    assert choose("notebooks, lint") == ["lint", "notebooks"]
    with pytest.raises(ValueError, match="no part 'units'") as caught:
        choose("units")
    assert "unit" in str(caught.value)


def test_nothing_to_test_is_a_failure_and_not_silence(tmp_path: Path) -> None:
    (tmp_path / "utils").mkdir()
    made = steps(["unit", "notebooks", "browser"], tmp_path, [], [], workers=2)
    assert [step.part for step in made] == ["unit", "notebooks", "notebooks", "browser"]
    assert all(step.missing for step in made)
    assert not any(run_step(step, os.environ, tmp_path).passed for step in made)


def test_no_browser_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "tests" / "browser" / "test_one.py").touch()
    (missing,) = browser(tmp_path, [], None)
    assert "WORKBOOK_CHROMIUM" in missing.missing
    (there,) = browser(tmp_path, [], "/usr/bin/chromium")
    assert there.command


def test_notebooks_run_one_after_another(tmp_path: Path) -> None:
    (step,) = nbval(tmp_path, [Path("a.ipynb"), Path("b.ipynb")])
    assert step.command[-2:] == ("a.ipynb", "b.ipynb")
    assert "-n" not in step.command
    (one,) = answers(paths.ROOT, [Path("04_data_validation.ipynb"), Path("05_x.ipynb")])
    assert "-n" not in one.command


def test_exercises_of_the_chosen_notebooks_only() -> None:
    (one,) = answers(paths.ROOT, [Path("04_data_validation.ipynb")])
    assert one.command[one.command.index("-k") + 1] == "test_every or 04_data_validation"
    (every_test,) = unit(paths.ROOT, [])
    assert f"--ignore={run_tests.EXERCISES}" in every_test.command


def test_a_step_passes_or_fails_by_its_exit_code(tmp_path: Path) -> None:
    good = Step("unit", "good", (sys.executable, "-c", "pass"))
    bad = Step("unit", "bad", (sys.executable, "-c", "import sys; sys.exit(3)"))
    endless = Step("unit", "endless", (sys.executable, "-c", "import time; time.sleep(600)"))
    assert run_step(good, os.environ, tmp_path).passed
    assert not run_step(bad, os.environ, tmp_path).passed
    assert not run_step(endless, os.environ, tmp_path, timeout=1).passed


def test_the_summary_names_what_failed_and_how_to_run_it_alone() -> None:
    good = Outcome(Step("lint", "ruff check", ("ruff",)), True, 2.0)
    bad = Outcome(Step("unit", "unit tests", ("pytest",)), False, 61.0)
    empty = Outcome(Step("browser", "browser tests", missing="there is no Chromium"), False, 0)
    lines = summary([good, bad, empty]).splitlines()
    assert lines[-1] == "Steps: 1 passed, 2 failed"
    assert any("FAILED" in line and "make test PART=unit" in line for line in lines)
    assert any("there is no Chromium" in line for line in lines)


def test_the_store_of_a_run_is_its_own_and_goes(tmp_path: Path) -> None:
    with run_tests.own_store(tmp_path) as one, run_tests.own_store(tmp_path) as two:
        assert one != two
        (one / "metadata.sqlite").touch()
    assert list(tmp_path.iterdir()) == []
