"""Money of units in buckets shorter than a month; of the weeks of whole months remembered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from components.metrics.buckets import Axis
from components.metrics.revenue import unit_sums
from components.queries.monthly import regions_of
from components.queries.remembering import Remembered
from components.queries.units import Readings, UnitTable
from components.store.snapshot import Snapshot

MOST_BYTES = 6 * 2**20
"""Weeks of whole months remembered: two years of 600 units."""
_weeks = Remembered(MOST_BYTES)


def money_by_bucket(
    snapshot: Snapshot, table: UnitTable, part: Readings, axis: Axis, basis: str,
    price: Callable[[np.ndarray], np.ndarray], first: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Sums of each unit in each bucket of a stretch (buckets, 8, K); of the weeks of a whole month remembered.

    ``first`` are the buckets' first positions, ``price`` gives the regions' prices on stamps.
    """

    def sums(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        prices, own, roles = price(part.times), regions_of(table, rows), table.role[rows]
        runs = zip(first.tolist(), [*first[1:].tolist(), len(part.times)], strict=True)
        return np.stack([unit_sums(values[:, a:b], roles, own, prices[:, a:b]).stack() for a, b in runs])

    stretch = part.stretch
    if stretch is None or part.keep is None or axis.interval != "7d":
        return sums(part.values, part.rows)
    identities = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    key = ("weeks", basis, identities, table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end)
    # Few units are added up sooner than all of them.
    if 2 * len(part.keep) < len(stretch.rows) and key not in _weeks:
        return sums(part.values, part.rows)
    whole: np.ndarray = _weeks.get(key, lambda: sums(stretch.values, stretch.rows))
    return whole[:, :, part.keep]
