"""Whoever closes the workbook can write a pipeline alone: another table, an empty folder, plain TFX, no ``utils``.

The modules are those that chapters 5 and 6 let their reader write, taken from the notebooks, with other columns.
"""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from tests.notebooks.reading import chapter, written_files

FEATURES = {
    "consumer_complaint_narrative": "remark",
    '"product': '"city',
    "product =": "city =",
    "            product,": "            city,",
    "consumer_disputed": "tipped",
}
"""What a reader changes in chapter 5's module: its columns."""

TRAINER = {
    '["product_xf", "issue_xf", "company_xf", "company_response_xf"]': '["city_xf"]',
    '"categories"': '"city"',
    "consumer_disputed": "tipped",
}
"""What a reader changes in chapter 6's module."""

TIPS = {"Bern": 0.1, "Basel": 0.5, "Zug": 0.9}
"""How often a ride ends with a tip, by city."""


def module(number: str, changes: dict[str, str]) -> str:
    """Return the module that a chapter lets its reader write, with other columns."""
    text = written_files(chapter(number))["module_file"]
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, filled as a reader would."""
    folder = tmp_path_factory.mktemp("tips")
    (folder / "features.py").write_text(module("5", FEATURES))
    (folder / "trainer.py").write_text(module("6", TRAINER))
    shutil.copy(Path(__file__).with_name("pipeline.py"), folder)
    (folder / "data").mkdir()
    drawn = random.Random(7)
    with (folder / "data" / "rides.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ride", "city", "remark", "tipped"])
        for ride in range(900):
            city = drawn.choice(list(TIPS))
            writer.writerow([ride, city, "fine ride", int(drawn.random() < TIPS[city])])
    return folder


@pytest.mark.heavy
def test_the_pipeline_runs_without_the_workbook(repository: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    ran = subprocess.run(
        [sys.executable, "pipeline.py"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    for name in ("pipeline.py", "features.py", "trainer.py"):
        assert not re.search(r"(from|import) (utils|tests)", (repository / name).read_text())
    (pushed,) = (repository / "pushed").iterdir()
    serve = tf.saved_model.load(str(pushed)).signatures["serving_default"]
    rides = []
    for city in TIPS:
        ride = tf.train.Example()
        ride.features.feature["city"].bytes_list.value.append(city.encode())
        rides.append(ride.SerializeToString())
    scores = serve(examples=tf.constant(rides))["probability"].numpy().ravel()
    assert scores[0] < scores[1] < scores[2]
    assert (scores >= 0).all()
    assert (scores <= 1).all()
