"""Prices against the penetration of wind and solar, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.named import KEYS, series_colour
from components.charts.scatter import DotChart
from components.charts.years import MOST_YEARS, YearMarks, year_legend
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.shell import Card, figure, row
from components.dashboards.trends_penetration import NOTE, NOTHING, by_period
from components.dashboards.trends_view import YEAR, TrendView, head, number_cell
from components.market_time import bucket_end, bucket_name
from components.queries.base import Query
from components.queries.trends_penetration import Penetration
from components.queries.trends_penetration_bins import PenetrationBins
from components.store.snapshot import Snapshot


class PriceAgainst(TrendView):
    """Prices at each level of penetration, year by year."""

    slug, label, help = "price", "Price & penetration", "Price against penetration, year by year"
    questions = (Penetration, PenetrationBins)
    selects = YEAR

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.marks = YearMarks(
            theme, height=400, title="Price against penetration", x_label="Penetration (%)", y_label="Mean price ($/MWh)",
            unit="$/MWh", digits=2,
        )  # fmt: skip
        self.dots = DotChart(
            theme, height=360, title="Years: price against penetration", x_label="Penetration (%)",
            y_label="Mean price ($/MWh)", x_unit="%", y_unit="$/MWh",
        )  # fmt: skip
        self.ledger = Ledger(
            columns=[
                {"label": "Year"},
                head("Penetration", "%", "Energy of wind, solar and rooftop / underlying demand"),
                head("Mean price", "$/MWh", "Time-weighted, of the intervals whose penetration is known"),
                head("Known", "h", "Hours of the year whose penetration is known"),
            ]
        )
        self.legend = Legend()
        self.mark_card = self.card("Price at each level of penetration", self.legend, figure(self.marks.figure))
        self.dot_card = self.card("Years: price against penetration", figure(self.dots.figure))
        self.table_card = self.card("Averages of years", self.ledger)
        pair = row(self.dot_card.view, self.table_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)")
        return [self.mark_card.view, pair]

    def charts(self) -> Sequence[Any]:
        return [self.marks, self.dots]

    def notes(self) -> Sequence[str]:
        return [
            NOTE,
            "Prices are time-weighted means over the 5-minute intervals of a level; the market's are weighted by demand in each.",
        ]

    def bins(self) -> PenetrationBins:
        """Price and time of each bin and year."""
        return self.asked(PenetrationBins, by=self.years)

    def averages(self) -> Penetration:
        """Averages of years."""
        return self.asked(Penetration, interval=self.years)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        years = [("Averages of years", self.averages())]
        return [
            (self.mark_card, [("Price by penetration", self.bins())]),
            (self.dot_card, years),
            (self.table_card, years),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.bins()
        result, window = ANSWERS.ask(snapshot, query), query.window(snapshot)
        if result.frame.empty or not result.frame["price"].notna().any():
            self.nothing(snapshot, window, f"{NOTHING}, and a price", "region")
            return
        prices = by_period(result, "price")
        edges = result.frame.drop_duplicates("low").sort_values("low")
        names = [
            f"{formats.number(100 * a)}–{formats.number(100 * b)}"
            for a, b in zip(edges["low"], edges["high"], strict=True)
        ]
        full = {year: np.append(v, np.full(len(names) - len(v), np.nan)) for year, v in prices.items()}
        self.marks.show(names, full)
        theme = self.page.theme
        shown = list(full)[:MOST_YEARS]
        self.legend.entries = year_legend(shown, theme)
        said = self.said(window)
        self.mark_card.ready(
            f"{said} · mean price of the intervals in each step of 5 percentage points",
            heading=f"Price at each level of penetration · {self.name()}",
        )
        colours = {year: series_colour(key, theme) for year, key in zip(shown, KEYS, strict=False)}
        self._averages(ANSWERS.ask(snapshot, self.averages()).frame.to_dict("records"), colours)
        self.dot_card.ready(said)
        self.table_card.ready(f"{said} · years that are not whole are marked *")

    def _averages(self, rows: Sequence[Mapping[Any, Any]], colours: Mapping[str, str]) -> None:
        whole = [_hours(r["time"], self.years) for r in rows]
        names = [bucket_name(r["time"], self.years) for r in rows]
        called = [n if r["hours"] >= 0.98 * h else f"{n}*" for n, r, h in zip(names, rows, whole, strict=True)]
        share = np.array([100 * r["penetration"] for r in rows])
        price = np.array([r["price"] for r in rows])
        hours = [f"{formats.number(r['hours'])} h" for r in rows]
        self.dots.feed(share, price, [colours.get(n, self.page.theme.muted) for n in names], called, hours)
        there = share[np.isfinite(share) & np.isfinite(price)]
        if len(there):  # years lie close together: from zero they would be one heap
            low, high = float(there.min()), float(there.max())
            room = max(0.15 * (high - low), 1.0)
            self.dots.x.update(start=max(low - room, 0.0), end=high + room)
        self.ledger.rows = [
            {"key": n, "cells": [{"t": n}, number_cell(s, 1), number_cell(p, 2), number_cell(r["hours"])]}
            for n, s, p, r in reversed(list(zip(called, share.tolist(), price.tolist(), rows, strict=True)))
        ]


def _hours(start: Any, kind: str) -> float:
    begin = np.array([start], "datetime64[us]")
    return float((bucket_end(begin, kind) - begin)[0] / np.timedelta64(1, "h"))
