"""Wind and solar power that could have been generated and was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import param

from components.market_time import label_side
from components.metrics.buckets import Means
from components.metrics.curtailment import curtailed, economic, network, rate
from components.queries.base import Choices, Names, Result, WindowQuery, register
from components.queries.regional import aligned, axis_of, blocks, long_frame, regions_asked, shown_buckets
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

FUELS_CURTAILED = ("wind", "solar")
_COLUMNS = ("uigf", "cleared", "curtailed", "economic", "network")
_NOTES = (
    "Economic is a proxy: curtailment at a regional price of $0 or less; network is the rest.",
    "Semi-scheduled wind and solar only; AEMO publishes these figures since April 2021.",
)


@register
class Curtailment(WindowQuery):
    """Forecast, cleared and curtailed wind and solar over time."""

    route = "curtailment"
    page = "curtailment"
    title = "Curtailment"
    description = (
        "Semi-scheduled wind and solar: the unconstrained forecast (UIGF), what was cleared, and what was curtailed = "
        "max(0, UIGF - cleared), worked out per 5-minute interval and region. Economic is curtailment at a price of $0 "
        "or less (a proxy), network the rest. NEM is the sum of the five regions, each split at its own price, null "
        "where one is missing. Null before the columns existed (April 2021)."
    )
    dataset = "region"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "fuel": ("", "wind or solar"),
        "uigf": ("MW", "Unconstrained intermittent generation forecast. With agg=sum these columns are energy in MWh"),
        "cleared": ("MW", "Cleared in dispatch"),
        "curtailed": ("MW", "max(0, UIGF - cleared)"),
        "economic": ("MW", "Curtailed at a regional price of $0 or less; null without a price"),
        "network": ("MW", "Curtailed at a regional price above $0; null without a price"),
        "rate": ("", "Curtailed / UIGF over the bucket; null where nothing was forecast"),
    }
    examples = ("last=1d&region=SA1", "last=30d&interval=1d&region=NEM&fuel=solar", "last=1y&interval=1M&agg=sum")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = their sum.")
    fuel = Choices(default=list(FUELS_CURTAILED), objects=FUELS_CURTAILED, doc="wind, solar or both.")
    agg: Any = param.Selector(
        default="mean",
        objects=["mean", "sum"],
        doc="Average power of a bucket, or sum = energy: the same columns in MWh.",
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region)) * len(self.fuel)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        asked = regions_asked(self.region)
        fuels = [f for f in FUELS_CURTAILED if f in self.fuel]
        series = [(r, f) for r in asked for f in fuels]
        axis = axis_of(snapshot, window, "region")
        collected = {name: Means(len(series), axis, self.agg) for name in _COLUMNS}
        present = 0
        for place, fuel in enumerate(fuels):
            rows = np.arange(place, len(series), len(fuels))
            for block in blocks(snapshot, "region", f"ss_{fuel}_uigf", window, REGIONS) if len(axis) else ():
                cleared = aligned(snapshot, "region", f"ss_{fuel}_cleared", block.times, REGIONS)
                price = aligned(snapshot, "price", "rrp", block.times, REGIONS)
                lost = curtailed(block.values, cleared)
                parts = {
                    "uigf": block.values, "cleared": cleared, "curtailed": lost,
                    "economic": economic(lost, price), "network": network(lost, price),
                }  # fmt: skip
                for name, values in parts.items():
                    whole = [values.sum(axis=0) if r == NEM else values[REGIONS.index(r)] for r in asked]
                    if name == "curtailed":
                        present += int((~np.isnan(whole)).sum())
                    collected[name].add(block.times, np.vstack(whole), rows)
        numbers = {name: means.result() for name, means in collected.items()}
        # Numerator and denominator of the rate hold the same intervals wherever both columns are published.
        numbers["rate"] = rate(numbers["curtailed"], numbers["uigf"])
        keep = shown_buckets(axis, window, ~np.isnan(numbers["uigf"]))
        names: dict[str, Sequence[str]] = {"region": [r for r, _ in series], "fuel": [f for _, f in series]}
        frame = long_frame(axis.labels[keep], names, {k: v[:, keep] for k, v in numbers.items()})
        units: dict[str, str] = {**dict.fromkeys(_COLUMNS, "MWh" if self.agg == "sum" else "MW"), "rate": ""}
        return Result(
            frame, units, window.start, window.end, ("region", "fuel"), window.interval, label_side(window.interval),
            window.expected * len(series), present, snapshot.version, snapshot.sources, _NOTES,
        )  # fmt: skip
