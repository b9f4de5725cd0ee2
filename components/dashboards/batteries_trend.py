"""How batteries fare day by day, week by week, month by month: revenue, prices each way, cycles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.time_bars import BarData, TimeBars, bar_data
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_view import LEFT, BatteryView, Links
from components.dashboards.parts import Legend
from components.dashboards.revenue_words import digits
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure
from components.dashboards.stations_periods import scaled
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Result
from components.queries.batteries_over_time import BatteriesOverTime
from components.store.snapshot import Snapshot

EARNED, PAID = "Earned by discharge", "Paid for charge"
LEGS = {EARNED: "battery", PAID: "battery_charging"}
STEPS = ((100, "1d"), (800, "7d"))
"""Days of a window -> step that shows some dozens of bars; longer windows by month."""
PRICES = {"sold": EARNED, "bought": PAID, "spread": "Spread"}


class _PriceLines(LineChart):
    """Prices each way and their difference, which has the colour of text."""

    def _colour(self, key: str) -> str:
        return self.theme.ink if key == "spread" else super()._colour(key)


class TrendView(BatteryView):
    """Bars of money, lines of prices, bars of cycles, each step a day, a week or a month."""

    slug = "trend"
    label = "Revenue & spread"
    help = "Revenue, prices paid and earned, and cycles by day, week or month"
    questions = (BatteriesOverTime,)
    by_interval = False
    choices = {"per": Choice("Length of a step", {"auto": "Auto", "1d": "By day", "7d": "By week", "1M": "By month"})}

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.money = TimeBars(theme, height=240, title="Revenue", y_label="Revenue ($M)", unit="$M", groups=2)
        self.price = _PriceLines(
            theme, PRICES, height=230, title="Prices", y_label="Price ($/MWh)", as_price=True, x=self.money.x,
            colours={"sold": "battery", "bought": "battery_charging", "spread": "spread"},
        )  # fmt: skip
        self.price.lines["spread"].glyph.line_dash = [5, 3]
        self.cycles = TimeBars(theme, height=190, title="Cycles", y_label="Cycles a day", unit="a day", groups=1)
        for chart in (self.money, self.price, self.cycles):
            chart.figure.min_border_left = LEFT
        self.legend, self.price_legend = Legend(), Legend()
        self.money_card = self.card("Revenue", self.legend, figure(self.money.figure))
        self.price_card = self.card("Prices", self.price_legend, figure(self.price.figure))
        self.cycle_card = self.card("Cycles", figure(self.cycles.figure))
        return [card.view for card in (self.money_card, self.price_card, self.cycle_card)]

    def charts(self) -> Sequence[Any]:
        return [self.money, self.price, self.cycles]

    def notes(self) -> Sequence[str]:
        return [
            "Revenue is what discharge earned less what charging cost; charging at a negative price stands above zero, as income.",
            "Cycles: discharge over storage and days with readings, of batteries whose storage is known.",
        ]

    def asked(self, window: Window) -> BatteriesOverTime:
        """The chosen batteries together, step by step."""
        step = self.page.chosen("per")
        if step == "auto":
            step = next((name for most, name in STEPS if window.hours <= 24 * most), "1M")
        return self.over(window, BatteriesOverTime, by=["none"], interval=step)

    def links(self, snapshot: Snapshot) -> Links:
        asked = [("Revenue, prices and cycles", self.asked(self.window(snapshot)))]
        return [(card, asked) for card in (self.money_card, self.price_card, self.cycle_card)]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.asked(window)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        key = ("battery trend", query.fingerprint())
        money, unit, prices, cycles = ANSWERS.get(snapshot, key, lambda: self._drawn(snapshot, result))
        theme = self.page.theme
        self.money.show(
            money, list(LEGS), {name: theme.fuels[fuel] for name, fuel in LEGS.items()}, y_label=f"Revenue ({unit})",
            unit=unit, digits=digits(max(money.high, -money.low), 3),
        )  # fmt: skip
        self.legend.entries = self.money.legend()
        step = formats.INTERVAL_LABELS[result.interval]
        net = float(np.nansum(result.frame["revenue"])) if result.frame["revenue"].notna().any() else np.nan
        span = f"{formats.window(window.start, window.end)} · by {step}"
        covered = self.page.covered(result)
        self.money_card.ready(
            " · ".join(w for w in (span, f"net {formats.money(net)}", covered) if w),
            heading=f"Revenue · {self.named()}",
        )
        self.price.feed(prices)
        self.price_legend.entries = [
            {"label": PRICES["sold"], "colour": theme.fuels["battery"]},
            {"label": PRICES["bought"], "colour": theme.fuels["battery_charging"]},
            {"label": PRICES["spread"], "colour": theme.ink},
        ]
        if prices.present:
            self.price_card.ready(f"{span} · $/MWh: money over energy of the {step}")
        else:
            self.emptied(self.price_card, "No price is known here.")
        if not np.isfinite(result.frame["cycles_per_day"]).any():
            self.emptied(self.cycle_card, "The storage of these batteries is not known.")
            return
        self.cycles.show(
            cycles, ["Cycles"], {"Cycles": theme.fuels["battery"]}, y_label="Cycles a day", unit="a day", digits=2
        )
        self.cycle_card.ready(span)

    def _drawn(self, snapshot: Snapshot, result: Result) -> tuple[BarData, str, LineData, BarData]:
        labels, edges = steps_of(result, snapshot, "scada")

        def of(name: str) -> np.ndarray:
            return next(iter(column(result, labels, name).values()))

        sums, unit = scaled({"out": of("discharge_revenue"), "in": -of("cost")}, {1e6: "$M", 1e3: "$k", 1.0: "$"})
        prices = {"sold": of("discharge_price"), "bought": of("charge_price"), "spread": of("spread")}
        return (
            bar_data(edges, [sums["out"], sums["in"]], others=False), unit, line_data(edges, prices, as_price=True),
            bar_data(edges, [of("cycles_per_day")], others=False),
        )  # fmt: skip
