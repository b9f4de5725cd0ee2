"""Penetration of wind and solar: over time, its distribution and duration, and its records by season."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.curve import curve_data
from components.charts.lines import LineChart, line_data
from components.charts.named import KEYS, NamedCurves
from components.charts.periods import PeriodChart
from components.charts.years import MOST_YEARS, year_legend
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.dashboards.trends_view import YEAR, TrendView, head, number_cell
from components.market_time import bucket_end, bucket_name
from components.queries.base import Query, Result
from components.queries.trends_penetration import Penetration
from components.queries.trends_penetration_bins import PenetrationBins, PenetrationDuration
from components.store.snapshot import Snapshot

NOTE = (
    "Penetration: (wind + solar + rooftop) / (operational demand + rooftop), interval by interval; missing where one of them "
    "is. Above 100 % a region sends out more than it uses."
)
NOTHING = "Penetration is not known: it needs wind, solar, rooftop solar and demand"


class Shares(TrendView):
    """How high penetration is, how often, and when it was highest."""

    slug, label, help = "penetration", "Penetration", "Wind, solar and rooftop over underlying demand"
    questions = (Penetration, PenetrationBins, PenetrationDuration)
    selects = YEAR

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.lines = LineChart(
            theme, {"penetration": "Of the month's energy", "max": "Highest interval"}, height=320,
            title="Penetration over time", y_label="Penetration (%)", unit="%",
            colours={"penetration": "wind", "max": "solar"},
        )  # fmt: skip
        self.bars = PeriodChart(
            theme, {"share": "Share of the time"}, height=320, title="Distribution of penetration",
            y_label="Share of the time (%)", unit="%", digits=2, colours={"share": "wind"},
        )  # fmt: skip
        self.bars.x_axis.axis_label = "Penetration (%)"
        self.bars.figure.min_border_bottom = 52
        self.curves = NamedCurves(theme, height=320, title="Duration of penetration", y_label="Penetration (%)")
        self.ledger = Ledger(
            columns=[
                {"label": "Season"},
                head("Highest", "%", "Highest 5-minute interval of the season"),
                {"label": "When", "help": "End of the interval that reached it first; a link to that day"},
                head("Lowest", "%", "Lowest 5-minute interval of the season", minor=True),
                head("Of energy", "%", "Energy of wind, solar and rooftop / underlying demand"),
                head("Known", "h", "Hours in which all of them are known", minor=True),
            ]
        )
        self.line_legend, self.curve_legend = Legend(), Legend()
        self.line_card = self.card("Penetration by month", self.line_legend, figure(self.lines.figure))
        self.bar_card = self.card("Distribution", figure(self.bars.figure))
        self.curve_card = self.card("Duration by year", self.curve_legend, figure(self.curves.figure))
        self.table_card = self.card("Records by season", self.ledger)
        pair = row(self.bar_card.view, self.curve_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)")
        return [self.line_card.view, pair, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines, self.bars, self.curves]

    def notes(self) -> Sequence[str]:
        return [NOTE]

    def over_time(self) -> Penetration:
        """Month by month."""
        return self.asked(Penetration, interval="1M")

    def seasons(self) -> Penetration:
        """Records of each season."""
        return self.asked(Penetration, interval="season")

    def bins(self) -> PenetrationBins:
        """The distribution of the whole window."""
        return self.asked(PenetrationBins, by="whole")

    def duration(self) -> PenetrationDuration:
        """The duration of each year."""
        return self.asked(PenetrationDuration, by=self.years)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (self.line_card, [("Penetration by month", self.over_time())]),
            (self.bar_card, [("Distribution", self.bins())]),
            (self.curve_card, [("Duration by year", self.duration())]),
            (self.table_card, [("Records by season", self.seasons())]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.over_time()
        result, window = ANSWERS.ask(snapshot, query), query.window(snapshot)
        if result.frame.empty:
            self.nothing(snapshot, window, NOTHING, "region")
            return
        labels, edges = steps_of(result, snapshot, "region")
        series = {n: 100 * v for n in ("penetration", "max") for v in column(result, labels, n, ["region"]).values()}
        self.lines.feed(line_data(edges, series, as_price=False), digits=1)
        theme = self.page.theme
        self.line_legend.entries = [
            {"label": self.lines.keys[n], "colour": theme.fuels[c]}
            for n, c in (("penetration", "wind"), ("max", "solar"))
        ]
        said = self.said(window, self.page.covered(result))
        self.line_card.ready(said, heading=f"Penetration by month · {self.name()}")
        self._distribution(ANSWERS.ask(snapshot, self.bins()))
        self.bar_card.ready(f"{said} · 5-minute intervals in steps of 5 percentage points")
        years = by_period(ANSWERS.ask(snapshot, self.duration()), "penetration")
        steps = int(self.duration().steps)
        shown = dict(list(years.items())[:MOST_YEARS])
        named = {k: 100 * v for k, v in zip(KEYS, shown.values(), strict=False)}
        self.curves.show(curve_data(np.linspace(0, 1, steps + 1), named, as_price=False), list(shown), "%")
        self.curve_legend.entries = year_legend(list(shown), theme)
        self.curve_card.ready(f"{said} · highest first")
        self._records(ANSWERS.ask(snapshot, self.seasons()))
        self.table_card.ready(said, heading=f"Records by season · {self.name()}")

    def _distribution(self, result: Result) -> None:
        frame = result.frame
        names = [
            f"{formats.number(100 * low)}–{formats.number(100 * high)}"
            for low, high in zip(frame["low"], frame["high"], strict=True)
        ]
        self.bars.feed(names, {"share": 100 * frame["share"].to_numpy()})

    def _records(self, result: Result) -> None:
        rows = []
        for r in result.frame[::-1].to_dict("records"):
            begin = np.array([r["time"]], "datetime64[us]")
            name = bucket_name(begin[0], "season")
            whole = (bucket_end(begin, "season") - begin)[0] / np.timedelta64(1, "h")
            cut = "" if r["hours"] >= 0.98 * whole else f"{formats.percent(r['hours'] / whole, 0)} known"
            cells: list[dict[str, Any]] = [
                {"t": name, "sub": cut} if cut else {"t": name},
                number_cell(100 * r["max"], 1),
            ]
            cells.append(self._when(r["max_time"]))
            cells += [number_cell(100 * r["min"], 1), number_cell(100 * r["penetration"], 1), number_cell(r["hours"])]
            rows.append({"key": name, "cells": cells})
        self.ledger.rows = rows

    def _when(self, moment: Any) -> dict[str, Any]:
        """When a record was, a link to the generation of that day."""
        if pd.isna(moment):
            return {"t": formats.MISSING}
        day = (moment - np.timedelta64(1, "us")).normalize()
        texts = {
            "region": [self.region()],
            "start": [f"{day:%Y-%m-%d}"],
            "end": [f"{day + np.timedelta64(1, 'D'):%Y-%m-%d}"],
        }
        return {"t": formats.stamp(moment), "href": links.region(self.region(), texts), "v": moment.timestamp()}


def by_period(result: Result, name: str) -> dict[str, np.ndarray]:
    """A column of each period, the newest first."""
    found = [
        (str(p), rows[name].to_numpy("float64"))
        for p, rows in result.frame.groupby("period", observed=True, sort=False)
    ]
    return dict(reversed(found))
