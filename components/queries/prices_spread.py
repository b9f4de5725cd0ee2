"""The price difference between two regions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import label_side
from components.metrics.buckets import Means
from components.metrics.price_spread import SPREAD_EDGES, spread_summary
from components.metrics.prices import bands
from components.queries.base import PeriodQuery, Result, WindowQuery, register
from components.queries.prices_period import gathered
from components.queries.regional import axis_of, shown_buckets
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

_PLACES = (*REGIONS, NEM)


def _pair(query: Any, snapshot: Snapshot) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Stamps, price of a, price of b, and the longer of their native minutes."""
    block, _ = gathered(snapshot, query.window(snapshot), (query.a, query.b))
    native = block.native_minutes()
    return block.times, block.values[0], block.values[1], native.max(axis=0) if native.size else native[:1].reshape(-1)


class _OverWindow(PeriodQuery):
    """The two regions, for questions about a window as a whole."""

    dataset = "price"
    page = "prices"

    a: Any = param.Selector(default="SA1", objects=list(_PLACES), doc="The region whose price is taken.")
    b: Any = param.Selector(default="VIC1", objects=list(_PLACES), doc="The region whose price is taken off it.")

    def answer(self, snapshot: Snapshot, frame: pd.DataFrame, series: tuple[str, ...], both: int) -> Result:
        """The result around a frame."""
        window = self.window(snapshot)
        units = {c: unit for c, (unit, _) in self.row_columns.items() if c in frame.select_dtypes("number")}
        return Result(
            frame, units, window.start, window.end, series, "", "", window.expected, both,
            snapshot.version, snapshot.sources,
        )  # fmt: skip


@register
class PriceSpread(WindowQuery):
    """The difference of two regions' prices over time."""

    route = "prices/spread"
    page = "prices"
    title = "Price difference between two regions"
    description = (
        "Price of region a less price of region b, interval by interval; a coarser interval shows the mean, lowest or "
        "highest of its differences. Null where either price is missing."
    )
    dataset = "price"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "spread": ("$/MWh", "Price of a - price of b"),
    }
    examples = ("a=SA1&b=VIC1&last=7d", "a=QLD1&b=NSW1&last=1y&interval=1M")

    a: Any = param.Selector(default="SA1", objects=list(_PLACES), doc="The region whose price is taken.")
    b: Any = param.Selector(default="VIC1", objects=list(_PLACES), doc="The region whose price is taken off it.")
    agg: Any = param.Selector(
        default="mean", objects=["mean", "min", "max"], doc="What a bucket shows of its 5-minute differences."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        axis = axis_of(snapshot, window, "price")
        times, a, b, _ = _pair(self, snapshot)
        means = Means(1, axis, self.agg)
        means.add(times, (a - b)[None])
        values = means.result()
        keep = shown_buckets(axis, window, ~np.isnan(values))
        frame = pd.DataFrame({"time": axis.labels[keep], "spread": values[0, keep]})
        return Result(
            frame, {"spread": "$/MWh"}, window.start, window.end, (), window.interval, label_side(window.interval),
            window.expected, int((~np.isnan(a - b)).sum()), snapshot.version, snapshot.sources,
        )  # fmt: skip


@register
class PriceSpreadStats(_OverWindow):
    """Statistics of the difference of two regions' prices."""

    route = "prices/spread-stats"
    title = "Statistics of a price difference"
    description = (
        "Mean, mean of absolute values, percentiles and hours each way of price of a - price of b over a window."
    )
    row_columns = {
        "a": ("", "Region whose price is taken"),
        "b": ("", "Region whose price is taken off it"),
        "mean": ("$/MWh", "Time-weighted mean of the difference"),
        "mean_abs": ("$/MWh", "Mean of the absolute differences"),
        "median": ("$/MWh", "Median of the native readings"),
        "p5": ("$/MWh", "5th percentile"),
        "p95": ("$/MWh", "95th percentile"),
        "min": ("$/MWh", "Lowest difference"),
        "min_time": ("", "When it was first reached (end of the interval)"),
        "max": ("$/MWh", "Highest difference"),
        "max_time": ("", "When it was first reached (end of the interval)"),
        "hours_above": ("h", "Hours with the higher price in a"),
        "hours_below": ("h", "Hours with the higher price in b"),
        "hours_equal": ("h", "Hours with the same price in both"),
        "correlation": ("", "Correlation of the two prices"),
        "coverage": ("", "Share of the window's 5-minute intervals with both prices"),
    }
    examples = ("a=SA1&b=VIC1&last=30d",)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return 1

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        times, a, b, native = _pair(self, snapshot)
        both = int((~np.isnan(a - b)).sum())
        expected = self.window(snapshot).expected
        row = {"a": self.a, "b": self.b, **asdict(spread_summary(times, a, b, native))}
        rows = [{**row, "coverage": both / expected if expected else np.nan}] if both else []
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        for column in self.row_columns:
            if column in ("a", "b"):
                frame[column] = pd.Categorical(frame[column], categories=list(_PLACES))
            else:
                dtype: Any = "datetime64[us]" if column.endswith("_time") else "float64"
                frame[column] = frame[column].astype(dtype)
        return self.answer(snapshot, frame, ("a", "b"), both)


@register
class PriceSpreadBands(_OverWindow):
    """How much time the difference of two regions' prices spends in each band."""

    route = "prices/spread-bands"
    title = "Distribution of a price difference"
    description = (
        "Time, share and contribution to the mean of each band of price of a - price of b. Bands are contiguous; a "
        "difference on an edge belongs to the band above. The contributions add up to the mean."
    )
    row_columns = {
        "band": ("", "Band, in $/MWh"),
        "low": ("$/MWh", "Lower edge, inclusive; null for the lowest band"),
        "high": ("$/MWh", "Upper edge, exclusive; null for the highest band"),
        "hours": ("h", "Time in the band"),
        "share": ("", "Share of the time that has both prices"),
        "mean": ("$/MWh", "Mean difference within the band"),
        "contribution": ("$/MWh", "What the band adds to the mean difference"),
    }
    examples = ("a=SA1&b=VIC1&last=30d",)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(SPREAD_EDGES) + 1

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        _, a, b, native = _pair(self, snapshot)
        both = int((~np.isnan(a - b)).sum())
        found = bands(a - b, native, SPREAD_EDGES) if both else []
        rows = [{**asdict(band), "band": band.label} for band in found]
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        for column in frame.columns[1:]:
            numbers = frame[column].astype("float64")
            frame[column] = numbers.mask(np.isinf(numbers))
        frame["band"] = pd.Categorical(frame["band"], categories=list(dict.fromkeys(frame["band"])))
        return self.answer(snapshot, frame, ("band",), both)


__all__ = ["PriceSpread", "PriceSpreadBands", "PriceSpreadStats"]
