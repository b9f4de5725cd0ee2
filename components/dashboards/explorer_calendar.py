"""Explorer: prices by day and time of day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bokeh.models import Range1d

from components.charts import formats
from components.charts.raster_calendar import CalendarPlot
from components.dashboards.explorer_question import Archive
from components.dashboards.explorer_units import minutes_in_words
from components.dashboards.explorer_view import PictureView, iso
from components.dashboards.shell import Card
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query
from components.queries.prices import RegionalPrices
from components.raster.answers import Raster
from components.raster.calendar import CalendarAsk
from components.store.snapshot import Snapshot

HEIGHT = 600


class CalendarView(PictureView):
    """A column for each day, a row for each stretch of the day."""

    slug = "calendar"
    label = "Day × hour"
    help = "Price by day and time of day"
    missing = "no price"
    choices = {"agg": Choice("What a cell shows of its prices", {"mean": "Mean", "max": "Highest", "min": "Lowest"})}

    def plotted(self, span: Range1d) -> CalendarPlot:
        return CalendarPlot(self.page.theme, height=HEIGHT, x=span)

    def asked(self, snapshot: Snapshot, window: Window) -> CalendarAsk:
        hours = self.page.ask(Archive).y or (0.0, 24.0)
        low, high = hours if hours[0] >= 0 and hours[1] <= 24 else (0.0, 24.0)
        return CalendarAsk(
            iso(window.start),
            iso(window.end),
            self.region,
            self.page.chosen("agg"),
            low,
            high,
            min(self.columns, 1_000),
        )

    def feed(self, raster: Raster) -> None:
        assert isinstance(self.plot, CalendarPlot)
        self.plot.y.bounds = (0, 24)
        self.plot.feed(raster.words, raster.arrays)

    def told(self, raster: Raster) -> str:
        words = raster.words
        what = {"mean": "mean", "max": "highest", "min": "lowest"}[self.page.chosen("agg")]
        if words["slot"] == 5 and words["minutes"] == 1440:
            return f"{formats.number(words['known'])} prices, every one of them"
        return f"{formats.number(words['known'])} prices · {what} of each {words['slot']} minutes of each {minutes_in_words(words['minutes'])}"

    def title(self) -> str:
        return f"Price by day and hour · {self.where()}"

    def extents(self, moved: dict[str, float]) -> dict[str, Any]:
        low, high = max(0.0, float(int(moved["y0"]))), min(24.0, float(-(-moved["y1"] // 1)))
        return {"y": None if (low <= 0 and high >= 24) or high <= low else (low, high)}

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        if self.window is None:
            return ()
        same = {**self.same(self.window), "region": [self.region], "agg": self.page.chosen("agg")}
        return [
            (
                self.picture,
                [
                    ("30 minutes", RegionalPrices(**same, interval="30m")),
                    ("5 minutes", RegionalPrices(**same, interval="5m")),
                ],
            )
        ]

    def notes(self) -> Sequence[str]:
        return ["Colours follow the price axis: linear near zero, logarithmic beyond ±$30. NEM is weighted by demand."]
