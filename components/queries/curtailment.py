"""Wind and solar power that could have been generated and was not: by region and fuel, or by unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import param

from components.market_time import Window, label_side
from components.metrics.buckets import KeyedMeans
from components.metrics.curtailment import curtailed, economic, network, rate
from components.queries.base import Choices, Names, Result, WindowQuery, register
from components.queries.curtailment_pool import (
    AT_ONCE,
    COLUMNS,
    DATASET,
    FUELS_CURTAILED,
    HOW_TO_READ_UNITS,
    others_of,
    regional_means,
    unit_readings,
)
from components.queries.regional import axis_of, long_frame, regions_asked, shown_buckets
from components.queries.units import UnitCoverage, matching, unit_table
from components.store.snapshot import Snapshot

_NOTES = (
    "Economic is a proxy: curtailment at a regional price of $0 or less; network is the rest.",
    "Semi-scheduled wind and solar only; AEMO publishes these figures since April 2021.",
)
_UNIT_NOTES = (_NOTES[0], "Semi-scheduled wind and solar only; AEMO publishes forecasts of single units since 2024.")
_WHO = ("duid", "station")


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
        "where one is missing. Null before the columns existed (April 2021). With by=duid or by=station each unit or station "
        "has its own series, from AEMO's DISPATCHLOAD where it was read (UIGF by unit: since 2024); with it, and with "
        "filters by station, duid or owner."
    )
    dataset = "region"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM; not where units or stations are the series"),
        "fuel": ("", "wind or solar; not where units or stations are the series"),
        "duid": ("", "Unit, where units are the series"),
        "station": ("", "Station, where stations are the series"),
        "uigf": ("MW", "Unconstrained intermittent generation forecast. With agg=sum these columns are energy in MWh"),
        "cleared": ("MW", "Cleared in dispatch"),
        "curtailed": ("MW", "max(0, UIGF - cleared)"),
        "economic": ("MW", "Curtailed at a regional price of $0 or less; null without a price"),
        "network": ("MW", "Curtailed at a regional price above $0; null without a price"),
        "rate": ("", "Curtailed / UIGF over the bucket; null where nothing was forecast"),
        "price": ("$/MWh", "Regional price weighted by what was curtailed; null where nothing was"),
    }
    examples = (
        "last=1d&region=SA1", "last=30d&interval=1d&region=NEM&fuel=solar", "last=1y&interval=1M&agg=sum",
        "by=station&region=SA1&fuel=wind&last=7d",
    )  # fmt: skip

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = their sum.")
    fuel = Choices(default=list(FUELS_CURTAILED), objects=FUELS_CURTAILED, doc="wind, solar or both.")
    by: Any = param.Selector(
        default="region",
        objects=["region", "station", "duid"],
        doc="One series for each region and fuel, station or unit. Named units are shown as units, named stations and owners as stations in any case.",
    )
    station = Names(default=[], vocabulary="station", doc="Stations, in place of regions; none = all.")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID, in place of regions; none = all.")
    owner = Names(default=[], vocabulary="owner", doc="Owners, in place of regions; none = all.")
    agg: Any = param.Selector(
        default="mean",
        objects=["mean", "sum"],
        doc="Average power of a bucket, or sum = energy: the same columns in MWh.",
    )

    @property
    def word(self) -> str:
        """What makes a series: ``region`` (and fuel), ``station`` or ``duid``."""
        if self.by != "region":
            return str(self.by)
        return "duid" if self.duid else "station" if self.station or self.owner else "region"

    def rows_at_most(self, snapshot: Snapshot) -> int:
        count = len(regions_asked(self.region)) * len(self.fuel)
        if self.word != "region":
            count = len(self.duid if self.word == "duid" and self.duid else snapshot.keys(DATASET))
        return self.buckets_at_most(snapshot) * count

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        return self.regions(snapshot, window) if self.word == "region" else self._units(snapshot, window)

    def regions(self, snapshot: Snapshot, window: Window, columns: Sequence[str] = ()) -> Result:
        """The answer by region and fuel; ``columns``: only some of the powers, and the forecast."""
        asked = regions_asked(self.region)
        fuels = [f for f in FUELS_CURTAILED if f in self.fuel]
        series = [(r, f) for r in asked for f in fuels]
        axis = axis_of(snapshot, window, "region")
        wanted = columns or (*COLUMNS, "money")
        found = regional_means(
            snapshot, window, axis, series, tuple(dict.fromkeys((*wanted, "uigf", "curtailed"))), self.agg
        )
        money, priced = found.pop("money", None), found.pop("priced", None)
        present = int(found["curtailed"].counts.sum())
        numbers = {name: found[name].result() for name in COLUMNS if name in {*wanted, "uigf"}}
        if money is not None and priced is not None:
            # Numerator and denominator of the rate hold the same intervals wherever both columns are published.
            numbers["rate"] = rate(numbers["curtailed"], numbers["uigf"])
            numbers["price"] = _weighted(money.totals, priced.totals)
        keep = shown_buckets(axis, window, ~np.isnan(numbers["uigf"]))
        names: dict[str, Sequence[str]] = {"region": [r for r, _ in series], "fuel": [f for _, f in series]}
        frame = long_frame(axis.labels[keep], names, {k: v[:, keep] for k, v in numbers.items()})
        return Result(
            frame, self._measured(), window.start, window.end, ("region", "fuel"), window.interval, label_side(window.interval),
            window.expected * len(series), present, snapshot.version, snapshot.sources, _NOTES,
        )  # fmt: skip

    def _measured(self) -> dict[str, str]:
        """Unit of each column."""
        return {**dict.fromkeys(COLUMNS, "MWh" if self.agg == "sum" else "MW"), "rate": "", "price": "$/MWh"}

    def _units(self, snapshot: Snapshot, window: Window) -> Result:
        table = unit_table(snapshot)
        chosen = matching(
            table, region=self.region, fuel=self.fuel, station=self.station, duid=self.duid, owner=self.owner
        )
        axis = axis_of(snapshot, window, DATASET)
        names, codes = np.unique(getattr(table, self.word).astype(str), return_inverse=True)
        collected = {name: KeyedMeans(axis, self.agg) for name in COLUMNS}
        money, priced = KeyedMeans(axis, "sum"), KeyedMeans(axis, "sum")
        coverage = UnitCoverage(table, window, chosen, scada=False)
        for part in unit_readings(snapshot, window, chosen) if len(axis) else ():
            counts = np.zeros(len(part.rows), np.int64)
            # A few groups at a time: a month of every farm in every column would be a hundred megabytes.
            for some in _bunches(codes[part.rows]):
                uigf = part.values[some].astype(np.float64)
                cleared, _, price = others_of(snapshot, table, part.rows[some], part.times)
                lost = curtailed(uigf, cleared)
                uigf = np.where(np.isnan(lost), np.nan, uigf)  # a rate has the same intervals above and below the line
                counts[some] = (~np.isnan(lost)).sum(axis=1)
                used, local = np.unique(codes[part.rows[some]], return_inverse=True)
                keys = used.tolist()
                parts = {
                    "uigf": uigf, "cleared": cleared, "curtailed": lost,
                    "economic": economic(lost, price), "network": network(lost, price),
                }  # fmt: skip
                for name, values in parts.items():
                    collected[name].add(keys, part.times, _grouped(values, local, len(used)))
                money.add(keys, part.times, _grouped(lost * price, local, len(used)))
                priced.add(keys, part.times, _grouped(np.where(np.isnan(price), np.nan, lost), local, len(used)))
            coverage.add(part, counts)
        order = sorted(cast(list[int], collected["uigf"].keys), key=lambda c: names[c])
        numbers = {name: means.result(order) for name, means in collected.items()}
        numbers["rate"] = rate(numbers["curtailed"], numbers["uigf"])
        numbers["price"] = _weighted(money.result(order), priced.result(order))
        keep = shown_buckets(axis, window, ~np.isnan(numbers["uigf"]))
        frame = long_frame(
            axis.labels[keep], {self.word: [str(names[c]) for c in order]}, {k: v[:, keep] for k, v in numbers.items()}
        )
        expected, present = coverage.totals()
        notes = _UNIT_NOTES if snapshot.keys(DATASET) else (HOW_TO_READ_UNITS,)
        return Result(
            frame, self._measured(), window.start, window.end, (self.word,), window.interval,
            label_side(window.interval), expected or window.expected, present, snapshot.version, snapshot.sources, notes,
        )  # fmt: skip


def _bunches(codes: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of units, some at a time; those of one group stay together."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, codes[order][1:] != codes[order][:-1]]) if len(order) else np.empty(0, np.int64)
    begin = 0
    for end in [*starts[1:].tolist(), len(order)]:
        if end - begin >= AT_ONCE or end == len(order):
            yield order[begin:end]
            begin = end


def _grouped(values: np.ndarray, local: np.ndarray, count: int) -> np.ndarray:
    """Sums of units (K, T) by group (count, T): the missing adds nothing, NaN where a group has no reading."""
    out, known = np.zeros((count, values.shape[1])), np.zeros((count, values.shape[1]), bool)
    for row, group in enumerate(local.tolist()):
        there = ~np.isnan(values[row])
        out[group] += np.where(there, values[row], 0.0)
        known[group] |= there
    return np.where(known, out, np.nan)


def _weighted(money: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Money / energy; NaN where there is none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(energy > 0, money / energy, np.nan)
