"""What each fuel got for its energy: over time, and against its share of generation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.scatter import DotChart
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import LABELS, PriceView, cell, columns_of
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query
from components.queries.prices_capture import PriceCapture, PriceCaptureStats
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

GENERATING = {n: f.label for n, f in FUELS.items() if not f.load and n != "imports"}
FLAT = "NEM"
"""Key of the flat price among the lines: it has the colour of ink."""


class Capture(PriceView):
    """Capture price and capture rate by fuel."""

    slug, label, help = "capture", "Capture", "What each fuel got for its energy, against the flat price"
    questions = (PriceCapture, PriceCaptureStats)
    choices = {"measure": Choice("What is drawn over time", {"price": "Capture price", "rate": "Capture rate"})}

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        keys = {**GENERATING, FLAT: "Flat price"}
        self.prices = LineChart(
            theme, keys, height=400, title="Capture price", y_label="Capture price ($/MWh)", as_price=True
        )
        self.rates = LineChart(theme, keys, height=400, title="Capture rate", y_label="Capture rate (%)", unit="%")
        self.dots = DotChart(
            theme, height=400, title="Capture rate against share of generation", x_label="Share of generation (%)",
            y_label="Capture rate (%)", x_unit="%", y_unit="%", line=100.0,
        )  # fmt: skip
        self.ledger = Ledger(
            columns=columns_of(
                "Fuel",
                ("Energy", "GWh", "Energy generated"),
                ("Share", "%", "Share of all that is generated, rooftop included"),
                ("Capture price", "$/MWh", "Money / energy, at the native interval"),
                ("Flat price", "$/MWh", "Time-weighted mean price; NEM: of the regions, by where the fuel generated"),
                ("Capture rate", "%", "Capture price / flat price"),
            ),
            stacked=True,
        )
        self.stats_card = self.card("Capture prices", self.ledger)
        self.legend = Legend()
        self.price_card = self.card("Capture price over time", self.legend, figure(self.prices.figure))
        self.rate_card = self.card("Capture rate over time", figure(self.rates.figure))
        self.dots_card = self.card("Capture rate against share of generation", figure(self.dots.figure))
        return [self.price_card.view, self.rate_card.view, self.stats_card.view, self.dots_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.prices, self.rates, self.dots]

    def notes(self) -> Sequence[str]:
        return [
            "Capture price: Σ P·RRP·h / Σ P·h at the native interval; batteries: discharge only. Rooftop solar is an estimate, "
            "valued at the regional price. Capture rate: capture price / time-weighted price.",
        ]

    def asked(self, window: Window) -> tuple[PriceCapture, PriceCaptureStats]:
        """The questions, about one region or the market."""
        region = [self.one_region()]
        return self.over(window, PriceCapture, region=region), self.over(window, PriceCaptureStats, region=region)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        over_time, whole = self.asked(self.window(snapshot))
        drawn = [("Capture prices over time", over_time)]
        cards = [(card, drawn) for card in (self.price_card, self.rate_card, self.dots_card)]
        return [*cards, (self.stats_card, [("Capture prices", whole)])]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query, whole = self.asked(window)
        answer, stats = ANSWERS.ask(snapshot, query), ANSWERS.ask(snapshot, whole)
        if stats.frame.empty or not np.isfinite(stats.frame["capture_price"]).any():
            self.nothing(snapshot, window, "No fuel has both energy and a price")
            self.rate_card.hide()
            return
        by_rate = self.page.chosen("measure") == "rate"
        name = "capture_rate" if by_rate else "capture_price"

        def make() -> LineData:
            labels, edges = steps_of(answer, snapshot, "price")
            series = column(answer, labels, name, ["fuel"])
            if by_rate:
                return line_data(edges, {k: v * 100 for k, v in series.items()}, as_price=False)
            # What the fuel's own share of the regions makes of the flat price differs by fuel only for the whole market.
            if self.one_region() != FLAT:
                series[FLAT] = np.fmax.reduce(list(column(answer, labels, "flat_price", ["fuel"]).values()))
            return line_data(edges, series, as_price=True)

        data = ANSWERS.get(snapshot, ("capture", name, query.fingerprint()), make)
        chart = self.rates if by_rate else self.prices
        chart.feed(data, digits=1 if by_rate else 2)
        step = formats.INTERVAL_LABELS[answer.interval]
        region = LABELS[self.one_region()]
        span = formats.window(window.start, window.end)
        note = "" if self.one_region() != FLAT else "choose one region above for its own"
        theme = self.page.theme
        self.legend.entries = [
            {"label": self.prices.keys[k], "colour": theme.regions[k] if k == FLAT else theme.fuels[k]}
            for k in data.present
        ]
        card, other = (self.rate_card, self.price_card) if by_rate else (self.price_card, self.rate_card)
        card.ready(" · ".join(w for w in (region, span, f"by {step}", data.thinned.note, note) if w))
        other.hide()
        self.ledger.rows = [self._row(r) for r in stats.frame.to_dict("records")]
        self.stats_card.ready(f"{region} · {span}")
        self._dots(answer.frame, step)
        self.dots_card.ready(f"{region} · {span} · one dot for each fuel and {step}; dashed: the flat price")

    def _dots(self, frame: pd.DataFrame, step: str) -> None:
        shown = frame[frame["share"].notna() & frame["capture_rate"].notna()]
        fuels = shown["fuel"].astype(str).tolist()
        stamps = pd.DatetimeIndex(shown["time"])
        when = [f"{t:%b %Y}" if step in ("month", "quarter", "year") else f"{t.day} {t:%b %Y}" for t in stamps]
        self.dots.feed(
            shown["share"].to_numpy() * 100, shown["capture_rate"].to_numpy() * 100,
            [self.page.theme.fuels[f] for f in fuels], [FUELS[f].label for f in fuels], when,
        )  # fmt: skip

    def _row(self, figures: dict[Any, Any]) -> dict[str, Any]:
        fuel = str(figures["fuel"])
        name = {
            "t": FUELS[fuel].label,
            "colour": self.page.theme.fuels[fuel],
            "href": links.fuel(fuel, self.page.texts),
        }
        energy = figures["energy_mwh"]
        cells = [
            {"t": formats.significant(energy / 1000), "v": float(energy)},
            cell(figures["share"] * 100, 1),
            cell(figures["capture_price"]),
            cell(figures["flat_price"]),
            cell(figures["capture_rate"] * 100, 1),
        ]
        return {"key": fuel, "cells": [name, *cells]}
