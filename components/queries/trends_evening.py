"""The evening peak: what supplied it in a window and on the same dates a year before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from components.market_time import Window
from components.metrics.fuels import COMPARABLE, difference, year_before
from components.metrics.generation import NEGATIVE, POSITIVE, signed
from components.metrics.revenue import ratio
from components.queries.base import Names, PeriodQuery, Recurring, Result, Span, register
from components.queries.generation import INTERCHANGE, ROOFTOP
from components.queries.regional import REGION_ORDER, blocks, regions_asked
from components.queries.trends_sums import SLOTS, fold_slots, slots_by_fuel
from components.queries.units import unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGIONS

EVENING = [17, 18, 19, 20, 21]
"""Hours of the evening peak: from 17:00 to 22:00 NEM time."""
SUPPLY, UNDERLYING, RESIDUAL = "supply", "underlying", "residual"
TOTALS = (SUPPLY, UNDERLYING, RESIDUAL)
"""Rows after the fuels: their sum, the demand it met, and the difference of the two."""


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
        own = part in (ROOFTOP[0], UNDERLYING, *(f for f, _ in INTERCHANGE))
        units = [c for (r, p), c in fold.counts.items() if r == region and p in FUELS and p not in _REGIONAL]
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


_REGIONAL = (ROOFTOP[0], *(f for f, _ in INTERCHANGE))


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


class _EveningQuery(PeriodQuery):
    """What the questions about the evening share."""

    page = "trends"
    dataset = "region"

    last = Span(
        default="1y", doc="Length up to the newest midnight, used where start and end are not given: 1y, 30d ..."
    )
    hour = Recurring(
        default=EVENING, cycle="hour",
        doc="Hours of the day: 0-23, lists and ranges; default 17-21 = from 17:00 to 22:00 NEM time.",
    )  # fmt: skip
    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = the whole market.")

    @property
    def shown_interval(self) -> str | None:
        return "1d"

    def both(self, snapshot: Snapshot) -> tuple[Window, Window]:
        """The window, and the same dates a year before."""
        window = self.window(snapshot)
        return window, replace(window, start=year_before(window.start), end=year_before(window.end))

    def notes(self, before: Window) -> tuple[str, ...]:
        """What the reader must know."""
        return (
            f"A year before: {before.start:%Y-%m-%d %H:%M} to {before.end:%Y-%m-%d %H:%M}, the same hours.",
            "Supply = all fuels + rooftop + imports - exports - charging - pumping; residual = supply - underlying demand: "
            "losses, units without readings, and that readings are taken at the start of an interval and demand at its end.",
        )


@register
class EveningPeak(_EveningQuery):
    """What supplied the evening peak, now and a year before."""

    route = "trends/evening"
    title = "Evening peak, now and a year before"
    description = (
        "Average power of each fuel between 17:00 and 22:00 (or other hours) over a window and over the same dates a year "
        "before. The fuels' changes add up to the change of supply, and that is the change of underlying demand (operational "
        "demand + rooftop) and of the residual. A year before is null where less than "
        f"{COMPARABLE:.0%} of its hours is read."
    )
    row_columns: ClassVar = {
        "region": ("", "Region, or NEM"),
        "part": ("", "Fuel; then supply = their sum, underlying = demand + rooftop, residual = supply - underlying"),
        "mw": ("MW", "Average power over these hours, loads and exports negative"),
        "mw_before": ("MW", "The same a year before; null where it is not covered"),
        "change_mw": ("MW", "Now minus a year before; null where either is not covered"),
        "share": ("", "Part of all that is above zero; null for loads and totals"),
        "share_before": ("", "The same a year before"),
        "coverage": ("", "Readings / intervals of these hours in the window"),
        "coverage_before": ("", "The same a year before; of a fuel that came later null"),
    }  # fmt: skip
    examples = ("region=SA1", "region=NEM&last=90d", "region=NSW1&month=6-8")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * (len(FUELS) + len(TOTALS))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, before = self.both(snapshot)
        asked = regions_asked(self.region)
        now, then = evening(snapshot, window, asked), evening(snapshot, before, asked)
        order = (*FUELS, *TOTALS)
        keys = sorted({*now.mw, *then.mw}, key=lambda k: (REGION_ORDER.index(k[0]), order.index(k[1])))
        columns = compared(keys, now, then)
        frame = pd.DataFrame({
            name: pd.Categorical(words, categories=list(dict.fromkeys(words)))
            for name, words in (("region", [k[0] for k in keys]), ("part", [k[1] for k in keys]))
        } | columns)  # fmt: skip
        present = sum(round(c * window.expected) for (_, p), c in now.coverage.items() if p == UNDERLYING)
        return Result(
            frame, {n: self.row_columns[n][0] for n in columns}, window.start, window.end, ("region", "part"), "", "",
            window.expected * len(asked), present, snapshot.version, snapshot.sources, self.notes(before),
        )  # fmt: skip


def compared(keys: list[tuple[str, str]], now: Evening, then: Evening) -> dict[str, np.ndarray]:
    """Columns of the answer.

    A fuel without any reading in a window whose region is read there gave nothing; rooftop and interchange are unknown then.
    """
    out: dict[str, np.ndarray] = {}
    for ending, side in (("", now), ("_before", then)):
        read: dict[str, float] = {}
        for (region, part), share in side.coverage.items():
            if part in FUELS and part not in _REGIONAL:
                read[region] = max(read.get(region, 0.0), share)
        of_units = [p in FUELS and p not in _REGIONAL for _, p in keys]
        covered = [read.get(k[0], 0.0) if u else side.coverage.get(k, 0.0) for k, u in zip(keys, of_units, strict=True)]
        none = [0.0 if u and c > 0 else np.nan for u, c in zip(of_units, covered, strict=True)]
        mw = np.array([side.mw.get(k, n) for k, n in zip(keys, none, strict=True)], float)
        fine = np.array(covered, float) >= COMPARABLE
        out[f"mw{ending}"] = np.where(fine, mw, np.nan) if ending else mw
        out[f"fine{ending}"] = fine
        out[f"coverage{ending}"] = np.array([side.coverage.get(k, np.nan) for k in keys], float)
        supply = {r: sum(v for (q, p), v in side.mw.items() if q == r and p in FUELS and v > 0) for r, _ in keys}
        shares = [
            m / supply[r] if p in FUELS and not FUELS[p].load and supply[r] > 0 else np.nan
            for (r, p), m in zip(keys, out[f"mw{ending}"].tolist(), strict=True)
        ]
        out[f"share{ending}"] = np.array(shares, float)
    both = out.pop("fine") & out.pop("fine_before")
    out["change_mw"] = difference(out["mw"], out["mw_before"], both)
    return {n: out[n] for n in ("mw", "mw_before", "change_mw", "share", "share_before", "coverage", "coverage_before")}


@register
class EveningProfile(_EveningQuery):
    """The evening by half hour, now and a year before."""

    route = "trends/evening/profile"
    title = "Evening peak by half hour"
    description = "Average power of each fuel, of supply and of underlying demand in each half hour of the evening, now and a year before."
    row_columns: ClassVar = {
        "region": ("", "Region, or NEM"),
        "part": ("", "Fuel, supply, underlying or residual, as in trends/evening"),
        "time_of_day": ("", "Begin of the half hour, hh:mm in NEM time"),
        "mw": ("MW", "Average power in that half hour"),
        "mw_before": ("MW", "The same a year before"),
    }
    examples = ("region=SA1", "region=NEM&hour=16-22")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * (len(FUELS) + len(TOTALS)) * SLOTS

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, before = self.both(snapshot)
        asked = regions_asked(self.region)
        now, then = evening(snapshot, window, asked), evening(snapshot, before, asked)
        order = (*FUELS, *TOTALS)
        keys = sorted({*now.mw, *then.mw}, key=lambda k: (REGION_ORDER.index(k[0]), order.index(k[1])))
        hours = set(window.calendar.hours or range(24))
        slots = [s for s in range(SLOTS) if s // 2 in hours]
        absent = np.full(SLOTS, np.nan)
        words: dict[str, list[str]] = {
            "region": [k[0] for k in keys for _ in slots], "part": [k[1] for k in keys for _ in slots],
            "time_of_day": [f"{s // 2:02d}:{s % 2 * 30:02d}" for _ in keys for s in slots],
        }  # fmt: skip
        columns: dict[str, Any] = {n: pd.Categorical(w, categories=list(dict.fromkeys(w))) for n, w in words.items()}
        for name, side in (("mw", now), ("mw_before", then)):
            columns[name] = np.array([side.by_slot.get(k, absent)[slots] for k in keys], float).reshape(-1)
        present = sum(round(c * window.expected) for (_, p), c in now.coverage.items() if p == UNDERLYING)
        return Result(
            pd.DataFrame(columns), {"mw": "MW", "mw_before": "MW"}, window.start, window.end,
            ("region", "part", "time_of_day"), "", "", window.expected * len(asked), present, snapshot.version,
            snapshot.sources, self.notes(before),
        )  # fmt: skip


__all__ = ["EVENING", "TOTALS", "EveningPeak", "EveningProfile", "evening"]
