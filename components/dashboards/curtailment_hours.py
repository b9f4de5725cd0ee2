"""When curtailment happens: the average day, and a map of hours and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.day import DayStack, day_edges
from components.charts.heatmap import HeatData, HeatMap
from components.charts.profile import ProfileChart, ProfileData, profile_data
from components.charts.stack import StackData, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.curtailment_view import FUEL_LABELS, LAYERS, PROXY, SOURCE, CurtailmentView, tint
from components.dashboards.parts import Legend
from components.dashboards.prices_heat import CELLS, cells_of, heat_data
from components.dashboards.shell import Card, figure, row
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.curtailment_hours import CurtailmentHeat, CurtailmentTimeOfDay
from components.store.snapshot import Snapshot

MINUTES = 30
QUANTITIES = {"curtailed": "All curtailment", "economic": "Economic", "network": "Network"}


class CurtailedHours(CurtailmentView):
    """The average day in layers, the share of the forecast by time of day, and a map of hours and days."""

    slug, label, help = "hours", "Time of day", "When curtailment happens: the average day, and hour by hour"
    by_interval = False
    questions = (CurtailmentTimeOfDay, CurtailmentHeat)
    selects = {"quantity": QUANTITIES}
    choices = {
        "shown": Choice("What the map shows", {"power": "Map of MW", "rate": "Map of % of forecast"}),
        "cells": CELLS,
    }  # fmt: skip

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stack = DayStack(theme, height=340, kinds=LAYERS)
        self.stack.figure.name = "Curtailment on the average day"
        self.rates = ProfileChart(
            theme, FUEL_LABELS, height=340, title="Share of the forecast", y_label="Curtailed (% of forecast)", unit="%",
            colours={f: f for f in FUEL_LABELS}, digits=1,
        )  # fmt: skip
        self.map = HeatMap(
            theme, height=420, title="Curtailment by hour", unit="MW", x_label="Day", y_label="Hour of the day"
        )
        self.legend, self.fuel_legend = Legend(), Legend()
        self.day_card = self.card("Average day", self.legend, figure(self.stack.figure))
        self.rate_card = self.card("Share of the forecast", self.fuel_legend, figure(self.rates.figure))
        self.heat_card = self.card("By hour and day", figure(self.map.figure))
        both = row(self.day_card.view, self.rate_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)", narrow=1100)
        return [both, self.heat_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.rates, self.map]

    def notes(self) -> Sequence[str]:
        return [SOURCE, PROXY]

    def by_slot(self, window: Window, quantity: str) -> CurtailmentTimeOfDay:
        """A quantity by time of day."""
        return self.over(window, CurtailmentTimeOfDay, quantity=quantity, interval="30m", fuel=self.fuels)

    def heat(self, window: Window) -> CurtailmentHeat:
        """The map's question, with the cells that are chosen or suit the window."""
        by = cells_of(self.page.chosen("cells"), window)
        return self.over(window, CurtailmentHeat, by=by, fuel=self.fuels)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        asked = {n: (label, self.by_slot(window, n)) for n, label in (*QUANTITIES.items(), ("uigf", "Forecast"))}
        return [
            (self.day_card, [asked["economic"], asked["network"]]),
            (self.rate_card, [asked["curtailed"], asked["uigf"]]),
            (self.heat_card, [("By hour and day", self.heat(window))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        answers = {
            n: ANSWERS.ask(snapshot, self.by_slot(window, n)) for n in ("economic", "network", "curtailed", "uigf")
        }
        if answers["uigf"].frame.empty:
            self.nothing(snapshot, window)
            return
        key = self.by_slot(window, "curtailed").fingerprint()
        stack = ANSWERS.get(snapshot, ("curtailed day", key), lambda: self._stack(answers))
        self.stack.feed(stack)
        self.rates.feed(ANSWERS.get(snapshot, ("curtailed rates", key), lambda: self._rates(answers)))
        theme = self.page.theme
        self.legend.entries = [{"label": LAYERS[n].label, "colour": tint(n, theme)} for n in stack.present]
        self.fuel_legend.entries = [{"label": FUEL_LABELS[f], "colour": theme.fuels[f]} for f in self.fuels]
        days = int(answers["uigf"].frame["days"].max())
        said = f"{formats.window(window.start, window.end)} · {formats.number(days)} day{'s' if days != 1 else ''}"
        self.day_card.ready(f"{said} · mean of each half hour", heading=f"Average day · {self.name()}")
        self.rate_card.ready("curtailed energy of each half hour / forecast energy", heading="Share of the forecast")
        self._heat(snapshot, window)

    def _stack(self, answers: dict[str, Result]) -> StackData:
        series = {
            f"{part}_{fuel}": line
            for part in ("economic", "network")
            for fuel, line in slots_of(answers[part].frame).items()
        }
        return stack_data(day_edges(MINUTES), series, layers=LAYERS)

    def _rates(self, answers: dict[str, Result]) -> ProfileData:
        lost, forecast = slots_of(answers["curtailed"].frame), slots_of(answers["uigf"].frame)
        with np.errstate(invalid="ignore", divide="ignore"):
            # Below a megawatt on the average day (dawn, dusk) a share says nothing.
            rates = {f: np.where(forecast[f] >= 1, 100 * lost[f] / forecast[f], np.nan) for f in forecast if f in lost}
        return profile_data(MINUTES, rates)

    def _heat(self, snapshot: Snapshot, window: Window) -> None:
        query = self.heat(window)
        answer = ANSWERS.ask(snapshot, query)
        column = "rate" if self.page.chosen("shown") == "rate" else "curtailed"
        if not np.isfinite(answer.frame[column].to_numpy("float64")).any():
            self.nothing(snapshot, window, [self.heat_card])
            return

        factor, unit, digits = (100.0, "% of the forecast", 1) if column == "rate" else (1.0, "MW", 0)

        def make() -> HeatData:
            scaled = answer.frame.assign(**{column: answer.frame[column] * factor})
            return heat_data(replace(answer, frame=scaled), query.by, column)

        self.map.measured(unit, digits)
        self.map.feed(ANSWERS.get(snapshot, ("curtailed heat", column, query.fingerprint()), make))
        self.map.x_axis.axis_label = {"day": "Day", "week": "Week from Monday", "month": "Month"}[query.by]
        drawn = "share of the forecast" if column == "rate" else "mean power"
        what = f"{QUANTITIES[query.quantity].lower()}, {drawn} of each hour by {query.by}"
        hatched = "hatched: nothing forecast" if column == "rate" else ""
        words = [formats.window(window.start, window.end), what, hatched, self.page.covered(answer)]
        self.heat_card.ready(" · ".join(w for w in words if w), heading=f"By hour and {query.by} · {self.name()}")


def slots_of(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Mean of each slot of the whole day by fuel, regions added up; NaN where no day has a reading."""
    clock = frame["time_of_day"].astype(str)
    at = ((clock.str[:2].astype(int) * 60 + clock.str[3:].astype(int)) // MINUTES).to_numpy()
    out: dict[str, np.ndarray] = {}
    for fuel, rows in frame.groupby("fuel", observed=True, sort=False).indices.items():
        values = frame["mean"].to_numpy()[rows]
        known = ~np.isnan(values)
        total, seen = np.zeros(1440 // MINUTES), np.zeros(1440 // MINUTES, bool)
        np.add.at(total, at[rows][known], values[known])
        seen[at[rows][known]] = True
        out[str(fuel)] = np.where(seen, total, np.nan)
    return out


__all__ = ["CurtailedHours", "slots_of"]
