"""Price bands and duration curves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.adding_up import adding_up
from components.charts.bars import SegmentBars
from components.charts.curve import CurveChart, CurveData, curve_data
from components.charts.heatmap import shades
from components.charts.palette import Palette
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import LABELS, PriceView, by_region, cell, columns_of
from components.dashboards.shell import Card, figure, row
from components.metrics.prices import BAND_EDGES, band_label
from components.queries.base import Query
from components.queries.prices_bands import PriceBands, PriceDuration
from components.store.snapshot import Snapshot

_ENDS = (-np.inf, *BAND_EDGES, np.inf)
BANDS = tuple(band_label(low, high) for low, high in pairwise(_ENDS))
"""Bands, lowest first."""
STEPS = 500
"""Steps of a duration curve: a fifth of a per cent each."""


def in_dollars(label: str) -> str:
    """A band as pages write it.

    >>> in_dollars("<0"), in_dollars("1000–5000"), in_dollars("≥5000")
    ('< $0', '$1,000–5,000', '≥ $5,000')
    """
    if label[0] in "<≥":
        return f"{label[0]} {formats.dollars(float(label[1:]), 0)}"
    low, high = label.split("–")
    return f"{formats.dollars(float(low), 0)}–{formats.number(float(high))}"


def band_colours(theme: Palette) -> dict[str, str]:
    """Blue below zero, then from pale to dark (light theme) or dark to pale (dark theme): the colours of heat maps."""
    both = shades(-1.0, 1.0, theme.name)
    middle = (len(both) - 1) / 2
    places = (-0.6, 0.22, 0.38, 0.52, 0.68, 0.84, 1.0)
    return {in_dollars(b): both[round(middle + p * middle)] for b, p in zip(BANDS, places, strict=True)}


class Bands(PriceView):
    """How much time prices spend in each band, what each adds to the mean, and the duration curve."""

    slug, label, help = (
        "bands",
        "Bands & duration",
        "Share of time and contribution to the mean by price band; duration",
    )
    by_interval = False
    questions = (PriceBands, PriceDuration)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.time = SegmentBars(theme, title="Share of the time", x_label="Share of the time (%)", unit="% of the time")
        self.money = SegmentBars(
            theme, title="Contribution to the mean", x_label="Contribution to the mean price ($/MWh)",
            unit="$/MWh of the mean price", digits=2,
        )  # fmt: skip
        self.legend = Legend()
        columns = columns_of("Region", "Figure", *((in_dollars(b), "", "Prices of this band") for b in BANDS))
        whole = {"label": "All", "unit": "", "help": "The whole time, and the mean price", "number": True}
        self.ledger = Ledger(columns=[*columns, whole], stacked=True)
        self.curve = CurveChart(
            theme, LABELS, height=400, title="Price duration", y_label="Price ($/MWh)", unit="$/MWh", as_price=True,
            x_label="Share of the time with a higher price (%)",
        )  # fmt: skip
        self.regions = Legend()
        bars = row(
            figure(self.time.figure), figure(self.money.figure), columns="minmax(0,1fr) minmax(0,1fr)", narrow=900
        )
        self.band_card = self.card("Price bands", self.legend, bars, self.ledger)
        self.curve_card = self.card("Price duration", self.regions, figure(self.curve.figure))
        return [self.band_card.view, self.curve_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.time, self.money, self.curve]

    def notes(self) -> Sequence[str]:
        return [
            "A price on the edge of a band belongs to the band above. What bands add to the mean [$/MWh] sums up to the time-weighted "
            "mean price.",
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        return [
            (self.band_card, [("Bands", self.over(window, PriceBands))]),
            (self.curve_card, [("Duration", self.over(window, PriceDuration, steps=STEPS))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        bands = ANSWERS.ask(snapshot, self.over(window, PriceBands))
        if bands.frame.empty:
            self.nothing(snapshot, window)
            return
        colours = band_colours(self.page.theme)
        share, money = by_region(bands, "share"), by_region(bands, "contribution")
        words = list(colours)
        parts = {r: dict(zip(words, share[r] * 100, strict=True)) for r in share}
        added = {r: dict(zip(words, money[r], strict=True)) for r in money}
        self.time.feed({LABELS[r]: p for r, p in parts.items()}, colours, reach=(0.0, 100.0))
        self.money.feed({LABELS[r]: p for r, p in added.items()}, colours)
        self.legend.entries = [{"label": word, "colour": colour} for word, colour in colours.items()]
        self.ledger.rows = [line for r in share for line in self._rows(r, share[r], money[r])]
        duration = self.over(window, PriceDuration, steps=STEPS)
        answer = ANSWERS.ask(snapshot, duration)

        def make() -> CurveData:
            series = by_region(answer, "price")
            return curve_data(np.linspace(0, 1, STEPS + 1), series, as_price=True)

        self.curve.feed(ANSWERS.get(snapshot, ("duration", duration.fingerprint()), make))
        theme = self.page.theme
        self.regions.entries = [{"label": LABELS[r], "colour": theme.regions[r]} for r in self.curve.present]
        span = formats.window(window.start, window.end)
        self.band_card.ready(" · ".join(p for p in (span, self.page.covered(bands)) if p))
        self.curve_card.ready(span)

    def _rows(self, region: str, share: np.ndarray, money: np.ndarray) -> list[dict[str, Any]]:
        """Two lines of a region; what is shown adds up to what is shown of the whole."""
        percent, dollars = adding_up((share * 100).tolist(), 2), adding_up(money.tolist(), 2)
        shares = [
            {"t": f"{formats.number(p, 2)}%", "v": float(v)}
            for p, v in zip([*percent, 100.0], [*share, 1.0], strict=True)
        ]
        sums = [cell(d, money=True) for d in (*dollars, float(money.sum()))]
        return [
            {"key": f"{region}.share", "cells": [self.region_cell(region), {"t": "Share of the time"}, *shares]},
            {"key": f"{region}.mean", "cells": [self.region_cell(region), {"t": "Adds to the mean"}, *sums]},
        ]
