"""What the views of the prices page share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from components.charts import formats
from components.dashboards import address
from components.dashboards.shell import Card
from components.dashboards.view import View
from components.market_time import Window
from components.queries.base import PeriodQuery, Query, Result
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGION_NAMES, REGIONS

LABELS = {r: r[:-1] for r in REGIONS} | {NEM: NEM}
"""Regions and the market as charts call them."""
AGG = {"mean": "Mean", "min": "Lowest", "max": "Highest"}
AROUND = pd.Timedelta(hours=2)
"""What is shown before and after an event."""
Q = TypeVar("Q", bound=Query)


class PriceView(View):
    """A view over the page's window, whatever interval its questions work at."""

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window."""
        return self.page.ask(RegionalPrices).window(snapshot)

    def over(self, window: Window, kind: type[Q], **values: Any) -> Q:
        """A question over exactly this window."""
        return self.page.ask(kind, start=window.start, end=window.end, last="1d", **values)

    def one_region(self) -> str:
        """The region that is chosen, where it is one; else the whole market."""
        chosen = self.page.ask(RegionalPrices).region
        return chosen[0] if len(chosen) == 1 else NEM

    def nothing(
        self, snapshot: Snapshot, window: Window, what: str = "No prices are known", cards: Sequence[Card] = ()
    ) -> None:
        """These cards (default all) say that there is nothing, and where there is."""
        reason = f"{what} in {formats.window(window.start, window.end)}."
        if snapshot.first("price") is None:
            reason = "The stored data has no prices."
        for card in cards or self.cards:
            card.empty(reason, actions=self.page.nearest_window(snapshot, "price", window))

    def region_cell(self, region: str, href: str | None = None) -> dict[str, Any]:
        """A region's name in a table, with its colour."""
        cell = {"t": LABELS.get(region, region), "colour": self.page.theme.regions.get(region),
                "title": REGION_NAMES.get(region, region)}  # fmt: skip
        return cell | ({"href": href} if href else {})


def cell(value: float, digits: int = 2, *, money: bool = False, sub: str = "") -> dict[str, Any]:
    """A number in a table, with the value it is sorted by."""
    text = formats.dollars(value, digits) if money else formats.number(value, digits)
    return {"t": text, "v": float(value) if pd.notna(value) else None} | ({"sub": sub} if sub else {})


def duration_words(hours: float) -> str:
    """A length of time: minutes below two hours, then hours, from three days on days.

    >>> duration_words(0.75), duration_words(5.5), duration_words(96)
    ('45 min', '5.5 h', '4.0 days')
    """
    if hours < 2:
        return f"{round(hours * 60)} min"
    return f"{formats.number(hours, 1)} h" if hours < 72 else f"{formats.number(hours / 24, 1)} days"


def by_region(result: Result, column: str) -> dict[str, np.ndarray]:
    """One column of an answer, as an array for each region."""
    return {str(r): f[column].to_numpy("float64") for r, f in result.frame.groupby("region", observed=True, sort=False)}


def columns_of(*columns: tuple[str, str, str] | str) -> Sequence[dict[str, Any]]:
    """Columns of a ledger: text alone, or number with (label, unit, help)."""
    return [
        {"label": c} if isinstance(c, str) else {"label": c[0], "unit": c[1], "help": c[2], "number": True}
        for c in columns
    ]


def event_link(page: str, event: Mapping[Any, Any], text: str) -> dict[str, Any]:
    """A cell that links to an event's window on a page, with some time around it; sorted by its start."""
    around = PeriodQuery(start=(event["start"] - AROUND).floor("h"), end=(event["end"] + AROUND).ceil("h"))
    search = address.join({"region": [str(event["region"])]} | around.texts())
    return {"t": text, "href": f"./{page}{search}", "v": event["start"].timestamp()}
