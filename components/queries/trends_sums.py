"""What whole months add up to for questions about years: power by half hour of the day, and energy of each unit.

Remembered as in :mod:`components.queries.monthly`; months that a window or its calendar cuts are added up anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from components.market_time import HOURS_PER_DISPATCH, Calendar, Window
from components.metrics.generation import AS_READ, POSITIVE, signed, sum_units, terms
from components.queries.monthly import remembered
from components.queries.regional import STEP
from components.queries.units import Readings, UnitTable, readings
from components.store.snapshot import Snapshot
from components.store.sums import keepable
from components.vocabulary import BIDIRECTIONAL, GENERATOR, LOAD

SLOTS = 48
"""Half hours of a day."""
Series = tuple[str, str]
"""Region and fuel."""


@dataclass(frozen=True, eq=False)
class SlotSums:
    """A stretch of time folded by half hour of the day: sums of power [MW] and readings, (series, 48) each."""

    keys: tuple[Series, ...]
    totals: np.ndarray
    counts: np.ndarray


keepable(SlotSums)


def slot_of(times: np.ndarray) -> np.ndarray:
    """Half hour of the day that each interval-ending stamp lies in (T,), 0 … 47."""
    inside = np.asarray(times, "datetime64[us]") - np.timedelta64(1, "us")
    minutes = (inside - inside.astype("datetime64[D]")) // np.timedelta64(30, "m")
    return minutes.astype(np.int64)


def fold_slots(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of readings and their number by half hour of the day, (K, 48) each; ``values`` is (K, T), NaN = missing."""
    slots = slot_of(times)
    totals, counts = np.zeros((len(values), SLOTS)), np.zeros((len(values), SLOTS), np.int64)
    for row, line in enumerate(values):
        known = ~np.isnan(line)
        totals[row] = np.bincount(slots[known], weights=line[known], minlength=SLOTS)
        counts[row] = np.bincount(slots[known], minlength=SLOTS)
    return totals, counts


def slots_by_fuel(snapshot: Snapshot, table: UnitTable, window: Window) -> Iterator[SlotSums]:
    """Power of every region and fuel folded by half hour of the day, stretch by stretch.

    The window's hours are left to the asker: every half hour is there, so that months are remembered for any of them.
    """
    own = replace(window, calendar=Calendar(window.calendar.months, (), window.calendar.weekdays))
    for part in readings(snapshot, own):
        stretch = part.stretch
        if stretch is None:
            yield _slots(table, part.rows, part.values, part.times)
            continue
        key = ("slots", table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end)
        yield remembered(key, lambda p=part: _slots(table, p.rows, p.values, p.times))  # type: ignore[misc]


def _slots(table: UnitTable, rows: np.ndarray, values: np.ndarray, times: np.ndarray) -> SlotSums:
    index: dict[Series, int] = {}
    codes = np.array([index.setdefault((region, fuel), len(index)) for region, fuel, _ in table.kinds], np.int64)
    live = ~np.isnan(values).all(axis=1)
    units, parts, series = terms(
        table.role[rows],
        np.where(live & (table.role[rows] != LOAD), codes[table.gives[rows]], -1),
        np.where(live & (table.role[rows] != GENERATOR), codes[table.takes[rows]], -1),
    )
    used, packed = np.unique(series, return_inverse=True)
    keys = list(index)
    totals, counts = fold_slots(times, sum_units(values, units, parts, packed, len(used)))
    return SlotSums(tuple(keys[code] for code in used.tolist()), totals, counts)


def energy_of_units(table: UnitTable, part: Readings) -> np.ndarray:
    """Energy that each unit of a stretch generated (K,) [MWh], loads 0; whole months are remembered."""
    stretch = part.stretch
    if stretch is None or part.keep is None:
        return _energy(table, part.rows, part.values)
    key = ("energy", table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end)
    whole: np.ndarray = remembered(key, lambda: _energy(table, stretch.rows, stretch.values))
    return whole[part.keep]


def _energy(table: UnitTable, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    energy = values.sum(axis=1, dtype=np.float64)
    both, load = table.role[rows] == BIDIRECTIONAL, table.role[rows] == LOAD
    for k in np.flatnonzero(np.isnan(energy) | both):
        part = signed(values[k], POSITIVE if both[k] else AS_READ)
        energy[k] = np.nansum(part, dtype=np.float64)
    energy[load] = 0.0
    return np.asarray(energy * HOURS_PER_DISPATCH)


def bounds(times: np.ndarray, values: Sequence[float] | np.ndarray) -> tuple[np.datetime64, np.datetime64] | None:
    """Begin of the first interval with a reading and end of the last one; None where there is none."""
    known = np.flatnonzero(~np.isnan(np.asarray(values)))
    return (times[known[0]] - STEP, times[known[-1]]) if len(known) else None


__all__ = ["SLOTS", "SlotSums", "bounds", "energy_of_units", "fold_slots", "slot_of", "slots_by_fuel"]
