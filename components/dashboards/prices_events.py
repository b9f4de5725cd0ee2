"""High and low prices as events, each a link to its window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.charts import formats
from components.dashboards import address
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.prices_view import LABELS, PriceView, cell, columns_of, duration_words, event_link
from components.dashboards.shell import Card
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import PeriodQuery, Query
from components.queries.prices_events import PriceEvents
from components.store.snapshot import Snapshot

MOST_ROWS = 200
LONG = pd.Timedelta(days=365)
EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "300": ("At or above $300", {}),
    "1000": ("At or above $1,000", {"threshold": 1000.0}),
    "5000": ("At or above $5,000", {"threshold": 5000.0}),
    "negative": ("Below $0", {"side": "low"}),
    "-30": ("Below −$30", {"side": "low", "threshold": -30.0}),
    "-100": ("Below −$100", {"side": "low", "threshold": -100.0}),
}
"""Text in the address -> label, and what is asked."""
ORDERS = {"newest": "Newest first", "peak": "Most extreme first", "longest": "Longest first"}


class Events(PriceView):
    """Events beyond a threshold, and their sums by region."""

    slug, label, help = "events", "Events", "High and negative prices as events, each a link to its window"
    by_interval = False
    questions = (PriceEvents,)
    choices = {
        "event": Choice("Which prices make an event", {k: label for k, (label, _) in EVENTS.items()}),
        "order": Choice("Which events stand first", ORDERS),
    }

    def build(self) -> Sequence[Any]:
        self.sums = Ledger(
            columns=columns_of(
                "Region",
                ("Events", "", "Number of events"),
                ("Beyond", "hours", "Time beyond the threshold"),
                ("Longest", "hours", "Longest event, pauses included"),
                ("Most extreme", "$/MWh", "Highest price (lowest of low events), and when"),
                ("Excess", "$/MW", "Sum of what prices lay beyond the threshold by, times hours"),
            ),
            stacked=True,
        )
        self.ledger = Ledger(
            columns=[
                {"label": "Start"}, {"label": "Region"}, *columns_of(
                    ("Length", "", "From the first interval beyond the threshold to the last"),
                    ("Beyond", "hours", "Time beyond the threshold"),
                    ("Peak", "$/MWh", "Most extreme price, and when"),
                    ("Mean", "$/MWh", "Mean price of the event, pauses included"),
                    ("Excess", "$/MW", "Sum of what prices lay beyond the threshold by, times hours"),
                ), {"label": "What ran"},
            ],
            stacked=True,
        )  # fmt: skip
        self.sums_card = self.card("By region", self.sums)
        self.list_card = self.card("Events", self.ledger)
        return [self.sums_card.view, self.list_card.view]

    def notes(self) -> Sequence[str]:
        return [
            "Events: a pause of up to 30 minutes does not end one; a missing price is a pause; the window's edges cut. "
            "Beyond: at or above a high threshold, below a low one."
        ]

    def question(self, window: Window) -> PriceEvents:
        """The events that are chosen."""
        return self.over(window, PriceEvents, **EVENTS[self.page.chosen("event")][1])

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        asked = [("Events", self.question(window))]
        return [(self.sums_card, asked), (self.list_card, asked)]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.question(window)
        result = ANSWERS.ask(snapshot, query)
        if not result.present:
            self.nothing(snapshot, window)
            return
        words = EVENTS[self.page.chosen("event")][0]
        span = formats.window(window.start, window.end)
        frame = result.frame
        if frame.empty:
            actions = []
            if window.end - window.start < LONG:
                year = PeriodQuery(start=window.end - LONG, end=window.end).texts()
                texts = {k: v for k, v in self.page.texts.items() if k not in year and k != "last"} | year
                actions = [{"label": "Look at the year up to here", "href": "./prices" + address.join(texts)}]
            self.sums_card.empty(f"No price was {words[0].lower()}{words[1:]} in {span}.", actions=actions)
            self.list_card.hide()
            return
        low = query.side == "low"
        self.sums.rows = [self._sum(str(r), f, low) for r, f in frame.groupby("region", observed=True)]
        order = self.page.chosen("order")
        by, ascending = {"newest": ("start", False), "peak": ("peak", low), "longest": ("hours", False)}[order]
        shown = frame.sort_values(by, ascending=ascending, kind="stable").head(MOST_ROWS)
        self.ledger.rows = [self._row(i, r) for i, r in enumerate(shown.to_dict("records"))]
        more = (
            ""
            if len(frame) <= MOST_ROWS
            else f"{MOST_ROWS} of {formats.number(len(frame))}: {ORDERS[order].lower()}; Data has all"
        )
        self.sums_card.ready(" · ".join(w for w in (words, span, self.page.covered(result)) if w))
        self.list_card.ready(" · ".join(w for w in (words, span, more) if w))

    def _sum(self, region: str, events: pd.DataFrame, low: bool) -> dict[str, Any]:
        peaks = events["peak"].to_numpy()
        worst = events.iloc[int(peaks.argmin() if low else peaks.argmax())]
        cells = [
            cell(len(events), 0),
            cell(events["hours_beyond"].sum(), 1),
            cell(events["hours"].max(), 1),
            cell(worst["peak"], sub=formats.stamp(worst["peak_time"])),
            cell(events["beyond"].sum(), 0),
        ]
        return {"key": region, "cells": [self.region_cell(region), *cells]}

    def _row(self, place: int, event: dict[Any, Any]) -> dict[str, Any]:
        region = str(event["region"])
        cells = [
            event_link("prices", event, formats.stamp(event["start"])),
            self.region_cell(region),
            {"t": duration_words(event["hours"]), "v": float(event["hours"])},
            cell(event["hours_beyond"], 1),
            cell(event["peak"], sub=f"{event['peak_time']:%H:%M}"),
            cell(event["mean"]),
            cell(event["beyond"], 0),
            event_link("generation", event, f"Generation in {LABELS[region]}"),
        ]
        return {"key": f"{place}", "cells": cells}
