"""Reading complaints: whatever a CSV file may hold, typed by the schema or refused with a reason."""

import io
import json

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils, standard_artifacts

from utils import paths
from utils.complaints import schema
from utils.complaints.csvio import format_row
from utils.pipeline import custom_config
from utils.pipeline.csv_executor import (
    DEFAULTS,
    CsvError,
    Executor,
    ReadComplaints,
    read_rows,
    to_example,
)
from utils.pipeline.filled_splits import EmptySplitError

GROUP = {
    "name": "state_group",
    "column": "state",
    "values": ["AZ", "NV"],
    "inside": "in",
    "outside": "out",
}
OPTIONS = {"labelled_only": True, "label_as_text": False, "groups": [GROUP]}
ROW = {
    "complaint_id": "17",
    "product": "Mortgage",
    "state": "NV",
    "zip_code": "02139",
    "consumer_complaint_narrative": 'They said:\n"no",\r\nand hung up. <b>Ä</b>',
    "consumer_disputed": "1",
}


def csv_text(rows, columns=schema.COLUMNS):
    lines = [format_row(columns)]
    lines += [format_row([row.get(name, "") for name in columns]) for row in rows]
    return "".join(lines)


def read(text, **options):
    return list(read_rows(io.StringIO(text, newline=""), "file.csv", **options))


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "complaints.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return str(path)


def examples(path, **options):
    return list(ReadComplaints(OPTIONS | options).process(path))


def text_of(example, name):
    return [value.decode() for value in example.features.feature[name].bytes_list.value]


def test_newlines_quotes_and_markup_come_through_untouched(tmp_path):
    (example,) = examples(write(tmp_path, csv_text([ROW])))
    assert text_of(example, "consumer_complaint_narrative") == [ROW["consumer_complaint_narrative"]]
    assert text_of(example, "zip_code") == ["02139"]
    assert example.features.feature["consumer_disputed"].int64_list.value == [1]


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
)
def test_any_text_comes_through_untouched(text):
    ((number, row),) = read(csv_text([ROW | {"consumer_complaint_narrative": text}]))
    assert number == 2
    assert row["consumer_complaint_narrative"] == text


def test_an_empty_field_is_a_feature_without_a_value(tmp_path):
    (example,) = examples(write(tmp_path, csv_text([ROW])))
    assert set(example.features.feature) == {*schema.COLUMNS, "state_group"}
    assert example.features.feature["sub_issue"].WhichOneof("kind") is None


def test_the_group_is_in_out_or_missing(tmp_path):
    rows = [ROW | {"state": state} for state in ("AZ", "CA", "")]
    path = write(tmp_path, csv_text(rows))
    assert [text_of(example, "state_group") for example in examples(path)] == [["in"], ["out"], []]


def test_rows_without_a_label_are_left_out_unless_asked_for(tmp_path):
    path = write(tmp_path, csv_text([ROW, ROW | {"consumer_disputed": ""}]))
    assert len(examples(path)) == 1
    both = examples(path, labelled_only=False)
    assert [len(one.features.feature["consumer_disputed"].int64_list.value) for one in both] == [
        1,
        0,
    ]


def test_a_file_without_the_label_column_reads_as_unlabelled(tmp_path):
    columns = [name for name in schema.COLUMNS if name != schema.LABEL]
    path = write(tmp_path, csv_text([ROW], columns))
    (example,) = examples(path, labelled_only=False)
    assert schema.LABEL not in example.features.feature
    with pytest.raises(CsvError, match=r"lacks the label .*labelled_only=False"):
        examples(path)


def test_a_file_whose_labels_are_all_pending_says_so(tmp_path):
    path = write(tmp_path, csv_text([ROW | {"consumer_disputed": ""}] * 3))
    with pytest.raises(CsvError, match=r"none of its 3 rows has a label.*labelled_only=False"):
        examples(path)


