from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.benchmarks import chapters, report, results
from tests.benchmarks.ways import TUTORIAL, WORKBOOK


def record(way: str, step: str, seconds: float) -> dict[str, object]:
    return {"way": way, "rows": 10_000, "step": step, "seconds": seconds, "cpu": seconds, "peak": 1}


def measured(records: list[dict[str, object]]) -> results.Measured:
    stamp = {"date": "2026-01-02", "loop": 0.5}
    machine = "2 processors, 8 GB, Linux, Python 3.10.1"
    return results.Measured(machine, [{**stamp, **record} for record in records])


def records_of(picture: Path) -> str:
    """The hash of the records that a picture was drawn from, as it says."""
    (found,) = re.findall(r"SHA-256 of the records: \w{64}", picture.read_text("utf-8"))
    return found


def test_the_ratio_is_of_the_medians() -> None:
    ours = [record(WORKBOOK, "whole", seconds) for seconds in (30, 90, 31)]
    theirs = [record(TUTORIAL, "whole", seconds) for seconds in (62, 60, 5)]
    assert report.ratio(measured([*ours, *theirs])) == pytest.approx(31 / 60)


def test_what_is_above_a_budget_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(report, "PICTURES", tmp_path)
    shape = {"store": "after", "ok": True, "notebook": 2_000_000, "largest": 1_000_000}
    found = measured(
        [
            {**shape, "chapter": "04_data_validation", "seconds": 119.0, "peak": 1_900_000_000},
            {**shape, "chapter": "06_model_training", "seconds": 131.0, "peak": 1_900_000_000},
            {**shape, "chapter": "11_beam_and_airflow", "seconds": 300.0, "peak": 5_250_000_000},
        ]
    )
    text = report.chapters_part(found)
    assert "06_model_training after by 11 s; 11_beam_and_airflow in memory by 0.25 GB." in text
    assert "04_data_validation after by" not in text
    assert (tmp_path / "bench_chapters.svg").exists()


def test_a_chapter_that_stands_in_no_list_has_the_usual_budget() -> None:
    assert chapters.budget("06", chapters.AFTER) == 120
    assert chapters.budget("13", chapters.AFTER) == 240
    assert chapters.budget("13", chapters.ALONE) == 300


def test_the_share_that_tests_notice_leaves_out_what_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report, "MODULES", {"a.py": (), "b.py": (), "c.py": ()})
    counts = {"made": 200, "hung": 1, "survived": 4}
    found = measured(
        [
            {**counts, "module": "b.py", "mutants": 40, "noticed": 31, "equivalent": 5},
            {**counts, "module": "a.py", "mutants": 60, "noticed": 50, "equivalent": 6},
        ]
    )
    assert report.strength(found.records) == pytest.approx(81 / 89)
    text = report.mutation_part(found)
    assert "| `a.py` | 60 | 50 | 6 | 4 | 93% |" in text
    assert "| **all** | **100** | **81** | **11** | **8** | **91.0%** |" in text
    assert text.index("`a.py`") < text.index("`b.py`") and "Not measured yet: `c.py`." in text
    assert "on 100 of 400" in text and "noticing: 2 of these" in text


def test_hostile_input_is_added_up() -> None:
    counts = {"seed": 1, "accepted": 300, "refused": 699, "failed": 1, "seconds": 5.0, "ok": False}
    found = measured([{"target": target, "inputs": 1000, **counts} for target in ("CSV", "REST")])
    text = report.fuzzing_part(found)
    assert "| REST | 1,000 | 300 | 699 | 1 | 5.0 s |" in text
    assert "| **all** | **2,000** | **600** | **1,398** | **2** | **10 s** |" in text
    assert "2,000 inputs, 2 faults. `make fuzz` on 2026-01-02, seed 1: 2 processors" in text


def test_what_is_kept_is_read_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    assert results.read("pipeline") is None
    results.write("pipeline", 0.5, [{"step": "whole"}])
    found = results.read("pipeline")
    assert found is not None
    assert found.loop == "0.5 s"
    assert [one["step"] for one in found.records] == ["whole"]


def test_the_pages_are_made_of_what_was_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = report.PICTURES
    monkeypatch.setattr(report, "PICTURES", tmp_path)
    assert report.PAGE.read_text("utf-8") == report.page()
    assert report.README.read_text("utf-8") == report.readme()
    assert list(tmp_path.iterdir())
    for drawn in tmp_path.iterdir():
        assert records_of(drawn) == records_of(kept / drawn.name), (
            "`make bench PART=report` draws it"
        )


def test_a_part_can_be_measured_in_several_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def kept() -> list[tuple[int, int]]:
        found = results.read("cluster")
        assert found is not None
        return [(one["rows"], one["seconds"]) for one in found.records]

    monkeypatch.setattr(results, "FOLDER", tmp_path)
    by = ("rows", "step")
    few, anew, many = ({"rows": n, "step": "a", "seconds": s} for n, s in ((1, 5), (1, 6), (2, 7)))
    results.write("cluster", 0.5, [few, many], by)
    results.write("cluster", 0.5, [anew], by)
    results.write("cluster", 0.5, [], by)
    assert kept() == [(1, 6), (2, 7)]
    monkeypatch.setattr(results, "machine", lambda: "another machine")
    results.write("cluster", 0.5, [few], by)
    assert kept() == [(1, 5)]


def test_a_part_says_from_when_to_when_it_was_measured() -> None:
    days = [{"date": f"2026-01-0{day}", "loop": loop} for day, loop in ((3, 0.2), (2, 0.4))]
    several = results.Measured("a machine", days)
    assert (several.date, several.loop) == ("2026-01-02 to 2026-01-03", "0.2 to 0.4 s")
    one = results.Measured("a machine", days[:1])
    assert (one.date, one.loop) == ("2026-01-03", "0.2 s")


def test_what_was_not_measured_on_the_cluster_is_a_dash() -> None:
    one = {"rows": 1_000, "step": "ExampleGen", "seconds": 2.0, "peak": 1_500_000_000}
    far = {"rows": 9_000, "step": "ExampleGen", "seconds": 90.0, "peak": 4_000_000_000}
    slow = {"loop": 1.2, "task_managers": 2}
    found = measured([{**one, "task_managers": 0}, {**far, **slow}])
    text = report.cluster_part(found)
    assert "| 1,000 ExampleGen | 2.0 s | 1.50 GB | - | - | 0.5 s |" in text
    assert "| 9,000 ExampleGen | - | - | 90 s | 4.00 GB | 1.2 s |" in text
