"""Hashes and leaks."""

from __future__ import annotations

import pandas as pd
import pytest

from utils import paths
from utils.ingestion import records, splits
from utils.ingestion.errors import IngestionError
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig

SHARES = {"train": 6, "eval": 2, "test": 2}


def test_a_bucket_is_what_example_gen_chooses(context):
    config = PipelineConfig(
        input_base=str(paths.DATA / "variants"), pattern="duplicates.csv", span=None, splits=SHARES
    )
    component = components.example_gen(config)
    context.run(component)
    rows = records.table(component.outputs["examples"])
    assert list(rows.split) == [splits.bucket(key, SHARES) for key in rows.complaint_id]


def test_buckets_are_needed():
    with pytest.raises(IngestionError, match="no hash buckets"):
        splits.bucket("1", {})


def test_values_in_more_than_one_split():
    rows = pd.DataFrame({"text": ["a", "a", "b", "b", "c", None, None], "split": list("xyxxzxy")})
    found = splits.shared(rows, "text")
    assert found.to_dict("index") == {"a": {"splits": 2, "rows": 2}}
    with pytest.raises(IngestionError, match="They have text, split"):
        splits.shared(rows, "txt")


def test_rows_that_moved():
    before = pd.DataFrame({"id": [1, 2, 3, 4], "split": list("aabb")})
    after = pd.DataFrame({"id": ["4", "3", "2", "1"], "split": list("bbba")})
    assert splits.moved(before, after, key="id") == 0.25
    with pytest.raises(IngestionError, match="same rows"):
        splits.moved(before, after.head(3), key="id")
