"""Any two windows of a region side by side, with their difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import param

from components.charts import formats
from components.charts.category_bars import BarChart, bar_data
from components.charts.layers import FUEL_LAYERS
from components.dashboards import links, ranges
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger, Part, Told
from components.dashboards.shell import Card, figure, row
from components.dashboards.trends_view import TrendView, change_words, fuel_order, head, number_cell
from components.dashboards.view import Choice
from components.market_time import DISPATCH, Window
from components.metrics.fuels import year_before
from components.queries.base import Query
from components.queries.trends_compare import LABELS, OF_REGION, Comparison
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

MEASURES = {
    "energy": ("Energy", "GWh", 1e-3, 1),
    "average_power": ("Average power", "MW", 1.0, 0),
    "capture_price": ("Capture price", "$/MWh", 1.0, 2),
}
"""Quantity of fuels -> label, unit, factor, decimals."""
WHOLE = {
    "price_flat": ("$/MWh", 1.0, 2), "price_weighted": ("$/MWh", 1.0, 2), "demand": ("GWh", 1e-3, 0),
    "generation": ("GWh", 1e-3, 0), "renewable_share": ("%", 100.0, 1), "intensity": ("t/MWh", 1.0, 3),
}  # fmt: skip
"""Quantity of the region -> unit, factor, decimals."""
BEFORE = {"year": "A year before", "previous": "Just before", "two": "Two years before"}


class Span(Part):
    """The other window: two dates, and the usual ones as buttons; messages are ``from_date, to_date`` or ``preset``."""

    _part = "span"
    caption = param.String(default="", doc="Words before the dates.")
    from_date = param.String(default="", doc="First day of the other window.")
    to_date = param.String(default="", doc="Last day of it.")
    first_date = param.String(default="", doc="First day with data.")
    last_date = param.String(default="", doc="Last day with data.")
    presets = Told(default=[], doc="{value, label, title, on} of each button.")


class CompareView(TrendView):
    """Two windows, one region."""

    slug, label, help = "compare", "Compare windows", "Any two windows side by side: energy, prices, capture prices"
    questions = (Comparison,)
    choices = {"compare": Choice("What the bars compare", {k: m[0] for k, m in MEASURES.items()})}

    def build(self) -> Sequence[Any]:
        labels = {layer.label: layer.fuel for layer in FUEL_LAYERS.values()}
        self.span = Span(on_message=self.chosen_span)
        self.bars = BarChart(
            self.page.theme, title="Two windows", value_label="Energy (GWh)", unit="GWh", digits=1,
            names={"now": "the window", "other": "the other window"}, colours={"now": "NEM", "other": "NEM"},
            by_category=labels, faded=("other",), row=40, left=140,
        )  # fmt: skip
        self.whole = Ledger()
        self.fuels = Ledger()
        self.span_card = self.card("Two windows", self.span, self.whole)
        self.bar_card = self.card("By fuel", figure(self.bars.figure))
        self.table_card = self.card("By fuel", self.fuels)
        self.answer_notes: Sequence[str] = ()
        pair = row(self.bar_card.view, self.table_card.view, columns="minmax(0, 2fr) minmax(0, 3fr)", narrow=1240)
        return [self.span_card.view, pair]

    def charts(self) -> Sequence[Any]:
        return [self.bars]

    def notes(self) -> Sequence[str]:
        return [*self.answer_notes, "Change: the window minus the other one; in per cent of the size of the other one."]

    def question(self) -> Comparison:
        """Both windows; the last year where the address names no range."""
        return self.asked(Comparison, interchange=True, **({} if self.named() else {"last": "1y"}))

    def named(self) -> bool:
        """Whether the address names a range."""
        return bool({"start", "end", "last"} & set(self.page.texts))

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        asked = [("Two windows", self.question())]
        return [(card, asked) for card in (self.span_card, self.bar_card, self.table_card)]

    # -- the other window ----------------------------------------------------------------------------

    def chosen_span(self, message: Mapping[str, Any]) -> None:
        """Dates or a button were chosen; what is no date is ignored."""
        if message.get("preset") in BEFORE:
            start, end = self.usual(str(message["preset"]), self.drawn)
        else:
            try:
                days = ranges.day_changes(str(message["from_date"])[:10], str(message["to_date"])[:10])
            except (ValueError, KeyError):
                days = {"start": self.question().other_start, "end": self.question().other_end}
            start, end = days["start"], days["end"]
        self.page.change(other_start=start, other_end=end)

    @staticmethod
    def usual(name: str, window: Window) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
        """The other window of a button; a year before is what the question takes by itself."""
        if name == "previous":
            return window.start - (window.end - window.start), window.start
        if name == "two":
            return year_before(year_before(window.start)), year_before(year_before(window.end))
        return None, None

    def _tell_span(self, snapshot: Snapshot, window: Window, other: Window) -> None:
        first, newest = snapshot.first("scada"), snapshot.last("scada")
        asked = self.question()
        given = (asked.other_start, asked.other_end)
        from_date, to_date = ranges.days_of(other)
        self.span.param.update(
            caption=f"{formats.window(window.start, window.end)} against", from_date=from_date, to_date=to_date,
            first_date=f"{first - DISPATCH:%Y-%m-%d}" if first is not None else "",
            last_date=f"{newest - DISPATCH:%Y-%m-%d}" if newest is not None else "",
            presets=[
                {"value": k, "label": label, "title": f"Compare with the window {label.lower()}", "on": self.usual(k, window) == given}
                for k, label in BEFORE.items()
            ],
        )  # fmt: skip

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        query = self.question()
        window, other = query.window(snapshot), query.other(snapshot)
        self.drawn = window
        self._tell_span(snapshot, window, other)
        result = ANSWERS.ask(snapshot, query)
        self.answer_notes = result.notes
        found = {(str(r["quantity"]), str(r["fuel"])): r for r in result.frame.to_dict("records")}
        spans = [formats.window(w.start, w.end) for w in (window, other)]
        self.whole.columns = [
            {"label": "Quantity"}, {"label": "Unit", "minor": True}, head("Window", "", spans[0]), head("Other", "", spans[1]),
            head("Change", "", "Window minus other"), head("Covered", "%", "Readings present / expected", minor=True),
            head("Covered", "% other", "The same in the other window", minor=True),
        ]  # fmt: skip
        self.whole.rows = [self._whole(q, found[(q, "")]) for q in OF_REGION if (q, "") in found]
        chosen = "" if self.named() else " · the last year: choose another range above"
        self.span_card.ready(f"{spans[0]} against {spans[1]}{chosen}", heading=f"Two windows · {self.name()}")
        measure = self.page.chosen("compare")
        label, unit, factor, digits = MEASURES[measure]
        order = fuel_order(list(dict.fromkeys(f for q, f in found if f)))
        values = {
            FUELS[f].label: {n: float(found[(measure, f)][c]) * factor for n, c in (("now", "value"), ("other", "other"))}
            for f in order if (measure, f) in found
        }  # fmt: skip
        values = {name: bars for name, bars in values.items() if any(np.isfinite(v) for v in bars.values())}
        if not values:
            reason = f"No generation is known for {self.name()} in {spans[0]} or {spans[1]}."
            for card in (self.bar_card, self.table_card):
                card.empty(reason, actions=self.page.nearest_window(snapshot, "scada", window))
            return
        self.bars.relabel(f"{label} ({unit})", unit, digits)
        self.bars.feed(bar_data(values, ("now", "other"), grouped=True))
        self.bar_card.ready(f"{spans[0]} against {spans[1]} (faint)", heading=f"{label} by fuel · {self.name()}")
        self.fuels.columns = self._heads()
        self.fuels.rows = [self._row(f, found) for f in order]
        self.table_card.ready(f"{spans[0]} against {spans[1]}", heading=f"By fuel · {self.name()}")

    @staticmethod
    def _heads() -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = [{"label": "Fuel"}]
        for name, (label, unit, _, _) in MEASURES.items():
            minor = name == "average_power"
            out += [
                head(label.split()[0], unit, f"{label} in the window", minor=minor),
                head("Other", unit, f"{label} in the other window", minor=True),
                head("Change", unit, "Window minus other", minor=minor),
            ]
        return out

    def _whole(self, quantity: str, figures: Mapping[Any, Any]) -> dict[str, Any]:
        unit, factor, digits = WHOLE[quantity]
        value, other, change = (float(figures[n]) * factor for n in ("value", "other", "change"))
        cells = [
            {"t": LABELS[quantity]}, {"t": unit}, number_cell(value, digits), number_cell(other, digits),
            number_cell(change, digits, sign=True, sub="points" if unit == "%" else change_words(figures["change_share"])),
            number_cell(100 * figures["coverage"], 1), number_cell(100 * figures["coverage_other"], 1),
        ]  # fmt: skip
        return {"key": quantity, "cells": cells}

    def _row(self, fuel: str, found: Mapping[tuple[str, str], Mapping[Any, Any]]) -> dict[str, Any]:
        cells: list[dict[str, Any]] = [
            {"t": FUELS[fuel].label, "colour": self.page.theme.fuels[fuel], "href": links.fuel(fuel, self.page.texts)}
        ]
        for quantity, (_, _, factor, digits) in MEASURES.items():
            figures = found.get((quantity, fuel), {})
            value, other, change = (float(figures.get(n, np.nan)) * factor for n in ("value", "other", "change"))
            sub = change_words(float(figures.get("change_share", np.nan)))
            cells += [
                number_cell(value, digits),
                number_cell(other, digits),
                number_cell(change, digits, sign=True, sub=sub),
            ]
        return {"key": fuel, "cells": cells}
