"""Batteries over time: discharge above zero, charge below, the price beneath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.stack import StackChart, StackData, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_view import LAYERS, LEFT, BatteryView, Links, market_name
from components.dashboards.parts import Legend
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure
from components.market_time import Window
from components.queries.base import Result
from components.queries.batteries_over_time import BatteriesOverTime
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS


def price_keys() -> dict[str, str]:
    """Every price that may be drawn -> its label."""
    return {r: f"Price {market_name(r)}" for r in (*REGIONS, NEM)}


def legs(result: Result, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Power out (above zero) and in (below) of an answer about one group, as layers of a stack."""
    out = next(iter(column(result, labels, "discharge_mw").values()))
    into = next(iter(column(result, labels, "charge_mw").values()))
    return {"battery": out, "battery_charging": -into}


class OverTimeView(BatteryView):
    """The two legs as a stack, and the price."""

    slug = "time"
    label = "Over time"
    help = "Power out and in, and the price beneath"
    questions = (BatteriesOverTime, RegionalPrices)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stack = StackChart(theme, height=360, x_label=False, kinds=LAYERS)
        self.price = LineChart(
            theme, price_keys(), height=200, title="Price", y_label="Price ($/MWh)", as_price=True, x=self.stack.x
        )
        for chart in (self.stack, self.price):
            chart.figure.min_border_left = LEFT
        self.legend = Legend()
        self.chart_card = self.card("Power", self.legend, figure(self.stack.figure), figure(self.price.figure))
        return [self.chart_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.price]

    def notes(self) -> Sequence[str]:
        return [
            "Power out and in are split unit by unit at 5 minutes before anything is added: in one step both may stand.",
            "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values.",
        ]

    def links(self, snapshot: Snapshot) -> Links:
        window = self.window(snapshot)
        return [(self.chart_card, [("Power, prices, revenue", self.power(window)), ("Price", self.prices(snapshot, window))])]  # fmt: skip

    def power(self, window: Window) -> BatteriesOverTime:
        """The chosen batteries together, at the page's interval."""
        return self.over(window, BatteriesOverTime, by=["none"], interval=window.interval)

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.power(window)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        priced = self.prices(snapshot, window)
        key = ("batteries", query.fingerprint(), priced.fingerprint())
        stack, price = ANSWERS.get(snapshot, key, lambda: self._drawn(snapshot, result, priced))
        self.at_home(snapshot, self.stack, self.price)
        self.stack.feed(stack)
        self.price.feed(price, move_x=False)
        region = self.price_region(snapshot)
        theme = self.page.theme
        self.legend.entries = [
            *({"label": layer.label, "colour": layer.colour(theme)} for layer in LAYERS.values()),
            {"label": price_keys()[region], "colour": theme.regions[region]},
        ]
        frame = result.frame
        most = [formats.power(float(np.nanmax(frame[c]))) for c in ("discharge_mw", "charge_mw")]
        self.chart_card.ready(
            self.page.describe(
                window, f"at most {most[0]} out, {most[1]} in", stack.thinned.note, self.page.covered(result)
            ),
            heading=f"Power · {self.named()}",
        )

    def _drawn(self, snapshot: Snapshot, result: Result, priced: RegionalPrices) -> tuple[StackData, LineData]:
        labels, edges = steps_of(result, snapshot, "scada")
        stack = stack_data(edges, legs(result, labels), layers=LAYERS)
        prices = column(ANSWERS.ask(snapshot, priced), labels, "price", ["region"])
        return stack, line_data(edges, prices, as_price=True)
