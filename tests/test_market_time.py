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


@pytest.mark.parametrize(
    ("days", "offered"), [(1, ("5m", "1d")), (14, ("5m", "7d")), (100, ("30m", "3M")), (400, ("1h", "fy"))]
)
def test_what_a_picker_offers_begins_and_ends(days: int, offered: tuple[str, str]):
    start = pd.Timestamp("2020-01-01")
    found = mt.offered_intervals(start, start + pd.Timedelta(days=days))
    assert (found[0], found[-1]) == offered


@given(st.integers(0, 30 * 365 * 288))
def test_auto_is_among_what_is_offered_and_both_follow_the_ladder(steps: int):
    start = pd.Timestamp("2000-01-01")
    end = start + steps * mt.DISPATCH
    offered = mt.offered_intervals(start, end)
    assert mt.auto_interval(start, end) in offered
    assert list(offered) == [i for i in mt.INTERVALS if i in offered]
    # A chart of one of them has no more than some ten thousand steps.
    assert (end - start) / pd.Timedelta(minutes=mt.typical_minutes(offered[0])) <= 20_000


# -- months, hours and weekdays ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "month", "hour", "weekday"),
    [
        ("2024-07-01T00:05", 7, 0, 1),
        ("2024-07-01T00:00", 6, 23, 7),  # the last interval of Sunday 30 June
        ("2024-03-01T00:00", 2, 23, 4),  # of the leap day, a Thursday
        ("2024-02-29T00:05", 2, 0, 4),
        ("2024-01-01T00:00", 12, 23, 7),
        ("2021-10-01T00:05", 10, 0, 5),
        ("2024-10-06T02:30", 10, 2, 7),  # an hour that does not exist where clocks are put forward
        ("2024-04-07T03:00", 4, 2, 7),  # and one that comes twice elsewhere
        ("2024-07-01T21:00", 7, 20, 1),  # 17-20 ends with 21:00
        ("2024-07-01T17:00", 7, 16, 1),
        ("1998-12-07T00:05", 12, 0, 1),
    ],
)
def test_when_an_interval_begins(when: str, month: int, hour: int, weekday: int):
    at = np.array([stamp(when)])
    for n in range(1, 13):
        assert mt.Calendar(months=(n,)).mask(at)[0] == (n == month)
    for n in range(24):
        assert mt.Calendar(hours=(n,)).mask(at)[0] == (n == hour)
    for n in range(1, 8):
        assert mt.Calendar(weekdays=(n,)).mask(at)[0] == (n == weekday)


calendars = st.builds(
    mt.Calendar,
    st.lists(st.integers(1, 12), max_size=4).map(tuple),
    st.lists(st.integers(0, 23), max_size=4).map(tuple),
    st.lists(st.integers(1, 7), max_size=4).map(tuple),
)
moments = st.integers(0, 500 * 24 * 60).map(lambda m: stamp("2020-12-01T00:00") + m * np.timedelta64(60_000_000, "us"))


@given(calendars, st.lists(st.tuples(moments, moments), max_size=3))
def test_a_calendar_counts_what_it_marks(calendar: mt.Calendar, spans: list[tuple[np.datetime64, np.datetime64]]):
    low = np.array([a for a, _ in spans], "datetime64[us]")
    high = np.array([b for _, b in spans], "datetime64[us]")
    marked = [calendar.mask(mt.dispatch_stamps(pd.Timestamp(a), pd.Timestamp(b))).sum() for a, b in spans]
    assert calendar.count(low, high).tolist() == marked
    for a, b in spans:
        assert mt.Window(pd.Timestamp(a), pd.Timestamp(b), "5m", calendar).expected == (marked[spans.index((a, b))])


@given(calendars, moments)
def test_an_hour_counts_as_a_whole_or_not_at_all(calendar: mt.Calendar, when: np.datetime64):
    hour = when.astype("datetime64[h]").astype("datetime64[us]")
    marked = calendar.mask(hour + np.arange(1, 13) * np.timedelta64(5, "m"))
    assert marked.all() or not marked.any()


def test_a_calendar_without_anything_is_always():
    assert not mt.ALWAYS
    assert mt.ALWAYS.intervals_a_day == 288
    assert mt.Calendar(hours=(17, 18, 19, 20)).intervals_a_day == 48
    assert mt.Calendar(months=(1,)).intervals_a_day == 288
