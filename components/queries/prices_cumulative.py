"""The cumulative price of regions, against its threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.market_limits import cumulative_threshold
from components.market_time import dispatch_stamps, label_side
from components.metrics.buckets import Means
from components.metrics.cumulative_price import WEEK, cumulative_price
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.regional import aligned, axis_of, long_frame, regions_asked, shown_buckets
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS


@register
class CumulativePrice(WindowQuery):
    """Sum of the prices of the last seven days, region by region."""

    route = "prices/cumulative"
    page = "prices"
    title = "Cumulative price"
    description = (
        "Sum of a region's prices over the seven days up to each interval: of 2,016 five-minute prices, before October 2021 "
        "of 336 half-hourly ones. Where AEMO publishes its own figure (CUMUL_PRE_AP_ENERGY_PRICE, from prices before "
        "administered pricing) that one is taken. Above the threshold AEMO administers prices. A bucket shows its highest."
    )
    dataset = "price"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region"),
        "cumulative": (
            "$/MWh",
            "AEMO's figure where there is one, else the sum of the week's prices; highest of the bucket",
        ),
        "summed": ("$/MWh", "Sum of the week's prices, null where one of them is missing; highest of the bucket"),
        "threshold": ("$/MWh", "Cumulative price threshold, null where it is not known"),
        "share": ("", "Cumulative price / threshold, highest of the bucket"),
    }
    examples = ("last=7d&region=SA1", "last=1y&interval=1d")

    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = the five apart: the market has none.")

    def regions(self) -> tuple[str, ...]:
        """The regions looked at."""
        return REGIONS if not self.region or NEM in self.region else regions_asked(self.region)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(self.regions())

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked = self.window(snapshot), self.regions()
        axis = axis_of(snapshot, window, "price")
        columns = {name: Means(len(asked), axis, "max") for name in ("cumulative", "summed", "threshold", "share")}
        present = 0
        last = snapshot.last("price")
        first = snapshot.first("price")
        if len(axis) and first is not None and last is not None:
            # The week before the window counts as well.
            begin = max(window.start, first - pd.Timedelta(minutes=30))
            times = dispatch_stamps(begin - pd.Timedelta(minutes=5 * (WEEK - 1)), min(window.end, last))
            price = aligned(snapshot, "price", "rrp", times, asked)
            summed = cumulative_price(times, price)
            keep = np.flatnonzero(times > np.datetime64(begin, "us"))
            if window.calendar:
                keep = keep[window.calendar.mask(times[keep])]
            present = int((~np.isnan(price[:, keep])).sum())
            stamps = times[keep]
            published = aligned(snapshot, "price", "cumulative_price", stamps, asked)
            summed = summed[:, keep]
            known = np.where(np.isnan(published), summed, published)
            limit = np.where(np.isnan(known), np.nan, cumulative_threshold(stamps))
            parts = {"cumulative": known, "summed": summed, "threshold": limit, "share": known / limit}
            for name, values in parts.items():
                columns[name].add(stamps, values)
        numbers = {name: means.result() for name, means in columns.items()}
        shown = shown_buckets(axis, window, ~np.isnan(numbers["cumulative"]))
        frame = long_frame(axis.labels[shown], {"region": asked}, {k: v[:, shown] for k, v in numbers.items()})
        notes = ("The threshold applies to regions; the market as a whole has none.",) if NEM in self.region else ()
        return Result(
            frame, {c: self.row_columns[c][0] for c in numbers}, window.start, window.end, ("region",), window.interval,
            label_side(window.interval), window.expected * len(asked), present, snapshot.version, snapshot.sources, notes,
        )  # fmt: skip


__all__ = ["CumulativePrice"]
