"""Reports read back from the folders that the validators write."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tensorflow_metadata.proto.v0 import anomalies_pb2

from utils.validation import artifacts
from utils.validation.errors import ValidationError


@pytest.mark.parametrize(
    ("folder", "name"), [("Split-eval", "eval"), ("SplitPair-train_train", "train_train")]
)
def test_by_split_or_pair(tmp_path, folder, name):
    report = anomalies_pb2.Anomalies()
    report.anomaly_info["product"].short_description = "moved"
    file = tmp_path / folder / "SchemaDiff.pb"
    file.parent.mkdir()
    file.write_bytes(report.SerializeToString())
    (found,) = artifacts.anomalies(SimpleNamespace(uri=str(tmp_path))).items()
    assert found == (name, report)


def test_no_report(tmp_path):
    with pytest.raises(ValidationError, match="Run the validator"):
        artifacts.anomalies(SimpleNamespace(uri=str(tmp_path)))
