"""Power of a station or unit against its capacity as it stood at the time, the price beneath, and its units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from components.charts.curve import CurveChart
from components.charts.lines import LineChart, LineData, line_data
from components.charts.palette import Palette
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure
from components.dashboards.stations_subject import Subject, capacity_words, moment_capacity
from components.dashboards.stations_view import Links, StationView
from components.dashboards.stations_words import OF_UNITS, without_load
from components.market_time import Window
from components.queries.base import Result
from components.queries.capacity import Capacity
from components.queries.registry import Stations
from components.store.snapshot import Snapshot
from components.vocabulary import FUELTECH_LABELS

CAPACITY_DASH = (6, 4)


class PowerChart(LineChart):
    """Power as a filled line in the colour of its fuel, and the capacity as a dashed one."""

    def __init__(self, theme: Palette):
        super().__init__(
            theme, {"power": "Power", "capacity": "Capacity"}, height=310, title="Power", y_label="Power (MW)",
            filled=True, colours={"power": "accent", "capacity": "capacity"}, x_label=False,
        )  # fmt: skip
        self.areas["capacity"].glyph.fill_alpha = 0
        self.lines["capacity"].glyph.update(line_dash=list(CAPACITY_DASH), line_width=1.4)

    def _colour(self, key: str) -> str:
        return self.theme.muted if key == "capacity" else super()._colour(key)


def paint(chart: LineChart | CurveChart, key: str, colour: str) -> None:
    """Draw a series in the colour of another fuel or region."""
    if chart.colours[key] != colour:
        chart.colours[key] = colour
        chart.recolour(chart.theme)


class PowerView(StationView):
    """Power, capacity, price; the units beneath."""

    slug = "power"
    label = "Power"
    help = "Power and capacity over time, the price beneath, figures of the units"
    questions = (Capacity,)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.power = PowerChart(theme)
        self.price = LineChart(
            theme, {"price": "Price"}, height=180, title="Price", y_label="Price ($/MWh)", as_price=True, x=self.power.x,
            colours={"price": "NEM"},
        )  # fmt: skip
        self.chart_card = self.card("Power", figure(self.power.figure), figure(self.price.figure))
        self.units = Ledger(stacked=True)
        self.unit_card = self.card("Units", self.units)
        return [self.chart_card.view, self.unit_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.power, self.price]

    def notes(self) -> Sequence[str]:
        return ["The dashed line is the registered capacity of the generating units, as it stood at the time."]

    def capacity(self, subject: Subject, window: Window) -> Capacity:
        """Registered capacity on the drawn steps."""
        same = {"start": window.start, "end": window.end, "last": "1d", "interval": window.interval}
        return self.page.ask(Capacity, **subject.filters, by=subject.by, **same)

    def offers(self, snapshot: Snapshot, subject: Subject) -> Links:
        window = self.home.window(snapshot)
        drawn = [("Power, price, revenue", self.home.output(subject)), ("Capacity", self.capacity(subject, window))]
        figures = [
            ("Figures by unit", self.home.revenue(subject, window, "duid")),
            ("Running by unit", self.home.running(subject, window, "duid")),
        ]
        return [(self.chart_card, drawn), (self.unit_card, figures)]

    def show(self, snapshot: Snapshot, subject: Subject) -> None:
        output = self.home.output(subject)
        window = output.window(snapshot)
        result = ANSWERS.ask(snapshot, output)
        if result.frame.empty:
            self.home.nothing(snapshot, self.chart_card, subject, window)
            self.unit_card.hide()
            return
        key = ("station power", output.fingerprint(), window.start, window.end, window.interval)
        power, price, words = ANSWERS.get(snapshot, key, lambda: self._lines(snapshot, result, subject, window))
        paint(self.power, "power", subject.own["fuel"])
        paint(self.price, "price", subject.own["region"])
        for chart in (self.power, self.price):
            chart.place = subject.own["region"]
        self.power.feed(power)
        self.price.feed(price, move_x=False)
        self.chart_card.ready(self.home.said(result, window, words, power.thinned.note))
        self._units(snapshot, subject, window)

    def _lines(
        self, snapshot: Snapshot, result: Result, subject: Subject, window: Window
    ) -> tuple[LineData, LineData, str]:
        labels, edges = steps_of(result, snapshot, "scada")
        power = next(iter(column(result, labels, "mw").values()))
        price = next(iter(column(result, labels, "price").values()))
        capacity = moment_capacity(ANSWERS.ask(snapshot, self.capacity(subject, window)).frame, labels)
        drawn = line_data(edges, {"power": power, "capacity": capacity}, as_price=False)
        # A capacity is always known: the gaps are those of the readings.
        drawn = replace(drawn, missing=~np.isfinite(power))
        return drawn, line_data(edges, {"price": price}, as_price=True), capacity_words(capacity)

    def _units(self, snapshot: Snapshot, subject: Subject, window: Window) -> None:
        rows = self.home.figures(snapshot, subject, window, "duid")
        registry = ANSWERS.ask(snapshot, Stations(duid=list(subject.duids))).frame.set_index("duid")
        figures = without_load(OF_UNITS, rows)
        self.units.columns = [{"label": "Unit"}, {"label": "Technology"}, *(f.head for f in figures)]
        self.units.rows = [self._unit(r, registry, figures) for r in rows]
        self.unit_card.ready(self.page.describe(window) if not rows else f"{len(rows)} with readings")

    def _unit(self, row: dict[Any, Any], registry: Any, figures: Sequence[Any]) -> dict[str, Any]:
        duid = str(row["duid"])
        tech = str(registry["fueltech"].get(duid, "unmapped"))
        texts = self.page.texts
        return {
            "key": duid,
            "cells": [
                {"t": duid, "href": to.unit(duid, texts)},
                {"t": FUELTECH_LABELS.get(tech, tech), "href": to.fueltech(tech, texts)},
                *(f.cell(row) for f in figures),
            ],
        }
