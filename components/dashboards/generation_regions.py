"""Regions side by side: energy by fuel as bars, shares of generation with the renewable share marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import FixedTicker

from components.charts import formats
from components.charts.category_bars import BarChart, BarData, bar_data
from components.charts.layers import FUEL_LAYERS
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.generation_table import FuelFigures, figures_of, generation_of, total
from components.dashboards.generation_view import INTERCHANGE, FuelView, number_cell
from components.dashboards.parts import Ledger, Legend
from components.dashboards.shell import Card, figure, row
from components.market_time import Window
from components.metrics.generation import renewable_share
from components.queries.base import Query
from components.queries.figures import GenerationFigures
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGION_NAMES, REGIONS

GREEN_FIRST = tuple(
    sorted(
        (f for f in FUELS if not FUELS[f].load and f not in ("battery", "imports")),
        key=lambda f: not FUELS[f].renewable,
    )
)
"""Generation with what is renewable first, so that the mark stands where it ends."""
COLUMNS = [
    {"label": "Region"},
    {"label": "Generation", "unit": "GWh", "number": True, "help": "Energy of all generation and rooftop solar, without storage and interchange"},
    {"label": "Renewable", "unit": "%", "number": True, "help": "Renewable share: (hydro + wind + solar + rooftop + bioenergy) / all generation"},
    {"label": "Average", "unit": "MW", "number": True, "minor": True, "help": "Generation over the hours that were read"},
    {"label": "Capture", "unit": "$/MWh", "number": True, "help": "Spot value of generation over its energy, where every fuel has one"},
    {"label": "Intensity", "unit": "t/MWh", "number": True, "help": "Emissions over the energy of units whose factor is known"},
    {"label": "Net import", "unit": "GWh", "number": True, "minor": True, "help": "Imports minus exports"},
    {"label": "Coverage", "unit": "%", "number": True, "minor": True, "help": "Readings there of those expected"},
]  # fmt: skip


class Regions(FuelView):
    """The five regions and the market beside each other."""

    slug = "regions"
    label = "Regions"
    help = "What each region is made of"
    by_interval = False
    questions = (GenerationFigures,)
    toggles = INTERCHANGE

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        names = {f: fuel.label for f, fuel in FUELS.items()}
        self.energy = BarChart(
            theme,
            title="Energy by region",
            value_label="Energy (GWh)",
            unit="GWh",
            digits=1,
            names=names,
            left=76,
            row=44,
        )
        self.shares = BarChart(
            theme,
            title="Shares by region",
            value_label="Share of generation (%)",
            unit="%",
            digits=1,
            names=names,
            left=76,
            row=44,
        )
        self.shares.value_axis.ticker = FixedTicker(ticks=[0, 25, 50, 75, 100])
        self.legend, self.ledger = Legend(), Ledger(columns=COLUMNS)
        self.energy_card = self.card("Energy", self.legend, figure(self.energy.figure))
        self.share_card = self.card("Shares", figure(self.shares.figure))
        self.table_card = self.card("Regions", self.ledger)
        pair = row(self.energy_card.view, self.share_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)", narrow=1100)
        return [pair, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.energy, self.shares]

    def notes(self) -> Sequence[str]:
        return [
            "Renewable share: (hydro + wind + solar + rooftop + bioenergy) / all generation with rooftop; storage and interchange in neither."
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        asked = [("Figures by region and fuel", self.figures(window)), ("Figures of the market", self.market(window))]
        return [(card, asked) for card in self.cards]

    def figures(self, window: Window) -> GenerationFigures:
        """Figures of the five regions, and of units without one."""
        # Interchange is always known to the table; the bars show it on request.
        return self.over(window, GenerationFigures, region=[], by="fuel", interchange=True)

    def market(self, window: Window) -> GenerationFigures:
        """Figures of the whole market."""
        return self.over(window, GenerationFigures, region=[NEM], by="fuel", interchange=False)

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        answers = [ANSWERS.ask(snapshot, q) for q in (self.figures(window), self.market(window))]
        frame = pd.concat([answer.frame.astype({"region": str, "fuel": str}) for answer in answers])
        if frame.empty:
            self.nothing(snapshot, window)
            return
        by_region = {str(r): figures_of(rows, "fuel", FUEL_LAYERS) for r, rows in frame.groupby("region", sort=False)}
        order = [r for r in (*REGIONS, *sorted(set(by_region) - {*REGIONS, NEM}), NEM) if r in by_region]
        regions = {r: by_region[r] for r in order}
        self.energy.feed(self._energy({r: f for r, f in regions.items() if r != NEM}))
        self.shares.feed(self._shares(regions))
        drawn = [f for f in FUELS if any(f in figures for figures in regions.values())]
        self.legend.entries = [
            {"label": FUELS[f].label, "colour": self.page.theme.fuels[f]} for f in drawn if self._wanted(f)
        ]
        covered = {str(r): self._coverage(rows) for r, rows in frame.groupby("region", sort=False)}
        rows = [self._row(r, f, covered[r]) for r, f in regions.items()]
        self.ledger.rows = [r for r in rows if r["key"] != NEM]
        self.ledger.total = [r for r in rows if r["key"] == NEM]
        said = formats.window(window.start, window.end)
        self.energy_card.ready(said, heading="Energy by region and fuel")
        self.share_card.ready(f"{said} · stroke: renewable share", heading="Shares of generation")
        self.table_card.ready(f"{said} · a region's name shows it over time", heading="Regions")

    def _wanted(self, fuel: str) -> bool:
        return fuel not in ("imports", "exports") or bool(self.page.ask(GenerationFigures).interchange)

    def _energy(self, regions: dict[str, dict[str, FuelFigures]]) -> BarData:
        values = {
            label(r): {f: own.energy_mwh / 1000 for f, own in figures.items() if self._wanted(f)}
            for r, figures in regions.items()
        }
        return bar_data(values, list(FUELS))

    def _shares(self, regions: dict[str, dict[str, FuelFigures]]) -> BarData:
        values, marks = {}, {}
        for region, figures in regions.items():
            energy = {f: figures[f].energy_mwh for f in GREEN_FIRST if f in figures}
            whole = sum(v for v in energy.values() if v > 0)
            values[label(region)] = {f: 100 * v / whole if whole > 0 else np.nan for f, v in energy.items() if v > 0}
            share = renewable_share({f: own.energy_mwh for f, own in figures.items()})
            if np.isfinite(share):
                marks[label(region)] = (100 * share, formats.percent(share))
        return bar_data(values, GREEN_FIRST, limits=(0, 122), marks=marks)

    def _coverage(self, rows: pd.DataFrame) -> float:
        units = rows[~rows["fuel"].isin(["rooftop", "imports", "exports"])]["coverage"]
        return float(units.min()) if len(units) else np.nan

    def _row(self, region: str, figures: dict[str, FuelFigures], covered: float) -> dict[str, Any]:
        made = total(generation_of(figures, FUEL_LAYERS)[0])
        share = renewable_share({f: own.energy_mwh for f, own in figures.items()})
        flows = [figures[f].energy_mwh for f in ("imports", "exports") if f in figures]
        net = sum(flows) if flows else np.nan
        href = (
            links.region(region, {k: v for k, v in self.page.texts.items() if k != "view"})
            if region in (*REGIONS, NEM)
            else None
        )
        name = {"t": label(region), "title": REGION_NAMES.get(region, "Units whose region is not known"),
                "colour": self.page.theme.regions.get(region)} | ({"href": href} if href else {})  # fmt: skip
        return {
            "key": region,
            "cells": [
                name,
                number_cell(made.energy_mwh, formats.number(made.energy_mwh / 1000, 1)),
                number_cell(share, formats.number(share * 100, 1)),
                number_cell(made.average_mw, formats.number(made.average_mw)),
                number_cell(made.capture_price, formats.number(made.capture_price, 2)),
                number_cell(made.intensity, formats.number(made.intensity, 3)),
                number_cell(net, formats.number(net / 1000, 1)),
                number_cell(covered, formats.number(covered * 100, 1)),
            ],
        }


def label(region: str) -> str:
    """A region as bars and tables call it."""
    return region[:-1] if region in REGIONS else region or "No region"
