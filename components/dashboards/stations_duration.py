"""The power that a station or unit, and each of its units, exceeded for each share of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.curve import CurveChart, CurveData, curve_data
from components.charts.named import KEYS, MOST, NamedCurves, dashed, series_colour
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.shell import figure
from components.dashboards.stations_power import paint
from components.dashboards.stations_subject import Subject
from components.dashboards.stations_view import Links, StationView
from components.market_time import Window
from components.queries.station_duration import StationDuration
from components.store.snapshot import Snapshot

STEPS = 200
SHARES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
"""Shares of the time that the table names."""


def at_shares(exceedance: np.ndarray, mw: np.ndarray) -> np.ndarray:
    """The power exceeded for each of :data:`SHARES` of the time, between the steps of a curve [MW]."""
    return np.interp(SHARES, exceedance, mw) if len(mw) else np.full(len(SHARES), np.nan)


class DurationView(StationView):
    """Duration curve of the whole and of its units."""

    slug = "duration"
    label = "Duration"
    help = "Power exceeded for each share of the time"
    by_interval = False
    questions = (StationDuration,)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.whole = CurveChart(
            theme, {"power": "Power"}, height=340, title="Power duration", y_label="Power (MW)", unit="MW", digits=1,
            colours={"power": "accent"},
        )  # fmt: skip
        self.units = NamedCurves(theme, height=300, title="Power duration of the units", y_label="Power (MW)")
        self.chart_card = self.card("Power duration", figure(self.whole.figure))
        self.ledger = Ledger(stacked=True)
        self.table_card = self.card("Power exceeded", self.ledger)
        self.unit_card = self.card("Units", figure(self.units.figure))
        return [self.chart_card.view, self.table_card.view, self.unit_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.whole, self.units]

    def notes(self) -> Sequence[str]:
        return ["Duration curves are of the intervals that were read: what is missing is in none of them."]

    def asked(self, subject: Subject, window: Window, by: str = "") -> StationDuration:
        """The curve of the subject, or of each of its units."""
        same = {"start": window.start, "end": window.end, "last": "1d", "steps": STEPS}
        return self.page.ask(StationDuration, **subject.filters, by=by or subject.by, **same)

    def offers(self, snapshot: Snapshot, subject: Subject) -> Links:
        window = self.home.window(snapshot)
        whole, units = self.asked(subject, window), self.asked(subject, window, "duid")
        return [
            (self.chart_card, [("Power duration", whole)]),
            (self.table_card, [("Power duration", whole), ("By unit", units)]),
            (self.unit_card, [("Power duration by unit", units)]),
        ]

    def show(self, snapshot: Snapshot, subject: Subject) -> None:
        window = self.home.window(snapshot)
        result = ANSWERS.ask(snapshot, self.asked(subject, window))
        if result.frame.empty:
            self.home.nothing(snapshot, self.chart_card, subject, window)
            self.table_card.hide()
            self.unit_card.hide()
            return
        shares = result.frame["exceedance"].to_numpy()
        power = result.frame["mw"].to_numpy()
        paint(self.whole, "power", subject.own["fuel"])
        self.whole.feed(curve_data(shares, {"power": power}, as_price=False))
        hours = float(result.frame["hours"].iloc[-1])
        read = f"{formats.number(hours, 0 if hours >= 100 else 1)} hours read"
        self.chart_card.ready(
            " · ".join(p for p in (formats.window(window.start, window.end), read, self.page.covered(result)) if p)
        )
        curves = self._units(snapshot, subject, window)
        self._table(subject, shares, power, curves)

    def _units(self, snapshot: Snapshot, subject: Subject, window: Window) -> dict[str, np.ndarray]:
        """Feed the curves of the units, the one with the highest power first; none where there is one unit."""
        if subject.by == "duid" or len(subject.units) < 2:
            self.unit_card.hide()
            return {}
        frame = ANSWERS.ask(snapshot, self.asked(subject, window, "duid")).frame
        curves = {str(d): g["mw"].to_numpy() for d, g in frame.groupby("duid", observed=True)}
        curves = dict(sorted(curves.items(), key=lambda c: -np.abs(c[1]).max())[:MOST])
        if len(curves) < 2:
            self.unit_card.hide()
            return {}
        shares = frame["exceedance"].to_numpy()[: STEPS + 1]
        drawn: CurveData = curve_data(shares, dict(zip(KEYS, curves.values(), strict=False)), as_price=False)
        self.units.show(drawn, list(curves))
        self.unit_card.ready(f"the {MOST} largest" if len(subject.units) > MOST else "each for itself")
        return curves

    def _table(self, subject: Subject, shares: np.ndarray, power: np.ndarray, curves: dict[str, np.ndarray]) -> None:
        self.ledger.columns = [
            {"label": "Exceeded for", "help": "Share of the time that was read"},
            *({"label": formats.percent(s, 0), "unit": "MW", "number": True} for s in SHARES),
        ]
        rows = [self._row(subject.name, shares, power, "", False)]
        theme = self.page.theme
        rows += [
            self._row(duid, shares, mw, series_colour(key, theme), dashed(key))
            for key, (duid, mw) in zip(KEYS, curves.items(), strict=False)
        ]
        self.ledger.rows = rows
        self.table_card.ready("power exceeded for this share of the time")

    @staticmethod
    def _row(name: str, shares: np.ndarray, power: np.ndarray, colour: str, dash: bool) -> dict[str, Any]:
        cells = [{"t": formats.number(v, 1), "v": float(v)} for v in at_shares(shares, power)]
        return {"key": name, "cells": [{"t": name, "colour": colour, "dash": dash}, *cells]}
