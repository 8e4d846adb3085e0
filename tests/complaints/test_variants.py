from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests import disks
from utils import paths
from utils.complaints import generator, planted, sources, spans, variants
from utils.complaints.errors import ComplaintsError
from utils.files import FileError

Rows = list[dict[str, str]]
LABEL = "consumer_disputed"
ROWS = 10_000


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clean")
    return {span: generator.write(folder / f"{span}.csv", span, ROWS) for span in ("S1", "S2")}


def made(name: str, clean: dict[str, Path], folder: Path) -> tuple[Rows, Rows]:
    source = clean[variants.source(name)]
    return read(source), read(variants.make(name, source, ROWS, folder / f"{name}.csv"))


def test_anomalies_are_seven_kinds_of_forty_rows(clean: dict[str, Path], tmp_path: Path) -> None:
    before, after = made("anomalies", clean, tmp_path)
    known = {row["product"] for row in before}
    found: dict[str, set[int]] = {kind: set() for kind in planted.ANOMALIES}
    for n, row in enumerate(after):
        checks = {
            "unknown_product": row["product"] not in known,
            "unknown_state": row["state"] == "ZZ",
            "masked_zip": row["zip_code"] == "XXXXX",
            "missing_timely": row["timely_response"] == "",
            "blank_issue": row["issue"] == "",
            "label_not_available": row[LABEL] == "N/A",
            "duplicate_id": n > 0 and row["complaint_id"] == after[n - 1]["complaint_id"],
        }
        for kind, there in checks.items():
            if there:
                found[kind].add(n)
    assert {kind: len(rows) for kind, rows in found.items()} == dict.fromkeys(found, 40)
    touched = [n for rows in found.values() for n in rows]
    assert len(set(touched)) == 280
    assert ROWS - len({row["complaint_id"] for row in after}) == 40
    for n in set(range(ROWS)) - set(touched):
        assert after[n] == before[n]


def test_serving_skew_changes_a_product_and_the_zip_and_drops_the_label(
    clean: dict[str, Path], tmp_path: Path
) -> None:
    before, after = made("skew_serving", clean, tmp_path)
    assert LABEL not in after[0]
    for old, new in zip(before, after, strict=True):
        expected = {name: value for name, value in old.items() if name != LABEL}
        if old["product"] == "Consumer Loan":
            expected["product"] = planted.SKEWED_PRODUCT
        code = old["zip_code"]
        expected["zip_code"] = str(int(code)) if code.isdigit() else ""
        assert new == expected
    share = sum(row["product"] == planted.SKEWED_PRODUCT for row in after) / ROWS
    assert share == pytest.approx(
        planted.SKEW_PRODUCT, abs=planted.tolerance(ROWS, planted.SKEW_PRODUCT)
    )
    assert any(len(row["zip_code"]) == 4 for row in after)


def test_the_leak_gives_the_label_away(clean: dict[str, Path], tmp_path: Path) -> None:
    before, after = made("leak", clean, tmp_path)
    codes: dict[str, Counter[str]] = {"0": Counter(), "1": Counter()}
    for old, new in zip(before, after, strict=True):
        codes[new[LABEL]][new["resolution_code"]] += 1
        assert {k: v for k, v in new.items() if k != "resolution_code"} == old
    for label, shares in zip("01", planted.LEAK_SHARES, strict=True):
        total = codes[label].total()
        for code, share in zip(planted.LEAK_CODES, shares, strict=True):
            assert codes[label][code] / total == pytest.approx(
                share, abs=planted.tolerance(total, share)
            )
    wins = sum(
        codes["1"][a] * codes["0"][b] * (1.0 if a > b else 0.5)
        for a in planted.LEAK_CODES
        for b in planted.LEAK_CODES
        if a >= b
    )
    auc = wins / codes["1"].total() / codes["0"].total()
    assert auc == pytest.approx(planted.LEAK_AUC, abs=planted.tolerance_auc(ROWS, planted.LEAK_AUC))
    precision = codes["1"]["R2"] / (codes["0"]["R2"] + codes["1"]["R2"])
    assert precision == pytest.approx(planted.LEAK_PRECISION, abs=planted.tolerance(2_000, 0.897))


def test_duplicates_repeat_narratives_under_new_ids(clean: dict[str, Path], tmp_path: Path) -> None:
    before, after = made("duplicates", clean, tmp_path)
    assert [row["complaint_id"] for row in after] == [row["complaint_id"] for row in before]
    assert [row["date_received"] for row in after] == [row["date_received"] for row in before]
    first: dict[str, dict[str, str]] = {}
    repeats = 0
    for row in after:
        text = row["consumer_complaint_narrative"]
        if text in first:
            repeats += 1
            own = ("complaint_id", "date_received")
            assert {k: v for k, v in row.items() if k not in own} == {
                k: v for k, v in first[text].items() if k not in own
            }
        first.setdefault(text, row)
    assert repeats / ROWS == planted.DUPLICATE_SHARE


