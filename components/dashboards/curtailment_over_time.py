"""Curtailment over time, the price beneath it, and its sums by region and fuel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.stack import StackChart, StackData, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.curtailment_view import (
    FUEL_LABELS,
    LAYERS,
    PROXY,
    SOURCE,
    CurtailmentView,
    energy_cell,
    share_cell,
    tint,
)
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import LABELS, cell
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.curtailment import Curtailment
from components.queries.curtailment_summary import CurtailmentSummary
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

LEFT = 76
"""Pixels left of both charts: room for five digits, so that they line up."""
COLUMNS: list[dict[str, Any]] = [
    {"label": "Region and fuel"},
    {"label": "Curtailed", "unit": "GWh", "number": True, "help": "Sum of max(0, UIGF − cleared)"},
    {"label": "Rate", "unit": "%", "number": True, "help": "Curtailed / UIGF"},
    {"label": "Economic", "unit": "GWh", "number": True, "help": "Curtailed at a price of $0 or less (a proxy)"},
    {"label": "Network", "unit": "GWh", "number": True, "help": "Curtailed at a price above $0"},
    {"label": "Economic", "unit": "%", "number": True, "help": "Part of what was curtailed that is economic", "minor": True},
    {"label": "Price", "unit": "$/MWh", "number": True, "help": "Regional price weighted by what was curtailed"},
    {"label": "Hours", "unit": "h", "number": True, "help": "Hours in which more than 0.1 MW was curtailed", "minor": True},
    {"label": "UIGF", "unit": "GWh", "number": True, "help": "Forecast of what weather and plant would give", "minor": True},
    {"label": "Cleared", "unit": "GWh", "number": True, "help": "Cleared in dispatch", "minor": True},
]  # fmt: skip


class CurtailedOverTime(CurtailmentView):
    """What was curtailed, in layers by reason and fuel."""

    slug, label, help = "over-time", "Over time", "How much was curtailed, why, and at which price"
    questions = (Curtailment, CurtailmentSummary, RegionalPrices)
    choices = {
        "drawn": Choice(
            "What is piled up: what was curtailed; or all that was forecast, cleared power included",
            {"curtailed": "Curtailed", "forecast": "Whole forecast"},
        )
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stack = StackChart(theme, height=380, x_label=False, kinds=LAYERS)
        self.stack.figure.name = "Curtailment"
        keys = {r: f"Price {LABELS[r]}" for r in (*REGIONS, NEM)}
        self.price = LineChart(
            theme, keys, height=190, title="Price", y_label="Price ($/MWh)", as_price=True, x=self.stack.x
        )
        for chart in (self.stack, self.price):
            chart.figure.min_border_left = LEFT
        self.legend = Legend()
        self.ledger = Ledger(columns=COLUMNS, stacked=True)
        self.chart_card = self.card("Curtailment", self.legend, figure(self.stack.figure), figure(self.price.figure))
        self.table_card = self.card("In sum", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.price]

    def notes(self) -> Sequence[str]:
        return [SOURCE, PROXY, "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values."]

    def power(self, snapshot: Snapshot) -> Curtailment:
        """Curtailed power over time."""
        return self.page.ask(Curtailment, region=self.regions(), by="region", agg="mean", station=[], duid=[], owner=[])

    def prices(self, window: Window) -> RegionalPrices:
        """Prices over the same steps."""
        return self.over(window, RegionalPrices, interval=window.interval, agg="mean", market="energy")

    def sums(self, window: Window) -> CurtailmentSummary:
        """The regions apart (those chosen, or all five), by fuel."""
        regions = self.regions()
        return self.over(
            window,
            CurtailmentSummary,
            region=[] if regions == [NEM] else regions,
            by=["region", "fuel"],
            fuel=self.fuels,
        )

    def pooled(self, window: Window, *by: str) -> CurtailmentSummary:
        """The same regions together, by fuel or in one."""
        return self.over(
            window, CurtailmentSummary, region=[] if self.market else self.regions(), by=list(by), fuel=self.fuels
        )

    @property
    def market(self) -> bool:
        """All five regions are looked at."""
        return self.regions() == [NEM]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        return [
            (self.chart_card, [("Curtailment", self.power(snapshot)), ("Prices", self.prices(window))]),
            (self.table_card, [("In sum", self.sums(window)), ("Regions together", self.pooled(window, "fuel"))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.power(snapshot)
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        drawn = self.page.chosen("drawn")
        key = (query.fingerprint(), window.start, window.end, window.interval)
        data = ANSWERS.get(snapshot, ("curtailment stack", drawn, key), lambda: self._stack(snapshot, result, drawn))
        self.stack.feed(data)
        prices = ANSWERS.ask(snapshot, self.prices(window))
        self.price.feed(
            ANSWERS.get(snapshot, ("curtailment price", key), lambda: self._prices(snapshot, result, prices)),
            move_x=False,
        )
        theme = self.page.theme
        self.legend.entries = [{"label": LAYERS[n].label, "colour": tint(n, theme)} for n in data.present]
        together = ANSWERS.ask(snapshot, self.pooled(window, "fuel")).frame
        self.ledger.param.update(**self._table(ANSWERS.ask(snapshot, self.sums(window)), together.to_dict("records")))
        lost, forecast = float(together["curtailed_mwh"].sum()), float(together["uigf_mwh"].sum())
        told = f"{formats.energy(lost)}, {formats.percent(lost / forecast)} of the forecast" if forecast > 0 else ""
        self.chart_card.ready(
            self.page.describe(window, told, data.thinned.note, self.page.covered(result)),
            heading=f"{'Curtailment' if drawn == 'curtailed' else 'Forecast and what became of it'} · {self.name()}",
        )
        self.table_card.ready(f"{formats.window(window.start, window.end)} · summed from 5-minute intervals")

    def _stack(self, snapshot: Snapshot, result: Result, drawn: str) -> StackData:
        labels, edges = steps_of(result, snapshot, "region")
        series: dict[str, np.ndarray] = {}
        parts = ("economic", "network") if drawn == "curtailed" else ("cleared", "economic", "network")
        for part in parts:
            for fuel, line in column(result, labels, part, ["fuel"], add=True).items():
                series[f"{part}_{fuel}"] = line
        return stack_data(edges, series, layers=LAYERS)

    def _prices(self, snapshot: Snapshot, result: Result, prices: Result) -> LineData:
        labels, edges = steps_of(result, snapshot, "region")
        return line_data(edges, column(prices, labels, "price", ["region"]), as_price=True)

    def _table(self, sums: Result, together: Sequence[Mapping[Any, Any]]) -> dict[str, Any]:
        """Rows of the table, and its last ones: the regions together. A region without farms has no row."""
        records = [r for r in sums.frame.to_dict("records") if r["uigf_mwh"] != 0]
        rows = [self._row(LABELS[str(r["region"])], r, f"{r['region']}.{r['fuel']}") for r in records]
        several = len({str(r["region"]) for r in records}) > 1
        # Hours of several regions would be added up: they are left out.
        total = [self._row("All", {**r, "curtailed_hours": np.nan}, f"all.{r['fuel']}") for r in together]
        return {"rows": rows, "total": total if several else []}

    def _row(self, place: str, r: Mapping[Any, Any], key: str) -> dict[str, Any]:
        fuel = str(r["fuel"])
        name = {"t": f"{place} · {FUEL_LABELS[fuel]}", "colour": self.page.theme.fuels[fuel]}
        cells = [
            name, energy_cell(r["curtailed_mwh"]), share_cell(r["rate"]), energy_cell(r["economic_mwh"]),
            energy_cell(r["network_mwh"]), share_cell(r["economic_share"], 0), cell(r["price"], money=True),
            cell(r["curtailed_hours"], 0), energy_cell(r["uigf_mwh"]), energy_cell(r["cleared_mwh"]),
        ]  # fmt: skip
        return {"key": key, "cells": cells}
