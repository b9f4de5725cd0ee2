"""Explorer: all prices of all regions."""

from __future__ import annotations

from collections.abc import Sequence

from bokeh.models import Range1d

from components.charts import formats
from components.charts.raster_prices import PricesPlot
from components.dashboards.explorer_question import Archive
from components.dashboards.explorer_units import minutes_in_words
from components.dashboards.explorer_view import PictureView, iso
from components.dashboards.shell import Card
from components.market_time import Window
from components.queries.base import Query
from components.queries.prices import RegionalPrices
from components.raster.answers import Raster
from components.raster.prices import PricesAsk
from components.store.snapshot import Snapshot

HEIGHT = 560


class AllPricesView(PictureView):
    """A strip for each region: lowest to highest of every bin, and the density within."""

    slug = "prices"
    label = "Prices"
    help = "Every price of every region over all years; no spike is lost"

    def plotted(self, span: Range1d) -> PricesPlot:
        return PricesPlot(self.page.theme, height=HEIGHT, x=span)

    def asked(self, snapshot: Snapshot, window: Window) -> PricesAsk:
        return PricesAsk(iso(window.start), iso(window.end), self.region, self.columns, self.rows_high)

    def feed(self, raster: Raster) -> None:
        assert isinstance(self.plot, PricesPlot)
        self.plot.feed(raster.words, raster.arrays)

    def told(self, raster: Raster) -> str:
        words = raster.words
        if words["mode"] == "lines":
            return "every 5-minute price"
        step = minutes_in_words(words["minutes"])
        return f"{formats.number(words['known'])} prices · pale: lowest to highest of each {step}; darker: where prices lie more often"

    def title(self) -> str:
        return f"All prices · {self.where()}"

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        if self.window is None:
            return ()
        same = {**self.same(self.window), "region": [r for r in self.page.ask(Archive).region if r != "NEM"]}
        return [
            (
                self.picture,
                [
                    ("Mean", RegionalPrices(**same)),
                    ("Lowest", RegionalPrices(**same, agg="min")),
                    ("Highest", RegionalPrices(**same, agg="max")),
                    ("5 minutes", RegionalPrices(**same, interval="5m")),
                ],
            )
        ]

    def notes(self) -> Sequence[str]:
        return ["Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values."]
