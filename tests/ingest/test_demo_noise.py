"""Noise with an address and the demo's clock: any stretch of time comes out the same whatever was asked before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.ingest.demo.clock import Grid, fixed_shape, month_grid, months_between, sun_height, tracking_shape
from components.ingest.demo.noise import layered, normal, smooth, stream, uniform

LAYERS = ((288, 0.7), (36, 0.5), (5, 0.3), (1, 0.2))


@given(first=st.integers(5_000_000, 7_000_000), start=st.integers(0, 400), length=st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_a_stretch_of_noise_does_not_depend_on_where_the_calculation_began(first: int, start: int, length: int):
    key = stream(3, "wind", "SA1")
    whole = layered(key, np.arange(first, first + 600), LAYERS)
    part = layered(key, np.arange(first + start, first + start + length), LAYERS)
    np.testing.assert_array_equal(part, whole[start : start + length])


def test_noise_of_several_keys_is_the_noise_of_each():
    keys = np.array([stream(1, "farm", d) for d in ("A", "B", "C")], "uint64")
    stamps = np.arange(6_000_000, 6_000_500)
    together = layered(keys, stamps, LAYERS)
    for row, key in enumerate(keys):
        np.testing.assert_array_equal(together[row], layered(key, stamps, LAYERS))


def test_normals_are_standard_and_uniforms_lie_inside():
    key, index = stream(1, "x"), np.arange(200_000)
    numbers, shares = normal(key, index), uniform(key, index)
    assert abs(numbers.mean()) < 0.01
    assert abs(numbers.std() - 1) < 0.01
    assert 0 < shares.min() < shares.max() < 1
    assert abs(shares.mean() - 0.5) < 0.005
    slow = smooth(key, np.arange(6_000_000, 6_400_000), 12)
    assert abs(slow.std() - 1) < 0.03


def test_streams_differ_by_seed_and_by_name():
    index = np.arange(50)
    base = uniform(stream(1, "a", "b"), index)
    for other in (stream(2, "a", "b"), stream(1, "ab"), stream(1, "a", "c")):
        assert not np.isclose(uniform(other, index), base).any()


@pytest.mark.parametrize(("month", "steps"), [("2024-02", 29 * 288), ("2023-02", 28 * 288), ("2023-12", 31 * 288)])
def test_a_month_runs_from_five_past_midnight_to_the_midnight_after(month: str, steps: int):
    grid = month_grid(month)
    assert len(grid) == steps
    first = pd.Timestamp(month)
    assert pd.Timestamp(grid.times[0]) == first + pd.Timedelta(minutes=5)
    assert pd.Timestamp(grid.times[-1]) == first + pd.DateOffset(months=1)
    assert grid.hour[0] == pytest.approx(2.5 / 60)
    assert grid.hour[-1] == pytest.approx(24 - 2.5 / 60)
    assert grid.weekday[0] == first.weekday()
    assert grid.weekday[-1] == (first + pd.DateOffset(months=1) - pd.Timedelta(days=1)).weekday()


def test_months_of_a_window_leave_out_a_month_that_only_its_end_touches():
    assert months_between(pd.Timestamp("2024-01-30"), pd.Timestamp("2024-03-01")) == ["2024-01", "2024-02"]
    assert months_between(pd.Timestamp("2024-02-01"), pd.Timestamp("2024-02-01 00:05")) == ["2024-02"]


def test_the_sun_stands_where_it_should():
    """Brisbane, 27.5° S 153° E: at the December solstice it culminates at 86°, at the June one at 39°, about 11:48 NEM time."""
    for month, day, elevation in (("2023-12", 21, 85.9), ("2023-06", 21, 39.1)):
        whole = month_grid(month)
        grid = Grid(whole.first + (day - 1) * 288, whole.first + day * 288 - 1)
        height = sun_height(grid, -27.5, 153.0)
        assert np.degrees(np.arcsin(height.max())) == pytest.approx(elevation, abs=0.5)
        assert grid.hour[height.argmax()] == pytest.approx(11.8, abs=0.2)
        night = (grid.hour < 4.5) | (grid.hour > 19.5)
        assert (height[night] < 0).all()
        assert (tracking_shape(height)[night] == 0).all()
        assert (fixed_shape(height)[night] == 0).all()
    # A winter's day is short: 10.4 hours of light, a summer's 13.9.
    assert 12 * 10.0 < (height > 0).sum() < 12 * 10.8
