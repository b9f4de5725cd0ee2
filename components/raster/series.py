"""Series of the regions and of the market as a whole on one grid of 5-minute stamps, kept once they were worked out.

A series over years is read from hundreds of files, or summed over all units; a picture of it needs a part of it again and
again. They are kept as float32 in files without a name, so that they are no more of the process's own memory than the
frames are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from components.market_time import Window
from components.metrics.generation import renewable_shares, sum_units, terms
from components.queries.regional import aligned, blocks, prices
from components.queries.units import STEP, readings, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

ORDER = (*REGIONS, NEM)
"""Rows of every series."""
Pieces = tuple[np.ndarray, list[np.ndarray]]
"""Stamps (a month at most, without holes), and the values (6, T) of each series on them."""


@dataclass(frozen=True, eq=False)
class Series:
    """Values (6, T) on consecutive stamps, the first of them ``origin`` + 5 minutes; rows are :data:`ORDER`."""

    origin: np.datetime64
    values: np.ndarray

    def row(self, region: str) -> np.ndarray:
        """The values of one region (T,)."""
        out: np.ndarray = self.values[ORDER.index(region)]
        return out

    def between(self, start: np.datetime64, end: np.datetime64) -> slice:
        """Positions of the stamps in ``(start, end]``."""
        length = self.values.shape[1]
        first = -int((self.origin - start) // STEP)
        last = int((end - self.origin) // STEP)
        low = min(max(first, 0), length)
        return slice(low, max(low, min(last, length)))

    def covering(self, origin: np.datetime64, count: int) -> np.ndarray:
        """Values on ``count`` stamps after ``origin``, NaN where the grid has none: (6, count)."""
        out = np.full((self.values.shape[0], count), np.nan, np.float32)
        at = int((origin - self.origin) // STEP)
        low, high = max(at, 0), min(at + count, self.values.shape[1])
        if high > low:
            out[:, low - at : high - at] = self.values[:, low:high]
        return out

    def times(self, part: slice) -> np.ndarray:
        """Stamps of some positions, datetime64[us]."""
        return self.origin + (np.arange(part.start, part.stop) + 1) * STEP


_kept: WeakKeyDictionary[Snapshot, dict[str, Series]] = WeakKeyDictionary()
_before: dict[tuple[str, ...], tuple[dict[np.datetime64, Hashable], dict[str, Series]]] = {}
"""What was read of the last version: by month what it was read from, and the series."""
_lock = Lock()
DATASETS = ("price", "region", "scada", "rooftop")


def series(snapshot: Snapshot, name: str) -> Series:
    """One of the series of :data:`SERIES` over everything there is."""
    with _lock:
        kept = _kept.setdefault(snapshot, {})
        if name not in kept:
            names = next(names for names in SERIES if name in names)
            kept |= _filled(snapshot, names)
        return kept[name]


def _filled(snapshot: Snapshot, names: tuple[str, ...]) -> dict[str, Series]:
    chunks = [c for name in DATASETS for c in snapshot.chunks(name)]
    if not chunks:
        nothing = Series(np.datetime64("2000-01-01", "us"), np.empty((len(ORDER), 0), np.float32))
        return dict.fromkeys(names, nothing)
    origin = min(c.origin for c in chunks)
    length = int((max(c.origin + c.length * STEP for c in chunks) - origin) // STEP)
    out = {name: Series(origin, _scratch((len(ORDER), length))) for name in names}
    registry = unit_table(snapshot).fingerprint
    months = sorted({c.origin for c in chunks})
    made_from: dict[np.datetime64, Hashable] = {
        m: (registry, *(c.identity for c in chunks if c.origin == m)) for m in months
    }
    window = everything(snapshot)
    # A new version changes the newest months; those before them are taken over as they are.
    old_from, old = _before.get(names, ({}, {}))
    same = sum(1 for _ in takewhile(lambda m: old_from.get(m) == made_from[m], months))
    if same and old[names[0]].origin == origin:
        changed = months[same] if same < len(months) else origin + length * STEP
        for name, made in out.items():
            until = int((changed - origin) // STEP)
            made.values[:, :until] = old[name].values[:, :until]
        window = replace(window, start=min(pd.Timestamp(changed), window.end))
    for times, pieces in SERIES[names](snapshot, window) if window.end > window.start else ():
        at = ((times - origin) // STEP).astype(np.int64) - 1
        for name, rows in zip(names, pieces, strict=True):
            out[name].values[:, at] = rows
    for made in out.values():
        made.values.flags.writeable = False
    _before[names] = (made_from, out)
    return out


def _scratch(shape: tuple[int, int]) -> np.ndarray:
    """NaN in a file that has no name and ends with it; in memory where no file can be written."""
    try:
        with tempfile.TemporaryFile() as file:
            values = np.memmap(file, np.float32, "w+", shape=shape).view(np.ndarray)
    except OSError:
        values = np.empty(shape, np.float32)
    values[:] = np.nan
    return values


def everything(snapshot: Snapshot) -> Window:
    """The window of all readings."""
    edges = [(snapshot.first(d), snapshot.last(d)) for d in ("price", "region", "scada")]
    known = [(first, last) for first, last in edges if first is not None and last is not None]
    if not known:
        return Window(pd.Timestamp("2000-01-01"), pd.Timestamp("2000-01-01"), "5m")
    return Window(min(f for f, _ in known) - pd.Timedelta(minutes=30), max(e for _, e in known), "5m")


def _price(snapshot: Snapshot, window: Window) -> Iterator[Pieces]:
    for price, _ in prices(snapshot, window, nem=True):
        yield price.times, [price.values]


def _demand(snapshot: Snapshot, window: Window) -> Iterator[Pieces]:
    for block in blocks(snapshot, "region", "demand", window, REGIONS):
        yield block.times, [np.vstack([block.values, block.values.sum(axis=0)])]


def _wind_and_renewables(snapshot: Snapshot, window: Window) -> Iterator[Pieces]:
    table = unit_table(snapshot)
    index: dict[tuple[str, str], int] = {}
    codes = np.array([index.setdefault((region, fuel), len(index)) for region, fuel, _ in table.kinds], np.int64)
    for part in readings(snapshot, window):
        live = ~np.isnan(np.fmax.reduce(part.values, axis=1))
        gives, takes = (np.where(live, codes[side[part.rows]], -1) for side in (table.gives, table.takes))
        units, parts, found = terms(table.role[part.rows], gives, takes)
        sums = sum_units(part.values, units, parts, found, len(index))
        roof = aligned(snapshot, "rooftop", "mw", part.times, REGIONS)
        power = _by_region(list(index), sums, roof)
        length = len(part.times)
        wind = np.vstack([p.get("wind", np.full(length, np.nan)) for p in power])
        yield part.times, [wind, np.vstack([100 * renewable_shares(p, length) for p in power])]


def _by_region(names: list[tuple[str, str]], sums: np.ndarray, roof: np.ndarray) -> list[dict[str, np.ndarray]]:
    """Power of each fuel [MW] for each of :data:`ORDER`; units of no region count in the market only.

    Parameters
    ----------
    names, sums : region and fuel of each row, and its power (rows, T).
    roof : rooftop solar of the regions (5, T).
    """
    power: list[dict[str, np.ndarray]] = [{} for _ in ORDER]
    for (region, fuel), row in zip(names, sums, strict=True):
        for place in ([REGIONS.index(region)] if region in REGIONS else []) + [ORDER.index(NEM)]:
            before = power[place].get(fuel)
            power[place][fuel] = row if before is None else _added(before, row)
    for place, row in enumerate((*roof, roof.sum(axis=0))):
        power[place]["rooftop"] = row
    return power


def _added(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Sum of two series; missing only where both are."""
    both = np.nan_to_num(one) + np.nan_to_num(other)
    both[np.isnan(one) & np.isnan(other)] = np.nan
    return both


SERIES: dict[tuple[str, ...], Callable[[Snapshot, Window], Iterator[Pieces]]] = {
    ("price",): _price,
    ("demand",): _demand,
    ("wind", "renewables"): _wind_and_renewables,
}
"""Names of what is read together -> how: price [$/MWh], demand [MW], wind [MW], renewable share of generation [%]."""
