"""Imports and exports of regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from components.market_time import Window, label_side
from components.metrics.buckets import Means
from components.metrics.exchange import ExchangeSums, carried, sides
from components.queries.base import Names, PeriodQuery, Result, WindowQuery, register
from components.queries.links import ends_of, share_read
from components.queries.monthly import add_by_month
from components.queries.regional import aligned, axis_of, blocks, long_frame, named, regions_asked, shown_buckets
from components.store.snapshot import Snapshot
from components.vocabulary import INTERCONNECTORS, NEM, REGIONS

_REGION_DOC = "Regions; none = the five apart, NEM = what all of them export and import together."
_NET = "AEMO's net interchange (NETINTERCHANGE), which holds the region's part of the losses of its interconnectors"


def _exchanged(snapshot: Snapshot, window: Window) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Stamps, exports and imports [MW] (regions and the market, T), month by month.

    The market's are those of its regions, and missing where one of them is.
    """
    for block in blocks(snapshot, "region", "net_interchange", window, REGIONS):
        out, back = sides(block.values)
        yield block.times, np.vstack([out, out.sum(axis=0)]), np.vstack([back, back.sum(axis=0)])


def _carried(snapshot: Snapshot, times: np.ndarray) -> np.ndarray:
    """Net target flow out of each region and of the market [MW] (regions and the market, T).

    Missing throughout where the data lacks one of the known interconnectors, or has one whose regions are not known:
    what is left of the net interchange would then be no losses.
    """
    links = snapshot.keys("flow")
    ends = [ends_of(link) for link in links]
    if not set(INTERCONNECTORS) <= set(links) or ("", "") in ends:
        return np.full((len(REGIONS) + 1, len(times)), np.nan)
    over = carried(aligned(snapshot, "flow", "mw_target", times, links), ends, REGIONS)
    # What one region sends another takes: nothing is left over the market, but where a flow is missing.
    return np.vstack([over, over.sum(axis=0)])


def _rows(asked: Sequence[str]) -> list[int]:
    return [(*REGIONS, NEM).index(region) for region in asked]


@register
class RegionExchange(WindowQuery):
    """Imports and exports of regions over time."""

    route = "transmission/regions"
    page = "transmission"
    title = "Imports and exports of regions"
    description = (
        f"Exports and imports of each bucket from {_NET}. Both directions are split before they are averaged. Over all five "
        "regions exports less imports are the losses between them."
    )
    dataset = "region"
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region, or NEM"),
        "exports": ("MW", "Mean of what left"),
        "imports": ("MW", "Mean of what came in, a positive number"),
        "net_interchange": ("MW", "Exports less imports; of the NEM: losses"),
    }
    examples = ("last=7d&interval=1h", "region=SA1&last=1y&interval=1M")

    region = Names(default=[], vocabulary="region", doc=_REGION_DOC)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked = self.window(snapshot), regions_asked(self.region)
        rows = _rows(asked)
        axis = axis_of(snapshot, window, "region")
        found = {name: Means(len(REGIONS) + 1, axis) for name in ("exports", "imports")}

        def add(part: Window, to: Mapping[str, Means]) -> None:
            for times, out, back in _exchanged(snapshot, part):
                to["exports"].add(times, out)
                to["imports"].add(times, back)

        if len(axis):
            add_by_month(snapshot, window, ("region",), "exchange", found, add)
        present = int(found["exports"].counts[rows].sum())
        numbers = {name: means.result()[rows] for name, means in found.items()}
        numbers["net_interchange"] = numbers["exports"] - numbers["imports"]
        keep = shown_buckets(axis, window, ~np.isnan(numbers["exports"]))
        frame = long_frame(axis.labels[keep], {"region": asked}, {k: v[:, keep] for k, v in numbers.items()})
        return Result(
            frame, dict.fromkeys(numbers, "MW"), window.start, window.end, ("region",), window.interval,
            label_side(window.interval), window.expected * len(rows), present, snapshot.version, snapshot.sources,
        )  # fmt: skip


@register
class RegionExchangeTotals(PeriodQuery):
    """Energy that regions import and export over a window, and their part of the losses."""

    route = "transmission/region-totals"
    page = "transmission"
    title = "Imports and exports of regions over a window"
    description = (
        f"Energy each way of every region from {_NET}, added up apart, never netted. Losses are net interchange less the "
        "target flows of the region's interconnectors, where all of them are known; over the NEM they are those of all "
        "interconnectors, and exports less imports equal them."
    )
    dataset = "region"
    row_columns = {
        "region": ("", "Region, or NEM"),
        "exports_mwh": ("MWh", "Energy exported"),
        "imports_mwh": ("MWh", "Energy imported, a positive number"),
        "net_interchange_mwh": ("MWh", "Exports less imports; of the NEM: losses"),
        "losses_mwh": ("MWh", "The region's part of the losses"),
        "hours_exporting": ("h", "Hours with more leaving than coming in; null for the NEM"),
        "hours_importing": ("h", "Hours with more coming in than leaving; null for the NEM"),
        "hours": ("h", "Hours read"),
        "coverage": ("", "Readings there / expected"),
    }
    examples = ("last=30d", "region=NEM&last=1y")

    region = Names(default=[], vocabulary="region", doc=_REGION_DOC)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked = self.window(snapshot), regions_asked(self.region)
        rows = _rows(asked)
        sums, present = ExchangeSums(len(rows)), 0
        for times, out, back in _exchanged(snapshot, window):
            sums.add(out[rows], back[rows], _carried(snapshot, times)[rows])
            present += int((~np.isnan(out[rows])).sum())
        numbers = sums.figures()
        for name in ("hours_exporting", "hours_importing"):
            numbers[name] = np.where([region == NEM for region in asked], np.nan, numbers[name])
        numbers["coverage"] = share_read(numbers["hours"], window)
        frame = pd.DataFrame({"region": named(asked, np.arange(len(asked))), **numbers})[list(self.row_columns)]
        if not present:
            frame = frame.iloc[:0]
        return Result(
            frame, {name: self.row_columns[name][0] for name in numbers}, window.start, window.end, ("region",), "", "",
            window.expected * len(rows), present, snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["RegionExchange", "RegionExchangeTotals"]
