"""How units ran in a stretch of time: what is added up of each, and remembered of whole months.

A start may lie between two stretches, so the first and the last state known of each are kept as well. A month is
remembered for all units where somebody added it up before, else for the few that are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from components.metrics.running import RUNNING, STOPPED, UNKNOWN, negative_sums, starts, states
from components.queries.monthly import key_of, regions_of
from components.queries.regional import aligned
from components.queries.remembering import Remembered
from components.queries.units import Readings, UnitTable
from components.store.snapshot import Snapshot
from components.store.sums import keepable
from components.vocabulary import REGIONS

MOST_UNITS = 64
"""Units whose months are remembered together where nobody has added up the months of all units."""
MOST_BYTES = 6 * 2**20
"""Remembered at most: ten years of 600 units, 50 bytes for each unit and month."""
UNSURE = -1
_months = Remembered(MOST_BYTES)
_ROWS = 32


@dataclass(frozen=True, eq=False)
class RunSums:
    """What units did, (K,) each.

    ``starts`` within the stretch, ``running`` and ``known`` intervals, ``first`` and ``last`` states known
    (:data:`~components.metrics.running.UNKNOWN` = none); ``station`` = intervals in which any unit of its station ran
    (:data:`UNSURE` where that was not looked at) and ``mates``, how many units that station has in the stretch.
    ``negative_mwh``, ``negative_load_mwh`` and ``negative_revenue`` are those of the intervals below zero.
    """

    starts: np.ndarray
    running: np.ndarray
    known: np.ndarray
    first: np.ndarray
    last: np.ndarray
    station: np.ndarray
    mates: np.ndarray
    negative_mwh: np.ndarray
    negative_load_mwh: np.ndarray
    negative_revenue: np.ndarray

    @classmethod
    def nothing(cls, count: int) -> RunSums:
        """Nothing yet, for ``count`` units."""
        kinds = {"first": np.int8, "last": np.int8} | dict.fromkeys(
            ("starts", "running", "known", "station", "mates"), np.int16
        )
        out = cls(*(np.zeros(count, kinds.get(f.name, np.float64)) for f in fields(cls)))
        out.first[:], out.last[:], out.station[:] = UNKNOWN, UNKNOWN, UNSURE
        return out

    def started(self, before: np.ndarray) -> np.ndarray:
        """Starts (K,) where ``before`` is what each unit was last known to do."""
        return self.starts + ((before == STOPPED) & (self.first == RUNNING))

    def after(self, before: np.ndarray) -> np.ndarray:
        """What each unit was last known to do when the stretch ends."""
        return np.where(self.last == UNKNOWN, before, self.last).astype(np.int8)

    def of(self, units: np.ndarray) -> RunSums:
        """The sums of some of the units, by their places."""
        return RunSums(*(getattr(self, f.name)[units] for f in fields(self)))


keepable(RunSums)


def run_sums(snapshot: Snapshot, table: UnitTable, part: Readings) -> RunSums:
    """Sums of each unit of a stretch; of a whole month remembered."""
    stretch, rows = part.stretch, part.rows
    if stretch is None or part.keep is None:
        return _added_up(snapshot, table, part)
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    few = 2 * len(part.keep) < len(stretch.rows)
    key = key_of(("running", prices, table.ratings), table, stretch)
    if few and not _months.has(key):
        if len(rows) > MOST_UNITS:
            return _added_up(snapshot, table, part)
        # The registry's fingerprint says nothing of capacities.
        who = (tuple(rows.tolist()), table.capacity_mw[rows].tobytes())
        some: RunSums = _months.get(
            key_of(("running", who, prices), table, stretch), lambda: _added_up(snapshot, table, part)
        )
        return some
    every = Readings(part.times, stretch.rows, lambda: stretch.values)
    whole: RunSums = _months.get(key, lambda: _added_up(snapshot, table, every, stations=True))
    return whole.of(part.keep)


def _added_up(snapshot: Snapshot, table: UnitTable, part: Readings, *, stations: bool = False) -> RunSums:
    """The sums, some units at a time; ``stations`` looks at each station's units together."""
    rows, count = part.rows, len(part.rows)
    roles, region = table.role[rows], regions_of(table, rows)
    # Only the prices of the regions that these units stand in are read.
    places, own = np.unique(region, return_inverse=True)
    price = aligned(snapshot, "price", "rrp", part.times, [REGIONS[p] for p in places if p >= 0])
    own = own - int(places[0] < 0) if len(places) else own
    out = RunSums.nothing(count)
    names = table.words("station")[1][rows]
    order = np.argsort(names, kind="stable")
    at = 0
    while at < count:
        stop = min(at + _ROWS, count)
        while stop < count and names[order[stop]] == names[order[stop - 1]]:
            stop += 1  # a station stays together
        some = order[at:stop]
        at = stop
        values = part.values[some]
        state = states(values, roles[some], table.capacity_mw[rows[some]])
        started, out.last[some] = starts(state, np.full(len(some), UNKNOWN, np.int8))
        known, ran = state != UNKNOWN, state == RUNNING
        if state.shape[1]:
            out.first[some] = state[np.arange(len(some)), known.argmax(axis=1)]
        out.starts[some], out.running[some], out.known[some] = (of.sum(axis=1) for of in (started, ran, known))
        below = negative_sums(values, roles[some], own[some], price)
        out.negative_mwh[some], out.negative_load_mwh[some] = below.energy_priced, below.load_priced
        out.negative_revenue[some] = below.earned - below.paid
        if stations:
            first = np.flatnonzero(np.diff(names[some], prepend=-1))
            sizes = np.diff(first, append=len(some))
            out.mates[some] = np.repeat(sizes, sizes)
            out.station[some] = np.repeat(np.logical_or.reduceat(ran, first, axis=0).sum(axis=1), sizes)
    return out
