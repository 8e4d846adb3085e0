from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from utils import paths
from utils.project import run_tests
from utils.project.run_tests import (
    PARTS,
    Outcome,
    Step,
    browser,
    choose,
    heavy,
    longest_first,
    notebooks,
    run_step,
    steps,
    summary,
    unit,
)


def test_parts_are_chosen_by_name_in_their_order() -> None:
    assert choose("") == ["lint", "types", "unit", "notebooks", "browser"]
    assert choose("notebooks, lint") == ["lint", "notebooks"]
    assert choose("heavy") == ["heavy"], "it runs only when it is named"
    assert choose(" ".join(PARTS)) == list(PARTS)
    with pytest.raises(ValueError, match="no part 'units'") as caught:
        choose("units")
    assert "unit" in str(caught.value)


def test_nothing_to_test_is_a_failure_and_not_silence(tmp_path: Path) -> None:
    (tmp_path / "utils").mkdir()
    nothing: dict[str, list[Path]] = {"notebooks": [], "heavy": []}
    parts = ["unit", "notebooks", "browser", "heavy"]
    made = steps(parts, tmp_path, [], nothing, tmp_path, workers=2)
    assert [step.part for step in made] == parts
    assert all(step.missing for step in made)
    assert not any(run_step(step, {}, tmp_path).passed for step in made)


def test_unit_tests_take_a_process_more_than_processors(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").touch()
    (step,) = unit(tmp_path, [], workers=2)
    assert step.command[step.command.index("-n") + 1] == "3"


def test_only_unit_tests_run_in_random_order_and_a_seed_repeats_it(tmp_path: Path) -> None:
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "tests" / "browser" / "test_one.py").touch()
    (free,), (seeded,) = unit(tmp_path, []), unit(tmp_path, [], seed=7)
    assert not any("randomly" in word for word in free.command)
    assert "--randomly-seed=7" in seeded.command
    (opened,) = browser(tmp_path, [], "/usr/bin/chromium")
    (run,) = [
        step
        for step in notebooks(tmp_path, [copy(tmp_path, "a", 1)], tmp_path)
        if "pytest" in step.command
    ]
    for step in (opened, run):
        assert step.command[step.command.index("no:randomly") - 1] == "-p"


def test_no_browser_is_told_with_the_cure_and_fails_where_ci_is_set(tmp_path: Path) -> None:
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "tests" / "browser" / "test_one.py").touch()
    (missing,) = browser(tmp_path, [], None)
    assert "WORKBOOK_CHROMIUM" in missing.missing
    assert not run_step(missing, {"CI": "true"}, tmp_path).passed
    here = run_step(missing, {}, tmp_path)
    assert here.passed
    lines = summary([here]).splitlines()
    assert lines[-1] == "Steps: 0 passed, 0 failed, 1 skipped"
    assert any("skipped" in line and "there is no Chromium" in line for line in lines)
    (there,) = browser(tmp_path, [], "/usr/bin/chromium")
    assert there.command


def copy(folder: Path, name: str, cells: int) -> Path:
    """A notebook of empty code cells."""
    made = folder / f"{name}.ipynb"
    made.write_text(json.dumps({"cells": [{"cell_type": "code"}] * cells}), "utf-8")
    return made


def test_whole_notebooks_go_to_two_workers_the_longest_first(tmp_path: Path) -> None:
    made = [copy(tmp_path, name, cells) for name, cells in (("a", 1), ("b", 9), ("c", 5))]
    assert [one.stem for one in longest_first(made, tmp_path)] == ["b", "c", "a"]
    run_tests.seconds_file(tmp_path).write_text('{"a": 90.5, "c": 2}', "utf-8")
    assert [one.stem for one in longest_first(made, tmp_path)] == ["a", "b", "c"]
    run_tests.seconds_file(tmp_path).write_text("torn", "utf-8")
    assert [one.stem for one in longest_first(made, tmp_path)] == ["b", "c", "a"]
    head = {"cell_type": "markdown", "source": ["60 minutes to read, ", "8 minutes to run."]}
    made[2].write_text(json.dumps({"cells": [head, {"cell_type": "code"}]}), "utf-8")
    assert [one.stem for one in longest_first(made, tmp_path)] == ["c", "b", "a"]
    answers, judged = notebooks(tmp_path, made, tmp_path, workers=4)
    assert answers.command[-3:] == tuple(map(str, made))
    assert "--nbval-lax" in judged.command
    assert judged.command[-4:] == ("-n", "2", "--dist=loadfile", "--no-loadscope-reorder")
    _, single = notebooks(tmp_path, made[:1], tmp_path, workers=4)
    assert "-n" not in single.command


def test_the_heavy_part_runs_each_notebook_from_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").touch()
    proofs, alone = heavy(tmp_path, [copy(tmp_path, "a", 1)], tmp_path)
    assert proofs.command[proofs.command.index("-m", 2) + 1] == "heavy"
    assert "--alone" in alone.command
    first, _ = heavy(tmp_path, [copy(tmp_path, "a", 1)], tmp_path, seed=3)
    assert "--randomly-seed=3" in first.command
    (every_test,) = unit(tmp_path, [])
    assert "not browser and not heavy" in every_test.command


def test_two_browsers_share_the_chapters_by_their_stores(tmp_path: Path) -> None:
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "tests" / "browser" / "test_one.py").touch()
    (one,) = browser(tmp_path, [], "/usr/bin/chromium", workers=4)
    assert one.command[-4:] == ("-n", "2", "--dist=loadgroup", "--no-loadscope-reorder")


def test_the_chosen_notebooks_only_are_opened_in_the_browser(tmp_path: Path) -> None:
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "tests" / "browser" / "test_one.py").touch()
    (one,) = browser(tmp_path, [Path("04_x.ipynb")], "/usr/bin/chromium", every=False)
    assert one.command[one.command.index("-k") + 1] == "not test_a_chapter or 04_x"
    (all_of_them,) = browser(tmp_path, [Path("04_x.ipynb")], "/usr/bin/chromium")
    assert "-k" not in all_of_them.command


def test_every_skip_is_listed_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "test_skips.py").write_text(
        "import pytest\n\ndef test_one():\n    pytest.skip('needs a moon')\n\ndef test_two(): pass\n"
    )
    step = run_tests.pytest_step("unit", "unit tests", str(tmp_path / "test_skips.py"))
    outcome = run_step(step, os.environ, tmp_path, report=tmp_path / "report.xml")
    assert outcome.passed
    assert outcome.skipped == ("test_skips.test_one: needs a moon",)
    assert "  test_skips.test_one: needs a moon" in summary([outcome]).splitlines()
    assert run_tests.skips(tmp_path / "absent.xml") == ()


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


@pytest.mark.parametrize(("ci", "said"), [("true", "1 failed, 3 skipped"), ("", "4 skipped")])
def test_a_missing_tool_fails_where_ci_is_set_but_docker_does_not(
    tmp_path: Path, ci: str, said: str
) -> None:
    reasons = ("needs promtool", "needs Docker", "Linux only", "another stack")
    tests = [f"def test_{at}():\n    pytest.skip({why!r})\n" for at, why in enumerate(reasons)]
    file = tmp_path / "test_tools.py"
    file.write_text("\n".join(["import pytest", *tests]), encoding="utf-8")
    done = subprocess.run(
        [*(sys.executable, "-m", "pytest", "-p", "tests.conftest"), str(file)],
        cwd=paths.ROOT,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said in done.stdout
    assert ("left out where CI=true: needs promtool" in done.stdout) == bool(ci)
