"""The price difference between two regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.bars import SegmentBars
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.prices_view import AGG, LABELS, PriceView, cell
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.queries.base import Query
from components.queries.prices_spread import PriceSpread, PriceSpreadBands, PriceSpreadStats
from components.store.snapshot import Snapshot


def in_dollars(low: float, high: float) -> str:
    """A band of differences as pages write it; an open end is NaN.

    >>> in_dollars(float("nan"), -1000.0), in_dollars(-30.0, -10.0), in_dollars(1000.0, float("nan"))
    ('< −$1,000', '−$30 to −$10', '≥ $1,000')
    """
    if np.isnan(low):
        return f"< {formats.dollars(high, 0)}"
    if np.isnan(high):
        return f"≥ {formats.dollars(low, 0)}"
    return f"{formats.dollars(low, 0)} to {formats.dollars(high, 0)}"


class Spread(PriceView):
    """Price of one region less that of another."""

    slug, label, help = "spread", "Spread", "Price difference between two regions"
    questions = (PriceSpread, PriceSpreadStats, PriceSpreadBands)
    selects = {
        "a": dict(LABELS),
        "b": {r: f"less {word}" for r, word in LABELS.items()},
        "agg": AGG,
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.lines = LineChart(
            theme, {"spread": "Difference"}, height=400, title="Price difference", y_label="Price difference ($/MWh)",
            as_price=True, spread=True,
        )  # fmt: skip
        self.bars = SegmentBars(
            theme, title="Distribution", x_label="Share of the time (%)", unit="% of the time", row_height=26, left=110
        )
        self.ledger = Ledger(
            columns=[{"label": "Figure"}, {"label": "Value", "number": True}, {"label": "Unit", "minor": True}]
        )
        self.time_card = self.card("Price difference", figure(self.lines.figure))
        self.bars_card = self.card("Distribution", figure(self.bars.figure))
        self.stats_card = self.card("Statistics", self.ledger)
        below = row(self.stats_card.view, self.bars_card.view, columns="minmax(0,2fr) minmax(0,3fr)")
        return [self.time_card.view, below]

    def charts(self) -> Sequence[Any]:
        return [self.lines, self.bars]

    def notes(self) -> Sequence[str]:
        return [
            "Differences are taken interval by interval, before any averaging. The two regions are chosen beside the interval; the "
            "regions above them make no difference here. NEM is the demand-weighted price."
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        return [
            (self.time_card, [("Difference", self.page.ask(PriceSpread))]),
            (self.bars_card, [("Distribution", self.over(window, PriceSpreadBands))]),
            (self.stats_card, [("Statistics", self.over(window, PriceSpreadStats))]),
        ]

    def band(self, snapshot: Snapshot) -> list[PriceSpread]:
        """Lowest and highest difference within each interval, behind the mean."""
        query = self.page.ask(PriceSpread)
        behind = query.agg == "mean" and self.window(snapshot).interval != "5m"
        return [self.page.ask(PriceSpread, agg=agg) for agg in ("min", "max")] if behind else []

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return self.band(snapshot)

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.page.ask(PriceSpread)
        result = ANSWERS.ask(snapshot, query)
        a, b = LABELS[query.a], LABELS[query.b]
        if result.frame.empty:
            self.nothing(snapshot, window, f"{a} and {b} have no prices in common")
            return
        behind = self.band(snapshot)

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "price")

            def line(asked: PriceSpread) -> dict[str, np.ndarray]:
                return {"spread": column(ANSWERS.ask(snapshot, asked), labels, "spread")[""]}

            more = dict(zip(("lowest", "highest"), map(line, behind), strict=False))
            return line_data(edges, line(query), as_price=True, **more)

        data = ANSWERS.get(snapshot, ("spread", query.fingerprint(), window.start, window.end), make)
        self.lines.feed(data)
        step = formats.INTERVAL_LABELS[window.interval]
        said = f"line: mean; band: lowest to highest within each {step}" if behind else ""
        same = "choose two different regions" if a == b else ""
        self.time_card.ready(
            self.page.describe(window, said, same, data.thinned.note, self.page.covered(result)),
            heading=f"Price difference: {a} less {b}",
        )
        bands = ANSWERS.ask(snapshot, self.over(window, PriceSpreadBands)).frame
        theme = self.page.theme
        colours = {
            f"{a} dearer": self._colour(query.a),
            f"{b} dearer": self._colour(query.b),
            "about the same": theme.muted,
        }
        rows = {}
        for low, high, share in zip(bands["low"], bands["high"], bands["share"], strict=True):
            which = f"{a} dearer" if low >= 1 else f"{b} dearer" if high <= -1 else "about the same"
            rows[in_dollars(low, high)] = {which: share * 100}
        self.bars.feed(dict(reversed(rows.items())), colours)
        self.bars_card.ready(
            f"{a} less {b} · {formats.window(window.start, window.end)} · time in each band of differences"
        )
        stats = ANSWERS.ask(snapshot, self.over(window, PriceSpreadStats)).frame.iloc[0]
        self.ledger.rows = self._rows(stats, a, b)
        self.stats_card.ready("from native prices, whatever the interval above")

    def _colour(self, region: str) -> str:
        return self.page.theme.regions[region]

    @staticmethod
    def _rows(stats: pd.Series, a: str, b: str) -> list[dict[str, Any]]:
        def when(name: str) -> str:
            return formats.stamp(stats[f"{name}_time"])

        lines = [
            (f"Mean of {a} less {b}", cell(stats["mean"]), "$/MWh"),
            ("Mean of absolute differences", cell(stats["mean_abs"]), "$/MWh"),
            ("Median", cell(stats["median"]), "$/MWh"),
            ("5th percentile", cell(stats["p5"]), "$/MWh"),
            ("95th percentile", cell(stats["p95"]), "$/MWh"),
            ("Lowest", cell(stats["min"], sub=when("min")), "$/MWh"),
            ("Highest", cell(stats["max"], sub=when("max")), "$/MWh"),
            (f"{a} dearer", cell(stats["hours_above"], 1), "hours"),
            (f"{b} dearer", cell(stats["hours_below"], 1), "hours"),
            ("Same price", cell(stats["hours_equal"], 1), "hours"),
            ("Correlation of both prices", cell(stats["correlation"]), ""),
        ]
        return [{"key": name, "cells": [{"t": name}, value, {"t": unit}]} for name, value, unit in lines]
