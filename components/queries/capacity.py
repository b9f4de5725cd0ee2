"""Registered capacity of stations and units as it stood at the time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import TIME_DTYPE, bucket_end, label_side
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.regional import axis_of, long_frame
from components.queries.units import STEP, UnitTable, matching, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD


@register
class Capacity(WindowQuery):
    """Registered capacity over time."""

    route = "generation/capacity"
    page = "stations"
    title = "Capacity over time"
    description = (
        "Registered generating capacity in force at the end of each bucket: of units with readings (of all, where none "
        "has any), loads left out, from each one's registration to its end. Units of unknown capacity add nothing."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "station": ("", "Station"),
        "duid": ("", "Unit (with by=duid, in place of station)"),
        "capacity_mw": ("MW", "Registered capacity; null where none is registered or known"),
        "units": ("", "Units that it is the sum of"),
    }
    examples = ("station=Eraring&last=1y&interval=1M",)

    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    by: Any = param.Selector(default="station", objects=["station", "duid"], doc="One series per station or per unit.")

    def _rows(self, snapshot: Snapshot) -> np.ndarray:
        """Rows of the registry that are asked for."""
        table = unit_table(snapshot)
        chosen = matching(
            table, region=self.region, fuel=self.fuel, station=self.station, duid=self.duid, owner=self.owner
        )
        return np.arange(table.rows) if chosen is None else np.flatnonzero(chosen)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        names = getattr(unit_table(snapshot), self.by)[self._rows(snapshot)]
        return self.buckets_at_most(snapshot) * len(set(names))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, table, rows = self.window(snapshot), unit_table(snapshot), self._rows(snapshot)
        axis = axis_of(snapshot, window, self.dataset)
        newest = snapshot.last(self.dataset)
        limit = min(window.end, newest) if newest is not None else window.end
        # The beginning of the last interval of each bucket: what held then, held at the bucket's end.
        moments = np.minimum(bucket_end(axis.starts, axis.interval), np.datetime64(limit, "us")) - STEP
        own = getattr(table, self.by)
        names = sorted({str(n) for n in own[rows]})
        capacity, count = np.full((len(names), len(axis)), np.nan), np.zeros((len(names), len(axis)), np.int64)
        place = {n: i for i, n in enumerate(names)}
        for row in counted(table, rows, set(snapshot.keys("scada")), self.by):
            since = max(table.valid_since[row], table.registered_from[row])
            there = (moments >= since) & (moments < min(table.valid_to[row], table.registered_to[row]))
            at = place[str(own[row])]
            value = table.capacity_mw[row]
            if np.isnan(value):
                continue
            capacity[at, there] = np.nan_to_num(capacity[at, there]) + value
            count[at, there] += 1
        ends = bucket_end(axis.starts, axis.interval)
        begins = np.maximum(axis.starts, np.datetime64(window.start, "us"))
        # Buckets in which nothing of the calendar counts have no row, as in every other question.
        kept = window.calendar.count(begins, ends) > 0 if window.calendar else np.ones(len(axis), bool)
        numbers = {"capacity_mw": capacity[:, kept], "units": count[:, kept]}
        frame = long_frame(np.asarray(axis.labels[kept], TIME_DTYPE), {self.by: names}, numbers) if names else pd.DataFrame(
            {"time": np.empty(0, TIME_DTYPE), self.by: pd.Categorical([]), "capacity_mw": np.empty(0), "units": np.empty(0, np.int64)}
        )  # fmt: skip
        return Result(
            frame, {"capacity_mw": "MW", "units": ""}, window.start, window.end, (self.by,), window.interval,
            label_side(window.interval), len(frame), len(frame), snapshot.version, snapshot.sources,
        )  # fmt: skip


def counted(table: UnitTable, rows: np.ndarray, read: set[str], by: str) -> list[int]:
    """The rows whose capacity counts: no loads, and of each name only units with readings, if any unit has some.

    The registry keeps DUIDs of decades: what never ran in the data would be counted beside what took its place.
    """
    of_generation = [r for r in rows.tolist() if table.role[r] != LOAD]
    own = getattr(table, by)
    with_readings = {own[r] for r in of_generation if table.duid[r] in read}
    return [r for r in of_generation if table.duid[r] in read or own[r] not in with_readings]
