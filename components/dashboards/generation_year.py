"""Generation year on year: a window beside the same calendar days a year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.category_bars import BarChart, BarData, bar_data
from components.charts.layers import FUEL_LAYERS, TECH_LAYERS
from components.dashboards.answers import ANSWERS
from components.dashboards.generation_view import GROUPING, INTERCHANGE, FuelView, number_cell, top_down
from components.dashboards.parts import Ledger
from components.dashboards.shell import Card, figure, row
from components.dashboards.view import Choice
from components.market_time import Window
from components.metrics.fuels import COMPARABLE, year_before
from components.queries.base import Query
from components.queries.year_on_year import GenerationYearOnYear
from components.store.snapshot import Snapshot
from components.vocabulary import UNMAPPED

MEASURES = {
    "energy": ("energy_mwh", "Energy", "GWh", 1e-3, 1),
    "average": ("average_mw", "Average power", "MW", 1.0, 0),
    "capture": ("capture_price", "Capture price", "$/MWh", 1.0, 2),
}
"""Choice -> column, label, unit, factor, decimals."""


def _columns() -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = [{"label": "Fuel"}]
    for name, (_, label, unit, _, _) in MEASURES.items():
        # On a phone energy and price are enough.
        minor = name == "average"
        common = {"unit": unit, "number": True}
        out += [
            {"label": label.split()[0], **common, "minor": minor, "help": f"{label} in the window"},
            {"label": "Before", **common, "minor": True, "help": f"{label} in the same window a year before"},
            {
                "label": "Change",
                **common,
                "minor": minor,
                "help": "Now minus a year before; only where both are covered",
            },
        ]
    covered = (
        f"Readings there of those expected a year before; below {formats.percent(COMPARABLE, 0)} nothing is compared"
    )
    return [*out, {"label": "Covered", "unit": "% before", "number": True, "minor": True, "help": covered}]


class YearOnYear(FuelView):
    """The same window last year, fuel by fuel."""

    slug = "year"
    label = "Year on year"
    help = "The same calendar days a year before"
    by_interval = False
    questions = (GenerationYearOnYear,)
    toggles = INTERCHANGE
    selects = GROUPING
    choices = {"compare": Choice("What the bars compare", {k: m[1] for k, m in MEASURES.items()})}

    def build(self) -> Sequence[Any]:
        labels = {layer.label: layer.fuel for layer in (*TECH_LAYERS.values(), *FUEL_LAYERS.values())}
        self.bars = BarChart(
            self.page.theme, title="Year on year", value_label="Energy (GWh)", unit="GWh", digits=1, row=42, left=150,
            names={"now": "now", "before": "a year before"}, colours={"now": "NEM", "before": "NEM"},
            by_category=labels, faded=("before",),
        )  # fmt: skip
        self.ledger = Ledger(columns=_columns())
        self.bar_card = self.card("Year on year", figure(self.bars.figure))
        self.table_card = self.card("Year on year", self.ledger)
        self.answer_notes: list[str] = []
        return [row(self.bar_card.view, self.table_card.view, columns="minmax(0, 2fr) minmax(0, 3fr)", narrow=1240)]

    def charts(self) -> Sequence[Any]:
        return [self.bars]

    def notes(self) -> Sequence[str]:
        rule = "A year before: the same calendar days; a 29 February has no counterpart."
        return [rule, *self.answer_notes]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        question = ("Year on year", self.compared(self.window(snapshot)))
        return [(self.bar_card, [question]), (self.table_card, [question])]

    def compared(self, window: Window) -> GenerationYearOnYear:
        """Figures of the window and of the one a year before."""
        return self.over(window, GenerationYearOnYear, together=len(self.regions()) > 1)

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.compared(window)
        result = ANSWERS.ask(snapshot, query)
        self.answer_notes = [n for n in result.notes if not n.startswith("A year before")]
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        layers = self.layers
        rows = {self._layer(str(r[self.by])): r for r in result.frame.to_dict("records")}
        order = top_down(self.shown(list(rows)), layers)
        self.ledger.rows = [self._row(name, rows[name]) for name in order]
        column, label, unit, factor, digits = MEASURES[self.page.chosen("compare")]
        self.bars.relabel(f"{label} ({unit})", unit, digits)
        self.bars.feed(self._bars(order, rows, column, factor))
        before = formats.window(year_before(window.start), year_before(window.end))
        said = f"{formats.window(window.start, window.end)} against {before}"
        some = any(np.isfinite(rows[n][f"{column}_before"]) for n in order)
        self.bar_card.ready(
            said + (" (faint)" if some else " · nothing to compare: a year before is not (fully) covered"),
            heading=f"{label}, now and a year before · {self.name()}",
        )
        self.table_card.ready(said, heading=f"Year on year · {self.name()}")

    def _layer(self, name: str) -> str:
        return name if name in self.layers else UNMAPPED

    def _bars(self, order: Sequence[str], rows: Mapping[str, Any], column: str, factor: float) -> BarData:
        values = {
            self.layers[n].label: {"now": rows[n][column] * factor, "before": rows[n][f"{column}_before"] * factor}
            for n in order
            if np.isfinite(rows[n][column]) or np.isfinite(rows[n][f"{column}_before"])
        }
        return bar_data(values, ("now", "before"), grouped=True)

    def _row(self, name: str, figures: Mapping[Any, Any]) -> dict[str, Any]:
        layer = self.layers[name]
        cells: list[dict[str, Any]] = [{"t": layer.label, "colour": layer.colour(self.page.theme)}]
        for column, _, _, factor, digits in MEASURES.values():
            for ending in ("", "_before", "_change"):
                value = float(figures[column + ending]) * factor
                text = formats.number(value, digits)
                cells.append(number_cell(value, f"+{text}" if ending == "_change" and value > 0 else text))
            before, change = (float(figures[f"{column}_{w}"]) for w in ("before", "change"))
            if column != "capture_price" and before and np.isfinite(change):
                cells[-1]["sub"] = ("+" if change / before > 0 else "") + formats.percent(change / before)
        covered = float(figures["coverage_before"])
        cells.append(number_cell(covered, formats.number(covered * 100, 1)))
        return {"key": name, "cells": cells}
