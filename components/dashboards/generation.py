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
from components.metrics.generation import renewable_share
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
    {"label": "Average", "unit": "MW", "number": True, "minor": True, "help": "Energy over the hours that were read; what is missing is not zero"},
    {"label": "Capture", "unit": "$/MWh", "number": True, "help": "Value over energy: what a MWh earned (loads: paid) at spot"},
    {"label": "Value", "unit": "$M", "number": True, "help": "Power × regional price × time, gross, before losses and contracts; loads: what they paid, negative"},
    {"label": "CF", "unit": "%", "number": True, "help": "Capacity factor: energy over capacity × hours registered and read"},
]  # fmt: skip
WITHOUT_UNITS = {"rooftop": ("rooftop",), "imports": ("imports", "exports"), "exports": ("imports", "exports")}
"""Fuels that are no units' readings -> the series that were read together with them."""
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


def fuel_rows(present: Sequence[str], revenue: pd.DataFrame, energy: dict[str, float]) -> dict[str, FuelRow]:
    """Figures by fuel: units and rooftop from the revenue question, interchange (which has no value) from ``energy``.

    Parameters
    ----------
    revenue : rows of ``Revenue(by=["fuel"])``.
    energy : energy of each series [MWh].
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
            out[fuel] = FuelRow(energy.get(fuel, np.nan))
    return out


def total(rows: Sequence[FuelRow]) -> FuelRow:
    """Fuels together; their capture price only where every one of them has a value."""
    energy, value = sum(r.energy for r in rows), sum(r.value for r in rows)
    return FuelRow(energy, value, value / energy if energy > 0 else np.nan)


class Daily:
    """Energy of some series day by day, and the hours that were read.

    Always by day, whatever interval is drawn: figures of a window do not depend on how it is drawn.

    Parameters
    ----------
    energy, power : the same question with ``agg="sum"`` and ``agg="mean"``, by day.
    columns : their columns [MWh] and [MW].
    by : what tells the series apart.
    """

    def __init__(self, energy: Result, power: Result, window: Window, columns: tuple[str, str], by: Sequence[str]):
        days = np.unique(energy.frame["time"].to_numpy("datetime64[us]"))
        self.energy = column(energy, days, columns[0], by)
        self.power = column(power, days, columns[1], by)
        low = np.maximum(days, np.datetime64(window.start, "us"))
        high = np.minimum(days + np.timedelta64(1, "D"), np.datetime64(window.end, "us"))
        self.full = window.calendar.count(low, high) / 12

    def hours(self, names: Sequence[str]) -> np.ndarray:
        """Hours read of each day: the longest of the series named; the whole day where they are all at zero power."""
        longest, known = np.zeros(len(self.full)), np.zeros(len(self.full), bool)
        for name in names:
            energy, power = self.energy[name], self.power[name]
            moving = np.isfinite(energy) & (power != 0)
            # A mean is the sum over the readings, so both together tell how many 5 minutes there were.
            longest[moving] = np.maximum(longest[moving], np.rint(12 * energy[moving] / power[moving]) / 12)
            known |= np.isfinite(energy)
        return np.where(known & (longest == 0), self.full, longest)


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
        figures = [
            ("Figures by fuel", self.revenue(window)),
            ("Energy by day", self.power_daily(window, "sum")),
            ("Demand by day", self.demand_daily(window, "sum")),
        ]
        return [(self.chart_card, drawn), (self.table_card, figures)]

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

    def power_daily(self, window: Window, agg: str) -> GenerationByFuel:
        """Energy or mean power by fuel and day over exactly the drawn window."""
        return self.ask(GenerationByFuel, **self._same(window), interval="1d", agg=agg)

    def demand_daily(self, window: Window, agg: str) -> Demand:
        """Energy or mean power of demand by day over exactly the drawn window."""
        return self.ask(Demand, **self._same(window), interval="1d", agg=agg)

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
        self._table(snapshot, window, stack)
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
        figures = self.demand_figures(snapshot, window)
        at = 0 if 2 * figures["underlying"][1] >= figures["demand"][1] else 1
        name = ("underlying", "demand")[at]
        lines = column(ANSWERS.ask(snapshot, self.demand(window)), labels, name, ["region"])
        line = np.sum(list(lines.values()), axis=0) if lines else np.full(len(labels), np.nan)
        return ("Underlying demand", "Demand")[at], line

    def demand_figures(self, snapshot: Snapshot, window: Window) -> dict[str, tuple[float, float]]:
        """Energy [MWh] of underlying and of operational demand, and the hours each was read.

        Of several regions only the days that all of them have.
        """
        energy, power = (ANSWERS.ask(snapshot, self.demand_daily(window, agg)) for agg in ("sum", "mean"))
        out = {}
        for name in ("underlying", "demand"):
            daily = Daily(energy, power, window, (name, name), ["region"])
            sums = np.sum(list(daily.energy.values()), axis=0) if daily.energy else np.empty(0)
            known = np.isfinite(sums)
            out[name] = float(sums[known].sum()), float(daily.hours(list(daily.energy))[known].sum())
        return out

    def _price(self, snapshot: Snapshot, result: Result, window: Window) -> LineData:
        labels, edges = steps_of(result, snapshot, "scada")  # the steps of the chart above
        prices = ANSWERS.ask(snapshot, self.prices(snapshot, window))
        return line_data(edges, column(prices, labels, "price", ["region"]), as_price=True)

    def energies(self, snapshot: Snapshot, window: Window) -> tuple[dict[str, float], dict[str, float]]:
        """Energy of each fuel [MWh] and the hours it was read.

        Fuels of units share the hours in which any of them was read, so that a unit that stands still is not missing.
        """
        answers = [ANSWERS.ask(snapshot, self.power_daily(window, agg)) for agg in ("sum", "mean")]
        daily = Daily(answers[0], answers[1], window, ("mwh", "mw"), ["region", "fuel"])
        series: dict[str, list[str]] = {}
        for name in daily.energy:
            series.setdefault(name.rpartition(".")[2], []).append(name)
        of_units = tuple(f for f in series if f not in WITHOUT_UNITS)
        groups = {WITHOUT_UNITS.get(f, of_units) for f in series}
        hours = {g: float(daily.hours([n for f in g for n in series.get(f, [])]).sum()) for g in groups}
        energy = {f: float(sum(np.nansum(daily.energy[n]) for n in names)) for f, names in series.items()}
        return energy, {f: hours[WITHOUT_UNITS.get(f, of_units)] for f in series}

    def _table(self, snapshot: Snapshot, window: Window, stack: StackData) -> None:
        energy, hours = self.energies(snapshot, window)
        money = ANSWERS.ask(snapshot, self.revenue(window))
        rows = fuel_rows(stack.present, money.frame, energy)
        above = sum(r.energy for f, r in rows.items() if not FUELS[f].load and r.energy > 0)
        averages = {f: r.energy / hours[f] if hours.get(f) else np.nan for f, r in rows.items()}
        order = [f for f in reversed(FUELS) if f in rows and not FUELS[f].load]
        order += [f for f in FUELS if f in rows and FUELS[f].load]
        self.ledger.rows = [self._row(f, rows[f], above, averages[f]) for f in order]
        of_made = [f for f in rows if not FUELS[f].load and f not in ("battery", "imports")]
        of_green = [f for f in rows if FUELS[f].renewable]
        made, green = (total([rows[f] for f in fuels]) for fuels in (of_made, of_green))
        self.ledger.total = [
            _words("Generation", made.energy, made.energy / above if above else np.nan,
                   sum(averages[f] for f in of_made), made),
            _words("of which renewable", green.energy, renewable_share({f: r.energy for f, r in rows.items()}),
                   sum(averages[f] for f in of_green), green),
        ]  # fmt: skip
        if stack.has_line:
            name = "demand" if stack.line_label == "Demand" else "underlying"
            used, read = self.demand_figures(snapshot, window)[name]
            figures = _words(stack.line_label, used, np.nan, used / read if read else np.nan)
            figures["cells"][0] |= {"colour": self.theme.ink, "dash": True}
            self.ledger.total = [*self.ledger.total, figures]
        whole_market = NEM in whole(self.ask_region())
        self.ledger.caption = "" if stack.has_line else (
            "The market's demand is not known here: that needs all five regions." if whole_market
            else "Demand is not known for this window."
        )  # fmt: skip

    def _row(self, fuel: str, figures: FuelRow, above: float, average: float) -> dict[str, Any]:
        share = figures.energy / above if above and not FUELS[fuel].load else np.nan
        texts = _words(FUELS[fuel].label, figures.energy, share, average, figures)
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
