"""Reading complaints: whatever a CSV file may hold, typed by the schema or refused with a reason."""

import io
import json

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from tfx.proto import example_gen_pb2

from utils import paths
from utils.complaints import schema
from utils.complaints.csvio import format_row
from utils.pipeline import custom_config
from utils.pipeline.csv_executor import (
    DEFAULTS,
    CsvError,
    ReadComplaints,
    read_rows,
    to_example,
)

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
