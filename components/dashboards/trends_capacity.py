"""Capacity in service over time, and emissions with their intensity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import CustomJSTickFormatter

from components.charts import formats
from components.charts.category_bars import BarChart, bar_data
from components.charts.formats import JS_NUMBER
from components.charts.lines import LineChart, line_data
from components.charts.stack import StackChart, stack_data
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.trends_view import YEAR, TrendView, change_words, fuel_order, head, number_cell
from components.market_time import Window, bucket_end, bucket_name
from components.queries.base import Query
from components.queries.trends_capacity import InService
from components.queries.trends_emissions import Emissions
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS


class CapacityView(TrendView):
    """Registered capacity in service by fuel."""

    slug, label, help = "capacity", "Capacity", "Registered capacity in service"
    questions = (InService,)

    def build(self) -> Sequence[Any]:
        self.stack = StackChart(self.page.theme, height=400)
        self.stack.figure.name = "Capacity in service"
        self.legend = Legend()
        self.ledger = Ledger(
            columns=[
                {"label": "Fuel"},
                head("At the start", "MW", "In service at the end of the first month"),
                head("Now", "MW", "In service at the end of the window"),
                head("Change", "MW", "Now minus at the start"),
                head("Units", "", "Units in service whose capacity is known", minor=True),
                head("Unknown", "units", "Units in service whose capacity no source knows: they add nothing"),
            ]
        )
        self.chart_card = self.card("Capacity in service", figure(self.stack.figure), self.legend)
        self.table_card = self.card("By fuel", self.ledger)
        self.answer_notes: Sequence[str] = ()
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack]

    def notes(self) -> Sequence[str]:
        return [
            *self.answer_notes,
            "In service from registration (or the first reading, where earlier or no registration is known) to its end (or the "
            "last reading, where later); without an end, until the last reading where the unit has been silent for 31 days.",
        ]

    def question(self) -> InService:
        """Capacity month by month."""
        return self.asked(InService, interval="1M")

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        asked = [("Capacity in service", self.question())]
        return [(self.chart_card, asked), (self.table_card, asked)]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.question()
        result, window = ANSWERS.ask(snapshot, query), query.window(snapshot)
        if result.frame.empty:
            self.nothing(snapshot, window, "No unit is in service")
            return
        self.answer_notes = result.notes
        labels, edges = steps_of(result, snapshot, "scada")
        series = column(result, labels, "capacity_mw", ["fuel"])
        self.stack.feed(stack_data(edges, series, y_label="Capacity in service (MW)"))
        theme, order = self.page.theme, fuel_order(list(series))
        self.legend.entries = [
            {"label": FUELS[f].label, "colour": theme.fuels[f], "href": links.fuel(f, self.page.texts)} for f in order
        ]
        said = self.said(window, "at the end of each month")
        self.chart_card.ready(said, heading=f"Capacity in service · {self.name()}")
        counts = {n: column(result, labels, n, ["fuel"]) for n in ("units", "units_unknown")}
        rows = []
        for fuel in order:
            line = np.nan_to_num(series[fuel])
            start, now = float(line[0]), float(line[-1])
            cells: list[dict[str, Any]] = [
                {"t": FUELS[fuel].label, "colour": theme.fuels[fuel], "href": links.fuel(fuel, self.page.texts)},
                number_cell(start), number_cell(now),
                number_cell(now - start, sign=True, sub=change_words((now - start) / start) if start else ""),
                number_cell(float(counts["units"][fuel][-1])), number_cell(float(counts["units_unknown"][fuel][-1])),
            ]  # fmt: skip
            rows.append({"key": fuel, "cells": cells})
        self.ledger.rows = rows
        self.table_card.ready(said, heading=f"Capacity by fuel · {self.name()}")


class EmissionsView(TrendView):
    """Emissions and intensity."""

    slug, label, help = "emissions", "Emissions", "Emissions and their intensity, where factors are known"
    questions = (Emissions,)
    selects = YEAR

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.lines = LineChart(
            theme, {"intensity": "Intensity"}, height=300, title="Emissions intensity", y_label="Intensity (t/MWh)", unit="t/MWh",
            colours={"intensity": "coal"},
        )  # fmt: skip
        # Tonnes of a MWh are tenths.
        self.lines.y_axis.formatter = CustomJSTickFormatter(code=JS_NUMBER + "return fmt(tick, 2)")
        self.bars = BarChart(
            theme, title="Emissions by year", value_label="Emissions (Mt CO2-e)", unit="Mt", digits=3,
            names={f: fuel.label for f, fuel in FUELS.items()}, lying=False, height=320,
        )  # fmt: skip
        self.legend = Legend()
        self.ledger = Ledger(
            columns=[
                {"label": "Year"},
                head("Emissions", "Mt CO2-e", "Energy x factor of the units with a factor"),
                head("Intensity", "t/MWh", "Emissions / energy of the units with a factor"),
                head("Energy", "TWh", "Generation of units, storage left out", minor=True),
                head("Factor known", "% of energy", "Energy of units with a factor / energy of all units"),
            ]
        )
        self.line_card = self.card("Emissions intensity by month", figure(self.lines.figure))
        self.bar_card = self.card("Emissions by year", figure(self.bars.figure), self.legend)
        self.table_card = self.card("Years", self.ledger)
        self.answer_notes: Sequence[str] = ()
        return [self.line_card.view, self.bar_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines, self.bars]

    def notes(self) -> Sequence[str]:
        return [*self.answer_notes, "A year that the range cuts is marked * and has the emissions of its part."]

    def by_month(self) -> Emissions:
        """Intensity month by month."""
        return self.asked(Emissions, interval="1M", by="all")

    def by_year(self, by: str) -> Emissions:
        """Emissions of years, of all fuels or each."""
        return self.asked(Emissions, interval=self.years, by=by)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (self.line_card, [("By month", self.by_month())]),
            (self.bar_card, [("By year and fuel", self.by_year("fuel"))]),
            (self.table_card, [("By year", self.by_year("all"))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.by_month()
        result, window = ANSWERS.ask(snapshot, query), query.window(snapshot)
        if result.frame.empty or not result.frame["intensity"].notna().any():
            self.nothing(snapshot, window, "No emissions factor of a unit that ran is known")
            return
        self.answer_notes = result.notes
        labels, edges = steps_of(result, snapshot, "scada")
        series = column(result, labels, "intensity", ["region"])
        series = {"intensity": next(iter(series.values()))}
        self.lines.feed(line_data(edges, series, as_price=False), digits=3)
        top = float(np.nanmax(series["intensity"]))
        self.lines.y.update(start=0, end=1.1 * top if top > 0 else 1.0)
        said = self.said(window)
        self.line_card.ready(said, heading=f"Emissions intensity by month · {self.name()}")
        values: dict[str, dict[str, float]] = {}
        for r in ANSWERS.ask(snapshot, self.by_year("fuel")).frame.to_dict("records"):
            values.setdefault(self._called(r["time"], window), {})[str(r["fuel"])] = float(r["emissions_t"]) / 1e6
        fuels = [f for f in FUELS if any(np.isfinite(v.get(f, np.nan)) and v[f] > 0 for v in values.values())]
        self.bars.feed(bar_data(values, fuels))
        theme = self.page.theme
        self.legend.entries = [{"label": FUELS[f].label, "colour": theme.fuels[f]} for f in fuel_order(fuels)]
        self.bar_card.ready(said, heading=f"Emissions by year · {self.name()}")
        rows = ANSWERS.ask(snapshot, self.by_year("all")).frame.to_dict("records")
        self.ledger.rows = [
            {
                "key": str(r["time"]),
                "cells": [
                    {"t": self._called(r["time"], window)}, number_cell(r["emissions_t"] / 1e6, 2), number_cell(r["intensity"], 3),
                    number_cell(r["energy_mwh"] / 1e6, 2), number_cell(100 * r["factor_coverage"], 1),
                ],
            }
            for r in rows[::-1]
        ]  # fmt: skip
        self.table_card.ready(
            f"{said} · {formats.percent(rows[-1]['factor_coverage'])} of the newest year's energy has a factor"
        )

    def _called(self, start: Any, window: Window) -> str:
        """A year's name, with a star where the range cuts it."""
        begin = np.array([start], "datetime64[us]")
        whole = window.start <= start and window.end >= pd.Timestamp(bucket_end(begin, self.years)[0])
        return bucket_name(start, self.years) + ("" if whole else "*")
