"""Penetration at the native interval, month by month: what every question about it is made of.

Worked out for one region (or the market) at a time and remembered as two float32 series a month, about 70 kB, for as long as
the month's frames and the registry are the same; only wind and solar farms of that place are read for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.market_time import Window
from components.metrics.generation import sum_units, terms
from components.metrics.penetration import penetration, variable_power
from components.queries.regional import STEP, aligned
from components.queries.remembering import Remembered
from components.queries.units import UnitTable, readings, unit_table
from components.stopping import stop_if_unwanted
from components.store.snapshot import Chunk, Snapshot
from components.vocabulary import LOAD, NEM, REGIONS

DATASETS = ("region", "scada", "rooftop")
MOST_BYTES = 21 * 2**20
"""Remembered at most: 25 years of one place, five years of five; what goes is read from the disk again."""
_FUELS = ("wind", "solar")
_months = Remembered(MOST_BYTES)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Stamps of one month (T,), wind + solar + rooftop and underlying demand [MW]; both NaN where either is missing."""

    times: np.ndarray
    variable: np.ndarray
    underlying: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """Penetration of each interval (T,), NaN = missing."""
        return penetration(self.variable, self.underlying)


def stretches(snapshot: Snapshot, place: str, window: Window) -> Iterator[Stretch]:
    """The intervals of a window that count, month by month; months without demand are left out.

    Parameters
    ----------
    place : a region, or NEM.
    """
    low, high = np.datetime64(window.start, "us"), np.datetime64(window.end, "us")
    for chunk in snapshot.chunks("region"):
        first = max(0, int((low - chunk.origin) // STEP))
        last = min(chunk.length, int((high - chunk.origin) // STEP))
        if first >= last:
            continue
        stop_if_unwanted()
        pair = _remembered(snapshot, place, chunk)
        times = chunk.origin + np.arange(first + 1, last + 1) * STEP
        variable, underlying = pair[0, first:last], pair[1, first:last]
        if window.calendar:
            counted = window.calendar.mask(times)
            times, variable, underlying = times[counted], variable[counted], underlying[counted]
        if len(times):
            yield Stretch(times, variable, underlying)


def _remembered(snapshot: Snapshot, place: str, chunk: Chunk) -> np.ndarray:
    """Both series of a month."""
    pair: np.ndarray = _months.get(_key(snapshot, place, chunk), lambda: _month(snapshot, place, chunk))
    return pair


def _key(snapshot: Snapshot, place: str, chunk: Chunk) -> Hashable:
    content = tuple((n, c.identity) for n in DATASETS for c in snapshot.chunks(n) if c.month == chunk.month)
    return "penetration", place, unit_table(snapshot).fingerprint, content


def _month(snapshot: Snapshot, place: str, chunk: Chunk) -> np.ndarray:
    """Wind + solar + rooftop, and underlying demand, on the whole grid of a month (2, T) [MW]."""
    times = chunk.origin + np.arange(1, chunk.length + 1) * STEP
    rooftop = _regional(snapshot, "rooftop", "mw", place, times)
    underlying = _regional(snapshot, "region", "demand", place, times) + rooftop
    wind, solar, read = _farms(snapshot, place, times)
    variable = variable_power(wind, solar, rooftop, read)
    both = np.stack([variable, underlying])
    both[:, np.isnan(both).any(axis=0)] = np.nan
    out = both.astype(np.float32)
    out.flags.writeable = False
    return out


def _regional(snapshot: Snapshot, dataset: str, column: str, place: str, times: np.ndarray) -> np.ndarray:
    """A regional series (T,); of the market the sum of the five, known where all are."""
    keys = REGIONS if place == NEM else (place,)
    return np.asarray(aligned(snapshot, dataset, column, times, keys).sum(axis=0))


def _farms(snapshot: Snapshot, place: str, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wind and solar power of a place (T,) [MW], NaN where no such farm is read, and whether any unit is read."""
    table = unit_table(snapshot)
    home = np.ones(table.rows, bool) if place == NEM else np.asarray(table.region == place)
    codes = _codes(table)
    window = Window(pd.Timestamp(times[0] - STEP), pd.Timestamp(times[-1]), "5m")
    power = np.full((len(_FUELS), len(times)), np.nan)
    for part in readings(snapshot, window, home & (codes >= 0)):
        at = int((part.times[0] - times[0]) // STEP)
        rows = part.rows
        units, parts, series = terms(table.role[rows], codes[rows], np.full(len(rows), -1))
        power[:, at : at + len(part.times)] = sum_units(part.values, units, parts, series, len(_FUELS))
    if not np.isnan(power).all(axis=1).any():
        return power[0], power[1], np.ones(len(times), bool)
    # A kind of farm that the place has not: it counts as nothing where its other units are read.
    read = np.zeros(len(times), bool)
    for part in readings(snapshot, window, home):
        at = int((part.times[0] - times[0]) // STEP)
        read[at : at + len(part.times)] = (~np.isnan(part.values)).any(axis=0)
    return power[0], power[1], read


def _codes(table: UnitTable) -> np.ndarray:
    """0 = wind, 1 = solar, -1 = neither, of each registry row's generation."""
    fuels = [_FUELS.index(f) if f in _FUELS else -1 for _, f, _ in table.kinds]
    codes = np.array(fuels, np.int64)[table.gives] if table.rows else np.empty(0, np.int64)
    return np.where(table.role == LOAD, -1, codes)


__all__ = ["Stretch", "stretches"]
