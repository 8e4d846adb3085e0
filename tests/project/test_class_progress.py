from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

import utils.exercises
from utils import paths
from utils.project import class_progress
from utils.project.class_progress import LARGEST, ProgressError

KNOWN = {"1": ("1.1", "1.2"), "A": ("A.1",)}


def hand_in(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def rows(folder: Path) -> list[list[str]]:
    text = class_progress.table(class_progress.collect(folder, KNOWN), KNOWN)
    return list(csv.reader(text.splitlines()))


def test_files_and_folders_and_clones_are_readers(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada.json", ["1.1", "1.2", "A.1"])
    hand_in(tmp_path, "ben/exercises.json", ["1.2"])
    hand_in(tmp_path, "cem/build/store-1.16/exercises.json", ["1.1"])
    hand_in(tmp_path, "cem/build/store-1.21/exercises.json", ["A.1"])
    (tmp_path / "dea").mkdir()
    hand_in(tmp_path, ".hidden.json", ["1.1"])
    hand_in(tmp_path, "notes.txt", "no record")
    assert rows(tmp_path) == [
        ["reader", "solved (of 3)", "Chapter 1 (of 2)", "Appendix A (of 1)", "remark"],
        ["ada", "3", "2", "1", ""],
        ["ben", "1", "1", "0", ""],
        ["cem", "2", "1", "1", ""],
        ["dea", "0", "0", "0", "there is no record"],
    ]


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        ("", "the record is no JSON"),
        (
            "\udcff".encode("utf-8", "surrogateescape").decode("latin-1") + "[",
            "the record is no JSON",
        ),
        ("[" * 50_000, "the record is no JSON"),
        ('{"1.1": 1}', "the record holds no list"),
        (json.dumps("1.1"), "the record holds no list"),
        ("[1e999, NaN, null, {}, [], true]", "6 of its numbers are no exercises"),
        (json.dumps(["=HYPERLINK(1)", "9.9"]), "2 of its numbers are no exercises"),
        (json.dumps(["1.1"] * LARGEST), f"the record is larger than {LARGEST:,} bytes"),
    ],
)
def test_a_hostile_record_counts_as_empty(tmp_path: Path, content: str, remark: str) -> None:
    hand_in(tmp_path, "eve.json", content)
    hand_in(tmp_path, "fay.json", ["1.1"])
    assert rows(tmp_path)[1:] == [["eve", "0", "0", "0", remark], ["fay", "1", "1", "0", ""]]


def test_what_is_right_in_a_record_counts_once(tmp_path: Path) -> None:
    hand_in(tmp_path, "eve.json", ["1.1", "1.1", "1.1 ", 1.1, "A.1"])
    remark = "2 of its numbers are no exercises"
    assert rows(tmp_path)[1] == ["eve", "2", "1", "1", remark]


def test_bytes_that_are_no_text_are_no_record(tmp_path: Path) -> None:
    (tmp_path / "eve.json").write_bytes(b'["1.1\xff"]')
    assert rows(tmp_path)[1][-1] == "the record is no JSON"


def test_links_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    secret = hand_in(tmp_path, "elsewhere/secret.json", ["1.1"])
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "eve.json").symlink_to(secret)
    (folder / "fay.json").mkdir()
    os.mkfifo(folder / "gil.json")
    (folder / "hal").symlink_to(secret.parent)
    (folder / "ida").mkdir()
    (folder / "ida/exercises.json").symlink_to(tmp_path / "nowhere")
    assert [(row[0], row[1], row[-1]) for row in rows(folder)[1:]] == [
        ("eve", "0", "the record is a link, which is not followed"),
        ("fay", "0", "the record cannot be read"),
        ("gil", "0", "the record is no ordinary file"),
        ("ida", "0", "the record is a link, which is not followed"),
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        (" +1", "' +1"),
        ("@sum", "'@sum"),
        ("-2", "'-2"),
        ("\t=1", "?=1"),
        ("a\nb\x1b[31m\u202e", "a?b?[31m?"),
        ('Zo\u00eb, "Z"', 'Zo\u00eb, "Z"'),
        ("x" * 200, "x" * 80),
        (os.fsdecode(b"bad\xff"), "bad?"),
    ],
)
def test_names_are_disarmed(name: str, shown: str) -> None:
    assert class_progress.shown(name) == shown
    text = class_progress.table([class_progress.Reader(name, frozenset())], KNOWN)
    assert list(csv.reader(text.splitlines()))[1][0] == shown
    text.encode("utf-8")


def test_a_folder_without_readers_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ProgressError, match=r"ada\.json"):
        class_progress.collect(tmp_path, KNOWN)
    with pytest.raises(ProgressError, match="FROM=folder"):
        class_progress.collect(tmp_path / "missing", KNOWN)


def test_only_an_earlier_table_is_replaced(tmp_path: Path) -> None:
    table = class_progress.table([class_progress.Reader("ada", frozenset({"1.1"}))], KNOWN)
    class_progress.save(table, tmp_path / "class.csv")
    class_progress.save(table, tmp_path / "class.csv")
    assert (tmp_path / "class.csv").read_text("utf-8") == table
    other = hand_in(tmp_path, "thesis.txt", "mine")
    with pytest.raises(ProgressError, match="not replaced"):
        class_progress.save(table, other)
    assert other.read_text("utf-8") == "mine"


def test_the_exercises_are_those_that_are_checked() -> None:
    found = class_progress.exercises(paths.NOTEBOOKS)
    assert list(found) == [*map(str, range(1, 16)), "A", "B", "C"]
    for chapter, numbers in found.items():
        assert sorted(numbers) == utils.exercises.numbers(chapter)


def test_the_record_is_the_one_that_exercises_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(utils.exercises, "_CHECKS", {})
    utils.exercises.exercise("99.1")(lambda answer, context: utils.exercises.yes("right."))
    utils.exercises.check("99.1", 1, SimpleNamespace(store=tmp_path / "ada"))
    (ada,) = class_progress.collect(tmp_path, {"99": ("99.1",)})
    assert (ada.name, ada.solved, ada.remark) == ("ada", frozenset({"99.1"}), "")


def test_readers_see_their_own_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBOOK_STORE", str(tmp_path))
    assert class_progress.main([]) == 0
    assert "No exercise is solved yet." in capsys.readouterr().out
    record = hand_in(tmp_path, "exercises.json", ["1.1", "1.3", "C.1"])
    assert class_progress.main([]) == 0
    said = capsys.readouterr().out
    assert "Chapter 1: 2 of 6 exercises solved.\nAppendix C: 1 of" in said
    assert f"The record is {record}" in said


def test_the_command_makes_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(tmp_path, "in/ada.json", ["1.1"])
    hand_in(tmp_path, "in/eve.json", "{")
    arguments = ["--from", str(tmp_path / "in")]
    assert class_progress.main([*arguments, "--to", str(tmp_path / "class.csv")]) == 0
    assert "2 readers, 1 of them with a remark" in capsys.readouterr().err
    assert class_progress.main(arguments) == 0
    assert capsys.readouterr().out == (tmp_path / "class.csv").read_text("utf-8")
    assert class_progress.main(["--from", str(tmp_path / "none")]) == 1
    assert "make progress FROM=folder" in capsys.readouterr().err
