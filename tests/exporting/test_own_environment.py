"""An exported project by itself: an environment of its own, no workbook on the path, its two commands.

It takes several minutes, so all of it is marked ``heavy``.
"""

from __future__ import annotations

import ast
import csv
import filecmp
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from utils import exporting, paths
from utils.environments import environment, machine, uv
from utils.pipeline import runners
from utils.pipeline.predict import ExportedModel

pytestmark = pytest.mark.heavy

CLOSE = 1e-6
"""How far the scores of the notebook's model and of the project's may be apart."""

LATE = {"Bern": 0.1, "Basel": 0.5, "Zug": 0.9}
"""How often a ride comes late, by city: data of other columns."""


def run(folder: Path, *line: str) -> str:
    """Run a command in a project, with nothing of this environment around it; fails with its last words."""
    env = {"PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), "PYTHONNOUSERSITE": "1"}
    done = subprocess.run(
        line,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not done.returncode, done.stdout[-5000:]
    return done.stdout


def pushed(folder: Path) -> ExportedModel:
    """Load the newest model that a project has pushed."""
    return ExportedModel(folder / "output" / "serving_model")


@pytest.fixture(scope="module")
def own(project: exporting.Project) -> Path:
    """The project with an environment that its requirements alone have made."""
    here = machine.look(paths.build())
    installer, variables = uv.ensure(here, paths.build()), uv.variables(paths.build())
    base = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    place = project.folder / ".venv"
    environment.create(installer, base, place, variables)
    pins = project.folder / "requirements.txt"
    environment.install(installer, place / "bin" / "python", pins, variables)
    (place / ".installed").touch()
    return project.folder


@pytest.fixture(scope="module")
def has_run(own: Path) -> Path:
    """The project after its first command."""
    assert "The model was blessed and pushed to" in run(own, "make", "run")
    return own


@pytest.fixture(scope="module")
def held_out(config, tmp_path_factory):
    """The rows that the notebook's pipeline has held out, and the scores that its model gives them."""
    made = runners.run_local(config, tmp_path_factory.mktemp("store"))
    files = made.output("ExampleGen", "examples").glob("Split-eval/*")
    rows = list(tf.data.TFRecordDataset(list(map(str, files)), "GZIP").as_numpy_iterator())
    return rows, scores(ExportedModel(Path(config.pushed_models)), rows)


def scores(model: ExportedModel, rows: list[bytes]) -> np.ndarray:
    """Ask a model about serialized rows."""
    answer = model._loaded.signatures["serving_default"](examples=tf.constant(rows))
    return answer["probability"].numpy()[:, 0]


def test_the_workbook_is_not_there(own):
    for name in ("utils", "nbval", "jupyter_server_proxy"):
        said = run(
            own,
            ".venv/bin/python",
            "-c",
            f"from importlib.util import find_spec; print(find_spec({name!r}))",
        )
        assert said.strip() == "None"


def test_its_model_scores_as_the_notebooks(has_run, held_out):
    rows, wanted = held_out
    found = scores(pushed(has_run), rows)
    assert len(rows) > 500
    assert np.ptp(wanted) > 0.01
    assert np.max(np.abs(found - wanted)) <= CLOSE


def test_its_tests_pass(has_run):
    said = run(has_run, "make", "test")
    assert "Success: no issues found" in said
    assert " passed" in said
    assert " failed" not in said


def test_its_beam_runner_makes_the_same_model(has_run, held_out, tmp_path):
    copy = shutil.copytree(
        has_run, tmp_path / "beam", ignore=shutil.ignore_patterns(".venv", "output")
    )
    run(copy, str(has_run / ".venv" / "bin" / "python"), "beam_runner.py")
    rows, wanted = held_out
    assert np.max(np.abs(scores(pushed(copy), rows) - wanted)) <= CLOSE


def test_other_data_needs_only_the_files_that_the_readme_names(has_run, tmp_path):
    plain = shutil.copytree(
        has_run, tmp_path / "plain", ignore=shutil.ignore_patterns(".venv", "output", "*cache*")
    )
    rides = shutil.copytree(plain, tmp_path / "rides")
    shutil.rmtree(rides / "data" / "S1")
    write_rides(rides / "data" / "S1" / "rides.csv")
    assign(
        rides / "models" / "features.py",
        KEY="ride",
        LABEL="late",
        CATEGORICAL=("city",),
        ZIP_CODE=(),
        TEXT=("remark",),
        NUMERIC=("distance",),
    )
    assign(rides / "pipeline" / "configs.py", SLICES=[["city"]], GROUPS=[], MIN_AUC=0.7)
    assert changed_files(plain, rides) == {
        "data/S1/complaints.csv",
        "data/S1/rides.csv",
        "models/features.py",
        "pipeline/configs.py",
    }
    readme = (rides / "README.md").read_text()
    section = readme.partition("## Other data")[2].partition("\n## ")[0]
    assert all(f"`{name}`" in section for name in ("data/", "models/features.py"))
    assert "`pipeline/configs.py`" in section
    python = f"PYTHON={has_run / '.venv' / 'bin' / 'python'}"
    assert "The model was blessed" in run(rides, "make", "run", python)
    assert " passed" in run(rides, "make", "test", python)


def write_rides(file: Path) -> None:
    """Write a table that has nothing to do with complaints, whose label follows from city, distance and remark."""
    drawn = random.Random(7)
    file.parent.mkdir(parents=True)
    with file.open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["ride", "city", "distance", "remark", "late"])
        for ride in range(1_500):
            city, distance = drawn.choice(list(LATE)), drawn.gauss(5, 2)
            late = drawn.random() < LATE[city] * (0.6 if distance < 5 else 1)
            remark = drawn.choice(["bus\nwas full", "a fine ride", 'the "express"'])
            writer.writerow([ride, city, f"{distance:.2f}", remark, int(late)])


def assign(file: Path, **values: object) -> None:
    """Give constants of a module other values, as its owner does in an editor."""
    lines = file.read_text().splitlines(keepends=True)
    for node in reversed(ast.parse("".join(lines)).body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id in values:
            head = lines[node.lineno - 1].partition(" = ")[0]
            made = repr(values.pop(target.id)).replace("'", '"')
            lines[node.lineno - 1 : node.end_lineno] = [f"{head} = {made}\n"]
    assert not values, values
    file.write_text("".join(lines))


def changed_files(before: Path, after: Path) -> set[str]:
    """Return the files that differ between two folders, or that only one of them has."""
    places = {
        str(file.relative_to(folder))
        for folder in (before, after)
        for file in folder.rglob("*")
        if file.is_file()
    }
    return {
        place
        for place in places
        if not ((before / place).exists() and (after / place).exists())
        or not filecmp.cmp(before / place, after / place, shallow=False)
    }
