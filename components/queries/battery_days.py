"""What every battery of a month did day by day, remembered: another filter, grouping or window reads nothing anew."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from components.metrics.storage import storage_roles, storage_runs
from components.queries.monthly import DAY, regions_of
from components.queries.regional import aligned
from components.queries.remembering import Remembered
from components.queries.units import Readings, UnitTable, matching
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

KINDS = ["battery", "battery_charging"]
"""Fuels of batteries."""
MOST_BYTES = 8 * 2**20
"""Days of months remembered: five years of 76 batteries are 5 MB; what goes is read from the disk or added up again."""
_days = Remembered(MOST_BYTES)


def days_of_batteries(snapshot: Snapshot, table: UnitTable, part: Readings) -> np.ndarray | None:
    """Energy and money of batteries on each day of a stretch (8, K, days), None where it is not made of whole days.

    Remembered for every battery: :data:`~components.queries.pooling.FIELDS` of another filter are read from it.
    """
    stretch = part.stretch
    if stretch is None or part.keep is None or stretch.begin % DAY or stretch.end % DAY:
        return None
    battery = np.flatnonzero(batteries_of(table)[stretch.rows])
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    key: Hashable = ("battery days", table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end, prices)
    first = np.arange(0, len(part.times), DAY)
    days = _days.get(
        key,
        lambda: _packed(
            runs_of_batteries(snapshot, table, stretch.values[battery], stretch.rows[battery], part.times, first)
        ),
    )
    return _unpacked(days, np.searchsorted(battery, part.keep))


def _packed(days: np.ndarray) -> tuple[np.ndarray, ...]:
    """Sums of days as they are remembered: what is priced apart from the rest only where that differs."""
    priced, money = days[2:4], np.concatenate([days[:2], days[4:6]])
    parts = (money, days[6:].astype(np.int16))
    return parts if np.array_equal(priced, days[:2]) else (*parts, priced)


def _unpacked(parts: tuple[np.ndarray, ...], units: np.ndarray) -> np.ndarray:
    """The days of these units (8, K, days)."""
    money, counts = parts[0][:, units], parts[1][:, units]
    priced = parts[2][:, units] if len(parts) > 2 else money[:2]
    return np.concatenate([money[:2], priced, money[2:], counts])


def runs_of_batteries(
    snapshot: Snapshot, table: UnitTable, values: np.ndarray, rows: np.ndarray, times: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Energy and money of batteries in runs of stamps (8, K, R), in the order of ``UnitSums``' fields."""
    price = aligned(snapshot, "price", "rrp", times, REGIONS)
    return storage_runs(values, storage_roles(table.role[rows]), regions_of(table, rows), price, first)


def batteries_of(table: UnitTable) -> np.ndarray:
    """Which registry rows are batteries (rows,) bool."""
    with _lock:
        found = _tables.get(table)
        if found is None:
            rows = matching(table, fuel=KINDS)
            found = _tables[table] = np.ones(table.rows, bool) if rows is None else rows
    return found


_tables: WeakKeyDictionary[UnitTable, np.ndarray] = WeakKeyDictionary()
_lock = Lock()
