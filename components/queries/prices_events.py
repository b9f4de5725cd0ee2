"""High and low prices as events, and the times in which prices were administered or the market suspended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.price_events import STEP, price_events, runs
from components.metrics.prices import CAP_STRIKE
from components.queries.base import Names, PeriodQuery, Result, register
from components.queries.prices_period import ORDER, PricePeriodQuery, gathered
from components.queries.regional import named, regions_asked
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

FLAGS = {"administered": "apc_flag", "suspended": "market_suspended_flag"}
"""Kind of intervention -> column of the price data."""


def _intervals_at_most(query: PeriodQuery, snapshot: Snapshot) -> int:
    """5-minute intervals that a question's window shares with the data."""
    window, first, last = query.window(snapshot), snapshot.first(query.dataset), snapshot.last(query.dataset)
    if first is None or last is None:
        return 0
    # The oldest stamp may close a half hour.
    start, end = max(window.start, first - pd.Timedelta(minutes=30)), min(window.end, last)
    return replace(window, start=start, end=end).expected if start < end else 0


def _frame(parts: list[tuple[str, dict[str, Any]]], columns: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Rows of several regions in the order of their start, then of the regions."""
    frames = [pd.DataFrame({"region": region, **numbers}) for region, numbers in parts]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))
    for column in ("start", "end", "peak_time"):
        if column in columns:
            frame[column] = frame[column].astype("datetime64[us]")
    frame["region"] = named(ORDER, np.array([ORDER.index(r) for r in frame["region"]], int))
    for column, (unit, _) in columns.items():
        if unit:
            frame[column] = frame[column].astype("float64")
    return frame.sort_values(["start", "region"], kind="stable", ignore_index=True)[list(columns)]


@register
class PriceEvents(PricePeriodQuery):
    """Stretches of high or low prices."""

    route = "prices/events"
    title = "Price events"
    description = (
        "Stretches of time with prices at or above a threshold (side=high) or below it (side=low), region by region. "
        "A pause of up to gap minutes does not end an event; a missing price is a pause. Events are cut at the "
        "edges of the window."
    )
    row_columns = {
        "start": ("", "Start of the first interval beyond the threshold"),
        "end": ("", "End of the last interval beyond the threshold"),
        "region": ("", "Region, or NEM"),
        "hours": ("h", "Length of the event, pauses included"),
        "hours_beyond": ("h", "Time beyond the threshold"),
        "peak": ("$/MWh", "Highest price (lowest with side=low)"),
        "peak_time": ("", "When it was first reached (end of the interval)"),
        "mean": ("$/MWh", "Mean price of the event, pauses included"),
        "beyond": ("$/MW", "Sum of what prices exceeded the threshold by, times hours"),
    }
    examples = ("last=30d&region=SA1", "last=1y&threshold=1000&gap=60", "last=7d&side=low&region=VIC1")

    side: Any = param.Selector(
        default="high", objects=["high", "low"], doc="Prices at or above the threshold, or below it."
    )
    threshold = param.Number(
        default=None, allow_None=True, bounds=(-1000, 50000),
        doc="Threshold [$/MWh]; none = 300 for high prices, 0 for low ones.",
    )  # fmt: skip
    gap = param.Integer(default=30, bounds=(0, 1440), doc="Longest pause within one event [minutes].")

    @property
    def limit(self) -> float:
        """The threshold asked for, or that of the side."""
        if self.threshold is not None:
            return float(self.threshold)
        return CAP_STRIKE if self.side == "high" else 0.0

    def rows_at_most(self, snapshot: Snapshot) -> int:
        apart = self.gap // 5 + 2
        return len(regions_asked(self.region)) * (_intervals_at_most(self, snapshot) // apart + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        asked, block, _ = self.gathered(snapshot)
        native = block.native_minutes()
        parts: list[tuple[str, dict[str, Any]]] = []
        for i, region in enumerate(asked):
            found = price_events(
                block.times, block.values[i], native[i], self.limit, below=self.side == "low", gap=self.gap
            )
            if len(found):
                parts.append((region, vars(found)))
        frame = _frame(parts, dict(self.row_columns))
        units = {c: unit for c, (unit, _) in self.row_columns.items() if unit}
        return self.answer(snapshot, frame, units, block, ("region",))


@register
class MarketInterventions(PeriodQuery):
    """When prices were administered, or the market suspended."""

    route = "prices/interventions"
    page = "prices"
    title = "Administered prices and market suspensions"
    description = (
        "Stretches of time in which AEMO flagged a region's price as administered (APCFLAG) or its market as suspended "
        "(MARKETSUSPENDEDFLAG). Only AEMO's dispatch files say so; coverage is the share of intervals whose flags are known."
    )
    dataset = "price"
    row_columns = {
        "start": ("", "Start of the first interval"),
        "end": ("", "End of the last interval"),
        "region": ("", "Region"),
        "kind": ("", "administered or suspended"),
        "hours": ("h", "Length"),
        "mean": ("$/MWh", "Mean price meanwhile"),
        "peak": ("$/MWh", "Highest price meanwhile"),
    }
    examples = ("start=2022-06-10&end=2022-06-26", "last=1y&region=QLD1")

    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = all five.")

    def regions(self) -> tuple[str, ...]:
        """The regions looked at."""
        return REGIONS if not self.region or NEM in self.region else regions_asked(self.region)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.regions()) * len(FLAGS) * (_intervals_at_most(self, snapshot) // 2 + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked = self.window(snapshot), self.regions()
        price, _ = gathered(snapshot, window, asked)
        parts: list[tuple[str, dict[str, Any]]] = []
        known = 0
        for kind, column in FLAGS.items():
            flags, _ = gathered(snapshot, window, asked, column=column)
            known += int((~np.isnan(flags.values)).sum())
            for i, region in enumerate(asked):
                first, last = runs(flags.times, flags.values[i] > 0)
                if not len(first):
                    continue
                stretches = [price.values[i, a : b + 1] for a, b in zip(first, last, strict=True)]
                start, end = flags.times[first] - STEP, flags.times[last]
                parts.append(
                    (
                        region,
                        {
                            "start": start, "end": end, "kind": kind,
                            "hours": (end - start) / np.timedelta64(1, "h"),
                            "mean": [np.nanmean(s) if np.isfinite(s).any() else np.nan for s in stretches],
                            "peak": [np.nanmax(s) if np.isfinite(s).any() else np.nan for s in stretches],
                        },
                    )
                )  # fmt: skip
        frame = _frame(parts, dict(self.row_columns))
        frame["kind"] = pd.Categorical(frame["kind"], categories=list(FLAGS))
        units = {c: unit for c, (unit, _) in self.row_columns.items() if unit}
        expected = window.expected * len(asked) * len(FLAGS)
        notes = (
            () if known else ("No file of this window says whether prices were administered or the market suspended.",)
        )
        return Result(
            frame, units, window.start, window.end, ("region", "kind"), "", "", expected, known,
            snapshot.version, snapshot.sources, notes,
        )  # fmt: skip


__all__ = ["FLAGS", "MarketInterventions", "PriceEvents"]
