"""``/generation``: who produced what, what it was worth, and the price beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.stack import StackChart, StackData, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.page import Dashboard
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.queries.revenue import Revenue
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGION_NAMES, REGIONS

COLUMNS = [
    {"label": "Fuel"},
    {"label": "Energy", "unit": "GWh", "number": True, "help": "Sum of power × time at 5 minutes; loads are negative"},
    {"label": "Share", "unit": "%", "number": True, "help": "Part of everything above zero in the chart"},
    {"label": "Average", "unit": "MW", "number": True, "minor": True, "help": "Energy over the hours of the window"},
    {"label": "Capture", "unit": "$/MWh", "number": True, "help": "Value over energy: what a MWh earned (loads: paid) at spot"},
    {"label": "Value", "unit": "$M", "number": True, "help": "Power × regional price × time, gross, before losses and contracts; loads: what they paid, negative"},
    {"label": "CF", "unit": "%", "number": True, "help": "Capacity factor: energy over capacity × hours registered and read"},
]  # fmt: skip
LOAD_OF = {"battery_charging": "battery", "pumps": "pumps"}


def region_title(regions: Sequence[str]) -> str:
    """Regions in words."""
    if NEM in regions or not regions or len(regions) == len(REGIONS):
        return REGION_NAMES[NEM]
    return REGION_NAMES[regions[0]] if len(regions) == 1 else ", ".join(r[:-1] for r in regions)


def whole(regions: Sequence[str]) -> list[str]:
    """Regions for questions that add them up: none, or NEM among them, is the whole market."""
    return [NEM] if not regions or NEM in regions else list(regions)


class FuelRow:
    """Figures of one fuel: energy [MWh] (loads negative), value [$], capture price [$/MWh], capacity factor."""

    def __init__(self, energy: float, value: float = np.nan, capture: float = np.nan, factor: float = np.nan):
        self.energy, self.value, self.capture, self.factor = energy, value, capture, factor


def fuel_rows(present: Sequence[str], revenue: pd.DataFrame, drawn: dict[str, float]) -> dict[str, FuelRow]:
    """Figures by fuel: units from the revenue question, rooftop and interchange (which have no unit) from what is drawn.

    Parameters
    ----------
    revenue : rows of ``Revenue(by=["fuel"])``.
    drawn : energy of each drawn series [MWh].
    """
    by_fuel: dict[str, dict[Any, Any]] = {str(r["fuel"]): r for r in revenue.to_dict("records")}
    out: dict[str, FuelRow] = {}
    for fuel in present:
        if fuel in LOAD_OF and LOAD_OF[fuel] in by_fuel:
            found = by_fuel[LOAD_OF[fuel]]
            load = float(found["load_mwh"])
            paid = float(found["load_cost"])
            out[fuel] = FuelRow(-load, -paid, paid / load if load > 0 else np.nan)
        elif fuel in by_fuel and fuel not in LOAD_OF:
            found = by_fuel[fuel]
            earned = float(found["revenue"]) + np.nan_to_num(float(found["load_cost"]))
            out[fuel] = FuelRow(
                float(found["energy_mwh"]), earned, float(found["capture_price"]), float(found["capacity_factor"])
            )
        else:
            out[fuel] = FuelRow(drawn[fuel])
    return out


def total(rows: Sequence[FuelRow]) -> FuelRow:
    """Fuels together; their capture price only where every one of them has a value."""
    energy, value = sum(r.energy for r in rows), sum(r.value for r in rows)
    return FuelRow(energy, value, value / energy if energy > 0 else np.nan)


class GenerationDashboard(Dashboard):
    """Stack by fuel, price beneath, the table beside it as its legend."""

    slug = "generation"
    title = "Generation"
    questions = (GenerationByFuel, Revenue, RegionalPrices, Demand)
    fixed = Dashboard.fixed | {"station", "duid", "owner"}
    toggles = {"interchange": "Imports & exports"}

    def build(self) -> Sequence[Any]:
        self.stack = StackChart(self.theme, height=400, x_label=False)
        keys = {r: f"Price {r[:-1]}" for r in REGIONS} | {NEM: "Price NEM"}
        self.price = LineChart(
            self.theme, keys, height=190, title="Price", y_label="Price ($/MWh)", as_price=True, x=self.stack.x
        )
        self.ledger = Ledger(columns=COLUMNS)
        self.chart_card = self.card("Generation by fuel", figure(self.stack.figure), figure(self.price.figure))
        self.table_card = self.card("By fuel", self.ledger)
        self.answer_notes: list[str] = []
        return [row(self.chart_card.view, self.table_card.view, columns="minmax(0, 1fr) 500px", narrow=1240)]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.price]

    def notes(self) -> Sequence[str]:
        return [*self.answer_notes, "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values."]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.power().window(snapshot)
        drawn = [
            ("Power by fuel", self.power()),
            ("Price", self.prices(snapshot, window)),
            ("Demand", self.demand(window)),
        ]
        return [(self.chart_card, drawn), (self.table_card, [("Figures by fuel", self.revenue(window))])]

    # -- the questions -------------------------------------------------------------------------------

    def power(self) -> GenerationByFuel:
        """Power by fuel; the whole market unless regions are named."""
        query = self.ask(GenerationByFuel)
        query.region = whole(query.region)
        return query

    def _same(self, window: Window) -> dict[str, Any]:
        return {"region": whole(self.ask_region()), "start": window.start, "end": window.end, "last": "1d"}

    def revenue(self, window: Window) -> Revenue:
        """Energy and money by fuel over exactly the drawn window."""
        return self.ask(Revenue, **self._same(window), by=["fuel"])

    def prices(self, snapshot: Snapshot, window: Window) -> RegionalPrices:
        """Prices of the chosen regions at the drawn interval.

        Where the market's is not known (it needs all five regions), those of the regions apart.
        """
        query = self.ask(RegionalPrices, **self._same(window), interval=window.interval)
        if query.region == [NEM] and not ANSWERS.ask(snapshot, query).frame["price"].notna().any():
            query.region = []
        return query

    def demand(self, window: Window) -> Demand:
        """Demand of the chosen regions at the drawn interval."""
        return self.ask(Demand, **self._same(window), interval=window.interval)

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        query = self.power()
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        name = region_title(query.region)
        self.answer_notes = list(result.notes)
        if result.frame.empty:
            reason = f"No generation is known for {name} in {formats.window(window.start, window.end)}."
            links = self.nearest_window(snapshot, "scada", window)
            for card in self.cards:
                card.empty(reason, actions=links)
            return
        key = (query.fingerprint(), window.start, window.end, window.interval)
        stack = ANSWERS.get(snapshot, ("stack", key), lambda: self._stack(snapshot, result, window))
        price = ANSWERS.get(snapshot, ("price", key), lambda: self._price(snapshot, result, window))
        self.stack.feed(stack)
        self.price.feed(price, move_x=False)
        if NEM in query.region and price.present and price.present != (NEM,):
            self.answer_notes.append("The NEM price needs all five regions; drawn are those that are known.")
        self._table(snapshot, window, stack, result)
        covered = self.covered(result)
        self.chart_card.ready(
            self.describe(window, stack.thinned.note, covered), heading=f"Generation by fuel · {name}"
        )
        self.table_card.ready(formats.window(window.start, window.end))

    def _stack(self, snapshot: Snapshot, result: Result, window: Window) -> StackData:
        labels, edges = steps_of(result, snapshot, "scada")
        series = column(result, labels, "mw", ["fuel"], add=True)
        label, line = self.demand_line(snapshot, window, labels)
        return stack_data(edges, series, line, label)

    def demand_line(self, snapshot: Snapshot, window: Window, labels: np.ndarray) -> tuple[str, np.ndarray]:
        """The line over the stack and its name: underlying demand; operational demand where rooftop is mostly unknown."""
        demand = ANSWERS.ask(snapshot, self.demand(window))
        found = []
        for name in ("underlying", "demand"):
            lines = column(demand, labels, name, ["region"])
            found.append(np.sum(list(lines.values()), axis=0) if lines else np.full(len(labels), np.nan))
        known = [int(np.isfinite(line).sum()) for line in found]
        at = 0 if 2 * known[0] >= known[1] else 1
        return ("Underlying demand", "Demand")[at], found[at]

    def _price(self, snapshot: Snapshot, result: Result, window: Window) -> LineData:
        labels, edges = steps_of(result, snapshot, "scada")  # the steps of the chart above
        prices = ANSWERS.ask(snapshot, self.prices(snapshot, window))
        return line_data(edges, column(prices, labels, "price", ["region"]), as_price=True)

    def _table(self, snapshot: Snapshot, window: Window, stack: StackData, result: Result) -> None:
        labels, edges = steps_of(result, snapshot, "scada")
        hours = window.calendar.count(edges[:-1], edges[1:]) / 12
        drawn = {f: float(np.nansum(v * hours)) for f, v in column(result, labels, "mw", ["fuel"], add=True).items()}
        money = ANSWERS.ask(snapshot, self.revenue(window))
        rows = fuel_rows(stack.present, money.frame, drawn)
        above = sum(r.energy for f, r in rows.items() if not FUELS[f].load and r.energy > 0)
        length = float(hours.sum())
        order = [f for f in reversed(FUELS) if f in rows and not FUELS[f].load]
        order += [f for f in FUELS if f in rows and FUELS[f].load]
        self.ledger.rows = [self._row(f, rows[f], above, length) for f in order]
        made = total([r for f, r in rows.items() if not FUELS[f].load and f not in ("battery", "imports")])
        green = total([r for f, r in rows.items() if FUELS[f].renewable])
        self.ledger.total = [
            _words("Generation", made.energy, made.energy / above if above else np.nan, made.energy / length, made),
            _words("of which renewable", green.energy, green.energy / made.energy if made.energy else np.nan,
                   green.energy / length, green),
        ]  # fmt: skip
        if stack.has_line:
            _, line = self.demand_line(snapshot, window, labels)
            known = np.isfinite(line)
            energy = float(np.sum(line[known] * hours[known]))
            figures = _words(stack.line_label, energy, np.nan, energy / float(hours[known].sum()))
            figures["cells"][0] |= {"colour": self.theme.ink, "dash": True}
            self.ledger.total = [*self.ledger.total, figures]
        whole_market = NEM in whole(self.ask_region())
        self.ledger.caption = "" if stack.has_line else (
            "The market's demand is not known here: that needs all five regions." if whole_market
            else "Demand is not known for this window."
        )  # fmt: skip

    def _row(self, fuel: str, figures: FuelRow, above: float, hours: float) -> dict[str, Any]:
        share = figures.energy / above if above and not FUELS[fuel].load else np.nan
        texts = _words(FUELS[fuel].label, figures.energy, share, figures.energy / hours, figures)
        texts["cells"][0]["colour"] = self.theme.fuels[fuel]
        return {**texts, "key": fuel}


def _words(label: str, energy: float, share: float, average: float, figures: FuelRow | None = None) -> dict[str, Any]:
    more = figures or FuelRow(energy)

    def cell(value: float, text: str) -> dict[str, Any]:
        return {"t": text, "v": value if np.isfinite(value) else None}

    return {
        "key": label,
        "cells": [
            {"t": label},
            cell(energy, formats.number(energy / 1000, 1 if abs(energy) < 1e6 else 0)),
            cell(share, formats.number(share * 100, 1)),
            cell(average, formats.number(average, 0 if abs(average) >= 10 else 1)),
            cell(more.capture, formats.number(more.capture, 2)),
            cell(more.value, formats.number(more.value / 1e6, 2 if abs(more.value) < 1e8 else 1)),
            cell(more.factor, formats.number(more.factor * 100, 1)),
        ],
    }
