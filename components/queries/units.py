"""The dated registry as arrays, and SCADA readings month by month with the registry that held then.

This is the one place where a unit is told its region, fuel, role and owner. A month is cut where a unit's
registration changes inside it, so every reading meets the row that was valid at its time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from components.market_time import TIME_DTYPE, Window
from components.queries.silence import Lives
from components.store.snapshot import Chunk, Snapshot
from components.vocabulary import GENERATOR, LOAD, UNMAPPED, series_of

STEP = np.timedelta64(5, "m").astype("timedelta64[us]")
_BEGINNING = np.datetime64("0001-01-01", "us")
_NEVER = np.datetime64("9999-01-01", "us")


class UnitTable:
    """Registry rows as arrays, with one row more for each unit that only the data knows.

    ``duid station owner region fuel fueltech role`` are object arrays over rows, ``capacity_mw storage_mwh
    mlf emissions`` float, ``registered_from registered_to`` datetime64[us] (open ends far away).
    ``unit`` numbers the units: rows of one DUID share it.
    ``kinds`` are the distinct (region, fuel, fueltech) series, ``gives``/``takes`` each row's place among them.
    ``positive``/``negative`` are the (fuel, fueltech) series of a row's generation and consumption.
    """

    def __init__(self, snapshot: Snapshot):
        units = snapshot.units
        known = set(units["duid"])
        strange = sorted({*snapshot.keys("scada"), *snapshot.keys("semi_scheduled")} - known)
        rows = len(units) + len(strange)
        blank = np.full(len(strange), "", object)

        def text(column: str, missing: np.ndarray) -> np.ndarray:
            return np.concatenate([units[column].to_numpy(object), missing])

        self.duid = text("duid", np.array(strange, object))
        self.station = text("station", np.array(strange, object))
        self.station = np.where(self.station == "", self.duid, self.station)
        self.owner = text("owner", blank)
        self.region = text("region", blank)
        self.fuel = text("fuel", blank)
        self.fuel = np.where(self.fuel == "", UNMAPPED, self.fuel)
        self.fueltech = text("fueltech", blank)
        self.fueltech = np.where(self.fueltech == "", self.fuel, self.fueltech)
        self.role = text("role", blank)
        self.role = np.where(self.role == "", GENERATOR, self.role)

        def number(column: str) -> np.ndarray:
            return np.concatenate([units[column].to_numpy("float64"), np.full(len(strange), np.nan)])

        self.capacity_mw = number("capacity_mw")
        self.storage_mwh = number("storage_mwh")
        self.mlf = number("mlf")
        self.emissions = number("emissions_t_per_mwh")

        def stamp(column: str, open_end: np.datetime64) -> np.ndarray:
            given = np.concatenate([units[column].to_numpy(TIME_DTYPE), np.full(len(strange), "NaT", TIME_DTYPE)])
            return np.where(np.isnat(given), open_end, given)

        self.valid_from = stamp("valid_from", _BEGINNING)
        self.registered_from = stamp("registered_from", _BEGINNING)
        self.registered_to = stamp("registered_to", _NEVER)
        # A unit's rows stand together; before its first dated row that row's values hold.
        same = self.duid[1:] == self.duid[:-1]
        self.valid_to = np.append(np.where(same, self.valid_from[1:], _NEVER), np.full(min(rows, 1), _NEVER))
        self.valid_since = np.where(np.append(np.zeros(min(rows, 1), bool), same), self.valid_from, _BEGINNING)
        both = list(zip(self.fuel.tolist(), self.fueltech.tolist(), self.role.tolist(), strict=True))
        pair = {key: (series_of(*key, positive=True), series_of(*key, positive=False)) for key in set(both)}
        self.positive = [pair[key][0] for key in both]
        self.negative = [pair[key][1] for key in both]
        regions = self.region.tolist()
        index: dict[tuple[str, str, str], int] = {}
        self.gives, self.takes = (
            np.array(
                [index.setdefault((r, *kind), len(index)) for r, kind in zip(regions, side, strict=True)], np.int64
            )
            for side in (self.positive, self.negative)
        )
        self.kinds = list(index)
        self.rows = rows
        self.unit = np.unique(self.duid.astype(str), return_inverse=True)[1]
        self._span: dict[str, tuple[int, int]] = {}
        for row, duid in enumerate(self.duid.tolist()):
            first, _ = self._span.get(duid, (row, row))
            self._span[duid] = (first, row + 1)
        identity = (self.duid, self.region, self.fuel, self.fueltech, self.role, self.valid_from.astype(int))
        # The same in every process: sums kept on disk are named by it.
        self.fingerprint = hashlib.sha256(repr([column.tolist() for column in identity]).encode()).hexdigest()[:16]
        self._scada = tuple(snapshot.chunks("scada"))
        self._newest: dict[tuple[str, ...], np.ndarray] = {}
        self._months: dict[tuple[str, tuple[str, ...]], list[tuple[int, int, np.ndarray]]] = {}
        self._words: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def words(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """The distinct words of a column in order, and each row's place among them; kept once worked out."""
        if column not in self._words:
            self._words[column] = np.unique(getattr(self, column).astype(str), return_inverse=True)
        return self._words[column]

    @cached_property
    def lives(self) -> Lives:
        """From when to when each unit reported."""
        return Lives(self._scada, dict(zip(self.duid.tolist(), self.unit.tolist(), strict=True)))

    @cached_property
    def ratings(self) -> str:
        """Names capacities and stations, of which the fingerprint says nothing."""
        content = repr((self.capacity_mw.tolist(), self.station.tolist()))
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def rows_at(self, duids: tuple[str, ...], moment: np.datetime64) -> np.ndarray:
        """Row of each unit for intervals that begin at ``moment``; its first row where none has begun."""
        newest = self._newest.get(duids)
        if newest is None:
            newest = self._newest[duids] = np.array([self._span[duid][1] - 1 for duid in duids], np.int64)
        out = newest.copy()
        for i in np.flatnonzero(self.valid_since[out] > moment).tolist():
            first, _ = self._span[duids[i]]
            while out[i] > first and self.valid_from[out[i]] > moment:
                out[i] -= 1
        return out

    def spans(self, chunk: Chunk) -> list[tuple[int, int, np.ndarray]]:
        """Stretches ``(i, j, rows)`` of a month's grid in which no unit's row changes; kept once worked out."""
        key = (chunk.month, chunk.keys)
        if key not in self._months:
            origin, end = chunk.origin, chunk.origin + chunk.length * STEP
            cuts = {0, chunk.length}
            changed = (self.valid_since > origin) & (self.valid_since < end)
            if changed.any():
                changed &= np.isin(self.duid, chunk.keys)
            cuts |= {int((since - origin) // STEP) for since in self.valid_since[changed]}
            edges = sorted(cuts)
            self._months[key] = [(i, j, self.rows_at(chunk.keys, origin + i * STEP)) for i, j in pairwise(edges)]
        return self._months[key]


_tables: WeakKeyDictionary[Snapshot, UnitTable] = WeakKeyDictionary()
_lock = Lock()


def unit_table(snapshot: Snapshot) -> UnitTable:
    """The snapshot's registry as arrays; made once, and gone with the snapshot."""
    with _lock:
        table = _tables.get(snapshot)
        if table is None:
            table = _tables[snapshot] = UnitTable(snapshot)
        return table


@dataclass(frozen=True, eq=False)
class Stretch:
    """The whole of a month, or of the part of it in which the registry stays the same, with all its units.

    ``begin``/``end`` are positions in the month's grid, ``rows`` the registry rows of all the month's units;
    ``column`` is what is read of them.
    """

    chunk: Chunk
    begin: int
    end: int
    rows: np.ndarray
    column: str = "mw"

    @property
    def values(self) -> np.ndarray:
        """(units, T) [MW], read-only."""
        return self.chunk.values[self.chunk.fields.index(self.column)][:, self.begin : self.end]

    @property
    def times(self) -> np.ndarray:
        """The stamps (T,)."""
        return self.chunk.origin + np.arange(self.begin + 1, self.end + 1) * STEP


@dataclass(frozen=True, eq=False)
class Readings:
    """A stretch of SCADA readings under one state of the registry.

    ``rows`` (K,) are the units' rows in the :class:`UnitTable`.
    ``stretch`` is what the readings are all stamps of, None where the window or its calendar leaves some out;
    ``within`` the stretch that they lie in one after the other, from position ``first`` of the month's grid on, None
    where the calendar leaves some out; ``keep`` (K,) the units' places in either.
    """

    times: np.ndarray
    rows: np.ndarray
    read: Callable[[], np.ndarray]
    stretch: Stretch | None = None
    keep: np.ndarray | None = None
    within: Stretch | None = None
    first: int = 0

    @cached_property
    def values(self) -> np.ndarray:
        """(K, T) [MW] as published, NaN = missing; a read-only view or a copy, never to be written to."""
        return self.read()

    def unit(self, place: int) -> np.ndarray:
        """One unit's readings (T,), as in ``values``; those of the others stay unread."""
        if self.within is None or self.keep is None or "values" in vars(self):
            return self.values[place]
        first = self.first - self.within.begin
        return self.within.values[self.keep[place], first : first + len(self.times)]


def readings(
    snapshot: Snapshot, window: Window, chosen: np.ndarray | None = None, dataset: str = "scada", column: str = "mw"
) -> Iterator[Readings]:
    """Readings of units, SCADA by default, in a window's intervals that count, month by month.

    Everything that is asked of all units comes through here; what whole months add up to is remembered
    (:mod:`components.queries.monthly`).

    Parameters
    ----------
    chosen : (table rows,) bool, which rows of the registry are asked for; default all. A unit counts only
        while its valid row is chosen.
    dataset, column : what is read of the units.
    """
    table = unit_table(snapshot)
    low, high = np.datetime64(window.start, "us"), np.datetime64(window.end, "us")
    for chunk in snapshot.chunks_between(dataset, low, high):
        first = max(0, int((low - chunk.origin) // STEP))
        last = min(chunk.length, int((high - chunk.origin) // STEP))
        if first >= last:
            continue
        for i, j, rows in table.spans(chunk):
            a, b = max(i, first), min(j, last)
            if a >= b:
                continue
            times = chunk.origin + np.arange(a + 1, b + 1) * STEP
            keep = np.arange(len(rows)) if chosen is None else np.flatnonzero(chosen[rows])
            counted = window.calendar.mask(times) if window.calendar else None
            if not len(keep) or (counted is not None and not counted.any()):
                continue
            read = partial(_read, chunk, column, keep if len(keep) < len(rows) else None, a, b, counted)
            if counted is not None:
                yield Readings(times[counted], rows[keep], read)
            else:
                stretch = Stretch(chunk, i, j, rows, column)
                yield Readings(times, rows[keep], read, stretch if (a, b) == (i, j) else None, keep, stretch, a)


def _read(
    chunk: Chunk, column: str, keep: np.ndarray | None, begin: int, end: int, counted: np.ndarray | None
) -> np.ndarray:
    data = chunk.values[chunk.fields.index(column)]
    values = data[:, begin:end] if keep is None else data[keep, begin:end]
    return values if counted is None else values[:, counted]


class UnitCoverage:
    """Counts the readings of units against the intervals in which they were registered.

    A unit is expected in every interval of the window that counts as soon as it has one reading there, or has some
    before and after it (:class:`~components.queries.silence.Lives`): from its registration (or its first reading,
    where that is earlier) to the end of it (or its last reading, where that is later), and only while the registry
    row that holds is asked for.

    Parameters
    ----------
    chosen : (table rows,) bool, the rows asked for; default all.
    scada : whether it is SCADA that is read; of other readings only the units that have some are expected.
    """

    def __init__(self, table: UnitTable, window: Window, chosen: np.ndarray | None = None, *, scada: bool = True):
        self.table, self.window, self._scada = table, window, scada
        self._chosen = np.ones(table.rows, bool) if chosen is None else chosen
        units = int(table.unit.max(initial=-1)) + 1
        self._present = np.zeros(units, np.int64)
        self._row = np.zeros(units, np.int64)
        self._first = np.full(units, _NEVER)
        self._last = np.full(units, _BEGINNING)

    def add(self, part: Readings, counts: np.ndarray | None = None) -> np.ndarray:
        """Count a stretch; returns the readings of each unit (K,). ``counts`` are these where they are known."""
        if counts is None:
            missing = np.isnan(part.values)
            counts = part.values.shape[1] - (missing.sum(axis=1) if missing.any() else np.zeros(len(missing), np.int64))
        table, rows = self.table, part.rows
        units = table.unit[rows]
        self._present[units] += counts.astype(np.int64)
        self._row[units[counts > 0]] = rows[counts > 0]
        begin, end = part.times[0] - STEP, part.times[-1]
        outside = (counts > 0) & ((table.registered_from[rows] > begin) | (table.registered_to[rows] < end))
        for k in np.flatnonzero(outside).tolist():
            read = part.times[~np.isnan(part.unit(k))]
            self._first[units[k]] = min(self._first[units[k]], read[0] - STEP)
            self._last[units[k]] = max(self._last[units[k]], read[-1])
        return counts

    @property
    def rows(self) -> np.ndarray:
        """Registry row of each unit with a reading, as it stood at its last one."""
        return self._row[self._present > 0]

    def expected(self) -> tuple[np.ndarray, np.ndarray]:
        """Registry rows of the units that should have readings, and the intervals each should have while that row holds."""
        table = self.table
        start, end = np.datetime64(self.window.start, "us"), np.datetime64(self.window.end, "us")
        due = self._present > 0
        if self._scada and start < end:
            asked = np.zeros(len(due), bool)
            asked[table.unit[self._chosen]] = True
            due |= table.lives.silent(start, end, asked & ~due)
        rows = np.flatnonzero(self._chosen & due[table.unit])
        units = table.unit[rows]
        low = np.maximum(np.minimum(table.registered_from[rows], self._first[units]), table.valid_since[rows])
        high = np.minimum(np.maximum(table.registered_to[rows], self._last[units]), table.valid_to[rows])
        # Clipped, so that a registration of another decade does not widen the stretch that is counted.
        high = np.clip(high, start, end)
        return rows, self.window.calendar.count(np.clip(low, start, high), high)

    def totals(self) -> tuple[int, int]:
        """(expected, present) over all units that should have readings."""
        return int(self.expected()[1].sum()), int(self._present.sum())


def matching(
    table: UnitTable,
    *,
    region: list[str] | None = None,
    fuel: list[str] | None = None,
    fueltech: list[str] | None = None,
    station: list[str] | None = None,
    duid: list[str] | None = None,
    owner: list[str] | None = None,
) -> np.ndarray | None:
    """Which registry rows fit every filter given (None where all do). ``NEM`` fits every region.

    A fuel fits a row that is registered under it, or whose generation or consumption belongs to it.
    """
    keep = np.ones(table.rows, bool)
    asked = False
    if region and "NEM" not in region:
        keep &= np.isin(table.region, region)
        asked = True
    for names, at in ((fuel, 0), (fueltech, 1)):
        if names:
            words = set(names)
            own = (table.fuel, table.fueltech)[at]
            sides = zip(table.positive, table.negative, own, table.role, strict=True)
            fits = [
                bool(words & ({o} | ({p[at]} if r != LOAD else set()) | ({n[at]} if r != GENERATOR else set())))
                for p, n, o, r in sides
            ]
            keep &= np.array(fits, bool)
            asked = True
    for names, column in ((station, table.station), (duid, table.duid), (owner, table.owner)):
        if names:
            keep &= np.isin(column, names)
            asked = True
    return keep if asked else None
