"""Buckets: which stamps belong to which, and means that never count a gap as zero."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.market_time import INTERVALS, bucket_start, dispatch_stamps
from components.metrics.buckets import HOW, Axis, KeyedMeans, Means, trimmed


def axis(start: str, end: str, interval: str) -> Axis:
    return Axis.over(np.datetime64(start, "us"), np.datetime64(end, "us"), interval)


def stamps(start: str, end: str) -> np.ndarray:
    return dispatch_stamps(pd.Timestamp(start), pd.Timestamp(end))


def means(times: np.ndarray, values, interval: str, how: str = "mean") -> tuple[list, list]:
    values = np.atleast_2d(np.asarray(values, float))
    over = Axis.over(times[0] - np.timedelta64(5, "m"), times[-1], interval)
    collected = Means(len(values), over, how)
    collected.add(times, values)
    return over.labels.astype("datetime64[m]").astype(str).tolist(), collected.result().tolist()


def test_half_hour_mean_takes_all_six_readings_and_is_labelled_by_its_end():
    times = stamps("2024-07-01", "2024-07-01T01:00")
    labels, values = means(times, [1, 2, 3, 4, 5, 6, 10, 10, 10, 10, 10, 70], "30m")
    assert labels == ["2024-07-01T00:30", "2024-07-01T01:00"]
    assert values == [[3.5, 20.0]]


@pytest.mark.fault("TIM-1")
def test_midnight_stamp_belongs_to_the_day_that_ends_there():
    times = stamps("2024-07-31T23:50", "2024-08-01T00:05")
    labels, values = means(times, [1, 3, 8], "1d")
    assert labels == ["2024-07-31T00:00", "2024-08-01T00:00"]
    assert values == [[2.0, 8.0]]
    assert means(times, [1, 3, 8], "1M")[0] == ["2024-07-01T00:00", "2024-08-01T00:00"]


def test_mean_is_of_the_readings_there_are_and_nan_without_any():
    times = stamps("2024-07-01", "2024-07-01T01:00")
    values = [np.nan, 2, np.nan, 4, np.nan, np.nan] + [np.nan] * 6
    assert means(times, values, "30m")[1][0][0] == 3.0
    assert np.isnan(means(times, values, "30m")[1][0][1])


def test_min_and_max_skip_gaps():
    times = stamps("2024-07-01", "2024-07-01T00:30")
    values = [5, np.nan, -7, 2, 1, 0]
    assert means(times, values, "30m", "min")[1] == [[-7.0]]
    assert means(times, values, "30m", "max")[1] == [[5.0]]


@pytest.mark.parametrize(
    ("interval", "first", "count"),
    [
        ("5m", "2023-12-31T23:55", 288 * 60 + 1),
        ("1d", "2023-12-31", 61),
        ("7d", "2023-12-25", 10),
        ("1M", "2023-12-01", 3),
        ("3M", "2023-10-01", 2),
        ("season", "2023-12-01", 1),
        ("half", "2023-07-01", 2),
        ("1y", "2023-01-01", 2),
        ("fy", "2023-07-01", 1),
    ],
)
def test_axis_holds_every_bucket_a_window_touches(interval, first, count):
    # 2024 is a leap year: 31 + 29 days, and the last five minutes of 2023.
    over = axis("2023-12-31T23:55", "2024-03-01", interval)
    assert over.starts[0] == np.datetime64(first)
    assert len(over) == count


@pytest.mark.parametrize("interval", INTERVALS)
def test_axis_agrees_with_the_buckets_of_its_stamps(interval):
    times = stamps("2023-11-28", "2024-03-03")
    over = axis("2023-11-28", "2024-03-03", interval)
    assert over.starts.tolist() == sorted(set(bucket_start(times, interval).tolist()))


@pytest.mark.parametrize("interval", INTERVALS)
@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 9_000), min_size=1, max_size=40), st.integers(0, 60), st.integers(0, 60))
def test_runs_and_places_are_the_buckets_of_single_stamps(interval, steps, early, late):
    times = dispatch_stamps(pd.Timestamp("2024-02-27 10:35"), pd.Timestamp("2024-04-01"))[sorted(steps)]
    axis = Axis.over(
        times[0] - np.timedelta64(1 + 720 * early, "m"), times[-1] + np.timedelta64(720 * late, "m"), interval
    )
    starts = bucket_start(times, interval)
    assert axis.starts[axis.places(times)].tolist() == starts.tolist()
    first, bucket = axis.runs(times)
    assert first.tolist() == [i for i in range(len(times)) if interval == "5m" or i == 0 or starts[i] != starts[i - 1]]
    assert axis.starts[bucket].tolist() == starts[first].tolist()
    before = Axis.over(times[0] - np.timedelta64(900, "D"), times[0] - np.timedelta64(800, "D"), interval)
    assert before.runs(times)[0].tolist() == first.tolist()


@pytest.mark.parametrize("interval", INTERVALS)
def test_empty_window_has_no_buckets(interval):
    over = axis("2024-07-01", "2024-07-01", interval)
    assert len(over) == 0
    collected = Means(2, over)
    collected.add(stamps("2024-07-01", "2024-07-02"), np.ones((2, 288)))
    assert collected.result().shape == (2, 0)


def test_stamps_outside_the_axis_are_left_out():
    over = axis("2024-07-01T00:30", "2024-07-01T01:00", "30m")
    collected = Means(1, over)
    collected.add(stamps("2024-07-01", "2024-07-01T02:00"), np.r_[[9] * 6, [2] * 6, [9] * 12][None].astype(float))
    assert collected.result().tolist() == [[2.0]]


def test_months_are_put_together_in_one_bucket():
    over = axis("2024-06-30T23:50", "2024-07-01T00:10", "7d")
    collected = Means(1, over)
    collected.add(stamps("2024-06-30T23:50", "2024-07-01"), np.array([[1.0, 3.0]]))
    collected.add(stamps("2024-07-01", "2024-07-01T00:10"), np.array([[5.0, np.nan]]))
    assert over.starts.astype(str).tolist() == ["2024-06-24T00:00:00.000000", "2024-07-01T00:00:00.000000"]
    assert collected.result().tolist() == [[2.0, 5.0]]


def test_trimmed_keeps_gaps_inside():
    known = np.array([[False, False, True, False, False], [False, False, False, False, True]])
    assert trimmed(known) == slice(2, 5)
    assert trimmed(np.zeros((2, 4), bool)) == slice(0, 0)
    assert trimmed(np.empty((0, 4), bool)) == slice(0, 0)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(INTERVALS),
    st.integers(0, 288 * 500),
    st.lists(st.one_of(st.just(np.nan), st.floats(-1500, 1500)), min_size=1, max_size=900),
)
def test_energy_is_the_same_in_buckets_of_any_length(interval, offset, readings):
    """Mean x hours read, added up over buckets, is the energy of the readings."""
    begin = np.datetime64("2023-10-31", "us") + offset * np.timedelta64(5, "m")
    times = begin + (1 + np.arange(len(readings))) * np.timedelta64(5, "m")
    values = np.array([readings])
    collected = Means(1, Axis.over(begin, times[-1], interval))
    collected.add(times[:100], values[:, :100])
    collected.add(times[100:], values[:, 100:])
    hours = collected.counts / 12
    assert collected.counts.sum() == np.isfinite(values).sum()
    assert np.nansum(collected.result() * hours) == pytest.approx(np.nansum(values) / 12, abs=1e-6)


@pytest.mark.parametrize(
    ("how", "first", "second"),
    [("mean", [1, 7], [np.nan, 2]), ("min", [0, 7], [np.nan, 2]), ("max", [2, 7], [np.nan, 2]),
     ("sum", [0.5, 7 / 12], [np.nan, 1])],
)  # fmt: skip
def test_series_that_turn_up_late_are_missing_before(how, first, second):
    """Power 0 and 2 MW in turn for half an hour is 0.5 MWh; a single reading of 7 MW is five minutes of it."""
    over = axis("2024-07-01", "2024-07-01T01:30", "30m")
    collected = KeyedMeans(over, how)
    collected.add(["a", "never"], stamps("2024-07-01", "2024-07-01T00:30"), np.array([[0.0, 2.0] * 3, [np.nan] * 6]))
    collected.add(["b", "a"], stamps("2024-07-01T00:30", "2024-07-01T01:00"), np.array([[2.0] * 6, [np.nan] * 5 + [7]]))
    assert collected.keys == ["a", "b"]
    np.testing.assert_allclose(
        collected.result(["a", "b", "never"]), [[*first, np.nan], [*second, np.nan], [np.nan] * 3]
    )


@pytest.mark.parametrize("how", HOW)
def test_both_collectors_agree_over_stamps_with_holes(how):
    over = axis("2024-07-01", "2024-07-01T02:00", "30m")
    times = stamps("2024-07-01", "2024-07-01T02:00")
    values = np.random.default_rng(3).normal(size=(2, 24))
    values[0, 6:12] = values[1, 3] = np.nan
    keep = np.r_[0:4, 9:20]  # as a calendar would leave them
    dense, keyed = Means(2, over, how), KeyedMeans(over, how)
    for part in (keep[:7], keep[7:]):
        dense.add(times[part], values[:, part])
        keyed.add(["a", "b"], times[part], values[:, part])
    np.testing.assert_allclose(dense.result(), keyed.result(["a", "b"]))
    assert np.isnan(dense.result()[0, 1])
    pick = {"mean": np.nanmean, "min": np.nanmin, "max": np.nanmax, "sum": lambda v: np.nansum(v) / 12}[how]
    assert dense.result()[1, 0] == pytest.approx(pick(values[1, 0:4]))
    assert dense.result()[0, 3] == pytest.approx(pick(values[0, 18:20]))
