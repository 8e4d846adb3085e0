"""Encrypted scores are the plain ones within a thousandth."""

from __future__ import annotations

import numpy as np
import pytest

from utils.privacy import encrypted
from utils.privacy.errors import PrivacyError

ts = encrypted.load()


@pytest.fixture(scope="module")
def keys():
    made = ts.context(ts.SCHEME_TYPE.CKKS, 8192, coeff_mod_bit_sizes=[60, 40, 40, 60])
    made.global_scale = 2**40
    made.generate_galois_keys()
    return made


def test_scores_are_the_plain_ones(keys):
    random = np.random.RandomState(0)
    rows, weights = (random.random_sample((3, 300)) < 0.1).astype(float), random.normal(size=300)
    found = encrypted.score(keys, rows, weights, -0.5)
    plain = 1 / (1 + np.exp(-(rows @ weights - 0.5)))
    assert np.abs(1 / (1 + np.exp(-found.logits)) - plain).max() < 1e-3
    assert found.sent > found.returned > rows[0].nbytes
    assert min(found.encrypting, found.computing, found.decrypting) > 0
    assert keys.is_private(), "the client's own keys stay whole"


@pytest.mark.parametrize("rows", [np.zeros((0, 2)), np.zeros((1, 3))])
def test_rows_have_to_fit(keys, rows):
    with pytest.raises(PrivacyError, match="do not fit"):
        encrypted.score(keys, rows, [1.0, 2.0], 0.0)


def test_the_polynomial_follows_the_curve_within_reach_only():
    coefficients = encrypted.logistic_polynomial(3, 5.0)
    x = np.linspace(-5, 5, 50)
    assert np.abs(np.polyval(coefficients[::-1], x) - 1 / (1 + np.exp(-x))).max() < 0.1
    assert not 0 <= np.polyval(coefficients[::-1], 12.0) <= 1
