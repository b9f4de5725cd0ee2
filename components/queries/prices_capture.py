"""Capture price and capture rate of fuels over time, with their share of generation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import param

from components.market_time import Window, label_side, typical_minutes
from components.metrics.buckets import KeyedMeans, Means
from components.metrics.capture import generation_shares
from components.metrics.generation import sum_units, terms
from components.metrics.revenue import capture_price, ratio
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.monthly import DAY, regions_of, remembered
from components.queries.prices_period import REGION_DOC
from components.queries.regional import aligned, axis_of, blocks, long_frame, regions_asked, shown_buckets
from components.queries.units import Readings, UnitTable, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, LOAD, NEM, REGIONS

INTERVALS = ("1d", "7d", "1M", "3M", "season", "half", "1y", "fy")
FIELDS = ("energy", "energy_priced", "earned")
Key = tuple[str, str]
"""Region and fuel of a series."""


@register
class PriceCapture(WindowQuery):
    """What each fuel got for its energy, against the flat price."""

    route = "prices/capture"
    page = "prices"
    title = "Capture prices"
    description = (
        "Capture price of each fuel (Σ P·RRP·h / Σ P·h at the native interval; batteries: discharge only), the flat "
        "price of the same time, their ratio, and the fuel's share of generation. NEM pools money and energy of the "
        "regions; its capture rate compares with what the same energy would have earned at each region's mean price."
    )
    dataset = "price"
    row_columns = {
        "time": ("", "Start of the bucket"),
        "region": ("", "Region, or NEM"),
        "fuel": ("", "Fuel"),
        "energy_mwh": ("MWh", "Energy generated"),
        "capture_price": ("$/MWh", "Money / energy over intervals with both; null without energy"),
        "flat_price": ("$/MWh", "Time-weighted mean price; NEM: of its regions, weighted by where the fuel generated"),
        "capture_rate": ("", "Capture price / flat price; null where the flat price is not above zero"),
        "share": ("", "Share of all that is generated, rooftop included; null for storage"),
    }
    examples = ("last=1y&region=SA1&fuel=solar,wind", "last=30d&region=NEM&interval=1d")

    interval: Any = param.Selector(
        default="auto",
        objects=["auto", *INTERVALS],
        doc="Bucket length, a day at least; auto follows the window's length.",
    )
    region = Names(
        default=[], vocabulary="region", doc=REGION_DOC.replace("the demand-weighted price of all", "all as one")
    )
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all that generate.")

    def _window(self, snapshot: Snapshot) -> Window:
        window = super()._window(snapshot)
        if typical_minutes(window.interval) >= typical_minutes("1d") and self.interval != "auto":
            return window
        length = window.end - window.start
        auto = next(
            (i for i, days in (("1d", 62), ("7d", 200), ("1M", 1500), ("3M", 4000)) if length.days <= days), "1y"
        )
        return replace(window, interval=auto)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        fuels = len(self.fuel) or len(FUELS) - len([f for f in FUELS.values() if f.load])
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region)) * fuels

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        return _Capture(self, snapshot).result()


class _Capture:
    """One answer in the making: energy and money by region and fuel in buckets of days or longer."""

    def __init__(self, query: PriceCapture, snapshot: Snapshot):
        self.query, self.snapshot = query, snapshot
        self.window = query.window(snapshot)
        self.asked = regions_asked(query.region)
        self.table = unit_table(snapshot)
        self.axis = axis_of(snapshot, self.window, "scada", "rooftop", "price")
        self.sums = {name: KeyedMeans(self.axis, "sum") for name in FIELDS}
        self.flat = Means(len(REGIONS), self.axis)
        self.present = 0

    def price(self, times: np.ndarray) -> np.ndarray:
        """Prices of the five regions, and of units without one (none), on these stamps (6, T)."""
        known = aligned(self.snapshot, "price", "rrp", times, REGIONS)
        return np.vstack([known, np.full(len(times), np.nan)])

    def collect(self) -> None:
        for block in blocks(self.snapshot, "price", "rrp", self.window, REGIONS):
            self.flat.add(block.times, block.values)
            self.present += int((~np.isnan(block.values)).sum())
        for part in readings(self.snapshot, self.window):
            self.add_units(part)
        for block in blocks(self.snapshot, "rooftop", "mw", self.window, REGIONS):
            price = self.price(block.times)[:-1]
            keys = [(r, "rooftop") for r in REGIONS]
            mw = block.values.astype(np.float64)
            self.add(
                keys,
                block.times,
                {"energy": mw, "energy_priced": np.where(np.isnan(price), np.nan, mw), "earned": mw * price},
            )

    def add(self, keys: list[Key], times: np.ndarray, values: dict[str, np.ndarray]) -> None:
        for name, series in values.items():
            self.sums[name].add(keys, times, series)

    def add_units(self, part: Readings) -> None:
        stretch = part.stretch
        if stretch is None or stretch.begin % DAY or stretch.end % DAY:
            keys, values = self.series(part.rows, part.values, part.times)
            self.add(keys, part.times, values)
            return
        prices = tuple(c.identity for c in self.snapshot.chunks("price") if c.month == stretch.chunk.month)
        key = ("capture", prices, self.table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end)
        keys, days = remembered(key, lambda: self.days(part))
        for name, (totals, counts) in days.items():
            self.sums[name].add_sums(keys, part.times[DAY - 1 :: DAY], totals, counts)

    def days(self, part: Readings) -> tuple[list[Key], dict[str, tuple[np.ndarray, np.ndarray]]]:
        """Daily sums and counts of the series of whole days; small enough to be remembered."""
        keys, values = self.series(part.rows, part.values, part.times)
        out = {}
        for name, series in values.items():
            by_day = series.reshape(len(keys), -1, DAY)
            known = ~np.isnan(by_day)
            out[name] = np.where(known, by_day, 0.0).sum(axis=2), known.sum(axis=2).astype(np.int32)
        return keys, out

    def series(
        self, rows: np.ndarray, values: np.ndarray, times: np.ndarray
    ) -> tuple[list[Key], dict[str, np.ndarray]]:
        """Power, power with a price and money per hour of each region and fuel, (series, T) each."""
        table = self.table
        keys, codes = _codes(table)
        used, packed = np.unique(codes[rows], return_inverse=True)
        skip = int(len(used) > 0 and used[0] == -1)
        mine = np.where(codes[rows] >= 0, packed - skip, -1)
        units, parts, series = terms(table.role[rows], mine, np.full(len(rows), -1))
        price = self.price(times)
        region = regions_of(table, rows)  # -1, the last row, has no price
        count = len(used) - skip
        there = np.where(np.isnan(price), np.nan, 1.0)
        return [keys[code] for code in used[skip:].tolist()], {
            "energy": sum_units(values, units, parts, series, count),
            "energy_priced": sum_units(values, units, parts, series, count, price=there, region=region),
            "earned": sum_units(values, units, parts, series, count, price=price, region=region),
        }

    def result(self) -> Result:
        q = self.query
        if len(self.axis):
            self.collect()
        keys = cast(list[Key], self.sums["energy"].keys)
        values = {name: np.nan_to_num(self.sums[name].result(keys)) for name in FIELDS}
        flat = np.vstack([self.flat.result(), np.full(len(self.axis), np.nan)])
        place = np.array([REGIONS.index(r) if r in REGIONS else -1 for r, _ in keys], int)
        # Where no price is known there is no priced energy either.
        values["at_flat"] = (
            values["energy_priced"] * np.nan_to_num(flat[place]) if keys else np.empty((0, len(self.axis)))
        )
        rows = list(self.rows(keys, values))
        shown = [r for r in rows if not q.fuel or r[0][1] in q.fuel]
        empty = np.empty((0, len(self.axis)))
        numbers = {
            name: np.vstack([r[1][name] for r in shown]) if shown else empty
            for name in ("energy_mwh", "capture_price", "flat_price", "capture_rate", "share")
        }
        keep = shown_buckets(self.axis, self.window, numbers["energy_mwh"] > 0)
        names: dict[str, Sequence[str]] = {"region": [r[0][0] for r in shown], "fuel": [r[0][1] for r in shown]}
        frame = long_frame(self.axis.labels[keep], names, {k: v[:, keep] for k, v in numbers.items()})
        return Result(
            frame, {c: q.row_columns[c][0] for c in numbers}, self.window.start, self.window.end, ("region", "fuel"),
            self.window.interval, label_side(self.window.interval), self.window.expected * len(REGIONS), self.present,
            self.snapshot.version, self.snapshot.sources,
            ("Rooftop solar is an estimate, valued at the regional price; it is not paid at spot.",),
        )  # fmt: skip

    def rows(self, keys: list[Key], values: dict[str, np.ndarray]) -> Iterator[tuple[Key, dict[str, np.ndarray]]]:
        """Figures of each region asked for and each fuel that generated there, in the vocabulary's order."""
        for region in self.asked:
            fuels = [f for f in FUELS if any(k[1] == f and region in (k[0], NEM) for k in keys)]
            pooled = {
                name: np.vstack(
                    [sum(v[i] for i, k in enumerate(keys) if k[1] == f and region in (k[0], NEM)) for f in fuels]
                )
                for name, v in values.items()
                if fuels
            }
            if not fuels:
                continue
            shares = generation_shares(fuels, pooled["energy"].T).T
            for i, fuel in enumerate(fuels):
                s = {name: v[i] for name, v in pooled.items()}
                if not (s["energy"] > 0).any():
                    continue
                yield (
                    (region, fuel),
                    {
                        "energy_mwh": s["energy"],
                        "capture_price": capture_price(s["earned"], s["energy_priced"]),
                        "flat_price": ratio(s["at_flat"], s["energy_priced"]),
                        "capture_rate": ratio(s["earned"], s["at_flat"]),
                        "share": shares[i],
                    },
                )


def _codes(table: UnitTable) -> tuple[list[Key], np.ndarray]:
    """Every (region, fuel) that a registry row may generate for, and each row's place among them; -1 for loads."""
    index: dict[Key, int] = {}
    of_kind = np.array([index.setdefault((region, fuel), len(index)) for region, fuel, _ in table.kinds], np.int64)
    codes = np.where(table.role == LOAD, -1, of_kind[table.gives]) if table.rows else np.empty(0, np.int64)
    return list(index), codes


__all__ = ["INTERVALS", "PriceCapture"]