def test_further_columns_are_text(tmp_path):
    columns = [*schema.COLUMNS, "resolution_code"]
    (example,) = examples(write(tmp_path, csv_text([ROW | {"resolution_code": "2"}], columns)))
    assert text_of(example, "resolution_code") == ["2"]


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark(tmp_path):
    path = write(tmp_path, csv_text([ROW], schema.COLUMNS[::-1]), encoding="utf-8-sig")
    (example,) = examples(path)
    assert text_of(example, "complaint_id") == ["17"]


def test_a_label_as_text_is_handed_on_as_it_is(tmp_path):
    path = write(tmp_path, csv_text([ROW | {"consumer_disputed": "N/A"}]))
    (example,) = examples(path, label_as_text=True, labelled_only=False)
    assert text_of(example, "consumer_disputed") == ["N/A"]
    with pytest.raises(CsvError, match=r"row 2: consumer_disputed is 'N/A'.*label_as_text"):
        examples(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (csv_text([], schema.COLUMNS[1:]), "lacks the column 'complaint_id'"),
        (csv_text([], [*schema.COLUMNS, "state"]), "'state' twice"),
        (csv_text([ROW]) + "1,2,3\n", r"row 3 \(line 5\): 3 fields where the header has 13"),
        (csv_text([ROW]) + '18,"never closed', r"row 3 \(line 5\).*quotation mark"),
        (csv_text([ROW]) + '18,"a "b" c",x\n', r"row 3 \(line 5\).*quotation mark"),
        (csv_text([ROW]).encode() + b"18,\xe9\n", "not UTF-8"),
        (csv_text([ROW]) + "18,\0", r"row 3 \(line 5\).*NUL.*UTF-8"),
        (csv_text([ROW | {"complaint_id": ""}]), "row 2: no complaint_id"),
    ],
)
def test_a_broken_file_is_refused_with_place_and_cure(tmp_path, text, words):
    path = write(tmp_path, text)
    with pytest.raises(CsvError, match=words) as caught:
        examples(path)
    assert path in str(caught.value)


def test_the_committed_broken_variants_are_refused():
    files = sorted((paths.DATA / "variants" / "broken").glob("*.csv"))
    assert len(files) >= 4
    for file in files:
        with pytest.raises(CsvError):
            examples(str(file))


def test_a_long_file_is_not_read_ahead(tmp_path):
    path = write(tmp_path, csv_text([ROW] * 3) + "torn\n")
    stream = ReadComplaints(OPTIONS).process(path)
    assert [text_of(next(stream), "complaint_id") for _ in range(3)] == [["17"]] * 3
    with pytest.raises(CsvError):
        next(stream)


def test_examples_of_one_row_are_equal():
    row = dict.fromkeys(schema.COLUMNS, "") | ROW
    assert to_example(row, "here", OPTIONS) == to_example(row, "here", OPTIONS)


def test_options_survive_the_way_through_tfx():
    packed = json_format.MessageToJson(custom_config.pack(OPTIONS))
    assert custom_config.unpack(packed) == OPTIONS
    assert DEFAULTS | custom_config.unpack(None) == DEFAULTS
    assert DEFAULTS["labelled_only"] is True
    foreign = json_format.MessageToJson(example_gen_pb2.CustomConfig())
    assert custom_config.unpack(foreign) == {}
    assert json.loads(packed)


