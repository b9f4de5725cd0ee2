"""Power of fuels and groups of fuels by day, with its trailing mean, on one calendar for all years."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import param

from components.market_time import Window, bucket_name, bucket_start
from components.metrics.buckets import Axis
from components.metrics.trends import GROUPS, SMOOTHINGS, group_power, place_in_year, trailing_mean
from components.queries.base import Choices, Names, Result, register
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.regional import axis_of, long_frame, named, regions_asked, shown_buckets
from components.queries.trends_annual import YEARS, TrendQuery
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

DEMANDS = ("demand", "underlying")
SERIES = (*GROUPS, *(f for f in FUELS if f not in ("imports", "exports", "unmapped")), *DEMANDS)
"""What may be followed day by day."""


@register
class DailyTrend(TrendQuery):
    """Daily power and its trailing mean."""

    route = "trends/daily"
    title = "Daily power, year over year"
    description = (
        "Average power of each day, and the mean of that day and the days before it (`smooth`, trailing, null where one of "
        "these days has no value). `day_of_year` is the same for a date in every year: 29 February has a place of its own. "
        "renewable = hydro, wind, solar, rooftop, bioenergy (known where rooftop is); thermal = coal, gas, distillate."
    )
    row_columns: ClassVar = {
        "time": ("", "Begin of the day"),
        "year": ("", "The year it lies in; FY25 is July 2024 to June 2025"),
        "day_of_year": ("", "Place of the date in its year, 1 to 366"),
        "region": ("", "Region, or NEM"),
        "series": ("", "Fuel, group of fuels, or demand"),
        "mw": ("MW", "Average power of the day over its readings, loads negative"),
        "smoothed_mw": ("MW", "Mean of this day and the days before it, as many as `smooth` says"),
    }
    examples = ("region=NEM&last=3y", "region=SA1&series=wind,solar&smooth=30d", "region=NEM&series=demand&year=fy")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one for all.")
    series = Choices(
        default=list(GROUPS), objects=SERIES, doc="Fuels, renewable, thermal, demand, underlying; one or more."
    )
    smooth: Any = param.Selector(
        default="7d", objects=list(SMOOTHINGS), doc="Length of the trailing mean: that day and the days before it."
    )
    year: Any = param.Selector(default="1y", objects=list(YEARS), doc="Calendar years (1y) or financial years (fy).")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._axis(snapshot, self.window(snapshot))) * len(regions_asked(self.region)) * len(self.series)

    def _axis(self, snapshot: Snapshot, window: Window) -> Axis:
        return axis_of(snapshot, window, "scada", "region")

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked = self.window(snapshot), regions_asked(self.region)
        # The first days' means need the days before them.
        early = window.start.normalize() - pd.Timedelta(days=SMOOTHINGS[self.smooth] - 1)
        longer = replace(window, start=min(early, window.start) if SMOOTHINGS[self.smooth] > 1 else window.start)
        axis = self._axis(snapshot, longer)
        power, notes, expected, present = self._power(snapshot, longer, axis)
        keys = [(region, name) for region in asked for name in self.series]
        values = np.array([power.get(key, np.full(len(axis), np.nan)) for key in keys]).reshape(len(keys), len(axis))
        smooth = self._smoothed(values, axis, longer)
        begins = axis.starts >= np.datetime64(window.start.normalize(), "us")
        kept = [i for i in shown_buckets(axis, longer, ~np.isnan(values)).tolist() if begins[i]]
        labels = axis.labels[kept]
        frame = long_frame(
            labels, {"region": [k[0] for k in keys], "series": [k[1] for k in keys]},
            {"mw": values[:, kept], "smoothed_mw": smooth[:, kept]},
        )  # fmt: skip
        years = bucket_start(labels + np.timedelta64(1, "h"), self.year)
        distinct, codes = np.unique(years, return_inverse=True)
        frame.insert(
            1, "year", pd.Series(named([bucket_name(y, self.year) for y in distinct], np.repeat(codes, len(keys))))
        )
        place = place_in_year(labels.astype("datetime64[D]"), 7 if self.year == "fy" else 1)
        frame.insert(2, "day_of_year", np.repeat(place, len(keys)).astype(np.int64))
        return Result(
            frame, {"day_of_year": "", "mw": "MW", "smoothed_mw": "MW"}, window.start, window.end, ("region", "series"), "1d",
            "start", expected, present, snapshot.version, snapshot.sources,
            (f"smoothed_mw: {SMOOTHINGS[self.smooth]}-day mean, trailing.", *notes),
        )  # fmt: skip

    @staticmethod
    def _smoothed_days(values: np.ndarray, counts: np.ndarray, days: int) -> np.ndarray:
        """Trailing means over the days that count at all."""
        out = np.full(values.shape, np.nan)
        out[:, counts] = trailing_mean(values[:, counts], days)
        return out

    def _smoothed(self, values: np.ndarray, axis: Axis, window: Window) -> np.ndarray:
        counts = np.ones(len(axis), bool)
        if window.calendar:
            counts = window.calendar.count(axis.starts, axis.starts + np.timedelta64(1, "D")) > 0
        return self._smoothed_days(values, counts, SMOOTHINGS[self.smooth])

    def _power(
        self, snapshot: Snapshot, window: Window, axis: Axis
    ) -> tuple[dict[tuple[str, str], np.ndarray], tuple[str, ...], int, int]:
        """Daily power of every series asked for, on the axis; notes, readings expected and present."""
        same: dict[str, Any] = {n: getattr(self, n) for n in ("month", "hour", "weekday", "region")}
        same |= {"start": window.start, "end": window.end, "interval": "1d"}
        out: dict[tuple[str, str], np.ndarray] = {}
        answers = []
        if any(s not in DEMANDS for s in self.series):
            grouped = any(s in GROUPS for s in self.series)
            answer = GenerationByFuel(**same, fuel=[] if grouped else [s for s in self.series if s in FUELS]).run(
                snapshot
            )
            answers.append(answer)
            out |= _columns(answer, "fuel", {"mw": ""}, axis)
            for region in regions_asked(self.region):
                fuels = {f: v for (r, f), v in out.items() if r == region}
                out |= {(region, g): group_power(fuels, g) for g in GROUPS if g in self.series and fuels}
        if any(s in DEMANDS for s in self.series):
            answer = Demand(**same).run(snapshot)
            answers.append(answer)
            out |= _columns(answer, "", {d: d for d in DEMANDS}, axis)
        notes = tuple(dict.fromkeys(n for a in answers for n in a.notes))
        return out, notes, sum(a.expected for a in answers), sum(a.present for a in answers)


def _columns(answer: Result, key: str, names: dict[str, str], axis: Axis) -> dict[tuple[str, str], np.ndarray]:
    """Columns of a dense daily answer as arrays over the axis: (region, name) -> (B,).

    Parameters
    ----------
    key : the column that names the series besides the region, "" = the columns are the series.
    names : column -> name of its series where ``key`` is "".
    """
    frame = answer.frame
    if frame.empty:
        return {}
    stamps = frame["time"].to_numpy("datetime64[us]")
    at = np.searchsorted(axis.labels, stamps)
    keys = frame["region"].astype(str) + ("" if not key else "\n" + frame[key].astype(str))
    codes, words = pd.factorize(keys)
    out = {}
    for column, name in names.items():
        grid = np.full((len(words), len(axis)), np.nan)
        grid[codes, at] = frame[column].to_numpy("float64")
        for word, row in zip(words, grid, strict=True):
            region, _, series = str(word).partition("\n")
            out[(region, name or series)] = row
    return out


__all__ = ["DEMANDS", "SERIES", "DailyTrend"]
