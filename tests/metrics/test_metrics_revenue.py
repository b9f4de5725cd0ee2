"""Energy and revenue at five minutes: hand-worked, and never six times too high."""

import numpy as np
import pytest

from components.metrics.revenue import capacity_factor, capture_price, unit_sums

NAN = np.nan


def sums(values, roles, region, price):
    return unit_sums(np.array(values, "float32"), np.array(roles, object), np.array(region), np.array(price, float))


def test_five_minutes_are_a_twelfth_of_an_hour():
    """An hour of 120 MW at $50 earns 120 MWh · 50 = $6,000; dividing by 2 would say $36,000."""
    out = sums([[120.0] * 12], ["generator"], [0], [[50.0] * 12])
    assert out.energy[0] == pytest.approx(120)
    assert out.earned[0] == pytest.approx(6000)
    assert capture_price(out.earned, out.energy_priced)[0] == pytest.approx(50)


def test_capture_price_weights_by_output_at_the_native_interval():
    # 100 MW at $10 and 20 MW at $400: (1000 + 8000) / 120 = 75, not mean price 205.
    out = sums([[100, 20]], ["generator"], [0], [[10, 400]])
    assert capture_price(out.earned, out.energy_priced)[0] == pytest.approx(75)


def test_battery_is_split_and_charging_at_a_negative_price_is_income():
    out = sums([[60, -120, -60]], ["bidirectional"], [0], [[200, -50, 20]])
    assert (out.energy[0], out.load[0]) == pytest.approx((5, 15))
    assert out.earned[0] == pytest.approx(5 * 200)
    assert out.paid[0] == pytest.approx(10 * -50 + 5 * 20)
    assert capture_price(out.earned, out.energy_priced)[0] == pytest.approx(200)  # discharge only


def test_pumps_pay_for_what_scada_reports_as_positive():
    out = sums([[240.0], [-240.0]], ["load", "load"], [0, 0], [[30.0]])
    assert out.load.tolist() == pytest.approx([20, 20])
    assert out.energy.tolist() == [0, 0]
    assert out.paid.tolist() == pytest.approx([600, 600])


@pytest.mark.fault("NUM-1")
def test_a_reading_without_price_adds_energy_but_no_money():
    out = sums([[120, 120, NAN]], ["generator"], [0], [[60, NAN, 60]])
    assert out.energy[0] == pytest.approx(20)
    assert out.energy_priced[0] == pytest.approx(10)
    assert out.earned[0] == pytest.approx(600)
    assert (out.readings[0], out.priced[0]) == (2, 1)
    assert capture_price(out.earned, out.energy_priced)[0] == pytest.approx(60)


def test_a_unit_without_region_has_energy_and_no_price():
    out = sums([[12.0]], ["generator"], [-1], np.empty((0, 1)))
    assert (out.energy[0], out.earned[0], out.readings[0], out.priced[0]) == (1, 0, 1, 0)


def test_each_unit_is_paid_by_its_own_region():
    out = sums([[12.0], [12.0]], ["generator"] * 2, [1, 0], [[100.0], [7.0]])
    assert out.earned.tolist() == pytest.approx([7, 100])


@pytest.mark.fault("NUM-1")
def test_small_negatives_of_generators_reduce_energy_and_money():
    out = sums([[12.0, -1.2]], ["generator"], [0], [[100.0, 100.0]])
    assert (out.energy[0], out.earned[0], out.load[0]) == pytest.approx((0.9, 90, 0))


@pytest.mark.fault("NUM-1")
@pytest.mark.parametrize("shape", [(0, 5), (2, 0), (2, 3)])
def test_nothing_to_add_up(shape):
    out = sums(np.full(shape, NAN), ["generator"] * shape[0], [0] * shape[0], np.ones((1, shape[1])))
    assert not out.stack().any()
    assert out.stack().shape == (8, shape[0])
    assert np.isnan(capture_price(out.earned, out.energy_priced)).all()


@pytest.mark.fault("NUM-1")
@pytest.mark.parametrize("price", [-1000.0, 17500.0])
def test_floor_and_cap_are_prices_like_others(price):
    out = sums([[60.0]], ["generator"], [0], [[price]])
    assert out.earned[0] == pytest.approx(5 * price)


def test_many_units_at_once_equal_one_by_one():
    rng = np.random.default_rng(3)
    values = rng.normal(0, 100, (70, 50)).astype("float32")
    values[rng.random(values.shape) < 0.1] = NAN
    roles = rng.choice(["generator", "load", "bidirectional"], 70)
    region = rng.integers(-1, 2, 70)
    price = rng.normal(80, 60, (2, 50))
    price[0, 5:9] = NAN
    together = sums(values, roles, region, price).stack()
    apart = np.hstack([sums(values[k : k + 1], roles[k : k + 1], region[k : k + 1], price).stack() for k in range(70)])
    np.testing.assert_allclose(together, apart, rtol=1e-9, atol=1e-9)


def test_capacity_factor_pools_before_it_divides():
    """Energy 90 of 100 MW·h and 10 of 900: 10 %, where the mean of children says 45.6 %."""
    assert capacity_factor(np.array([90.0 + 10.0]), np.array([100.0 + 900.0]))[0] == pytest.approx(0.1)
    assert np.isnan(capacity_factor(np.array([1.0]), np.array([0.0]))[0])
