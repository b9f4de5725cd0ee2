"""The range picker: presets, moving by one window, days of a calendar; as changes to a question's parameters."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.charts.lean import SHORTEST
from components.market_time import DISPATCH, Window, bucket_start, offered_intervals
from components.queries.base import PeriodQuery
from components.store.snapshot import Snapshot

PRESETS: dict[str, str] = {
    "1d": "Last day",
    "3d": "Last 3 days",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "ytd": "Since 1 January",
    "1y": "Last year",
    "fy": "This financial year, from 1 July",
    "all": "Everything there is",
}

SINCE = {"ytd": "1y", "fy": "fy"}
"""Presets that begin where a year began -> which year."""


def preset_changes(preset: str, newest: pd.Timestamp) -> dict[str, Any]:
    """Parameters of a preset; :data:`SINCE` have a fixed start, that of the newest stamp's year."""
    if preset in SINCE:
        start = pd.Timestamp(bucket_start(pd.DatetimeIndex([newest]), SINCE[preset])[0])
        return {"start": start, "end": None, "last": "1d"}
    return {"start": None, "end": None, "last": preset}


def preset_of(query: PeriodQuery, newest: pd.Timestamp) -> str:
    """The preset a question shows, "" where it shows none of them."""
    if query.end is not None:
        return ""
    if query.start is not None:
        return next((p for p in SINCE if query.start == preset_changes(p, newest)["start"]), "")
    return query.last if query.last in PRESETS else ""


def day_changes(first: str, last: str) -> dict[str, Any]:
    """Whole days from the calendar, both included: stamps after 00:00 of the first to 00:00 after the last.

    >>> day_changes("2024-07-01", "2024-07-31")["end"]
    Timestamp('2024-08-01 00:00:00')
    """
    begin, end = sorted((pd.Timestamp(first), pd.Timestamp(last)))
    return {"start": begin.normalize(), "end": end.normalize() + pd.Timedelta(days=1), "last": "1d"}


def days_of(window: Window) -> tuple[str, str]:
    """First and last day of a window, for the calendar fields."""
    last = window.end - pd.Timedelta(microseconds=1)
    return f"{window.start:%Y-%m-%d}", f"{max(last, window.start):%Y-%m-%d}"


def panned(query: PeriodQuery, snapshot: Snapshot, steps: int) -> dict[str, Any]:
    """The window moved by its own length; reaching the newest stamp it becomes the live one again."""
    window = query.window(snapshot)
    length = window.end - window.start
    start, end = window.start + steps * length, window.end + steps * length
    newest = snapshot.last(query.dataset)
    if newest is not None and steps > 0 and end >= newest:
        live = _live(query, snapshot, length)
        if live:
            return live
    return {"start": start, "end": end, "last": "1d"}


def zoomed(query: PeriodQuery, snapshot: Snapshot, steps: int) -> dict[str, Any]:
    """Half the window about its middle (``steps`` > 0), or twice the window, within the data there is.

    Twice a window at the newest stamp reaches back from there, and is the live one again where it is a preset.
    """
    window = query.window(snapshot)
    first, newest = snapshot.first(query.dataset), snapshot.last(query.dataset)
    length = window.end - window.start
    longer = max(length / 2, SHORTEST) if steps > 0 else length * 2
    middle = window.start + length / 2
    start = (middle - longer / 2).round("5min")
    end = start + longer.round("5min")
    if first is not None and newest is not None:
        begin = first - DISPATCH
        if end >= newest:
            start, end = max(start - (end - newest), begin), newest
            live = _live(query, snapshot, end - start)
            if live:
                return live
        elif start < begin:
            start, end = begin, min(end + (begin - start), newest)
    return {"start": start, "end": end, "last": "1d"}


def _live(query: PeriodQuery, snapshot: Snapshot, length: pd.Timedelta) -> dict[str, Any] | None:
    """The preset that ends at the newest stamp and is so long."""
    for preset in PRESETS:
        if preset not in (*SINCE, "all"):
            live = type(query)(last=preset).window(snapshot)
            if live.end - live.start == length:
                return {"start": None, "end": None, "last": preset}
    return None


def fitting(query: PeriodQuery, snapshot: Snapshot, interval: str, changes: dict[str, Any]) -> dict[str, Any]:
    """``changes`` of the window, and the chosen interval back to automatic where it would not suit: no year in a day."""
    if interval == "auto":
        return changes
    window = type(query)(**changes).window(snapshot)
    if interval in offered_intervals(window.start, window.end):
        return changes
    return changes | {"interval": "auto"}
