"""NEM time: UTC+10 all year, naive, interval-ending; windows, buckets and the interval ladder.

A stamp is the *end* of what it covers: 00:05 covers (00:00, 00:05]. A window is therefore half-open on
the left, ``(start, end]``, and every resample closes on the right. What a bucket is *labelled* with is a
separate choice: its end up to 1h, its start from 1d on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.errors import UsageError

DISPATCH = pd.Timedelta(minutes=5)
DISPATCH_MINUTES = 5
HOURS_PER_DISPATCH = 5 / 60
TIME_DTYPE = "datetime64[us]"
UTC_OFFSET = "+10:00"
AXIS_LABEL = "NEM time (UTC+10)"
SETTLEMENT_CHANGE = pd.Timestamp("2021-10-01")
"""5-minute settlement began with the interval ending 2021-10-01 00:05; before it was 30 minutes."""

INTERVALS = ("5m", "30m", "1h", "1d", "7d", "1M", "3M", "season", "half", "1y", "fy")
_FIXED = {"5m": 5, "30m": 30, "1h": 60, "1d": 1440, "7d": 10080}
_MONTHS = {"1M": 1, "3M": 3, "season": 3, "half": 6, "1y": 12, "fy": 12}
_TYPICAL_MINUTES = {**_FIXED, **{k: n * 43830 for k, n in _MONTHS.items()}}


@dataclass(frozen=True)
class Rung:
    """Ranges up to ``longest`` -> the interval that ``auto`` picks, and the ones a picker offers."""

    longest: pd.Timedelta
    auto: str
    offered: tuple[str, ...]


# The one ladder. What is offered keeps a chart between a handful and some ten thousand steps; the API takes any
# interval for any range within its budget.
LADDER = (
    Rung(pd.Timedelta(days=3), "5m", ("5m", "30m", "1h", "1d")),
    Rung(pd.Timedelta(days=14), "30m", ("5m", "30m", "1h", "1d", "7d")),
    Rung(pd.Timedelta(days=45), "1h", ("5m", "30m", "1h", "1d", "7d", "1M")),
    Rung(pd.Timedelta(days=200), "1d", ("30m", "1h", "1d", "7d", "1M", "3M")),
    Rung(pd.Timedelta(days=740), "1d", ("1h", "1d", "7d", "1M", "3M", "season", "half", "1y", "fy")),
    Rung(pd.Timedelta(days=3 * 366), "7d", ("1d", "7d", "1M", "3M", "season", "half", "1y", "fy")),
    Rung(pd.Timedelta.max, "1M", ("1d", "7d", "1M", "3M", "season", "half", "1y", "fy")),
)


def rung(start: pd.Timestamp, end: pd.Timestamp) -> Rung:
    """The step of the ladder that a window stands on."""
    return next(r for r in LADDER if end - start <= r.longest)


def auto_interval(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """The display interval that suits a window, the same on pages and in the API.

    >>> auto_interval(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"))
    '5m'
    """
    return rung(start, end).auto


def offered_intervals(start: pd.Timestamp, end: pd.Timestamp) -> tuple[str, ...]:
    """The intervals that an interval picker offers for a window, finest first.

    >>> offered_intervals(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"))
    ('5m', '30m', '1h', '1d')
    """
    return rung(start, end).offered


def label_side(interval: str) -> str:
    """``"end"`` up to 1h, ``"start"`` from 1d on."""
    return "end" if interval in ("5m", "30m", "1h") else "start"


def typical_minutes(interval: str) -> int:
    """Nominal length of an interval in minutes (months count 30.4375 days), for budgets and sorting."""
    return _TYPICAL_MINUTES[interval]


def bucket_start(times: np.ndarray | pd.DatetimeIndex, interval: str) -> np.ndarray:
    """Start of the bucket each interval-ending stamp falls in.

    Parameters
    ----------
    times : datetime64 array of interval-ending stamps (any native length up to the bucket's).
    interval : one of :data:`INTERVALS`. Weeks (``7d``) begin on Monday; ``season`` is Dec-Feb, Mar-May, ...;
        ``half`` is Jan-Jun, Jul-Dec; ``fy`` begins in July.

    Returns
    -------
    datetime64[us] array of the same length.

    >>> bucket_start(np.array(["2024-01-01T00:00"], "datetime64[us]"), "1d")
    array(['2023-12-31T00:00:00.000000'], dtype='datetime64[us]')
    """
    inside = np.asarray(times, dtype=TIME_DTYPE) - np.timedelta64(1, "us")
    if interval in _FIXED:
        step = np.timedelta64(_FIXED[interval], "m").astype("timedelta64[us]")
        # 1970-01-05 was a Monday; for steps dividing a day the origin makes no difference.
        origin = np.array("1970-01-05", TIME_DTYPE)
        return origin + ((inside - origin) // step) * step
    months = inside.astype("datetime64[M]").astype("int64")  # months since 1970-01
    span = _MONTHS[interval]
    shift = {"season": 1, "fy": 6}.get(interval, 0)
    first = ((months + shift) // span) * span - shift
    return first.astype("datetime64[M]").astype(TIME_DTYPE)


def bucket_end(starts: np.ndarray | pd.DatetimeIndex, interval: str) -> np.ndarray:
    """End of the bucket that begins at each of ``starts`` (datetime64[us])."""
    begin = np.asarray(starts, dtype=TIME_DTYPE)
    if interval in _FIXED:
        return begin + np.timedelta64(_FIXED[interval], "m")
    later = begin.astype("datetime64[M]") + np.timedelta64(_MONTHS[interval], "M")
    return later.astype(TIME_DTYPE)


def bucket_label(starts: np.ndarray, interval: str) -> np.ndarray:
    """What a bucket is called: its end up to 1h, its start from 1d on."""
    return bucket_end(starts, interval) if label_side(interval) == "end" else np.asarray(starts, TIME_DTYPE)


def bucket_name(start: np.datetime64 | pd.Timestamp, interval: str) -> str:
    """What a bucket of a month or longer is called; the financial year by the year in which it ends.

    >>> bucket_name(np.datetime64("2024-07-01"), "fy"), bucket_name(np.datetime64("2024-12-01"), "season")
    ('FY25', 'Summer 2024-25')
    """
    begin = pd.Timestamp(start)
    if interval == "fy":
        return f"FY{(begin.year + 1) % 100:02}"
    if interval == "season":
        name = {12: "Summer", 3: "Autumn", 6: "Winter", 9: "Spring"}[begin.month]
        return f"{name} {begin.year}" + (f"-{(begin.year + 1) % 100:02}" if begin.month == 12 else "")
    names = {"1y": f"{begin:%Y}", "half": f"{begin:%Y} H{begin.month // 6 + 1}", "3M": f"{begin:%Y} Q{begin.quarter}"}
    return names.get(interval, f"{begin:%Y-%m}")


def dispatch_stamps(start: pd.Timestamp, end: pd.Timestamp) -> np.ndarray:
    """Every 5-minute stamp in ``(start, end]`` as datetime64[us]."""
    step = np.timedelta64(5, "m").astype("timedelta64[us]")
    origin = np.datetime64("1970-01-01", "us")
    first = (np.datetime64(start, "us") - origin) // step + 1
    last = (np.datetime64(end, "us") - origin) // step
    return origin + np.arange(first, last + 1) * step


def parse_instant(text: str) -> pd.Timestamp:
    """A date or ISO 8601 instant as naive NEM time; an offset is converted, none means NEM time.

    Raises
    ------
    UsageError
        When the text is no date; the message says what is expected.

    >>> parse_instant("2024-07-01T00:00Z")
    Timestamp('2024-07-01 10:00:00')
    """
    cleaned = text.strip().replace(" ", "+") if re.search(r"T[\d:.]+ \d\d:?\d\d$", text.strip()) else text.strip()
    if len(cleaned) > 40 or not re.match(r"^\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}.*)?$", cleaned, re.ASCII):
        raise UsageError(f"{text[:60]!r} is no date; write 2024-07-01 or 2024-07-01T18:30 (NEM time, UTC+10)")
    try:
        stamp = pd.Timestamp(cleaned)
    except ValueError:
        raise UsageError(f"{text[:60]!r} is no date; write 2024-07-01 or 2024-07-01T18:30 (NEM time, UTC+10)") from None
    if stamp.tzinfo is not None:
        stamp = (stamp.tz_convert("UTC") + pd.Timedelta(hours=10)).tz_localize(None)
    if not 1990 <= stamp.year <= 2100:
        raise UsageError(f"{text[:60]!r} lies outside 1990-2100")
    return stamp.as_unit("us")


_SPAN = re.compile(r"^P?T?(\d{1,5})(m|min|h|d|w|M|mo|y)$", re.ASCII)


def parse_span(text: str) -> pd.Timedelta | pd.DateOffset:
    """A length of time: ``7d``, ``24h``, ``P7D``, ``PT12H``, ``3M``, ``1y``.

    Raises
    ------
    UsageError
        When the text is none of these.
    """
    word = text.strip()
    if re.match(r"^P(T?)\d+[HDWMY]$", word, re.ASCII):
        in_time = word[1] == "T"
        unit = word[-1]
        word = word.lstrip("PT")[:-1] + (
            {"M": "min"}.get(unit, unit.lower()) if in_time else {"M": "M"}.get(unit, unit.lower())
        )
    found = _SPAN.match(word)
    if not found or int(found[1]) == 0:
        raise UsageError(f"{text[:40]!r} is no length of time; write 24h, 7d, 3M or 1y")
    count, unit = int(found[1]), found[2]
    if unit in ("M", "mo"):
        return pd.DateOffset(months=count)
    if unit == "y":
        return pd.DateOffset(years=count)
    minutes = {"m": 1, "min": 1, "h": 60, "d": 1440, "w": 10080}[unit]
    return pd.Timedelta(minutes=count * minutes)


_HOUR = np.timedelta64(1, "h").astype("timedelta64[us]")
_STEP = np.timedelta64(DISPATCH_MINUTES, "m").astype("timedelta64[us]")
_EPOCH = np.datetime64("1970-01-01", "us")


@dataclass(frozen=True)
class Calendar:
    """Which intervals of a window count: those that begin in these months, hours and weekdays; empty = all.

    ``months`` 1-12, ``hours`` 0-23, ``weekdays`` 1-7 (Monday first), in NEM time. The stamp 00:00 ends an interval of
    the day before, so it belongs to that day, to its month and to hour 23.
    """

    months: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.months or self.hours or self.weekdays)

    @property
    def intervals_a_day(self) -> int:
        """5-minute intervals of a day that counts at all."""
        return 12 * (len(set(self.hours)) or 24)

    def mask(self, times: np.ndarray) -> np.ndarray:
        """Which of these interval-ending stamps count (T,).

        >>> Calendar(hours=(23,)).mask(np.array(["2024-07-01T00:00", "2024-07-01T00:05"], "datetime64[us]"))
        array([ True, False])
        """
        inside = np.asarray(times, TIME_DTYPE) - np.timedelta64(1, "us")
        keep = np.ones(len(inside), bool)
        if self.months:
            keep &= np.isin(inside.astype("datetime64[M]").astype("int64") % 12 + 1, self.months)
        if self.weekdays:
            # 1970-01-01 was a Thursday.
            keep &= np.isin((inside.astype("datetime64[D]").astype("int64") + 3) % 7 + 1, self.weekdays)
        if self.hours:
            keep &= np.isin(inside.astype("datetime64[h]").astype("int64") % 24, self.hours)
        return keep

    def count(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Number of 5-minute intervals of each ``(start, end]`` that count; both datetime64[us] (N,)."""
        low = np.asarray(start, TIME_DTYPE) - _EPOCH
        high = np.maximum(np.asarray(end, TIME_DTYPE) - _EPOCH, low)
        if not self or not len(low):
            return (high // _STEP - low // _STEP).astype(np.int64)
        # Hour by hour: all twelve intervals of an hour count, or none.
        first, last = int(low.min() // _HOUR), int(high.max() // _HOUR) + 1
        chosen = self.mask(_EPOCH + np.arange(first + 1, last + 1) * _HOUR)
        before = np.r_[0, np.cumsum(chosen) * 12]

        def upto(when: np.ndarray) -> np.ndarray:
            hour = (when // _HOUR).astype(np.int64) - first
            return before[hour] + np.where(chosen[hour], (when % _HOUR) // _STEP, 0)

        return upto(high) - upto(low)


ALWAYS = Calendar()


@dataclass(frozen=True)
class Window:
    """A half-open window ``(start, end]`` in NEM time with the interval it is shown at.

    ``calendar`` tells which of its intervals count.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    interval: str
    calendar: Calendar = ALWAYS

    @property
    def hours(self) -> float:
        """Length in hours, whatever the calendar leaves out."""
        return (self.end - self.start) / pd.Timedelta(hours=1)

    @property
    def expected(self) -> int:
        """Number of 5-minute intervals of the window that count."""
        edges = np.array([self.start.floor("5min"), self.end.floor("5min")], TIME_DTYPE)
        return int(self.calendar.count(edges[:1], edges[1:])[0])
