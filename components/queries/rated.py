"""Energy and capacity of units within their registration: what capacity factors and utilisation are made of."""

from __future__ import annotations

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.revenue import UnitSums, unit_sums
from components.queries.regional import STEP
from components.queries.units import Readings, UnitTable
from components.vocabulary import LOAD


def rated_rows(table: UnitTable, rows: np.ndarray) -> np.ndarray:
    """Which of these registry rows (K,) have a capacity to generate with: loads have none here."""
    return np.asarray((table.capacity_mw[rows] > 0) & (table.role[rows] != LOAD))


def rated_sums(table: UnitTable, part: Readings, sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """Energy generated and capacity x hours of each unit of a stretch (K,) [MWh], over its readings within its registration.

    Both 0 where no capacity is known. ``sums`` are the stretch's sums, which hold where the registration covers it.
    """
    rows = part.rows
    rated = rated_rows(table, rows) & (sums.readings > 0)
    energy, count = np.where(rated, sums.energy, 0.0), np.where(rated, sums.readings, 0.0)
    first, last = part.times[0] - STEP, part.times[-1]
    outside = rated & ((table.registered_from[rows] > first) | (table.registered_to[rows] < last))
    for k in np.flatnonzero(outside):
        inside = (part.times > table.registered_from[rows[k]]) & (part.times <= table.registered_to[rows[k]])
        own = unit_sums(
            part.values[k : k + 1, inside], table.role[rows[k : k + 1]], np.array([-1]), np.empty((0, inside.sum()))
        )
        energy[k], count[k] = own.energy[0], own.readings[0]
    return energy, np.where(rated, table.capacity_mw[rows], 0.0) * count * HOURS_PER_DISPATCH
