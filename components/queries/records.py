"""Records: highest and lowest of each measure in each region, of the day, the month and all data.

Days' extremes are worked out month by month and remembered for as long as the month's frames are the same: a newer version
costs the months that changed, not the years before them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from components.metrics.prices import half_hour_end
from components.metrics.records import DayExtremes, day_extremes, record
from components.queries.base import Choices, Names, Query, Result, register
from components.queries.measures import MEASURES, PLACES, measures
from components.queries.regional import named, regions_asked
from components.queries.remembering import Remembered
from components.queries.units import STEP, unit_table
from components.stopping import stop_if_unwanted
from components.store.snapshot import Snapshot, month_length
from components.store.sums import keepable

PERIODS = ("day", "month", "all")
SIDES = ("high", "low")
DATASETS = ("price", "region", "scada", "rooftop")

MOST_BYTES = 8 * 2**20
"""Extremes of days remembered: 20 years, about 30 kB a month."""
_months = Remembered(MOST_BYTES)
keepable(DayExtremes)


class Days(NamedTuple):
    """Days (D,) datetime64[D] and the extremes of every measure and place, (measures x 6, D)."""

    days: np.ndarray
    extremes: DayExtremes


def _month(snapshot: Snapshot, month: str) -> DayExtremes:
    """Extremes of a month's days; worked out when its frames, or the registry, are other ones."""
    chunks = {n: [c for c in snapshot.chunks(n) if c.month == month] for n in DATASETS}
    identity = (unit_table(snapshot).fingerprint, *((n, c.identity) for n, found in chunks.items() for c in found))

    def worked_out() -> DayExtremes:
        origin = np.datetime64(month, "us")
        times = origin + np.arange(1, month_length(month) + 1) * STEP
        values = measures(snapshot, times, MEASURES)
        return day_extremes(np.vstack(list(values.values())))

    found: DayExtremes = _months.get(("records", month, identity), worked_out)
    return found


def days_of(snapshot: Snapshot) -> Days:
    """Every day of the data, in order; months without data are left out."""
    months = sorted({c.month for n in DATASETS for c in snapshot.chunks(n)})
    parts = []
    for month in months:
        stop_if_unwanted()
        parts.append(_month(snapshot, month))
    if not parts:
        empty = np.empty((len(MEASURES) * len(PLACES), 0))
        return Days(np.empty(0, "datetime64[D]"), DayExtremes(empty, empty, empty.astype(int), empty.astype(int)))
    days = np.concatenate([
        np.datetime64(m, "D") + np.arange(p.high.shape[1]) for m, p in zip(months, parts, strict=True)
    ])  # fmt: skip
    joined = [np.concatenate([getattr(p, name) for p in parts], axis=1) for name in DayExtremes.__dataclass_fields__]
    return Days(days, DayExtremes(*joined))


