"""Penetration of wind, solar and rooftop over time, with its records and the mean price of the same intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import param

from components.market_time import INTERVALS, Window, auto_interval, label_side
from components.metrics.buckets import Axis, Means
from components.metrics.penetration import Peaks
from components.metrics.prices import demand_weighted
from components.metrics.revenue import ratio
from components.queries.base import Names, Result, register
from components.queries.penetration_months import stretches
from components.queries.regional import aligned, axis_of, long_frame, regions_asked, shown_buckets
from components.queries.trends_annual import TrendQuery
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

DEFINITION = (
    "Penetration = (wind + solar + rooftop) / (operational demand + rooftop) of each 5-minute interval, missing where one of "
    "them is; above 1 a region sends out more than it uses."
)
NOTES = (
    "Penetration: (wind + solar + rooftop) / underlying demand, interval by interval; missing where one of them is.",
    "Rooftop solar is AEMO's half-hourly estimate, shown at constant power over its half hour.",
)
REGION_DOC = "Regions; none = the five apart, NEM = the whole market."


def price_of(snapshot: Snapshot, place: str, times: np.ndarray) -> np.ndarray:
    """Price of a region on these stamps (T,) [$/MWh]; of the market weighted by demand."""
    if place != NEM:
        return aligned(snapshot, "price", "rrp", times, (place,))[0]
    price = aligned(snapshot, "price", "rrp", times, REGIONS)
    return demand_weighted(price, aligned(snapshot, "region", "demand", times, REGIONS))


@register
class Penetration(TrendQuery):
    """Penetration of wind and solar over time."""

    route = "trends/penetration"
    title = "Penetration over time"
    description = (
        DEFINITION
        + " `penetration` of a bucket divides energies, `mean` averages intervals; `max` with its time is the "
        "record of the bucket: interval=season gives records by season."
    )
    dataset = "region"
    row_columns: ClassVar = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "penetration": ("", "Energy of wind, solar and rooftop / underlying demand, over the intervals that have both"),
        "mean": ("", "Mean of the intervals' penetration"),
        "max": ("", "Highest penetration of an interval"),
        "max_time": ("", "End of the interval that reached it first"),
        "min": ("", "Lowest penetration of an interval"),
        "min_time": ("", "End of the interval that reached it first"),
        "variable_mw": ("MW", "Average wind + solar + rooftop over these intervals"),
        "underlying_mw": ("MW", "Average underlying demand over these intervals"),
        "price": ("$/MWh", "Time-weighted mean price of these intervals; NEM: demand-weighted in each"),
        "hours": ("h", "Hours known"),
    }  # fmt: skip
    examples = ("region=NEM&interval=1y", "region=SA1&interval=season", "region=SA1&last=1y&interval=1M")

    region = Names(default=[], vocabulary="region", doc=REGION_DOC)
    interval: Any = param.Selector(
        default="1M", objects=["auto", *INTERVALS], doc="Bucket length; auto follows the window's length."
    )

    def _window(self, snapshot: Snapshot) -> Window:
        window = super()._window(snapshot)
        return replace(window, interval=auto_interval(window.start, window.end)) if self.interval == "auto" else window

    @property
    def grouping(self) -> str:
        return str(self.interval)

    def _axis(self, snapshot: Snapshot) -> Axis:
        return axis_of(snapshot, self.window(snapshot), "region")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._axis(snapshot)) * len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked, axis = self.window(snapshot), regions_asked(self.region), self._axis(snapshot)
        sums = {n: Means(len(asked), axis) for n in ("variable_mw", "underlying_mw", "mean", "price")}
        peaks = [Peaks(axis) for _ in asked]
        for row, place in enumerate(asked):
            at = np.array([row])
            for part in stretches(snapshot, place, window):
                share = part.share
                peaks[row].add(part.times, share)
                sums["variable_mw"].add(part.times, part.variable[None].astype(np.float64), at)
                sums["underlying_mw"].add(part.times, part.underlying[None].astype(np.float64), at)
                sums["mean"].add(part.times, share[None].astype(np.float64), at)
                price = np.where(np.isnan(share), np.nan, price_of(snapshot, place, part.times))
                sums["price"].add(part.times, price[None], at)
        counts = sums["mean"].counts
        keep = shown_buckets(axis, window, counts)
        found = {n: m.result()[:, keep] for n, m in sums.items()}
        high, low = (np.array([getattr(p, n) for p in peaks])[:, keep] for n in ("high", "low"))
        when = [np.array([getattr(p, f"{n}_time") for p in peaks])[:, keep] for n in ("high", "low")]
        numbers = {
            "penetration": ratio(found["variable_mw"], found["underlying_mw"]), "mean": found["mean"],
            "max": high, "max_time": when[0], "min": low, "min_time": when[1],
            "variable_mw": found["variable_mw"], "underlying_mw": found["underlying_mw"], "price": found["price"],
            "hours": counts[:, keep] / 12,
        }  # fmt: skip
        frame = long_frame(axis.labels[keep], {"region": asked}, numbers)
        units = {n: self.row_columns[n][0] for n in numbers if not n.endswith("_time")}
        return Result(
            frame, units, window.start, window.end, ("region",), window.interval, label_side(window.interval),
            window.expected * len(asked), int(counts.sum()), snapshot.version, snapshot.sources, NOTES,
        )  # fmt: skip


__all__ = ["DEFINITION", "NOTES", "REGION_DOC", "Penetration", "price_of"]
