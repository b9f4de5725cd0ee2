"""Formats, the price axis and the point budget, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts import formats
from components.charts.budget import thin_lines, thin_spread, thin_stack
from components.charts.scales import price_span, price_ticks, stretch


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (formats.number, 1234567.4, "1,234,567"),
        (formats.number, -0.4, "0"),
        (formats.number, -5.0, "−5"),
        (formats.number, float("nan"), "–"),
        (formats.number, None, "–"),
        (formats.power, 5.25, "5.2 MW"),
        (formats.power, 0.0, "0 MW"),
        (formats.power, -11488.0, "−11,488 MW"),
        (formats.energy, 123_456.0, "123 GWh"),
        (formats.energy, 1_234.0, "1.23 GWh"),
        (formats.price, -32.1, "−$32.10"),
        (formats.price, 20300.0, "$20,300"),
        (formats.price, -0.001, "$0.00"),
        (formats.money, 1_234_567_890.0, "$1,235M"),
        (formats.money, -1_234_567.0, "−$1.23M"),
        (formats.percent, 0.4567, "45.7%"),
        (formats.percent, float("inf"), "–"),
    ],
)
def test_numbers_in_words(function, value, text):
    assert function(value) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2024-07-01", "2024-07-02", "1 Jul 2024"),
        ("2024-07-01", "2024-08-01", "1 Jul – 31 Jul 2024"),
        ("2023-12-31", "2024-01-02", "31 Dec 2023 – 1 Jan 2024"),
        ("2024-07-01 06:00", "2024-07-01 07:30", "1 Jul 2024 06:00 – 07:30"),
        ("2024-07-01 06:00", "2024-07-02 06:00", "1 Jul 2024 06:00 – 2 Jul 2024 06:00"),
    ],
)
def test_windows_in_words_include_their_last_day(start, end, text):
    assert formats.window(pd.Timestamp(start), pd.Timestamp(end)) == text


def test_price_axis_shows_minus_50_80_and_15000_apart():
    places = stretch(np.array([-50.0, 80.0, 15000.0]))
    low, high = price_span(np.array([-50.0, 80.0, 15000.0]))
    pixels = (places - low) / (high - low) * 130
    assert (np.diff(pixels) > 25).all()
    labels = list(price_ticks(low, high, 130).values())
    assert labels == ["$0", "$100", "$1,000", "$15,000"]


@given(st.floats(-1000, 20000), st.floats(-1000, 20000), st.floats(80, 600))
def test_price_ticks_never_collide(a, b, height):
    low, high = price_span(np.array([a, b]))
    places = np.array(list(price_ticks(low, high, height)))
    assert ((places >= low) & (places <= high)).all()
    assert (np.diff(places) / (high - low) * height >= 17 - 1e-6).all()


def test_a_stack_within_budget_is_left_alone():
    values = np.arange(6.0).reshape(2, 3)
    thinned = thin_stack(np.arange(4), values, most=3)
    assert thinned.values is values
    assert thinned.note == ""


def test_a_stack_is_averaged_on_one_index_and_gaps_stay():
    values = np.array([[1, 3, np.nan, np.nan, 5.0], [10, np.nan, 20, 40, 50]])
    thinned = thin_stack(np.arange(6), values, most=3)
    assert thinned.edges.tolist() == [0, 2, 4, 5]
    np.testing.assert_array_equal(thinned.values, [[2, np.nan, 5], [10, 30, 50]])
    assert thinned.note == "3 of 5 points drawn"


@given(st.integers(0, 999), st.floats(1000, 20000), st.integers(10, 200))
def test_no_spike_is_lost(at, spike, most):
    values = np.full((1, 1000), 50.0)
    values[0, at] = spike
    thinned = thin_lines(np.arange(1001.0), values, most=most)
    assert np.nanmax(thinned.values) == spike
    assert np.nanmin(thinned.values) == 50
    assert thinned.shown <= most + 2
    assert len(thinned.edges) == thinned.shown + 1
    assert (np.diff(thinned.edges) > 0).all()


def test_a_bin_keeps_the_order_of_its_extremes_and_a_gap_stays_a_gap():
    values = np.array([[9.0, 1, 2, 3, np.nan, np.nan, np.nan, np.nan, 1, 7, 2, 3]])
    thinned = thin_lines(np.arange(13.0), values, most=6)
    np.testing.assert_array_equal(thinned.values, [[9, 1, np.nan, np.nan, 1, 7]])


def test_the_spread_is_thinned_on_the_bins_of_the_lines():
    """Five steps, at most four points: bins of three and two steps, two points each; what is missing does not count."""
    lowest = np.array([[5.0, -9.0, 4.0, np.nan, np.nan]])
    highest = np.array([[6.0, 7.0, 900.0, np.nan, np.nan]])
    low, high = thin_spread(lowest, highest, most=4)
    np.testing.assert_array_equal(low, [[-9, -9, np.nan, np.nan]])
    np.testing.assert_array_equal(high, [[900, 900, np.nan, np.nan]])
    assert low.shape == thin_lines(np.arange(6.0), lowest, most=4).values.shape
    assert thin_spread(lowest, highest)[0] is lowest


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "$0.00"), (0.004, "<$0.01"), (-0.004, ">−$0.01"), (12.3, "$12.30"), (999.99, "$999.99"),
        (999.999, "$1.00k"), (-4321.0, "−$4.32k"), (123_456.0, "$123.5k"), (999_949.0, "$999.9k"), (999_950.0, "$1.00M"),
        (-1_234_567.0, "−$1.23M"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_money_is_scaled_so_that_something_is_never_nothing(value, text):
    assert formats.money(value) == text
