"""The estimate of what is stored, worked by hand: 12 MW in for five minutes at 50 % are half a MWh."""

import numpy as np
import pytest

from components.metrics.state_of_charge import charge_between

NAN = np.nan


def levels(power, storage=2.0, capacity=12.0, low=0.0, high=None, efficiency=0.5):
    """Power out above zero, in below."""
    power = np.array([power])
    begin = np.array([low]), np.array([storage if high is None else high])
    return charge_between(
        np.maximum(power, 0), np.maximum(-power, 0), np.array([storage]), np.array([capacity]), *begin, efficiency
    )


def test_charge_counts_with_its_efficiency_and_discharge_as_it_is():
    found = levels([-12.0, -12.0, 12.0], low=0.0, high=0.0)
    assert found.low[0].tolist() == found.high[0].tolist() == pytest.approx([0.5, 1.0, 0.0])
    assert found.unfit[0].tolist() == [0, 0, 0]
    assert found.middle[0].tolist() == pytest.approx([0.5, 1.0, 0.0])


def test_an_unknown_start_is_forgotten_where_the_store_must_have_been_empty():
    """2 MWh: begun empty or full, after two intervals of discharge both are empty and stay together."""
    found = levels([12.0, 12.0, -12.0])
    assert found.low[0].tolist() == pytest.approx([0, 0, 0.5])
    assert found.high[0].tolist() == pytest.approx([1, 0, 0.5])
    assert found.middle[0].tolist() == pytest.approx([0.5, 0, 0.5])
    assert found.unfit[0].tolist() == [0, 0, 0]


def test_what_no_start_explains_is_counted_and_left_out():
    """Three MWh out of a store of two; then six in at 50 %, where two fit."""
    out = levels([12.0, 12.0, 12.0])
    assert out.unfit[0].tolist() == pytest.approx([0, 0, 1])
    assert out.high[0, -1] == 0
    into = levels([-12.0] * 6, low=0.0, high=0.0)
    assert into.low[0].tolist() == pytest.approx([0.5, 1, 1.5, 2, 2, 2])
    assert into.unfit[0].tolist() == pytest.approx([0, 0, 0, 0, 0.5, 0.5])


def test_without_a_reading_the_bounds_part_as_far_as_the_capacity_goes():
    """12 MW may have taken a MWh out, or put half a one in; of unknown capacity everything may have happened."""
    found = levels([NAN], storage=4.0, low=2.0, high=2.0)
    assert (found.low[0, 0], found.high[0, 0], found.unfit[0, 0]) == pytest.approx((1.0, 2.5, 0))
    unknown = levels([NAN], storage=4.0, capacity=NAN, low=2.0, high=2.0)
    assert (unknown.low[0, 0], unknown.high[0, 0], unknown.unfit[0, 0]) == (0, 4, 0)


def test_the_bounds_never_cross_and_stay_within_the_store():
    rng = np.random.default_rng(7)
    power = rng.normal(0, 10, 500)
    power[rng.random(500) < 0.02] = NAN
    found = levels(power, storage=5.0)
    assert (found.low <= found.high + 1e-12).all()
    assert found.low.min() >= 0
    assert found.high.max() <= 5
    # Any start between the two gives a level between the two.
    known = np.where(np.isnan(power), 0.0, power)
    for start in (0.0, 1.7, 5.0):
        one = levels(known, storage=5.0, low=start, high=start).low
        assert (one >= found.low - 1e-9).all()
        assert (one <= found.high + 1e-9).all()


@pytest.mark.parametrize("efficiency", [0.0, 1.2, NAN])
def test_an_efficiency_is_a_part(efficiency):
    with pytest.raises(ValueError, match="efficiency"):
        levels([0.0], efficiency=efficiency)
