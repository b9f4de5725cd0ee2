"""``/prices``: regional prices on one honest axis, and their statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import MARKED, LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.page import Dashboard
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.prices import PriceStats, RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGION_NAMES, REGIONS

# column of the statistics -> label, unit, help, decimals, factor
STATISTICS: dict[str, tuple[str, str, str, int, float]] = {
    "mean": ("Mean", "$/MWh", "Time-weighted", 2, 1),
    "volume_weighted": ("Weighted", "$/MWh", "Mean weighted by demand", 2, 1),
    "median": ("Median", "$/MWh", "Half of the time the price was lower", 2, 1),
    "p5": ("5th pct", "$/MWh", "Lower in 5 % of the time", 2, 1),
    "p95": ("95th pct", "$/MWh", "Lower in 95 % of the time", 2, 1),
    "min": ("Lowest", "$/MWh", "Lowest price and when it was first reached", 2, 1),
    "max": ("Highest", "$/MWh", "Highest price and when it was first reached", 2, 1),
    "volatility": ("Volatility", "$/MWh", "Standard deviation", 1, 1),
    "negative_hours": ("Negative", "hours", "Hours below $0", 1, 1),
    "longest_negative_hours": ("Longest run", "hours", "Longest time below $0 without a break", 1, 1),
    "hours_above_300": ("≥ $300", "hours", "Hours at $300 or more", 1, 1),
    "cap_payout": ("Cap payout", "$/MW", "Sum of what the price exceeded $300 by, times hours", 0, 1),
    "coverage": ("Coverage", "%", "Part of the window's intervals with a price", 1, 100),
}


class PricesDashboard(Dashboard):
    """Series for any regions, statistics for each."""

    slug = "prices"
    title = "Prices"
    questions = (RegionalPrices, PriceStats)
    fixed = Dashboard.fixed - {"agg"}
    many_regions = True
    selects = {"agg": {"mean": "Mean", "min": "Lowest", "max": "Highest"}}

    def build(self) -> Sequence[Any]:
        keys = {r: r[:-1] for r in REGIONS} | {NEM: "NEM"}
        self.lines = LineChart(
            self.theme, keys, height=440, title="Regional prices", y_label="Price ($/MWh)", as_price=True,
            spread=True,
        )  # fmt: skip
        columns: list[dict[str, Any]] = [{"label": "Region"}]
        columns += [{"label": s[0], "unit": s[1], "help": s[2], "number": True} for s in STATISTICS.values()]
        self.ledger = Ledger(columns=columns, stacked=True)
        self.chart_card = self.card("Regional prices", figure(self.lines.figure))
        self.table_card = self.card("Statistics", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "NEM is the demand-weighted price of the five regions.",
            "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values.",
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        query = self.ask(RegionalPrices)
        window = query.window(snapshot)
        drawn = [("Prices", query)]
        if self.has_spread(query, window):
            drawn += [("Lowest", self.ask(RegionalPrices, agg="min")), ("Highest", self.ask(RegionalPrices, agg="max"))]
        return [(self.chart_card, drawn), (self.table_card, [("Statistics", self.stats(window))])]

    def has_spread(self, query: RegionalPrices, window: Window) -> bool:
        """Means of several prices are drawn: what lies behind them is drawn as well."""
        return query.agg == "mean" and window.interval != "5m"

    def stats(self, window: Window) -> PriceStats:
        """Statistics over exactly the drawn window."""
        return self.ask(PriceStats, start=window.start, end=window.end, last="1d")

    def draw(self, snapshot: Snapshot) -> None:
        query = self.ask(RegionalPrices)
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            reason = f"No prices are known in {formats.window(window.start, window.end)}."
            for card in self.cards:
                card.empty(reason, actions=self.nearest_window(snapshot, "price", window))
            return
        key = (query.fingerprint(), window.start, window.end, window.interval)

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "price")

            def lines(answer: Result) -> dict[str, np.ndarray]:
                return column(answer, labels, "price", ["region"])

            spread = {}
            if self.has_spread(query, window):
                asked = {"lowest": "min", "highest": "max"}
                spread = {k: lines(ANSWERS.ask(snapshot, self.ask(RegionalPrices, agg=a))) for k, a in asked.items()}
            return line_data(edges, lines(result), as_price=True, **spread)

        data = ANSWERS.get(snapshot, ("prices", key), make)
        self.lines.feed(data)
        stats = ANSWERS.ask(snapshot, self.stats(window))
        self.ledger.rows = [self._row(r) for r in stats.frame.to_dict("records")]
        step = formats.INTERVAL_LABELS[window.interval]
        means = {
            "band": f"lines: mean; bands: lowest to highest price within each {step}",
            "marks": f"lines: mean; dots: highest price within each {step}, where it reached {formats.dollars(MARKED, 0)}",
            "": "" if query.agg == "mean" else f"{self.selects['agg'][query.agg].lower()} price within each {step}",
        }
        self.chart_card.ready(self.describe(window, means[self.lines.spread], data.thinned.note))
        self.table_card.ready("from native 5- or 30-minute prices, whatever the interval above")

    def _row(self, figures: dict[Any, Any]) -> dict[str, Any]:
        region = str(figures["region"])
        cells: list[dict[str, Any]] = [
            {"t": region[:-1] if region in REGIONS else region, "colour": self.theme.regions.get(region),
             "title": REGION_NAMES.get(region, region)}
        ]  # fmt: skip
        for name, (_, _, _, digits, factor) in STATISTICS.items():
            value = float(figures[name]) * factor
            cell: dict[str, Any] = {"t": formats.number(value, digits), "v": value if pd.notna(value) else None}
            when = figures.get(f"{name}_time")
            if when is not None and pd.notna(when):
                cell["sub"] = formats.stamp(pd.Timestamp(when))
            cells.append(cell)
        return {"key": region, "cells": cells}
