"""A table of scored rows whose truth is known, and a model of one line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


class Lookup:
    """A model whose score is 0.2, and more with "again" in the narrative, in AZ, and without relief."""

    def __init__(self) -> None:
        self.asked = 0

    def predict(self, complaints) -> np.ndarray:
        complaints = list(complaints)
        self.asked += len(complaints)
        return np.array(
            [
                0.2
                + 0.3 * ("again" in (one.get("consumer_complaint_narrative") or ""))
                + 0.2 * (one.get("state") == "AZ")
                - 0.1 * ("relief" in (one.get("company_response") or ""))
                for one in complaints
            ],
            "float32",
        )


@pytest.fixture
def model() -> Lookup:
    return Lookup()


@pytest.fixture(scope="session")
def scored() -> pd.DataFrame:
    """3,000 rows: the group "in" has higher scores than its labels deserve."""
    random = np.random.RandomState(1)
    inside = random.random_sample(3000) < 0.2
    truth = random.beta(2, 5, 3000)
    return pd.DataFrame(
        {
            "complaint_id": [str(number) for number in range(3000)],
            "side": np.where(inside, "in", "out"),
            "consumer_disputed": (random.random_sample(3000) < truth).astype(int),
            "score": np.clip(truth + 0.2 * inside, 0, 1),
        }
    )
