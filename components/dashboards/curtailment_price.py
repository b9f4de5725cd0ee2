"""Curtailment against the price at the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.category_bars import BarChart, bar_data
from components.dashboards.answers import ANSWERS
from components.dashboards.curtailment_view import (
    FUEL_LABELS,
    PROXY,
    SOURCE,
    CurtailmentView,
    energy_cell,
    share_cell,
)
from components.dashboards.parts import Ledger, Legend
from components.dashboards.shell import Card, figure, row
from components.market_time import Window
from components.queries.base import Query
from components.queries.curtailment_summary import CurtailmentByPrice
from components.store.snapshot import Snapshot

COLUMNS: list[dict[str, Any]] = [
    {"label": "Price at the time"},
    {
        "label": "Time",
        "unit": "%",
        "number": True,
        "help": "Share of the time in the band; of several regions their mean",
    },
    {"label": "UIGF", "unit": "GWh", "number": True, "help": "Forecast of what weather and plant would give"},
    {"label": "Curtailed", "unit": "GWh", "number": True, "help": "Sum of max(0, UIGF − cleared)"},
    {"label": "Rate", "unit": "%", "number": True, "help": "Curtailed / UIGF"},
    {"label": "Share", "unit": "%", "number": True, "help": "Part of all that was curtailed"},
]
_ROW, _LEFT = 34, 116


class CurtailedByPrice(CurtailmentView):
    """Energy curtailed in bands of the price, and the share of the forecast in each."""

    slug, label, help = "price", "Against price", "Curtailment by the price at the time"
    by_interval = False
    questions = (CurtailmentByPrice,)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.energy = BarChart(
            theme, title="Curtailed energy by price", value_label="Curtailed (GWh)", unit="GWh", digits=1, names=FUEL_LABELS, row=_ROW, left=_LEFT
        )  # fmt: skip
        self.rates = BarChart(
            theme, title="Share of the forecast by price", value_label="Curtailed (% of forecast)", unit="%", digits=1,
            names=FUEL_LABELS, row=_ROW, left=_LEFT,
        )  # fmt: skip
        self.legend = Legend()
        self.ledger = Ledger(columns=COLUMNS, stacked=True)
        both = row(
            figure(self.energy.figure), figure(self.rates.figure), columns="minmax(0,1fr) minmax(0,1fr)", narrow=900
        )
        self.price_card = self.card("Curtailment by price", self.legend, both)
        self.table_card = self.card("Bands", self.ledger)
        return [self.price_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.energy, self.rates]

    def notes(self) -> Sequence[str]:
        return [SOURCE, PROXY, "A price on the edge of a band belongs to the band below: those up to $0 are economic."]

    def by_band(self, window: Window, *by: str) -> CurtailmentByPrice:
        """The bands, by fuel or together; the market's regions each at their own price."""
        return self.over(window, CurtailmentByPrice, by=list(by), fuel=self.fuels)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        return [
            (self.price_card, [("By band and fuel", self.by_band(window, "fuel"))]),
            (self.table_card, [("By band", self.by_band(window, "region"))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        apart = ANSWERS.ask(snapshot, self.by_band(window, "fuel"))
        together = ANSWERS.ask(snapshot, self.by_band(window, "region"))
        if apart.frame.empty or together.frame.empty:
            self.nothing(snapshot, window)
            return
        energy: dict[str, dict[str, float]] = {}
        rates: dict[str, dict[str, float]] = {}
        for r in apart.frame.to_dict("records"):
            energy.setdefault(str(r["band"]), {})[str(r["fuel"])] = r["curtailed_mwh"] / 1e3
            rates.setdefault(str(r["band"]), {})[str(r["fuel"])] = 100 * r["rate"]
        self.energy.feed(bar_data(energy, self.fuels))
        self.rates.feed(bar_data(rates, self.fuels, grouped=True))
        theme = self.page.theme
        self.legend.entries = [{"label": FUEL_LABELS[f], "colour": theme.fuels[f]} for f in self.fuels]
        self._table(together.frame.to_dict("records"))
        span = formats.window(window.start, window.end)
        covered = self.page.covered(together)
        self.price_card.ready(
            " · ".join(w for w in (span, covered) if w), heading=f"Curtailment by price · {self.name()}"
        )
        self.table_card.ready(f"{span} · {' and '.join(FUEL_LABELS[f].lower() for f in self.fuels)}")

    def _table(self, records: Sequence[dict[Any, Any]]) -> None:
        """Bands of one region or the market; of several regions they are added up."""
        bands: dict[str, np.ndarray] = {}
        for r in records:
            own = np.array([r["hours"], r["uigf_mwh"], r["curtailed_mwh"]], float)
            bands[str(r["band"])] = bands.get(str(r["band"]), np.zeros(3)) + own
        whole = np.sum(list(bands.values()), axis=0)
        self.ledger.rows = [self._row(name, own, whole) for name, own in bands.items()]
        self.ledger.total = [self._row("All prices", whole, whole)]

    def _row(self, name: str, own: np.ndarray, whole: np.ndarray) -> dict[str, Any]:
        (hours, forecast, curtailed), (time, _, lost) = own, whole
        return {
            "key": name,
            "cells": [
                {"t": name}, share_cell(hours / time if time > 0 else np.nan), energy_cell(forecast), energy_cell(curtailed),
                share_cell(curtailed / forecast if forecast > 0 else np.nan),
                share_cell(curtailed / lost if lost > 0 else np.nan),
            ],
        }  # fmt: skip
