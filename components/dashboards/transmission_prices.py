"""Price difference of an interconnector's two regions against its flow, and what it is while the interconnector is full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.flow_prices import DotData, FlowPriceChart, dot_data
from components.charts.named import MOST
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.transmission_view import FLOW, WHICH, LinkView, name_of, number_cell, place_of, way_of
from components.metrics.links import STATES
from components.queries.base import Query, Result
from components.queries.link_prices import LinkPrices
from components.queries.link_summary import LinkCongestion
from components.store.snapshot import Snapshot

COLUMNS: list[dict[str, Any]] = [
    {"label": "Interconnector"},
    {"label": "While it is", "help": "At its limit: target flow of at least {at} of the limit in its direction"},
    {"label": "Time", "unit": "h", "number": True, "help": "Hours with a flow and both prices"},
    {"label": "Share", "unit": "%", "number": True, "help": "Of these hours of the interconnector"},
    {"label": "Mean flow", "unit": "MW", "number": True, "help": "Forward positive"},
    {"label": "Price gap", "unit": "$/MWh", "number": True, "help": "Mean price of the second region less that of the first"},
    {"label": "Lowest", "unit": "$/MWh", "number": True, "minor": True},
    {"label": "Highest", "unit": "$/MWh", "number": True, "minor": True},
    {"label": "Value", "unit": "$", "number": True, "help": "Σ flow × price gap × h: approximates the inter-regional settlement residue, before losses"},
]  # fmt: skip


def state_words(state: str, link: str) -> str:
    """A state in words.

    >>> state_words("forward", "V-SA"), state_words("no_limit", "V-SA")
    ('at its limit, VIC → SA', 'without a limit in its direction')
    """
    way = {"forward": way_of(link), "reverse": way_of(link, back=True)}.get(state, "")
    full = f"at its limit, {way if '→' in way else state}"
    return {"below": "below its limit", "no_limit": "without a limit in its direction"}.get(state, full)


class FlowPrices(LinkView):
    """A dot for each step, and a table of the price difference by how full each interconnector is."""

    slug, label, help = (
        "prices",
        "Price difference",
        "Price difference of the two regions against the flow between them",
    )
    questions = (LinkPrices, LinkCongestion)
    selects = FLOW

    def build(self) -> Sequence[Any]:
        self.dots = FlowPriceChart(self.page.theme, height=460, title="Price difference against flow")
        self.ledger = Ledger(columns=COLUMNS, stacked=True)
        self.chart_card = self.card("Price difference against flow", figure(self.dots.figure))
        self.table_card = self.card("Price difference by how full an interconnector is", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.dots]

    def notes(self) -> Sequence[str]:
        return [
            "Price difference: the second region's price less the first's, so that above zero it pays to flow forward. Dots above right "
            "and below left of the zero lines earn; the others are counter-price flows, from the dearer region to the cheaper one.",
            "Price axis: linear near zero, logarithmic beyond ±$30; hover gives exact values. The table counts every 5-minute interval, "
            "whatever the interval of the dots.",
        ]

    def asked(self) -> LinkPrices:
        """Flow and price difference at the page's interval."""
        return self.page.ask(LinkPrices)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (self.chart_card, [("Flow and price difference", self.asked())]),
            (self.table_card, [("Price difference by state", self.over(self.window(snapshot), LinkCongestion))]),
        ]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.asked()
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if not np.isfinite(result.frame["price_difference"].to_numpy("float64")).any():
            self.nothing(snapshot, window)
            if self.selected(snapshot) and snapshot.first("flow") is not None:
                span = formats.window(window.start, window.end)
                self.chart_card.empty(f"No prices of the regions of these interconnectors are known in {span}.")
            return
        key = ("flow prices", query.fingerprint(), window.start, window.end, window.interval)
        data: DotData = ANSWERS.get(snapshot, key, lambda: self._dots(snapshot, result))
        self.dots.feed(data, [name_of(link) for link in snapshot.keys("flow")[:MOST]])
        one = self.selected(snapshot)
        heading = "Price difference against flow"
        if len(one) == 1:
            heading += f" · {name_of(one[0])}: {way_of(one[0])} to the right"
        covered = self.page.covered(result)
        self.chart_card.ready(self.page.describe(window, WHICH[self.flow], data.note, covered), heading=heading)
        congestion = self.over(window, LinkCongestion)
        frame = ANSWERS.ask(snapshot, congestion).frame
        at = formats.percent(congestion.at, 0)
        self.ledger.columns = [c | ({"help": str(c["help"]).format(at=at)} if "help" in c else {}) for c in COLUMNS]
        self.ledger.rows = self._rows(snapshot, frame.to_dict("records"))
        self.table_card.ready(self.spelled(window, "every 5-minute interval", f"at its limit: {at} of it or more"))

    def _dots(self, snapshot: Snapshot, result: Result) -> DotData:
        labels, edges = steps_of(result, snapshot, "flow")
        flow, gap = (column(result, labels, name, ["interconnector"]) for name in ("mw", "price_difference"))
        places = {link: place_of(snapshot, link) for link in flow}
        shown = [link for link, place in places.items() if place < MOST]
        return dot_data(edges, {places[n]: flow[n] for n in shown}, {places[n]: gap[n] for n in shown})

    def _rows(self, snapshot: Snapshot, figures: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
        hours: dict[str, float] = {}
        for r in figures:
            hours[str(r["interconnector"])] = hours.get(str(r["interconnector"]), 0.0) + r["hours"]
        out = []
        for r in figures:
            link, state = str(r["interconnector"]), str(r["state"])
            if not r["hours"] > 0:
                continue
            cells = [
                self.link_cell(snapshot, link), {"t": state_words(state, link), "v": STATES.index(state)},
                number_cell(r["hours"], 1), number_cell(r["hours"] / hours[link], 1, scale=100), number_cell(r["mean_mw"]),
                *(number_cell(r[name], 2) for name in ("price_difference", "min", "max")),
                number_cell(r["value"], text=formats.money(r["value"])),
            ]  # fmt: skip
            out.append({"key": f"{link} {state}", "cells": cells})
        return out


__all__ = ["FlowPrices", "state_words"]
