"""Regions as a map with the flows of now and of the window, and the figures of every interconnector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.flow_map import STEPS, FlowMap, LinkFlow, link_flow, undrawn
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.shell import Card, figure, row
from components.dashboards.transmission_view import FLOW, WHICH, LinkView, number_cell, way_of
from components.queries.base import Query
from components.queries.flows import Flows
from components.queries.link_summary import LinkSummary
from components.queries.prices import PriceStats, RegionalPrices
from components.store.snapshot import Snapshot
from components.vocabulary import interconnector

NEWEST: dict[str, Any] = {
    "start": None,
    "end": None,
    "last": "latest",
    "interval": "5m",
    "month": [],
    "hour": [],
    "weekday": [],
}
PRICES_NOW = RegionalPrices(last="latest", interval="5m")
COLUMNS: list[dict[str, Any]] = [
    {"label": "Interconnector", "help": "Its name, and where its forward flow runs"},
    {"label": "Mean flow", "unit": "MW", "number": True, "help": "Mean flow, forward positive"},
    {"label": "Forward", "unit": "GWh", "number": True, "help": "Energy of the forward flow"},
    {"label": "Reverse", "unit": "GWh", "number": True, "help": "Energy of the reverse flow, never netted against the forward one"},
    {"label": "Losses", "unit": "GWh", "number": True, "help": "Losses (MWLOSSES)"},
    {"label": "Utilisation", "unit": "%", "number": True, "help": "Mean of target flow / limit in its direction, where there is such a limit"},
    {"label": "At limit →", "unit": "h", "number": True, "help": "Hours at the forward limit: target flow of at least {at} of it"},
    {"label": "At limit ←", "unit": "h", "number": True, "help": "Hours at the reverse limit: target flow of at least {at} of it"},
    {"label": "Binding", "unit": "h", "number": True, "help": "Hours with a marginal value other than 0"},
    {"label": "Headroom →", "unit": "MW", "number": True, "minor": True, "help": "Mean of export limit − target flow"},
    {"label": "Headroom ←", "unit": "MW", "number": True, "minor": True, "help": "Mean of target flow − import limit"},
    {"label": "Price gap", "unit": "$/MWh", "number": True, "help": "Mean price of the second region less that of the first"},
    {"label": "Value", "unit": "$", "number": True, "help": "Σ flow × price gap × h: approximates the inter-regional settlement residue, before losses"},
]  # fmt: skip
ADDED = ("energy_forward_mwh", "energy_reverse_mwh", "losses_mwh", "value")
"""Figures that add up over interconnectors."""


def mean_flow(figures: Mapping[Any, Any]) -> LinkFlow:
    """The mean flow of a window against the mean limit in its direction; ``used`` is the mean utilisation, either way."""
    link = str(figures["interconnector"])
    known = interconnector(link)
    mw = float(figures["mean_mw"])
    limit = float(figures["export_limit"] if mw >= 0 else -figures["import_limit"])
    names = (known.name, known.region_from, known.region_to) if known else (link, "", "")
    return LinkFlow(link, *names, mw, limit if limit > 0 else float("nan"), float(figures["utilisation"]))


class FlowMaps(LinkView):
    """Two maps and a table."""

    slug, label, help = "map", "Map", "Flows between regions now and over the window; figures of every interconnector"
    questions = (LinkSummary,)
    selects = FLOW
    by_interval = False

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.now, self.mean = FlowMap(theme, title="Flows now"), FlowMap(theme, title="Mean flows")
        self.ledger = Ledger(columns=COLUMNS, stacked=True)
        self.now_card = self.card("Now", figure(self.now.figure))
        self.mean_card = self.card("Over the window", figure(self.mean.figure))
        self.table_card = self.card("Interconnectors", self.ledger)
        pair = row(self.now_card.view, self.mean_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)", narrow=1000)
        return [pair, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.now, self.mean]

    def notes(self) -> Sequence[str]:
        steps = ", ".join(f"{c} = {w}" for c, w in zip(("red", "amber", "blue"), (w for *_, w in STEPS), strict=True))
        return [
            f"Arrows point where power goes and are as wide as its MW; their colour is the share of the limit that is used: {steps}, "
            "grey = no limit in that direction. Now: target flow; over the window: mean flow, mean limit, mean utilisation.",
            "Limits, utilisation and hours at the limit are those of the target flow. The value of a flow is an approximation of the "
            "inter-regional settlement residue: it leaves losses out and uses the flow of a moment, not settled energy.",
        ]

    def newest(self) -> Flows:
        """The chosen interconnectors at the newest interval."""
        return self.page.ask(Flows, **NEWEST, agg="mean")

    def summary(self, snapshot: Snapshot) -> LinkSummary:
        """Their figures over the window."""
        return self.over(self.window(snapshot), LinkSummary)

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        figures = [("Figures by interconnector", self.summary(snapshot))]
        return [
            (self.now_card, [("Flows, newest interval", self.newest())]), (self.mean_card, figures), (self.table_card, figures),
        ]  # fmt: skip

    def mean_prices(self, snapshot: Snapshot) -> PriceStats:
        """Mean prices of all regions over the window."""
        return self.over(self.window(snapshot), PriceStats, region=[])

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.mean_prices(snapshot), PRICES_NOW] if self.selected(snapshot) else []

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        if not self.selected(snapshot):
            self.nothing(snapshot, window)
            return
        self._now(snapshot)
        result = ANSWERS.ask(snapshot, self.summary(snapshot))
        rows = [r for r in result.frame.to_dict("records") if r["hours"] > 0]
        if not rows:
            self.nothing(snapshot, window, [self.mean_card, self.table_card])
            return
        flows = [mean_flow(r) for r in rows]
        prices = ANSWERS.ask(snapshot, self.mean_prices(snapshot)).frame
        means = {str(r): formats.price(float(p)) for r, p in zip(prices["region"], prices["mean"], strict=True)}
        self.mean.feed(flows, means)
        covered = self.page.covered(result)
        self.mean_card.ready(self.spelled(window, f"mean {WHICH[self.flow]}", _others(flows), covered))
        self._table(snapshot, rows)
        at = formats.percent(self.page.ask(LinkSummary).at, 0)
        self.table_card.ready(self.spelled(window, WHICH[self.flow], f"at limit: {at} of it or more", covered))

    def _now(self, snapshot: Snapshot) -> None:
        frame = ANSWERS.ask(snapshot, self.newest()).frame
        flows = []
        for r in frame.to_dict("records"):
            mw = r["mw_target"] if np.isfinite(r["mw_target"]) else r["mw"]
            flows.append(link_flow(str(r["interconnector"]), mw, r["export_limit"], r["import_limit"]))
        if not flows:
            self.now_card.empty("These interconnectors have no flow in the newest interval.")
            return
        prices = ANSWERS.ask(snapshot, PRICES_NOW).frame
        second = {str(r): formats.price(float(p)) for r, p in zip(prices["region"], prices["price"], strict=True)}
        self.now.feed(flows, second)
        stamp = formats.stamp(pd.Timestamp(frame["time"].iloc[-1]))
        self.now_card.ready(" · ".join(w for w in (f"at {stamp}", "target flow of its limit", _others(flows)) if w))

    def _table(self, snapshot: Snapshot, rows: Sequence[Mapping[Any, Any]]) -> None:
        at = formats.percent(self.page.ask(LinkSummary).at, 0)
        self.ledger.columns = [c | {"help": str(c["help"]).format(at=at)} for c in COLUMNS]
        self.ledger.rows = [
            {"key": str(r["interconnector"]), "cells": [
                self.link_cell(snapshot, str(r["interconnector"]), to.interconnector(str(r["interconnector"]), self.page.texts)),
                *_cells(r),
            ]}
            for r in rows
        ]  # fmt: skip
        sums = {
            name: np.nansum([r[name] for r in rows]) for name in ADDED if np.isfinite([r[name] for r in rows]).any()
        }
        blank = dict.fromkeys(rows[0], float("nan"))
        total = [{"t": "All together"}, *_cells(blank | sums)]
        self.ledger.total = [{"key": "total", "cells": [c | {"t": "" if c["t"] == "–" else c["t"]} for c in total]}]


def _cells(r: Mapping[Any, Any]) -> list[dict[str, Any]]:
    back = way_of(str(r["interconnector"]), back=True) if isinstance(r["interconnector"], str) else ""
    return [
        number_cell(r["mean_mw"]),
        number_cell(r["energy_forward_mwh"], 1, scale=1e-3),
        number_cell(r["energy_reverse_mwh"], 1, scale=1e-3) | {"title": back},
        number_cell(r["losses_mwh"], 2, scale=1e-3),
        number_cell(r["utilisation"], 1, scale=100),
        number_cell(r["hours_at_limit_forward"], 1),
        number_cell(r["hours_at_limit_reverse"], 1),
        number_cell(r["hours_binding"], 1),
        number_cell(r["headroom_forward_mw"]),
        number_cell(r["headroom_reverse_mw"]),
        number_cell(r["price_difference"], 2),
        number_cell(r["value"], text=formats.money(r["value"])),
    ]


def _others(flows: Sequence[LinkFlow]) -> str:
    """Interconnectors without a place on the map, in words."""
    listed = [f"{f.name} {formats.power(f.mw)}" for f in undrawn(flows)]
    return f"not on the map: {', '.join(listed)}" if listed else ""


__all__ = ["FlowMaps", "mean_flow"]
