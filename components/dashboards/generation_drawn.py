"""What the view of generation over time asks, and what it draws of the answers."""

from __future__ import annotations

import numpy as np

from components.charts import formats
from components.charts.fuel_lines import TOTAL
from components.charts.lines import LineData, line_data
from components.charts.stack import StackData, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.generation_demand import LABELS
from components.dashboards.generation_view import FuelView
from components.dashboards.series import column, steps_of
from components.market_time import Window
from components.metrics.fuels import change_since_start, supply_of
from components.queries.base import Result
from components.queries.demand import Demand
from components.queries.figures import GenerationFigures
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM

POWER, ENERGY, SHARE, CHANGE = "power", "energy", "share", "change"
IN_GWH = 10_000.0
"""From this energy in a bucket on [MWh], buckets are drawn in GWh."""


class OverTimeData(FuelView):
    """Questions and drawings of the chart over time; ``measure`` is what is drawn, ``name`` which demand."""

    # -- the questions -------------------------------------------------------------------------------

    @property
    def measure(self) -> str:
        """What the chart shows."""
        return self.page.chosen("measure")

    def power(self, *, alone: bool = False) -> GenerationByFuel:
        """Power (or energy) by fuel; the whole market unless regions are named; ``alone`` = only the fuels looked at."""
        agg = "sum" if self.measure == ENERGY else "mean"
        return self.page.ask(GenerationByFuel, agg=agg, region=self.regions(), **({} if alone else {"fuel": []}))

    def figures(self, window: Window) -> GenerationFigures:
        """Energy, money and emissions by fuel over exactly the drawn window."""
        return self.over(window, GenerationFigures, together=len(self.regions()) > 1)

    def prices_asked(self, window: Window) -> RegionalPrices:
        """Prices of the chosen regions at the drawn interval, whether they are known or not."""
        return self.over(window, RegionalPrices, interval=window.interval)

    def prices(self, snapshot: Snapshot, window: Window) -> RegionalPrices:
        """Prices of the chosen regions at the drawn interval.

        Where the market's is not known (it needs all five regions), those of the regions apart.
        """
        query = self.prices_asked(window)
        if query.region == [NEM] and not ANSWERS.ask(snapshot, query).frame["price"].notna().any():
            return query.but(region=[])
        return query

    def demand(self, window: Window) -> Demand:
        """Demand of the chosen regions at the drawn interval."""
        return self.over(window, Demand, interval=window.interval, agg="sum" if self.measure == ENERGY else "mean")

    def demand_daily(self, window: Window, agg: str) -> Demand:
        """Energy or mean power of demand by day over exactly the drawn window."""
        return self.over(window, Demand, interval="1d", agg=agg)

    # -- drawings ------------------------------------------------------------------------------------

    def line(self, snapshot: Snapshot, window: Window, labels: np.ndarray, name: str) -> np.ndarray:
        """Demand on the chart's steps, of all regions; missing where one's is."""
        lines = column(ANSWERS.ask(snapshot, self.demand(window)), labels, name, ["region"])
        return np.sum(list(lines.values()), axis=0) if lines else np.full(len(labels), np.nan)

    def stack_of(self, snapshot: Snapshot, result: Result, window: Window, name: str) -> StackData:
        """The stack, as power, energy or proportion."""
        labels, edges = steps_of(result, snapshot, "scada")
        value = "mwh" if self.measure == ENERGY else "mw"
        series = self.series(result, labels, value, self.by)
        only = self.shown(list(series)) if self.alone() else []
        if self.measure == SHARE:
            fuels = series if self.by == "fuel" else self.series(result, labels, value, "fuel")
            # The whole is that of the fuels, so that technologies add up to their fuel's share.
            whole = supply_of(np.array(list(fuels.values())), np.array([not FUELS[f].load for f in fuels]))
            part = {n: 100 * v / whole for n, v in series.items()}
            return stack_data(
                edges, part, layers=self.layers, only=only, unit="%", y_label="Share of supply (%)", digits=1
            )
        line = None if only else self.line(snapshot, window, labels, name)
        if self.measure == ENERGY:
            most = max((float(np.nanmax(np.abs(v), initial=0.0)) for v in series.values()), default=0.0)
            unit, factor, digits = ("GWh", 1e-3, 2) if most >= IN_GWH else ("MWh", 1.0, 1)
            label = f"Energy per {formats.INTERVAL_LABELS[window.interval]} ({unit})"
            scaled = {n: v * factor for n, v in series.items()}
            return stack_data(
                edges, scaled, None if line is None else line * factor, LABELS[name], layers=self.layers, only=only,
                unit=unit, y_label=label, digits=digits,
            )  # fmt: skip
        return stack_data(edges, series, line, LABELS[name], layers=self.layers, only=only)

    def power_lines(
        self, snapshot: Snapshot, result: Result, window: Window, name: str
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The chart's steps, and power of every layer and of demand on them."""
        labels, edges = steps_of(result, snapshot, "scada")
        return edges, {**self.series(result, labels, "mw", self.by), TOTAL: self.line(snapshot, window, labels, name)}

    def change_of(self, snapshot: Snapshot, result: Result, window: Window, name: str) -> LineData:
        """Power of each bucket minus that of the first one."""
        edges, series = self.power_lines(snapshot, result, window, name)
        kept = {n: series[n] for n in self.shown([n for n in series if n != TOTAL])}
        if not self.alone():
            kept[TOTAL] = series[TOTAL]
        changed = change_since_start(np.array(list(kept.values())))
        return line_data(edges, dict(zip(kept, changed, strict=True)), as_price=False)

    def price_of(self, snapshot: Snapshot, result: Result, window: Window) -> LineData:
        """Prices on the steps of the chart above."""
        labels, edges = steps_of(result, snapshot, "scada")  # the steps of the chart above
        prices = ANSWERS.ask(snapshot, self.prices(snapshot, window))
        return line_data(edges, column(prices, labels, "price", ["region"]), as_price=True)
