"""Two to six stations or units side by side: power, time of day, duration, figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.curve import curve_data
from components.charts.lines import LineData, line_data
from components.charts.named import KEYS, NamedCurves, NamedLines, series_colour
from components.charts.profile import ProfileChart, profile_data
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure, row
from components.dashboards.stations_day import SLOT, slots
from components.dashboards.stations_duration import STEPS
from components.dashboards.stations_parts import Chips
from components.dashboards.stations_subject import MOST_MEMBERS, REGION_SHORT, Subject
from components.dashboards.stations_view import NOBODY, Links, StationView
from components.dashboards.stations_words import OF_MEMBERS, without_load
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query
from components.queries.station_duration import StationDuration
from components.queries.stations import StationOutput
from components.queries.time_of_day import SLOTS, StationsTimeOfDay
from components.store.snapshot import Snapshot
from components.vocabulary import FUELTECH_LABELS

HINT = "Add stations or units with + in the list; Shift+Enter in the search does the same."


class CompareView(StationView):
    """Members of the address, each in a colour of its own."""

    slug = "compare"
    label = "Compare"
    help = "Two to six stations or units side by side"
    questions = (StationsTimeOfDay, StationDuration)
    choices = {
        "scale": Choice(
            "What is compared: power, or power over the capacity registered now",
            {"mw": "Power (MW)", "share": "% of capacity"},
        ),
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        keys = dict.fromkeys(KEYS[:MOST_MEMBERS], "")
        self.chips = Chips(on_message=self.home._picked)
        self.power = NamedLines(theme, height=320, title="Power", y_label="Power (MW)", most=MOST_MEMBERS)
        self.day = ProfileChart(theme, keys, height=280, title="Mean by time of day", y_label="Power (MW)", digits=1)
        self.curves = NamedCurves(theme, height=280, title="Duration", y_label="Power (MW)", most=MOST_MEMBERS)
        self.ledger = Ledger(stacked=True)
        self.chart_card = self.card("Side by side", self.chips, figure(self.power.figure))
        self.table_card = self.card("Figures", self.ledger)
        self.day_card = self.card("Mean by time of day", figure(self.day.figure))
        self.curve_card = self.card("Duration", figure(self.curves.figure))
        return [
            self.chart_card.view, self.table_card.view,
            row(self.day_card.view, self.curve_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)", narrow=1300),
        ]  # fmt: skip

    def charts(self) -> Sequence[Any]:
        return [self.power, self.day, self.curves]

    def notes(self) -> Sequence[str]:
        return [HINT]

    # -- the questions -------------------------------------------------------------------------------

    def per_kind(self, members: Sequence[Subject], make: Callable[[str, list[str]], Query]) -> list[tuple[str, Query]]:
        """A question about all stations and one about all units among the members, as far as there are any."""
        out = []
        for by, label in (("station", "stations"), ("duid", "units")):
            names = [m.name for m in members if m.by == by]
            if names:
                out.append((label, make(by, names)))
        return out

    def outputs(self, members: Sequence[Subject]) -> list[tuple[str, Query]]:
        """Power over time."""
        return self.per_kind(
            members, lambda by, names: self.page.ask(StationOutput, **_only(by, names), values=["power"])
        )

    def days(self, members: Sequence[Subject], window: Window) -> list[tuple[str, Query]]:
        """Time of day over exactly the page's window."""
        span = {"start": window.start, "end": window.end, "last": "1d", "interval": SLOT}
        return self.per_kind(
            members, lambda by, names: self.page.ask(StationsTimeOfDay, **_only(by, names, "station", "duid"), **span)
        )

    def durations(self, members: Sequence[Subject], window: Window) -> list[tuple[str, Query]]:
        """Duration curves over exactly the page's window."""
        span = {"start": window.start, "end": window.end, "last": "1d", "steps": STEPS}
        return self.per_kind(members, lambda by, names: self.page.ask(StationDuration, **_only(by, names), **span))

    def links(self, snapshot: Snapshot) -> Links:
        members, window = self.home.members(snapshot), self.home.window(snapshot)
        if not members:
            return ()

        def named(words: str, asked: list[tuple[str, Query]]) -> list[tuple[str, Query]]:
            return [(f"{words} of {kind}", query) for kind, query in asked]

        figures: list[tuple[str, Query]] = []
        for member in members:
            figures.append((f"Figures of {member.name}", self.home.revenue(member, window)))
            figures.append((f"Running of {member.name}", self.home.running(member, window)))
        return [
            (self.chart_card, named("Power", self.outputs(members))),
            (self.table_card, figures),
            (self.day_card, named("Time of day", self.days(members, window))),
            (self.curve_card, named("Duration", self.durations(members, window))),
        ]

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        members, window = self.home.members(snapshot), self.home.window(snapshot)
        if not members:
            self.chart_card.empty(NOBODY)
            for card in self.cards[1:]:
                card.hide()
            return
        self._chips(members)
        scale = self._scale(members)
        rows = {m.key: self.home.figures(snapshot, m, window) for m in members}
        self._power(snapshot, members, scale)
        if not any(rows.values()):
            for card in self.cards[1:]:
                card.hide()
            return
        self._table(members, rows)
        self._day(snapshot, members, window, scale)
        self._curves(snapshot, members, window, scale)

    def _scale(self, members: Sequence[Subject]) -> dict[str, float]:
        """What power is multiplied with: 1, or to per cent of the capacity as registered now."""
        share = self.page.chosen("scale") == "share"
        self.unit = "%" if share else "MW"
        for chart in (self.power, self.day, self.curves):
            chart.y_axis.axis_label = "Share of capacity (%)" if share else "Power (MW)"
        if not share:
            return {m.key: 1.0 for m in members}
        return {m.key: 100 / m.own["capacity_mw"] if m.own["capacity_mw"] > 0 else np.nan for m in members}

    def _chips(self, members: Sequence[Subject]) -> None:
        several = len(members) > 1
        self.chips.chips = [
            {
                "key": m.key, "label": m.title, "on": False, "removable": several, "title": f"Show {m.title} alone",
                "colour": series_colour(key, self.page.theme),
            }
            for key, m in zip(KEYS, members, strict=False)
        ]  # fmt: skip
        self.chips.caption = "" if several else HINT

    def _power(self, snapshot: Snapshot, members: Sequence[Subject], scale: dict[str, float]) -> None:
        asked = self.outputs(members)
        results = [ANSWERS.ask(snapshot, query) for _, query in asked]
        full = [r for r in results if len(r.frame)]
        window = self.home.window(snapshot)
        if not full:
            reason = f"None of them has readings in {formats.window(window.start, window.end)}."
            duids = [d for m in members for d in m.duids]
            self.chart_card.empty(reason, actions=self.page.nearest_window(snapshot, "scada", window, duids))
            return
        key = tuple(q.fingerprint() for _, q in asked), window.start, window.end, window.interval, tuple(scale.items())
        drawn: LineData = ANSWERS.get(snapshot, ("compare", key), lambda: self._lines(snapshot, full, members, scale))
        self.power.show(drawn, [m.title for m in members], self.unit)
        expected, present = sum(r.expected for r in full), sum(r.present for r in full)
        covered = "" if present >= 0.9995 * expected else f"coverage {formats.percent(present / expected)}"
        self.chart_card.ready(self.page.describe(window, covered, drawn.thinned.note))

    @staticmethod
    def _lines(
        snapshot: Snapshot, results: Sequence[Any], members: Sequence[Subject], scale: dict[str, float]
    ) -> LineData:
        # Every answer covers the same window, so the steps of one are those of all.
        labels, edges = max((steps_of(r, snapshot, "scada") for r in results), key=lambda s: len(s[0]))
        found = {(r.series[0], n): v for r in results for n, v in column(r, labels, "mw", list(r.series)).items()}
        blank = np.full(len(labels), np.nan)
        series = {k: found.get((m.by, m.name), blank) * scale[m.key] for k, m in zip(KEYS, members, strict=False)}
        return line_data(edges, series, as_price=False)

    def _table(self, members: Sequence[Subject], rows: dict[str, list[dict[Any, Any]]]) -> None:
        every = [r for found in rows.values() for r in found]
        figures = without_load(OF_MEMBERS, every)
        self.ledger.columns = [{"label": "Name"}, {"label": "Technology"}, *(f.head for f in figures)]
        self.ledger.rows = [
            {
                "key": m.key,
                "cells": [*self._who(key, m), *(f.cell(rows[m.key][0] if rows[m.key] else {}) for f in figures)],
            }
            for key, m in zip(KEYS, members, strict=False)
        ]
        self.table_card.ready("over the same window")

    def _who(self, key: str, member: Subject) -> list[dict[str, Any]]:
        texts = {k: v for k, v in self.page.texts.items() if k != "region"}
        own = member.own
        where = REGION_SHORT.get(own["region"], "")
        tech = FUELTECH_LABELS.get(own["fueltech"], own["fueltech"])
        there = texts | ({"region": [own["region"]]} if own["region"] else {})
        href = (to.station if member.by == "station" else to.unit)(member.name, texts)
        return [
            {"t": member.title, "href": href, "colour": series_colour(key, self.page.theme)},
            {"t": f"{tech}, {where}" if where else tech, "href": to.of("fueltech", own["fueltech"], there)},
        ]

    def _day(self, snapshot: Snapshot, members: Sequence[Subject], window: Window, scale: dict[str, float]) -> None:
        found: dict[tuple[str, str], np.ndarray] = {}
        for _, query in self.days(members, window):
            result = ANSWERS.ask(snapshot, query)
            by = result.series[0]
            found |= {(by, str(n)): slots(rows, "mean") for n, rows in result.frame.groupby(by, observed=True)}
        blank = np.full(1440 // SLOTS[SLOT], np.nan)
        pairs = list(zip(KEYS, members, strict=False))
        theme = self.page.theme
        self.day.unit = self.unit
        self.day.name_keys({k: m.title for k, m in pairs}, {k: series_colour(k, theme) for k, _ in pairs})
        self.day.feed(profile_data(SLOTS[SLOT], {k: found.get((m.by, m.name), blank) * scale[m.key] for k, m in pairs}))
        self.day_card.ready("mean over the days")

    def _curves(self, snapshot: Snapshot, members: Sequence[Subject], window: Window, scale: dict[str, float]) -> None:
        found: dict[tuple[str, str], np.ndarray] = {}
        shares = np.linspace(0, 1, STEPS + 1)
        for _, query in self.durations(members, window):
            result = ANSWERS.ask(snapshot, query)
            by = result.series[0]
            found |= {
                (by, str(n)): rows["mw"].to_numpy("float64") for n, rows in result.frame.groupby(by, observed=True)
            }
        blank = np.full(STEPS + 1, np.nan)
        series = {k: found.get((m.by, m.name), blank) * scale[m.key] for k, m in zip(KEYS, members, strict=False)}
        self.curves.show(curve_data(shares, series, as_price=False), [m.title for m in members], self.unit)
        self.curve_card.ready("of the intervals that were read")


def _only(by: str, names: list[str], *known: str) -> dict[str, Any]:
    """Filters of a question about these names and nothing else."""
    filters: dict[str, Any] = {n: [] for n in known or ("station", "duid", "region", "fuel", "owner")}
    return filters | {by: names, "by": by}
