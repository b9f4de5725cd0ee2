"""What batteries hold, as an estimate by station."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import param

from components.market_time import ALWAYS, Window, label_side
from components.metrics.buckets import Means
from components.metrics.generation import CONSUMED, NEGATIVE, POSITIVE, signed
from components.metrics.revenue import ratio
from components.metrics.state_of_charge import EFFICIENCY, charge_between
from components.queries.base import Choices, Result, WindowQuery, register
from components.queries.batteries import Batteries
from components.queries.battery_groups import NONE, BatteryGroups, Stores
from components.queries.pooling import Groups
from components.queries.regional import (
    axis_of,
    long_frame,
    shown_buckets,
)
from components.queries.units import Readings, UnitCoverage, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD

LOOK_BACK = pd.Timedelta(days=7)
"""How long before the window the estimate begins, so that the unknown start is forgotten where it can be."""


@register
class StateOfCharge(BatteryGroups, WindowQuery):
    """An estimate of what batteries hold, station by station."""

    route = "batteries/state-of-charge"
    title = "State of charge (estimate)"
    description = (
        "An estimate, as AEMO publishes what is stored by region only (/api/batteries/stored): charge x efficiency - "
        "discharge of each station, never below empty and never above its registered storage. The start is unknown: low "
        "is the level of a store that began empty a week before the window, high that of one that began full, "
        "estimated_mwh lies half way. Losses are counted where it is charged; the efficiency is assumed, so the "
        "estimate drifts until the store is empty or full again. unfit_mwh is what cannot be true of any start."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        **{name: Batteries.row_columns[name] for name in ("station", "region", "owner")},
        "estimated_mwh": ("MWh", "Estimate of what is stored, mean of the bucket; half way between low and high"),
        "low_mwh": ("MWh", "What would be stored had the store been empty a week before the window"),
        "high_mwh": ("MWh", "What would be stored had the store been full then"),
        "share": ("", "Estimate / registered storage"),
        "unfit_mwh": ("MWh", "Charged beyond full or discharged below empty from any start; sum of the bucket"),
        "storage_mwh": ("MWh", "Registered storage of the stations with a reading"),
    }
    examples = ("station=Hornsdale+Power+Reserve&last=7d", "last=30d&by=region", "last=7d&efficiency=0.8")

    by = Choices(
        default=["station"],
        objects=("station", "region", "owner", NONE),
        doc="Series: one or more of station, region, owner; or none = all together.",
    )
    efficiency = param.Number(
        default=EFFICIENCY, bounds=(0.5, 1.0), doc="Part of what is charged that comes out again; an assumption."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * self.groups_at_most(snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, chosen = self.window(snapshot), self.chosen(snapshot)
        run = _Run(self, snapshot, window, chosen)
        before = replace(window, start=window.start - LOOK_BACK, calendar=ALWAYS)
        for part in readings(snapshot, before, chosen) if len(run.axis) else ():
            run.add(part)
        return run.result()


class _Run:
    """Levels of stations, carried from month to month."""

    def __init__(self, query: StateOfCharge, snapshot: Snapshot, window: Window, chosen: np.ndarray):
        self.query, self.snapshot, self.window = query, snapshot, window
        self.table = table = unit_table(snapshot)
        self.axis = axis_of(snapshot, window, "scada")
        self.groups: Groups = query.groups(snapshot)
        self.stores = stores = Stores(table, chosen)
        usable = chosen & stores.with_mwh
        # A store is a station: the halves of an old pair fill and empty the same one.
        self.stations, codes = np.unique(table.station[usable].astype(str), return_inverse=True)
        self.store = np.full(table.rows, -1)
        self.store[usable] = codes
        rows = np.flatnonzero(usable)
        self.group = np.zeros(len(self.stations), np.int64)
        self.group[codes] = self.groups.codes[rows]
        self.low, self.high = np.zeros(len(self.stations)), np.full(len(self.stations), np.inf)
        count = len(self.groups)
        names = ("low_mwh", "high_mwh", "storage_mwh")
        self.means = {n: Means(count, self.axis) for n in names} | {"unfit_mwh": Means(count, self.axis, "sum")}
        self.coverage = UnitCoverage(table, window, chosen)
        self.unknown = int((chosen & ~stores.with_mwh & (table.role != LOAD)).sum())

    def add(self, part: Readings) -> None:
        """Carry the levels over a stretch of readings and put what lies in the window into buckets."""
        table, rows = self.table, part.rows
        mine = np.flatnonzero(self.store[rows] >= 0)
        mine = mine[~np.isnan(part.values[mine]).all(axis=1)]
        counted = (part.times > np.datetime64(self.window.start, "us")) & self.window.calendar.mask(part.times)
        if counted.any():
            values = part.values[:, counted]
            self.coverage.add(Readings(part.times[counted], rows, lambda: values))
        if not len(mine):
            return
        used, place = np.unique(self.store[rows[mine]], return_inverse=True)
        own, load = part.values[mine].astype(float), table.role[rows[mine]] == LOAD
        given, taken = signed(own, POSITIVE), -signed(own, NEGATIVE)
        given[load], taken[load] = own[load] * 0.0, -signed(own[load], CONSUMED)
        # A station that lacks the reading of one unit is not known at that time.
        out, into = _added_up(given, place), _added_up(taken, place)
        size = _added_up(np.where(load, 0.0, table.storage_mwh[rows[mine]]), place)
        most = _added_up(np.where(load, 0.0, table.capacity_mw[rows[mine]]), place)
        low, high = np.minimum(self.low[used], size), np.minimum(self.high[used], size)
        found = charge_between(out, into, size, most, low, high, float(self.query.efficiency))
        # One half of an old pair tells nothing of what is stored.
        whole = ~self.stores.torn(rows[mine], place, len(used))
        self.low[used] = np.where(whole, found.low[:, -1], 0.0)
        self.high[used] = np.where(whole, found.high[:, -1], np.inf)
        shown = whole & (size > 0)
        if not counted.any() or not shown.any():
            return
        groups, at = np.unique(self.group[used[shown]], return_inverse=True)
        full = np.broadcast_to(size[:, None], found.low.shape)
        for name, levels in (
            ("low_mwh", found.low), ("high_mwh", found.high), ("storage_mwh", full), ("unfit_mwh", found.unfit)
        ):  # fmt: skip
            pooled = _added_up(levels[shown], at)
            self.means[name].add(part.times[counted], pooled[:, counted], groups)

    def result(self) -> Result:
        """The answer."""
        columns = self.query.row_columns
        numbers = {n: m.result() for n, m in self.means.items()}
        # The sum of a level over time is no energy: what is unfit adds up as it is.
        numbers["unfit_mwh"] = np.where(self.means["unfit_mwh"].counts > 0, self.means["unfit_mwh"].totals, np.nan)
        numbers["estimated_mwh"] = (numbers["low_mwh"] + numbers["high_mwh"]) / 2
        numbers["share"] = ratio(numbers["estimated_mwh"], numbers["storage_mwh"])
        there = np.isfinite(numbers["low_mwh"])
        order = self.groups.ordered(np.flatnonzero(there.any(axis=1)))
        keep = shown_buckets(self.axis, self.window, there)
        names = [n for n in columns if n in numbers]
        values = {n: numbers[n][order][:, keep] for n in names}
        keys, labels = self.groups.keys, self.axis.labels[keep]
        frame = (
            long_frame(labels, {w: [keys[c][i] for c in order] for i, w in enumerate(self.groups.by)}, values)
            if self.groups.by
            else pd.DataFrame({"time": labels, **{n: v.reshape(-1) for n, v in values.items()}})
        )
        expected, present = self.coverage.totals()
        notes = [
            f"An estimate: charge x {self.query.efficiency:g} - discharge, between empty and the registered storage; "
            "the start is unknown."
        ]
        if self.unknown:
            notes.append("Batteries of unknown storage are left out.")
        return Result(
            frame, {n: columns[n][0] for n in names}, self.window.start, self.window.end, self.groups.by,
            self.window.interval, label_side(self.window.interval), expected or self.window.expected, present,
            self.snapshot.version, self.snapshot.sources, tuple(notes),
        )  # fmt: skip


def _added_up(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sums of rows of the same code, in the order of the codes, which are 0, 1, 2 ... without a gap."""
    order = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return values[order] if len(first) == len(codes) else np.add.reduceat(values[order], first, axis=0)


__all__ = ["StateOfCharge"]
