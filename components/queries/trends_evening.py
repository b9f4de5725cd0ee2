"""The evening peak: what supplied it in a window and on the same dates a year before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from components.market_time import Window
from components.metrics.fuels import COMPARABLE, difference, year_before
from components.queries.base import Names, PeriodQuery, Recurring, Result, Span, register
from components.queries.evening_sums import REGIONAL, TOTALS, UNDERLYING, Evening, evening
from components.queries.regional import REGION_ORDER, regions_asked
from components.queries.trends_sums import SLOTS
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

EVENING = [17, 18, 19, 20, 21]
"""Hours of the evening peak: from 17:00 to 22:00 NEM time."""


class _EveningQuery(PeriodQuery):
    """What the questions about the evening share."""

    page = "trends"

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
        now, then, keys = both_evenings(snapshot, window, before, asked)
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


def both_evenings(
    snapshot: Snapshot, window: Window, before: Window, asked: tuple[str, ...]
) -> tuple[Evening, Evening, list[tuple[str, str]]]:
    """Now, a year before, and the (region, part) of either in order."""
    now, then = evening(snapshot, window, asked), evening(snapshot, before, asked)
    order = (*FUELS, *TOTALS)
    return now, then, sorted({*now.mw, *then.mw}, key=lambda k: (REGION_ORDER.index(k[0]), order.index(k[1])))


def compared(keys: list[tuple[str, str]], now: Evening, then: Evening) -> dict[str, np.ndarray]:
    """Columns of the answer.

    A fuel without any reading in a window whose region is read there gave nothing; rooftop and interchange are unknown then.
    """
    out: dict[str, np.ndarray] = {}
    for ending, side in (("", now), ("_before", then)):
        read: dict[str, float] = {}
        for (region, part), share in side.coverage.items():
            if part in FUELS and part not in REGIONAL:
                read[region] = max(read.get(region, 0.0), share)
        of_units = [p in FUELS and p not in REGIONAL for _, p in keys]
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
        return len(regions_asked(self.region)) * (len(FUELS) + len(TOTALS)) * 2 * (len(set(self.hour)) or 24)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, before = self.both(snapshot)
        asked = regions_asked(self.region)
        now, then, keys = both_evenings(snapshot, window, before, asked)
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


__all__ = ["EVENING", "EveningPeak", "EveningProfile"]
