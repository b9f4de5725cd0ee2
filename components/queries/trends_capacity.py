"""Capacity in service over time by region and fuel, as the dated registry and the readings tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
import param

from components.market_time import INTERVALS, bucket_end, label_side, typical_minutes
from components.metrics.buckets import Axis
from components.queries.base import Names, Result, register
from components.queries.regional import REGION_ORDER, axis_of, long_frame, regions_asked
from components.queries.trends_annual import TrendQuery
from components.queries.trends_sums import bounds
from components.queries.units import STEP, UnitTable, unit_table
from components.stopping import stop_if_unwanted
from components.store.snapshot import Chunk, Snapshot
from components.vocabulary import FUELS, LOAD, NEM, REGIONS

SILENT = np.timedelta64(31, "D")
"""A unit without an end in the registry is out of service where it has been silent for so long at the end of the data."""
_INTERVALS = tuple(i for i in INTERVALS if typical_minutes(i) >= typical_minutes("1d"))
_OPEN = np.datetime64("9000-01-01", "us")
_BEGINNING = np.datetime64("1000-01-01", "us")


@dataclass(frozen=True, eq=False)
class Service:
    """When each registry row's unit was read: begin of the first reading, end of the last (rows,); NaT where never."""

    first: np.ndarray
    last: np.ndarray


_services: WeakKeyDictionary[Snapshot, Service] = WeakKeyDictionary()
_lock = Lock()


def service(snapshot: Snapshot) -> Service:
    """First and last reading of every unit; looked up once for each version of the data."""
    with _lock:
        known = _services.get(snapshot)
    if known is not None:
        return known
    table = unit_table(snapshot)
    chunks = snapshot.chunks("scada")
    edges = {duid: (_edge(duid, chunks, 0), _edge(duid, chunks[::-1], 1)) for duid in snapshot.keys("scada")}
    nothing = np.datetime64("NaT", "us")
    first, last = (
        np.array([edges.get(d, (nothing, nothing))[i] for d in table.duid], "datetime64[us]") for i in (0, 1)
    )
    found = Service(first, last)
    with _lock:
        _services[snapshot] = found
    return found


def _edge(duid: str, chunks: tuple[Chunk, ...], side: int) -> np.datetime64:
    """Begin of a unit's first reading (0) in these months, or end of its last one (1, months backwards)."""
    stop_if_unwanted()
    for chunk in chunks:
        row = chunk.position.get(duid)
        if row is None:
            continue
        times = chunk.origin + np.arange(1, chunk.length + 1) * STEP
        found = bounds(times, chunk.values[chunk.fields.index("mw")][row])
        if found is not None:
            return found[side]
    return np.datetime64("NaT", "us")


def in_service(snapshot: Snapshot, table: UnitTable) -> tuple[np.ndarray, np.ndarray]:
    """From when to when each registry row is in force and its unit in service (rows,) datetime64[us]; empty = never.

    In service: from the registration, or the first reading where that is earlier or no registration is known, to the end
    of the registration, or the last reading where that is later. Without an end in the registry a unit that has been
    silent for :data:`SILENT` at the end of the data ended with its last reading. What was never read is not in service:
    the registry keeps units of decades.
    """
    read = service(snapshot)
    newest = snapshot.last("scada")
    known = ~np.isnat(read.first)
    first = np.where(known, read.first, _OPEN)
    last = np.where(known, read.last, _BEGINNING)
    begin = np.where(table.registered_from > _BEGINNING, np.minimum(table.registered_from, first), first)
    limit = np.datetime64(newest, "us") - SILENT if newest is not None else _BEGINNING
    open_end = np.where(last < limit, last, _OPEN)
    end = np.where(table.registered_to < _OPEN, np.maximum(table.registered_to, last), open_end)
    begin, end = np.maximum(begin, table.valid_since), np.minimum(end, table.valid_to)
    return begin, np.where(known, end, begin)


