from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from utils import paths
from utils.complaints import __main__ as main


def test_generate_writes_the_committed_bytes(tmp_path: Path) -> None:
    out = tmp_path / "S2.csv"
    subprocess.run(
        [
            *(sys.executable, "-m", "utils.complaints", "generate"),
            *("--span", "S2", "--rows", "2000", "--out", str(out)),
        ],
        cwd=paths.ROOT,
        check=True,
        capture_output=True,
    )
    assert out.read_bytes() == (paths.DATA / "complaints" / "S2.csv").read_bytes()


def test_variant_writes_the_committed_bytes(tmp_path: Path) -> None:
    out = tmp_path / "leak.csv"
    assert main.main(["variant", "--name", "leak", "--rows", "60", "--out", str(out)]) == 0
    assert out.read_bytes() == (paths.DATA / "variants" / "leak.csv").read_bytes()


def test_convert_reports_what_the_file_is_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = paths.DATA / "variants" / "immature.csv"
    out = tmp_path / "out.csv"
    assert main.main(["convert", str(source), "--out", str(out), "--require-labels", "20"]) == 0
    assert out.read_bytes() == source.read_bytes()
    assert "rows=60" in capsys.readouterr().out


def test_a_header_does_not_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "export.csv"
    source.write_text("Date received,\x1b]0;x\x07\x1b[2J\n3/1/2020,a\n", "utf-8")
    assert main.main(["convert", str(source), "--out", str(tmp_path / "out.csv")]) == 1
    said = capsys.readouterr().err
    assert "found: Date received, ]0;x" in said.replace("  ", " ")
    assert {one for one in said if unicodedata.category(one) == "Cc"} == {"\n"}


def test_an_error_is_one_sentence_and_a_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = paths.DATA / "variants" / "broken" / "missing_column.csv"
    assert main.main(["convert", str(source), "--out", str(tmp_path / "out.csv")]) == 1
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("error: The header of")
    source = paths.DATA / "variants" / "leak.csv"
    command = ["convert", str(source), "--encoding", "nonsense", "--out", str(tmp_path / "x")]
    assert main.main(command) == 1
    assert "nonsense" in capsys.readouterr().err.strip().splitlines()[-1]
    assert main.main(["generate", "--span", "S1", "--rows", "0", "--out", str(tmp_path / "x")]) == 1
    assert main.main(["variant", "--name", "none", "--out", str(tmp_path / "x")]) == 1
    assert main.main(["fetch", "api", "--size", "0"]) == 1


@pytest.mark.parametrize(
    "command",
    [
        ["generate", "--span", "S1", "--rows", "20"],
        ["variant", "--name", "leak", "--rows", "20"],
        ["convert", str(paths.DATA / "complaints" / "S1.csv")],
        ["fetch", "book", "--url", "http://127.0.0.1:9/book.csv"],
    ],
)
def test_a_folder_as_the_target_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "kept").touch()
    assert main.main([*command, "--out", str(tmp_path)]) == 1
    assert f"error: {tmp_path} is a folder." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_file_as_the_folder_of_broken_files_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    command = ["variant", "--name", "broken", "--rows", "20", "--out", str(tmp_path / "file")]
    assert main.main(command) == 1
    assert "cannot be written: a file stands in the place of its folder" in capsys.readouterr().err
