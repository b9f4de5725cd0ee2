"""The day's best two- and four-hour spread, and what batteries made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_view import GROUPS, LEFT, WORDS, BatteryView, Links
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import cell, columns_of
from components.dashboards.revenue_words import label
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Result
from components.queries.batteries_foresight import BatteriesForesight, BatteriesForesightStats
from components.store.snapshot import Snapshot

LINES = {"best4": "Best four hours", "best2": "Best two hours", "earned": "Earned"}
COLOURS = {"best4": "muted", "best2": "accent", "earned": "battery"}
COLUMNS = {"best4": "best_4h", "best2": "best_2h", "earned": "earned"}


class _Worths(LineChart):
    """What foresight was worth in the colours of surfaces, what was earned in that of batteries."""

    def _colour(self, key: str) -> str:
        name = self.colours[key]
        return str(getattr(self.theme, name)) if name in ("muted", "accent") else super()._colour(key)


class ForesightView(BatteryView):
    """Lines day by day, and the table of everybody over the whole window."""

    slug = "foresight"
    label = "Best spread"
    help = "The day's best two- and four-hour spread beside what was earned"
    questions = (BatteriesForesight, BatteriesForesightStats)
    by_interval = False
    choices = {
        "step": Choice("Length of a step", {"1d": "By day", "7d": "By week", "1M": "By month"}),
        "rows": Choice("Rows of the table", {"region": "Regions", "station": "Batteries", "owner": "Owners"}),
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.lines = _Worths(
            theme, LINES, height=320, title="Worth per MW and day", y_label="$ per MW and day", as_price=True, unit="$/MW",
            colours=COLOURS,
        )  # fmt: skip
        self.lines.figure.min_border_left = LEFT
        self.legend = Legend()
        self.ledger = Ledger(stacked=True)
        self.chart_card = self.card("Worth per MW and day", self.legend, figure(self.lines.figure))
        self.table_card = self.card("Over the window", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "Best spread: the dearest two (four) hours of a day less the cheapest, any 5-minute intervals in any order, in the batteries' "
            "regions and weighted by their MW: one fill and one emptying a day, without losses, knowing the prices. Several cycles a day can "
            "earn more; earned is spot revenue, without ancillary services and contracts.",
            "Whole days that the window touches; one counts where all its prices are known.",
        ]

    def days(self, snapshot: Snapshot) -> Window:
        """The whole days that the page's window touches."""
        window = self.window(snapshot)
        # The stamp 00:00 closes the day before.
        return replace(window, start=window.start.floor("D"), end=window.end.ceil("D"))

    def asked(self, window: Window) -> BatteriesForesight:
        """The chosen batteries together, step by step."""
        return self.over(window, BatteriesForesight, by=["none"], interval=self.page.chosen("step"), hour=[])

    def whole(self, window: Window) -> BatteriesForesightStats:
        """Everybody of a kind over the whole window."""
        return self.over(window, BatteriesForesightStats, by=[self.page.chosen("rows")], hour=[])

    def links(self, snapshot: Snapshot) -> Links:
        window = self.days(snapshot)
        return [
            (self.chart_card, [("Best spread and earned", self.asked(window))]),
            (self.table_card, [("Best spread and earned, over the window", self.whole(window))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.days(snapshot)
        query = self.asked(window)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.emptied(
                self.chart_card,
                "The best spread is that of whole days with all their prices, and there is none here.",
                self.page.nearest_window(snapshot, "price", window),
            )
            self.table_card.hide()
            return
        data: LineData = ANSWERS.get(
            snapshot, ("foresight", query.fingerprint()), lambda: self._drawn(snapshot, result)
        )
        self.lines.feed(data, digits=0)
        self.legend.entries = [{"label": LINES[k], "colour": self.lines._colour(k)} for k in data.present]
        step = formats.INTERVAL_LABELS[result.interval]
        said = [formats.window(window.start, window.end), f"by {step}", data.thinned.note]
        self.chart_card.ready(" · ".join(w for w in said if w), heading=f"Worth per MW and day · {self.named()}")
        self._table(snapshot, window)

    def _drawn(self, snapshot: Snapshot, result: Result) -> LineData:
        labels, edges = steps_of(result, snapshot, "scada")
        series = {key: next(iter(column(result, labels, name).values())) for key, name in COLUMNS.items()}
        return line_data(edges, series, as_price=True)

    def _table(self, snapshot: Snapshot, window: Window) -> None:
        word = self.page.chosen("rows")
        rows = ANSWERS.ask(snapshot, self.whole(window)).frame.to_dict("records")
        self.ledger.columns = columns_of(
            WORDS[word],
            ("Spread, 2 h", "$/MWh", "Mean of the dearest two hours of each day less that of the cheapest two"),
            ("Spread, 4 h", "$/MWh", "The same of four hours"),
            ("Best, 2 h", "$/MW day", "Spread × 2 h: what one MW could earn on a day"),
            ("Best, 4 h", "$/MW day", "Spread × 4 h"),
            ("Earned", "$/MW day", "Net spot revenue per MW and day"),
            ("Of 2 h", "%", "Earned over the best two hours"),
            ("Of 4 h", "%", "Earned over the best four hours"),
        )
        texts = {k: v for k, v in self.page.texts.items() if k != "region"}
        rows.sort(key=lambda r: -np.nan_to_num(r["share_2h"], nan=-np.inf))
        self.ledger.rows = [
            {
                "key": (name := str(row[word])),
                "cells": [
                    {
                        "t": label(word, name) or "Unknown",
                        "colour": self.page.theme.regions.get(name, "") if word == "region" else "",
                        "href": to.batteries({word: name}, texts) if name else None,
                    },
                    *(cell(row[c]) for c in ("spread_2h", "spread_4h")),
                    *(cell(row[c], 0) for c in ("best_2h", "best_4h", "earned")),
                    *(cell(row[c] * 100, 1) for c in ("share_2h", "share_4h")),
                ],
            }
            for row in rows
        ]
        self.table_card.ready(f"{formats.window(window.start, window.end)} · {GROUPS[word].lower()}")
