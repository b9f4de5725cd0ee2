"""Figures of each interconnector over a window, and its price difference by how full it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from components.metrics.links import STATES, LinkSums, StateSums, utilisation
from components.queries.base import Result, register
from components.queries.links import COLUMN, LinkBlock, LinkLimit, ends_of, share_read, sums_by_month
from components.queries.regional import named
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS, interconnector

_LIMITS = ("mw_target", "export_limit", "import_limit")
_VALUE = (
    "flow × price difference × h, added up; an approximation of the inter-regional settlement residue: "
    "losses left out, no settled energy"
)


def _link_columns(links: Sequence[str], repeat: int = 1) -> dict[str, pd.Categorical]:
    """Id, name and both regions of each link, each of them ``repeat`` times."""
    places = (*REGIONS, "")
    known = [interconnector(link) for link in links]
    names = list(dict.fromkeys(k.name if k else link for k, link in zip(known, links, strict=True)))
    ends = [ends_of(link) for link in links]
    at = np.repeat(np.arange(len(links)), repeat)
    which = np.array([names.index(k.name if k else link) for k, link in zip(known, links, strict=True)], dtype=np.int64)
    start, stop = (np.array([places.index(e[i]) for e in ends], dtype=np.int64) for i in (0, 1))
    return {
        "interconnector": named(links, at), "name": named(names, which[at]),
        "region_from": named(places, start[at]), "region_to": named(places, stop[at]),
    }  # fmt: skip


@register
class LinkSummary(LinkLimit):
    """Energy, losses, time at the limit and value of each interconnector over a window."""

    route = "transmission/summary"
    title = "Interconnectors over a window"
    description = (
        "One row per interconnector. Energy each way is added up apart, never netted. Utilisation, headroom and hours at the "
        "limit are of the target flow: at the limit = utilisation of at least `at` of the limit in the direction of flow, "
        "which is null (no limit) where that limit is 0 or opposed to the flow. Binding = marginal value other than 0. "
        "The price difference is the second region's price less the first's."
    )
    row_columns = {
        "interconnector": ("", "Interconnector"),
        "name": ("", "What it is called"),
        "region_from": ("", "Region where its positive flow starts; empty where unknown"),
        "region_to": ("", "Region where its positive flow ends; empty where unknown"),
        "mean_mw": ("MW", "Mean flow, positive from the first region to the second"),
        "energy_forward_mwh": ("MWh", "Energy of the positive flow"),
        "energy_reverse_mwh": ("MWh", "Energy of the negative flow, a positive number"),
        "losses_mwh": ("MWh", "Losses"),
        "utilisation": ("", "Mean share of the limit in the direction of flow"),
        "hours_at_limit_forward": ("h", "Hours at the limit of the positive flow"),
        "hours_at_limit_reverse": ("h", "Hours at the limit of the negative flow"),
        "hours_with_limit": ("h", "Hours with a limit in the direction of flow, of which the two above are part"),
        "hours_binding": ("h", "Hours with a marginal value other than 0"),
        "headroom_forward_mw": ("MW", "Mean of export limit - target flow"),
        "headroom_reverse_mw": ("MW", "Mean of target flow - import limit"),
        "export_limit": ("MW", "Mean limit in the positive direction"),
        "import_limit": ("MW", "Mean limit in the negative direction, usually negative"),
        "price_difference": ("$/MWh", "Mean price of the second region less that of the first"),
        "value": ("$", f"Value of the flow: {_VALUE}"),
        "hours_counter_price": ("h", "Hours with power running from the dearer region to the cheaper one"),
        "hours": ("h", "Hours with a flow"),
        "coverage": ("", "Flows read / expected"),
    }
    examples = ("last=30d", "interconnector=V-SA&last=30d&at=0.95", "region=SA1&last=7d&flow=target")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.links(snapshot))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, links = self.window(snapshot), self.links(snapshot)
        flow, at = COLUMN[self.flow], float(self.at)
        read = tuple(dict.fromkeys((flow, *_LIMITS, "losses", "marginal_value")))

        def add_up(block: LinkBlock) -> np.ndarray:
            part = LinkSums(len(block.difference), at)
            part.add(
                flow=block[flow], target=block["mw_target"], export_limit=block["export_limit"],
                import_limit=block["import_limit"], losses=block["losses"], marginal_value=block["marginal_value"],
                difference=block.difference,
            )  # fmt: skip
            return part.parts()

        sums = LinkSums(len(links), at)
        for part in sums_by_month(snapshot, window, links, read, ("summary", flow, at), add_up) if links else ():
            sums.add_parts(part)
        numbers = sums.figures()
        numbers["coverage"] = share_read(numbers["hours"], window)
        frame = pd.DataFrame({**_link_columns(links), **numbers})[list(self.row_columns)]
        units = {name: self.row_columns[name][0] for name in numbers}
        return Result(
            frame, units, window.start, window.end, ("interconnector",), "", "", window.expected * len(links),
            sums.readings(), snapshot.version, snapshot.sources,
        )  # fmt: skip


@register
class LinkCongestion(LinkLimit):
    """The price difference across each interconnector by how full it is."""

    route = "transmission/congestion"
    title = "Price difference by how full an interconnector is"
    description = (
        "Hours, mean flow, price difference (second region less first) and value of the flow while an interconnector is at "
        "its limit forward or in reverse (target flow of at least `at` of the limit), below it, or without a limit in the direction "
        "of flow. Intervals with a flow and both prices count; the hours of the four states add up to them."
    )
    row_columns = {
        "interconnector": ("", "Interconnector"),
        "name": ("", "What it is called"),
        "region_from": ("", "Region where its positive flow starts; empty where unknown"),
        "region_to": ("", "Region where its positive flow ends; empty where unknown"),
        "state": ("", "forward, reverse (at that limit), below or no_limit"),
        "hours": ("h", "Hours in the state"),
        "mean_mw": ("MW", "Mean flow in the state"),
        "price_difference": ("$/MWh", "Mean price of the second region less that of the first, in the state"),
        "min": ("$/MWh", "Lowest difference in the state"),
        "max": ("$/MWh", "Highest difference in the state"),
        "value": ("$", f"Value of the flow: {_VALUE}"),
    }
    examples = ("last=30d", "interconnector=VIC1-NSW1&last=7d")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self.links(snapshot)) * len(STATES)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, links = self.window(snapshot), self.links(snapshot)
        flow, at = COLUMN[self.flow], float(self.at)
        read = tuple(dict.fromkeys((flow, *_LIMITS)))

        def add_up(block: LinkBlock) -> np.ndarray:
            part = StateSums(len(block.difference), at)
            used = utilisation(block["mw_target"], block["export_limit"], block["import_limit"])
            part.add(flow=block[flow], target=block["mw_target"], used=used, difference=block.difference)
            return part.parts()

        sums = StateSums(len(links), at)
        for part in sums_by_month(snapshot, window, links, read, ("states", flow, at), add_up) if links else ():
            sums.add_parts(part)
        numbers = {name: values.reshape(-1) for name, values in sums.figures().items()}
        count = len(STATES)
        states = named(STATES, np.tile(np.arange(count), len(links)))
        frame = pd.DataFrame({**_link_columns(links, count), "state": states, **numbers})[list(self.row_columns)]
        units = {name: self.row_columns[name][0] for name in numbers}
        return Result(
            frame, units, window.start, window.end, ("interconnector", "state"), "", "", window.expected * len(links),
            sums.readings(), snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["LinkCongestion", "LinkSummary"]
