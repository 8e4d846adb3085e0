from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import itertools
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from utils import paths
from utils.complaints import generator, narratives, planted, zipcodes
from utils.complaints.csvio import format_row
from utils.complaints.errors import ComplaintsError
from utils.complaints.schema import COLUMNS
from utils.complaints.tables import tables

Data = dict[str, list[dict[str, str]]]
SPANS = ("S1", "S2", "S3", "S4", "S5")


@pytest.mark.parametrize("span", SPANS)
def test_committed_spans_come_out_byte_for_byte(span: str, tmp_path: Path) -> None:
    made = generator.write(tmp_path / "span.csv", span, 2_000).read_bytes()
    assert made == (paths.DATA / "complaints" / f"{span}.csv").read_bytes()


def test_bytes_are_the_same_on_both_stacks_and_platforms() -> None:
    # The end of one chunk and the start of the next, with another seed and text scale.
    digest = hashlib.sha256()
    for row in itertools.islice(generator.rows("S3", 10_300, seed=7, text_scale=0.35), 9_900, None):
        digest.update(format_row(row).encode())
    assert digest.hexdigest() == HASH


HASH = "d181830ac59e755e2b6cf2c16faca1900ca58876bfb1ed3478ab84c739460c71"


def test_files_are_rfc_4180_with_line_feeds() -> None:
    raw = (paths.DATA / "complaints" / "S1.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert raw.startswith(",".join(COLUMNS).encode() + b"\n")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert {len(row) for row in rows} == {13}
    assert len(rows) == 2_001
    assert "".join(map(format_row, rows)).encode() == raw


def test_ids_are_unique_across_spans_and_rise_with_the_dates(large: Data) -> None:
    ids = [row["complaint_id"] for span in SPANS for row in large[span]]
    assert len(set(ids)) == len(ids) == 50_000
    assert all(id_.isdigit() and id_[0] != "0" for id_ in ids)
    for span in SPANS:
        keys = [(row["date_received"], int(row["complaint_id"])) for row in large[span]]
        assert keys == sorted(keys)
        assert [key[1] for key in keys] == sorted(key[1] for key in keys)


@pytest.mark.parametrize("span", SPANS)
def test_dates_fill_the_span(span: str, large: Data) -> None:
    settings = tables()["spans"][span]
    first = dt.date.fromisoformat(settings["first"])
    last = dt.date.fromisoformat(settings["last"])
    days = {row["date_received"] for row in large[span]}
    assert days == {
        (first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)
    }


def test_a_longer_file_starts_with_the_rows_of_a_shorter_one() -> None:
    short = list(generator.rows("S2", 50))
    long = list(itertools.islice(generator.rows("S2", 12_000), 50))
    assert [row[:1] + row[2:] for row in short] == [row[:1] + row[2:] for row in long]


def test_the_text_scale_changes_labels_only() -> None:
    strong = list(generator.rows("S1", 400))
    weak = list(generator.rows("S1", 400, text_scale=0.35))
    assert [row[:-1] for row in strong] == [row[:-1] for row in weak]
    assert [row[-1] for row in strong] != [row[-1] for row in weak]


def test_another_seed_gives_other_rows() -> None:
    assert next(generator.rows("S1", 1)) != next(generator.rows("S1", 1, seed=1))


def test_values_come_from_the_tables(large: Data) -> None:
    t = tables()
    for span in SPANS[:4]:
        for row in large[span]:
            assert row["issue"] in [issue[0] for issue in t["issues"][row["product"]]]
            assert row["sub_product"] in [name for name, _ in t["sub_products"][row["product"]]]
            assert row["company_response"] in t["responses"]
            assert row["consumer_disputed"] in ("0", "1")
            assert row["company"]
    assert {row["consumer_disputed"] for row in large["S5"]} == {""}


def test_zip_codes_agree_with_the_state(large: Data) -> None:
    rows = large["S1"]
    for row in rows:
        code = row["zip_code"]
        if code:
            assert len(code) == 5
            assert code[:3] in zipcodes.prefixes()[row["state"]]
            assert code[3:] == "XX" or code[3:].isdigit()
            assert (code[0] == "8") == (row["state"] in planted.FAIR_GROUP)
    shares = Counter(
        "masked" if r["zip_code"].endswith("XX") else r["zip_code"] == "" for r in rows
    )
    assert shares["masked"] / 10_000 == pytest.approx(
        planted.ZIP_MASKED, abs=planted.tolerance(10_000, planted.ZIP_MASKED)
    )
    assert shares[True] / 10_000 == pytest.approx(
        planted.ZIP_MISSING, abs=planted.tolerance(10_000, planted.ZIP_MISSING)
    )


def test_timely_response_follows_the_response(large: Data) -> None:
    rows = [row for span in SPANS for row in large[span]]
    shares = {"Untimely response": 1.0, "Closed": 0.06, "Closed with explanation": 0.01}
    for response, share in shares.items():
        late = [row["timely_response"] for row in rows if row["company_response"] == response]
        assert late.count("No") / len(late) == pytest.approx(
            share, abs=planted.tolerance(len(late), share) + 1e-9
        )
        assert set(late) <= {"Yes", "No"}


def test_bureaus_and_mortgage_servicers_stay_in_their_product(large: Data) -> None:
    for row in large["S1"] + large["S3"]:
        if row["company"] in planted.BUREAUS:
            assert row["product"] == "Credit reporting"
        if row["company"] in planted.MORTGAGE_ONLY:
            assert row["product"] == "Mortgage"


def test_s5_has_the_taxonomy_of_2017(large: Data) -> None:
    old = {row["product"] for row in large["S4"]}
    new = {row["product"] for row in large["S5"]}
    assert new - old == set(planted.RENAMED_PRODUCTS)
    assert old - new == {
        "Credit reporting",
        "Bank account or service",
        "Credit card",
        "Prepaid card",
    }


@pytest.mark.parametrize("rows", [0, -1, 10_000_001])
def test_an_impossible_number_of_rows_is_refused(rows: int) -> None:
    with pytest.raises(ComplaintsError, match="1 to 10,000,000 rows"):
        next(generator.rows("S1", rows))


def test_unknown_spans_and_scales_are_refused() -> None:
    with pytest.raises(ComplaintsError, match="no span 'S6'; use one of S1"):
        generator.draw("S6", 0)
    with pytest.raises(ComplaintsError, match=r"text_scale=0.5 is not calibrated; use 1.0 or 0.35"):
        generator.draw("S1", 0, text_scale=0.5)


def test_an_interrupted_file_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "S1.csv"
    target.write_text("what was there\n")
    written = iter(range(30))
    original = narratives.Writer.write

    def stop(self: narratives.Writer, plan: narratives.Plan) -> str:
        next(written)
        return original(self, plan)

    monkeypatch.setattr(narratives.Writer, "write", stop)
    with pytest.raises(RuntimeError):
        generator.write(target, "S1", 100)
    assert target.read_text() == "what was there\n"
    assert [path.name for path in tmp_path.iterdir()] == ["S1.csv"]


def test_memory_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "CHUNK", 500)
    sum(1 for _ in generator.rows("S1", 10))
    peaks = []
    for rows in (1_000, 5_000):
        tracemalloc.start()
        consumed = sum(1 for _ in generator.rows("S1", rows))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert consumed == rows
    assert peaks[1] < 1.3 * peaks[0]
