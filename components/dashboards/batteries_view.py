"""What the views of the batteries page share: which batteries are looked at, over which window, and their region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from components.charts import formats
from components.charts.layers import Layer
from components.charts.lean import TimePlot
from components.dashboards.generation_view import region_title, whole
from components.dashboards.shell import Card
from components.dashboards.view import View
from components.market_time import Window
from components.queries.base import PeriodQuery, Query
from components.queries.batteries_over_time import BatteriesOverTime
from components.queries.prices import RegionalPrices
from components.queries.units import unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import NEM

if TYPE_CHECKING:
    from components.dashboards.batteries import BatteriesDashboard

Q = TypeVar("Q", bound=PeriodQuery)
Links = Sequence[tuple[Card, Sequence[tuple[str, Query]]]]
LAYERS = {
    "battery": Layer("Discharge", "battery"),
    "battery_charging": Layer("Charge", "battery_charging"),
}
"""The two legs as layers of a stack: out above zero, in below it."""
GROUPS = {"station": "Batteries", "duid": "Units", "owner": "Owners", "region": "Regions"}
"""What can be ranked -> what a list of them is called."""
WORDS = {"station": "Battery", "duid": "Unit", "owner": "Owner", "region": "Region"}
NAMED = ("station", "duid", "owner")
"""Filters that name batteries, besides the region."""
LEFT = 76
"""Pixels left of charts that stand above each other, so that they line up."""


class BatteryView(View):
    """A view of the chosen batteries over the page's window."""

    page: BatteriesDashboard
    headings: list[str]

    def emptied(self, card: Card, reason: str, actions: Sequence[dict[str, str]] = ()) -> None:
        """A card says that there is nothing, under the name that it was made with."""
        card.head.heading = self.headings[self.cards.index(card)]
        card.empty(reason, actions=actions)

    def card(self, heading: str, *body: Any) -> Card:
        self.headings = [*getattr(self, "headings", []), heading]
        return super().card(heading, *body)

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window."""
        return self.page.ask(BatteriesOverTime).window(snapshot)

    def over(self, window: Window, kind: type[Q], **values: Any) -> Q:
        """A question about the chosen batteries over exactly this window."""
        return self.page.ask(kind, **({"start": window.start, "end": window.end, "last": "1d"} | values))

    def price_region(self, snapshot: Snapshot) -> str:
        """The region whose price the batteries get, where it is one; else the whole market."""
        chosen = self.page.ask(BatteriesOverTime).chosen(snapshot)
        found = set(unit_table(snapshot).region[chosen].tolist()) - {""}
        return str(found.pop()) if len(found) == 1 else NEM

    def at_home(self, snapshot: Snapshot, *charts: TimePlot) -> None:
        """Nights are those of the batteries' region."""
        for chart in charts:
            chart.place = self.price_region(snapshot)

    def prices(self, snapshot: Snapshot, window: Window) -> RegionalPrices:
        """Price of their region at the window's interval."""
        return self.over(
            window, RegionalPrices, region=[self.price_region(snapshot)], market="energy", interval=window.interval
        )

    def nothing(self, snapshot: Snapshot, window: Window) -> None:
        """The first card says that there is nothing, and where there is."""
        first, *others = self.cards
        reason = f"No battery has readings here in {formats.window(window.start, window.end)}."
        chosen = self.page.ask(BatteriesOverTime).chosen(snapshot)
        duids = list(np.unique(unit_table(snapshot).duid[chosen].astype(str)))
        if not duids:
            reason = "No battery matches; choose another region or show all of them."
        self.emptied(first, reason, self.page.nearest_window(snapshot, "scada", window, duids) if duids else [])
        for card in others:
            card.hide()

    def named(self) -> str:
        """The batteries that are looked at, in words."""
        names = [n for word in NAMED for n in self.page.texts.get(word, [])]
        if names:
            return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
        regions = whole(self.page.ask_region())
        return f"All batteries, {region_title(regions)}"


def market_name(region: str) -> str:
    """A region or the market as charts call it."""
    return region if region == NEM else region[:-1]
