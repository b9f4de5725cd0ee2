"""What the views of the transmission page share: which interconnectors, their names and colours, cells of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np

from components.charts import formats
from components.charts.named import KEYS, series_colour
from components.charts.palette import Palette
from components.dashboards.shell import Card
from components.dashboards.view import View
from components.market_time import Window
from components.queries.base import Query
from components.queries.flows import Flows
from components.queries.link_summary import LinkSummary
from components.store.snapshot import Snapshot
from components.vocabulary import interconnector

Q = TypeVar("Q", bound=Query)
FLOW = {"flow": {"metered": "Metered flow", "target": "Target flow"}}
"""The control of which flow counts."""
WHICH = {
    "metered": "metered flow (at the start of each interval)",
    "target": "target flow (of the dispatch, at the end of each interval)",
}


def name_of(link: str) -> str:
    """What an interconnector is called.

    >>> name_of("V-SA"), name_of("BIG-LINK")
    ('Heywood', 'BIG-LINK')
    """
    known = interconnector(link)
    return known.name if known else link


def way_of(link: str, *, back: bool = False) -> str:
    """Where its positive (or negative) flow runs.

    >>> way_of("V-SA"), way_of("V-SA", back=True), way_of("BIG-LINK")
    ('VIC → SA', 'SA → VIC', 'regions unknown')
    """
    known = interconnector(link)
    if known is None:
        return "regions unknown"
    ends = (known.region_from[:-1], known.region_to[:-1])
    return " → ".join(reversed(ends) if back else ends)


def place_of(snapshot: Snapshot, link: str) -> int:
    """Position of an interconnector's colour, the same on every view."""
    return snapshot.keys("flow").index(link)


def colour_of(snapshot: Snapshot, link: str, theme: Palette) -> str:
    """Its colour."""
    return series_colour(KEYS[place_of(snapshot, link) % len(KEYS)], theme)


def number_cell(value: float, digits: int = 0, *, scale: float = 1.0, text: str = "", sub: str = "") -> dict[str, Any]:
    """A number in a table with the value it is sorted by; ``scale`` is applied to what is written alone."""
    known = bool(np.isfinite(value))
    cell: dict[str, Any] = {"t": text or formats.number(value * scale, digits), "v": float(value) if known else None}
    return cell | ({"sub": sub} if sub else {})


class LinkView(View):
    """A view of the chosen interconnectors over the page's window."""

    by_link: ClassVar[bool] = True
    """Whether interconnectors can be chosen."""

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window."""
        return self.page.ask(Flows).window(snapshot)

    def over(self, window: Window, kind: type[Q], **values: Any) -> Q:
        """A question over exactly this window."""
        return self.page.ask(kind, start=window.start, end=window.end, last="1d", **values)

    def selected(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The interconnectors that are chosen: by name, by region, or all."""
        return self.page.ask(Flows).links(snapshot)

    @property
    def flow(self) -> str:
        """``metered`` or ``target``."""
        return str(self.page.ask(LinkSummary).flow)

    def nothing(self, snapshot: Snapshot, window: Window, cards: Sequence[Card] = ()) -> None:
        """These cards (default all) say that there is nothing, and where there is."""
        first, *others = cards or self.cards
        links = self.selected(snapshot)
        if snapshot.first("flow") is None:
            first.empty("The stored data has no flows between regions.")
        elif not links:
            first.empty("No interconnector that is known ends in this region.")
        else:
            reason = f"No flows are known in {formats.window(window.start, window.end)}."
            first.empty(reason, actions=self.page.nearest_window(snapshot, "flow", window, links))
        for card in others:
            card.hide()

    def link_cell(self, snapshot: Snapshot, link: str, href: str | None = None) -> dict[str, Any]:
        """An interconnector in a table: its colour, name and direction."""
        cell = {
            "t": name_of(link),
            "colour": colour_of(snapshot, link, self.page.theme),
            "title": link,
            "sub": way_of(link),
        }
        return cell | ({"href": href} if href else {})

    def spelled(self, window: Window, *more: str) -> str:
        """Window and further words for a card's head, without the interval."""
        only = [
            f"only {n} {', '.join(self.page.texts[n])}" for n in ("month", "weekday", "hour") if n in self.page.texts
        ]
        return " · ".join(w for w in (formats.window(window.start, window.end), *only, *more) if w)


__all__ = ["FLOW", "WHICH", "LinkView", "colour_of", "name_of", "number_cell", "place_of", "way_of"]
