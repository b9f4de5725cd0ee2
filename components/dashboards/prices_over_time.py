"""Prices over time, and their statistics region by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import MARKED, LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.prices_view import AGG, LABELS, PriceView
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.prices import PriceStats, RegionalPrices
from components.store.snapshot import Snapshot

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


class OverTime(PriceView):
    """Series for any regions, statistics for each."""

    slug, label, help = "over-time", "Over time", "Prices over time, and their statistics"
    selects = {"agg": AGG}

    def build(self) -> Sequence[Any]:
        self.lines = LineChart(
            self.page.theme, LABELS, height=440, title="Regional prices", y_label="Price ($/MWh)", as_price=True,
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
        query = self.page.ask(RegionalPrices)
        window = query.window(snapshot)
        drawn = [("Prices", query)]
        if self.has_spread(query, window):
            drawn += [
                ("Lowest", self.page.ask(RegionalPrices, agg="min")),
                ("Highest", self.page.ask(RegionalPrices, agg="max")),
            ]
        return [(self.chart_card, drawn), (self.table_card, [("Statistics", self.over(window, PriceStats))])]

    def has_spread(self, query: RegionalPrices, window: Window) -> bool:
        """Means of several prices are drawn: what lies behind them is drawn as well."""
        return query.agg == "mean" and window.interval != "5m"

    def draw(self, snapshot: Snapshot) -> None:
        query = self.page.ask(RegionalPrices)
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        key = (query.fingerprint(), window.start, window.end, window.interval)

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "price")

            def lines(answer: Result) -> dict[str, np.ndarray]:
                return column(answer, labels, "price", ["region"])

            spread = {}
            if self.has_spread(query, window):
                asked = {"lowest": "min", "highest": "max"}
                spread = {
                    k: lines(ANSWERS.ask(snapshot, self.page.ask(RegionalPrices, agg=a))) for k, a in asked.items()
                }
            return line_data(edges, lines(result), as_price=True, **spread)

        data = ANSWERS.get(snapshot, ("prices", key), make)
        self.lines.feed(data)
        stats = ANSWERS.ask(snapshot, self.over(window, PriceStats))
        self.ledger.rows = [self._row(r) for r in stats.frame.to_dict("records")]
        step = formats.INTERVAL_LABELS[window.interval]
        means = {
            "band": f"lines: mean; bands: lowest to highest price within each {step}",
            "marks": f"lines: mean; dots: highest price within each {step}, where it reached {formats.dollars(MARKED, 0)}",
            "": "" if query.agg == "mean" else f"{AGG[query.agg].lower()} price within each {step}",
        }
        self.chart_card.ready(self.page.describe(window, means[self.lines.spread], data.thinned.note))
        self.table_card.ready("from native 5- or 30-minute prices, whatever the interval above")

    def _row(self, figures: dict[Any, Any]) -> dict[str, Any]:
        region = str(figures["region"])
        cells: list[dict[str, Any]] = [self.region_cell(region)]
        for name, (_, _, _, digits, factor) in STATISTICS.items():
            value = float(figures[name]) * factor
            cell: dict[str, Any] = {"t": formats.number(value, digits), "v": value if pd.notna(value) else None}
            when = figures.get(f"{name}_time")
            if when is not None and pd.notna(when):
                cell["sub"] = formats.stamp(pd.Timestamp(when))
            cells.append(cell)
        return {"key": region, "cells": cells}
