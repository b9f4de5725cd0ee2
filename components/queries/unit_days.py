"""Power and spot revenue of each unit, day by day, of months that are over: kept on the disk and mapped.

A station over years is then read from a few numbers a day; days with holes are added up from their readings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from components.metrics.generation import AS_READ, CONSUMED, signed
from components.queries import kept_sums
from components.queries.monthly import DAY, key_of, regions_of
from components.queries.regional import aligned
from components.queries.units import Readings, Stretch, UnitTable, unit_table
from components.stopping import stop_if_unwanted
from components.store.snapshot import Snapshot
from components.store.sums import keepable
from components.vocabulary import LOAD, REGIONS

DATASET = "scada"
_ROWS = 32


@dataclass(frozen=True, eq=False)
class UnitDays:
    """A stretch of whole days, (units of the stretch, days) each.

    Attributes
    ----------
    power, money : sums over the readings [MW, $/h], loads below zero; 0 where there are none.
    counts, priced : readings, and those with a price.
    """

    power: np.ndarray
    money: np.ndarray
    counts: np.ndarray
    priced: np.ndarray


keepable(UnitDays)


def kept_days(snapshot: Snapshot, table: UnitTable, part: Readings) -> UnitDays | None:
    """The sums of a whole stretch of SCADA readings; None where nobody kept them."""
    stretch = part.stretch
    if stretch is None or part.keep is None or not _in_days(stretch):
        return None
    found: UnitDays | None = kept_sums.mapped(_key(snapshot, table, stretch))
    return found


def days_to_keep(snapshot: Snapshot) -> Iterator[tuple[Hashable, Callable[[], UnitDays]]]:
    """The sums of every month but the newest, which the next publication would change: key and what makes them."""
    table = unit_table(snapshot)
    for chunk in snapshot.chunks(DATASET)[:-1]:
        for begin, end, rows in table.spans(chunk):
            stop_if_unwanted()
            stretch = Stretch(chunk, begin, end, rows)
            if _in_days(stretch):
                yield _key(snapshot, table, stretch), partial(unit_days, snapshot, table, stretch)


def unit_days(snapshot: Snapshot, table: UnitTable, stretch: Stretch) -> UnitDays:
    """What the units of a stretch of whole days add up to."""
    rows, values = stretch.rows, stretch.values
    price = np.vstack([aligned(snapshot, "price", "rrp", stretch.times, REGIONS), np.full(len(stretch.times), np.nan)])
    region, load = regions_of(table, rows), table.role[rows] == LOAD
    shape = len(rows), (stretch.end - stretch.begin) // DAY
    out = UnitDays(*(np.zeros(shape) for _ in range(2)), *(np.zeros(shape, np.uint16) for _ in range(2)))
    for at in range(0, len(rows), _ROWS):
        some = slice(at, at + _ROWS)
        power = values[some].astype(np.float64)
        for mine, kind in ((load[some], CONSUMED), (~load[some], AS_READ)):
            power[mine] = signed(power[mine], kind)
        _by_day(power, out.power[some], out.counts[some])
        _by_day(power * price[region[some]], out.money[some], out.priced[some])
    return out


def _by_day(values: np.ndarray, totals: np.ndarray, counts: np.ndarray) -> None:
    missing = np.isnan(values)
    shape = (len(values), -1, DAY)
    totals[:] = np.where(missing, 0.0, values).reshape(shape).sum(axis=2)
    counts[:] = DAY - missing.reshape(shape).sum(axis=2, dtype=np.uint16)


def _key(snapshot: Snapshot, table: UnitTable, stretch: Stretch) -> Hashable:
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    return key_of(("unit days", prices), table, stretch)


def _in_days(stretch: Stretch) -> bool:
    return stretch.begin % DAY == 0 and stretch.end % DAY == 0 and stretch.chunk.dataset == DATASET
