"""Batteries ranked by any of their figures: bars of the first ones, and the table of all that is their legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.category_bars import BarChart, BarData, bar_data
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_view import GROUPS, WORDS, BatteryView, Links
from components.dashboards.batteries_words import COLUMNS, RANKED, cells, told
from components.dashboards.parts import Ledger
from components.dashboards.revenue_words import label
from components.dashboards.shell import figure
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.batteries import Batteries
from components.queries.units import unit_table
from components.store.snapshot import Snapshot

MOST_BARS = 16
LONGEST = 24
"""Letters of a name beside its bar; the table has all of it."""


class RankingView(BatteryView):
    """Who is first, by what, and everybody's figures."""

    slug = "ranking"
    label = "Ranking"
    help = "Batteries by revenue for their size, spread, cycles or any other figure"
    questions = (Batteries,)
    by_interval = False
    choices = {
        "group": Choice("What is ranked", GROUPS),
        "rank": Choice("What they are ranked by", {c: f"By {r.name}" for c, r in RANKED.items()}),
        "order": Choice("Which end comes first", {"highest": "Highest first", "lowest": "Lowest first"}),
    }  # fmt: skip

    def build(self) -> Sequence[Any]:
        self.bars = BarChart(
            self.page.theme, title="Ranking", value_label="", unit="", names={"value": "Value"},
            colours={"value": "battery"}, row=22, left=178,
        )  # fmt: skip
        self.ledger = Ledger(picks=True, on_message=self._picked, stacked=True)
        self.chart_card = self.card("Ranking", figure(self.bars.figure))
        self.table_card = self.card("Figures", self.ledger)
        return [self.chart_card.view, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.bars]

    def notes(self) -> Sequence[str]:
        return [
            "Bars and names have the colour of the region. A click on a row looks at that battery alone in every view; shift adds one.",
            "$ a year: over the days of the window with a reading and a price, times 365; a short window says little about a year.",
        ]

    @property
    def group(self) -> str:
        """What is ranked: a column of the registry."""
        return self.page.chosen("group")

    def asked(self, window: Window) -> Batteries:
        """Everybody's figures, whoever is looked at alone."""
        free: dict[str, Any] = {"station": [], "duid": []} | ({"owner": []} if self.group == "owner" else {})
        return self.over(window, Batteries, by=[self.group], **free)

    def links(self, snapshot: Snapshot) -> Links:
        asked = [(f"Figures of {GROUPS[self.group].lower()}", self.asked(self.window(snapshot)))]
        return [(self.chart_card, asked), (self.table_card, asked)]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        result = ANSWERS.ask(snapshot, self.asked(window))
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        column = self.page.chosen("rank")
        rows = self._ordered(result.frame.to_dict("records"), column)
        regions = self._regions(snapshot)
        data, colours = self._bars(rows, column, regions)
        ranked = RANKED[column]
        self.bars.names["value"] = ranked.figure.label
        self.bars.by_category = colours
        self.bars.relabel(ranked.unit, ranked.unit, ranked.digits)
        self.bars.feed(data)
        shown = len(data.categories)
        words = [formats.window(window.start, window.end), self.page.covered(result)]
        count = f"{shown} of {len(rows)}" if shown < len(rows) else str(shown)
        heading = f"{GROUPS[self.group]} by {ranked.name}"
        if shown:
            self.chart_card.ready(" · ".join(w for w in (*words, count) if w), heading=heading)
        else:
            self.emptied(self.chart_card, self._unknown(column))
        self._table(rows, regions)
        self.table_card.ready(f"{len(rows)} · a column's head sorts")

    @staticmethod
    def _unknown(column: str) -> str:
        if column == "round_trip":
            return "A round trip says little before ten times the storage was charged: choose a longer window."
        return f"{RANKED[column].figure.label} is not known of any of them here."

    def _ordered(self, rows: Sequence[Mapping[Any, Any]], column: str) -> list[dict[Any, Any]]:
        sign = 1 if self.page.chosen("order") == "lowest" else -1
        shown = [told(r) for r in rows]
        return sorted(shown, key=lambda r: (not np.isfinite(r[column]), sign * np.nan_to_num(r[column])))

    def _regions(self, snapshot: Snapshot) -> dict[str, str]:
        """Region of each group that lies in one."""
        table = unit_table(snapshot)
        found: dict[str, set[str]] = {}
        for name, region in zip(getattr(table, self.group), table.region, strict=True):
            found.setdefault(str(name), set()).add(str(region))
        return {name: next(iter(places)) for name, places in found.items() if len(places) == 1}

    def _bars(
        self, rows: Sequence[Mapping[Any, Any]], column: str, regions: Mapping[str, str]
    ) -> tuple[BarData, dict[str, str]]:
        factor = RANKED[column].factor
        values: dict[str, dict[str, float]] = {}
        colours: dict[str, str] = {}
        for row in rows:
            if len(values) == MOST_BARS or not np.isfinite(row[column]):
                break
            name = label(self.group, str(row[self.group])) or "Unknown"
            short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
            while short in values:
                short += " "
            values[short] = {"value": float(row[column]) * factor}
            colours[short] = regions.get(str(row[self.group]), "")
        return bar_data(values, ["value"], grouped=True), colours

    def _table(self, rows: Sequence[Mapping[Any, Any]], regions: Mapping[str, str]) -> None:
        chosen = list(self.page.ask_region()) if self.group == "region" else self.page.texts.get(self.group, [])
        texts = {k: v for k, v in self.page.texts.items() if k != "region"}
        self.ledger.columns = [{"label": WORDS[self.group]}, *(f.head for f in COLUMNS)]
        self.ledger.rows = [
            {
                "key": (name := str(row[self.group])),
                "cells": [
                    {
                        "t": label(self.group, name) or "Unknown",
                        "colour": self.page.theme.regions.get(regions.get(name, ""), ""),
                        "href": self._href(name, texts),
                    },
                    *cells(row),
                ],
                "chosen": name in chosen,
                "dim": bool(chosen) and name not in chosen,
            }
            for row in rows
        ]

    def _href(self, name: str, texts: to.Texts) -> str | None:
        if not name:
            return None
        if self.group in ("station", "duid"):
            return to.of(self.group, name, texts)
        return to.batteries({self.group: name}, texts)

    def _picked(self, message: Mapping[str, Any]) -> None:
        """A row was clicked. Anything may come from a browser: what is not understood is ignored."""
        name = str(message.get("row", ""))[:250]
        if name and name in {r["key"] for r in self.ledger.rows}:
            self.page.pick(self.group, name, add=bool(message.get("add")))
        else:
            self.page.bar.tell()
