"""Flow and utilisation of interconnectors by hour of the day and by day, week or month."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.buckets import Axis
from components.metrics.links import utilisation
from components.metrics.price_grid import HOURS, HourGrids
from components.queries.base import Result, register
from components.queries.links import COLUMN, LinkPeriod, link_blocks
from components.queries.prices_heat import COLUMNS
from components.queries.regional import named
from components.store.snapshot import Snapshot


@register
class LinkHours(LinkPeriod):
    """Flow and utilisation by hour of the day and day, week or month."""

    route = "transmission/by-hour"
    title = "Flows by hour and day"
    description = (
        "Mean, lowest or highest flow and utilisation of each hour of the day, for each day, week or month. An interval belongs "
        "to the hour in which it begins. Utilisation is that of the target flow."
    )
    row_columns = {
        "time": ("", "Start of the day, week (Monday) or month"),
        "interconnector": ("", "Interconnector"),
        "hour": ("", "Hour of the day, 0-23, NEM time"),
        "mw": ("MW", "Flow, positive from the first region to the second"),
        "utilisation": ("", "Share of the limit in the direction of flow"),
    }
    examples = ("interconnector=V-SA&last=30d", "last=1y&by=month&agg=max")

    by: Any = param.Selector(default="day", objects=list(COLUMNS), doc="What stands beside the hours.")
    agg: Any = param.Selector(
        default="mean", objects=["mean", "min", "max"], doc="What an hour shows of its 5-minute values."
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._axis(snapshot)) * HOURS * len(self.links(snapshot))

    def _axis(self, snapshot: Snapshot) -> Axis:
        window = self.window(snapshot)
        first, last = snapshot.first("flow"), snapshot.last("flow")
        if first is None or last is None:
            return Axis(COLUMNS[self.by], np.empty(0, "datetime64[us]"))
        low = max(window.start, first - pd.Timedelta(minutes=5))
        return Axis.over(np.datetime64(low, "us"), np.datetime64(min(window.end, last), "us"), COLUMNS[self.by])

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, links, flow = self.window(snapshot), self.links(snapshot), COLUMN[self.flow]
        axis, present = self._axis(snapshot), 0
        read = tuple(dict.fromkeys((flow, "mw_target", "export_limit", "import_limit")))
        grids = {name: HourGrids(len(links), len(axis), self.agg) for name in ("mw", "utilisation")}
        for block in link_blocks(snapshot, window, links, read) if len(axis) and links else ():
            column = axis.places(block.times)
            used = utilisation(block["mw_target"], block["export_limit"], block["import_limit"])
            present += int((~np.isnan(block[flow])).sum())
            grids["mw"].add(block.times, column, block[flow])
            grids["utilisation"].add(block.times, column, used)
        count = len(links)

        def cells(name: str) -> np.ndarray:
            return grids[name].result().transpose(2, 0, 1).reshape(-1)

        frame = pd.DataFrame(
            {
                "time": np.repeat(axis.starts, count * HOURS),
                "interconnector": named(links, np.tile(np.repeat(np.arange(count), HOURS), len(axis))),
                "hour": np.tile(np.arange(HOURS), count * len(axis)),
                "mw": cells("mw"),
                "utilisation": cells("utilisation"),
            }
        )
        return Result(
            frame, {"mw": "MW", "utilisation": ""}, window.start, window.end, ("interconnector", "hour"), axis.interval,
            "start", window.expected * count, present, snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["LinkHours"]