def test_disputes_of_the_group_are_under_recorded(clean: dict[str, Path], tmp_path: Path) -> None:
    before, after = made("under_recorded", clean, tmp_path)
    changed: Counter[str] = Counter()
    for old, new in zip(before, after, strict=True):
        if old != new:
            assert {k: v for k, v in old.items() if k != LABEL} == {
                k: v for k, v in new.items() if k != LABEL
            }
            assert (old[LABEL], new[LABEL]) == ("1", "0")
            assert old["state"] in planted.FAIR_GROUP
            changed["lost"] += 1
        if old["state"] in planted.FAIR_GROUP:
            changed["rows"] += 1
            changed["ones"] += old[LABEL] == "1"
            changed["left"] += new[LABEL] == "1"
    share = planted.UNDER_RECORDED_SHARE
    assert changed["lost"] / changed["ones"] == pytest.approx(
        share, abs=planted.tolerance(changed["ones"], share)
    )
    rate = planted.UNDER_RECORDED_RATE
    assert changed["left"] / changed["rows"] == pytest.approx(
        rate, abs=planted.tolerance(changed["rows"], rate)
    )


def test_recent_labels_are_pending(clean: dict[str, Path], tmp_path: Path) -> None:
    before, after = made("immature", clean, tmp_path)
    recent = []
    for old, new in zip(before, after, strict=True):
        assert new[LABEL] in (old[LABEL], "")
        if new["date_received"] > "2015-12-01":
            recent.append((old[LABEL] == "1", new[LABEL] == "1", new[LABEL] != ""))
    arrived = sum(there for _, _, there in recent) / len(recent)
    factor = planted.IMMATURE_FACTOR
    assert arrived == pytest.approx(factor, abs=planted.tolerance(len(recent), factor))
    ratio = sum(seen for _, seen, _ in recent) / sum(true for true, _, _ in recent)
    assert ratio == pytest.approx(
        factor, abs=planted.tolerance(sum(t for t, _, _ in recent), factor)
    )
    early = [row for row in after if row["date_received"] < "2015-07-01"]
    assert sum(row[LABEL] == "" for row in early) < 5


def test_broken_files_each_have_one_defect_that_the_loader_names(
    clean: dict[str, Path], tmp_path: Path
) -> None:
    folder = variants.make("broken", clean["S1"], ROWS, tmp_path / "broken")
    assert sorted(path.name for path in folder.iterdir()) == sorted(variants.BROKEN)
    messages = {
        "torn_row.csv": r"Row 5,001 of torn_row.csv .* too few fields, 5 instead of 13",
        "wrong_encoding.csv": r"not UTF-8: byte 0xE9 at position",
        "missing_column.csv": r"lacks product; found: complaint_id",
        "truncated_end.csv": r"after row 9,999 .* never ends: the file is truncated",
    }
    for name, message in messages.items():
        with pytest.raises(ComplaintsError, match=message):
            sources.convert(folder / name, tmp_path / "out.csv")
        assert not (tmp_path / "out.csv").exists()
    cured = sources.convert(folder / "wrong_encoding.csv", tmp_path / "out.csv", encoding="cp1252")
    assert cured.rows == ROWS
    original = clean["S1"].read_bytes()
    assert original.startswith((folder / "truncated_end.csv").read_bytes())


def test_a_full_disk_leaves_no_broken_files(clean: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written: File too large"), disks.room(100_000):
        variants.make("broken", clean["S1"], ROWS, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", variants.VARIANTS)
def test_committed_variants_come_out_byte_for_byte(name: str, tmp_path: Path) -> None:
    span = generator.write(tmp_path / "clean.csv", variants.source(name), 60)
    made = variants.make(name, span, 60, tmp_path / ("broken" if name == "broken" else "out.csv"))
    committed = paths.DATA / "variants"
    pairs = (
        [(made / file, committed / "broken" / file) for file in variants.BROKEN]
        if name == "broken"
        else [(made, committed / f"{name}.csv")]
    )
    for new, old in pairs:
        assert new.read_bytes() == old.read_bytes()
        assert old.stat().st_size <= 100_000


def test_ensure_makes_a_variant_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    path = variants.ensure("leak", 30, progress=False)
    assert path == tmp_path / "complaints" / "30" / "variants" / "leak" / "complaints.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(variants.header("leak"))
    stamp = path.stat().st_mtime_ns
    assert variants.ensure("leak", 30, progress=False).stat().st_mtime_ns == stamp
    assert sorted(
        p.name for p in variants.ensure("broken", 30, progress=False).iterdir()
    ) == sorted(variants.BROKEN)
    assert spans.ensure("S1", 30, progress=False).exists()


def test_unknown_and_tiny_variants_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match="no variant 'leaks'; use one of anomalies"):
        variants.ensure("leaks", 30)
    with pytest.raises(ComplaintsError, match="too few for the variant 'leak'"):
        variants.make("leak", tmp_path / "none.csv", 5, tmp_path / "out.csv")
