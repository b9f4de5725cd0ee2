"""Imports and exports of regions, which add up to nothing but the losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.transmission_view import LinkView, number_cell
from components.queries.base import Query, Result
from components.queries.exchange import RegionExchange, RegionExchangeTotals
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGION_NAMES, REGIONS

COLUMNS: list[dict[str, Any]] = [
    {"label": "Region"},
    {"label": "Exports", "unit": "GWh", "number": True, "help": "Energy sent out, its part of the losses included"},
    {"label": "Imports", "unit": "GWh", "number": True, "help": "Energy received"},
    {"label": "Net export", "unit": "GWh", "number": True, "help": "Exports less imports; of all together: losses"},
    {"label": "Losses", "unit": "GWh", "number": True, "help": "Net interchange less the target flows of the region's interconnectors"},
    {"label": "Exporting", "unit": "h", "number": True, "help": "Hours in which more left than came in"},
    {"label": "Importing", "unit": "h", "number": True, "help": "Hours in which more came in than left"},
    {"label": "Coverage", "unit": "%", "number": True, "minor": True, "help": "Readings there of those expected"},
]  # fmt: skip


class RegionFlows(LinkView):
    """Net export of regions over time, and the energy each way."""

    slug, label, help = "regions", "Regions", "Imports and exports of regions over time and in all"
    questions = (RegionExchange, RegionExchangeTotals)
    by_link = False

    def build(self) -> Sequence[Any]:
        keys = {r: r[:-1] for r in REGIONS}
        self.lines = LineChart(
            self.page.theme, keys, height=400, title="Net export", y_label="Net export (MW), imports below zero"
        )
        self.legend, self.ledger = Legend(), Ledger(columns=COLUMNS, stacked=True)
        self.chart_card = self.card("Net export", self.legend, figure(self.lines.figure))
        self.table_card = self.card("Imports and exports", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "AEMO's net interchange, in which a region's part of the losses counts as export. Energy each way is added up apart, "
            "interval by interval. Over the five regions exports less imports are the losses of all interconnectors (AEMO's own figures of the "
            "two differ by a few per cent)."
        ]

    def regions(self) -> list[str]:
        """The region that is chosen; all five where none is."""
        chosen = [r for r in self.page.ask_region() if r != NEM]
        return chosen or list(REGIONS)

    def over_time(self) -> RegionExchange:
        """Imports and exports at the page's interval."""
        return self.page.ask(RegionExchange, region=self.regions())

    def totals(self, snapshot: Snapshot) -> RegionExchangeTotals:
        """Their energy, and that of all together."""
        return self.over(self.over_time().window(snapshot), RegionExchangeTotals, region=[*REGIONS, NEM])

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (self.chart_card, [("Imports and exports", self.over_time())]),
            (self.table_card, [("Energy each way", self.totals(snapshot))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.over_time()
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            span = formats.window(window.start, window.end)
            reason = f"No net interchange is known in {span}."
            if snapshot.first("region") is None:
                reason = "The stored data has no net interchange of regions."
            self.chart_card.empty(reason, actions=self.page.nearest_window(snapshot, "region", window))
            self.table_card.hide()
            return
        key = ("net export", query.fingerprint(), window.start, window.end, window.interval)
        data: LineData = ANSWERS.get(snapshot, key, lambda: self._lines(snapshot, result))
        self.lines.feed(data)
        theme = self.page.theme
        texts = {k: v for k, v in self.page.texts.items() if k != "view"}
        self.legend.entries = [
            {"label": REGION_NAMES[r], "colour": theme.regions[r], "href": to.region(r, texts)} for r in data.present
        ]
        covered = self.page.covered(result)
        self.chart_card.ready(self.page.describe(window, data.thinned.note, covered))
        rows = ANSWERS.ask(snapshot, self.totals(snapshot)).frame.to_dict("records")
        cells = [self._row(r) for r in rows]
        self.ledger.rows = [c for c in cells if c["key"] != NEM]
        self.ledger.total = [c for c in cells if c["key"] == NEM]
        self.table_card.ready(self.spelled(window))

    def _lines(self, snapshot: Snapshot, result: Result) -> LineData:
        labels, edges = steps_of(result, snapshot, "region")
        return line_data(edges, column(result, labels, "net_interchange", ["region"]), as_price=False)

    def _row(self, r: dict[Any, Any]) -> dict[str, Any]:
        region = str(r["region"])
        chosen = [c for c in self.page.ask_region() if c != NEM]
        name = {
            "t": "All five" if region == NEM else REGION_NAMES[region],
            "colour": self.page.theme.regions.get(region),
        }
        if region != NEM:
            name["href"] = to.region(region, {k: v for k, v in self.page.texts.items() if k != "view"})
        numbers = [number_cell(r[f"{c}_mwh"], 1, scale=1e-3) for c in ("exports", "imports", "net_interchange")]
        cells = [
            name, *numbers, number_cell(r["losses_mwh"], 2, scale=1e-3),
            *(number_cell(r[f"hours_{c}"], 1) | ({"t": ""} if np.isnan(r[f"hours_{c}"]) else {}) for c in ("exporting", "importing")),
            number_cell(r["coverage"], 1, scale=100),
        ]  # fmt: skip
        return {"key": region, "cells": cells, "dim": bool(chosen) and region not in (*chosen, NEM)}


__all__ = ["RegionFlows"]
