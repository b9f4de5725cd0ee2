"""Flows between regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import param

from components.market_time import Window, label_side
from components.metrics.buckets import Means
from components.metrics.generation import NEGATIVE, POSITIVE, signed
from components.metrics.links import utilisation
from components.queries.base import Result, register
from components.queries.links import LinkWindow
from components.queries.monthly import add_by_month, in_days
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
        # What days of whole months add up to is remembered for every link; finer buckets are collected for those asked for.
        every = snapshot.keys("flow") if in_days(axis.interval) else links
        rows = [every.index(link) for link in links]
        means = {name: Means(len(every), axis, self.agg) for name in names} | {"read": Means(len(every), axis)}

        def add(part: Window, to: Mapping[str, Means]) -> None:
            for block in blocks(snapshot, "flow", "mw", part, every):
                values = {"mw": block.values}
                for name in _READ[1:]:
                    values[name] = aligned(snapshot, "flow", name, block.times, every)
                values["utilisation"] = utilisation(values["mw_target"], values["export_limit"], values["import_limit"])
                values["mw_forward"] = signed(block.values, POSITIVE)
                values["mw_reverse"] = signed(block.values, NEGATIVE)
                values["read"] = np.where(np.isnan(values["mw"]) & np.isnan(values["mw_target"]), np.nan, 1.0)
                for name, own in values.items():
                    to[name].add(block.times, own)

        if len(axis) and links:
            add_by_month(snapshot, window, ("flow",), ("flows", every), means, add)
        present = int(means.pop("read").counts[rows].sum())
        numbers = {name: m.result()[rows] for name, m in means.items()}
        keep = shown_buckets(axis, window, ~np.isnan(np.vstack([numbers["mw"], numbers["mw_target"]])))
        frame = long_frame(axis.labels[keep], {"interconnector": links}, {k: v[:, keep] for k, v in numbers.items()})
        units = {name: self.row_columns[name][0] for name in names}
        return Result(
            frame, units, window.start, window.end, ("interconnector",), window.interval,
            label_side(window.interval), window.expected * len(links), present,
            snapshot.version, snapshot.sources,
        )  # fmt: skip
