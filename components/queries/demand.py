"""Demand of regions, with rooftop solar added back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import param

from components.market_time import Window, label_side
from components.metrics.buckets import HOW, Means
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.monthly import add_by_month
from components.queries.regional import aligned, axis_of, blocks, long_frame, regions_asked, shown_buckets
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

ROWS = (*REGIONS, NEM)


@register
class Demand(WindowQuery):
    """Operational and underlying demand over time."""

    route = "demand"
    page = "generation"
    title = "Demand"
    description = (
        "Operational demand (TOTALDEMAND), the rooftop solar estimate, and underlying demand = both together. "
        "NEM is the sum of the five regions, null where one is missing."
    )
    dataset = "region"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "demand": ("MW", "Operational demand; can be negative. With agg=sum these columns are energy in MWh"),
        "rooftop": ("MW", "Estimated rooftop solar"),
        "underlying": ("MW", "Demand + rooftop, null where either is missing"),
    }
    examples = ("last=1d&region=NSW1", "last=30d&interval=1d&region=NEM", "last=1y&interval=1M&agg=max")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = their sum.")
    agg: Any = param.Selector(
        default="mean",
        objects=list(HOW),
        doc="What a bucket shows of its 5-minute power: mean, min, max, or sum = energy: the same columns in MWh.",
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        asked = regions_asked(self.region)
        axis = axis_of(snapshot, window, "region")
        columns = {name: Means(len(ROWS), axis, self.agg) for name in ("demand", "rooftop", "underlying")}

        def add(part: Window, to: Mapping[str, Means]) -> None:
            for block in blocks(snapshot, "region", "demand", part, REGIONS):
                roof = aligned(snapshot, "rooftop", "mw", block.times, REGIONS)
                for name, values in (("demand", block.values), ("rooftop", roof), ("underlying", block.values + roof)):
                    to[name].add(block.times, np.vstack([values, values.sum(axis=0)]))

        if len(axis):
            add_by_month(snapshot, window, ("region", "rooftop"), "demand", columns, add)
        rows = [ROWS.index(r) for r in asked]
        present = int(columns["demand"].counts[rows].sum())
        numbers = {name: means.result()[rows] for name, means in columns.items()}
        keep = shown_buckets(axis, window, ~np.isnan(numbers["demand"]))
        frame = long_frame(axis.labels[keep], {"region": asked}, {k: v[:, keep] for k, v in numbers.items()})
        return Result(
            frame, dict.fromkeys(numbers, "MWh" if self.agg == "sum" else "MW"), window.start, window.end, ("region",), window.interval,
            label_side(window.interval), window.expected * len(asked), present,
            snapshot.version, snapshot.sources,
            ("Rooftop solar is AEMO's half-hourly estimate, published late.",),
        )  # fmt: skip
