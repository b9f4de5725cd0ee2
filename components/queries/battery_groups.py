"""What questions about batteries share: which units are asked for, how they are grouped, what they add up to over time."""

from __future__ import annotations

import numpy as np

from components.errors import Problem
from components.market_time import Window
from components.metrics.buckets import Axis, run_counts
from components.queries.base import Choices, Names, PeriodQuery
from components.queries.battery_days import KINDS, batteries_of, days_of_batteries, runs_of_batteries
from components.queries.monthly import DAY, in_days
from components.queries.pooling import FIELDS, Groups
from components.queries.units import Readings, UnitCoverage, UnitTable, matching, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import GENERATOR, LOAD, NEM

NONE = "none"


class BatteryGroups(PeriodQuery):
    """Filters and grouping of batteries."""

    page = "batteries"

    by = Choices(
        default=["station"],
        objects=("station", "duid", "region", "owner", NONE),
        doc="Grouping; one or more of station, duid, region, owner; or none = one row for all.",
    )
    region = Names(
        default=[], vocabulary="region", doc="Regions; none = all, NEM = all as one, whatever else is named."
    )
    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")

    def check(self, snapshot: Snapshot) -> list[Problem]:
        problems = super().check(snapshot)
        if NONE in self.by and len(self.by) > 1:
            problems.append(Problem("by", ",".join(self.by), "none stands alone"))
        return problems

    @property
    def words(self) -> list[str]:
        """Columns that make a group; none where everything is one."""
        return [word for word in self.by if word != NONE]

    def chosen(self, snapshot: Snapshot) -> np.ndarray:
        """Which registry rows are the batteries asked for (rows,) bool."""
        table = unit_table(snapshot)
        rows = matching(table, region=self.region, fuel=KINDS, station=self.station, duid=self.duid, owner=self.owner)
        return np.ones(table.rows, bool) if rows is None else rows

    def groups(self, snapshot: Snapshot) -> Groups:
        """The groups of all registry rows."""
        return Groups(self.words, unit_table(snapshot), one_market=NEM in self.region)

    def groups_at_most(self, snapshot: Snapshot) -> int:
        """Upper bound of the number of groups."""
        return 1 if self.by == [NONE] else int(self.chosen(snapshot).sum())


