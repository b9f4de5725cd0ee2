"""Prices: hand-worked values, the edges of bands, and half hours that count once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.market_time import dispatch_stamps
from components.metrics.prices import (
    bands,
    demand_weighted,
    duration,
    longest_run,
    native_count,
    native_values,
    settlement_price,
    summarise,
)

NAN = np.nan


def stamps(count: int, start: str = "2024-07-01") -> np.ndarray:
    return dispatch_stamps(pd.Timestamp(start), pd.Timestamp(start) + pd.Timedelta(minutes=5 * count))


def fives(price) -> np.ndarray:
    return np.where(np.isnan(price), 0, 5).astype("uint8")


def test_nem_price_is_weighted_by_demand_and_needs_every_region():
    price = np.array([[100.0, 100.0, 100.0, 100.0], [40.0, 40.0, NAN, 40.0]])
    demand = np.array([[3000.0, 1000.0, 1000.0, NAN], [1000.0, -1000.0, 1000.0, 1000.0]])
    # (3000·100 + 1000·40) / 4000 = 85; demand that adds up to nothing, a missing price, a missing demand.
    np.testing.assert_array_equal(demand_weighted(price, demand), [85.0, NAN, NAN, NAN])


def test_settlement_price_is_the_mean_of_six():
    times = stamps(15)
    price = np.array([10.0, 20, 30, 40, 50, 60, 1, 1, 1, 1, 1, NAN, 7, 7, 7])
    paid = settlement_price(times, price)
    assert paid[:6].tolist() == [35.0] * 6
    # Five readings, or half of a half hour, are no half hour.
    assert np.isnan(paid[6:]).all()
    assert settlement_price(times[:0], price[:0]).tolist() == []


def test_bands_have_no_hole_and_an_edge_belongs_above():
    price = np.array([-1000.0, -0.01, 0.0, 49.99, 50.0, 100.0, 299.99, 300.0, 1000.0, 5000.0, 17500.0, NAN])
    found = {b.label: b for b in bands(price, fives(price))}
    assert {k: b.hours * 12 for k, b in found.items()} == pytest.approx(
        {"<0": 2, "0–50": 2, "50–100": 1, "100–300": 2, "300–1000": 1, "1000–5000": 1, "≥5000": 2}
    )
    assert sum(b.share for b in found.values()) == pytest.approx(1)
    assert sum(b.contribution for b in found.values()) == pytest.approx(np.nanmean(price))
    assert found["≥5000"].mean == pytest.approx(11250)
    assert (found["<0"].low, found["≥5000"].high) == (-np.inf, np.inf)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.just(NAN), st.floats(-1000, 20300)), max_size=300))
def test_band_contributions_add_up_to_the_mean(values):
    price = np.array(values, float)
    found = bands(price, fives(price))
    known = price[~np.isnan(price)]
    assert sum(b.intervals for b in found) == len(known)
    total = sum(b.contribution for b in found)
    assert np.isnan(total) if not len(known) else total == pytest.approx(known.mean(), abs=1e-6)


@pytest.mark.fault("NUM-1")
def test_bands_of_nothing():
    assert all(b.hours == 0 and np.isnan(b.share) and np.isnan(b.mean) for b in bands(np.full(3, NAN), np.zeros(3)))
    assert len(bands(np.empty(0), np.empty(0))) == 7


def test_summary_by_hand():
    price = np.array([50.0, -10.0, -20.0, NAN, -30.0, 300.0, 310.0, 50.0])
    demand = np.array([100.0, 100.0, 100.0, 100.0, NAN, 200.0, 100.0, 100.0])
    s = summarise(stamps(8), price, fives(price), demand)
    known = np.array([50, -10, -20, -30, 300, 310, 50])
    assert s.mean == pytest.approx(650 / 7)
    assert s.median == 50
    assert (s.min, s.min_time) == (-30, np.datetime64("2024-07-01T00:25"))
    assert (s.max, s.max_time) == (310, np.datetime64("2024-07-01T00:35"))
    assert s.volatility == pytest.approx(known.std())
    # Changes between neighbours only: the gap makes none.
    assert s.change_volatility == pytest.approx(np.std([-60, -10, 330, 10, -260]))
    assert s.negative_hours == pytest.approx(3 / 12)
    assert s.negative_intervals == 3
    assert s.longest_negative_hours == pytest.approx(2 / 12)  # the gap ends the run
    assert s.hours_above_300 == pytest.approx(2 / 12)  # 300 itself counts
    assert s.cap_payout == pytest.approx(10 / 12)
    assert s.volume_weighted == pytest.approx((5000 - 1000 - 2000 + 60000 + 31000 + 5000) / 700)
    assert s.intervals == 7


def test_summary_of_half_hours_counts_each_once():
    """Twelve stamps of spread half-hourly prices are two intervals, not twelve."""
    price = np.repeat([-60.0, 100.0], 6)
    native = np.full(12, 30, "uint8")
    s = summarise(stamps(12), price, native, np.full(12, NAN))
    assert (s.negative_intervals, s.intervals) == (1, 2)
    assert s.negative_hours == pytest.approx(0.5)
    assert s.longest_negative_hours == pytest.approx(0.5)
    assert s.p25 == pytest.approx(-20)  # between two readings, not among twelve
    assert np.isnan(s.change_volatility)
    assert np.isnan(s.volume_weighted)


@pytest.mark.fault("NUM-1")
@pytest.mark.parametrize("value", [-1000.0, 0.0, 300.0, 17500.0])
def test_summary_of_one_reading(value):
    s = summarise(stamps(1), np.array([value]), np.array([5]), np.array([500.0]))
    assert s.mean == s.median == s.min == s.max == s.p5 == s.p95 == s.volume_weighted == value
    assert s.volatility == 0
    assert np.isnan(s.change_volatility)
    assert s.negative_intervals == int(value < 0)
    assert s.cap_payout == pytest.approx(max(0, value - 300) / 12)


@pytest.mark.fault("NUM-1")
@pytest.mark.parametrize("count", [0, 4])
def test_summary_of_nothing(count):
    s = summarise(stamps(count), np.full(count, NAN), np.zeros(count, "uint8"), np.full(count, 1.0))
    assert np.isnan([s.mean, s.median, s.min, s.max, s.volatility, s.cap_payout, s.volume_weighted]).all()
    assert np.isnat(s.min_time)
    assert (s.intervals, s.negative_intervals) == (0, 0)


@pytest.mark.parametrize("price", [[10, -20, 400, 50], [10, NAN, 400, -50]], ids=["whole", "gap"])
@pytest.mark.parametrize("minutes", [5, 30])
def test_one_native_length_for_all_is_that_of_each_reading(price, minutes):
    """Given as one number it says the same as given reading by reading."""
    values, times = np.repeat(np.array(price, float), 6), stamps(24)
    native = np.where(np.isnan(values), 0, minutes)
    one, each = (summarise(times, values, n, np.full(24, 1000.0)) for n in (minutes, native))
    assert repr(one) == repr(each)
    assert one.cap_payout == pytest.approx(100 * 0.5)
    assert one.hours_above_300 == pytest.approx(0.5)
    assert one.intervals == (4 - np.isnan(price).sum()) * (30 // minutes if minutes == 5 else 1)


@pytest.mark.fault("TIM-2")
def test_a_gap_between_months_ends_a_negative_run():
    times = np.r_[stamps(2), stamps(2, "2024-09-01")]
    price = np.full(4, -5.0)
    assert summarise(times, price, fives(price), np.ones(4)).longest_negative_hours == pytest.approx(2 / 12)


def test_native_readings_of_mixed_history_are_weighted_by_time():
    price = np.r_[np.full(6, 10.0), np.arange(6.0)]
    native = np.r_[np.full(6, 30), np.full(6, 5)].astype("uint8")
    assert len(native_values(stamps(12), price, native)) == 12
    assert native_count(native, np.ones(12, bool)) == 7
    assert native_values(stamps(6), price[:6], native[:6]).tolist() == [10.0]


def test_duration_curve_falls_from_highest_to_lowest():
    assert duration(np.array([5.0, -10.0, 20.0]), np.array([0, 0.5, 1])).tolist() == [20, 5, -10]
    assert np.isnan(duration(np.empty(0), np.array([0, 1]))).all()


def test_longest_run():
    assert longest_run(np.array([0, 1, 1, 0, 1, 1, 1], bool)) == 3
    assert longest_run(np.zeros(3, bool)) == 0
    assert longest_run(np.empty(0, bool)) == 0


def test_half_hours_cut_by_the_window_count_and_are_named_by_their_published_end():
    """12:00 to 13:50 of half-hourly prices: the half hour ending 14:00 is cut, and holds the highest."""
    times = dispatch_stamps(pd.Timestamp("2012-07-01T12:00"), pd.Timestamp("2012-07-01T13:50"))
    price = np.r_[np.full(6, 50.0), np.full(6, -20.0), np.full(6, 50.0), np.full(4, 9000.0)]
    native = np.full(22, 30, "uint8")
    assert native_values(times, price, native).tolist() == [50, -20, 50, 9000]
    s = summarise(times, price, native, np.full(22, NAN))
    assert (s.max, s.max_time) == (9000, np.datetime64("2012-07-01T14:00"))
    assert (s.min, s.min_time) == (-20, np.datetime64("2012-07-01T13:00"))
    assert s.volatility == pytest.approx(np.std([50, -20, 50, 9000]))
