"""What batteries hold, as AEMO publishes it by region."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from components.market_time import Window, label_side
from components.metrics.buckets import Means
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.monthly import add_by_month, remembered
from components.queries.regional import (
    Month,
    aligned,
    axis_of,
    blocks,
    long_frame,
    months,
    regions_asked,
    shown_buckets,
)
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS


@register
class StoredEnergy(WindowQuery):
    """Energy held by bidirectional units, as AEMO publishes it."""

    route = "batteries/stored"
    page = "batteries"
    title = "Energy stored, by region"
    description = (
        "Energy in storage and cleared power of bidirectional units as AEMO publishes them by region (BDU_STORAGE_MWH, "
        "BDU_CLEAREDMW_GEN, BDU_CLEAREDMW_LOAD). NEM is the sum of the regions that publish any in the window, null "
        "where one of them is missing. Null before the columns existed."
    )
    dataset = "region"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "stored_mwh": ("MWh", "Energy in storage, mean of the bucket"),
        "generation_mw": ("MW", "Cleared generation of bidirectional units"),
        "load_mw": ("MW", "Cleared load of bidirectional units, positive"),
    }
    examples = ("last=1d", "last=7d&region=NEM&interval=1h")

    region = Names(
        default=[], vocabulary="region", doc="Regions; none = those that publish any, apart; NEM = their sum."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        axis = axis_of(snapshot, window, "region")
        fields = {"stored_mwh": "bdu_storage_mwh", "generation_mw": "bdu_gen", "load_mw": "bdu_load"}
        publish = _publishing(snapshot, window) if len(axis) else np.zeros(len(REGIONS), bool)
        means = {n: Means(len(REGIONS) + 1, axis) for n in fields}

        def add(part: Window, to: Mapping[str, Means]) -> None:
            for block in blocks(snapshot, "region", fields["stored_mwh"], part, REGIONS):
                for name, column in fields.items():
                    own = aligned(snapshot, "region", column, block.times, REGIONS)
                    own = np.abs(own) if name == "load_mw" else own
                    market = own[publish].sum(axis=0) if publish.any() else np.full(len(block.times), np.nan)
                    to[name].add(block.times, np.vstack([own, market]))

        if len(axis):
            add_by_month(snapshot, window, ("region",), ("stored", tuple(publish.tolist())), means, add)
        rows = [(*REGIONS, NEM).index(r) for r in regions_asked(self.region) if r == NEM or publish[REGIONS.index(r)]]
        numbers = {n: m.result()[rows] for n, m in means.items()}
        keep = shown_buckets(axis, window, ~np.isnan(numbers["stored_mwh"]))
        names = [(*REGIONS, NEM)[r] for r in rows]
        frame = (
            long_frame(axis.labels[keep], {"region": names}, {n: v[:, keep] for n, v in numbers.items()}) if rows
            else pd.DataFrame({c: pd.Series(dtype="datetime64[us]" if c == "time" else float) for c in self.row_columns})
        )  # fmt: skip
        there = [(*REGIONS, NEM).index(r) for r in names]
        present = int(means["stored_mwh"].counts[there].sum())
        return Result(
            frame, {n: self.row_columns[n][0] for n in fields}, window.start, window.end, ("region",), window.interval,
            label_side(window.interval), window.expected * max(len(rows), 1), present, snapshot.version, snapshot.sources,
        )  # fmt: skip


def _publishing(snapshot: Snapshot, window: Window) -> np.ndarray:
    """Which regions publish what is stored in them at any time of a window (5,) bool."""
    publish = np.zeros(len(REGIONS), bool)
    for month in months(snapshot, window, "region"):

        def found(month: Month = month) -> np.ndarray:
            some = [
                ~np.isnan(b.values).all(axis=1)
                for b in blocks(snapshot, "region", "bdu_storage_mwh", month.window, REGIONS)
            ]
            return np.any(some, axis=0) if some else np.zeros(len(REGIONS), bool)

        publish |= remembered(("stored at all", month.identity), found) if month.whole else found()
    return publish


__all__ = ["StoredEnergy"]
