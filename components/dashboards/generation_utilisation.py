"""Capacity utilisation by fuel: over time, and how often it is how high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.curve import CurveChart, CurveData, curve_data
from components.charts.fuel_lines import FuelLines
from components.charts.layers import FUEL_LAYERS
from components.charts.lines import LineData, line_data
from components.charts.linked import band_ids
from components.dashboards.answers import ANSWERS
from components.dashboards.generation_view import FuelView, number_cell, top_down
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.figures import GenerationFigures
from components.queries.utilisation import GenerationUtilisation, UtilisationDuration
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM

COLUMNS = [
    {"label": "Fuel", "help": "Click: this fuel alone; shift or ctrl and click: one more"},
    {"label": "In service", "unit": "MW", "number": True, "help": "Registered capacity of units with a reading, on average over the hours read"},
    {"label": "Used", "unit": "%", "number": True, "help": "Energy over capacity × time in service: the capacity factor"},
    {"label": "Median", "unit": "%", "number": True, "help": "Half of the time the utilisation was higher"},
    {"label": "90th pct", "unit": "%", "number": True, "minor": True, "help": "Exceeded in 10 % of the time"},
    {"label": "Highest", "unit": "%", "number": True, "help": "Highest 5 minutes"},
]  # fmt: skip
_NOTE = "Utilisation: power over the registered capacity of units that are registered and have a reading at the time; rooftop and loads have none."


class Utilisation(FuelView):
    """How much of the capacity in service each fuel uses."""

    slug = "utilisation"
    label = "Utilisation"
    help = "Power over the capacity in service"
    questions = (GenerationUtilisation, UtilisationDuration)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.lines = FuelLines(theme, height=360, title="Capacity utilisation", y_label="Utilisation (%)", unit="%")
        labels = {f: fuel.label for f, fuel in FUELS.items()}
        self.curves = CurveChart(
            theme,
            labels,
            height=320,
            title="Distribution of utilisation",
            y_label="Utilisation (%)",
            unit="%",
            digits=1,
        )
        self.ledger = Ledger(columns=COLUMNS, picks=True, on_message=self.picked)
        self.line_card = self.card("Utilisation over time", figure(self.lines.figure))
        self.curve_card = self.card("Distribution", figure(self.curves.figure))
        self.table_card = self.card("By fuel", self.ledger)
        self.answer_notes: list[str] = []
        pair = row(self.curve_card.view, self.table_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)", narrow=1100)
        return [self.line_card.view, pair]

    def charts(self) -> Sequence[Any]:
        return [self.lines, self.curves]

    def notes(self) -> Sequence[str]:
        return [_NOTE, *self.answer_notes]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        over_time, distribution = ("Utilisation", self.over_time(window)), ("Distribution", self.distribution(window))
        return [
            (self.line_card, [over_time]),
            (self.curve_card, [distribution]),
            (self.table_card, [("Figures by fuel", self.figures(window)), distribution]),
        ]

    # -- the questions -------------------------------------------------------------------------------

    def one_region(self) -> list[str]:
        """Utilisation is of one region or of the market: of several regions, of the market."""
        regions = self.regions()
        return regions if len(regions) == 1 else [NEM]

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window; by day where the interval follows it and hours would be a thicket."""
        window = super().window(snapshot)
        chosen = self.page.ask(GenerationUtilisation).interval
        return replace(window, interval="1d") if chosen == "auto" and window.interval == "1h" else window

    def over_time(self, window: Window) -> GenerationUtilisation:
        """Utilisation of every fuel at the drawn interval."""
        return self.over(window, GenerationUtilisation, region=self.one_region(), by="fuel", interval=window.interval)

    def distribution(self, window: Window) -> UtilisationDuration:
        """Utilisation of every fuel by the share of time it was exceeded in."""
        return self.over(window, UtilisationDuration, region=self.one_region(), by="fuel")

    def figures(self, window: Window) -> GenerationFigures:
        """Capacity factors."""
        return self.over(window, GenerationFigures, region=self.one_region(), by="fuel", interchange=False)

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.over_time(window)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        several = len(self.regions()) > 1
        name = "National Electricity Market" if several else self.name()
        self.answer_notes = ["Of several regions together, the whole market is shown."] if several else []
        key = (query.fingerprint(), tuple(self.alone()))
        lines = ANSWERS.get(snapshot, ("utilisation", key), lambda: self._lines(snapshot, result))
        self.lines.feed(lines, digits=1)
        self.ledger.bands = band_ids(self.lines.lines)
        spread = ANSWERS.ask(snapshot, self.distribution(window))
        self.curves.feed(self._curves(spread))
        self._table(snapshot, window, spread)
        covered = self.page.covered(result)
        self.line_card.ready(
            self.page.describe(window, lines.thinned.note, covered), heading=f"Capacity utilisation · {name}"
        )
        said = formats.window(window.start, window.end)
        self.curve_card.ready(f"{said} · 5-minute utilisation, highest first", heading="How often it is how high")
        self.table_card.ready(said)

    def _lines(self, snapshot: Snapshot, result: Result) -> LineData:
        labels, edges = steps_of(result, snapshot, "scada")
        series = column(result, labels, "utilisation", ["fuel"])
        return line_data(edges, {f: 100 * series[f] for f in self.shown(list(series))}, as_price=False)

    def _curves(self, spread: Result) -> CurveData:
        found = {
            str(f): rows["utilisation"].to_numpy()
            for f, rows in spread.frame.groupby("fuel", observed=True, sort=False)
        }
        shares = np.linspace(0, 1, self.page.ask(UtilisationDuration).steps + 1)
        return curve_data(shares, {f: 100 * found[f] for f in self.shown(list(found))}, as_price=False)

    def _table(self, snapshot: Snapshot, window: Window, spread: Result) -> None:
        frame = ANSWERS.ask(snapshot, self.figures(window)).frame
        figures = {str(r["fuel"]): r for r in frame.to_dict("records")}
        rows = []
        for fuel in top_down([f for f in figures if figures[f]["capacity_mw"] > 0], FUEL_LAYERS):
            curve = spread.frame[spread.frame["fuel"] == fuel]
            at = np.interp([0.5, 0.1, 0.0], curve["exceedance"], curve["utilisation"])
            numbers = [float(figures[fuel]["capacity_factor"]), *at.tolist()]
            cells: list[dict[str, Any]] = [
                {"t": FUELS[fuel].label, "colour": self.page.theme.fuels[fuel]},
                number_cell(figures[fuel]["capacity_mw"], formats.number(figures[fuel]["capacity_mw"])),
                *(number_cell(v, formats.number(100 * v, 1)) for v in numbers),
            ]
            rows.append({"key": fuel, "cells": cells, "dim": bool(self.alone()) and fuel not in self.alone()})
        self.ledger.rows = rows
