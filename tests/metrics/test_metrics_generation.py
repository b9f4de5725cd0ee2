"""Roles have signs: what of a reading belongs to which series."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.metrics import generation
from components.metrics.generation import NEGATIVE, POSITIVE, net, renewable_share, signed, sum_units, terms

NAN = np.nan


def test_parts_of_a_reading():
    values = np.array([100.0, -40.0, 0.0, NAN])
    np.testing.assert_array_equal(signed(values, POSITIVE), [100, 0, 0, NAN])
    np.testing.assert_array_equal(signed(values, NEGATIVE), [0, -40, 0, NAN])
    np.testing.assert_array_equal(net(values, "load"), [-100, -40, 0, NAN])
    np.testing.assert_array_equal(net(values, "generator"), values)
    np.testing.assert_array_equal(net(values, "bidirectional"), values)


def series(values, roles, positive, negative, count):
    return sum_units(
        np.array(values, "float32"), *terms(np.array(roles), np.array(positive), np.array(negative)), count
    )


def test_batteries_are_split_before_they_are_added():
    """Two batteries, one charging at 100 and one discharging at 100, do not cancel."""
    total = series([[100, 60], [-100, NAN]], ["bidirectional"] * 2, [0, 0], [1, 1], 2)
    np.testing.assert_array_equal(total, [[100, 60], [-100, 0]])


def test_battery_charging_is_not_dropped_and_pumps_report_consumption_as_positive():
    total = series([[-30.0], [250.0]], ["bidirectional", "load"], [0, 0], [1, 2], 3)
    np.testing.assert_array_equal(total, [[0], [-30], [-250]])


def test_generators_keep_small_negatives():
    assert series([[-1.5], [10.0]], ["generator"] * 2, [0, 0], [-1, -1], 1).tolist() == [[8.5]]


def test_a_stamp_is_missing_only_where_no_unit_has_a_reading():
    total = series([[1, NAN, NAN], [NAN, 5, NAN]], ["generator"] * 2, [0, 0], [-1, -1], 1)
    np.testing.assert_array_equal(total, [[1, 5, NAN]])


def test_series_without_units_are_missing_and_empty_stretches_stay_empty():
    assert np.isnan(series([[1.0]], ["generator"], [1], [-1], 2)[0]).all()
    nothing = np.empty((0, 3), "float32")
    none = np.empty(0, int)
    assert np.isnan(sum_units(nothing, none, none, none, 1)).all()
    assert series(np.empty((1, 0)), ["load"], [0], [0], 1).shape == (1, 0)


def test_money_uses_each_units_own_region_and_needs_a_price():
    units, parts, codes = terms(np.array(["generator", "load"]), np.array([0, 0]), np.array([0, 0]))
    price = np.array([[50.0, NAN], [-10.0, 300.0]])
    money = sum_units(
        np.array([[10.0, 10.0], [4.0, 4.0]]), units, parts, codes, 1, price=price, region=np.array([0, 1])
    )
    # 10 MW at 50 less 4 MW of load at -10; then only the load has a price.
    np.testing.assert_array_equal(money, [[10 * 50 + 4 * 10, -4 * 300]])


def test_renewable_share_leaves_batteries_and_interchange_out():
    energy = {
        "coal": 45.0,
        "gas": 5.0,
        "wind": 20.0,
        "rooftop": 20.0,
        "hydro": 10.0,
        "battery": 99.0,
        "imports": 50.0,
        "pumps": -30.0,
    }
    assert renewable_share(energy) == pytest.approx(0.5)
    assert renewable_share({**energy, "solar": NAN}) == pytest.approx(0.5)
    assert np.isnan(renewable_share({}))
    assert np.isnan(renewable_share({"battery": 5.0}))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 12), st.integers(0, 40), st.integers(0, 2**32 - 1), st.booleans())
def test_short_and_long_stretches_are_added_up_alike(units, length, seed, priced):
    """The matrix for a day and the loop for a month give the same sums."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 100, (units, length)).astype("float32")
    values[rng.random(values.shape) < 0.3] = NAN
    chosen = terms(
        rng.choice(["generator", "load", "bidirectional"], units),
        rng.integers(-1, 4, units),
        rng.integers(-1, 4, units),
    )
    more = {"price": rng.normal(50, 90, (2, length)), "region": rng.integers(0, 2, units)} if priced else {}
    short = sum_units(values, *chosen, 4, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generation, "_AT_ONCE", -1)
        long = sum_units(values, *chosen, 4, **more)
    np.testing.assert_allclose(short, long, rtol=1e-5, atol=1e-3)
