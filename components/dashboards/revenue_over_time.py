"""Revenue of groups over time, as bars: the largest groups and all others, which add up to everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from components.charts import formats
from components.charts.palette import Palette
from components.charts.time_bars import MOST_BARS, BarData, TimeBars, bar_data, paler
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Legend
from components.dashboards.revenue_words import WORDS, colour, digits, label
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure
from components.dashboards.view import Choice, View
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.revenue_over_time import OTHERS, RevenueOverTime
from components.store.snapshot import Snapshot
from components.vocabulary import FUELTECHS

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard
    from components.dashboards.revenue import RevenueDashboard

# Measure -> its label, column, unit, factor.
MEASURES = {
    "revenue": ("Revenue", "revenue", "$M", 1e-6),
    "energy": ("Energy", "energy_mwh", "GWh", 1e-3),
    "paid": ("Paid by load", "load_cost", "$M", 1e-6),
}
LARGEST = ("8", "5", "12")


class GroupBars:
    """A chart of groups over time with its legend, for a card of its own or above a table."""

    def __init__(self, page: Dashboard, *, height: int):
        self.page = page
        self.chart = TimeBars(page.theme, height=height, title="Revenue", y_label="Revenue ($M)", unit="$M")
        self.legend = Legend()
        self.parts = [self.legend, figure(self.chart.figure)]

    def draw(self, snapshot: Snapshot, query: RevenueOverTime, measure: str = "revenue") -> Result:
        """Feed the chart; the answer, which may be empty."""
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            return result
        word = query.by[0]
        title, value, unit, factor = MEASURES[measure]
        key = ("bars", query.fingerprint(), value)
        data, names = ANSWERS.get(snapshot, key, lambda: bars_of(snapshot, result, word, value, factor))
        called = ["Others" if n == OTHERS else label(word, n) for n in names]
        self.chart.show(
            data, called, colours_of(word, names, self.page.theme), y_label=f"{title} ({unit})", unit=unit,
            digits=digits(max(data.high, -data.low), 3),
        )  # fmt: skip
        self.legend.entries = self.chart.legend()
        return result


def bars_of(snapshot: Snapshot, result: Result, word: str, value: str, factor: float) -> tuple[BarData, list[str]]:
    """The bars of an answer and the names of their groups, in the answer's order."""
    labels, edges = steps_of(result, snapshot, "scada")
    series = column(result, labels, value, [word])
    names = list(series)
    return bar_data(edges, [series[n] * factor for n in names], others=OTHERS in names), names


def colours_of(word: str, names: Sequence[str], theme: Palette) -> dict[str, str]:
    """Label -> colour of the groups that have one of their own; a fuel's further technologies are paler."""
    out: dict[str, str] = {}
    seen: dict[str, int] = {}
    for name in names:
        tint = colour(word, name, theme)
        if word == "fueltech" and tint:
            fuel = FUELTECHS.get(name, name)
            for _ in range(seen.get(fuel, 0)):
                tint = paler(tint, theme)
            seen[fuel] = seen.get(fuel, 0) + 1
        if tint:
            out[label(word, name)] = tint
    return out


def fine_enough(query: RevenueOverTime, snapshot: Snapshot) -> RevenueOverTime:
    """The question at an interval whose bars can be told apart."""
    if query.interval != "auto" and query.buckets_at_most(snapshot) > MOST_BARS:
        return query.but(interval="auto")
    return query


class OverTimeView(View):
    """Bars of the largest groups and the others."""

    slug = "time"
    label = "Over time"
    help = "The largest groups and all others, bar by bar"
    questions = (RevenueOverTime,)
    choices = {
        "group": Choice("Groups of the bars", {"fuel": "By fuel", **{w: f"By {n.lower()}" for w, n in WORDS.items() if w != "fuel"}}),
        "measure": Choice("What the bars show", {name: words[0] for name, words in MEASURES.items()}),
        "largest": Choice("Groups shown by name", {n: f"{n} largest" for n in LARGEST}),
    }  # fmt: skip
    selects = {
        "interval": {
            "auto": "Auto",
            "1h": "By hour",
            "1d": "By day",
            "7d": "By week",
            "1M": "By month",
            "3M": "By quarter",
            "1y": "By year",
            "fy": "By financial year",
        }
    }
    page: RevenueDashboard

    def build(self) -> Sequence[Any]:
        self.bars = GroupBars(self.page, height=460)
        self.main = self.card("Revenue over time", *self.bars.parts)
        self.remarks: list[str] = []
        return [self.main.view]

    def charts(self) -> Sequence[Any]:
        return [self.bars.chart]

    def notes(self) -> Sequence[str]:
        return self.remarks

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.main, [("Bars", self.query(snapshot))])]

    def query(self, snapshot: Snapshot) -> RevenueOverTime:
        """The bars' question, over exactly the window of the page's other views."""
        window = self.page.window(snapshot)
        query = self.page.ask(
            RevenueOverTime, by=[self.page.chosen("group")], top=int(self.page.chosen("largest")),
            start=window.start, end=window.end, last="1d",
        )  # fmt: skip
        return fine_enough(query, snapshot)

    def draw(self, snapshot: Snapshot) -> None:
        query, measure = self.query(snapshot), self.page.chosen("measure")
        window: Window = query.window(snapshot)
        result = self.bars.draw(snapshot, query, measure)
        self.remarks = list(result.notes)
        if result.frame.empty:
            self.main.empty(**self.page.nothing(snapshot, window))
            return
        total = float(np.nansum(result.frame[MEASURES[measure][1]]))
        words = formats.energy(total) if measure == "energy" else formats.money(total)
        by = formats.INTERVAL_LABELS[window.interval]
        self.main.ready(
            f"{self.page.window_words(window, result.coverage)} · by {by} · {words} in all",
            heading=f"{MEASURES[measure][0]} by {WORDS[query.by[0]].lower()}",
        )
