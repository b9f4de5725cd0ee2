"""How units ran in a stretch of time: what is added up of each, and remembered of whole months for the units asked for.

A start may lie between two stretches, so the first and the last state known of each are kept as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.metrics.revenue import UnitSums, unit_sums
from components.metrics.running import RUNNING, STOPPED, UNKNOWN, negative_sums, starts, states
from components.queries.monthly import regions_of
from components.queries.regional import aligned
from components.queries.remembering import Remembered
from components.queries.units import Readings, UnitTable
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

MOST_UNITS = 64
"""Units whose months are remembered together: what is asked of all of them at once is not."""
MOST_BYTES = 4 * 2**20
"""Remembered at most: five years of a dozen stations of four units; about 200 bytes for each unit and month."""
_months = Remembered(MOST_BYTES)
_MONEY = 8


@dataclass(frozen=True, eq=False)
class RunSums:
    """What units did, (K,) each.

    ``starts`` within the stretch, ``running`` and ``known`` intervals, ``first`` and ``last`` states known
    (:data:`~components.metrics.running.UNKNOWN` = none); ``money``, and that of the intervals below zero.
    """

    starts: np.ndarray
    running: np.ndarray
    known: np.ndarray
    first: np.ndarray
    last: np.ndarray
    money: UnitSums
    below: UnitSums

    def started(self, before: np.ndarray) -> np.ndarray:
        """Starts (K,) where ``before`` is what each unit was last known to do."""
        return self.starts + ((before == STOPPED) & (self.first == RUNNING))

    def after(self, before: np.ndarray) -> np.ndarray:
        """What each unit was last known to do when the stretch ends."""
        return np.where(self.last == UNKNOWN, before, self.last).astype(np.int8)


def run_sums(snapshot: Snapshot, table: UnitTable, part: Readings) -> RunSums:
    """Sums of each unit of a stretch; of a whole month of few units remembered."""
    stretch, rows = part.stretch, part.rows
    if stretch is None or len(rows) > MOST_UNITS:
        return _unpacked(_packed(snapshot, table, part))
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    # The registry's fingerprint says nothing of capacities.
    who = (tuple(rows.tolist()), table.capacity_mw[rows].tobytes())
    key = ("running", who, table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end, prices)
    return _unpacked(_months.get(key, lambda: _packed(snapshot, table, part)))


def _unpacked(sums: np.ndarray) -> RunSums:
    started, running, known, first, last = sums[:5]
    money = sums[5:].copy()
    below = UnitSums(*money[_MONEY:])
    return RunSums(started, running, known, first, last, UnitSums(*money[:_MONEY]), below)


def _packed(snapshot: Snapshot, table: UnitTable, part: Readings) -> np.ndarray:
    """The sums as rows of numbers (5 + 8 + 8, K)."""
    rows, values = part.rows, part.values
    roles, region = table.role[rows], regions_of(table, rows)
    state = states(values, roles, table.capacity_mw[rows])
    started, last = starts(state, np.full(len(rows), UNKNOWN, np.int8))
    known = state != UNKNOWN
    at = known.argmax(axis=1) if state.shape[1] else np.zeros(len(rows), np.int64)
    first = state[np.arange(len(rows)), at] if state.shape[1] else last
    # Only the prices of the regions that these units stand in are read.
    places, own = np.unique(region, return_inverse=True)
    price = aligned(snapshot, "price", "rrp", part.times, [REGIONS[p] for p in places if p >= 0])
    own = own - int(places[0] < 0) if len(places) else own
    money = unit_sums(values, roles, own, price)
    below = negative_sums(values, roles, own, price)
    counts = (started.sum(axis=1), (state == RUNNING).sum(axis=1), known.sum(axis=1), first, last)
    return np.vstack([*counts, money.stack(), below.stack()]).astype(np.float64)
