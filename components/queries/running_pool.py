"""How groups of units ran over a window: collected month by month, put together at once, divided at the end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from components.market_time import ALWAYS, HOURS_PER_DISPATCH, Window
from components.metrics.revenue import UnitSums, ratio
from components.metrics.running import RUNNING, UNKNOWN, capture_rate, starts, states
from components.queries.base import Result
from components.queries.flat_prices import flat_prices
from components.queries.monthly import money_of_units, regions_of
from components.queries.pooling import Groups, PoolFigures
from components.queries.regional import aligned
from components.queries.running_sums import UNSURE, RunSums, run_sums
from components.queries.units import Readings, UnitCoverage, matching, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

if TYPE_CHECKING:
    from components.queries.running import Running

LOOK_BACK = pd.Timedelta(days=1)
"""How far before the window a unit's last reading is looked for, so that a start on its first interval is seen."""
MOST_WAITING = 4096
"""Units x stretches that are spread over the groups at once."""
MOST_SHARED = 512
"""Units x stretches that are held on to for another grouping of the same: six units over seven years."""
MOST_COLLECTED = 4
"""Windows and units held on to; some 0.2 MB each."""
_SUMS = (
    "starts", "any", "running", "known", "earned", "energy_priced", "load_priced", "negative_mwh", "negative_load_mwh",
    "negative_revenue", "at_flat_price", "flat", "in_region",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Part:
    """A stretch of readings and what its units did and earned in it."""

    part: Readings
    started: np.ndarray
    run: RunSums
    money: UnitSums


@dataclass(frozen=True, eq=False)
class _Collected:
    """What few units did over a window, before it is put together: the same for a station and for its units."""

    coverage: UnitCoverage
    parts: tuple[_Part, ...]
    half_hours: bool


_collected: WeakKeyDictionary[Snapshot, OrderedDict[Hashable, _Collected]] = WeakKeyDictionary()
_lock = Lock()


class RunningPool:
    """Sums by group, divided once at the end.

    ``groups``, ``window`` and ``chosen`` rows are those of the question unless others are given.
    """

    def __init__(
        self, query: Running, snapshot: Snapshot, groups: Groups | None = None, window: Window | None = None,
        chosen: np.ndarray | None = None,
    ):  # fmt: skip
        self.query, self.snapshot = query, snapshot
        self.window: Window = window or query.window(snapshot)
        self.table = unit_table(snapshot)
        self.groups = Groups(query.by, self.table, one_market=NEM in query.region) if groups is None else groups
        filters = {name: getattr(query, name) for name in ("region", "fuel", "station", "duid", "owner")}
        self.chosen = matching(self.table, **filters) if chosen is None else chosen
        self.coverage = UnitCoverage(self.table, self.window, self.chosen)
        self.sums = {name: np.zeros(len(self.groups)) for name in _SUMS}
        self.readings = np.zeros(len(self.groups), np.int64)
        self.priced = np.zeros(len(self.groups), np.int64)
        self.before = np.full(int(self.table.unit.max(initial=-1)) + 1, UNKNOWN, np.int8)
        self.mean_price = flat_prices(snapshot, self.window)
        self.without_capacity: set[str] = set()
        self._parts: list[_Part] = []
        self._whole = True  # nothing has been put together yet
        self._waiting = 0
        self.half_hours = False
        self.months = {c.month: 0 if isinstance(c.minutes, np.ndarray) else c.minutes for c in snapshot.chunks("scada")}

    def add(self, part: Readings) -> None:
        """Add a stretch of readings; what lies before the window or outside its calendar only tells what came before."""
        table, rows = self.table, part.rows
        units, calendar = table.unit[rows], self.window.calendar
        inside = part
        if not calendar and part.times[0] > np.datetime64(self.window.start, "us"):
            sums = run_sums(self.snapshot, table, part)
            started, self.before[units] = sums.started(self.before[units]), sums.after(self.before[units])
        else:
            state = states(part.values, table.role[rows], table.capacity_mw[rows])
            every, self.before[units] = starts(state, self.before[units])
            counted = (part.times > np.datetime64(self.window.start, "us")) & calendar.mask(part.times)
            if not counted.any():
                return
            values = part.values[:, counted]
            inside = Readings(part.times[counted], rows, lambda: values)
            # A start may follow readings that do not count.
            sums, started = run_sums(self.snapshot, table, inside), every[:, counted].sum(axis=1)
        price = partial(aligned, self.snapshot, "price", "rrp", inside.times, REGIONS)
        money = money_of_units(self.snapshot, table, inside, "dispatch", price)
        self.coverage.add(inside, money.readings.astype(np.int64))
        # What is read again to see whether any unit of a group ran is not held on to.
        self._parts.append(_Part(Readings(inside.times, rows, inside.read), started, sums, money))
        self._waiting += len(rows)
        if self._waiting > MOST_WAITING:
            self._put_together()
            self._whole = False
        self._native(part, rows)

    def _put_together(self) -> None:
        """Spread what the parts hold over the groups: many months at once."""
        parts, self._parts, self._waiting = self._parts, [], 0
        if not parts:
            return
        rows = np.concatenate([p.part.rows for p in parts])
        codes, region = self.groups.codes[rows], regions_of(self.table, rows)
        run = RunSums(*(np.concatenate([getattr(p.run, f.name) for p in parts]) for f in fields(RunSums)))
        money = UnitSums(*(np.concatenate([getattr(p.money, f.name) for p in parts]) for f in fields(UnitSums)))
        live = (money.readings > 0) & ~(self.table.capacity_mw[rows] > 0)
        self.without_capacity.update(self.table.duid[rows][live])
        self._spread("starts", codes, np.concatenate([p.started for p in parts]))
        self._spread("known", codes, run.known)
        self._spread("running", codes, run.running)
        self._any(parts, rows, codes, run)
        self.readings += np.bincount(codes, money.readings, len(self.groups)).astype(np.int64)
        self.priced += np.bincount(codes, money.priced, len(self.groups)).astype(np.int64)
        flat = np.where(region >= 0, self.mean_price[region], np.nan)
        for name, values in (
            ("earned", money.earned), ("energy_priced", money.energy_priced), ("load_priced", money.load_priced),
            ("negative_mwh", run.negative_mwh), ("negative_load_mwh", run.negative_load_mwh),
            ("negative_revenue", run.negative_revenue),
            ("at_flat_price", np.where(money.energy_priced != 0, money.energy_priced * flat, 0.0)),
            # Units that gave nothing still stand in a region.
            ("flat", np.where(np.isnan(flat), 0.0, money.readings * flat)),
            ("in_region", np.where(np.isnan(flat), 0.0, money.readings)),
        ):  # fmt: skip
            self._spread(name, codes, values)

    def _spread(self, name: str, codes: np.ndarray, values: np.ndarray) -> None:
        self.sums[name] += np.bincount(codes, values, len(self.groups))

    def _any(self, parts: Sequence[_Part], rows: np.ndarray, codes: np.ndarray, run: RunSums) -> None:
        """Stamps at which at least one unit of each group ran.

        As many as those of the unit that ran the most, where it always did or no other ran, and what is known of the
        station where the group is one; else they are looked up.
        """
        lengths = [len(p.part.times) for p in parts]
        sizes = [len(p.part.rows) for p in parts]
        which = np.repeat(np.arange(len(parts)), sizes)
        place = which * len(self.groups) + codes
        order = np.argsort(place, kind="stable")
        first = np.flatnonzero(np.diff(place[order], prepend=-1))
        count = np.diff(first, append=len(order))
        running = run.running[order].astype(np.int64)
        some = np.maximum.reduceat(running, first)
        unsure = (some < np.array(lengths)[which[order[first]]]) & (np.add.reduceat(running, first) > some)
        station = self.table.words("station")[1][rows][order]
        together = np.minimum.reduceat(station, first) == np.maximum.reduceat(station, first)
        head = order[first]
        known = unsure & together & (run.station[head] != UNSURE) & (run.mates[head] == count)
        some[known] = run.station[head][known]
        offset = np.concatenate([[0], np.cumsum(sizes)])
        for group in np.flatnonzero(unsure & ~known).tolist():
            at = int(which[head[group]])
            mine, part = order[first[group] : first[group] + count[group]] - offset[at], parts[at].part
            state = states(part.read()[mine], self.table.role[part.rows[mine]], self.table.capacity_mw[part.rows[mine]])
            some[group] = (state == RUNNING).any(axis=0).sum()
        self._spread("any", codes[head], some)

    def _native(self, part: Readings, rows: np.ndarray) -> None:
        """Note whether these readings are half-hourly."""
        if self.half_hours or self.months[str(part.times[0] - np.timedelta64(1, "us"))[:7]] == 5:
            return
        low, high = pd.Timestamp(part.times[0]) - pd.Timedelta(minutes=5), pd.Timestamp(part.times[-1])
        keys = list(self.table.duid[rows[:1]])
        for block in self.snapshot.blocks("scada", "mw", low, high, keys):
            self.half_hours = bool((block.native_minutes() == 30).any())

    def collect(self) -> None:
        """Read everything."""
        # What stood still before the window, or outside its hours, may start on the first interval that counts.
        every = replace(self.window, start=self.window.start - LOOK_BACK, calendar=ALWAYS)
        key = (
            self.window.start,
            self.window.end,
            self.window.calendar,
            self.chosen.tobytes() if self.chosen is not None else None,
        )
        with _lock:
            known = _collected.setdefault(self.snapshot, OrderedDict())
            found = known.get(key)
        if found is None:
            for part in readings(self.snapshot, every, self.chosen):
                self.add(part)
            if self._whole and self._waiting <= MOST_SHARED:
                with _lock:
                    known[key] = _Collected(self.coverage, tuple(self._parts), self.half_hours)
                    while len(known) > MOST_COLLECTED:
                        known.popitem(last=False)
        else:
            self.coverage, self._parts, self.half_hours = found.coverage, list(found.parts), found.half_hours
        self._put_together()

    def figures(self) -> PoolFigures:
        """Everything the answer holds, but for its frame."""
        self.collect()
        s, order = self.sums, self.groups.ordered(np.flatnonzero(self.readings > 0))
        known, priced = s["known"] > 0, self.priced > 0
        rows, intervals = self.coverage.expected()
        expected = np.bincount(self.groups.codes[rows], intervals, len(self.groups))

        def where(there: np.ndarray, values: np.ndarray) -> np.ndarray:
            return np.where(there, values, np.nan)

        numbers = {
            "starts": where(known, s["starts"]),
            "running_hours": where(known, s["any"] * HOURS_PER_DISPATCH),
            "unit_hours": where(known, s["running"] * HOURS_PER_DISPATCH),
            "running_share": ratio(s["running"], s["known"]),
            "negative_mwh": where(priced, s["negative_mwh"]),
            "negative_load_mwh": where(priced, s["negative_load_mwh"]),
            "negative_share": ratio(s["negative_mwh"], s["energy_priced"]),
            "negative_revenue": where(priced, s["negative_revenue"]),
            "time_weighted_price": np.where(
                s["energy_priced"] > 0,
                ratio(s["at_flat_price"], s["energy_priced"]),
                ratio(s["flat"], s["in_region"]),
            ),
            "capture_rate": capture_rate(s["earned"], s["at_flat_price"]),
            "coverage": ratio(self.readings, expected),
        }
        total, present = self.coverage.totals()
        return PoolFigures(order, numbers, total or self.window.expected, present, tuple(self._notes()))

    def result(self) -> Result:
        """The answer."""
        found = self.figures()
        columns: dict[str, object] = dict(self.groups.columns(found.order))
        columns |= {name: values[found.order] for name, values in found.numbers.items()}
        units = {name: self.query.row_columns[name][0] for name in found.numbers}
        return Result(
            pd.DataFrame(columns), units, self.window.start, self.window.end, tuple(self.query.by), "", "",
            found.expected, found.present, self.snapshot.version, self.snapshot.sources, found.notes,
        )  # fmt: skip

    def _notes(self) -> list[str]:
        notes = ["A unit runs above 5 % of its registered capacity."]
        if self.half_hours:
            notes.append("Half-hourly readings: what started and stopped within a half hour is not seen.")
        if self.without_capacity:
            count = len(self.without_capacity)
            notes.append(
                f"{count} {'unit has' if count == 1 else 'units have'} no known capacity: their running is unknown."
            )
        return notes
