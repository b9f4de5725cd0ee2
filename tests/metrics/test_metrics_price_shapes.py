"""Events, spreads, hour grids, the cumulative price, shares, limits: by hand."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.market_limits import administered_cap, cumulative_threshold
from components.market_time import dispatch_stamps
from components.metrics.capture import generation_shares
from components.metrics.cumulative_price import WEEK, cumulative_price
from components.metrics.price_events import price_events, runs
from components.metrics.price_grid import HourGrid, hour_of
from components.metrics.price_spread import SPREAD_EDGES, spread_summary
from components.metrics.prices import bands

NAN = np.nan


def stamps(count: int, start: str = "2024-07-01") -> np.ndarray:
    return dispatch_stamps(pd.Timestamp(start), pd.Timestamp(start) + pd.Timedelta(minutes=5 * count))


def fives(price: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(price), 0, 5).astype("uint8")


# -- events ------------------------------------------------------------------------------------------


def test_events_by_hand():
    price = np.array([50.0, 300, 900, 100, 400, 50, 50, 50, 2000, NAN])
    found = price_events(stamps(10), price, fives(price), 300.0, gap=10)
    # A pause of one interval is part of the event, one of three ends it.
    assert found.start.tolist() == stamps(10)[[0, 7]].tolist()
    assert found.end.tolist() == stamps(10)[[4, 8]].tolist()
    assert found.hours.tolist() == pytest.approx([4 / 12, 1 / 12])
    assert found.hours_beyond.tolist() == pytest.approx([3 / 12, 1 / 12])  # $300 itself counts
    assert found.peak.tolist() == [900, 2000]
    assert found.peak_time.tolist() == stamps(10)[[2, 8]].tolist()
    assert found.mean.tolist() == pytest.approx([(300 + 900 + 100 + 400) / 4, 2000])
    assert found.beyond.tolist() == pytest.approx([(0 + 600 + 100) / 12, 1700 / 12])


def test_a_pause_as_long_as_the_gap_is_bridged_and_a_longer_one_is_not():
    price = np.array([500.0, 0, 0, 500, 0, 0, 0, 500])
    assert len(price_events(stamps(8), price, fives(price), 300, gap=10)) == 2
    assert len(price_events(stamps(8), price, fives(price), 300, gap=15)) == 1
    assert len(price_events(stamps(8), price, fives(price), 300, gap=0)) == 3


def test_low_events_are_below_the_threshold_not_at_it():
    price = np.array([0.0, -0.01, -50, 0, 20])
    found = price_events(stamps(5), price, fives(price), 0.0, below=True, gap=0)
    assert found.hours_beyond.tolist() == pytest.approx([2 / 12])
    assert (found.peak[0], found.peak_time[0]) == (-50, stamps(5)[2])
    assert found.beyond[0] == pytest.approx(50.01 / 12)


def test_missing_prices_within_an_event_are_a_pause_and_count_in_no_mean():
    price = np.array([400.0, NAN, NAN, 600])
    found = price_events(stamps(4), price, fives(price), 300, gap=10)
    assert (len(found), found.mean[0], found.hours_beyond[0]) == (1, 500, pytest.approx(2 / 12))
    assert len(price_events(stamps(4), price, fives(price), 300, gap=5)) == 2


def test_a_half_hour_is_one_event_named_by_its_published_end():
    price = np.repeat([50.0, 5000, 50], 6)
    found = price_events(stamps(18), price, np.full(18, 30, "uint8"), 300)
    assert found.hours.tolist() == [0.5]
    assert found.peak_time[0] == np.datetime64("2024-07-01T01:00")


def test_a_gap_in_time_ends_an_event():
    times = np.r_[stamps(2), stamps(2, "2024-09-01")]
    first, last = runs(times, np.ones(4, bool), 30)
    assert (first.tolist(), last.tolist()) == ([0, 2], [1, 3])


def test_nothing_beyond_and_nothing_at_all_are_no_events():
    for price in (np.full(3, 10.0), np.full(3, NAN), np.empty(0)):
        assert len(price_events(stamps(len(price)), price, fives(price), 300)) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([NAN, -50.0, 20.0, 299.99, 300.0, 900.0]), max_size=120), st.sampled_from([0, 10, 30]))
def test_events_hold_every_interval_beyond_and_none_overlap(values, gap):
    price = np.array(values, float)
    found = price_events(stamps(len(price)), price, fives(price), 300.0, gap=gap)
    assert found.hours_beyond.sum() * 12 == pytest.approx(sum(v >= 300 for v in values))
    assert (found.start[1:] - found.end[:-1] > np.timedelta64(gap, "m")).all()
    assert (found.hours >= found.hours_beyond - 1e-9).all()


# -- spread ------------------------------------------------------------------------------------------


def test_spread_by_hand():
    a = np.array([100.0, 50, 50, NAN, 20])
    b = np.array([80.0, 50, 90, 10, 60])
    s = spread_summary(stamps(5), a, b, fives(a))
    # 20, 0, -40, missing, -40
    assert s.mean == pytest.approx(-15)
    assert s.mean_abs == pytest.approx(25)
    assert s.median == pytest.approx(-20)
    assert (s.min, s.min_time) == (-40, stamps(5)[2])
    assert (s.max, s.max_time) == (20, stamps(5)[0])
    assert (s.hours_above, s.hours_below, s.hours_equal) == pytest.approx((1 / 12, 2 / 12, 1 / 12))
    assert s.correlation == pytest.approx(np.corrcoef([100, 50, 50, 20], [80, 50, 90, 60])[0, 1])


def test_spread_of_one_price_that_never_changes_has_no_correlation():
    assert np.isnan(spread_summary(stamps(2), np.array([1.0, 2]), np.array([5.0, 5]), np.full(2, 5)).correlation)


def test_spread_without_common_intervals_is_unknown():
    s = spread_summary(stamps(2), np.array([1.0, NAN]), np.array([NAN, 1.0]), np.full(2, 5))
    assert np.isnan([s.mean, s.mean_abs, s.max]).all()
    assert (s.hours_above, s.hours_below, s.hours_equal) == (0, 0, 0)


def test_bands_of_a_spread_cover_every_difference():
    found = bands(np.array([-5000.0, -1.0, 0.0, 0.99, 1.0, 25000.0]), np.full(6, 5), SPREAD_EDGES)
    hours = {b.label: round(b.hours * 12) for b in found if b.hours}
    assert hours == {"<-1000": 1, "-1 to 1": 3, "1–10": 1, "≥1000": 1}


# -- bands add up ------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-1000 * 8, 20300 * 8), min_size=1, max_size=7))
def test_bands_add_up_exactly(eighths):
    """Prices in eighths of a dollar, 64 of them: every sum and quotient is exact in binary, so is the identity."""
    price = np.resize(np.array(eighths, float) / 8, 64)
    found = bands(price, fives(price))
    assert math.fsum(b.contribution for b in found) == price.mean()
    assert math.fsum(b.share for b in found) == 1
    assert sum(b.intervals for b in found) == 64
    assert sum(Fraction(b.contribution) for b in found) == sum(map(Fraction, price.tolist())) / 64


# -- the hour grid -----------------------------------------------------------------------------------


def test_midnight_belongs_to_the_last_hour_of_the_day_before():
    times = np.array(["2024-07-01T00:05", "2024-07-01T01:00", "2024-07-02T00:00"], "datetime64[us]")
    assert hour_of(times).tolist() == [0, 0, 23]


def test_hour_grid_by_hand():
    times = stamps(24)  # two hours
    values = np.r_[np.full(6, 10.0), np.full(6, 20.0), np.full(11, 50.0), NAN]
    column = np.r_[np.zeros(6, int), np.ones(18, int)]
    for how, wanted in (("mean", 50.0), ("min", 50.0), ("max", 50.0)):
        grid = HourGrid(2, how)
        for part in (slice(0, 10), slice(10, 24)):  # collected piece by piece
            grid.add(times[part], column[part], values[part])
        result = grid.result()
        assert result.shape == (24, 2)
        assert result[0].tolist() == [10, 20]
        assert result[1].tolist()[1] == wanted
        assert np.isnan(result[1, 0])
        assert np.isnan(result[2:]).all()


def test_hour_grid_weights_and_extremes():
    grid = HourGrid(1)
    grid.add(stamps(3), np.zeros(3, int), np.array([100.0, 400.0, 7.0]), np.array([3.0, 1.0, NAN]))
    assert grid.result()[0, 0] == pytest.approx(175)
    for how, wanted in (("min", -5.0), ("max", 400.0)):
        extreme = HourGrid(1, how)
        extreme.add(stamps(3), np.zeros(3, int), np.array([100.0, -5.0, 400.0]))
        assert extreme.result()[0, 0] == wanted


# -- the cumulative price ----------------------------------------------------------------------------


def test_cumulative_price_is_the_sum_of_2016_prices():
    times = stamps(WEEK + 2)
    price = np.ones(WEEK + 2)
    price[0], price[-1] = 1000.0, 51.0
    found = cumulative_price(times, price)
    assert np.isnan(found[: WEEK - 1]).all()
    assert found[WEEK - 1 :].tolist() == [3015, 2016, 2066]


def test_before_october_2021_it_is_the_sum_of_336_half_hours():
    times = stamps(WEEK + 6, "2021-09-24")
    price = np.repeat(np.r_[np.full(336, 60.0), 120.0], 6)
    found = cumulative_price(times, price)
    at = {str(t): v for t, v in zip(times, found, strict=True)}
    assert at["2021-10-01T00:00:00.000000"] == pytest.approx(336 * 60)
    # From the first 5-minute stamp on the week is one of 2,016 prices, and the threshold six times as high.
    assert at["2021-10-01T00:05:00.000000"] == pytest.approx(2015 * 60 + 120)
    assert at["2021-10-01T00:30:00.000000"] == pytest.approx(2010 * 60 + 6 * 120)


def test_a_missing_price_leaves_the_week_unknown():
    price = np.ones((1, 2 * WEEK))
    price[0, 10] = NAN
    found = cumulative_price(stamps(2 * WEEK), price)[0]
    assert np.isnan(found[: WEEK + 10]).all()
    assert (found[WEEK + 10 :] == WEEK).all()


def test_thresholds_and_administered_caps_hold_from_their_day():
    days = np.array(
        ["2021-07-01T00:05", "2022-07-01T00:00", "2022-07-01T00:05", "2025-07-01T00:05", "2026-07-01T00:00", "2026-07-01T00:05"],
        "datetime64[us]",
    )  # fmt: skip
    np.testing.assert_array_equal(
        cumulative_threshold(days), [226_500, 1_359_100, 1_398_100, 1_823_600, 1_823_600, NAN]
    )
    caps = administered_cap(np.array(["2015-07-01T00:00", "2022-12-01T00:00", "2022-12-01T00:05"], "datetime64[us]"))
    np.testing.assert_array_equal(caps, [NAN, 300, 600])


# -- shares ------------------------------------------------------------------------------------------


def test_shares_of_generation_leave_storage_and_loads_out():
    fuels = ["coal", "wind", "battery", "pumps", "rooftop"]
    found = generation_shares(fuels, np.array([[60.0, 30, 500, -20, 10], [NAN, 5, 0, 0, NAN], [0, 0, 1, 0, 0]]))
    np.testing.assert_allclose(found[0], [0.6, 0.3, NAN, NAN, 0.1])
    np.testing.assert_allclose(found[1], [NAN, 1, NAN, NAN, NAN])
    assert np.isnan(found[2]).all()
