from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from utils.complaints import convert as module
from utils.complaints.convert import Labels, convert, require_labels
from utils.complaints.errors import ComplaintsError
from utils.complaints.schema import COLUMNS
from utils.files import FileError

LOWER = [
    "date_received",
    "product",
    "sub_product",
    "issue",
    "sub_issue",
    "consumer_complaint_narrative",
    "company_public_response",
    "company",
    "state",
    "zipcode",
    "tags",
    "consumer_consent_provided",
    "submitted_via",
    "date_sent_to_company",
    "company_response_to_consumer",
    "timely_response",
    "consumer_disputed?",
    "complaint_id",
]
ORIGINAL = [
    "Date received",
    "Product",
    "Sub-product",
    "Issue",
    "Sub-issue",
    "Consumer complaint narrative",
    "Company public response",
    "Company",
    "State",
    "ZIP code",
    "Tags",
    "Consumer consent provided?",
    "Submitted via",
    "Date sent to company",
    "Company response to consumer",
    "Timely response?",
    "Consumer disputed?",
    "Complaint ID",
]
API = [
    "company",
    "company_public_response",
    "company_response",
    "complaint_id",
    "complaint_what_happened",
    "consumer_consent_provided",
    "consumer_disputed",
    "date_received",
    "date_sent_to_company",
    "issue",
    "product",
    "state",
    "sub_issue",
    "sub_product",
    "submitted_via",
    "tags",
    "timely",
    "zip_code",
]
VALUES = {
    "complaint_id": "511074",
    "date_received": "8/30/2013",
    "product": "Mortgage",
    "sub_product": "FHA mortgage",
    "issue": "Loan modification,collection,foreclosure",
    "sub_issue": "",
    "consumer_complaint_narrative": 'I said "no".\nTwice, in XXXX.',
    "company": "Some Bank, N.A.",
    "state": "MA",
    "zip_code": "2134",
    "company_response": "Closed with explanation",
    "timely_response": "Yes",
    "consumer_disputed": "Yes",
}
NAMES = {
    "zipcode": "zip_code",
    "company_response_to_consumer": "company_response",
    "complaint_what_happened": "consumer_complaint_narrative",
    "timely": "timely_response",
}


