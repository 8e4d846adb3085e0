"""Files of one network, measured on the same rows, and shown."""

from __future__ import annotations

import numpy as np
import pytest

from tests.optimisation import parts
from utils import intervals
from utils.optimisation import comparing, lite, views


@pytest.fixture(scope="module")
def labels(network):
    scores = np.asarray(network(parts.rows(200)))[:, 0]
    return (scores > np.random.RandomState(1).permutation(scores)).astype(int)


@pytest.fixture(scope="module")
def measured(float32, int8, labels):
    files = {"float32": float32, "<b>int8</b>": int8}
    return comparing.table(files, parts.rows(200), labels, calls=2)


def test_the_first_is_what_all_are_compared_with(measured, float32):
    first = measured.iloc[0]
    assert first[["difference", "low", "high", "largest"]].tolist() == [0, 0, 0, 0]
    assert first.bytes == len(float32)


def test_figures_are_those_of_the_scores(measured, float32, int8, labels):
    before, after = (lite.scores(one, parts.rows(200)) for one in (float32, int8))
    second = measured.iloc[1]
    assert second.auc == pytest.approx(intervals.auc(labels, after))
    assert second.difference == pytest.approx(second.auc - intervals.auc(labels, before))
    assert second.largest == pytest.approx(np.abs(after - before).max())
    assert second.low <= second.difference <= second.high
    assert second.auc_low <= second.auc <= second.auc_high


def test_the_view_shows_every_file_and_escapes_its_name(measured):
    view = views.models(measured)
    assert "<b>" not in view.html()
    assert view.data["bytes"].tolist() == measured["bytes"].tolist()
    assert "float32" in view.text()


def test_no_file_is_refused(measured):
    with pytest.raises(ValueError, match="no model"):
        views.models(measured.head(0))
