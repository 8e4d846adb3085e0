"""What a training spends is dp-accounting's number, and the formula's."""

from __future__ import annotations

import math

import pytest
from dp_accounting import dp_event, rdp

from utils.privacy import accounting
from utils.privacy.errors import PrivacyError


@pytest.mark.parametrize(
    ("noise", "rate", "steps"), [(1.1, 0.02, 300), (3.0, 0.2, 50), (1.0, 1.0, 3)]
)
def test_epsilon_is_dp_accounting_s(noise, rate, steps):
    accountant = rdp.RdpAccountant()
    for _ in range(3):
        accountant.compose(
            dp_event.PoissonSampledDpEvent(rate, dp_event.GaussianDpEvent(noise)), steps
        )
    assert accounting.epsilon(noise, rate, 3 * steps, 1e-5) == pytest.approx(
        accountant.get_epsilon(1e-5)
    )


@pytest.mark.parametrize("order", [2, 5, 16])
def test_the_formula_is_what_the_accountant_computes(order):
    accountant = rdp.RdpAccountant(orders=[order]).compose(accounting.event(1.3, 0.05, 40))
    by_hand = accounting.renyi_by_hand(1.3, 0.05, 40, order)
    converted = rdp.rdp_privacy_accountant.compute_epsilon([order], [by_hand], 1e-5)[0]
    assert accountant.get_epsilon(1e-5) == pytest.approx(converted, rel=1e-9)


def test_without_sampling_the_formula_is_that_of_the_gaussian():
    assert accounting.renyi_by_hand(2.0, 1.0, 7, 6) == pytest.approx(7 * 6 / (2 * 2.0**2))


def test_the_least_noise_keeps_the_epsilon_and_a_little_less_does_not():
    noise = accounting.noise_for(2.0, 0.05, 100, 1e-5)
    assert accounting.epsilon(noise, 0.05, 100, 1e-5) <= 2.0
    assert accounting.epsilon(noise - 0.01, 0.05, 100, 1e-5) > 2.0


def test_no_noise_is_no_promise():
    assert accounting.epsilon(0.0, 0.1, 1, 1e-5) == math.inf


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((1.0, 0.0, 1, 1e-5), "rate"),
        ((1.0, 0.1, 0, 1e-5), "no training"),
        ((1.0, 0.1, 1, 2.0), "delta"),
    ],
)
def test_what_cannot_be_is_refused(values, said):
    with pytest.raises(PrivacyError, match=said):
        accounting.epsilon(*values)


@pytest.mark.parametrize("wanted", [0.0, 1e-9])
def test_no_noise_suffices(wanted):
    with pytest.raises(PrivacyError, match="No noise"):
        accounting.noise_for(wanted, 0.5, 1_000, 1e-5)