@register
class Records(Query):
    """Highest and lowest values, when they were, and what stood before."""

    route = "records"
    page = "overview"
    title = "Records"
    description = (
        "Highest and lowest 5-minute value of each measure and region, of the newest day, of its month, and of all data. "
        "`previous` is the record of the period's days before the day of the record; for period=day, that of the day before. "
        "The renewable share is known only where rooftop solar is; prices of the market are weighted by demand."
    )
    row_columns = {
        "metric": ("", "Measure: " + ", ".join(MEASURES)),
        "side": ("", "high or low"),
        "region": ("", "Region, or NEM"),
        "period": ("", "day, month or all"),
        "start": ("", "Start of the period"),
        "value": ("", "The record, in `unit`"),
        "time": ("", "End of the interval that set it"),
        "previous": ("", "The record that stood before, in `unit`"),
        "previous_time": ("", "When that one was set"),
        "unit": ("", "Unit of both values; empty for shares"),
    }
    examples = ("region=NEM", "metric=price&period=all", "region=SA1&metric=wind,renewable_share")

    metric = Choices(default=list(MEASURES), objects=tuple(MEASURES), doc="Measures; one or more.")
    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart and the NEM.")
    period = Choices(default=list(PERIODS), objects=PERIODS, doc="Periods: the newest day, its month, all data.")

    def places(self) -> tuple[str, ...]:
        """The regions looked at."""
        return regions_asked(self.region) if self.region else PLACES

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.metric) * len(SIDES) * len(self.places()) * len(self.period)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        days, extremes = days_of(snapshot)
        stamps = [t for n in DATASETS if (t := snapshot.last(n)) is not None]
        rows: list[dict[str, Any]] = []
        firsts = [t for n in DATASETS if (t := snapshot.first(n)) is not None]
        first = min(firsts) - pd.Timedelta(microseconds=1) if firsts else None
        last = max(stamps, default=None)
        if first is not None and last is not None:
            today = np.datetime64(last - pd.Timedelta(microseconds=1), "D")
            rows = [
                row
                for name in MEASURES if name in self.metric
                for side in MEASURES[name].sides
                for region in self.places()
                for period in PERIODS if period in self.period
                if (row := _row(snapshot, days, extremes, name, side, region, period, today, first)) is not None
            ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        for column in ("start", "time", "previous_time"):
            frame[column] = frame[column].astype("datetime64[us]")
        for column in ("value", "previous"):
            frame[column] = frame[column].astype("float64")
        for column, words in (("metric", tuple(MEASURES)), ("side", SIDES), ("region", PLACES), ("period", PERIODS)):
            frame[column] = named(words, np.array([words.index(w) for w in frame[column]], int))
        return Result(
            frame, {}, first.normalize() if first is not None else None, last, ("metric", "side", "region", "period"), "", "", 0, 0, snapshot.version, snapshot.sources,
            ("A record is of the data that is stored here, not of the market's whole history.",),
        )  # fmt: skip


def _row(
    snapshot: Snapshot, days: np.ndarray, extremes: DayExtremes, name: str, side: str, region: str, period: str, today: np.datetime64, first: pd.Timestamp
) -> dict[str, Any] | None:  # fmt: skip
    """One record; None where the period has no reading."""
    at = list(MEASURES).index(name) * len(PLACES) + PLACES.index(region)
    low = side == "low"
    values = (extremes.low if low else extremes.high)[at]
    places = (extremes.low_at if low else extremes.high_at)[at]
    start = {
        "day": today,
        "month": today.astype("datetime64[M]").astype("datetime64[D]"),
        "all": np.datetime64(first, "D"),
    }[period]
    chosen = np.flatnonzero((days >= start) & (days <= today))
    found, before = record(values[chosen], low=low)
    if found < 0:
        return None
    of, previous = chosen[found], chosen[before] if before >= 0 else -1
    if period == "day" and of > 0 and np.isfinite(values[of - 1]) and days[of - 1] == today - 1:
        previous = of - 1

    def stamp(day: int) -> np.datetime64:
        moment = days[day].astype("datetime64[us]") + (int(places[day]) + 1) * STEP
        return _half_hour(snapshot, MEASURES[name].dataset, moment)

    return {
        "metric": name, "side": side, "region": region, "period": period, "start": start,
        "value": values[of], "time": stamp(of),
        "previous": values[previous] if previous >= 0 else np.nan,
        "previous_time": stamp(previous) if previous >= 0 else np.datetime64("NaT"),
        "unit": MEASURES[name].unit,
    }  # fmt: skip


def _half_hour(snapshot: Snapshot, dataset: str, moment: np.datetime64) -> np.datetime64:
    """The moment itself; of half-hourly prices and rooftop solar the end of its half hour."""
    if dataset not in ("price", "rooftop"):
        return moment
    end = pd.Timestamp(moment)
    for block in snapshot.blocks(dataset, "mw" if dataset == "rooftop" else "rrp", end - pd.Timedelta(minutes=5), end):
        if (block.native_minutes() == 30).any():
            return np.datetime64(half_hour_end(np.array([moment]))[0])
    return moment


__all__ = ["PERIODS", "Records", "days_of"]
