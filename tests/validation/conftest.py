"""The committed spans of 2,000 rows, and statistics of them."""

from __future__ import annotations

import pytest

from utils import paths
from utils.complaints import planted
from utils.validation import statistics


def committed(span):
    return statistics.read(paths.DATA / "complaints" / f"{span}.csv")


@pytest.fixture(scope="session")
def s1():
    return committed("S1")


@pytest.fixture(scope="session")
def s3():
    return committed("S3")


@pytest.fixture(scope="session")
def s1_stats(s1):
    return statistics.of_frame(s1)


@pytest.fixture(scope="session")
def s3_stats(s3):
    return statistics.of_frame(s3)


@pytest.fixture
def schema(s1_stats):
    import tensorflow_data_validation as tfdv

    return tfdv.infer_schema(s1_stats, infer_feature_shape=False)


@pytest.fixture(scope="session")
def bad(tmp_path_factory):
    """The variant ``anomalies`` of 2,000 rows: eight of each kind."""
    from utils.complaints import variants

    target = tmp_path_factory.mktemp("variant") / "complaints.csv"
    clean = paths.DATA / "complaints" / "S2.csv"
    return statistics.read(variants.make("anomalies", clean, 2_000, target))


@pytest.fixture(scope="session")
def each():
    return round(planted.ANOMALY_SHARE * 2_000)
