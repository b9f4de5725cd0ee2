"""Curtailment worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.metrics.curtailment import curtailed, economic, network, rate

NAN = np.nan
UIGF = np.array([100.0, 100.0, 100.0, 50.0, NAN, 80.0, 0.0])
CLEARED = np.array([60.0, 100.0, 60.0, 55.0, 10.0, NAN, 0.0])
PRICE = np.array([-20.0, -20.0, 30.0, 0.0, 0.0, 0.0, NAN])


def test_what_was_held_back_is_never_negative_and_missing_stays_missing():
    np.testing.assert_array_equal(curtailed(UIGF, CLEARED), [40, 0, 40, 0, NAN, NAN, 0])


def test_economic_is_where_the_price_is_zero_or_less_and_network_the_rest():
    lost = curtailed(UIGF, CLEARED)
    np.testing.assert_array_equal(economic(lost, PRICE), [40, 0, 0, 0, NAN, NAN, NAN])
    np.testing.assert_array_equal(network(lost, PRICE), [0, 0, 40, 0, NAN, NAN, NAN])
    at_zero = np.array([0.0])
    assert economic(np.array([7.0]), at_zero)[0] == 7
    assert network(np.array([7.0]), at_zero)[0] == 0
    assert network(np.array([7.0]), np.array([0.01]))[0] == 7
    assert np.isnan(economic(np.array([NAN]), np.array([50.0])))[0]


@pytest.mark.parametrize(
    ("lost", "uigf", "share"), [(25.0, 100.0, 0.25), (0.0, 100.0, 0.0), (0.0, 0.0, NAN), (NAN, 5.0, NAN)]
)
def test_rate(lost, uigf, share):
    assert rate(np.array([lost]), np.array([uigf]))[0] == pytest.approx(share, nan_ok=True)


numbers = st.one_of(st.just(NAN), st.floats(-50, 5000))


@given(numbers, numbers, numbers)
def test_parts_add_up(uigf, cleared, price):
    lost = curtailed(np.array([uigf]), np.array([cleared]))
    parts = economic(lost, np.array([price])) + network(lost, np.array([price]))
    if np.isnan([uigf, cleared, price]).any():
        assert np.isnan(parts[0])
    else:
        assert parts[0] == lost[0] >= 0