class Stores:
    """What belongs together: the halves of an old pair, and which units have a capacity that their money is set against.

    ``with_mwh``, ``with_mw`` (rows,) bool: the storage (the generating capacity) behind a unit is known; of a charging
    half that of the discharging one of its station. A charging half whose station has no other counts always: its cost
    belongs to someone of its group.
    """

    def __init__(self, table: UnitTable, chosen: np.ndarray):
        self.table = table
        battery = chosen | batteries_of(table)
        self._takes = battery & (table.role == LOAD)
        self._gives = battery & (table.role == GENERATOR)
        single = set(table.station[self._gives]) ^ set(table.station[self._takes])
        alone = np.isin(table.station, list(single))
        self._orphan = alone & (self._gives | self._takes)
        # A battery that is registered as a generator may charge under the same DUID, unless it is called a half.
        self._whole = self._orphan & self._gives & (table.fueltech != "battery_discharging")
        self._half = self._gives | self._takes
        self.with_mwh = self._known(battery & (table.storage_mwh > 0))
        self.with_mw = self._known(battery & (table.capacity_mw > 0))

    def _known(self, known: np.ndarray) -> np.ndarray:
        table = self.table
        behind = np.isin(table.station, list(set(table.station[known & ~self._takes])))
        alone = ~np.isin(table.station, list(set(table.station[batteries_of(table) & ~self._takes])))
        return np.where(self._takes, behind | alone, known)

    def torn(self, rows: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
        """Groups (count,) bool that hold one half of an old pair without the other, given the rows that have readings."""
        out = np.zeros(count, bool)
        # Halves whose stations do not tell whose they are find each other within their group.
        names = np.where(self._orphan[rows], "", self.table.station[rows].astype(str))
        sides: dict[tuple[int, str], set[str]] = {}
        half = self._half[rows]
        for row, code, name in zip(rows[half].tolist(), codes[half].tolist(), names[half].tolist(), strict=True):
            side = "takes" if self._takes[row] else "whole" if self._whole[row] else "gives"
            sides.setdefault((code, name), set()).add(side)
        for (code, _), found in sides.items():
            out[code] |= found in ({"takes"}, {"gives"}, {"gives", "whole"})
        return out


SUMS = (*FIELDS, "turned", "rated_net", "storage_time", "capacity_time")
"""What is added up: :data:`~components.queries.pooling.FIELDS`; discharge of units of known storage; earned − paid of those
of known capacity; storage x intervals with a reading, and capacity x intervals with a price, of what discharges."""


class BatterySums:
    """:data:`SUMS` of each group of batteries in each bucket, collected month by month.

    What the days of whole months add up to is remembered for every battery: another filter reads nothing anew.

    Attributes
    ----------
    codes : of the groups that there are, ascending (G,).
    any_read : (G, B) intervals in which at least one unit of the group has a reading.
    coverage : readings present and expected.
    """

    def __init__(self, snapshot: Snapshot, window: Window, axis: Axis, chosen: np.ndarray, codes: np.ndarray):
        self.snapshot, self.axis, self.table = snapshot, axis, unit_table(snapshot)
        self.stores = Stores(self.table, chosen)
        self.codes = np.unique(codes[chosen])
        self._place = np.searchsorted(self.codes, codes)
        self._sums = np.zeros((len(SUMS), len(self.codes), len(axis)))
        self.any_read = np.zeros((len(self.codes), len(axis)))
        self.coverage = UnitCoverage(self.table, window, chosen)
        self._live: set[int] = set()
        for part in readings(snapshot, window, chosen) if len(axis) else ():
            ends, sums, lengths = self._runs_of(part)
            counts = self.coverage.add(part, sums[FIELDS.index("readings")].sum(axis=1).astype(np.int64))
            if counts.any():
                self._live.update(part.rows[counts > 0].tolist())
                self._add(part, ends, sums, lengths)

    def field(self, name: str) -> np.ndarray:
        """One of :data:`SUMS` (G, B)."""
        return np.asarray(self._sums[SUMS.index(name)])

    def torn(self) -> np.ndarray:
        """Groups (G,) bool that hold one half of an old pair without the other."""
        rows = np.array(sorted(self._live), np.int64)
        return self.stores.torn(rows, self._place[rows], len(self.codes))

    def _add(self, part: Readings, ends: np.ndarray, sums: np.ndarray, lengths: np.ndarray) -> None:
        place = self._place[part.rows]
        order = np.argsort(place, kind="stable")
        start = np.flatnonzero(np.diff(place[order], prepend=-1))
        groups = place[order][start][:, None]
        pooled = np.add.reduceat(self._with_capacity(part.rows, sums)[:, order], start, axis=1)
        self._spread(ends, pooled, self._sums, groups)
        self._spread(ends, self._any(part, order, start, sums, lengths)[None], self.any_read[None], groups)

    def _any(
        self, part: Readings, order: np.ndarray, start: np.ndarray, sums: np.ndarray, lengths: np.ndarray
    ) -> np.ndarray:
        """Intervals of each run in which at least one unit of each group has a reading (G', R).

        As many as the unit with the most has, where that is all of the run or no other has any; else they are looked up.
        """
        counts = sums[FIELDS.index("readings")][order]
        most = np.maximum.reduceat(counts, start, axis=0)
        unsure = (most < lengths) & (np.add.reduceat(counts, start, axis=0) > most)
        if unsure.any():
            first = np.cumsum(lengths) - lengths
            for group in np.flatnonzero(unsure.any(axis=1)):
                units = order[start[group] : start[group + 1] if group + 1 < len(start) else None]
                some = (~np.isnan(part.values[units])).any(axis=0)
                most[group] = run_counts(some[None], first)[0]
        return np.asarray(most)

    def _spread(self, times: np.ndarray, values: np.ndarray, to: np.ndarray, groups: np.ndarray) -> None:
        """Add values (F, G', T) on ascending stamps to the buckets of these groups; a month reaches beyond the data."""
        inside = self.axis.inside(times)
        times, values = times[inside], values[..., inside]
        if len(times):
            first, bucket = self.axis.runs(times)
            to[:, groups, bucket] += np.add.reduceat(values, first, axis=-1)

    def _with_capacity(self, rows: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Sums (8, K, R) with those that need the registry (12, K, R)."""
        table, stores = self.table, self.stores
        gives = table.role[rows] != LOAD
        own = dict(zip(FIELDS, sums, strict=True))
        storage = np.where(gives & stores.with_mwh[rows], table.storage_mwh[rows], 0.0)[:, None]
        capacity = np.where(gives & stores.with_mw[rows], table.capacity_mw[rows], 0.0)[:, None]
        more = (
            np.where(storage > 0, own["energy"], 0.0),
            np.where(stores.with_mw[rows][:, None], own["earned"] - own["paid"], 0.0),
            storage * own["readings"],
            capacity * own["priced"],
        )
        return np.concatenate([sums, np.stack(more)])

    def _runs_of(self, part: Readings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Last stamps of the runs that are added up, the sums of each unit in them (8, K, R), and the runs' lengths."""
        if in_days(self.axis.interval) and (days := days_of_batteries(self.snapshot, self.table, part)) is not None:
            return part.times[DAY - 1 :: DAY], days, np.full(days.shape[2], DAY)
        first, _ = self.axis.runs(part.times)
        sums = runs_of_batteries(self.snapshot, self.table, part.values, part.rows, part.times, first)
        lengths = np.diff(first, append=len(part.times))
        return part.times[first + lengths - 1], sums, lengths
