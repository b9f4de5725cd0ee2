"""The day of a battery: when it charges, when it discharges, and the prices it meets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.profile import DayStack, ProfileChart, day_edges, profile_data
from components.charts.stack import stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_view import LAYERS, LEFT, BatteryView, Links, market_name
from components.dashboards.parts import Legend
from components.dashboards.shell import figure
from components.dashboards.stations_day import SLOT, slots
from components.market_time import Window
from components.queries.batteries_over_time import BatteriesTimeOfDay
from components.queries.time_of_day import SLOTS, PricesTimeOfDay
from components.store.snapshot import Snapshot

PRICES = {"price": "Mean price", "sold": "Earned by discharge", "bought": "Paid for charge"}


class DayView(BatteryView):
    """Power each way by half hour, and the price of the region beside those the batteries had."""

    slug = "day"
    label = "Time of day"
    help = "When batteries charge and discharge, and at which prices"
    questions = (BatteriesTimeOfDay, PricesTimeOfDay)
    by_interval = False

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stack = DayStack(theme, height=360, kinds=LAYERS)
        self.price = ProfileChart(
            theme, PRICES, height=260, title="Prices by time of day", y_label="Price ($/MWh)", as_price=True,
            colours={"price": "NEM", "sold": "battery", "bought": "battery_charging"},
        )  # fmt: skip
        for chart in (self.stack, self.price):
            chart.figure.min_border_left = LEFT
        self.legend, self.price_legend = Legend(), Legend()
        self.chart_card = self.card("Average day", self.legend, figure(self.stack.figure))
        self.price_card = self.card("Prices by time of day", self.price_legend, figure(self.price.figure))
        return [self.chart_card.view, self.price_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.price]

    def notes(self) -> Sequence[str]:
        return [
            "Power: mean over days of each half hour, out and in apart. Earned and paid: money over energy of all days' intervals of the "
            "half hour; the mean price is that of the region, of several the demand-weighted one.",
        ]

    def asked(self, window: Window) -> BatteriesTimeOfDay:
        """Power and prices by half hour."""
        return self.over(window, BatteriesTimeOfDay, by=["none"], interval=SLOT)

    def mean_prices(self, snapshot: Snapshot, window: Window) -> PricesTimeOfDay:
        """Price of the batteries' region over the same days."""
        region = [self.price_region(snapshot)]
        return self.over(window, PricesTimeOfDay, region=region, market="energy", interval=SLOT)

    def links(self, snapshot: Snapshot) -> Links:
        window = self.window(snapshot)
        power, price = self.asked(window), self.mean_prices(snapshot, window)
        return [
            (self.chart_card, [("Batteries by time of day", power)]),
            (self.price_card, [("Prices of batteries by time of day", power), ("Mean price by time of day", price)]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        result = ANSWERS.ask(snapshot, self.asked(window))
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        minutes, frame, theme = SLOTS[SLOT], result.frame, self.page.theme
        out, into = slots(frame, "discharge_mw"), slots(frame, "charge_mw")
        self.stack.feed(stack_data(day_edges(minutes), {"battery": out, "battery_charging": -into}, layers=LAYERS))
        self.legend.entries = [{"label": layer.label, "colour": layer.colour(theme)} for layer in LAYERS.values()]
        days = int(frame["days"].max())
        span = f"{formats.window(window.start, window.end)} · {days} day{'' if days == 1 else 's'}"
        said = " · ".join(w for w in (span, "mean of each half hour", self.page.covered(result)) if w)
        self.chart_card.ready(said, heading=f"Average day · {self.named()}")
        region = self.price_region(snapshot)
        mean = ANSWERS.ask(snapshot, self.mean_prices(snapshot, window)).frame
        lines = {
            "price": slots(mean, "mean") if len(mean) else np.full(1440 // minutes, np.nan),
            "sold": slots(frame, "discharge_price"), "bought": slots(frame, "charge_price"),
        }  # fmt: skip
        if not any(np.isfinite(line).any() for line in lines.values()):
            self.emptied(self.price_card, "The prices are not known here.")
            return
        self.price.name_keys({"price": f"Mean price {market_name(region)}"}, {"price": region})
        self.price.feed(profile_data(minutes, lines, as_price=True))
        self.price_legend.entries = [
            {"label": self.price.keys["price"], "colour": theme.regions[region]},
            {"label": PRICES["sold"], "colour": theme.fuels["battery"]},
            {"label": PRICES["bought"], "colour": theme.fuels["battery_charging"]},
        ]
        self.price_card.ready(f"{span} · $/MWh")
