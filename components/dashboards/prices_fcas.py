"""Prices of the frequency control (FCAS) markets: one over time, all of them in sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import AGG, LABELS, PriceView, cell
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.prices import FCAS, RegionalPrices
from components.queries.prices_fcas import FcasPrices
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

_SIDES = {"raise": "Raise", "lower": "Lower"}
_SPEEDS = {"1sec": "1 second", "6sec": "6 seconds", "60sec": "60 seconds", "5min": "5 minutes", "reg": "regulation"}
MARKETS = {f"{side}{speed}": f"{word} {name}" for side, word in _SIDES.items() for speed, name in _SPEEDS.items()}
"""Markets as pages call them."""
DEFAULT = "raisereg"


class Fcas(PriceView):
    """One market's prices over time, and every market's mean by region."""

    slug, label, help = "fcas", "FCAS", "Prices for frequency control: ten markets, raise and lower"
    questions = (FcasPrices,)
    selects = {"agg": AGG}
    choices = {
        "service": Choice(
            "Market that is drawn over time",
            {DEFAULT: MARKETS[DEFAULT]} | {m: MARKETS[m] for m in FCAS if m != DEFAULT},
        )
    }

    def build(self) -> Sequence[Any]:
        regions = {r: LABELS[r] for r in REGIONS}
        self.lines = LineChart(
            self.page.theme, regions, height=400, title="FCAS prices", y_label="Price ($ per MW and hour)",
            as_price=True, unit="$/MW/h",
        )  # fmt: skip
        self.legend = Legend()
        self.ledger = Ledger(columns=[], picks=True, on_message=self._picked, stacked=True)
        self.chart_card = self.card("FCAS prices", self.legend, figure(self.lines.figure))
        self.table_card = self.card("All markets", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "FCAS prices are in $ per MW enabled and hour. The 1-second markets began in October 2023; before that they have no price. "
            "The markets have no price of the whole NEM.",
            "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values.",
        ]

    def regions(self) -> list[str]:
        """The regions that are chosen, else all five."""
        chosen = self.page.ask(RegionalPrices).region
        return [r for r in REGIONS if r in chosen] or list(REGIONS)

    def one(self) -> RegionalPrices:
        """The chosen market over time."""
        return self.page.ask(RegionalPrices, market=self.page.chosen("service"), region=self.regions())

    def all_markets(self, window: Window) -> FcasPrices:
        """Every market in sum."""
        return self.over(window, FcasPrices, region=self.regions())

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        asked = self.all_markets(self.window(snapshot))
        return [
            (self.chart_card, [(MARKETS[self.page.chosen("service")], self.one())]),
            (self.table_card, [("All markets", asked)]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.one()
        window = query.window(snapshot)
        result, market = ANSWERS.ask(snapshot, query), MARKETS[query.market]
        sums = ANSWERS.ask(snapshot, self.all_markets(window))
        if sums.frame.empty:
            self.nothing(snapshot, window, "No FCAS prices are known")
            return
        if result.frame.empty:
            self.nothing(snapshot, window, f"No prices of {market.lower()} are known", [self.chart_card])
        else:
            key = ("fcas", query.fingerprint(), window.start, window.end, window.interval)
            data = ANSWERS.get(snapshot, key, lambda: self._lines(snapshot, result))
            self.lines.feed(data)
            theme = self.page.theme
            self.legend.entries = [{"label": LABELS[r], "colour": theme.regions[r]} for r in data.present]
            within = (
                ""
                if query.agg == "mean" or window.interval == "5m"
                else f"{AGG[query.agg].lower()} price within each step"
            )
            covered = self.page.covered(result)
            self.chart_card.ready(
                self.page.describe(window, within, data.thinned.note, covered), heading=f"FCAS prices · {market}"
            )
        regions = self.regions()
        columns: list[dict[str, Any]] = [{"label": "Market"}]
        columns += [
            {"label": LABELS[r], "unit": "$/MW/h", "number": True, "help": "Time-weighted mean price"} for r in regions
        ]
        columns += [
            {
                "label": "Highest",
                "unit": "$/MW/h",
                "number": True,
                "help": "Highest price of these regions, where and when",
            },
            {
                "label": "≥ $300",
                "unit": "hours",
                "number": True,
                "help": "Hours at $300 or more in the region that had most",
            },
        ]
        self.ledger.param.update(columns=columns, rows=self._rows(sums.frame, regions, query.market))
        self.table_card.ready(f"{formats.window(window.start, window.end)} · mean prices · click a market to draw it")

    def _lines(self, snapshot: Snapshot, result: Result) -> LineData:
        labels, edges = steps_of(result, snapshot, "price")
        return line_data(edges, column(result, labels, "price", ["region"]), as_price=True)

    def _rows(self, frame: pd.DataFrame, regions: Sequence[str], drawn: str) -> list[dict[str, Any]]:
        rows = []
        for market in FCAS:
            mine = frame[frame["market"].astype(str) == market]
            mean = dict(zip(mine["region"].astype(str), mine["mean"], strict=True))
            top: dict[str, Any] = cell(np.nan)
            if len(mine):
                best = mine.iloc[int(mine["max"].to_numpy().argmax())]
                top = cell(best["max"], sub=f"{LABELS[str(best['region'])]} · {formats.stamp(best['max_time'])}")
            hours = cell(float(mine["hours_above_300"].max()) if len(mine) else np.nan, 1)
            cells = [{"t": MARKETS[market]}, *(cell(mean.get(r, np.nan)) for r in regions), top, hours]
            rows.append({"key": market, "cells": cells, "chosen": market == drawn})
        return rows

    def _picked(self, message: dict[str, Any]) -> None:
        """A row was clicked. Anything may come from a browser."""
        if message.get("row") in MARKETS:
            self.page.change(service=message["row"])


__all__ = ["MARKETS", "Fcas"]
