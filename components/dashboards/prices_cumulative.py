"""The cumulative price against its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import LABELS, PriceView, cell, columns_of, duration_words, event_link
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.market_limits import administered_cap
from components.market_time import Window
from components.queries.base import Query
from components.queries.prices_cumulative import CumulativePrice
from components.queries.prices_events import MarketInterventions
from components.store.snapshot import Snapshot

MOST_ROWS = 200
THRESHOLD = "NEM"
"""Key of the threshold among the lines: it has the colour of ink."""


class Cumulative(PriceView):
    """Sum of a week's prices, which decides on administered pricing."""

    slug, label, help = (
        "cumulative",
        "Cumulative price",
        "Sum of the prices of seven days against its threshold; administered prices, suspensions",
    )
    questions = (CumulativePrice, MarketInterventions)

    def build(self) -> Sequence[Any]:
        keys = {**LABELS, THRESHOLD: "Threshold"}
        self.lines = LineChart(
            self.page.theme,
            keys,
            height=400,
            title="Cumulative price",
            y_label="Cumulative price ($/MWh)",
            unit="$/MWh",
        )
        self.legend = Legend()
        self.ledger = Ledger(
            columns=columns_of(
                "Region",
                ("Newest", "$/MWh", "Cumulative price at the end of the window"),
                ("Highest", "$/MWh", "Highest of the window, and when"),
                ("Threshold", "$/MWh", "Cumulative price threshold at the end of the window; – where it is not known"),
                ("Newest of it", "%", "Newest cumulative price / threshold"),
                ("Highest of it", "%", "Highest of the window / the threshold of its time"),
                ("Administered cap", "$/MWh", "What prices would be held down to; – where it is not known"),
            ),
            stacked=True,
        )
        self.flags = Ledger(
            columns=[{"label": "Start"}, {"label": "Region"}, {"label": "What"}, *columns_of(
                ("Length", "", "From the first interval to the last"), ("Mean", "$/MWh", "Mean price meanwhile"),
                ("Highest", "$/MWh", "Highest price meanwhile"),
            )],
            stacked=True,
        )  # fmt: skip
        self.time_card = self.card("Cumulative price", self.legend, figure(self.lines.figure), self.ledger)
        self.flags_card = self.card("Administered prices and market suspensions", self.flags)
        return [self.time_card.view, self.flags_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "Cumulative price: sum of the 2,016 five-minute prices of seven days (before October 2021 of 336 half-hourly "
            "ones); AEMO's own figure where its files have it. Above the threshold prices are administered. The market as a "
            "whole has none."
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        flags = self.over(self.window(snapshot), MarketInterventions)
        asked = [("Cumulative price", self.page.ask(CumulativePrice))]
        return [(self.time_card, asked), (self.flags_card, [("Interventions", flags)])]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.page.ask(CumulativePrice)
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        self._flags(snapshot, window)
        if result.frame.empty:
            self.nothing(
                snapshot, window, "No cumulative price (it takes a week of prices) is known", cards=[self.time_card]
            )
            return

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "price")
            series = column(result, labels, "cumulative", ["region"])
            limits = list(column(result, labels, "threshold", ["region"]).values())
            series[THRESHOLD] = np.fmax.reduce(limits)
            return line_data(edges, series, as_price=False)

        data = ANSWERS.get(snapshot, ("cumulative", query.fingerprint(), window.start, window.end), make)
        self.lines.feed(data, digits=0)
        theme, words = self.page.theme, {**LABELS, THRESHOLD: "Threshold"}
        self.legend.entries = [{"label": words[k], "colour": theme.regions[k]} for k in data.present]
        regions = result.frame.groupby("region", observed=True, sort=False)
        end = result.frame["time"].to_numpy("datetime64[us]")[-1:]
        cap = float(administered_cap(end)[0])
        self.ledger.rows = [self._row(str(r), f, cap) for r, f in regions]
        known = result.frame["threshold"].notna()
        told = "" if known.all() else "no threshold where this program knows none"
        each = "highest of each " + formats.INTERVAL_LABELS[window.interval] if window.interval != "5m" else ""
        self.time_card.ready(self.page.describe(window, each, told, data.thinned.note, self.page.covered(result)))

    def _flags(self, snapshot: Snapshot, window: Window) -> None:
        """Times in which AEMO stepped in, where the data says so."""
        span = formats.window(window.start, window.end)
        found = ANSWERS.ask(snapshot, self.over(window, MarketInterventions))
        if snapshot.first("price") is None:
            self.flags_card.hide()
            return
        if not found.present:
            self.flags_card.empty(f"The files of {span} do not say; AEMO's dispatch files do.")
            return
        if found.frame.empty:
            self.flags_card.empty(f"None in {span}.")
            return
        self.flags.rows = [
            {"key": str(i), "cells": [
                event_link("prices", r, formats.stamp(r["start"])), self.region_cell(str(r["region"])),
                {"t": "Administered price" if r["kind"] == "administered" else "Market suspended"},
                {"t": duration_words(r["hours"]), "v": r["hours"]}, cell(r["mean"]), cell(r["peak"]),
            ]}
            for i, r in enumerate(found.frame.iloc[::-1].head(MOST_ROWS).to_dict("records"))
        ]  # fmt: skip
        self.flags_card.ready(span)

    def _row(self, region: str, frame: pd.DataFrame, cap: float) -> dict[str, Any]:
        known = frame[frame["cumulative"].notna()]
        newest, highest = known.iloc[-1], known.iloc[int(known["cumulative"].to_numpy().argmax())]
        cells = [
            cell(newest["cumulative"], 0),
            cell(highest["cumulative"], 0, sub=formats.stamp(highest["time"])),
            cell(newest["threshold"], 0),
            cell(newest["share"] * 100, 1),
            cell(known["share"].max() * 100, 1),
            cell(cap, 0),
        ]
        return {"key": region, "cells": [self.region_cell(region), *cells]}
