"""Write a demo market into the lake, one calendar month at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from components.errors import StoreError, UsageError
from components.ingest.demo.clock import months_between
from components.ingest.demo.fleet import Fleet, build_fleet
from components.ingest.demo.market import simulate_month
from components.ingest.demo.outlook_files import forecast_files, notice_files
from components.ingest.demo.registry_files import demo_units
from components.ingest.demo.tidy import tidy_frames
from components.ingest.outlook import read_forecast, read_notice
from components.store.context import empty_context, write_context
from components.store.files import clear_errors

if TYPE_CHECKING:
    from components.store.lake import Lake
    from components.store.publish import PublishReport

_HALF_HOUR = pd.Timedelta(minutes=30)
_WEEK = pd.Timedelta(days=7)


def demo_window(days: int, end: pd.Timestamp | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The window ``(start, end]`` of a demo; without ``end`` it ends at the last midnight in NEM time.

    Raises
    ------
    UsageError
        For less than a day, or an end that is no 5-minute stamp of 2000 … 2100.
    """
    if days < 1:
        raise UsageError(f"a demo has at least one day, not {days}")
    if end is None:
        end = (pd.Timestamp.now(tz="UTC") + pd.Timedelta(hours=10)).tz_localize(None).normalize()
    last = pd.Timestamp(end).as_unit("us")
    if last != last.floor("5min"):
        raise UsageError(f"a demo ends at a 5-minute stamp, not at {last}")
    first = last - pd.Timedelta(days=days)
    if first < pd.Timestamp("2000-01-01") or last > pd.Timestamp("2100-01-01"):
        raise UsageError(f"a demo lies between 2000 and 2100, not from {first.date()} to {last.date()}")
    return first, last


def demo_frames(
    fleet: Fleet, seed: int, start: pd.Timestamp, end: pd.Timestamp, *, progress: bool = False
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every dataset of the window, month by month, sorted by time and key."""
    months = tqdm(months_between(start, end), desc="demo", unit="month", disable=not progress)
    for month in months:
        result = simulate_month(fleet, seed, month)
        yield from tidy_frames(result, fleet, seed, np.datetime64(start, "us"), np.datetime64(end, "us"))


def write_demo(
    lake: Lake,
    *,
    days: int = 90,
    end: pd.Timestamp | None = None,
    seed: int = 1,
    units: int = 300,
    force: bool = False,
    progress: bool = True,
) -> PublishReport:
    """Publish a synthetic market: ``days`` up to ``end`` (default: the last midnight, NEM time).

    An earlier demo is replaced: two of them never mix. See the package's docstring for what holds.

    Raises
    ------
    UsageError
        For a window or number of units out of range, or over real data without ``force``.
    StoreError
        The lake could not be written.
    """
    start, last = demo_window(days, end)
    fleet = build_fleet(units, seed)
    with lake.begin(demo=True, replace=force or _holds_demo(lake)) as transaction:
        for dataset, frame in demo_frames(fleet, seed, start, last, progress=progress):
            transaction.add(dataset, frame)
        transaction.set_units(demo_units(fleet))
        if progress:  # years take a minute or two to be sorted, written and synced
            tqdm.write(f"publishing {days} days", file=sys.stderr)
        report = transaction.publish()
    with clear_errors(f"writing the demo's forecasts beside {lake.root}"):
        write_context(lake.root, demo_context(seed, start, last))
    return report


def demo_context(seed: int, start: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """What a collector would have read beside the data by the stamp ``last``: the runs that follow it, the notices of a week."""
    forecasts: dict[str, dict[str, Any]] = {}
    for file in forecast_files(seed, last, last + _HALF_HOUR):
        # The five-minute run that begins at the edge, and the first half-hourly one.
        if file.folder not in forecasts:
            found = read_forecast(file.text, file.member).plain()
            forecasts[file.folder] = found | {"folder": file.folder, "file": file.name}
    notices = [
        read_notice(file.text, file.name) | {"file": file.name}
        for file in notice_files(seed, max(start, last - _WEEK), last)
    ]
    return empty_context() | {
        "demo": True, "read": last.isoformat(), "forecasts": list(forecasts.values()),
        "notices": sorted(notices, key=lambda notice: notice["id"]),
    }  # fmt: skip


def _holds_demo(lake: Lake) -> bool:
    try:
        manifest = lake.manifest()
    except StoreError:  # what is damaged is not replaced without being told to
        return False
    return manifest is not None and manifest.is_demo
