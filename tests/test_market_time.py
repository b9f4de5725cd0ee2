"""NEM time: windows, buckets, labels and the texts that name them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import market_time as mt
from components.errors import UsageError


def stamp(text: str) -> np.datetime64:
    return np.datetime64(text, "us")


@pytest.mark.parametrize(
    ("interval", "when", "start"),
    [
        ("5m", "2024-07-01T00:05", "2024-07-01T00:00"),
        ("5m", "2024-07-01T00:00", "2024-06-30T23:55"),
        ("30m", "2024-07-01T00:30", "2024-07-01T00:00"),
        ("30m", "2024-07-01T00:35", "2024-07-01T00:30"),
        ("1h", "2024-07-01T01:00", "2024-07-01T00:00"),
        ("1d", "2024-07-01T00:00", "2024-06-30T00:00"),
        ("1d", "2024-07-01T00:05", "2024-07-01T00:00"),
        ("7d", "2024-07-01T00:00", "2024-06-24T00:00"),  # 1 July 2024 was a Monday
        ("7d", "2024-07-01T00:05", "2024-07-01T00:00"),
        ("1M", "2024-03-01T00:00", "2024-02-01T00:00"),
        ("3M", "2024-04-01T00:00", "2024-01-01T00:00"),
        ("season", "2024-01-15T12:00", "2023-12-01T00:00"),  # January belongs to the summer begun in December
        ("season", "2024-12-01T00:05", "2024-12-01T00:00"),
        ("half", "2024-07-01T00:00", "2024-01-01T00:00"),
        ("1y", "2024-01-01T00:00", "2023-01-01T00:00"),
        ("fy", "2024-06-30T12:00", "2023-07-01T00:00"),
        ("fy", "2024-07-01T00:05", "2024-07-01T00:00"),
    ],
)
def test_which_bucket_a_stamp_falls_in(interval: str, when: str, start: str):
    assert mt.bucket_start(np.array([stamp(when)]), interval)[0] == stamp(start)


@given(
    st.sampled_from(mt.INTERVALS),
    st.integers(0, 10 * 365 * 288).map(lambda n: stamp("2019-01-01T00:05") + n * np.timedelta64(5, "m")),
)
def test_a_stamp_lies_in_its_bucket_and_the_next_begins_where_it_ends(interval: str, when: np.datetime64):
    start = mt.bucket_start(np.array([when]), interval)
    end = mt.bucket_end(start, interval)
    assert start[0] < when <= end[0]
    assert mt.bucket_start(end, interval)[0] == start[0]
    assert mt.bucket_start(end + np.timedelta64(5, "m"), interval)[0] == end[0]


def test_labels_are_ends_up_to_an_hour_and_starts_from_a_day():
    when = np.array([stamp("2024-07-01T18:25")])
    labels = {i: str(mt.bucket_label(mt.bucket_start(when, i), i)[0])[:16] for i in ("5m", "30m", "1h", "1d", "1M")}
    assert labels == {
        "5m": "2024-07-01T18:25",
        "30m": "2024-07-01T18:30",
        "1h": "2024-07-01T19:00",
        "1d": "2024-07-01T00:00",
        "1M": "2024-07-01T00:00",
    }


def test_stamps_of_a_day_begin_at_five_past_and_end_with_the_next_midnight():
    day = mt.dispatch_stamps(pd.Timestamp("2024-02-29"), pd.Timestamp("2024-03-01"))
    assert (len(day), day[0], day[-1]) == (288, stamp("2024-02-29T00:05"), stamp("2024-03-01T00:00"))
    assert len(mt.dispatch_stamps(pd.Timestamp("2024-02-29 00:02"), pd.Timestamp("2024-02-29 00:09"))) == 1
    window = mt.Window(pd.Timestamp("2024-02-29"), pd.Timestamp("2024-03-01"), "5m")
    assert (window.expected, window.hours) == (288, 24)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2024-07-01", "2024-07-01 00:00"),
        ("2024-07", "2024-07-01 00:00"),
        (" 2024-07-01T18:30 ", "2024-07-01 18:30"),
        ("2024-07-01 18:30:00", "2024-07-01 18:30"),
        ("2024-07-01T00:00Z", "2024-07-01 10:00"),
        ("2024-07-01T00:00+10:00", "2024-07-01 00:00"),
        ("2024-07-01T00:00 10:00", "2024-07-01 00:00"),  # a plus sign that a URL turned into a space
        ("2024-10-06T02:30+11:00", "2024-10-06 01:30"),  # daylight saving of Sydney
        ("2024-02-29", "2024-02-29 00:00"),
    ],
)
def test_texts_that_are_an_instant(text: str, when: str):
    assert mt.parse_instant(text) == pd.Timestamp(when)
    assert mt.parse_instant(text).tzinfo is None


@pytest.mark.parametrize(
    "text",
    ["", "now", "2023-02-29", "2024-13-01", "20240701", "2024", "1-2-3", "NaT", "2024-07-01T25:00", "1989-12-31",
     "2101-01-01", "2024-07-01T00:00" + "0" * 5000, "२०२४-०७-०१", "2024-07-01T00:00+99:00"],
)  # fmt: skip
def test_texts_that_are_none(text: str):
    with pytest.raises(UsageError) as caught:
        mt.parse_instant(text)
    assert len(str(caught.value)) < 200


@given(st.text(max_size=50))
def test_any_text_is_an_instant_or_one_clear_error(text: str):
    try:
        when = mt.parse_instant(text)
    except UsageError as refused:
        said = str(refused)
    else:
        said = ""
        assert when.tzinfo is None
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("24h", pd.Timedelta(hours=24)),
        ("7d", pd.Timedelta(days=7)),
        ("P7D", pd.Timedelta(days=7)),
        ("PT12H", pd.Timedelta(hours=12)),
        ("PT5M", pd.Timedelta(minutes=5)),
        ("5m", pd.Timedelta(minutes=5)),
        ("2w", pd.Timedelta(days=14)),
        ("3M", pd.DateOffset(months=3)),
        ("P3M", pd.DateOffset(months=3)),
        ("1y", pd.DateOffset(years=1)),
    ],
)
def test_lengths_of_time(text: str, length: object):
    assert mt.parse_span(text) == length


@pytest.mark.parametrize("text", ["", "0d", "7", "d", "-7d", "7D", "1.5h", "999999d", "P", "7d7d", "latest", "७d"])
def test_texts_that_are_no_length(text: str):
    with pytest.raises(UsageError, match="is no length of time"):
        mt.parse_span(text)


@pytest.mark.parametrize(
    ("days", "interval"),
    [(1, "5m"), (3, "5m"), (4, "30m"), (14, "30m"), (31, "1h"), (46, "1d"), (740, "1d"), (741, "7d"), (1100, "1M")],
)
def test_the_ladder_of_display_intervals(days: int, interval: str):
    start = pd.Timestamp("2020-01-01")
    assert mt.auto_interval(start, start + pd.Timedelta(days=days)) == interval
