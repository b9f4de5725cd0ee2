"""Explorer: price against demand, renewable share, wind or hour, every interval a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bokeh.models import Range1d

from components.charts import formats
from components.charts.raster_density import DensityPlot
from components.dashboards.explorer_question import Archive
from components.dashboards.explorer_view import PictureView, iso
from components.dashboards.shell import Card
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.raster.answers import Raster
from components.raster.density import AGAINST, DensityAsk
from components.store.snapshot import Snapshot
from components.vocabulary import RENEWABLE_FUELS

HEIGHT = 600


class DensityView(PictureView):
    """How many intervals fall where."""

    slug = "density"
    label = "Price against"
    help = "Price against demand, renewable share, wind or hour of day: a density of every interval"
    follows_time = False
    choices = {"against": Choice("What the price is set against", {n: name for n, (name, _) in AGAINST.items()})}

    def plotted(self, span: Range1d) -> DensityPlot:
        return DensityPlot(self.page.theme, height=HEIGHT)

    def asked(self, snapshot: Snapshot, window: Window) -> DensityAsk:
        asked = self.page.ask(Archive)
        (x_low, x_high), (y_low, y_high) = asked.x or (0.0, 0.0), asked.y or (0.0, 0.0)
        return DensityAsk(
            iso(window.start), iso(window.end), self.region, self.page.chosen("against"), x_low, x_high, y_low, y_high,
            max(200, self.columns // 2), max(100, self.rows_high // 2),
        )  # fmt: skip

    def feed(self, raster: Raster) -> None:
        assert isinstance(self.plot, DensityPlot)
        self.full = raster.words["full_x"], raster.words["full_y"]
        self.plot.feed(raster.words, raster.arrays, *AGAINST[self.page.chosen("against")])

    def told(self, raster: Raster) -> str:
        words = raster.words
        part = (
            f"{formats.number(words['seen'])} of {formats.number(words['known'])} intervals"
            if words["seen"] < words["known"]
            else f"{formats.number(words['known'])} intervals"
        )
        gone = words["total"] - words["known"]
        return part + (f" · {formats.number(gone)} lack one of both" if gone > 0 else "")

    def title(self) -> str:
        return f"Price against {AGAINST[self.page.chosen('against')][0].lower()} · {self.where()}"

    def extents(self, moved: dict[str, float]) -> dict[str, Any]:
        if not hasattr(self, "full"):
            return {}
        out: dict[str, Any] = {}
        for name, (low, high) in zip(("x", "y"), self.full, strict=True):
            a, b = max(moved[f"{name}0"], low), min(moved[f"{name}1"], high)
            whole = (b - a) >= 0.999 * (high - low) or b <= a
            out[name] = None if whole else (float(f"{a:.6g}"), float(f"{b:.6g}"))
        return out

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        if self.window is None:
            return ()
        same = {**self.same(self.window), "region": [self.region], "interval": "5m"}
        other: dict[str, tuple[str, Query]] = {
            "demand": ("Demand", Demand(**same)),
            "wind": ("Wind", GenerationByFuel(**same, fuel=["wind"])),
            "renewables": ("Renewables", GenerationByFuel(**same, fuel=list(RENEWABLE_FUELS))),
        }
        against = self.page.chosen("against")
        return [(self.picture, [("Price", RegionalPrices(**same)), *([other[against]] if against in other else [])])]

    def notes(self) -> Sequence[str]:
        return [
            "NEM: the demand-weighted price against the whole market. Renewable share: hydro, wind, solar, rooftop and bioenergy over all generation with rooftop.",
        ]