def text(header: list[str], *rows: dict[str, str], end: str = "\n") -> str:
    """A file as a real one: rows by our names under somebody's header."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=end)
    writer.writerow(header)
    for row in rows:
        merged = {**VALUES, **row}
        keys = [
            name.strip().lower().replace(" ", "_").replace("-", "_").rstrip("?") for name in header
        ]
        writer.writerow([merged.get(NAMES.get(key, key), "something else") for key in keys])
    return file.getvalue()


def put(folder: Path, data: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode())
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FAMILIES = [
    (LOWER, "8/30/2013", "2013-08-30"),
    (ORIGINAL, "2020/3/18", "2020-03-18"),
    (API, "2023-06-05T12:00:00-05:00", "2023-06-05"),
    ([name.upper() for name in ORIGINAL], "03/18/20", "2020-03-18"),
    ([f" {name}  " for name in LOWER], "2013-08-30", "2013-08-30"),
    (list(COLUMNS), "2016-02-29", "2016-02-29"),
]


@pytest.mark.parametrize(("header", "date", "day"), FAMILIES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_family_of_headers(
    tmp_path: Path, header: list[str], date: str, day: str, end: str, mark: str
) -> None:
    rows = (
        {"date_received": date},
        {"date_received": date, "complaint_id": "9", "consumer_disputed": "No", "state": "CA"},
        {
            "date_received": date,
            "complaint_id": "10",
            "consumer_disputed": "N/A",
            "zip_code": "021XX",
        },
        {
            "date_received": date,
            "complaint_id": "11",
            "consumer_disputed": "",
            "consumer_complaint_narrative": "",
            "zip_code": "",
        },
    )
    source = put(tmp_path, mark + text(header, *rows, end=end))
    result = convert(source, tmp_path / "out.csv")
    out = read(tmp_path / "out.csv")
    assert list(out[0]) == list(COLUMNS)
    assert out[0] == {
        **VALUES,
        "date_received": day,
        "zip_code": "02134",
        "consumer_disputed": "1",
    }
    assert [row["consumer_disputed"] for row in out] == ["1", "0", "", ""]
    assert [row["zip_code"] for row in out] == ["02134", "2134", "021XX", ""]
    assert (result.rows, result.labelled, result.pending, result.positives) == (4, 2, 2, 1)
    assert (result.narratives, result.zips_restored, result.duplicates) == (3, 1, 0)
    assert (result.first_date, result.last_date, result.rate) == (day, day, 0.5)
    assert len(result.ignored) == len(header) - 13


def test_an_export_of_2026_has_no_label_column(tmp_path: Path) -> None:
    header = [
        name for name in API if name not in ("consumer_disputed", "consumer_consent_provided")
    ]
    source = put(tmp_path, text(header, {"date_received": "2026-07-01T00:00:00.000Z"}))
    result = convert(source, tmp_path / "out.csv")
    assert (result.rows, result.labelled, result.pending, result.rate) == (1, 0, 1, None)
    assert read(tmp_path / "out.csv")[0]["consumer_disputed"] == ""
    with pytest.raises(ComplaintsError, match=r"no column consumer_disputed: the CFPB stopped"):
        require_labels(source)


def test_a_value_na_is_text_except_in_the_label(tmp_path: Path) -> None:
    row = dict.fromkeys(("sub_product", "state", "zip_code", "timely_response", "company"), "N/A")
    convert(
        put(tmp_path, text(ORIGINAL, {**row, "consumer_disputed": "n/a"})), tmp_path / "out.csv"
    )
    out = read(tmp_path / "out.csv")[0]
    assert {out[name] for name in row} == {"N/A"}
    assert out["consumer_disputed"] == ""


def test_unusual_states_are_kept(tmp_path: Path) -> None:
    states = ["AE", "UNITED STATES MINOR OUTLYING ISLANDS", "FM", "", "None"]
    rows = [
        {"state": state, "complaint_id": str(n), "zip_code": "9012"}
        for n, state in enumerate(states, 1)
    ]
    convert(put(tmp_path, text(LOWER, *rows)), tmp_path / "out.csv")
    out = read(tmp_path / "out.csv")
    assert [row["state"] for row in out] == states
    assert [row["zip_code"] for row in out] == ["09012", "9012", "9012", "9012", "9012"]


HOSTILE = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60
).filter(str.strip)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(HOSTILE, min_size=1, max_size=5), st.sampled_from([LOWER, ORIGINAL, API]))
def test_any_narrative_survives(tmp_path: Path, narratives: list[str], header: list[str]) -> None:
    rows = [
        {"consumer_complaint_narrative": value, "complaint_id": str(n)}
        for n, value in enumerate(narratives)
    ]
    # csv.writer of Python 3.10 leaves a carriage return unquoted, so everything is quoted here.
    quoted = io.StringIO(newline="")
    csv.writer(quoted, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [header]
        + [
            [
                {**VALUES, **row}.get(NAMES.get(key, key), "")
                for key in (
                    n.lower().replace(" ", "_").replace("-", "_").rstrip("?") for n in header
                )
            ]
            for row in rows
        ]
    )
    result = convert(put(tmp_path, quoted.getvalue()), tmp_path / "out.csv")
    assert [r["consumer_complaint_narrative"] for r in read(tmp_path / "out.csv")] == narratives
    again = convert(tmp_path / "out.csv", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert again.narratives == result.narratives == len(narratives)


@given(st.dates(min_value=module.dt.date(2011, 1, 1), max_value=module.dt.date(2099, 12, 31)))
def test_every_style_of_a_date_gives_the_same_day(day: module.dt.date) -> None:
    styles = [
        f"{day.month}/{day.day}/{day.year}",
        f"{day.month:02d}/{day.day:02d}/{day.year}",
        f"{day.month:02d}/{day.day:02d}/{day.year % 100:02d}",
        f"{day.year}/{day.month}/{day.day}",
        day.isoformat(),
        f" {day.isoformat()}T12:00:00-05:00 ",
        f"{day.isoformat()}T23:59:59.123Z",
        f"{day.isoformat()} 00:00:00",
        f"{day.isoformat()}T00:00:00+0000",
    ]
    assert {module.parse_date(style) for style in styles} == {day.isoformat()}


@given(st.text(max_size=25))
def test_other_texts_are_no_dates(value: str) -> None:
    try:
        module.dt.date.fromisoformat(module.parse_date(value))
    except ComplaintsError as error:
        assert "is not a date" in str(error)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date_received": "13/45/2013"}, r"Row 2 of export.csv .*'13/45/2013' is not a date"),
        ({"date_received": ""}, r"Row 2 .* '' is not a date as M/D/YYYY"),
        ({"consumer_disputed": "maybe"}, r"Row 2 .*'maybe' is no label"),
        ({"complaint_id": " "}, r"Row 2 .* has no complaint_id"),
        ({"complaint_id": "511074"}, r"Row 2 .*\(line 5\) repeats the complaint_id 511074"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, change: dict[str, str], message: str) -> None:
    source = put(tmp_path, text(ORIGINAL, {}, {"complaint_id": "2", **change}))
    target = put(tmp_path, "old\n", "out.csv")
    with pytest.raises(ComplaintsError, match=message):
        convert(source, target)
    assert target.read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.csv", "out.csv"]


def test_repeated_rows_can_be_skipped(tmp_path: Path) -> None:
    source = put(tmp_path, text(LOWER, {}, {"company": "Another"}, {"complaint_id": "x-1"}))
    result = convert(source, tmp_path / "out.csv", on_duplicate="skip")
    assert (result.rows, result.duplicates) == (2, 1)
    assert read(tmp_path / "out.csv")[0]["company"] == VALUES["company"]


@given(st.lists(st.one_of(st.integers(0, 300).map(str), st.text(min_size=1, max_size=2))))
def test_seen_ids_are_told_apart_like_texts(keys: list[str]) -> None:
    seen, known = module._Seen(), set()
    for key in keys:
        assert seen.add(key) == (key in known)
        known.add(key)


@pytest.mark.parametrize(
    ("step", "most"), [(1, 2), (10**3, 10), (10**6, 300)], ids=["close", "near", "far"]
)
def test_ids_take_little_memory_however_far_apart_they_are(step: int, most: int) -> None:
    rows = 20_000
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    seen = module._Seen()
    assert not any(seen.add(str(n * step)) for n in range(rows))
    assert (tracemalloc.get_traced_memory()[0] - before) / rows < most
    tracemalloc.stop()
    assert all(seen.add(str(n * step)) for n in range(rows))


def test_a_header_that_lacks_columns_names_them_and_what_it_found(tmp_path: Path) -> None:
    header = [name for name in ORIGINAL if name not in ("ZIP code", "Company")]
    with pytest.raises(ComplaintsError) as caught:
        convert(put(tmp_path, text(header, {})), tmp_path / "out.csv")
    assert "lacks company, zip_code; found: Date received, Product" in str(caught.value)
    result = convert(
        tmp_path / "export.csv", tmp_path / "out.csv", allow_missing=("zip_code", "company")
    )
    assert result.rows == 1
    assert read(tmp_path / "out.csv")[0]["company"] == ""


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match=r"lacks complaint_id, .*; found: name, age"):
        convert(put(tmp_path, "name,age\nAnn,3\n"), tmp_path / "out.csv")


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match="two columns for zip_code, 'zipcode' and 'ZIP code'"):
        convert(put(tmp_path, text([*LOWER, "ZIP code"], {})), tmp_path / "out.csv")


def test_rows_without_ids_are_numbered_on_demand(tmp_path: Path) -> None:
    header = [n for n in COLUMNS if n not in ("complaint_id", "date_received")]
    source = put(tmp_path, text(header, {}, {}))
    with pytest.raises(ComplaintsError, match="lacks complaint_id, date_received"):
        convert(source, tmp_path / "out.csv")
    result = convert(source, tmp_path / "out.csv", allow_missing=("complaint_id", "date_received"))
    assert (result.first_date, result.last_date) == (None, None)
    assert [row["complaint_id"] for row in read(tmp_path / "out.csv")] == ["1", "2"]


def test_misuse_is_refused(tmp_path: Path) -> None:
    source = put(tmp_path, text(LOWER, {}))
    with pytest.raises(ComplaintsError, match="would overwrite itself"):
        convert(source, source)
    with pytest.raises(ComplaintsError, match="allow_missing names zip, which"):
        convert(source, tmp_path / "out.csv", allow_missing=("zip",))


@pytest.mark.parametrize("labelled", [0, 11, 99, 100])
def test_labels_are_required(tmp_path: Path, labelled: int) -> None:
    rows = [
        {
            "complaint_id": str(n),
            "consumer_disputed": ("Yes" if n % 2 else "No") if n < labelled else "N/A",
        }
        for n in range(150)
    ]
    source = put(tmp_path, text(ORIGINAL, *rows))
    convert(source, tmp_path / "out.csv")
    for path in (source, tmp_path / "out.csv"):
        if labelled == 100:
            assert require_labels(path) == Labels(150, 100, 50)
            continue
        message = f"Only {labelled} of the 150 rows" if labelled else "None of the 150 rows"
        with pytest.raises(ComplaintsError, match=f"{message}.*generated complaints"):
            require_labels(path)
    if labelled:
        assert require_labels(source, minimum=labelled).labelled == labelled


def test_a_zipped_export_is_converted_with_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "complaints.csv.zip"
    narrative = "word " * 400

    def build(rows: int) -> None:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("complaints.csv", "w") as file,
        ):
            file.write((",".join(LOWER) + "\n").encode())
            for n in range(rows):
                changes = {"complaint_id": str(n), "consumer_complaint_narrative": narrative}
                file.write(text(LOWER, changes).split("\n", 1)[1].encode())

    peaks = []
    for rows in (2_000, 8_000):
        build(rows)
        tracemalloc.start()
        assert convert(path, tmp_path / "out.csv").rows == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_other_separators_give_the_same_file(tmp_path: Path, separator: str, quoting: int) -> None:
    told = "First; then, | and\tlast; always; twice;;\nand again."
    source = put(tmp_path, text(LOWER, {"consumer_complaint_narrative": told}))
    convert(source, tmp_path / "expected.csv")
    with (tmp_path / "other.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=quoting)
        writer.writerows(csv.reader(io.StringIO(source.read_text(), newline="")))
    convert(tmp_path / "other.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()
    assert require_labels(tmp_path / "other.csv", minimum=1).labelled == 1


@pytest.mark.parametrize("length", [131_072, 131_073, 5_000_000])
def test_a_long_narrative_is_converted(tmp_path: Path, length: int) -> None:
    told = "x" * length
    convert(put(tmp_path, text(LOWER, {"consumer_complaint_narrative": told})), tmp_path / "o.csv")
    assert told in (tmp_path / "o.csv").read_text()


def test_an_id_written_as_a_number_is_the_same_id(tmp_path: Path) -> None:
    source = put(tmp_path, text(LOWER, {"complaint_id": "1001"}, {"complaint_id": "1001.0"}))
    with pytest.raises(ComplaintsError, match=r"Row 2 .*repeats the complaint_id 1001:"):
        convert(source, tmp_path / "out.csv")
    assert convert(source, tmp_path / "out.csv", on_duplicate="skip").duplicates == 1
    source = put(tmp_path, text(LOWER, {"complaint_id": "7.00"}, {"complaint_id": "x.0"}))
    convert(source, tmp_path / "out.csv")
    assert [row["complaint_id"] for row in read(tmp_path / "out.csv")] == ["7", "x.0"]


@pytest.mark.parametrize("key", ["1.23457E+06", "5e15", "1,2E+3"])
def test_an_id_that_a_spreadsheet_has_rounded_is_refused(tmp_path: Path, key: str) -> None:
    source = put(tmp_path, text(LOWER, {"complaint_id": key}))
    with pytest.raises(ComplaintsError, match=r"Row 1 .* which a spreadsheet has rounded"):
        convert(source, tmp_path / "out.csv")


def test_targets_that_are_no_file_are_refused(tmp_path: Path) -> None:
    source = put(tmp_path, text(LOWER, {}))
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match=r"folder is a folder\.\nName a file"):
        convert(source, tmp_path / "folder")
    with pytest.raises(
        FileError, match="cannot be written: a file stands in the place of its folder"
    ):
        convert(source, source / "out.csv")
    (tmp_path / "link.csv").hardlink_to(source)
    with pytest.raises(ComplaintsError, match="would overwrite itself"):
        convert(source, tmp_path / "link.csv")
