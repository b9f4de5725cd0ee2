"""Generation over time: the stack, the price beneath it, and the table beside it that is its legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import formats
from components.charts.fuel_lines import TOTAL, FuelLines
from components.charts.lines import LineChart
from components.charts.linked import band_ids, link_bands
from components.charts.stack import StackChart
from components.dashboards.answers import ANSWERS
from components.dashboards.generation_demand import LABELS, demand_figures, drawn_demand
from components.dashboards.generation_drawn import CHANGE, ENERGY, POWER, SHARE, OverTimeData
from components.dashboards.generation_table import (
    CHANGE_COLUMNS,
    COLUMNS,
    FuelFigures,
    change_row,
    factor_note,
    figures_of,
    rows_of,
    totals_of,
    words,
)
from components.dashboards.generation_view import GROUPING, INTERCHANGE, top_down
from components.dashboards.parts import Column, Ledger
from components.dashboards.shell import Card, figure, row
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.demand import Demand
from components.queries.figures import GenerationFigures
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGIONS

LEFT = 76
"""Pixels left of both charts: room for five digits, so that they line up."""


class OverTime(OverTimeData):
    """Stack by fuel, price beneath, the table beside it as its legend."""

    slug = "time"
    label = "Over time"
    help = "Who produced what, at which price"
    questions = (GenerationByFuel, GenerationFigures, RegionalPrices, Demand)
    toggles = INTERCHANGE
    selects = GROUPING
    choices = {
        "measure": Choice(
            "Power; energy of each bucket; proportion of everything above zero; or change of power since the window's first bucket",
            {POWER: "Power", ENERGY: "Energy", SHARE: "Proportion", CHANGE: "Change"},
        )
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stack = StackChart(theme, height=400, x_label=False)
        link_bands(self.stack)
        keys = {r: f"Price {r[:-1]}" for r in REGIONS} | {NEM: "Price NEM"}
        self.price = LineChart(
            theme, keys, height=190, title="Price", y_label="Price ($/MWh)", as_price=True, x=self.stack.x
        )
        for chart in (self.stack, self.price):
            chart.figure.min_border_left = LEFT
        # Other forms of the chart above are made when they are asked for first.
        self.forms: dict[str, StackChart | FuelLines] = {"fuel": self.stack}
        self.panes = {"fuel": figure(self.stack.figure)}
        self.slot = Column(self.panes["fuel"])
        self.ledger = Ledger(columns=COLUMNS, picks=True, on_message=self.picked)
        self.chart_card = self.card("Generation by fuel", self.slot, figure(self.price.figure))
        self.table_card = self.card("By fuel", self.ledger)
        self.answer_notes: list[str] = []
        return [row(self.chart_card.view, self.table_card.view, columns="minmax(0, 1fr) 628px", narrow=1340)]

    def charts(self) -> Sequence[Any]:
        return [*self.forms.values(), self.price]

    def notes(self) -> Sequence[str]:
        return [*self.answer_notes, "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values."]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        drawn = [
            ("Energy by fuel" if self.measure == ENERGY else "Power by fuel", self.power(alone=True)),
            ("Price", self.prices(snapshot, window)),
            ("Demand", self.demand(window)),
        ]
        figures = [("Figures by fuel", self.figures(window)), ("Demand by day", self.demand_daily(window, "sum"))]
        return [(self.chart_card, drawn), (self.table_card, figures)]

    def asks_first(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.prices_asked(self.window(snapshot))]

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.power(), *(self.demand_daily(self.window(snapshot), agg) for agg in ("sum", "mean"))]

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        query = self.power()
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        self.answer_notes = list(result.notes)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        key = (query.fingerprint(), window.start, window.end, window.interval)
        figures = ANSWERS.get(
            snapshot,
            ("demand", key),
            lambda: demand_figures(snapshot, window, lambda agg: self.demand_daily(window, agg)),
        )
        form = self.by if self.measure != CHANGE else f"{self.by} change"
        chart = self._form(form)
        name = drawn_demand(figures)
        own = (form, self.measure, tuple(self.alone()), key)
        if isinstance(chart, FuelLines):
            lines = ANSWERS.get(snapshot, ("change", own), lambda: self.change_of(snapshot, result, window, name))
            chart.call_total(LABELS[name])
            chart.feed(lines, digits=0)
            note, drawn = lines.thinned.note, [n for n in self.layers if n in lines.present]
            self.ledger.bands = band_ids({n: line for n, line in chart.lines.items() if n != TOTAL})
        else:
            stack = ANSWERS.get(snapshot, ("stack", own), lambda: self.stack_of(snapshot, result, window, name))
            chart.feed(stack)
            note, drawn = stack.thinned.note, list(stack.present)
            self.ledger.bands = band_ids(chart.layers)
        price = ANSWERS.get(snapshot, ("price", key), lambda: self.price_of(snapshot, result, window))
        self.price.feed(price, move_x=False)
        if NEM in query.region and price.present and price.present != (NEM,):
            self.answer_notes.append("The NEM price needs all five regions; drawn are those that are known.")
        if self.measure == CHANGE:
            self._change_table(snapshot, result, window, name)
        else:
            self._table(snapshot, window, drawn, figures)
        covered = self.page.covered(result)
        self.chart_card.ready(
            self.page.describe(window, self._measured(result), note, covered),
            heading=f"{self._title()} · {self.name()}",
        )
        self.table_card.ready(
            formats.window(window.start, window.end), heading="By fuel" if self.by == "fuel" else "By technology"
        )

    def _title(self) -> str:
        of = "fuel" if self.by == "fuel" else "technology"
        alone = [FUELS[f].label for f in self.alone()]
        return f"Generation by {of}" + (f": {', '.join(alone)} only" if alone else "")

    def _measured(self, result: Result) -> str:
        """What is drawn, where it is not power."""
        if self.measure == CHANGE:
            first = result.frame["time"].iloc[0]
            return f"power minus that of the first bucket ({formats.stamp(first)})"
        return {SHARE: "share of everything above zero", ENERGY: "energy of each bucket"}.get(self.measure, "")

    def _form(self, form: str) -> StackChart | FuelLines:
        """The chart of this form, brought into its place."""
        if form not in self.forms:
            theme, kinds = self.page.theme, self.layers
            made: StackChart | FuelLines
            if form.endswith("change"):
                made = FuelLines(
                    theme,
                    kinds=kinds,
                    height=400,
                    title="Change by fuel",
                    y_label="Change (MW)",
                    x=self.stack.x,
                    x_label=False,
                )
            else:
                made = StackChart(theme, kinds=kinds, height=400, x=self.stack.x, x_label=False)
                link_bands(made)
            made.figure.min_border_left = LEFT
            self.forms[form] = made
            self.panes[form] = figure(made.figure)
            made.place = self.stack.place
            self.page._wire([made])
        if self.slot.objects != [self.panes[form]]:
            self.slot.objects = [self.panes[form]]
        return self.forms[form]

    def _change_table(self, snapshot: Snapshot, result: Result, window: Window, name: str) -> None:
        series = self.power_lines(snapshot, result, window, name)[1]
        demand = change_row(LABELS[name], series.pop(TOTAL), self.page.theme.ink)
        demand["cells"][0]["dash"] = True
        layers, shown = self.layers, self.shown(list(series))
        rows = []
        for key in top_down(list(series), layers):
            row = change_row(layers[key].label, series[key], layers[key].colour(self.page.theme))
            rows.append(row | {"key": key, "dim": key not in shown})
        self.ledger.param.update(columns=CHANGE_COLUMNS, rows=rows, total=[demand], caption="")

    def _table(
        self, snapshot: Snapshot, window: Window, drawn: Sequence[str], demand: dict[str, tuple[float, float]]
    ) -> None:
        layers = self.layers
        frame = ANSWERS.ask(snapshot, self.figures(window)).frame
        figures = figures_of(frame, self.by, layers)
        if self.ledger.columns is not COLUMNS:
            self.ledger.columns = COLUMNS
        self.ledger.rows = rows_of(figures, layers, self.page.theme, drawn if self.alone() else ())
        totals = totals_of(figures, layers)
        name = drawn_demand(demand)
        used, read = demand[name]
        if read:
            own = words(LABELS[name], FuelFigures(used, average_mw=used / read))
            own["cells"][0] |= {"colour": self.page.theme.ink, "dash": True}
            totals.append(own)
        self.ledger.total = totals
        self.answer_notes.append(factor_note(figures, layers))
        market = NEM in self.regions()
        self.ledger.caption = "" if read else (
            "The market's demand is not known here: that needs all five regions." if market
            else "Demand is not known for this window."
        )  # fmt: skip
