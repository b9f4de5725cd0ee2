"""The flow that each interconnector exceeded for each share of the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.curve import curve_data
from components.charts.named import KEYS, MOST, NamedCurves
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.shell import Card, figure
from components.dashboards.stations_duration import SHARES, STEPS, at_shares
from components.dashboards.transmission_view import FLOW, WHICH, LinkView, name_of, number_cell, place_of
from components.queries.base import Query
from components.queries.link_duration import LinkDuration
from components.store.snapshot import Snapshot


class FlowDuration(LinkView):
    """Duration curves of the chosen interconnectors."""

    slug, label, help = "duration", "Duration", "Flow exceeded for each share of the time"
    questions = (LinkDuration,)
    selects = FLOW
    by_interval = False

    def build(self) -> Sequence[Any]:
        self.curves = NamedCurves(
            self.page.theme, height=420, title="Flow duration", y_label="Flow (MW), forward above zero"
        )
        columns: list[dict[str, Any]] = [{"label": "Exceeded for", "help": "Share of the time that was read"}]
        columns += [{"label": formats.percent(s, 0), "unit": "MW", "number": True} for s in SHARES]
        self.ledger = Ledger(columns=columns, stacked=True)
        self.chart_card = self.card("Flow duration", figure(self.curves.figure))
        self.table_card = self.card("Flow exceeded", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.curves]

    def notes(self) -> Sequence[str]:
        return ["Duration curves are of the 5-minute intervals that were read: what is missing is in none of them."]

    def asked(self, snapshot: Snapshot) -> LinkDuration:
        """The curves."""
        return self.over(self.window(snapshot), LinkDuration, steps=STEPS)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(card, [("Flow duration", self.asked(snapshot))]) for card in self.cards]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        result = ANSWERS.ask(snapshot, self.asked(snapshot))
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        found = {
            str(link): rows["mw"].to_numpy()
            for link, rows in result.frame.groupby("interconnector", observed=True, sort=False)
        }
        drawn = {link: mw for link, mw in found.items() if place_of(snapshot, link) < MOST}
        shares = np.linspace(0, 1, STEPS + 1)
        data = curve_data(shares, {KEYS[place_of(snapshot, link)]: mw for link, mw in drawn.items()}, as_price=False)
        self.curves.show(data, [name_of(link) for link in snapshot.keys("flow")[:MOST]])
        self.ledger.rows = [
            {"key": link, "cells": [
                self.link_cell(snapshot, link, to.interconnector(link, self.page.texts)),
                *(number_cell(v) for v in at_shares(shares, mw)),
            ]}
            for link, mw in found.items()
        ]  # fmt: skip
        left_out = f"{len(found) - len(drawn)} in the table alone" if len(found) > len(drawn) else ""
        said = self.spelled(window, WHICH[self.flow], left_out, self.page.covered(result))
        self.chart_card.ready(said)
        self.table_card.ready("flow exceeded for this share of the time, reverse below zero")


__all__ = ["FlowDuration"]
