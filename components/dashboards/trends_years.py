"""Energy by year: bars of fuels, as annualised energy, energy or share, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.category_bars import BarChart, bar_data
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.shell import Card, figure
from components.dashboards.trends_view import YEAR, TrendView, change_words, fuel_order, head, number_cell
from components.dashboards.view import Choice
from components.queries.base import Query, Result
from components.queries.trends_annual import AnnualEnergy
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

MEASURES = {
    "annualised": ("annualised_mwh", "Annualised energy", "TWh", 1e-6, 2),
    "energy": ("energy_mwh", "Energy read", "TWh", 1e-6, 2),
    "share": ("share", "Share of supply", "%", 100.0, 1),
}
"""Choice -> column, label, unit, factor, decimals."""
SHOWN_YEARS = 8
"""Years in the table; the chart has all."""


class ByYear(TrendView):
    """Every year's energy by fuel."""

    slug, label, help = "years", "By year", "Energy of each fuel, year by year"
    questions = (AnnualEnergy,)
    selects = YEAR
    choices = {
        "measure": Choice(
            "What is drawn", {"annualised": "Annualised", "energy": "Energy read", "share": "Share of supply"}
        )
    }

    def build(self) -> Sequence[Any]:
        names = {f: fuel.label for f, fuel in FUELS.items()}
        self.bars = BarChart(
            self.page.theme, title="Energy by year", value_label="Annualised energy (TWh)", unit="TWh", names=names, digits=2,
            lying=False, height=400,
        )  # fmt: skip
        self.legend = Legend()
        self.ledger = Ledger()
        self.bar_card = self.card("Energy by year", figure(self.bars.figure), self.legend)
        self.table_card = self.card("Figures", self.ledger)
        self.answer_notes: Sequence[str] = ()
        return [self.bar_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.bars]

    def notes(self) -> Sequence[str]:
        return [
            *self.answer_notes,
            "FY25 is July 2024 to June 2025. For any other window see Generation, Year on year.",
        ]

    def question(self) -> AnnualEnergy:
        """Energies of the region by year and fuel."""
        return self.asked(AnnualEnergy)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        asked = [("Energy by year", self.question())]
        return [(self.bar_card, asked), (self.table_card, asked)]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.question()
        result = ANSWERS.ask(snapshot, query)
        window = query.window(snapshot)
        if result.frame.empty:
            self.nothing(snapshot, window, "No generation is known")
            return
        self.answer_notes = result.notes
        column, label, unit, factor, digits = MEASURES[self.page.chosen("measure")]
        years = _years(result)
        fuels = list(dict.fromkeys(result.frame["fuel"].astype(str)))
        values = {y.called: {f: float(y.rows[f][column]) * factor for f in fuels} for y in years}
        self.bars.relabel(f"{label} ({unit})", unit, digits)
        self.bars.feed(bar_data(values, [f for f in FUELS if f in fuels]))
        theme, order = self.page.theme, fuel_order(fuels)
        self.legend.entries = [
            {"label": FUELS[f].label, "colour": theme.fuels[f], "href": links.fuel(f, self.page.texts)} for f in order
        ]
        cut = [f"{y.called} {formats.number(y.days, 0)} days read" for y in years if y.partial]
        self.bar_card.ready(self.said(window, ", ".join(cut)), heading=f"{label} by year · {self.name()}")
        self._table(years[-SHOWN_YEARS:], order)
        self.table_card.ready(
            self.said(window, "change: annualised energy against the year before"), heading=f"{label} · {self.name()}"
        )

    def _table(self, years: Sequence[_Year], order: Sequence[str]) -> None:
        column, _, unit, factor, digits = MEASURES[self.page.chosen("measure")]
        newest = years[-1]
        self.ledger.columns = [
            {"label": "Fuel"},
            *(head(y.called, unit, f"{formats.number(y.days, 1)} days read", minor=y not in years[-2:]) for y in years),
            head("Change", "TWh/y", f"Annualised energy of {newest.name} minus that of the year before"),
        ]
        rows = []
        for fuel in order:
            cells: list[dict[str, Any]] = [
                {
                    "t": FUELS[fuel].label,
                    "colour": self.page.theme.fuels[fuel],
                    "href": links.fuel(fuel, self.page.texts),
                }
            ]
            cells += [number_cell(float(y.rows[fuel][column]) * factor, digits) for y in years]
            change = float(newest.rows[fuel]["change_mwh"])
            before = abs(float(newest.rows[fuel]["annualised_mwh"]) - change)
            cells.append(
                number_cell(change * 1e-6, 2, sign=True, sub=change_words(change / before if before else np.nan))
            )
            rows.append({"key": fuel, "cells": cells})
        self.ledger.rows = rows


@dataclass(frozen=True, eq=False)
class _Year:
    """One year of the answer: its figures by fuel, days read, and whether it is not whole."""

    name: str
    rows: dict[str, dict[Any, Any]]

    @property
    def days(self) -> float:
        """Days read, of the fuel with the most."""
        return max(float(r["days"]) for r in self.rows.values())

    @property
    def partial(self) -> bool:
        """No fuel has the whole year."""
        return all(r["partial"] for r in self.rows.values())

    @property
    def called(self) -> str:
        """The year's name, with a star where it is not whole."""
        return f"{self.name}*" if self.partial else self.name


def _years(result: Result) -> list[_Year]:
    found: dict[str, dict[str, dict[Any, Any]]] = {}
    for row in result.frame.to_dict("records"):
        found.setdefault(str(row["period"]), {})[str(row["fuel"])] = row
    return [_Year(name, rows) for name, rows in found.items()]
