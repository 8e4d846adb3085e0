from __future__ import annotations

import numpy as np
import pytest

from utils.complaints import planted, power
from utils.intervals import auc

WEAK = {
    ("product drift", "S1 → S2"),
    ("label drift", "S1 → S3"),
    ("AUC of an S1 model falls", "S1 → S4, eval splits"),
    ("group: dispute rate", "S1, train split"),
    ("group: dispute rate", "S1"),
    ("`under_recorded`: hidden disputes", "S1, eval split"),
}
"""What stays below the limit, each with its reason in the table."""


@pytest.fixture(scope="module")
def table() -> list[power.Power]:
    return power.table()


def test_every_effect_stands_out_on_the_rows_it_is_sought_in(table: list[power.Power]) -> None:
    for line in table:
        if not line.why:
            assert line.z >= power.LIMIT, line


def test_exceptions_are_named_and_needed(table: list[power.Power]) -> None:
    weak = {(line.effect, line.where) for line in table if line.why}
    assert weak == WEAK
    for line in table:
        assert (line.z < power.LIMIT) == bool(line.why), line
        assert (line.needed > line.rows) == bool(line.why), line


def test_sizes_are_the_planted_ones(table: list[power.Power]) -> None:
    size = {(line.effect, line.where): line.size for line in table}
    rates = planted.LABEL_RATE
    for pair in (("S1", "S2"), ("S2", "S3"), ("S1", "S3"), ("S1", "S4")):
        found = size["product drift", " → ".join(pair)]
        assert found == pytest.approx(planted.PRODUCT_DRIFT[pair], abs=1e-4)
    assert size["label drift", "S1 → S4"] == pytest.approx(rates["S1"] - rates["S4"], abs=1e-4)
    for kind, drift in (
        ("monetary relief", planted.CONCEPT_DRIFT),
        ("non-monetary relief", planted.CONCEPT_DRIFT_NON_MONETARY),
    ):
        found = size[f"concept drift, {kind}", "S1 → S4"]
        assert found == pytest.approx(drift["S4"] - drift["S1"], abs=1e-3)
    assert size["issue drift", "S2 → S3"] == pytest.approx(
        planted.ISSUE_DRIFT["S2", "S3"], abs=1e-4
    )
    assert size["company drift", "S2 → S3"] == pytest.approx(
        planted.COMPANY_DRIFT["S2", "S3"], abs=1e-3
    )
    assert size["group: dispute rate", "S1"] == pytest.approx(planted.FAIR_GAP, abs=1e-3)
    lengths = size["narrative length, mean KS distance", "S1 → S3, four largest products"]
    assert lengths == pytest.approx(planted.LENGTH_KS, abs=1e-3)


def test_the_error_of_an_auc_is_what_samples_show() -> None:
    random = np.random.RandomState(3)
    areas, errors = [], []
    for _ in range(400):
        labels = random.random_sample(600) < 0.235
        scores = random.normal(labels * 0.7, 1.0)
        area, error = power.auc_error(power.places(labels, scores), 600)
        assert area == pytest.approx(auc(labels, scores))
        areas.append(area)
        errors.append(error)
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.12)


def test_cells_follow_the_columns_of_the_card() -> None:
    line = power.Power("drift", "4", "S1 → S2", 10_000, 0.03, 0.006, "small")
    assert line.z == pytest.approx(5.0)
    assert line.cells() == [
        "drift", "4", "S1 → S2", "10,000", "0.030", "0.0060", "5.0", "14,400", "small"
    ]  # fmt: skip
