"""Federated averaging: one client is central training, and one step of many is a step on all rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from utils.privacy import federated
from utils.privacy.errors import PrivacyError

RANDOM = np.random.RandomState(0)
ROWS = RANDOM.normal(size=(200, 4))
LABELS = (ROWS.sum(1) + RANDOM.normal(size=200) > 0).astype(int)


def test_one_client_is_central_training():
    alone = [federated.Client("all", ROWS, LABELS)]
    found = federated.rounds(alone, count=3, steps=5, rate=0.4)
    central = federated.local_steps(np.zeros(4), ROWS, LABELS, 15, 0.4)
    assert np.allclose(found[-1], central)


def test_one_step_of_many_clients_is_one_step_on_all_rows():
    clients = federated.by_chance(ROWS, LABELS, 7)
    found = federated.rounds(clients, count=6, steps=1, rate=0.4)
    assert np.allclose(found[-1], federated.local_steps(np.zeros(4), ROWS, LABELS, 6, 0.4))


def test_a_step_is_the_gradient_s():
    def loss(weights):
        logits = ROWS @ weights
        return np.mean(np.log1p(np.exp(logits)) - LABELS * logits)

    start = np.array([0.1, -0.2, 0.3, 0.0])
    stepped = federated.local_steps(start, ROWS, LABELS, 1, 1.0)
    slopes = [(loss(start + 1e-6 * one) - loss(start - 1e-6 * one)) / 2e-6 for one in np.eye(4)]
    assert np.allclose(start - stepped, slopes, atol=1e-7)


def test_sparse_rows_are_the_same():
    dense = federated.rounds(federated.by_chance(ROWS, LABELS, 3), 2, 4, 0.4)[-1]
    thin = federated.rounds(federated.by_chance(sparse.csr_matrix(ROWS), LABELS, 3), 2, 4, 0.4)[-1]
    assert np.allclose(dense, thin)


def test_averages_weigh_by_rows():
    assert federated.average([np.zeros(2), np.ones(2)], [1, 3]).tolist() == [0.75, 0.75]


def test_rows_are_dealt_once():
    for clients in (
        federated.by_chance(ROWS, LABELS, 9),
        federated.by_value(ROWS, LABELS, np.arange(200) % 4),
    ):
        dealt = np.concatenate([one.rows for one in clients])
        assert sorted(map(tuple, dealt)) == sorted(map(tuple, ROWS))
        assert sum(one.labels.sum() for one in clients) == LABELS.sum()


def test_clients_without_rows_are_refused():
    with pytest.raises(PrivacyError, match="no row"):
        federated.rounds([federated.Client("empty", ROWS[:0], LABELS[:0])], 1, 1, 0.1)
    with pytest.raises(PrivacyError, match="there is none"):
        federated.rounds([], 1, 1, 0.1)
