"""What the views of the curtailment page share: layers, window, regions, words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from components.charts import formats
from components.charts.layers import Layer
from components.charts.palette import Palette
from components.dashboards.generation_view import region_title, whole
from components.dashboards.shell import Card
from components.dashboards.view import View
from components.market_time import Window
from components.queries.base import PeriodQuery
from components.queries.curtailment import Curtailment
from components.store.snapshot import Snapshot

FUEL_LABELS = {"wind": "Wind", "solar": "Solar"}


class Part(Layer):
    """A layer whose shade goes towards the card (above 0) or towards the colour of text (below)."""

    def colour(self, theme: Palette) -> str:
        own, goal, part = theme.fuels[self.fuel], theme.card if self.shade > 0 else theme.ink, abs(self.shade)
        return "#" + "".join(
            f"{round(int(own[i : i + 2], 16) * (1 - part) + int(goal[i : i + 2], 16) * part):02X}" for i in (1, 3, 5)
        )


LAYERS: dict[str, Layer] = {
    f"{part}_{fuel}": Part(f"{label}: {words}", fuel, shade)
    for part, words, shade in (
        ("cleared", "cleared", 0.6), ("economic", "curtailed, economic", 0.0), ("network", "curtailed, network", -0.5),
    )
    for fuel, label in FUEL_LABELS.items()
}  # fmt: skip
"""What a farm's forecast parts into, from zero outwards."""
PROXY = (
    "Economic: curtailed at a regional price of $0 or less, which stands for farms that would not be paid to run (a proxy); "
    "network: curtailed at a price above $0."
)
SOURCE = (
    "Curtailed = max(0, UIGF − cleared) of semi-scheduled wind and solar, per 5-minute interval; UIGF is AEMO's forecast of what "
    "weather and plant would give. Published since April 2021; smaller and older farms are not in it."
)
NOT_READ = (
    "Forecasts of single farms are not in the stored data. They are read where they are asked for, with --tables semi_scheduled, from "
    "AEMO's DISPATCHLOAD and next-day dispatch reports; AEMO publishes them since 2024."
)
AGAIN = "aemo-dashboard demo"
"""A demo of an earlier version is written anew, with them."""
COMMAND = "aemo-dashboard ingest --source https://www.nemweb.com.au --start 2024-07-01 --tables semi_scheduled,units"

Q = TypeVar("Q", bound=PeriodQuery)


class CurtailmentView(View):
    """A view over the page's window, regions and fuels."""

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window."""
        return self.page.ask(Curtailment, by="region").window(snapshot)

    def regions(self) -> list[str]:
        """The regions that are looked at together."""
        return whole(self.page.ask_region())

    def name(self) -> str:
        """The regions in words."""
        return region_title(self.regions())

    @property
    def fuels(self) -> list[str]:
        """The fuels that are looked at."""
        return [f for f in FUEL_LABELS if f in self.page.ask(Curtailment).fuel]

    def over(self, window: Window, kind: type[Q], **values: Any) -> Q:
        """A question about these regions over exactly this window."""
        own: dict[str, Any] = {"region": self.regions(), "start": window.start, "end": window.end, "last": "1d"}
        return self.page.ask(kind, **(own | values))

    def nothing(self, snapshot: Snapshot, window: Window, cards: Sequence[Card] = ()) -> None:
        """These cards (default all) say that there is nothing, and where there is."""
        for card in cards or self.cards:
            card.empty(
                f"No forecast of wind and solar is known for {self.name()} in {formats.window(window.start, window.end)}: "
                "AEMO publishes it since April 2021.",
                actions=self.page.nearest_window(snapshot, "region", window),
            )


def tint(name: str, theme: Palette) -> str:
    """Colour of a layer."""
    return LAYERS[name].colour(theme)


def energy_cell(mwh: float, digits: int = 1) -> dict[str, Any]:
    """Energy in GWh, in a table."""
    known = bool(np.isfinite(mwh))
    return {"t": formats.number(mwh / 1e3, digits) if known else formats.MISSING, "v": float(mwh) if known else None}


def share_cell(share: float, digits: int = 1) -> dict[str, Any]:
    """A share in per cent, in a table."""
    known = bool(np.isfinite(share))
    return {
        "t": formats.number(100 * share, digits) if known else formats.MISSING,
        "v": float(share) if known else None,
    }
