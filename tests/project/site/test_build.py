"""Where a site may go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.site import sample
from utils.project.site import build


def test_a_folder_that_holds_no_site_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    executed = sample.write(tmp_path / "executed")
    (tmp_path / "documents").mkdir()
    letter = tmp_path / "documents" / "letter.txt"
    letter.touch()
    for to, why in ((letter.parent, "the workbook did not make"), (letter, "is a file")):
        assert build.main(["--executed", str(executed), "--to", str(to)]) == 1
        assert why in capsys.readouterr().err
    assert letter.exists()
