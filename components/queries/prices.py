"""Regional prices over time, and their statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import param

from components.errors import Problem
from components.market_time import Window, label_side
from components.metrics.buckets import Means
from components.metrics.prices import summarise
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.grid import Grid, named
from components.queries.monthly import add_by_month, in_days
from components.queries.prices_period import ORDER, REGION_DOC, PricePeriodQuery
from components.queries.regional import axis_of, prices, regions_asked, shown_buckets
from components.schema import DATASETS
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

ENERGY = "energy"
PRICE_UNITS = {c.name: c.unit for c in DATASETS["price"].columns}
FCAS = tuple(name.removesuffix("_rrp") for name in PRICE_UNITS if name.endswith("_rrp"))
_COUNTS = ("intervals", "negative_intervals")


@register
class RegionalPrices(WindowQuery):
    """Regional reference prices over time."""

    route = "prices/regional"
    page = "prices"
    title = "Regional prices"
    description = (
        "Regional reference price (RRP). A coarser interval is the time-weighted mean of its prices; NEM is "
        "weighted by demand, per interval and over time, and null where any region lacks price or demand."
    )
    dataset = "price"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "price": ("$/MWh", "Price, null where none is known; of FCAS markets in $/MW/h"),
    }
    examples = (
        "last=1d&region=NSW1",
        "last=7d&interval=1h&region=NEM",
        "last=30d&interval=1d&agg=max",
        "last=7d&market=raise6sec",
        "last=30d&hour=17-20&weekday=workday",
    )

    region = Names(default=[], vocabulary="region", doc=REGION_DOC)
    agg: Any = param.Selector(
        default="mean", objects=["mean", "min", "max"], doc="What a bucket shows of its 5-minute prices."
    )
    market: Any = param.Selector(
        default=ENERGY,
        objects=[ENERGY, *FCAS],
        doc="Energy, or one of the frequency control (FCAS) markets, whose prices are in $ per MW and hour; these have no NEM price.",
    )

    def check(self, snapshot: Snapshot) -> list[Problem]:
        problems = super().check(snapshot)
        if self.market != ENERGY and NEM in self.region:
            problems.append(
                Problem("region", NEM, f"{self.market} has a price in each region, none for the NEM", REGIONS)
            )
        return problems

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        asked = regions_asked(self.region)
        axis = axis_of(snapshot, window, "price")
        column = "rrp" if self.market == ENERGY else f"{self.market}_rrp"
        market = NEM in asked
        # What days add up to is remembered for whoever asks for the NEM next.
        nem = market or (self.market == ENERGY and in_days(window.interval))
        sums = {"apart": Means(len(REGIONS), axis, self.agg)}
        if nem and self.agg == "mean":  # it weights by energy: money and demand of the intervals that have both
            sums |= {"money": Means(1, axis), "energy": Means(1, axis)}
        elif nem:
            sums |= {"extreme": Means(1, axis, self.agg)}

        def add(part: Window, to: Mapping[str, Means]) -> None:
            for price, demand in prices(snapshot, part, nem=nem, column=column):
                to["apart"].add(price.times, price.values[: len(REGIONS)])
                whole = price.row(NEM)
                if "extreme" in to:
                    to["extreme"].add(price.times, whole[None])
                elif "money" in to:
                    load = demand.row(NEM)
                    to["money"].add(price.times, (whole * load)[None])
                    to["energy"].add(price.times, np.where(np.isnan(whole), np.nan, load)[None])

        if len(axis):
            add_by_month(snapshot, window, ("price", "region"), ("prices", column, *sums), sums, add)
        rows = [REGIONS.index(r) for r in asked if r != NEM]
        values = sums["apart"].result()[rows]
        present = int(sums["apart"].counts[rows].sum())
        notes = []
        if market:
            if self.agg == "mean":
                money, energy = sums["money"].totals, sums["energy"].totals
                with np.errstate(invalid="ignore", divide="ignore"):
                    whole = money / np.where(energy != 0, energy, np.nan)
            else:
                whole = sums["extreme"].result()
            values = np.vstack([values, whole])
            present += int(sums["energy" if self.agg == "mean" else "extreme"].counts.sum())
            if len(axis) and np.isnan(whole).all():
                notes.append(
                    "The NEM price needs price and demand of all five regions; this window has no such interval."
                )
        keep = shown_buckets(axis, window, ~np.isnan(values))
        grid = Grid(axis.labels[keep], {"region": asked}, {"price": values[:, keep]})
        return Result(
            grid, {"price": PRICE_UNITS[column]}, window.start, window.end, ("region",), window.interval,
            label_side(window.interval), window.expected * len(asked), present,
            snapshot.version, snapshot.sources, tuple(notes),
        )  # fmt: skip


@register
class PriceStats(PricePeriodQuery):
    """Statistics of regional prices over a window."""

    route = "prices/stats"
    title = "Price statistics"
    description = "Mean, percentiles, extremes, volatility, negative and high prices of each region over a window."
    row_columns = {
        "region": ("", "Region, or NEM"),
        "mean": ("$/MWh", "Time-weighted mean"),
        "median": ("$/MWh", "Median of the native readings"),
        "p5": ("$/MWh", "5th percentile"),
        "p25": ("$/MWh", "25th percentile"),
        "p75": ("$/MWh", "75th percentile"),
        "p95": ("$/MWh", "95th percentile"),
        "min": ("$/MWh", "Lowest price"),
        "min_time": ("", "When it was first reached (end of the interval)"),
        "max": ("$/MWh", "Highest price"),
        "max_time": ("", "When it was first reached (end of the interval)"),
        "volatility": ("$/MWh", "Standard deviation of prices"),
        "change_volatility": ("$/MWh", "Standard deviation of changes between neighbouring 5-minute prices"),
        "negative_hours": ("h", "Hours below $0"),
        "negative_intervals": ("", "Native intervals (5 or 30 minutes) below $0"),
        "longest_negative_hours": ("h", "Longest time below $0 without a break"),
        "hours_above_300": ("h", "Hours at $300 or more"),
        "cap_payout": ("$/MW", "Sum of max(0, price - 300) x hours"),
        "volume_weighted": ("$/MWh", "Demand-weighted mean"),
        "intervals": ("", "Native intervals with a price"),
        "coverage": ("", "Share of the window's 5-minute intervals with a price"),
    }
    examples = ("last=7d", "start=2024-07-01&end=2024-08-01&region=NEM")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        asked, block, demand = self.gathered(snapshot)
        expected = self.window(snapshot).expected
        present = (block.values.shape[1] - np.isnan(block.values).sum(axis=1)).tolist()
        found = [(i, region) for i, region in enumerate(asked) if present[i]]
        minutes = block.minutes
        native = [minutes[i] if isinstance(minutes, np.ndarray) else minutes for i in range(len(asked))]
        rows = [summarise(block.times, block.values[i], native[i], demand[i]) for i, _ in found]
        columns: dict[str, Any] = {"region": named(ORDER, np.array([ORDER.index(r) for _, r in found], int))}
        for name in self.row_columns:
            if name == "coverage":
                columns[name] = np.array([present[i] / expected if expected else np.nan for i, _ in found], float)
            elif name != "region":
                kind = "int64" if name in _COUNTS else "datetime64[us]" if name.endswith("_time") else "float64"
                columns[name] = np.array([getattr(row, name) for row in rows], kind)
        frame = pd.DataFrame(columns)
        units = {c: unit for c, (unit, _) in self.row_columns.items() if c not in ("region", "min_time", "max_time")}
        return self.answer(snapshot, frame, units, block, ("region",))


__all__ = ["PriceStats", "RegionalPrices"]
