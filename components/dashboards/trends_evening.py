"""The evening peak: what supplied it, and what on the same dates a year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.category_bars import BarChart, bar_data
from components.charts.layers import FUEL_LAYERS
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Legend
from components.dashboards.shell import Card, figure, row
from components.dashboards.trends_view import TrendView, change_words, fuel_order, head, number_cell
from components.dashboards.view import Choice
from components.queries.base import Query, Result
from components.queries.evening_sums import RESIDUAL, SUPPLY, TOTALS, UNDERLYING
from components.queries.trends_evening import EveningPeak, EveningProfile
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

TOTAL_LABELS = {SUPPLY: "Supply", UNDERLYING: "Underlying demand", RESIDUAL: "Residual (losses, unread units)"}


HALF_HOURS = {"now": "Shape: now", "before": "Shape: before", "change": "Shape: change"}
"""Choice -> label."""


class EveningView(TrendView):
    """Fuels of the evening, now and a year before."""

    slug, label, help = "evening", "Evening peak", "What supplied 17:00 to 22:00, and what a year before"
    questions = (EveningPeak, EveningProfile)
    choices = {"halfhours": Choice("What the half hours below show: now, a year before, or the change", HALF_HOURS)}

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        labels = {layer.label: layer.fuel for layer in FUEL_LAYERS.values()}
        self.bars = BarChart(
            theme, title="Evening peak", value_label="Average power (MW)", unit="MW", names={"now": "now", "before": "a year before"},
            colours={"now": "NEM", "before": "NEM"}, by_category=labels, faded=("before",), row=40, left=140,
        )  # fmt: skip
        names = {f: fuel.label for f, fuel in FUELS.items()}
        self.shape = BarChart(
            theme, title="Evening by half hour", value_label="Average power (MW)", unit="MW", names=names, lying=False, height=340,
        )  # fmt: skip
        self.legend = Legend()
        self.ledger = Ledger(
            columns=[
                {"label": "Part"},
                head("Now", "MW", "Average power between 17:00 and 22:00 in the window"),
                head("Before", "MW", "The same dates a year before"),
                head("Change", "MW", "Now minus a year before; the fuels' changes add up to that of supply"),
                head("Share", "%", "Part of all that is above zero", minor=True),
                head("Before", "%", "Share a year before", minor=True),
            ]
        )
        self.bar_card = self.card("Evening peak", figure(self.bars.figure))
        self.table_card = self.card("Change by fuel", self.ledger)
        self.shape_card = self.card("By half hour", figure(self.shape.figure), self.legend)
        self.answer_notes: Sequence[str] = ()
        pair = row(self.bar_card.view, self.table_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)", narrow=1240)
        return [pair, self.shape_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.bars, self.shape]

    def notes(self) -> Sequence[str]:
        return [
            *self.answer_notes,
            "Hours are NEM time (UTC+10, no daylight saving); hour= in the address names others.",
        ]

    def window_of(self) -> dict[str, Any]:
        """The last year where the address names no range: an evening of everything has no year before."""
        return {} if self.named() else {"last": "1y"}

    def named(self) -> bool:
        """Whether the address names a range."""
        return bool({"start", "end", "last"} & set(self.page.texts))

    def peak(self) -> EveningPeak:
        """Averages of the evening."""
        return self.asked(EveningPeak, **self.window_of())

    def profile(self) -> EveningProfile:
        """The evening by half hour."""
        return self.asked(EveningProfile, **self.window_of())

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        peak = [("Evening peak", self.peak())]
        return [(self.bar_card, peak), (self.table_card, peak), (self.shape_card, [("By half hour", self.profile())])]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.peak()
        result, (window, before) = ANSWERS.ask(snapshot, query), query.both(snapshot)
        if result.frame.empty:
            self.nothing(snapshot, window, "No generation is known")
            return
        self.answer_notes = result.notes[1:]
        rows = {str(r["part"]): r for r in result.frame.to_dict("records")}
        order = fuel_order([p for p in rows if p in FUELS])
        span, then = (formats.window(w.start, w.end) for w in (window, before))
        known = any(np.isfinite(rows[f]["mw_before"]) for f in order)
        against = f"against {then} (faint)" if known else "nothing to compare: a year before is not (fully) covered"
        hours = self._hours(query)
        values = {
            FUELS[f].label: {"now": rows[f]["mw"], "before": rows[f]["mw_before"]}
            for f in order if np.isfinite(rows[f]["mw"]) or np.isfinite(rows[f]["mw_before"])
        }  # fmt: skip
        self.bars.feed(bar_data(values, ("now", "before"), grouped=True))
        chosen = "" if self.named() else " · the last year: choose another range above"
        self.bar_card.ready(f"{span} {against}{chosen}", heading=f"{hours}, average power · {self.name()}")
        self.ledger.rows = [self._row(f, rows[f]) for f in order]
        self.ledger.total = [self._row(t, rows[t]) for t in TOTALS if t in rows]
        self.table_card.ready(f"{span} {against.removesuffix(' (faint)')}", heading=f"Change by fuel · {self.name()}")
        self._shape(ANSWERS.ask(snapshot, self.profile()), order)
        shown = {"now": span, "before": then, "change": f"{span} minus {then}"}[self.page.chosen("halfhours")]
        self.shape_card.ready(
            f"{shown} · labelled by the begin of the half hour", heading=f"{hours} by half hour · {self.name()}"
        )

    @staticmethod
    def _hours(query: EveningPeak) -> str:
        hours = sorted(query.hour)
        if hours and hours == list(range(hours[0], hours[-1] + 1)):
            return f"{hours[0]:02d}:00–{hours[-1] + 1:02d}:00"
        return "Chosen hours"

    def _row(self, part: str, figures: Mapping[Any, Any]) -> dict[str, Any]:
        if part in FUELS:
            name = {
                "t": FUELS[part].label,
                "colour": self.page.theme.fuels[part],
                "href": links.fuel(part, self.page.texts),
            }
        else:
            name = {"t": TOTAL_LABELS[part]}
        change, before = float(figures["change_mw"]), float(figures["mw_before"])
        part_of = change_words(change / abs(before)) if before and part != RESIDUAL else ""
        digits = 0 if abs(float(figures["mw"])) >= 100 or part not in FUELS else 1
        cells = [
            number_cell(float(figures["mw"]), digits), number_cell(before, digits),
            number_cell(change, digits, sign=True, sub=part_of),
            number_cell(100 * figures["share"], 1), number_cell(100 * figures["share_before"], 1),
        ]  # fmt: skip
        return {"key": part, "cells": [name, *cells]}

    def _shape(self, result: Result, order: Sequence[str]) -> None:
        """Half hours of now, of a year before, or their difference."""
        chosen = self.page.chosen("halfhours")
        values: dict[str, dict[str, float]] = {}
        for r in result.frame.to_dict("records"):
            if r["part"] in FUELS:
                now, before = float(r["mw"]), float(r["mw_before"])
                shown = {"now": now, "before": before, "change": now - before}[chosen]
                values.setdefault(str(r["time_of_day"]), {})[str(r["part"])] = shown
        self.shape.relabel("Change of power (MW)" if chosen == "change" else "Average power (MW)", "MW", 0)
        self.shape.feed(bar_data(values, [f for f in FUELS if f in order]))
        theme = self.page.theme
        self.legend.entries = [{"label": FUELS[f].label, "colour": theme.fuels[f]} for f in order]
