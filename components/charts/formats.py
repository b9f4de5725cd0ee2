"""How numbers and times are written, the same on every page: tiles, tables, axes and hovers.

Thousands are separated by commas, negative numbers carry a real minus sign (U+2212), what is missing is an en
dash, never 0. Durations and times are NEM time.
"""

from __future__ import annotations

import math

import pandas as pd

MINUS = "−"
MISSING = "–"

# The same rules for the browser: fmt(value, digits) of hovers and axes.
JS_NUMBER = (
    "const fmt=(v,d)=>(v==null||!isFinite(v))?'–':"
    "v.toLocaleString('en-AU',{minimumFractionDigits:d,maximumFractionDigits:d}).replace('-','−').replace(/^−(0(\\.0+)?)$/,'$1');"
)

# Ticks of an axis with as many decimals as tell them apart.
JS_TICK = JS_NUMBER + (
    "const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : Math.abs(tick) || 1;"
    "return fmt(tick, Math.min(4, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))));"
)


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float | None, digits: int = 0) -> str:
    """A number with ``digits`` decimals.

    >>> number(-1234.56, 1)
    '−1,234.6'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and any(c in "123456789" for c in text) else text


def power(mw: float | None) -> str:
    """Power in MW, whole; below 10 MW with one decimal."""
    if mw is None or not math.isfinite(mw):
        return MISSING
    return f"{number(mw, 1 if 0 < abs(mw) < 10 else 0)} MW"


def significant(value: float | None) -> str:
    """A number with three significant digits at least, whole from 100 on."""
    if value is None or not math.isfinite(value):
        return MISSING
    size = abs(value)
    return number(value, 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2)


def energy(mwh: float | None) -> str:
    """Energy in GWh.

    >>> energy(45678.9)
    '45.7 GWh'
    """
    return MISSING if mwh is None or not math.isfinite(mwh) else f"{significant(mwh / 1000)} GWh"


def dollars(value: float | None, digits: int = 2) -> str:
    """An amount of dollars with its sign before the dollar.

    >>> dollars(-32.1)
    '−$32.10'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = number(abs(value), digits)
    return f"{MINUS}${text}" if value < 0 and number(value, digits).startswith(MINUS) else f"${text}"


def price(value: float | None) -> str:
    """A price without its unit ($/MWh); cents below $1,000.

    >>> price(15100.0)
    '$15,100'
    """
    return dollars(value, 2 if value is None or abs(value) < 1000 else 0)


def money(value: float | None) -> str:
    """Dollars, thousands or millions of them, by size; what is not zero is never written as zero.

    >>> money(-4321.0)
    '−$4.32k'
    """
    if value is None or not math.isfinite(value):
        return MISSING
    size = abs(value)
    if size >= 999_950:
        millions = value / 1e6
        return f"{dollars(millions, 0 if size >= 1e9 else 1 if size >= 1e8 else 2)}M"
    if size >= 999.995:
        return f"{dollars(value / 1e3, 1 if size >= 99_995 else 2)}k"
    if 0 < size < 0.005:
        return "<$0.01" if value > 0 else f">{dollars(-0.01)}"
    return dollars(value)


def percent(share: float | None, digits: int = 1) -> str:
    """A share (0…1) in per cent."""
    return MISSING if share is None or not math.isfinite(share) else f"{number(share * 100, digits)}%"


def stamp(time: pd.Timestamp | None) -> str:
    """A moment, to the minute: ``22 Nov 2025 14:05``."""
    return MISSING if time is None or pd.isna(time) else f"{time.day} {time:%b %Y %H:%M}"


def days(times: pd.DatetimeIndex) -> list[str]:
    """Many days at once.

    >>> days(pd.DatetimeIndex(["2024-07-01", "2024-12-31 06:00"]))
    ['Mon 1 Jul 2024', 'Tue 31 Dec 2024']
    """
    parts = (of.tolist() for of in (times.day_of_week, times.day, times.month, times.year))
    return [f"{_WEEKDAYS[w]} {d} {_MONTHS[m - 1]} {y}" for w, d, m, y in zip(*parts, strict=True)]


def short_days(times: pd.DatetimeIndex, *, year: bool = False) -> list[str]:
    """Many days at once for an axis, with or without their year.

    >>> short_days(pd.DatetimeIndex(["2024-07-01", "2024-12-31 06:00"]))
    ['1 Jul', '31 Dec']
    """
    parts = (of.tolist() for of in (times.day, times.month, times.year))
    return [f"{d} {_MONTHS[m - 1]}" + (f" {y}" if year else "") for d, m, y in zip(*parts, strict=True)]


def window(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A window in words; whole days by their dates (the last day included), else to the minute."""
    if start == start.normalize() and end == end.normalize() and end > start:
        last = end - pd.Timedelta(days=1)
        if last == start:
            return f"{start.day} {start:%b %Y}"
        if start.year == last.year:
            return f"{start.day} {start:%b} – {last.day} {last:%b %Y}"
        return f"{start.day} {start:%b %Y} – {last.day} {last:%b %Y}"
    if start.normalize() == end.normalize():
        return f"{start.day} {start:%b %Y %H:%M} – {end:%H:%M}"
    return f"{stamp(start)} – {stamp(end)}"


INTERVAL_LABELS = {
    "5m": "5 minutes",
    "30m": "30 minutes",
    "1h": "hour",
    "1d": "day",
    "7d": "week",
    "1M": "month",
    "3M": "quarter",
    "season": "season",
    "half": "half-year",
    "1y": "year",
    "fy": "financial year",
}
