"""Units that say nothing in a window although they reported before it and after it: their readings are missing.

A unit without any reading in a window may not have been built yet, or be gone; only what lies around the window tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from components.queries.regional import STEP
from components.store.snapshot import Chunk

GRACE = np.timedelta64(1, "D").astype("timedelta64[us]")
"""How long after its last reading a unit is still expected, where nothing has come after it yet."""


class Lives:
    """From which month to which each unit reported.

    Parameters
    ----------
    chunks : the months of a dataset, in order.
    unit_of : number of each unit by DUID, from 0.
    """

    def __init__(self, chunks: Sequence[Chunk], unit_of: Mapping[str, int]):
        self.chunks = chunks
        self.unit_of = unit_of
        units = max(unit_of.values(), default=-1) + 1
        self.first, self.last = np.full(units, len(chunks)), np.full(units, -1)
        self._names = np.full(units, "", object)
        self._names[list(unit_of.values())] = list(unit_of)
        for at, chunk in enumerate(chunks):
            of = np.array([unit_of[duid] for duid in chunk.keys], np.int64)
            self.first[of] = np.minimum(self.first[of], at)
            self.last[of] = at

    def silent(self, start: np.datetime64, end: np.datetime64, unseen: np.ndarray) -> np.ndarray:
        """Which of the units without a reading in ``(start, end]`` (``unseen``, bool by unit) should have had some.

        Those with a reading before the window, and one after it; at the newest data, where nothing has come after it
        yet, those with one less than :data:`GRACE` before its end.
        """
        out = np.zeros(len(unseen), bool)
        begins = np.array([chunk.origin for chunk in self.chunks], "datetime64[us]")
        if not len(begins):
            return out
        low, high = (max(0, int(np.searchsorted(begins, edge)) - 1) for edge in (start, end))
        newest = end >= self.chunks[-1].last - GRACE
        for unit in np.flatnonzero(unseen & (self.first <= low) & (self.last >= low)).tolist():
            out[unit] = self._read(unit, low, None, start) and (
                self._read(unit, high, end, None) or (newest and self._read(unit, low, end - GRACE, start))
            )
        return out

    def _read(self, unit: int, at: int, since: np.datetime64 | None, until: np.datetime64 | None) -> bool:
        """Whether a unit has a reading in ``(since, until]``, seen from the month ``at``; open towards None."""
        if (since is None and self.first[unit] < at) or (until is None and self.last[unit] > at):
            return True
        for chunk in self.chunks[max(0, at - 1) : at + 1]:
            place = chunk.position.get(self._names[unit])
            if place is None:
                continue
            a = 0 if since is None else max(0, int((since - chunk.origin) // STEP))
            b = chunk.length if until is None else min(chunk.length, int((until - chunk.origin) // STEP))
            if a < b and not np.isnan(chunk.values[0][place, a:b]).all():
                return True
        return False
