"""What questions about interconnectors share: which of them, which flow, and their intervals with both regions' prices."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import param

from components.market_time import HOURS_PER_DISPATCH, Window
from components.metrics.links import AT_LIMIT, price_difference
from components.queries.base import Names, PeriodQuery, WindowQuery
from components.queries.regional import aligned, blocks, months
from components.queries.remembering import Remembered
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS, interconnector

LINK_DOC = "Interconnectors; none = all."
REGION_DOC = "Only interconnectors with an end in these regions, where none is named; NEM = all."
FLOW_DOC = "Which flow counts: metered (at the start of the interval) or target (of the dispatch, at its end)."
AT_DOC = "Share of the limit in the direction of flow from which an interconnector is at its limit."
COLUMN = {"metered": "mw", "target": "mw_target"}
"""Choice of the flow -> column of the dataset."""
MOST_BYTES = 4 * 2**20
"""Sums of months remembered: 20 years of six kinds, about 2 kB each."""
_months = Remembered(MOST_BYTES)


class LinkPeriod(PeriodQuery):
    """A question about interconnectors over a window as a whole."""

    page = "transmission"
    dataset = "flow"

    interconnector = Names(default=[], vocabulary="interconnector", doc=LINK_DOC)
    region = Names(default=[], vocabulary="region", doc=REGION_DOC)
    flow: Any = param.Selector(default="metered", objects=list(COLUMN), doc=FLOW_DOC)

    def links(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The interconnectors that are asked about."""
        return links_asked(snapshot, self.interconnector, self.region)


class LinkLimit(LinkPeriod):
    """A question about time at the limit."""

    at = param.Number(default=AT_LIMIT, bounds=(0.1, 1.0), doc=AT_DOC)


class LinkWindow(WindowQuery):
    """A question about interconnectors bucket by bucket."""

    page = "transmission"
    dataset = "flow"

    interconnector = Names(default=[], vocabulary="interconnector", doc=LINK_DOC)
    region = Names(default=[], vocabulary="region", doc=REGION_DOC)

    def links(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The interconnectors that are asked about."""
        return links_asked(snapshot, self.interconnector, self.region)


def links_asked(snapshot: Snapshot, named: Sequence[str], regions: Sequence[str]) -> tuple[str, ...]:
    """The named interconnectors, else those with an end in one of the regions, in the data's order."""
    known = snapshot.keys("flow")
    if named:
        return tuple(k for k in known if k in named)
    if not regions or NEM in regions:
        return known
    return tuple(k for k in known if set(ends_of(k)) & set(regions))


def ends_of(link: str) -> tuple[str, str]:
    """First and second region of an interconnector; empty where they are not known."""
    known = interconnector(link)
    return (known.region_from, known.region_to) if known else ("", "")


def share_read(hours: np.ndarray, window: Window) -> np.ndarray:
    """Hours read over those that the window should hold; NaN where it should hold none."""
    expected = window.expected * HOURS_PER_DISPATCH
    return hours / expected if expected else np.full(len(hours), np.nan)


@dataclass(frozen=True, eq=False)
class LinkBlock:
    """Intervals of one month, all (links, T), NaN = missing: the dataset's columns and the price difference [$/MWh]."""

    times: np.ndarray
    columns: dict[str, np.ndarray]
    difference: np.ndarray

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]


def link_blocks(
    snapshot: Snapshot, window: Window, links: Sequence[str], columns: Sequence[str], *, prices: bool = False
) -> Iterator[LinkBlock]:
    """A window's intervals month by month, with these columns and, on demand, the price difference."""
    ends = [ends_of(link) for link in links]
    for block in blocks(snapshot, "flow", columns[0], window, links):
        values = {columns[0]: block.values}
        values |= {name: aligned(snapshot, "flow", name, block.times, links) for name in columns[1:]}
        difference = np.full(block.values.shape, np.nan)
        if prices:
            rrp = aligned(snapshot, "price", "rrp", block.times, REGIONS)
            for row, (start, stop) in enumerate(ends):
                if start and stop:
                    difference[row] = price_difference(rrp[REGIONS.index(start)], rrp[REGIONS.index(stop)])
        yield LinkBlock(block.times, values, difference)


def sums_by_month(
    snapshot: Snapshot, window: Window, links: Sequence[str], columns: Sequence[str], name: Hashable,
    add_up: Callable[[LinkBlock], np.ndarray],
) -> Iterator[np.ndarray]:  # fmt: skip
    """What the links' intervals add up to (links, ...), month by month; whole months are remembered for every link.

    Parameters
    ----------
    columns : what is read, besides the price difference.
    name : what is added up: the same name, the same sums of the same month.
    add_up : gives the sums of a block, links first.
    """
    every = snapshot.keys("flow")
    rows = [every.index(link) for link in links]

    def added(part: Window, of: Sequence[str]) -> np.ndarray | None:
        return next((add_up(b) for b in link_blocks(snapshot, part, of, columns, prices=True)), None)

    for month in months(snapshot, window, "flow", "price"):
        if month.whole:
            whole = _months.get(("links", name, every, month.identity), lambda m=month: added(m.window, every))  # type: ignore[misc]
            yield whole[rows]
        elif (part := added(month.window, links)) is not None:
            yield part


__all__ = [
    "AT_DOC", "COLUMN", "FLOW_DOC", "LINK_DOC", "REGION_DOC", "LinkBlock", "LinkLimit", "LinkPeriod", "LinkWindow",
    "ends_of", "link_blocks", "links_asked",
    "share_read", "sums_by_month",
]  # fmt: skip
