from __future__ import annotations

import numpy as np
import pytest

from utils.complaints import generator, model, planted
from utils.complaints.errors import ComplaintsError
from utils.complaints.tables import tables
from utils.intervals import auc


@pytest.mark.parametrize("span", ["S1", "S2", "S3", "S4"])
@pytest.mark.parametrize("scale", model.TEXT_SCALES)
def test_intercepts_are_calibrated(span: str, scale: float) -> None:
    assert model.intercept(span, scale) == tables()["intercepts"][str(scale)][span]
    assert model.expectation(span, scale).rate == pytest.approx(planted.LABEL_RATE[span], abs=2e-5)


def test_expectations_agree_with_draws() -> None:
    expected = model.expectation("S1")
    chunks = [generator.draw("S1", n) for n in range(10)]
    p = np.concatenate([chunk.probability for chunk in chunks])
    y = np.concatenate([chunk.disputed for chunk in chunks])
    group = np.concatenate([chunk.group for chunk in chunks])
    assert y.mean() == pytest.approx(expected.rate, abs=planted.tolerance(100_000, expected.rate))
    assert p.mean() == pytest.approx(expected.rate, abs=0.002)
    inside = planted.tolerance(int(group.sum()), expected.group[0])
    assert y[group].mean() == pytest.approx(expected.group[0], abs=inside)
    assert auc(y, p) == pytest.approx(
        expected.auc, abs=planted.tolerance_auc(100_000, expected.auc)
    )


def test_scales_that_are_not_calibrated_are_refused() -> None:
    with pytest.raises(ComplaintsError, match=r"use 1.0 or 0.35"):
        model.intercept("S1", 0.7)
