"""Sums over whole months, worked out once: a question about five years then reads a few kilobytes a month, not gigabytes.

What a month adds up to depends on its frames and on the registry alone, so it is remembered by them: a newer version of
the data works out only the months that changed. Months that a window cuts are added up anew, so the edges are exact.
Remembered are a unit's energy and money, and per day and series the sum of power and its readings; both small.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from components.market_time import DISPATCH_MINUTES, Window
from components.metrics.buckets import Means
from components.metrics.generation import sum_units, terms
from components.metrics.revenue import UnitSums, unit_sums
from components.queries.regional import Month, months
from components.queries.remembering import Remembered
from components.queries.units import Readings, Stretch, UnitTable
from components.store.snapshot import Block, Snapshot
from components.store.sums import keepable
from components.vocabulary import GENERATOR, NEM, REGIONS

DAY = 24 * 60 // DISPATCH_MINUTES
MOST_BYTES = 16 * 2**20
"""Remembered at most: a dozen kinds of sums over five years of 600 units; what goes is read from the disk again."""

_months = Remembered(MOST_BYTES)
remembered = _months.get
forget = _months.clear


def key_of(kind: Hashable, table: UnitTable, stretch: Stretch) -> Hashable:
    """Names what a stretch of readings adds up to."""
    return kind, table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end


def money_of_units(
    snapshot: Snapshot, table: UnitTable, part: Readings, basis: str, price: Callable[[], np.ndarray]
) -> UnitSums:
    """Energy and money of each unit of a stretch of readings, split by its role.

    Parameters
    ----------
    basis : the prices' name; what is remembered belongs to it.
    price : gives the regions' prices on the stretch's stamps (5, T) [$/MWh].
    """

    def sums(values: np.ndarray, rows: np.ndarray) -> UnitSums:
        return unit_sums(values, table.role[rows], regions_of(table, rows), price())

    stretch = part.stretch
    if stretch is None or part.keep is None:
        return sums(part.values, part.rows)
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    key = key_of((basis, prices), table, stretch)
    # Few units are added up sooner than all of them.
    if 2 * len(part.keep) < len(stretch.rows) and not _months.has(key):
        return sums(part.values, part.rows)
    whole = remembered(key, lambda: sums(stretch.values, stretch.rows))
    return UnitSums(*(getattr(whole, f.name)[part.keep] for f in fields(whole)))


def money_of_rooftop(snapshot: Snapshot, block: Block, basis: str, price: Callable[[], np.ndarray]) -> UnitSums:
    """Energy and worth of each region's rooftop solar on a block's stamps; of a whole month remembered.

    Parameters
    ----------
    block : rooftop power of the five regions [MW].
    basis, price : as of :func:`money_of_units`.
    """
    roles, every = np.full(len(REGIONS), GENERATOR, object), np.arange(len(REGIONS))

    def sums() -> UnitSums:
        return unit_sums(block.values, roles, every, price())

    month = str(block.times[0] - np.timedelta64(1, "us"))[:7]
    of_month = {name: tuple(c for c in snapshot.chunks(name) if c.month == month) for name in ("rooftop", "price")}
    if [c.length for c in of_month["rooftop"]] != [len(block.times)]:
        return sums()
    key = ("rooftop", basis, *(tuple(c.identity for c in chunks) for chunks in of_month.values()))
    kept: UnitSums = remembered(key, sums)
    return kept


def rooftop_of_month(
    snapshot: Snapshot, month: Month, basis: str, price: Callable[[np.ndarray], np.ndarray]
) -> tuple[UnitSums, int]:
    """What :func:`money_of_rooftop` gives of a whole month, read only where it is not remembered; and its stamps.

    Parameters
    ----------
    price : gives the regions' prices on some stamps (5, T) [$/MWh].
    """
    own = f"{month.window.start:%Y-%m}"
    of_month = {name: tuple(c for c in snapshot.chunks(name) if c.month == own) for name in ("rooftop", "price")}
    key = ("rooftop", basis, *(tuple(c.identity for c in chunks) for chunks in of_month.values()))

    def sums() -> UnitSums:
        block = snapshot.block("rooftop", "mw", month.window.start, month.window.end, REGIONS)
        every = np.arange(len(REGIONS))
        return unit_sums(block.values, np.full(len(REGIONS), GENERATOR, object), every, price(block.times))

    kept: UnitSums = remembered(key, sums)
    return kept, of_month["rooftop"][0].length


def rooftop_days(snapshot: Snapshot, month: Month) -> tuple[np.ndarray, np.ndarray]:
    """Rooftop solar of the five regions and of the market on each day of a whole month: sums [MW] and readings (6, days).

    The market's is known where that of every region is.
    """

    def collected() -> tuple[np.ndarray, np.ndarray]:
        by_day = Means(len(REGIONS) + 1, month.days)
        block = snapshot.block("rooftop", "mw", month.window.start, month.window.end, REGIONS)
        by_day.add(block.times, np.vstack([block.values, block.values.sum(axis=0, dtype=np.float64)]))
        return by_day.totals, by_day.counts

    kept: tuple[np.ndarray, np.ndarray] = remembered(("rooftop days", month.identity), collected)
    return kept


def regions_of(table: UnitTable, rows: np.ndarray) -> np.ndarray:
    """Each row's place among the five regions, -1 where it is in none."""
    place = {r: i for i, r in enumerate(REGIONS)}
    return np.array([place.get(r, -1) for r in table.region[rows]], np.int64)


