"""Years beside years and penetration: every rule by hand."""

from __future__ import annotations

import numpy as np
import pytest

from components.metrics.buckets import Axis
from components.metrics.penetration import BinSums, Peaks, bins_of, penetration, variable_power
from components.metrics.trends import annualised, days_ahead, group_power, place_in_year, relative, trailing_mean

NAN = float("nan")


def test_energy_of_half_a_year_counts_twice_and_a_leap_year_by_the_day():
    found = annualised(np.array([100.0, 366.0, 5.0]), np.array([182.5, 366.0, 0.0]))
    assert found[:2].tolist() == [200.0, 365.0]
    assert np.isnan(found[2])


def test_a_trailing_mean_is_of_the_day_and_those_before_it_and_missing_where_one_is():
    values = np.array([[1.0, 2.0, 6.0, NAN, 3.0, 6.0, 9.0]])
    found = trailing_mean(values, 3)
    np.testing.assert_equal(found, [[NAN, NAN, 3.0, NAN, NAN, NAN, 6.0]])
    assert trailing_mean(values, 1) is values
    assert np.isnan(trailing_mean(values, 8)).all()


def test_a_date_has_the_same_place_in_every_year():
    dates = np.array(["2023-01-01", "2023-02-28", "2024-02-29", "2023-03-01", "2024-12-31"], "datetime64[D]")
    assert place_in_year(dates).tolist() == [1, 59, 60, 61, 366]
    july = np.array(["2023-07-01", "2023-12-31", "2024-02-29", "2024-06-30"], "datetime64[D]")
    assert place_in_year(july, 7).tolist() == [1, 184, 244, 366]


def test_groups_need_rooftop_only_where_they_hold_it_and_a_fuel_without_reading_adds_nothing():
    power = {
        "coal": np.array([100.0, 100.0, NAN]), "gas": np.array([NAN, 5.0, NAN]), "wind": np.array([30.0, 30.0, NAN]),
        "battery": np.array([7.0, 7.0, NAN]), "rooftop": np.array([10.0, NAN, 10.0]),
    }  # fmt: skip
    np.testing.assert_equal(group_power(power, "thermal"), [100.0, 105.0, NAN])
    np.testing.assert_equal(group_power(power, "renewable"), [40.0, NAN, NAN])
    assert np.isnan(group_power({"wind": np.array([1.0])}, "renewable")).all()


def test_days_ahead_are_counted_where_both_are_known():
    assert days_ahead(np.array([3.0, 1.0, NAN, 5.0]), np.array([2.0, 2.0, 1.0, NAN])) == (1, 2)


def test_a_relative_change_is_of_the_size_of_what_was():
    np.testing.assert_equal(
        relative(np.array([5.0, 5.0, 1.0, NAN]), np.array([20.0, -20.0, 0.0, 2.0])), [0.25, 0.25, NAN, NAN]
    )


def test_a_missing_farm_is_missing_and_a_place_without_such_farms_has_none():
    wind, none = np.array([10.0, NAN]), np.array([NAN, NAN])
    roof, read = np.array([5.0, 5.0]), np.array([True, True])
    np.testing.assert_equal(variable_power(wind, none, roof, read), [15.0, NAN])
    np.testing.assert_equal(variable_power(none, none, roof, np.array([True, False])), [5.0, NAN])
    np.testing.assert_equal(variable_power(wind, none, np.array([NAN, 5.0]), read), [NAN, NAN])


def test_penetration_needs_a_demand_above_zero():
    np.testing.assert_equal(
        penetration(np.array([50.0, 120.0, 1.0, NAN]), np.array([100.0, 100.0, 0.0, 100.0])), [0.5, 1.2, NAN, NAN]
    )


def test_a_bin_holds_its_lower_edge_and_the_outermost_ones_what_lies_beyond():
    share = np.array([0.0, 0.049, 0.05, 0.3, -0.01, 9.0, NAN])
    assert bins_of(share, 0.05, 40).tolist() == [0, 0, 1, 6, 0, 39, -1]


def test_a_bins_price_leaves_out_intervals_without_one():
    sums = BinSums.zeros(3)
    sums.add(np.array([0, 0, 2, -1]), np.array([10.0, NAN, -30.0, 500.0]))
    sums.add(np.array([2]), np.array([10.0]))
    assert sums.intervals.tolist() == [2, 0, 2]
    assert sums.priced.tolist() == [1, 0, 2]
    assert sums.prices.tolist() == [10.0, 0.0, -20.0]


def test_a_record_keeps_its_first_interval_across_blocks():
    axis = Axis.over(np.datetime64("2024-01-01"), np.datetime64("2024-01-03"), "1d")
    peaks = Peaks(axis)
    day = np.datetime64("2024-01-01T00:00", "us")
    step = np.timedelta64(5, "m")
    peaks.add(day + np.array([1, 2, 3]) * step, np.array([0.5, 0.7, 0.7]))
    peaks.add(day + np.array([4, 5, 288]) * step, np.array([0.7, NAN, 0.2]))
    assert peaks.high[0] == 0.7
    assert peaks.high_time[0] == np.datetime64("2024-01-01T00:10")
    assert (peaks.low[0], peaks.low_time[0]) == (0.2, np.datetime64("2024-01-02T00:00"))
    assert np.isnan(peaks.high[1])
    assert np.isnat(peaks.high_time[1])


@pytest.mark.parametrize("interval", ["1d", "season", "fy"])
def test_records_of_nothing_are_missing(interval):
    axis = Axis.over(np.datetime64("2024-01-01"), np.datetime64("2024-01-03"), interval)
    peaks = Peaks(axis)
    peaks.add(np.array(["2024-01-01T00:05"], "datetime64[us]"), np.array([NAN]))
    assert np.isnan(peaks.high).all()
