"""Emissions, shares, the year before and utilisation, by hand."""

import numpy as np
import pandas as pd
import pytest

from components.metrics.fuels import (
    change_since_start,
    difference,
    emissions,
    intensity,
    leap_days,
    share_of_supply,
    supply_of,
    year_before,
)
from components.metrics.utilisation import distribution, power_and_capacity

NAN = np.nan


def test_emissions_of_units_without_a_factor_are_not_zero_but_left_out():
    tonnes, counted = emissions(np.array([100.0, 50, 10]), np.array([0.9, NAN, 0.0]))
    assert tonnes.tolist() == pytest.approx([90, 0, 0])
    assert counted.tolist() == [100, 0, 10]
    assert intensity(tonnes.sum(), counted.sum()) == pytest.approx(90 / 110)
    assert np.isnan(intensity(np.array(0.0), np.array(0.0)))


def test_shares_are_of_everything_above_zero():
    supply = np.array([True, True, True, False])
    found = share_of_supply(np.array([60.0, 20, -5, -30]), supply)
    np.testing.assert_allclose(found, [0.75, 0.25, -0.0625, NAN])
    over_time = share_of_supply(np.array([[60.0, NAN], [20, 0], [NAN, NAN], [-30, -1]]), supply)
    np.testing.assert_allclose(over_time, [[0.75, NAN], [0.25, NAN], [NAN, NAN], [NAN, NAN]])


def test_the_whole_of_proportions_is_everything_above_zero_without_loads():
    supply = np.array([True, True, True, False])
    found = supply_of(np.array([[60.0, 0], [20, NAN], [-7, -1], [5, 5]]), supply)
    np.testing.assert_array_equal(found, [80, NAN])


@pytest.mark.parametrize(
    ("moment", "before"),
    [
        ("2024-07-01T18:30", "2023-07-01T18:30"),
        ("2025-02-28", "2024-02-28"),
        ("2025-03-01", "2024-03-01"),
        ("2024-02-29", "2023-03-01"),  # the end of 28 February
        ("2024-02-29T12:00", "2023-03-01"),
        ("2024-03-01", "2023-03-01"),
    ],
)
def test_the_year_before_is_the_same_moment_of_the_calendar(moment, before):
    assert year_before(pd.Timestamp(moment)) == pd.Timestamp(before)


@pytest.mark.fault("TIM-5")
def test_a_leap_day_alone_has_no_year_before():
    assert year_before(pd.Timestamp("2024-02-29")) == year_before(pd.Timestamp("2024-03-01"))


@pytest.mark.fault("TIM-5")
def test_leap_days_of_a_window():
    day = pd.Timestamp("2024-02-29"), pd.Timestamp("2024-03-01")
    assert leap_days(*day) == 1
    assert leap_days(pd.Timestamp("2024-02-29T12:00"), pd.Timestamp("2024-02-29T13:00")) == 1
    assert leap_days(pd.Timestamp("2024-02-01"), day[0]) == 0
    assert leap_days(day[1], pd.Timestamp("2028-03-01")) == 1
    assert leap_days(pd.Timestamp("2023-01-01"), pd.Timestamp("2024-01-01")) == 0


def test_differences_are_of_what_can_be_compared():
    found = difference(np.array([5.0, 5, NAN]), np.array([3.0, 3, 1]), np.array([True, False, True]))
    np.testing.assert_array_equal(found, [2, NAN, NAN])


def test_change_since_the_start_of_the_window():
    found = change_since_start(np.array([[900.0, 400, NAN], [NAN, 10, 20], [-5, -5, 0]]))
    np.testing.assert_array_equal(found, [[0, -500, NAN], [NAN, NAN, NAN], [0, 0, 5]])


def test_power_and_the_capacity_that_was_in_service():
    values = np.array([[10.0, 20, NAN], [30, NAN, NAN], [5, 5, 5]], np.float32)
    power, capacity = power_and_capacity(values, np.array([40.0, 60, 10]), np.array([0, 0, 1]), 2)
    np.testing.assert_array_equal(power, [[40, 20, NAN], [5, 5, 5]])
    np.testing.assert_array_equal(capacity, [[100, 40, NAN], [10, 10, 10]])


def test_storage_counts_what_it_gives_and_units_only_while_they_are_registered():
    values = np.array([[10.0, -20, 5], [30, 30, 30]])
    power, capacity = power_and_capacity(
        values, np.array([40.0, 60]), np.array([0, 0]), 1, storage={0}, registered={1: np.array([False, True, True])}
    )
    np.testing.assert_array_equal(power, [[10, 30, 35]])
    np.testing.assert_array_equal(capacity, [[40, 100, 100]])


def test_the_distribution_runs_from_the_highest_down():
    found = distribution(np.array([0.1, NAN, 0.5, 0.3]), np.array([0, 0.25, 0.5, 1]))
    assert found.tolist() == pytest.approx([0.5, 0.4, 0.3, 0.1])
    assert np.isnan(distribution(np.array([NAN]), np.array([0.5]))).all()
