"""Flows between regions."""

from __future__ import annotations

from typing import Any

import numpy as np
import param

from components.market_time import label_side
from components.metrics.buckets import Means
from components.metrics.generation import NEGATIVE, POSITIVE, signed
from components.metrics.links import utilisation
from components.queries.base import Result, register
from components.queries.links import LinkWindow
from components.queries.regional import aligned, axis_of, blocks, long_frame, shown_buckets
from components.store.snapshot import Snapshot

_READ = ("mw", "mw_target", "export_limit", "import_limit")


@register
class Flows(LinkWindow):
    """Interconnector flows, limits and utilisation over time."""

    route = "transmission/flows"
    title = "Interconnector flows"
    description = (
        "Metered and target flow, limits and utilisation of each interconnector; positive runs from the first to the "
        "second region of its name. Utilisation is target flow / limit in its direction per interval, null where that "
        "limit is 0 or opposed, then averaged. Both directions are split before they are averaged."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "interconnector": ("", "Interconnector"),
        "mw": ("MW", "Metered flow at the start of the interval"),
        "mw_target": ("MW", "Target flow at the end of the interval"),
        "export_limit": ("MW", "Limit in the positive direction"),
        "import_limit": ("MW", "Limit in the negative direction, usually negative"),
        "utilisation": ("", "Share of the limit in the direction of flow"),
        "mw_forward": ("MW", "Average of the positive part of the metered flow"),
        "mw_reverse": ("MW", "Average of the negative part of the metered flow"),
    }
    examples = ("last=1d", "interconnector=VIC1-NSW1&last=7d&interval=1h")

    agg: Any = param.Selector(
        default="mean", objects=["mean", "min", "max"], doc="What a bucket shows of each column's 5-minute values."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(self.links(snapshot))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        links = self.links(snapshot)
        axis = axis_of(snapshot, window, "flow")
        names = (*_READ, "utilisation", "mw_forward", "mw_reverse")
        means = {name: Means(len(links), axis, self.agg) for name in names}
        present = 0
        for block in blocks(snapshot, "flow", "mw", window, links) if len(axis) else ():
            parts = {"mw": block.values}
            for name in _READ[1:]:
                parts[name] = aligned(snapshot, "flow", name, block.times, links)
            parts["utilisation"] = utilisation(parts["mw_target"], parts["export_limit"], parts["import_limit"])
            parts["mw_forward"] = signed(block.values, POSITIVE)
            parts["mw_reverse"] = signed(block.values, NEGATIVE)
            present += int((~(np.isnan(parts["mw"]) & np.isnan(parts["mw_target"]))).sum())
            for name, values in parts.items():
                means[name].add(block.times, values)
        numbers = {name: m.result() for name, m in means.items()}
        keep = shown_buckets(axis, window, ~np.isnan(np.vstack([numbers["mw"], numbers["mw_target"]])))
        frame = long_frame(axis.labels[keep], {"interconnector": links}, {k: v[:, keep] for k, v in numbers.items()})
        units = {name: self.row_columns[name][0] for name in names}
        return Result(
            frame, units, window.start, window.end, ("interconnector",), window.interval,
            label_side(window.interval), window.expected * len(links), present,
            snapshot.version, snapshot.sources,
        )  # fmt: skip
