"""Curtailment added up over windows, by region and by unit; what whole months add up to is remembered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from components.market_time import HOURS_PER_DISPATCH, Window
from components.metrics.curtailment import FIELDS, sums
from components.queries.monthly import regions_of, remembered
from components.queries.regional import Month, aligned, blocks, months
from components.queries.units import Readings, UnitTable, readings
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

DATASET = "semi_scheduled"
FUELS_CURTAILED = ("wind", "solar")
HOW_TO_READ_UNITS = (
    "Forecasts of single units are not in the stored data. `aemo-dashboard ingest --source … --tables semi_scheduled` "
    "reads them from AEMO's DISPATCHLOAD and next-day dispatch reports (UIGF by unit: from 2024)."
)
UNIT_FIELDS = (*FIELDS, "capped_hours", "cap_hours", "readings")
"""What is added up of units besides: hours under a semi-dispatch cap and hours in which that is known [h], intervals."""
AT_ONCE = 16
"""Units whose month is in memory at the same time."""


def regional(
    snapshot: Snapshot, window: Window, fuel: str
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Stamps (T,), forecast, target and price (5, T) of a window's intervals that count, month by month."""
    for block in blocks(snapshot, "region", f"ss_{fuel}_uigf", window, REGIONS):
        yield (
            block.times, block.values,
            aligned(snapshot, "region", f"ss_{fuel}_cleared", block.times, REGIONS),
            aligned(snapshot, "price", "rrp", block.times, REGIONS),
        )  # fmt: skip


def regional_sums(snapshot: Snapshot, window: Window, fuel: str) -> np.ndarray:
    """:data:`~components.metrics.curtailment.FIELDS` of each region over a window (fields, 5)."""
    total = np.zeros((len(FIELDS), len(REGIONS)))
    for month in months(snapshot, window, "region", "price"):

        def added(month: Month = month) -> np.ndarray:
            parts = [sums(u, c, p) for _, u, c, p in regional(snapshot, month.window, fuel)]
            return np.sum(parts, axis=0) if parts else np.zeros((len(FIELDS), len(REGIONS)))

        total += remembered(("curtailed", fuel, month.identity), added) if month.whole else added()
    return total


def unit_readings(snapshot: Snapshot, window: Window, chosen: np.ndarray | None) -> Iterator[Readings]:
    """Forecasts of units in a window, as :func:`~components.queries.units.readings`."""
    return readings(snapshot, window, chosen, DATASET, "uigf")


def others_of(
    snapshot: Snapshot, table: UnitTable, rows: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Target, cap and price (K, T) beside the forecasts of these registry rows; no region, no price."""
    duids = table.duid[rows].tolist()
    cleared, cap = (aligned(snapshot, DATASET, c, times, duids) for c in ("cleared", "semi_dispatch_cap"))
    prices = np.vstack([aligned(snapshot, "price", "rrp", times, REGIONS), np.full(len(times), np.nan)])
    return cleared, cap, prices[regions_of(table, rows)]


def unit_sums(snapshot: Snapshot, table: UnitTable, part: Readings) -> np.ndarray:
    """:data:`UNIT_FIELDS` of each unit of a stretch (fields, K)."""

    def added(uigf: np.ndarray, rows: np.ndarray, times: np.ndarray) -> np.ndarray:
        parts = [np.empty((len(UNIT_FIELDS), 0))]
        for at in range(0, len(rows), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            forecast = uigf[some].astype(np.float64)
            cleared, cap, price = others_of(snapshot, table, rows[some], times)
            known = ~(np.isnan(forecast) | np.isnan(cleared))
            capped = [(known & (cap > 0)).sum(axis=1), (known & ~np.isnan(cap)).sum(axis=1)]
            more = [*(HOURS_PER_DISPATCH * np.array(capped)), known.sum(axis=1)]
            parts.append(np.vstack([sums(forecast, cleared, price), *more]))
        return np.hstack(parts)

    stretch = part.stretch
    if stretch is None or part.keep is None:
        return added(part.values, part.rows, part.times)
    prices = tuple(c.identity for c in snapshot.chunks("price") if c.month == stretch.chunk.month)
    key = (DATASET, prices, table.fingerprint, stretch.chunk.identity, stretch.begin, stretch.end)
    whole: np.ndarray = remembered(key, lambda: added(stretch.values, stretch.rows, stretch.times))
    return whole[:, part.keep]
