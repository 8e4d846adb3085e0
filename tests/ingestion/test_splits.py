"""Hashes, given splits and leaks."""

from __future__ import annotations

import pandas as pd
import pytest
from tfx import v1 as tfx

from utils import paths
from utils.complaints import planted
from utils.ingestion import files, records, splits
from utils.ingestion.errors import IngestionError
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig

SHARES = {"train": 6, "eval": 2, "test": 2}


def test_hash_buckets_give_the_shares_up_to_chance(context):
    config = PipelineConfig(
        input_base=str(paths.DATA / "variants"), pattern="duplicates.csv", span=None, splits=SHARES
    )
    component = components.example_gen(config)
    context.run(component)
    counts = records.counts(component.outputs["examples"])
    total = sum(counts.values())
    for name, buckets in SHARES.items():
        expected = buckets / 10
        assert abs(counts[name] / total - expected) < planted.tolerance(total, expected)


def test_given_splits_stay_whole(context, tmp_path, s1):
    late = s1.date_received > s1.date_received.iloc[100]
    for name, rows in (("train", s1[~late]), ("eval", s1[late])):
        files.write_csv(rows, tmp_path / name / "complaints.csv")
    folders = [
        tfx.proto.Input.Split(name=name, pattern=f"{name}/*.csv") for name in ("train", "eval")
    ]
    component = tfx.components.CsvExampleGen(
        input_base=str(tmp_path), input_config=tfx.proto.Input(splits=folders)
    )
    context.run(component)
    days = records.table(component.outputs["examples"]).groupby("split").date_received
    assert days.max()["train"] < days.min()["eval"]
    assert days.size().to_dict() == {"eval": late.sum(), "train": (~late).sum()}


def test_values_in_more_than_one_split():
    rows = pd.DataFrame({"text": ["a", "a", "b", "b", "c", None, None], "split": list("xyxxzxy")})
    found = splits.shared(rows, "text")
    assert found.to_dict("index") == {"a": {"splits": 2, "rows": 2}}
    with pytest.raises(IngestionError, match="They have text, split"):
        splits.shared(rows, "txt")
