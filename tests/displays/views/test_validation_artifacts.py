"""Reports of the validators: one view for each split, or pair of splits."""

from __future__ import annotations

import pytest
from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx.types import standard_artifacts

from utils.displays.views import validation


@pytest.mark.parametrize(
    ("folder", "split"), [("Split-eval", "eval"), ("SplitPair-train_train", "train_train")]
)
def test_both_validators_can_be_shown(tmp_path, folder, split):
    report = anomalies_pb2.Anomalies()
    report.anomaly_info["product"].short_description = "moved"
    file = tmp_path / folder / "SchemaDiff.pb"
    file.parent.mkdir()
    file.write_bytes(report.SerializeToString())
    artifact = standard_artifacts.ExampleAnomalies()
    artifact.uri = str(tmp_path)
    artifact.split_names = f'["{split}"]'
    (view,) = validation.hooks().artifact_views["ExampleAnomalies"](artifact)
    assert view.title == f"Split '{split}': 1 anomaly found"
    assert view.data["Feature"].tolist() == ["product"]
