"""How much of its capacity each fuel uses, over time and as a distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import Window, label_side
from components.metrics.buckets import Axis, KeyedMeans
from components.metrics.revenue import ratio
from components.metrics.utilisation import distribution, power_and_capacity
from components.queries.base import Names, PeriodQuery, Result, WindowQuery, register
from components.queries.generation import GenerationByFuel
from components.queries.rated import rated_rows
from components.queries.regional import REGION_ORDER, STEP, axis_of, long_frame, regions_asked, shown_buckets
from components.queries.units import Readings, UnitCoverage, UnitTable, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import BIDIRECTIONAL, FUELS, FUELTECHS, NEM, REGIONS

Key = tuple[str, str, str]
_COLUMNS = {
    "region": ("", "Region, or NEM; empty are units without a region"),
    "fuel": ("", "Fuel"),
    "fueltech": ("", "Fuel technology (with by=fueltech)"),
}
_REGION = "Regions; none = the five apart, NEM = one series for all."
_NOTE = (
    "Only units with a registered capacity count; loads and rooftop solar have none. Storage: discharge over capacity."
)


class _Collected:
    """Power and capacity of each series on the stamps or buckets of an axis."""

    def __init__(self, snapshot: Snapshot, window: Window, axis: Axis, region: list[str], fuel: list[str], by: str):
        self.table = unit_table(snapshot)
        self.window, self.axis, self.fine = window, axis, by == "fueltech"
        self.asked, self.region, self.fuel = regions_asked(region), region, fuel
        self.power, self.capacity = KeyedMeans(axis), KeyedMeans(axis)
        rows = np.arange(self.table.rows)
        chosen = rated_rows(self.table, rows)
        if region and NEM not in region:
            chosen &= np.isin(self.table.region, region)
        if fuel:
            chosen &= np.isin([p[0] for p in self.table.positive], fuel)
        coverage = UnitCoverage(self.table, window, chosen)
        for part in readings(snapshot, window, chosen) if len(axis) else ():
            coverage.add(part)
            for keys, power, capacity in self._layers(part):
                self.power.add(keys, part.times, power)
                self.capacity.add(keys, part.times, capacity)
        self.expected, self.present = coverage.totals()

    def _layers(self, part: Readings) -> Iterator[tuple[list[Key], np.ndarray, np.ndarray]]:
        table, rows = self.table, part.rows
        for market in (False, True):
            if market and NEM not in self.asked:
                continue
            homes = np.full(len(rows), NEM, object) if market else table.region[rows]
            index: dict[Key, int] = {}
            codes = np.full(len(rows), -1)
            for k, row in enumerate(rows.tolist()):
                fuel, tech = table.positive[row]
                if homes[k] in self.asked or (not self.region and homes[k] not in REGIONS):
                    codes[k] = index.setdefault((homes[k], fuel, tech if self.fine else ""), len(index))
            mine = np.flatnonzero(codes >= 0)
            if len(mine):
                values = part.values if len(mine) == len(rows) else part.values[mine]
                power, capacity = power_and_capacity(
                    values, table.capacity_mw[rows[mine]], codes[mine], len(index),
                    storage=set(np.flatnonzero(table.role[rows[mine]] == BIDIRECTIONAL).tolist()),
                    registered=_registered(table, part, rows[mine]),
                )  # fmt: skip
                yield list(index), power, capacity

    @property
    def keys(self) -> list[Key]:
        """Series with a reading, in the vocabulary's order."""
        orders = (list(REGION_ORDER), list(FUELS), list(FUELTECHS))

        def rank(key: Any) -> tuple:
            return tuple(o.index(w) if w in o else -1 for o, w in zip(orders, key, strict=True))

        return sorted(self.power.keys, key=rank)  # type: ignore[arg-type]

    def names(self, keys: list[Key]) -> dict[str, Sequence[str]]:
        """Columns that name these series."""
        words = ("region", "fuel", "fueltech") if self.fine else ("region", "fuel")
        return {word: [key[at] for key in keys] for at, word in enumerate(words)}


