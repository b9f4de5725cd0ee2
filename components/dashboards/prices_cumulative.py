"""The cumulative price against its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.prices_view import LABELS, PriceView, cell, columns_of
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.queries.base import Query
from components.queries.prices_cumulative import CumulativePrice
from components.store.snapshot import Snapshot

THRESHOLD = "NEM"
"""Key of the threshold among the lines: it has the colour of ink."""


class Cumulative(PriceView):
    """Sum of a week's prices, which decides on administered pricing."""

    slug, label, help = "cumulative", "Cumulative price", "Sum of the prices of seven days against its threshold"
    questions = (CumulativePrice,)

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
        self.ledger = Ledger(
            columns=columns_of(
                "Region",
                ("Newest", "$/MWh", "Cumulative price at the end of the window"),
                ("Highest", "$/MWh", "Highest of the window, and when"),
                ("Threshold", "$/MWh", "Cumulative price threshold at the end of the window; – where it is not known"),
                ("Of the threshold", "%", "Newest cumulative price / threshold"),
                ("Highest", "%", "Highest of the window / the threshold of its time"),
            ),
            stacked=True,
        )
        self.time_card = self.card("Cumulative price", figure(self.lines.figure), self.ledger)
        return [self.time_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.lines]

    def notes(self) -> Sequence[str]:
        return [
            "Cumulative price: sum of the 2,016 five-minute prices of seven days (before October 2021 of 336 half-hourly "
            "ones); AEMO's own figure where its files have it. Above the threshold prices are administered. The market as a "
            "whole has none."
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.time_card, [("Cumulative price", self.page.ask(CumulativePrice))])]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.page.ask(CumulativePrice)
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.nothing(snapshot, window, "No cumulative price (it takes a week of prices) is known")
            return

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "price")
            series = column(result, labels, "cumulative", ["region"])
            limits = list(column(result, labels, "threshold", ["region"]).values())
            series[THRESHOLD] = np.fmax.reduce(limits)
            return line_data(edges, series, as_price=False)

        data = ANSWERS.get(snapshot, ("cumulative", query.fingerprint(), window.start, window.end), make)
        self.lines.feed(data, digits=0)
        regions = result.frame.groupby("region", observed=True, sort=False)
        self.ledger.rows = [self._row(str(r), f) for r, f in regions]
        known = result.frame["threshold"].notna()
        told = "" if known.all() else "no threshold is drawn where none is known to this program"
        words = "highest of each " + formats.INTERVAL_LABELS[window.interval] if window.interval != "5m" else ""
        self.time_card.ready(self.page.describe(window, words, told, data.thinned.note, self.page.covered(result)))

    def _row(self, region: str, frame: pd.DataFrame) -> dict[str, Any]:
        known = frame[frame["cumulative"].notna()]
        newest, highest = known.iloc[-1], known.iloc[int(known["cumulative"].to_numpy().argmax())]
        cells = [
            cell(newest["cumulative"], 0),
            cell(highest["cumulative"], 0, sub=formats.stamp(highest["time"])),
            cell(newest["threshold"], 0),
            cell(newest["share"] * 100, 1),
            cell(known["share"].max() * 100, 1),
        ]
        return {"key": region, "cells": [self.region_cell(region), *cells]}
