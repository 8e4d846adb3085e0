"""A project, exported with values other than the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from utils import exporting
from utils.complaints import generator
from utils.pipeline.config import Group, PipelineConfig

ROWS = 2_000
"""Enough for a model that is better than chance, and few enough to run it often."""


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> PipelineConfig:
    """A configuration in which every part has a value of its own."""
    base = tmp_path_factory.mktemp("complaints")
    for span in ("S1", "S2"):
        generator.write(base / span / "complaints.csv", span, ROWS, progress=False)
    plain = PipelineConfig(input_base=str(base), pushed_models=str(base / "pushed"), seed=7)
    return plain.replace(
        features=plain.features.without("company").plus("sub_issue").replace(min_count=3),
        model=plain.model.replace(layers=(24, 12), epochs=4),
        thresholds=plain.thresholds.replace(min_auc=0.5, fairness=(0.3, 0.5)),
        splits=(("train", 3), ("eval", 2)),
        groups=(Group(), Group("coast", "state", ("CA", "OR", "WA"), 'the "coast"', "inland")),
        slices=("product", ("product", "coast")),
    )


@pytest.fixture(scope="session")
def project(config: PipelineConfig, tmp_path_factory: pytest.TempPathFactory) -> exporting.Project:
    """The project; tests that change it take a copy."""
    return exporting.write(tmp_path_factory.mktemp("home") / "My Pipeline", config)


@pytest.fixture
def changed(project: exporting.Project, tmp_path: Path) -> Path:
    """A copy of the project, to be changed."""
    import shutil

    return Path(shutil.copytree(project.folder, tmp_path / "changed"))
