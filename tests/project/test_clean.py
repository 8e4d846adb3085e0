from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from utils import paths
from utils.environments.environment import child_variables
from utils.project import clean


def test_what_is_costly_stays_unless_all_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    for name in ("env-1.16", "side", "downloads", "executed", "store-1.16", "complaints"):
        (tmp_path / name / "inside").mkdir(parents=True)
    (tmp_path / "notebook-seconds.json").touch()
    assert clean.main([]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["downloads", "env-1.16", "side"]
    assert "executed" in capsys.readouterr().out
    assert clean.main(["all"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_links_are_deleted_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, elsewhere = tmp_path / "build", tmp_path / "elsewhere"
    build.mkdir()
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (build / "executed").symlink_to(elsewhere)
    monkeypatch.setenv("WORKBOOK_BUILD", str(build))
    assert clean.main([]) == 0
    assert (elsewhere / "precious").exists()
    assert clean.to_delete(tmp_path / "missing", everything=True) == ([], 0)


def test_a_folder_that_is_no_build_folder_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "home" / "me").mkdir(parents=True)
    (tmp_path / "home" / "executed").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    for folder, why in ((tmp_path / "documents", ""), (tmp_path / "home", "your home folder")):
        (folder / "letter.txt").touch()
        monkeypatch.setenv("WORKBOOK_BUILD", str(folder))
        assert clean.main(["all"]) == 1
        assert (folder / "letter.txt").exists()
        said = capsys.readouterr().err
        assert f"{folder} holds" in said
        assert why in said


@pytest.mark.parametrize("everything", [[], ["all"]])
def test_what_a_reader_has_beside_it_stays(
    everything: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    others = [
        "env-torch",
        "photos",
        "python-course",
        "side-projects",
        "site-packages",
        "test-images",
    ]
    for name in ("env-1.21", "executed", "run-ab_12345", *others):
        (tmp_path / name / "inside").mkdir(parents=True)
    assert clean.main(everything) == 0
    left = others if everything else sorted([*others, "env-1.21"])
    assert sorted(path.name for path in tmp_path.iterdir()) == left
    assert f"{tmp_path}: 6 other entries are not" in capsys.readouterr().out


def test_the_checkouts_own_build_folder_holds_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "build" / "mypy").mkdir(parents=True)
    assert clean.to_delete(tmp_path / "build", False) == ([tmp_path / "build" / "mypy"], 0)


def test_every_name_that_a_module_writes_is_known() -> None:
    """The names stand in the code as ``build / "name"``, or as the beginning of a scratch folder's."""
    files = [*(paths.ROOT / "utils").rglob("*.py"), *(paths.ROOT / "tests").rglob("*.py")]
    lines = [
        line
        for file in files
        if not file.name.startswith("test_")
        for line in file.read_text("utf-8").splitlines()
        if re.search(r"\bbuild\b|to\.parent", line)
    ]
    made = {name for line in lines for name in re.findall(r'\bbuild(?:\(\))? / f?"([^"]+)"', line)}
    made |= {
        f"{start}a_12345z" for line in lines for start in re.findall(r'f?"([\w{}.-]+-)"', line)
    }
    made = {re.sub(r"\{[^}]+\}", "1.16", name.replace("{part}", "heavy")) for name in made}
    variables = child_variables(Path("/env"), Path("/build"), {}).values()
    made |= {Path(value).parts[2] for value in variables if value.startswith("/build/")}
    assert {"env-1.16", "fuzzing-1.16.log", "jupyter", "new-site-a_12345z", "side"} <= made
    assert [name for name in sorted(made) if not clean.is_one(name, clean.MADE)] == []


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(39, "Directory not empty")]
)
def test_what_cannot_be_deleted_is_one_sentence(
    error: OSError,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(folder: str) -> None:
        raise error

    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    (tmp_path / "executed").mkdir()
    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert clean.main([]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path / 'executed'} cannot be deleted: {error.strerror}. "
        "Close what uses it, or delete it as its owner.\n"
    )


def test_a_folder_that_may_not_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert clean.main(["all"]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path} cannot be deleted: Permission denied.")


@pytest.mark.parametrize("target", ["clean", "lock", "lab"])
def test_make_says_that_there_is_no_python(target: str) -> None:
    line = ["make", "--dry-run", target, "PYTHON="]
    done = subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True)
    script = done.stdout.replace("\\\n", "")
    said = subprocess.run(["sh", "-c", script], cwd=paths.ROOT, capture_output=True, text=True)
    assert "needs Python 3.8 or newer, and none is on the PATH" in said.stderr
    assert said.returncode == 1
