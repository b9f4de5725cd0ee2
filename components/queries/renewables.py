"""The renewable share over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.market_time import dispatch_stamps, label_side
from components.metrics.buckets import Means
from components.queries.base import Names, Result, WindowQuery, register
from components.queries.measures import PLACES, renewable_parts
from components.queries.regional import axis_of, long_frame, regions_asked, shown_buckets
from components.store.snapshot import Snapshot


@register
class RenewableShare(WindowQuery):
    """Renewable generation as a part of all generation."""

    route = "generation/renewable-share"
    page = "generation"
    title = "Renewable share"
    description = (
        "(hydro + wind + solar + rooftop + bioenergy) / (all generation + rooftop); batteries, loads and interchange are left "
        "out of both. Buckets divide energies, they do not average shares. Intervals for which rooftop solar is not known "
        "(yet) count in neither."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "share": ("", "Renewable share (0-1), null where rooftop solar is not known"),
        "renewable_mw": ("MW", "Average renewable generation, rooftop solar included"),
        "generation_mw": ("MW", "Average generation, rooftop solar included"),
    }
    examples = ("last=1d&region=NEM", "last=30d&interval=1d")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = the whole market.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked = self.window(snapshot), regions_asked(self.region)
        axis = axis_of(snapshot, window, "scada")
        green, total = Means(len(asked), axis), Means(len(asked), axis)
        rows = [PLACES.index(r) for r in asked]
        present = 0
        for begin, end in _months(snapshot, window.start, window.end) if len(axis) else ():
            times = dispatch_stamps(begin, end)
            if window.calendar:
                counted = window.calendar.mask(times)
            parts = [p[rows] for p in renewable_parts(snapshot, times)]
            if window.calendar:
                times, parts = times[counted], [p[:, counted] for p in parts]
            present += int((~np.isnan(parts[0])).sum())
            green.add(times, parts[0])
            total.add(times, parts[1])
        renewable, whole = green.result(), total.result()
        share = np.divide(renewable, whole, out=np.full(renewable.shape, np.nan), where=whole > 0)
        keep = shown_buckets(axis, window, ~np.isnan(whole))
        numbers = {"share": share, "renewable_mw": renewable, "generation_mw": whole}
        frame = long_frame(axis.labels[keep], {"region": asked}, {k: v[:, keep] for k, v in numbers.items()})
        return Result(
            frame, {name: self.row_columns[name][0] for name in numbers}, window.start, window.end, ("region",), window.interval,
            label_side(window.interval), window.expected * len(asked), present, snapshot.version, snapshot.sources,
            ("Rooftop solar is AEMO's half-hourly estimate, published late; the share is known as far as it is.",),
        )  # fmt: skip


def _months(snapshot: Snapshot, start: pd.Timestamp, end: pd.Timestamp) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """A window cut at the months of the SCADA data, so that a long question needs little memory."""
    spans = [
        (max(start, pd.Timestamp(c.origin)), min(end, pd.Timestamp(c.origin) + pd.Timedelta(minutes=5) * c.length))
        for c in snapshot.chunks("scada")
    ]
    return [(a, b) for a, b in spans if a < b]
