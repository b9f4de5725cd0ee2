"""How penetration is distributed: time and price at each level of it, and how long it was how high."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import param

from components.market_time import bucket_name, bucket_start
from components.metrics.penetration import BinSums, bins_of
from components.metrics.revenue import ratio
from components.queries.base import Names, Result, register
from components.queries.penetration_months import Stretch, stretches
from components.queries.regional import axis_of, regions_asked
from components.queries.trends_annual import TrendQuery
from components.queries.trends_penetration import DEFINITION, NOTES, REGION_DOC, price_of
from components.store.snapshot import Snapshot

WHOLE = "whole"
PERIODS = {WHOLE: "The whole range", "1y": "Calendar years", "fy": "Financial years (July–June)", "season": "Seasons"}
"""What a distribution is of -> label."""
LONGEST = 3.0
"""Penetration up to which there are bins; beyond it the last one."""


class _Distribution(TrendQuery):
    """What the distribution and the duration of penetration share: they are of a window, or of each of its periods."""

    dataset = "region"

    region = Names(default=[], vocabulary="region", doc=REGION_DOC)
    by: Any = param.Selector(
        default=WHOLE,
        objects=list(PERIODS),
        doc="One distribution for the whole window, or one for each year or season.",
    )

    @property
    def grouping(self) -> str:
        return "1d" if self.by == WHOLE else str(self.by)

    def periods(self, snapshot: Snapshot) -> list[str]:
        """Names of the periods that can hold data."""
        if self.by == WHOLE:
            return [WHOLE]
        axis = axis_of(snapshot, self.window(snapshot), "region")
        return [bucket_name(s, self.by) for s in axis.starts]

    def split(self, snapshot: Snapshot, place: str) -> Iterator[tuple[str, Stretch]]:
        """The window's stretches with the name of their period: no month lies in two of them."""
        for part in stretches(snapshot, place, self.window(snapshot)):
            name = WHOLE if self.by == WHOLE else bucket_name(bucket_start(part.times[:1], self.by)[0], self.by)
            yield name, part

    def answer(self, snapshot: Snapshot, frame: pd.DataFrame, present: int, units: dict[str, str], last: str) -> Result:
        """The result around rows of (region, period, ``last``)."""
        window = self.window(snapshot)
        for name in ("region", "period"):
            frame[name] = pd.Categorical(frame[name], categories=list(dict.fromkeys(frame[name])))
        return Result(
            frame, units, window.start, window.end, ("region", "period", last), "", "",
            window.expected * len(regions_asked(self.region)), present, snapshot.version, snapshot.sources, NOTES,
        )  # fmt: skip


@register
class PenetrationBins(_Distribution):
    """Time and price at each level of penetration."""

    route = "trends/penetration/bins"
    title = "Distribution of penetration, and prices against it"
    description = (
        DEFINITION
        + " Time in each bin of it and the mean price of these intervals, for the window or each year (season). "
        "A bin holds its lower edge; shares below 0 count in the first one."
    )
    row_columns: ClassVar = {
        "region": ("", "Region, or NEM"),
        "period": ("", "whole, or the name of the year or season; FY25 is July 2024 to June 2025"),
        "low": ("", "Lower edge of the bin, inclusive"),
        "high": ("", "Upper edge of the bin, exclusive"),
        "hours": ("h", "Time in the bin"),
        "share": ("", "Part of the period's known time"),
        "price": ("$/MWh", "Time-weighted mean price of the bin's intervals that have one"),
    }
    examples = ("region=SA1&by=1y", "region=NEM&width=10")

    width: Any = param.Selector(default=5, objects=[1, 2, 5, 10], doc="Width of a bin, in percentage points.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * len(self.periods(snapshot)) * round(LONGEST * 100 / self.width)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        wide = self.width / 100
        count = round(LONGEST / wide)
        rows: list[tuple[Any, ...]] = []
        present = 0
        for place in regions_asked(self.region):
            sums: dict[str, BinSums] = {}
            for name, part in self.split(snapshot, place):
                found = sums.setdefault(name, BinSums.zeros(count))
                found.add(bins_of(part.share, wide, count), price_of(snapshot, place, part.times))
            for name, found in sums.items():
                known = int(found.intervals.sum())
                present += known
                last = int(np.flatnonzero(found.intervals)[-1]) if known else -1
                price = ratio(found.prices, found.priced)
                rows += [
                    (place, name, k * self.width / 100, (k + 1) * self.width / 100, n / 12, n / known, price[k])
                    for k, n in enumerate(found.intervals[: last + 1].tolist())
                ]
        frame = pd.DataFrame(rows, columns=list(self.row_columns))
        numbers = list(self.row_columns)[2:]
        frame[numbers] = frame[numbers].astype("float64")
        return self.answer(snapshot, frame, present, {n: self.row_columns[n][0] for n in numbers}, "low")


@register
class PenetrationDuration(_Distribution):
    """The penetration that was exceeded for each share of the time."""

    route = "trends/penetration/duration"
    title = "Duration of penetration"
    description = DEFINITION + " The penetration exceeded for each share of the time; linear between intervals."
    row_columns: ClassVar = {
        "region": ("", "Region, or NEM"),
        "period": ("", "whole, or the name of the year or season; FY25 is July 2024 to June 2025"),
        "exceedance": ("", "Share of the known time with a higher penetration, 0 to 1"),
        "penetration": ("", "Penetration that is exceeded for that share of the time"),
    }
    examples = ("region=SA1&by=1y", "region=NEM&steps=20")

    steps = param.Integer(default=100, bounds=(2, 1000), doc="Points of the curve besides its first.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * len(self.periods(snapshot)) * (self.steps + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        shares = np.linspace(0.0, 1.0, self.steps + 1)
        names: list[tuple[str, str]] = []
        curves: list[np.ndarray] = []
        present = 0
        for place in regions_asked(self.region):
            parts: dict[str, list[np.ndarray]] = {}
            for name, part in self.split(snapshot, place):
                share = part.share
                parts.setdefault(name, []).append(share[~np.isnan(share)])
            for name, found in parts.items():
                values = np.concatenate(found)
                if len(values):
                    present += len(values)
                    names.append((place, name))
                    curves.append(np.quantile(values.astype(np.float64), 1.0 - shares))
        count = len(shares)
        frame = pd.DataFrame({
            "region": np.repeat([r for r, _ in names], count), "period": np.repeat([p for _, p in names], count),
            "exceedance": np.tile(shares, len(names)),
            "penetration": np.concatenate(curves) if curves else np.empty(0),
        })  # fmt: skip
        return self.answer(snapshot, frame, present, {"exceedance": "", "penetration": ""}, "exceedance")


__all__ = ["PERIODS", "WHOLE", "PenetrationBins", "PenetrationDuration"]
