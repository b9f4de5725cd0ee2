"""Price bands and duration curves."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import param

from components.metrics.prices import bands, duration, native_values
from components.queries.base import Result, register
from components.queries.prices_period import ORDER, PricePeriodQuery
from components.queries.regional import named, regions_asked
from components.store.snapshot import Snapshot

_COUNTS = ("intervals",)


@register
class PriceBands(PricePeriodQuery):
    """How much time prices spend in each band, and what each adds to the mean."""

    route = "prices/bands"
    title = "Price bands"
    description = (
        "Share of time, mean and contribution to the mean of each price band. Bands are contiguous from floor to "
        "cap; a price on an edge belongs to the band above. The contributions add up to the mean."
    )
    row_columns = {
        "region": ("", "Region, or NEM"),
        "band": ("", "Band, in $/MWh"),
        "low": ("$/MWh", "Lower edge, inclusive; null for the lowest band"),
        "high": ("$/MWh", "Upper edge, exclusive; null for the highest band"),
        "hours": ("h", "Time in the band"),
        "intervals": ("", "Native intervals in the band"),
        "share": ("", "Share of the time that has a price"),
        "mean": ("$/MWh", "Mean price within the band"),
        "contribution": ("$/MWh", "What the band adds to the overall mean"),
    }
    examples = ("last=30d&region=SA1",)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * 7

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        asked, block, _ = self.gathered(snapshot)
        native = block.native_minutes()
        rows = []
        for i, region in enumerate(asked):
            if np.isnan(block.values[i]).all():
                continue
            for band in bands(block.values[i], native[i]):
                row = {"region": region, **asdict(band)}
                row["band"] = row.pop("label")
                rows.append(row)
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        units = {c: unit for c, (unit, _) in self.row_columns.items() if c not in ("region", "band")}
        for column in units:
            numbers = frame[column].astype("int64" if column in _COUNTS else "float64")
            frame[column] = numbers.mask(np.isinf(numbers))
        frame["region"] = pd.Categorical(frame["region"], categories=list(ORDER))
        frame["band"] = pd.Categorical(frame["band"], categories=list(dict.fromkeys(frame["band"])))
        return self.answer(snapshot, frame, units, block, ("region", "band"))


@register
class PriceDuration(PricePeriodQuery):
    """The price that was exceeded for each share of the time."""

    route = "prices/duration"
    title = "Price duration curve"
    description = (
        "Prices of the window from the highest to the lowest, by the share of time in which each was exceeded."
    )
    row_columns = {
        "region": ("", "Region, or NEM"),
        "exceedance": ("", "Share of the time with a higher price: 0 = the highest price, 1 = the lowest"),
        "price": ("$/MWh", "Price"),
        "hours": ("h", "Hours with a higher price"),
    }
    examples = ("last=30d&region=NSW1", "last=1y&steps=200")

    steps = param.Integer(default=100, bounds=(10, 1000), doc="Number of steps between the highest and lowest price.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * (self.steps + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        asked, block, _ = self.gathered(snapshot)
        native = block.native_minutes()
        shares = np.linspace(0, 1, self.steps + 1)
        regions, price, hours = [], [], []
        for i, region in enumerate(asked):
            sample = native_values(block.times, block.values[i], native[i])
            if not len(sample):
                continue
            regions.append(region)
            price.append(duration(sample, shares))
            hours.append(shares * (~np.isnan(block.values[i])).sum() * 5 / 60)
        count = len(regions)
        frame = pd.DataFrame(
            {
                "region": named(ORDER, np.repeat([ORDER.index(r) for r in regions], len(shares)).astype(int)),
                "exceedance": np.tile(shares, count),
                "price": np.concatenate(price) if count else np.empty(0),
                "hours": np.concatenate(hours) if count else np.empty(0),
            }
        )
        units = {"exceedance": "", "price": "$/MWh", "hours": "h"}
        return self.answer(snapshot, frame, units, block, ("region",))


__all__ = ["PriceBands", "PriceDuration"]