@pytest.mark.parametrize(
    ("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_another_separator_is_named_with_its_cure(tmp_path, mark, name):
    header = [f'"{column}"' for column in schema.COLUMNS]
    for row in (header, schema.COLUMNS):
        path = write(tmp_path, f"\n{mark.join(row)}\n{mark.join(row)}\n")
        with pytest.raises(CsvError, match=rf"separated by {name}, .*sources\.convert"):
            examples(path)
    path = write(tmp_path, f"sep={mark}\n{mark.join(header)}\n")
    with pytest.raises(CsvError, match=f"separated by {name}"):
        examples(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (csv_text([ROW]).encode("utf-16"), "encoded as UTF-16"),
        (b"PK\x03\x04\x14\0", "is a zip archive: unpack it"),
        (b"PAR1\x15", "is a Parquet file"),
        (b"<!DOCTYPE html>", "is a web page"),
        (csv_text([ROW], [*schema.COLUMNS, ""]), "column without a name, its column 14"),
        (
            csv_text([ROW]) + '18,"' + "x\n" * 5_000_001,
            "row 3 .*longer than 10,000,000 .*quotation mark",
        ),
    ],
)
def test_what_is_no_table_of_complaints_is_named(tmp_path, data, words):
    with pytest.raises(CsvError, match=words):
        examples(write(tmp_path, data))


def test_a_narrative_of_millions_of_characters_is_read(tmp_path):
    import csv

    before = csv.field_size_limit(1_000)
    try:
        told = "word " * 1_000_000
        (example,) = examples(write(tmp_path, csv_text([ROW | {schema.NARRATIVE: told}])))
        assert text_of(example, schema.NARRATIVE) == [told]
    finally:
        csv.field_size_limit(before)


def generate(tmp_path, files, patterns, buckets=()):
    """Run ExampleGen's executor on files by name, and return the names of its splits."""
    for name, rows in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(csv_text(rows), encoding="utf-8")
    given = [
        example_gen_pb2.Input.Split(name=name, pattern=where) for name, where in patterns.items()
    ]
    made = [
        example_gen_pb2.SplitConfig.Split(name=name, hash_buckets=share) for name, share in buckets
    ]
    output = example_gen_pb2.Output()
    if made:
        output.split_config.splits.extend(made)
        output.split_config.partition_feature_name = schema.KEY
    artifact = standard_artifacts.Examples()
    artifact.uri = str(tmp_path / "examples")
    settings = {
        "input_base": str(tmp_path),
        "input_config": json_format.MessageToJson(example_gen_pb2.Input(splits=given)),
        "output_config": json_format.MessageToJson(output),
        "output_data_format": example_gen_pb2.FORMAT_TF_EXAMPLE,
        "custom_config": json_format.MessageToJson(custom_config.pack(OPTIONS)),
    }
    Executor().Do({}, {"examples": [artifact]}, settings)
    return artifact_utils.decode_split_names(artifact.split_names)


ROWS = [ROW | {"complaint_id": str(number)} for number in range(30)]


def test_a_split_is_filled_by_any_of_its_files(tmp_path):
    files = {"train/1.csv": ROWS, "train/2.csv": [], "eval/1.csv": [], "eval/2.csv": ROWS[:1]}
    names = generate(tmp_path, files, {"train": "train/*.csv", "eval": "eval/*.csv"})
    assert names == ["train", "eval"]


@pytest.mark.parametrize("buckets", [(), (("train", 2), ("eval", 1))])
def test_a_header_without_a_row_is_refused(tmp_path, buckets):
    with pytest.raises(EmptySplitError, match=r"got no rows: 'all\.csv' gives none; .* a header"):
        generate(tmp_path, {"all.csv": []}, {"all": "all.csv"}, buckets)


def test_a_split_from_a_file_without_a_row_is_named(tmp_path):
    files = {"train.csv": ROWS, "eval.csv": []}
    with pytest.raises(EmptySplitError, match=r"The split 'eval' got no rows: 'eval\.csv' gives"):
        generate(tmp_path, files, {"train": "train.csv", "eval": "eval.csv"})


def test_a_share_of_the_rows_that_caught_none_is_named(tmp_path):
    buckets = (("train", 100_000), ("eval", 1))
    with pytest.raises(EmptySplitError, match=r"'eval' got no rows: .* 1 of 100001 hash buckets"):
        generate(tmp_path, {"all.csv": ROWS}, {"all": "all.csv"}, buckets)


def test_rows_without_any_label_leave_no_split(tmp_path):
    rows = [row | {"consumer_disputed": ""} for row in ROWS]
    with pytest.raises(CsvError, match=r"none of its 30 rows has a label"):
        generate(tmp_path, {"all.csv": rows}, {"all": "all.csv"}, (("train", 2), ("eval", 1)))
