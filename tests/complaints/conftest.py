"""What the tests of the complaints share: committed and generated data, read by csv alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from utils import paths

SPANS = ("S1", "S2", "S3", "S4", "S5")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def committed() -> dict[str, list[dict[str, str]]]:
    return {span: read(paths.DATA / "complaints" / f"{span}.csv") for span in SPANS}


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """10,000 rows of each span, as the chapters use them."""
    from utils.complaints import generator

    folder = tmp_path_factory.mktemp("spans")
    return {span: read(generator.write(folder / f"{span}.csv", span, 10_000)) for span in SPANS}
