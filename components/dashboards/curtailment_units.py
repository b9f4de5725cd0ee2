"""The most curtailed units, stations and owners, and one of them over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.category_bars import BarChart, bar_data
from components.charts.stack import StackChart, StackData, stack_data
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.curtailment_view import (
    AGAIN,
    COMMAND,
    FUEL_LABELS,
    LAYERS,
    NOT_READ,
    PROXY,
    CurtailmentView,
    energy_cell,
    share_cell,
    tint,
)
from components.dashboards.parts import Ledger, Legend
from components.dashboards.prices_view import LABELS, cell
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.curtailment import Curtailment
from components.queries.curtailment_pool import DATASET
from components.queries.curtailment_summary import CurtailmentUnits
from components.store import shared
from components.store.snapshot import Snapshot

MOST_BARS, MOST_ROWS = 15, 100
GROUPS = {"duid": "By unit", "station": "By station", "owner": "By owner"}
RANKS = {"energy": "Most energy", "rate": "Highest rate"}
LEFT = {"duid": 92, "station": 190, "owner": 190}
"""Room for the names beside the bars [px]."""
LEAST_GWH = 0.1
"""Ranked by rate, a farm is there from this forecast energy on: a share of next to nothing says nothing [GWh]."""
_NUMBERS: list[dict[str, Any]] = [
    {"label": "Curtailed", "unit": "GWh", "number": True, "help": "Sum of max(0, UIGF − cleared)"},
    {"label": "Rate", "unit": "%", "number": True, "help": "Curtailed / UIGF"},
    {"label": "Economic", "unit": "GWh", "number": True, "help": "Curtailed at a price of $0 or less (a proxy)"},
    {"label": "Network", "unit": "GWh", "number": True, "help": "Curtailed at a price above $0"},
    {"label": "Price", "unit": "$/MWh", "number": True, "help": "Regional price weighted by what was curtailed"},
    {"label": "Hours", "unit": "h", "number": True, "help": "Hours in which more than 0.1 MW was curtailed, added up over units", "minor": True},
    {"label": "Capped", "unit": "h", "number": True, "help": "Hours under a semi-dispatch cap, added up over units", "minor": True},
    {"label": "UIGF", "unit": "GWh", "number": True, "help": "Forecast of what weather and plant would give", "minor": True},
    {"label": "Capacity", "unit": "MW", "number": True, "help": "Registered capacity", "minor": True},
    {"label": "Coverage", "unit": "%", "number": True, "help": "Part of the expected readings that is there", "minor": True},
]  # fmt: skip


class CurtailedUnits(CurtailmentView):
    """A ranking with bars and a table; the one that is picked (else the first) over time."""

    slug, label, help = "units", "Units", "The most curtailed units, stations or owners"
    questions = (CurtailmentUnits, Curtailment)
    choices = {
        "group": Choice("Who is ranked", GROUPS),
        "rank": Choice("Ranked by curtailed energy, or by its share of the forecast", RANKS),
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        parts = {"economic": "economic", "network": "network"}
        self.bars = BarChart(
            theme, title="Most curtailed", value_label="Curtailed (GWh)", unit="GWh", digits=2, names=parts,
            faded=("network",), row=26, left=190,
        )  # fmt: skip
        self.stack = StackChart(theme, height=430, kinds=LAYERS)
        self.stack.figure.name = "Forecast and what became of it"
        self.legend = Legend()
        self.ledger = Ledger(columns=[{"label": "Unit"}, *_NUMBERS], picks=True, on_message=self._picked, stacked=True)
        self.bar_card = self.card("Most curtailed", figure(self.bars.figure))
        self.one_card = self.card("Over time", self.legend, figure(self.stack.figure))
        self.table_card = self.card("Ranking", self.ledger)
        both = row(self.bar_card.view, self.one_card.view, columns="minmax(0, 1fr) minmax(0, 1.2fr)", narrow=1100)
        return [both, self.table_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.bars, self.stack]

    def notes(self) -> Sequence[str]:
        return [
            "Forecast (UIGF), target and semi-dispatch cap of each unit: AEMO's DISPATCHLOAD and next-day dispatch reports, which come "
            "once a day; AEMO publishes the forecast of single units since 2024.",
            PROXY,
        ]

    # -- the questions -------------------------------------------------------------------------------

    @property
    def word(self) -> str:
        """What is ranked: ``duid``, ``station`` or ``owner``."""
        return self.page.chosen("group")

    def ranking(self, window: Window) -> CurtailmentUnits:
        """Everybody, the most curtailed first."""
        return self.over(window, CurtailmentUnits, by=self.word, fuel=self.fuels, duid=[], station=[], owner=[])

    def one(self, window: Window, key: str, fuel: str) -> Curtailment:
        """One of them over time."""
        by = "duid" if self.word == "duid" else "station"
        own: dict[str, Any] = {"duid": [], "station": [], "owner": []} | {self.word: [key]}
        return self.over(window, Curtailment, by=by, interval=window.interval, agg="mean", fuel=[fuel], **own)

    def parts(self, window: Window, frame: pd.DataFrame, key: str) -> dict[str, Curtailment]:
        """What is drawn of one of them, by fuel: a unit has one, an owner may have both."""
        mine = frame[frame[self.word].astype(str) == key].iloc[0]
        known = [f for f in self.fuels if f == str(mine.get("fuel", f))]
        return {fuel: self.one(window, key, fuel) for fuel in known}

    def ranked(self, snapshot: Snapshot, window: Window) -> pd.DataFrame:
        """The table's rows in the order that is chosen."""
        frame = ANSWERS.ask(snapshot, self.ranking(window)).frame
        if self.page.chosen("rank") == "rate":
            frame = frame[frame["uigf_mwh"] >= LEAST_GWH * 1e3].sort_values("rate", ascending=False, kind="stable")
        return frame

    def key_of(self, frame: pd.DataFrame) -> str:
        """Who is drawn over time: the one in the address, else the first."""
        names = frame[self.word].astype(str)
        asked = getattr(self.page.ask(Curtailment), self.word)
        return asked[0] if asked and (names == asked[0]).any() else str(names.iloc[0])

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        ranking = ("Ranking", self.ranking(window))
        if not snapshot.keys(DATASET):
            return []
        frame = self.ranked(snapshot, window)
        parts = self.parts(window, frame, self.key_of(frame)) if len(frame) else {}
        drawn = [(f"{FUEL_LABELS[fuel]} over time", query) for fuel, query in parts.items()]
        return [(self.bar_card, [ranking]), (self.one_card, drawn), (self.table_card, [ranking])]

    def asks_first(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.ranking(self.window(snapshot))] if snapshot.keys(DATASET) else []

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        if not snapshot.keys(DATASET):
            self.bar_card.empty(NOT_READ, commands=[AGAIN if snapshot.is_demo else COMMAND])
            for card in (self.one_card, self.table_card):
                card.hide()
            return
        result = ANSWERS.ask(snapshot, self.ranking(window))
        frame = self.ranked(snapshot, window)
        if frame.empty:
            reason = f"No forecast of a unit is known for {self.name()} in {formats.window(window.start, window.end)}."
            for card in self.cards:
                card.empty(reason, actions=self.page.nearest_window(snapshot, DATASET, window))
            return
        key = self.key_of(frame)
        self._bars(frame)
        columns = [{"label": GROUPS[self.word].removeprefix("By ").capitalize()}, *_NUMBERS]
        shown = frame.head(MOST_ROWS)
        self.ledger.param.update(
            columns=columns, rows=[self._row(r, key) for r in shown.to_dict("records")],
            caption="" if len(shown) == len(frame) else f"The first {MOST_ROWS} of {len(frame)}; all are in the Data menu.",
        )  # fmt: skip
        span, covered = formats.window(window.start, window.end), self.page.covered(result)
        words = [w for w in (span, covered) if w]
        heading = f"{RANKS[self.page.chosen('rank')]} · {self.name()}"
        self.bar_card.ready(" · ".join([*words, "paler: network"]), heading=heading)
        self.table_card.ready(
            " · ".join([*words, "click a row for its course above"]), heading=f"Ranking · {self.name()}"
        )
        self._one(snapshot, window, frame, key)

    def _bars(self, frame: pd.DataFrame) -> None:
        shown = frame.head(MOST_BARS)
        by_rate = self.page.chosen("rank") == "rate"
        values: dict[str, dict[str, float]] = {}
        fuels: dict[str, str] = {}
        for r in shown.to_dict("records"):
            name = short(str(r[self.word]))
            factor = 100 / r["uigf_mwh"] if by_rate else 1e-3
            values[name] = {part: r[f"{part}_mwh"] * factor for part in ("economic", "network")}
            fuels[name] = str(r.get("fuel", self.fuels[0] if len(self.fuels) == 1 else ""))
        self.bars.by_category = fuels
        if by_rate:
            self.bars.relabel("Curtailed (% of forecast)", "% of forecast", 1)
        else:
            self.bars.relabel("Curtailed (GWh)", "GWh", 2)
        self.bars.figure.min_border_left = LEFT[self.word]
        self.bars.feed(bar_data(values, ["economic", "network"]))

    def _row(self, r: dict[Any, Any], key: str) -> dict[str, Any]:
        own = str(r[self.word])
        href = links.BY[self.word](own, self.page.texts)
        sub = " · ".join(
            [
                *([str(r["station"])] if self.word == "duid" else []),
                *([LABELS.get(str(r["region"]), "")] if "region" in r else []),
            ]
        )
        name = {"t": own, "href": href, "colour": self.page.theme.fuels.get(str(r.get("fuel", "")))} | (
            {"sub": sub} if sub else {}
        )
        cells = [
            name, energy_cell(r["curtailed_mwh"], 2), share_cell(r["rate"]), energy_cell(r["economic_mwh"], 2),
            energy_cell(r["network_mwh"], 2), cell(r["price"], money=True), cell(r["curtailed_hours"], 0),
            cell(r["capped_hours"], 0), energy_cell(r["uigf_mwh"], 1), cell(r["capacity_mw"], 0), share_cell(r["coverage"]),
        ]  # fmt: skip
        return {"key": own, "cells": cells, "chosen": own == key}

    def _one(self, snapshot: Snapshot, window: Window, frame: pd.DataFrame, key: str) -> None:
        parts = self.parts(window, frame, key)
        answers = {fuel: ANSWERS.ask(snapshot, query) for fuel, query in parts.items()}
        answers = {fuel: answer for fuel, answer in answers.items() if not answer.frame.empty}
        if not answers:
            self.one_card.empty(f"No forecast of {key} is known as wind or solar here.")
            return
        mine = frame[frame[self.word].astype(str) == key].iloc[0]
        name = ("curtailed unit", *(query.fingerprint() for query in parts.values()))
        data = ANSWERS.get(snapshot, name, lambda: self._stack(snapshot, answers))
        self.stack.feed(data)
        theme = self.page.theme
        self.legend.entries = [{"label": LAYERS[n].label, "colour": tint(n, theme)} for n in data.present]
        told = f"{formats.energy(mine['curtailed_mwh'])}, {formats.percent(mine['rate'])} of its forecast"
        self.one_card.ready(self.page.describe(window, told, data.thinned.note), heading=f"{key} over time")

    def _stack(self, snapshot: Snapshot, answers: dict[str, Result]) -> StackData:
        """One of them in layers, on the steps of the answer that reaches farthest."""
        labels, edges = max((steps_of(a, snapshot, DATASET) for a in answers.values()), key=lambda steps: len(steps[0]))
        series: dict[str, np.ndarray] = {
            f"{part}_{fuel}": next(iter(column(answer, labels, part, [], add=True).values()))
            for part in ("cleared", "economic", "network")
            for fuel, answer in answers.items()
        }
        return stack_data(edges, series, layers=LAYERS)

    def _picked(self, message: dict[str, Any]) -> None:
        """A row was clicked. Anything may come from a browser."""
        key, snapshot = message.get("row"), shared.current()
        frame = ANSWERS.ask(snapshot, self.ranking(self.window(snapshot))).frame
        if not isinstance(key, str) or not (frame[self.word].astype(str) == key).any():
            return
        others: dict[str, Any] = {w: [] for w in GROUPS if w != self.word}
        self.page.change(**(others | {self.word: [key]}))


def short(name: str, most: int = 26) -> str:
    """A name that fits beside a bar.

    >>> short("Western Downs Green Power Hub", 20)
    'Western Downs Green…'
    """
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


__all__ = ["CurtailedUnits", "short"]
