"""Editing a schema: what is written, and what TFDV makes of it."""

from __future__ import annotations

import pytest
import tensorflow_data_validation as tfdv

from utils.validation import schemas, statistics
from utils.validation.errors import ValidationError


def anomalies(frame, schema, **options):
    found = tfdv.validate_statistics(statistics.of_frame(frame), schema, **options)
    return set(found.anomaly_info)


def test_an_allowed_value_is_no_anomaly_and_others_stay_one(s1, schema):
    for value, expected in (("Virtual currency", set()), ("Real currency", {"product"})):
        schemas.allow(schema, "product", "Virtual currency", "Mortgage")
        frame = s1.copy()
        frame.loc[:5, "product"] = value
        assert anomalies(frame, schema) == expected
    assert schemas.domain(schema, "product").count("Mortgage") == 1


def test_a_domain_that_was_set_can_be_extended(s1, schema):
    from tensorflow_metadata.proto.v0 import schema_pb2

    tfdv.set_domain(schema, "zip_code", schema_pb2.StringDomain(value=["945XX"]))
    schemas.allow(schema, "zip_code", "021XX")
    assert schemas.domain(schema, "zip_code") == ["945XX", "021XX"]


def test_presence_is_a_share(s1, schema):
    schemas.at_least(schema, "zip_code", 0.95)
    assert anomalies(s1, schema) == set()
    frame = s1.copy()
    frame.loc[: len(s1) // 10, "zip_code"] = None
    assert anomalies(frame, schema) == {"zip_code"}


def test_unique_finds_an_id_that_occurs_twice(s1, schema):
    schemas.unique(schema, "complaint_id", len(s1))
    assert anomalies(s1, schema) == set()
    frame = s1.copy()
    frame.loc[1, "complaint_id"] = frame.loc[0, "complaint_id"]
    assert anomalies(frame, schema) == {"complaint_id"}


def test_the_label_exists_in_one_environment_only(s1, schema):
    schema.default_environment[:] = ["TRAINING", "SERVING"]
    schemas.only_in(schema, "consumer_disputed", "TRAINING")
    schemas.only_in(schema, "consumer_disputed", "TRAINING")
    request = s1.drop(columns="consumer_disputed")
    assert anomalies(request, schema, environment="SERVING") == set()
    assert anomalies(request, schema, environment="TRAINING") == {"consumer_disputed"}
    assert list(schemas.feature(schema, "consumer_disputed").not_in_environment) == ["SERVING"]


def test_drift_thresholds_go_into_a_copy(s1_stats, s3_stats, schema):
    watched = schemas.with_drift(schema, {"product": 0.05, "state": 0.05})
    found = tfdv.validate_statistics(s3_stats, watched, previous_statistics=s1_stats)
    assert "Linfty" in found.anomaly_info["product"].description
    assert "state" not in found.anomaly_info
    assert not schemas.feature(schema, "product").HasField("drift_comparator")


def test_a_file_is_named_by_its_content(schema, tmp_path):
    first = schemas.save(schema, tmp_path)
    assert schemas.save(schema, tmp_path) == first
    schemas.allow(schema, "product", "Virtual currency")
    second = schemas.save(schema, tmp_path)
    assert second != first
    assert tfdv.load_schema_text(str(second)) == schema
    assert sorted(tmp_path.iterdir()) == sorted([first, second])


def test_the_default_folder_lies_in_the_store(schema, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_STORE", str(tmp_path))
    assert schemas.save(schema).parent == tmp_path / "schemas"


@pytest.mark.parametrize("share", [95, -0.1, True])
def test_what_is_no_share_is_refused(schema, share):
    with pytest.raises(ValidationError, match="from 0 to 1"):
        schemas.at_least(schema, "zip_code", share)


def test_a_number_is_no_value_of_a_text(schema):
    with pytest.raises(ValidationError, match="'7'"):
        schemas.allow(schema, "product", 7)