def _registered(table: UnitTable, part: Readings, rows: np.ndarray) -> dict[int, np.ndarray]:
    """When units were registered, of those that were not all the time: place among ``rows`` -> (T,) bool."""
    first, last = part.times[0] - STEP, part.times[-1]
    partly = (table.registered_from[rows] > first) | (table.registered_to[rows] < last)
    return {
        k: (part.times > table.registered_from[rows[k]]) & (part.times <= table.registered_to[rows[k]])
        for k in np.flatnonzero(partly).tolist()
    }


@register
class GenerationUtilisation(WindowQuery):
    """Power over the capacity in service, fuel by fuel."""

    route = "generation/utilisation"
    page = "generation"
    title = "Capacity utilisation"
    description = (
        "Average power over the capacity in service: the registered capacity, as the registry had it at the time, of units that "
        "were registered and have a reading. Over a whole window this is the capacity factor."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        **_COLUMNS,
        "mw": ("MW", "Average power of units with a known capacity; storage: its discharge"),
        "capacity_mw": ("MW", "Average capacity in service"),
        "utilisation": ("", "Power / capacity in service; null where none is"),
    }
    examples = ("last=7d&region=NEM&fuel=wind&fuel=solar", "last=1y&interval=1M&region=NEM")

    region = Names(default=[], vocabulary="region", doc=_REGION)
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        series = GenerationByFuel(region=self.region, fuel=self.fuel, by=self.by).series_at_most(snapshot)
        return self.buckets_at_most(snapshot) * series

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        axis = axis_of(snapshot, window, "scada")
        found = _Collected(snapshot, window, axis, self.region, self.fuel, self.by)
        keys = found.keys
        power, capacity = found.power.result(keys), found.capacity.result(keys)
        keep = shown_buckets(axis, window, ~np.isnan(power))
        numbers = {"mw": power, "capacity_mw": capacity, "utilisation": ratio(power, capacity)}
        frame = long_frame(axis.labels[keep], found.names(keys), {n: v[:, keep] for n, v in numbers.items()})
        return Result(
            frame, {n: self.row_columns[n][0] for n in numbers}, window.start, window.end, tuple(found.names(keys)),
            window.interval, label_side(window.interval), found.expected or window.expected, found.present,
            snapshot.version, snapshot.sources, (_NOTE,),
        )  # fmt: skip


@register
class UtilisationDuration(PeriodQuery):
    """The utilisation that was exceeded for each share of the time."""

    route = "generation/utilisation/duration"
    page = "generation"
    title = "Distribution of capacity utilisation"
    description = "5-minute utilisation of each fuel from the highest to the lowest, by the share of time in which each was exceeded."
    row_columns = {
        **_COLUMNS,
        "exceedance": ("", "Share of the time with a higher utilisation: 0 = the highest, 1 = the lowest"),
        "utilisation": ("", "Power / capacity in service"),
    }
    examples = ("last=30d&region=NEM", "last=1y&region=NEM&fuel=coal&steps=200")

    region = Names(default=[], vocabulary="region", doc=_REGION)
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")
    steps = param.Integer(default=100, bounds=(10, 1000), doc="Number of steps between the highest and the lowest.")

    @property
    def shown_interval(self) -> str | None:
        return "5m"

    def rows_at_most(self, snapshot: Snapshot) -> int:
        series = GenerationByFuel(region=self.region, fuel=self.fuel, by=self.by).series_at_most(snapshot)
        return series * (self.steps + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        axis = axis_of(snapshot, window, "scada")
        found = _Collected(snapshot, window, axis, self.region, self.fuel, self.by)
        keys, shares = found.keys, np.linspace(0, 1, self.steps + 1)
        used = ratio(found.power.result(keys), found.capacity.result(keys))
        columns: dict[str, Any] = {
            name: pd.Categorical(np.repeat(np.array(words, object), len(shares)), list(dict.fromkeys(words)))
            for name, words in found.names(keys).items()
        }
        columns["exceedance"] = np.tile(shares, len(keys))
        columns["utilisation"] = np.concatenate([distribution(row, shares) for row in used]) if keys else np.empty(0)
        return Result(
            pd.DataFrame(columns), {"exceedance": "", "utilisation": ""}, window.start, window.end,
            tuple(found.names(keys)), "", "", found.expected or window.expected, found.present, snapshot.version,
            snapshot.sources, (_NOTE,),
        )  # fmt: skip
