"""Battery figures worked by hand."""

import numpy as np
import pytest

from components.metrics.revenue import capture_price, unit_sums
from components.metrics.storage import (
    carry_over,
    cycles_per_day,
    per_year,
    round_trip,
    spread,
    storage_roles,
    storage_runs,
    utilisation,
)
from components.vocabulary import BIDIRECTIONAL, GENERATOR, LOAD

NAN = np.nan
POWER = np.array([[60.0, -120.0, -60.0, 0.0, NAN, 120.0]])
PRICE = np.array([[100.0, -50.0, 20.0, 500.0, 500.0, NAN]])


def sums(role: str, power: np.ndarray = POWER):
    return unit_sums(power, storage_roles(np.array([role], object)), np.array([0]), PRICE)


def test_a_bidirectional_unit_is_split_and_priced():
    """Out 5 MWh at $100 and 10 MWh without a price; in 10 MWh at -$50 and 5 MWh at $20."""
    found = sums(BIDIRECTIONAL)
    assert (found.energy[0], found.load[0]) == (15, 15)
    assert (found.energy_priced[0], found.load_priced[0]) == (5, 15)
    assert (found.earned[0], found.paid[0]) == (500, -400)  # charging was income
    sold = capture_price(found.earned, found.energy_priced)
    bought = capture_price(found.paid, found.load_priced)
    assert sold[0] == 100
    assert bought[0] == pytest.approx(-400 / 15)
    assert spread(sold, bought)[0] == pytest.approx(100 + 400 / 15)
    assert round_trip(found.energy, found.load)[0] == 1


def test_a_load_consumes_whatever_the_sign_it_reports():
    found = sums(LOAD, np.array([[60.0, -60.0, 0.0, 0.0, NAN, NAN]]))
    assert (found.energy[0], found.load[0], found.paid[0]) == (0, 10, 5 * 100 - 5 * 50)


def test_the_small_negatives_of_a_discharging_half_are_charge_not_less_discharge():
    found = sums(GENERATOR, np.array([[60.0, -1.2, -1.2, 0.0, 0.0, 0.0]]))
    assert found.energy[0] == 5
    assert found.load[0] == pytest.approx(0.2)


def test_roles_stay_loads_or_are_split():
    roles = np.array([GENERATOR, LOAD, BIDIRECTIONAL], object)
    assert storage_roles(roles).tolist() == [BIDIRECTIONAL, LOAD, BIDIRECTIONAL]


@pytest.mark.parametrize(
    ("discharge", "charge", "expected"), [(85.0, 100.0, 0.85), (85.0, 0.0, NAN), (0.0, 10.0, 0.0), (0.0, 0.0, NAN)]
)
def test_round_trip(discharge, charge, expected):
    assert round_trip(np.array([discharge]), np.array([charge]))[0] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("discharge", "days", "expected"), [(300.0, 100.0 * 2, 1.5), (300.0, 0.0, NAN)])
def test_cycles_per_day(discharge, days, expected):
    """300 MWh out of a 100 MWh store in two days are one and a half cycles a day."""
    assert cycles_per_day(np.array([discharge]), np.array([days]))[0] == pytest.approx(expected, nan_ok=True)


def test_a_price_that_is_missing_leaves_the_spread_missing():
    assert np.isnan(spread(np.array([NAN, 100.0]), np.array([10.0, NAN]))).all()


def test_money_by_capacity_and_year():
    """$1,000 in five days of 20 MWh: 10 $/MWh and day, 3,650 a year; none where no capacity is known."""
    assert per_year(np.array([1000.0, 1000.0]), np.array([100.0, 0.0])) == pytest.approx([3650, NAN], nan_ok=True)


def test_use_counts_both_legs():
    """30 MWh out and 50 MWh in, where 100 MW could have moved 800 MWh in eight hours."""
    assert utilisation(np.array([30.0]), np.array([50.0]), np.array([800.0])) == pytest.approx([0.1])
    assert np.isnan(utilisation(np.array([30.0]), np.array([50.0]), np.array([0.0])))


def test_how_far_a_round_trip_can_be_moved_by_what_was_stored():
    assert carry_over(np.array([100.0, 0.0, NAN, 100.0]), np.array([1000.0, 10, 10, 0])) == pytest.approx(
        [0.1, NAN, NAN, NAN], nan_ok=True
    )


def test_runs_are_split_and_priced_like_the_whole():
    """A bidirectional unit and a load in two runs of three stamps; the sixth has no price, the fifth no reading of the first."""
    values = np.array([[60.0, -120.0, -60.0, 0.0, NAN, 120.0], [12.0, 0.0, -12.0, 24.0, 24.0, 24.0]])
    roles = np.array([BIDIRECTIONAL, LOAD], object)
    first = np.array([0, 3])
    found = storage_runs(values, roles, np.array([0, 0]), PRICE, first)
    energy, load, energy_priced, load_priced, earned, paid, readings, priced = found
    assert energy == pytest.approx(np.array([[5.0, 10], [0, 0]]))
    assert load == pytest.approx(np.array([[15.0, 0], [2, 6]]))
    assert energy_priced == pytest.approx(np.array([[5.0, 0], [0, 0]]))
    assert load_priced == pytest.approx(np.array([[15.0, 0], [2, 4]]))
    assert earned == pytest.approx(np.array([[500.0, 0], [0, 0]]))
    assert paid == pytest.approx(np.array([[-10 * 50 + 5 * 20.0, 0], [1 * 100 + 1 * 20, 2 * 500 + 2 * 500]]))
    assert readings.tolist() == [[3, 2], [3, 3]]
    assert priced.tolist() == [[3, 1], [3, 2]]
    whole = unit_sums(values, roles, np.array([0, 0]), PRICE).stack()
    assert storage_runs(values, roles, np.array([0, 0]), PRICE, np.array([0]))[:, :, 0] == pytest.approx(whole)


def test_a_unit_of_no_region_has_energy_and_no_money():
    found = storage_runs(POWER, np.array([BIDIRECTIONAL], object), np.array([-1]), PRICE, np.array([0]))
    assert found[:, 0, 0].tolist() == pytest.approx([15, 15, 0, 0, 0, 0, 5, 0])
