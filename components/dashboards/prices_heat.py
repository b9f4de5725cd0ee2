"""Heat maps: prices by hour of the day and day, week or month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.heatmap import HeatData, HeatMap, thin_labels
from components.dashboards.answers import ANSWERS
from components.dashboards.prices_view import AGG, LABELS, PriceView
from components.dashboards.shell import Card, figure
from components.dashboards.view import Choice
from components.market_time import Window
from components.metrics.price_grid import HOURS
from components.queries.base import Query, Result
from components.queries.prices_heat import PriceHeat
from components.store.snapshot import Snapshot

MOST_DAYS, MOST_WEEKS = 400, 400
"""Columns a screen can show: beyond them weeks take the place of days, and months that of weeks."""
TICKS = 12


def heat_data(
    answer: Result, by: str, value: str = "price", key: str = "region", labels: Mapping[str, str] = LABELS
) -> HeatData:
    """An answer as panels of hours (rows) and days, weeks or months (columns), one panel for each region (or other ``key``)."""
    frame = answer.frame
    times = pd.DatetimeIndex(frame["time"].unique())
    regions = [str(r) for r in frame[key].unique()]
    cells = frame[value].to_numpy("float64").reshape(len(times), len(regions), HOURS)
    hours = [f"{h:02d}:00–{h + 1:02d}:00" for h in range(HOURS)]
    one_year = len(times) > 0 and times[0].year == times[-1].year
    if by == "month":
        names = [f"{t:%b %Y}" for t in times]
        short = names
    else:
        names = formats.days(times)
        if by == "week":
            names = [f"week from {n}" for n in names]
        short = formats.short_days(times, year=not one_year)
    ticks = {i + 0.5: text for i, text in thin_labels(short, TICKS if one_year else TICKS - 4).items()}
    firsts = np.flatnonzero(times.day == 1).tolist()
    if by == "day" and len(firsts) > 2:
        months = [f"{times[i]:%b}" + ("" if one_year else f" {times[i]:%Y}") for i in firsts]
        ticks = {float(firsts[k]): text for k, text in thin_labels(months, TICKS + 1).items()}
    panels = {labels[r]: cells[:, i].T for i, r in enumerate(regions) if np.isfinite(cells[:, i]).any()}
    return HeatData(panels, hours, names, {float(h): f"{h:02d}:00" for h in (0, 6, 12, 18)}, ticks)


def cells_of(chosen: str, window: Window) -> str:
    """What stands beside the hours: as chosen, or what suits the window where that is ``auto``.

    Thousands of columns would be narrower than a pixel.
    """
    days = (window.end - window.start).days
    if chosen == "auto":
        return "day" if days <= MOST_DAYS else "week" if days <= MOST_WEEKS * 7 else "month"
    return "week" if chosen == "day" and days > 4 * MOST_DAYS else chosen


CELLS = Choice(
    "What stands beside the hours", {"auto": "Auto", "day": "By day", "week": "By week", "month": "By month"}
)


class Heat(PriceView):
    """A heat map for each region, all on one scale."""

    slug, label, help = "heat", "Heat maps", "Prices by hour of the day and day, week or month"
    by_interval = False
    questions = (PriceHeat,)
    selects = {"agg": AGG}
    choices = {"cells": CELLS}

    def build(self) -> Sequence[Any]:
        self.map = HeatMap(
            self.page.theme,
            height=420,
            title="Prices by hour",
            unit="$/MWh",
            as_price=True,
            x_label="Day",
            y_label="Hour of the day",
        )
        self.heat_card = self.card("Prices by hour", figure(self.map.figure))
        return [self.heat_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.map]

    def notes(self) -> Sequence[str]:
        return [
            "Colours: white or black at $0, blue below, yellow to red above, on the price axis's scale (linear near zero, "
            "logarithmic beyond ±$30)."
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.heat_card, [("Prices by hour", self.question(self.window(snapshot)))])]

    def question(self, window: Window) -> PriceHeat:
        """The heat map's question, with the cells that are chosen or suit the window."""
        return self.over(window, PriceHeat, by=cells_of(self.page.chosen("cells"), window))

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.question(window)
        answer = ANSWERS.ask(snapshot, query)
        if not np.isfinite(answer.frame["price"].to_numpy("float64")).any():
            self.nothing(snapshot, window)
            return
        self.map.feed(ANSWERS.get(snapshot, ("heat", query.fingerprint()), lambda: heat_data(answer, query.by)))
        self.map.x_axis.axis_label = {"day": "Day", "week": "Week from Monday", "month": "Month"}[query.by]
        cells = f"{AGG[query.agg].lower()} price of each hour by {query.by}"
        span = formats.window(window.start, window.end)
        missing = "hatched: no price" if self.page.covered(answer) else ""
        words = [span, cells, *self.only(), missing, self.page.covered(answer)]
        self.heat_card.ready(" · ".join(w for w in words if w))

    def only(self) -> list[str]:
        """What of the calendar is left out, in words."""
        return [
            f"only {n} {', '.join(self.page.texts[n])}" for n in ("month", "weekday", "hour") if n in self.page.texts
        ]


__all__ = ["CELLS", "Heat", "cells_of", "heat_data"]
