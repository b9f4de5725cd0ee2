"""Energy and money of fuels in buckets of days or longer, behind the questions about capture prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from components.market_time import label_side
from components.metrics.buckets import KeyedMeans, Means
from components.metrics.capture import generation_shares
from components.metrics.generation import sum_units, terms
from components.metrics.revenue import capture_price, ratio
from components.queries.base import PeriodQuery, Result
from components.queries.monthly import DAY, regions_of, remembered
from components.queries.regional import aligned, axis_of, blocks, long_frame, regions_asked, shown_buckets
from components.queries.units import Readings, UnitTable, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, LOAD, NEM, REGIONS

FIELDS = ("energy", "energy_priced", "earned")
NUMBERS = ("energy_mwh", "capture_price", "flat_price", "capture_rate", "share")
Key = tuple[str, str]
"""Region and fuel of a series."""


class CaptureSums:
    """One answer in the making: energy and money by region and fuel in buckets of days or longer."""

    def __init__(
        self, query: PeriodQuery, snapshot: Snapshot, region: Sequence[str], fuel: Sequence[str], *, whole: bool = False
    ):
        self.query, self.snapshot = query, snapshot
        self.window = query.window(snapshot)
        if whole:
            self.window = replace(self.window, interval="1d")
        self.asked = regions_asked(region)
        self.fuel = fuel
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

    def sums_of(self, *, whole: bool) -> tuple[list[Key], dict[str, np.ndarray]]:
        """Energy and money of each series (series, buckets), or over the whole window as one bucket."""
        if len(self.axis):
            self.collect()
        keys = cast(list[Key], self.sums["energy"].keys)
        values = {name: np.nan_to_num(self.sums[name].result(keys)) for name in FIELDS}
        totals, counts = self.flat.totals, self.flat.counts
        if whole:
            values = {name: v.sum(axis=1, keepdims=True) for name, v in values.items()}
            totals, counts = totals.sum(axis=1, keepdims=True), counts.sum(axis=1, keepdims=True)
        flat = np.append(ratio(totals, counts), np.full((1, totals.shape[1]), np.nan), axis=0)
        place = np.array([REGIONS.index(r) if r in REGIONS else -1 for r, _ in keys], int)
        # Where no price is known there is no priced energy either.
        values["at_flat"] = values["energy_priced"] * np.nan_to_num(flat[place])
        return keys, values

    def shown(self, *, whole: bool) -> tuple[dict[str, Sequence[str]], dict[str, np.ndarray]]:
        """Names and figures of the series that are asked for."""
        keys, values = self.sums_of(whole=whole)
        shown = [r for r in self.rows(keys, values) if not self.fuel or r[0][1] in self.fuel]
        empty = np.empty((0, 1 if whole else len(self.axis)))
        numbers = {n: np.vstack([r[1][n] for r in shown]) if shown else empty for n in NUMBERS}
        return {"region": [r[0][0] for r in shown], "fuel": [r[0][1] for r in shown]}, numbers

    def result(self) -> Result:
        """The answer bucket by bucket."""
        names, numbers = self.shown(whole=False)
        keep = shown_buckets(self.axis, self.window, numbers["energy_mwh"] > 0)
        frame = long_frame(self.axis.labels[keep], names, {k: v[:, keep] for k, v in numbers.items()})
        return self.answer(frame, self.window.interval, label_side(self.window.interval))

    def whole(self) -> Result:
        """The answer about the window as a whole."""
        names, numbers = self.shown(whole=True)
        columns: dict[str, Any] = {w: pd.Categorical(list(n), list(dict.fromkeys(n))) for w, n in names.items()}
        return self.answer(pd.DataFrame(columns | {k: v[:, 0] for k, v in numbers.items()}), "", "")

    def answer(self, frame: pd.DataFrame, interval: str, side: str) -> Result:
        """The result around a frame."""
        return Result(
            frame, {c: self.query.row_columns[c][0] for c in NUMBERS}, self.window.start, self.window.end,
            ("region", "fuel"), interval, side, self.window.expected * len(REGIONS), self.present,
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
