"""Average power over some hours of the day: of each fuel, of demand, and what is left between the two."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from components.market_time import Window
from components.metrics.generation import NEGATIVE, POSITIVE, signed
from components.metrics.revenue import ratio
from components.queries.generation import INTERCHANGE, ROOFTOP
from components.queries.regional import blocks
from components.queries.trends_sums import SLOTS, fold_slots, slots_by_fuel
from components.queries.units import unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGIONS

SUPPLY, UNDERLYING, RESIDUAL = "supply", "underlying", "residual"
TOTALS = (SUPPLY, UNDERLYING, RESIDUAL)
"""Parts after the fuels: their sum, the demand it met, and the difference of the two."""
REGIONAL = (ROOFTOP[0], *(f for f, _ in INTERCHANGE))
"""Parts that are no units': each is averaged over its own readings."""


@dataclass(eq=False)
class _Fold:
    """Sums of power [MW] and readings of each (region, part) by half hour of the day."""

    totals: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    counts: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)

    def add(self, key: tuple[str, str], totals: np.ndarray, counts: np.ndarray) -> None:
        if counts.any():
            self.totals[key] = self.totals.get(key, np.zeros(SLOTS)) + totals
            self.counts[key] = self.counts.get(key, np.zeros(SLOTS, np.int64)) + counts


@dataclass(frozen=True, eq=False)
class Evening:
    """Average power of each (region, part) over the hours of a window, by half hour (48,) and together [MW].

    ``coverage`` is the readings of a part / the intervals of the window's hours.
    """

    mw: dict[tuple[str, str], float]
    by_slot: dict[tuple[str, str], np.ndarray]
    coverage: dict[tuple[str, str], float]


def evening(snapshot: Snapshot, window: Window, asked: tuple[str, ...]) -> Evening:
    """Average power of every part of the supply, of underlying demand, and what is left between the two.

    Fuels are averaged over the intervals in which the region's best read fuel has a reading; rooftop, interchange and
    demand over their own. So supply is the sum of its parts, and supply - demand - residual is nothing, exactly.
    """
    fold = _folded(snapshot, window, asked)
    hours = np.array(window.calendar.hours or range(24))
    chosen = np.isin(np.arange(SLOTS) // 2, hours)
    expected = window.expected
    out = Evening({}, {}, {})
    for key, totals in fold.totals.items():
        region, part = key
        counts = fold.counts[key]
        own = part in (*REGIONAL, UNDERLYING)
        units = [c for (r, p), c in fold.counts.items() if r == region and p in FUELS and p not in REGIONAL]
        read = counts if own else np.max(units, axis=0)
        if counts[chosen].any():
            out.mw[key] = float(totals[chosen].sum() / read[chosen].sum())
            out.by_slot[key] = np.where(chosen, ratio(totals, read), np.nan)
            out.coverage[key] = float(counts[chosen].sum()) / expected if expected else float("nan")
    for region in asked:
        parts = [v for (r, p), v in out.mw.items() if r == region and p in FUELS]
        if not parts or (region, ROOFTOP[0]) not in out.mw:
            continue
        out.mw[(region, SUPPLY)] = sum(parts)
        slots = np.array([v for (r, p), v in out.by_slot.items() if r == region and p in FUELS])
        out.by_slot[(region, SUPPLY)] = np.where(chosen, np.nansum(slots, axis=0), np.nan)
        if (region, UNDERLYING) in out.mw:
            left = (region, RESIDUAL)
            out.mw[left] = out.mw[(region, SUPPLY)] - out.mw[(region, UNDERLYING)]
            out.by_slot[left] = out.by_slot[(region, SUPPLY)] - out.by_slot[(region, UNDERLYING)]
    for region in asked:
        covered = [c for (r, p), c in out.coverage.items() if r == region and p in FUELS]
        demand = out.coverage.get((region, UNDERLYING), float("nan"))
        for name in (SUPPLY, RESIDUAL):
            if (region, name) in out.mw:
                out.coverage[(region, name)] = max(covered) if name == SUPPLY else min(max(covered), demand)
    return out


def _folded(snapshot: Snapshot, window: Window, asked: tuple[str, ...]) -> _Fold:
    """Everything of a window by region, part and half hour."""
    fold = _Fold()
    for part in slots_by_fuel(snapshot, unit_table(snapshot), window):
        market: dict[str, list[int]] = {}
        for row, (region, fuel) in enumerate(part.keys):
            market.setdefault(fuel, []).append(row)
            if region in asked:
                fold.add((region, fuel), part.totals[row], part.counts[row])
        if NEM in asked:
            for fuel, rows in market.items():
                fold.add((NEM, fuel), part.totals[rows].sum(axis=0), part.counts[rows].max(axis=0))
    roofs = {b.times[0]: b for b in blocks(snapshot, "rooftop", "mw", window, REGIONS)}
    for block in roofs.values():
        _add_regions(fold, ROOFTOP[0], block.times, block.values, asked)
    for block in blocks(snapshot, "region", "demand", window, REGIONS):
        roof = roofs.get(block.times[0])
        if roof is not None:
            length = min(len(roof.times), len(block.times))
            both = block.values[:, :length] + roof.values[:, :length]
            _add_regions(fold, UNDERLYING, block.times[:length], both, asked)
    for block in blocks(snapshot, "region", "net_interchange", window, REGIONS):
        for (fuel, _), side in zip(INTERCHANGE, (POSITIVE, NEGATIVE), strict=True):
            apart = tuple(r for r in asked if r != NEM)
            _add_regions(fold, fuel, block.times, signed(-block.values, side), apart)  # NETINTERCHANGE is + for exports
    return fold


def _add_regions(fold: _Fold, part: str, times: np.ndarray, values: np.ndarray, asked: tuple[str, ...]) -> None:
    """A regional series (5, T) of the regions asked for; of the market where all five are known."""
    rows = [(r, values[REGIONS.index(r)]) for r in asked if r != NEM]
    rows += [(NEM, values.sum(axis=0))] if NEM in asked else []
    totals, counts = fold_slots(times, np.array([v for _, v in rows]).reshape(len(rows), len(times)))
    for (region, _), total, count in zip(rows, totals, counts, strict=True):
        fold.add((region, part), total, count)


__all__ = ["REGIONAL", "RESIDUAL", "SUPPLY", "TOTALS", "UNDERLYING", "Evening", "evening"]
