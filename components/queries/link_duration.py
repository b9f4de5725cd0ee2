"""The flow that an interconnector exceeded for each share of the time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import param

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.prices import duration
from components.queries.base import Result, register
from components.queries.links import COLUMN, LinkPeriod, link_blocks
from components.queries.regional import named
from components.store.snapshot import Snapshot


@register
class LinkDuration(LinkPeriod):
    """Flow duration curves."""

    route = "transmission/duration"
    title = "Flow duration curve"
    description = (
        "Flow of the window's 5-minute intervals from the highest to the lowest (the strongest in reverse), by the share of "
        "the time in which each was exceeded, for each interconnector."
    )
    row_columns = {
        "interconnector": ("", "Interconnector"),
        "exceedance": ("", "Share of the time with more flow: 0 = the highest, 1 = the lowest"),
        "mw": ("MW", "Flow, positive from the first region to the second"),
        "hours": ("h", "Hours with more flow, of those that were read"),
    }
    examples = ("last=30d", "interconnector=V-SA&last=1y&flow=target&steps=200")

    steps = param.Integer(default=100, bounds=(10, 1000), doc="Number of steps between the highest and lowest flow.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.links(snapshot)) * (self.steps + 1)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, links = self.window(snapshot), self.links(snapshot)
        flow = COLUMN[self.flow]
        parts = [block[flow] for block in link_blocks(snapshot, window, links, (flow,))] if links else []
        readings = np.concatenate(parts, axis=1) if parts else np.empty((len(links), 0))
        samples = {link: row[~np.isnan(row)] for link, row in zip(links, readings, strict=True)}
        samples = {link: sample for link, sample in samples.items() if len(sample)}
        shares = np.linspace(0, 1, self.steps + 1)
        words = list(samples)
        frame = pd.DataFrame(
            {
                "interconnector": named(words, np.repeat(np.arange(len(words)), len(shares))),
                "exceedance": np.tile(shares, len(words)),
                "mw": np.concatenate([duration(s, shares) for s in samples.values()]) if words else np.empty(0),
                "hours": np.concatenate([shares * len(s) * HOURS_PER_DISPATCH for s in samples.values()])
                if words
                else np.empty(0),
            }
        )
        return Result(
            frame, {"exceedance": "", "mw": "MW", "hours": "h"}, window.start, window.end, ("interconnector",), "", "",
            window.expected * len(links), sum(map(len, samples.values())), snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["LinkDuration"]
