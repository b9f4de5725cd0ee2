"""Heat maps: flow or utilisation by hour of the day and day, week or month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from components.charts.heatmap import HeatData, HeatMap
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Column
from components.dashboards.prices_heat import CELLS, cells_of, heat_data
from components.dashboards.shell import Card, figure
from components.dashboards.transmission_view import FLOW, WHICH, LinkView, name_of, way_of
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.link_hours import LinkHours
from components.store.snapshot import Snapshot

MOST = 8
"""Interconnectors drawn at once."""
AGG = {"mean": "Mean", "min": "Lowest", "max": "Highest"}
SHOWS = Choice("What the colours show", {"mw": "Flow", "utilisation": "Utilisation"})


class FlowHours(LinkView):
    """A heat map for each of the chosen interconnectors, all on one scale."""

    slug, label, help = "hours", "Heat maps", "Flow or utilisation by hour of the day and day, week or month"
    questions = (LinkHours,)
    selects = FLOW | {"agg": AGG}
    choices = {"show": SHOWS, "cells": CELLS}
    by_interval = False

    def build(self) -> Sequence[Any]:
        same: dict[str, Any] = {"height": 420, "x_label": "Day", "y_label": "Hour of the day"}
        theme = self.page.theme
        self.maps = {
            "mw": HeatMap(theme, title="Flow by hour", unit="MW", digits=0, **same),
            "utilisation": HeatMap(theme, title="Utilisation by hour", unit="%", digits=1, **same),
        }
        self.panes = {name: figure(chart.figure) for name, chart in self.maps.items()}
        self.slot = Column()
        self.heat_card = self.card("Flows by hour", self.slot)
        return [self.heat_card.view]

    def charts(self) -> Sequence[Any]:
        return list(self.maps.values())

    def notes(self) -> Sequence[str]:
        return [
            "Colours: none at zero, blue for reverse flow, yellow to red for forward flow; on one scale for all interconnectors."
        ]

    def question(self, window: Window) -> LinkHours:
        """The heat maps' question, with the cells that are chosen or suit the window."""
        return self.over(window, LinkHours, by=cells_of(self.page.chosen("cells"), window))

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.heat_card, [("Flows by hour", self.question(self.window(snapshot)))])]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.question(window)
        answer = ANSWERS.ask(snapshot, query)
        show = self.page.chosen("show")
        if not np.isfinite(answer.frame[show].to_numpy("float64")).any():
            self.nothing(snapshot, window)
            return
        links = self.selected(snapshot)
        key = ("flow hours", show, query.fingerprint(), window.start, window.end)
        self.maps[show].feed(ANSWERS.get(snapshot, key, lambda: self._cells(answer, query.by, show, links[:MOST])))
        self.maps[show].x_axis.axis_label = {"day": "Day", "week": "Week from Monday", "month": "Month"}[query.by]
        if self.slot.objects != [self.panes[show]]:
            self.slot[:] = [self.panes[show]]
        which = WHICH[self.flow] if show == "mw" else "utilisation of the limit in the direction of the target flow"
        cells = f"{AGG[query.agg].lower()} of each hour by {query.by}"
        one = f" · {name_of(links[0])}: {way_of(links[0])} above zero" if len(links) == 1 and show == "mw" else ""
        more = f"{len(links) - MOST} more can be chosen above" if len(links) > MOST else ""
        self.heat_card.ready(
            self.spelled(window, which, cells, more, self.page.covered(answer)),
            heading=SHOWS.options[show] + " by hour" + one,
        )

    @staticmethod
    def _cells(answer: Result, by: str, show: str, links: Sequence[str]) -> HeatData:
        frame = answer.frame[answer.frame["interconnector"].isin(links)]
        if show == "utilisation":
            frame = frame.assign(utilisation=100 * frame["utilisation"])
        return heat_data(
            replace(answer, frame=frame), by, show, "interconnector", {link: name_of(link) for link in links}
        )


__all__ = ["FlowHours"]
