"""Price difference across interconnectors beside their flow, over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import param

from components.market_time import Window, label_side
from components.metrics.buckets import Means
from components.queries.base import Result, register
from components.queries.links import COLUMN, FLOW_DOC, LinkWindow, link_blocks
from components.queries.monthly import add_by_month, in_days
from components.queries.regional import axis_of, long_frame, shown_buckets
from components.store.snapshot import Snapshot


@register
class LinkPrices(LinkWindow):
    """Flow, price difference and value of the flow of each interconnector over time."""

    route = "transmission/price-difference"
    title = "Price difference across interconnectors"
    description = (
        "Mean flow, mean price difference (second region less first) and value of the flow in each bucket; the value is flow "
        "× difference × h of each 5-minute interval, added up, and approximates the inter-regional settlement residue: losses "
        "left out, no settled energy. Null where a price or the flow is missing, or the regions are not known."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "interconnector": ("", "Interconnector"),
        "mw": ("MW", "Mean flow, positive from the first region to the second"),
        "price_difference": ("$/MWh", "Mean price of the second region less that of the first"),
        "value": ("$", "Value of the flow, added up"),
    }
    examples = ("interconnector=VIC1-NSW1&last=7d&interval=1h", "last=1d&flow=target")

    flow: Any = param.Selector(default="metered", objects=list(COLUMN), doc=FLOW_DOC)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(self.links(snapshot))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, links, flow = self.window(snapshot), self.links(snapshot), COLUMN[self.flow]
        axis = axis_of(snapshot, window, "flow")
        # What days of whole months add up to is remembered for every link; finer buckets are collected for those asked for.
        every = snapshot.keys("flow") if in_days(axis.interval) else links
        rows = [every.index(link) for link in links]
        means = {name: Means(len(every), axis) for name in ("mw", "price_difference")}
        # Sums are of power over time: MW × $/MWh × h is the value of the flow (metrics.links.flow_value).
        means["value"] = Means(len(every), axis, "sum")

        def add(part: Window, to: Mapping[str, Means]) -> None:
            for block in link_blocks(snapshot, part, every, (flow,), prices=True):
                to["mw"].add(block.times, block[flow])
                to["price_difference"].add(block.times, block.difference)
                to["value"].add(block.times, block[flow] * block.difference)

        if len(axis) and links:
            add_by_month(snapshot, window, ("flow", "price"), ("link prices", flow, every), means, add)
        present = int(means["mw"].counts[rows].sum())
        numbers = {name: m.result()[rows] for name, m in means.items()}
        keep = shown_buckets(axis, window, ~np.isnan(numbers["mw"]))
        frame = long_frame(axis.labels[keep], {"interconnector": links}, {k: v[:, keep] for k, v in numbers.items()})
        return Result(
            frame, {name: self.row_columns[name][0] for name in numbers}, window.start, window.end, ("interconnector",),
            window.interval, label_side(window.interval), window.expected * len(links), present, snapshot.version,
            snapshot.sources,
        )  # fmt: skip


__all__ = ["LinkPrices"]