@register
class InService(TrendQuery):
    """Capacity in service by region and fuel."""

    route = "trends/capacity"
    title = "Capacity in service"
    description = (
        "Registered capacity of the units in service at the end of each bucket: from registration (or first reading, where "
        "that is earlier or the registration unknown) to its end (or last reading, where later; a unit without an end that "
        "has been silent for 31 days at the end of the data ended with its last reading). Units never read do not count, nor "
        "do loads; storage counts once. Units of unknown capacity add nothing and are counted in `units_unknown`."
    )
    row_columns: ClassVar = {
        "time": ("", "Begin of the bucket; what is in service at its end"),
        "region": ("", "Region, or NEM; empty are units without a region"),
        "fuel": ("", "Fuel"),
        "capacity_mw": ("MW", "Registered capacity in service; null where no unit's is known"),
        "units": ("", "Units in service whose capacity is known"),
        "units_unknown": ("", "Units in service whose capacity is not known"),
    }
    examples = ("region=NEM&interval=1y", "region=SA1&fuel=battery,wind")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one for all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all.")
    interval: Any = param.Selector(default="1M", objects=list(_INTERVALS), doc="Bucket length, a day at least.")

    @property
    def grouping(self) -> str:
        return str(self.interval)

    def _axis(self, snapshot: Snapshot) -> Axis:
        return axis_of(snapshot, self.window(snapshot), "scada")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._axis(snapshot)) * (len(regions_asked(self.region)) + 1) * len(FUELS)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, table, axis = self.window(snapshot), unit_table(snapshot), self._axis(snapshot)
        asked = regions_asked(self.region)
        newest = snapshot.last("scada")
        limit = np.datetime64(min(window.end, newest) if newest is not None else window.end, "us")
        # The begin of each bucket's last interval: what holds then, holds at the bucket's end.
        moments = np.minimum(bucket_end(axis.starts, axis.interval), limit) - STEP
        begin, end = in_service(snapshot, table)
        sums: dict[tuple[str, str], np.ndarray] = {}
        for row in np.flatnonzero((table.role != LOAD) & (begin < end)).tolist():
            there = (moments >= begin[row]) & (moments < end[row])
            region, fuel = str(table.region[row]), table.positive[row][0]
            if not there.any() or (self.fuel and fuel not in self.fuel):
                continue
            capacity = table.capacity_mw[row]
            known = not np.isnan(capacity)
            added = np.stack([there * (capacity if known else 0.0), there * known, there * (not known)])
            home = region in asked or (region not in REGIONS and not self.region)
            for place in (*([region] if home else []), *([NEM] if NEM in asked else [])):
                sums[(place, fuel)] = sums.get((place, fuel), np.zeros((3, len(axis)))) + added
        order = list(FUELS)
        keys = sorted(sums, key=lambda k: (REGION_ORDER.index(k[0]) if k[0] in REGION_ORDER else -1, order.index(k[1])))
        stacked = np.array([sums[k] for k in keys]).reshape(len(keys), 3, len(axis))
        starts = np.maximum(axis.starts, np.datetime64(window.start, "us"))
        kept = (
            window.calendar.count(starts, bucket_end(axis.starts, axis.interval)) > 0
            if window.calendar
            else slice(None)
        )
        numbers = {
            "capacity_mw": np.where(stacked[:, 1] > 0, stacked[:, 0], np.nan)[:, kept],
            "units": stacked[:, 1].astype(np.int64)[:, kept], "units_unknown": stacked[:, 2].astype(np.int64)[:, kept],
        }  # fmt: skip
        names: dict[str, Sequence[str]] = {"region": [k[0] for k in keys], "fuel": [k[1] for k in keys]}
        frame = long_frame(axis.labels[kept], names, numbers)
        return Result(
            frame, {"capacity_mw": "MW", "units": "", "units_unknown": ""}, window.start, window.end, ("region", "fuel"),
            window.interval, label_side(window.interval), len(frame), len(frame), snapshot.version, snapshot.sources,
            tuple(self._notes(numbers["units_unknown"], names)),
        )  # fmt: skip

    @staticmethod
    def _notes(unknown: np.ndarray, names: dict[str, Sequence[str]]) -> list[str]:
        out = [
            "In service: registered and read in the stored data; rooftop solar is in no registry and has no capacity here."
        ]
        if unknown.size and unknown[:, -1].any():
            rows = [
                i
                for i, r in enumerate(names["region"])
                if r != NEM or NEM not in names["region"] or set(names["region"]) == {NEM}
            ]
            count = int(unknown[rows, -1].sum())
            out.append(
                f"{count} unit{'s' if count != 1 else ''} in service at the end have no known capacity and add nothing."
            )
        return out


__all__ = ["InService", "in_service", "service"]
