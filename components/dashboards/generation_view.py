"""What the views of the generation page share: region, window, chosen fuels, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from components.charts import formats
from components.charts.layers import Layer, layers_of
from components.dashboards.series import column
from components.dashboards.view import View
from components.market_time import Window
from components.queries.base import PeriodQuery, Result
from components.queries.generation import GenerationByFuel
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGION_NAMES, REGIONS, UNMAPPED

Q = TypeVar("Q", bound=PeriodQuery)
GROUPING = {"by": {"fuel": "By fuel", "fueltech": "By technology"}}
"""The control that tells technologies apart."""
INTERCHANGE = {"interchange": "Imports & exports"}


def region_title(regions: Sequence[str]) -> str:
    """Regions in words."""
    if NEM in regions or not regions or len(regions) == len(REGIONS):
        return REGION_NAMES[NEM]
    return REGION_NAMES[regions[0]] if len(regions) == 1 else ", ".join(r[:-1] for r in regions)


def whole(regions: Sequence[str]) -> list[str]:
    """Regions for questions that add them up: none, or NEM among them, is the whole market."""
    return [NEM] if not regions or NEM in regions else list(regions)


class FuelView(View):
    """A view by fuel over the page's window."""

    def regions(self) -> list[str]:
        """The regions that are looked at together."""
        return whole(self.page.ask_region())

    def name(self) -> str:
        """The regions in words."""
        return region_title(self.regions())

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window."""
        return self.page.ask(GenerationByFuel).window(snapshot)

    def over(self, window: Window, kind: type[Q], **values: Any) -> Q:
        """A question about the chosen regions over exactly this window, of all fuels unless told otherwise."""
        own: dict[str, Any] = {"region": self.regions(), "start": window.start, "end": window.end, "last": "1d"}
        if "fuel" in kind.parameters():
            own["fuel"] = []
        return self.page.ask(kind, **(own | values))

    @property
    def by(self) -> str:
        """``fuel`` or ``fueltech``."""
        return str(self.page.ask(GenerationByFuel).by)

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers there may be."""
        return layers_of(self.by)

    def alone(self) -> list[str]:
        """The fuels that are looked at alone, in stack order; none = all."""
        chosen = self.page.ask(GenerationByFuel).fuel
        return [f for f in FUELS if f in chosen]

    def shown(self, present: Sequence[str]) -> list[str]:
        """Those of these layers that belong to a fuel that is looked at."""
        alone = self.alone()
        return [n for n in present if not alone or self.layers[n].fuel in alone]

    def picked(self, message: Mapping[str, Any]) -> None:
        """A row was clicked: its fuel alone, or all again; with shift or ctrl it joins or leaves those chosen."""
        layer = self.layers.get(str(message.get("row", "")))
        if layer is None:
            return
        alone, fuel = self.alone(), layer.fuel
        if message.get("add"):
            chosen = [f for f in alone if f != fuel] if fuel in alone else [*alone, fuel]
        else:
            chosen = [] if alone == [fuel] else [fuel]
        self.page.change(fuel=[f for f in FUELS if f in chosen])

    def nothing(self, snapshot: Snapshot, window: Window) -> None:
        """Every card says that there is nothing, and where there is."""
        reason = f"No generation is known for {self.name()} in {formats.window(window.start, window.end)}."
        for card in self.cards:
            card.empty(reason, actions=self.page.nearest_window(snapshot, "scada", window))

    def series(self, result: Result, labels: np.ndarray, value: str, by: str) -> dict[str, np.ndarray]:
        """One column of an answer for each layer on these labels, regions added up; no layer is left out."""
        found = column(result, labels, value, [by], add=True)
        known = layers_of(by)
        out = {name: line for name, line in found.items() if name in known}
        for name, line in found.items():
            if name not in known:  # a technology that only the registry knows
                before = out.get(UNMAPPED)
                out[UNMAPPED] = line if before is None else np.nansum([before, line], axis=0)
        return out


def top_down(names: Sequence[str], layers: Mapping[str, Layer]) -> list[str]:
    """Layers in the order of the picture: the top of the stack first, loads below."""
    order = list(layers)
    above = [n for n in reversed(order) if n in names and not layers[n].load]
    return above + [n for n in order if n in names and layers[n].load]


def number_cell(value: float, text: str, title: str = "") -> dict[str, Any]:
    """A number in a table, with the value it is sorted by."""
    cell = {"t": text, "v": float(value) if np.isfinite(value) else None}
    return cell | ({"title": title} if title else {})
