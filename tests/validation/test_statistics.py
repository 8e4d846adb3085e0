"""Statistics: read as it stands, counted by TFDV, asked for by name."""

from __future__ import annotations

import pytest

from utils.complaints import planted
from utils.validation import statistics
from utils.validation.errors import ValidationError


def write(tmp_path, text):
    file = tmp_path / "complaints.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_everything_is_text_and_only_empty_is_missing(tmp_path):
    frame = statistics.read(write(tmp_path, "zip_code,label\n02139,N/A\n945XX,\n"))
    assert frame.zip_code.tolist() == ["02139", "945XX"]
    assert frame.label[0] == "N/A"
    assert frame.label.isna().tolist() == [False, True]


def test_line_breaks_in_a_text_are_one_row(tmp_path):
    frame = statistics.read(write(tmp_path, 'id,text\n1,"a\nb\nc"\n2,d\n'))
    assert len(frame) == 2


def test_tfdv_itself_takes_each_line_of_a_csv_file_for_a_row(tmp_path):
    """What the chapter says about ``generate_statistics_from_csv``, so that nobody falls back to it."""
    import tensorflow_data_validation as tfdv

    file = write(tmp_path, 'id,text,more\n1,"a\nb",x\n2,d,y\n')
    with pytest.raises(ValueError, match="Columns do not match"):
        tfdv.generate_statistics_from_csv(str(file))


def test_a_file_without_rows_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="no rows"):
        statistics.read(write(tmp_path, "id,text\n"))
    with pytest.raises(ValidationError, match=r"spans\.ensure"):
        statistics.read(tmp_path / "nowhere.csv")


def test_counts_agree_with_pandas(s1, s1_stats):
    assert statistics.rows(s1_stats) == len(s1)
    assert statistics.missing(s1_stats, "zip_code") == s1.zip_code.isna().sum()
    assert statistics.counts(s1_stats, "product") == s1["product"].value_counts().to_dict()
    assert statistics.repeated(s1_stats, "complaint_id") == 0


def test_the_index_of_a_filtered_table_is_no_column(s1):
    filtered = s1[s1["product"] == "Mortgage"]
    names = {".".join(one.path.step) for one in statistics.of_frame(filtered).datasets[0].features}
    assert names == set(s1.columns)


def test_all_kinds_of_anomalies_can_be_counted(bad, each):
    stats = statistics.of_frame(bad)
    assert statistics.counts(stats, "product")[planted.UNKNOWN_PRODUCT] == each
    assert statistics.counts(stats, "state")["ZZ"] == each
    assert statistics.missing(stats, "timely_response") == each
    assert statistics.missing(stats, "issue") == each
    assert statistics.counts(stats, "consumer_disputed")["N/A"] == each
    assert statistics.repeated(stats, "complaint_id") == each


def test_a_feature_or_slice_that_is_not_there(s1_stats):
    with pytest.raises(ValidationError, match="Did you mean 'zip_code'"):
        statistics.feature(s1_stats, "zipcode")
    with pytest.raises(ValidationError, match="no slice 'state_AZ'"):
        statistics.dataset(s1_stats, "state_AZ")