@dataclass(frozen=True, eq=False)
class Days:
    """A stretch of whole days by series: ``totals`` [MW, summed over readings] and ``counts`` are (series, days)."""

    keys: tuple[tuple[str, str, str], ...]
    totals: np.ndarray
    counts: np.ndarray


keepable(UnitSums, Days)


def add_by_month(
    snapshot: Snapshot,
    window: Window,
    datasets: Sequence[str],
    name: Hashable,
    sums: Mapping[str, Means],
    add: Callable[[Window, Mapping[str, Means]], None],
) -> None:
    """Collect a window month by month; what the days of whole months add up to is remembered where buckets are days.

    Parameters
    ----------
    datasets : what is read; the months are those of the first.
    name : what is collected: the same name, the same sums of the same month.
    sums : where to; all over one axis.
    add : adds what lies in a window to such sums.
    """
    axis = next(iter(sums.values())).axis
    kinds = tuple(m.how.replace("sum", "mean") for m in sums.values())  # both collect sums
    ends: list[np.ndarray] = []
    parts: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {n: [] for n in sums}
    for month in months(snapshot, window, *datasets):
        if not (month.whole and in_days(axis.interval)):
            add(month.window, sums)
            continue

        def collected(month: Month = month) -> dict[str, tuple[np.ndarray, np.ndarray]]:
            by_day = {n: Means(len(m.counts), month.days, m.how) for n, m in sums.items()}
            add(month.window, by_day)
            return {n: (m.totals, m.counts) for n, m in by_day.items()}

        ends.append(month.day_ends)
        for n, part in remembered((name, kinds, month.identity), collected).items():
            parts[n].append(part)
    if ends:
        for n, found in parts.items():
            totals, counts = (np.concatenate(values, axis=1) for values in zip(*found, strict=True))
            sums[n].add_runs(np.concatenate(ends), totals, counts)


def in_days(interval: str) -> bool:
    """True where the buckets of an interval are made of whole days."""
    return interval[-1] not in "mh"


def readings_of_units(table: UnitTable, part: Readings) -> np.ndarray | None:
    """Readings of each unit of a whole stretch; None where it is not whole."""
    stretch = part.stretch
    if stretch is None or part.keep is None:
        return None
    key = key_of("readings", table, stretch)
    if 2 * len(part.keep) < len(stretch.rows) and not _months.has(key):
        return None
    counts: np.ndarray = remembered(
        key, lambda: stretch.end - stretch.begin - np.isnan(stretch.values).sum(axis=1, dtype=np.int64)
    )
    return counts[part.keep]


def days_of_series(table: UnitTable, part: Readings, *, market: bool, fine: bool) -> Days | None:
    """Daily sums of every series of a stretch, None where it is not made of whole days.

    Parameters
    ----------
    market : regions put together as NEM, else apart.
    fine : fuel technologies told apart, else fuels.
    """
    stretch = part.stretch
    if stretch is None or stretch.begin % DAY or stretch.end % DAY:
        return None
    key = key_of((market, fine), table, stretch)
    days: Days = remembered(key, lambda: _days(table, stretch, market, fine))
    return days


def _days(table: UnitTable, stretch: Stretch, market: bool, fine: bool) -> Days:
    index: dict[tuple[str, str, str], int] = {}
    codes = np.array(
        [index.setdefault((NEM if market else r, f, t if fine else ""), len(index)) for r, f, t in table.kinds], int
    )
    rows, values = stretch.rows, stretch.values
    live = ~np.isnan(values).all(axis=1)
    units, parts, series = terms(
        table.role[rows],
        np.where(live, codes[table.gives[rows]], -1),
        np.where(live, codes[table.takes[rows]], -1),
    )
    used, packed = np.unique(series, return_inverse=True)
    sums = sum_units(values, units, parts, packed, len(used)).reshape(len(used), -1, DAY)
    known = ~np.isnan(sums)
    keys = list(index)
    return Days(
        tuple(keys[code] for code in used.tolist()),
        np.where(known, sums, 0.0).sum(axis=2),
        known.sum(axis=2).astype(np.int32),
    )
