"""Prices by hour of the day and by day, week or month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.buckets import Axis
from components.metrics.price_grid import HOURS, HourGrid
from components.queries.base import Names, PeriodQuery, Result, register
from components.queries.prices_period import ORDER, REGION_DOC
from components.queries.regional import axis_of, named, prices, regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import NEM

COLUMNS = {"day": "1d", "week": "7d", "month": "1M"}


@register
class PriceHeat(PeriodQuery):
    """Regional prices by hour of the day and day, week or month."""

    route = "prices/by-hour"
    page = "prices"
    title = "Prices by hour and day"
    description = (
        "Mean, lowest or highest regional price of each hour of the day, for each day, week or month. An interval belongs "
        "to the hour in which it begins; the NEM's mean is weighted by demand."
    )
    dataset = "price"
    row_columns = {
        "time": ("", "Start of the day, week (Monday) or month"),
        "region": ("", "Region, or NEM"),
        "hour": ("", "Hour of the day, 0-23, NEM time"),
        "price": ("$/MWh", "Price, null where none is known"),
    }
    examples = ("last=30d&region=SA1", "last=1y&by=month&region=NSW1&agg=max")

    region = Names(default=[], vocabulary="region", doc=REGION_DOC)
    by: Any = param.Selector(default="day", objects=list(COLUMNS), doc="What stands beside the hours.")
    agg: Any = param.Selector(
        default="mean", objects=["mean", "min", "max"], doc="What an hour shows of its 5-minute prices."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._axis(snapshot)) * HOURS * len(regions_asked(self.region))

    def _axis(self, snapshot: Snapshot) -> Axis:
        shown = axis_of(snapshot, self.window(snapshot), "price")
        if not len(shown):
            return shown
        window = self.window(snapshot)
        first, last = snapshot.first("price"), snapshot.last("price")
        assert first is not None
        assert last is not None
        low = max(window.start, first - pd.Timedelta(minutes=5))
        return Axis.over(np.datetime64(low, "us"), np.datetime64(min(window.end, last), "us"), COLUMNS[self.by])

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        asked = regions_asked(self.region)
        axis = self._axis(snapshot)
        grids = {region: HourGrid(len(axis), self.agg) for region in asked}
        present = 0
        for price, demand in prices(snapshot, window, nem=NEM in asked) if len(axis) else ():
            column = axis.places(price.times)
            for region in asked:
                values = price.row(region)
                present += int((~np.isnan(values)).sum())
                # Only the market's mean has weights: a region's own is that of time.
                weights = demand.row(NEM) if region == NEM and self.agg == "mean" else None
                grids[region].add(price.times, column, values, weights)
        cells = np.stack([grids[r].result() for r in asked]) if asked else np.empty((0, HOURS, len(axis)))
        frame = pd.DataFrame(
            {
                "time": np.repeat(axis.starts, len(asked) * HOURS),
                "region": named(ORDER, np.tile(np.repeat([ORDER.index(r) for r in asked], HOURS), len(axis))),
                "hour": np.tile(np.arange(HOURS), len(asked) * len(axis)),
                "price": cells.transpose(2, 0, 1).reshape(-1),
            }
        )
        return Result(
            frame, {"price": "$/MWh"}, window.start, window.end, ("region", "hour"), axis.interval, "start",
            window.expected * len(asked), present, snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["COLUMNS", "PriceHeat"]
