from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from utils import paths


@pytest.mark.parametrize(
    ("variable", "place"), [("WORKBOOK_BUILD", paths.build), ("WORKBOOK_STORE", paths.store)]
)
def test_a_relative_place_is_the_same_folder_in_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, place: Callable[[], Path]
) -> None:
    # A kernel works in the folder of its notebook, and `make` in the repository's root.
    monkeypatch.chdir(tmp_path)
    for value, where in {
        "other": paths.ROOT / "other",
        "../beside": paths.ROOT.parent / "beside",
        "~/mine": Path.home() / "mine",
        str(tmp_path): tmp_path,
    }.items():
        monkeypatch.setenv(variable, value)
        assert place() == where


def test_the_build_folder_is_in_the_repository_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WORKBOOK_STORE", raising=False)
    monkeypatch.setenv("WORKBOOK_BUILD", "")
    assert paths.build() == paths.ROOT / "build"
    assert paths.store() == paths.ROOT / "build" / f"store-{paths.stack()}"
