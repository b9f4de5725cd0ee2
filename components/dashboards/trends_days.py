"""Each year over the last by day of the year, and thermal against renewable power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.years import MOST_YEARS, YearLines, year_legend
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.trends_view import GROUP_LABELS, SMOOTH, SMOOTH_LABELS, YEAR, TrendView, head, number_cell
from components.dashboards.view import Choice
from components.metrics.trends import GROUPS, days_ahead
from components.queries.base import Query, Result
from components.queries.trends_daily import DEMANDS, SERIES, DailyTrend
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

LABELS = {
    **GROUP_LABELS, "demand": "Operational demand", "underlying": "Underlying demand",
    **{f: fuel.label for f, fuel in FUELS.items()},
}  # fmt: skip
WATCHED = {name: LABELS[name] for name in (*GROUPS, *DEMANDS, *(s for s in SERIES if s in FUELS))}


class YearOverYear(TrendView):
    """Lines of years."""

    slug, label, help = "days", "Year over year", "Each year over the last, by day of the year"
    questions = (DailyTrend,)
    selects = YEAR | SMOOTH
    choices = {"show": Choice("Whose power is drawn", WATCHED)}

    def build(self) -> Sequence[Any]:
        self.lines = YearLines(
            self.page.theme, height=440, title="Year over year", y_label="Average power (MW)", unit="MW"
        )
        self.legend = Legend()
        self.chart_card = self.card("Year over year", self.legend, figure(self.lines.figure))
        return [self.chart_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "A trailing mean is of that day and the days before it, and missing where one of them is; 29 February has a place "
            "of its own. Renewable: hydro, wind, solar, rooftop, bioenergy; thermal: coal, gas, distillate.",
        ]

    def question(self) -> DailyTrend:
        """Days of what is chosen."""
        return self.asked(DailyTrend, series=[self.page.chosen("show")])

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.chart_card, [("Daily power", self.question())])]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.question()
        result, window = ANSWERS.ask(snapshot, query), query.window(snapshot)
        name = LABELS[self.page.chosen("show")]
        if result.frame.empty or not result.frame["mw"].notna().any():
            self.nothing(snapshot, window, f"No power ({name}) is known")
            return
        years = ANSWERS.get(snapshot, ("year lines", query.fingerprint()), lambda: _by_year(result))
        self.lines.feed(years, first_month=7 if self.years == "fy" else 1, y_label=f"{name}, average power (MW)")
        self.legend.entries = year_legend(self.lines.years, self.page.theme)
        more = f"the newest {MOST_YEARS} years" if len(years) > MOST_YEARS else ""
        said = self.said(window, SMOOTH_LABELS[str(query.smooth)] if query.smooth != "1d" else "daily means", more)
        self.chart_card.ready(said, heading=f"{name} by day of the year · {self.name()}")


def _by_year(result: Result) -> dict[str, np.ndarray]:
    """Values on the 366 places of each year, the newest year first."""
    frame = result.frame
    out: dict[str, np.ndarray] = {}
    for year, rows in frame.groupby("year", observed=True, sort=False):
        line = np.full(366, np.nan)
        line[rows["day_of_year"].to_numpy() - 1] = rows["smoothed_mw"].to_numpy()
        if np.isfinite(line).any():
            out[str(year)] = line
    return dict(reversed(list(out.items())))


class Mix(TrendView):
    """Thermal against renewable power."""

    slug, label, help = "mix", "Thermal & renewable", "Thermal against renewable power over time"
    questions = (DailyTrend,)
    selects = YEAR | SMOOTH

    def build(self) -> Sequence[Any]:
        self.lines = LineChart(
            self.page.theme, GROUP_LABELS, height=400, title="Thermal and renewable power", y_label="Average power (MW)",
            colours={"renewable": "wind", "thermal": "coal"},
        )  # fmt: skip
        self.legend = Legend()
        self.ledger = Ledger(
            columns=[
                {"label": "Year"},
                head("Renewable", "MW", "Mean of the year's daily means that are known"),
                head("Thermal", "MW", "Mean of the year's daily means that are known"),
                head("Renewable ahead", "days", "Days on which renewable power was above thermal power"),
                head("Compared", "days", "Days on which both are known", minor=True),
            ]
        )
        self.chart_card = self.card("Thermal and renewable power", self.legend, figure(self.lines.figure))
        self.table_card = self.card("By year", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "Renewable: hydro, wind, solar, rooftop, bioenergy (known where rooftop solar is); thermal: coal, gas, distillate. "
            "Storage, imports and exports are in neither. A trailing mean is of that day and the days before it.",
        ]

    def question(self) -> DailyTrend:
        """Days of both groups."""
        return self.asked(DailyTrend, series=list(GROUPS))

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        asked = [("Daily power", self.question())]
        return [(self.chart_card, asked), (self.table_card, asked)]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.question()
        result, window = ANSWERS.ask(snapshot, query), query.window(snapshot)
        if result.frame.empty or not result.frame["mw"].notna().any():
            self.nothing(snapshot, window, "No generation is known")
            return

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "scada")
            return line_data(edges, column(result, labels, "smoothed_mw", ["series"]), as_price=False)

        data = ANSWERS.get(snapshot, ("mix", query.fingerprint()), make)
        self.lines.feed(data, digits=0)
        theme = self.page.theme
        self.legend.entries = [
            {"label": GROUP_LABELS[k], "colour": theme.fuels[c]}
            for k, c in (("renewable", "wind"), ("thermal", "coal"))
        ]
        smoothing = SMOOTH_LABELS[str(query.smooth)] if query.smooth != "1d" else "daily means"
        self.chart_card.ready(
            self.said(window, smoothing, data.thinned.note), heading=f"Thermal and renewable power · {self.name()}"
        )
        self.ledger.rows = [self._row(year, rows) for year, rows in _groups_by_year(result)]
        self.table_card.ready(f"{formats.window(window.start, window.end)} · from daily means, not smoothed")

    @staticmethod
    def _row(year: str, power: dict[str, np.ndarray]) -> dict[str, Any]:
        ahead, both = days_ahead(power["renewable"], power["thermal"])
        means = [
            float(v[np.isfinite(v)].mean()) if np.isfinite(v).any() else np.nan
            for v in (power["renewable"], power["thermal"])
        ]
        numbers = [number_cell(m) for m in means] + [number_cell(ahead), number_cell(both)]
        return {"key": year, "cells": [{"t": year}, *numbers]}


def _groups_by_year(result: Result) -> list[tuple[str, dict[str, np.ndarray]]]:
    """Daily power of each group by year, the newest first."""
    out = [
        (
            str(year),
            {str(g): v["mw"].to_numpy("float64") for g, v in rows.groupby("series", observed=False, sort=False)},
        )
        for year, rows in result.frame.groupby("year", observed=True, sort=False)
    ]
    return out[::-1]
