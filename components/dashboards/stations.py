"""``/stations``: find a station or a unit, and look at it from every side; or put several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.page import Dashboard
from components.dashboards.parts import Tiles
from components.dashboards.shell import Card, row, stack
from components.dashboards.stations_choosing import Choosing
from components.dashboards.stations_compare import CompareView
from components.dashboards.stations_day import DayView
from components.dashboards.stations_duration import DurationView
from components.dashboards.stations_parts import Chips, Finder
from components.dashboards.stations_periods import HistoryView, MonthsView
from components.dashboards.stations_power import PowerView
from components.dashboards.stations_search import MOST_HITS, Found, Hit, counted, ordered, words
from components.dashboards.stations_subject import (
    REGION_SHORT,
    Subject,
)
from components.dashboards.stations_view import NOBODY
from components.dashboards.stations_words import coverage_words, facts, tiles, unit_chips
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.registry import Stations
from components.queries.revenue import Revenue
from components.queries.running import Running
from components.queries.stations import StationOutput
from components.store.snapshot import Snapshot

LIST = """
@media (min-width: 1001px) { :host { align-self: start !important; position: sticky; top: 164px; } }
"""
"""The list stays in view beside long views."""


class StationsDashboard(Choosing, Dashboard):
    """Search and list on the left; on the right whoever was chosen, and the view of it."""

    slug = "stations"
    title = "Stations"
    questions = (StationOutput, Stations, Revenue)
    views = (PowerView, DayView, DurationView, MonthsView, HistoryView, CompareView)

    def build(self) -> Sequence[Any]:
        self.finder = Finder(placeholder="Search station, DUID or owner  ( / )", on_message=self._searched)
        self.list_card = self.card("Stations", self.finder)
        self.chips = Chips(on_message=self._picked)
        self.tiles = Tiles()
        self.subject_card = self.card("Station", self.chips, self.tiles)
        return [self.list_card.view, self.subject_card.view]

    def arrange(self, own: Sequence[Any]) -> Sequence[Any]:
        found, subject = own
        found.stylesheets = [*found.stylesheets, LIST]
        side = stack(subject, self.stage)
        return [row(found, side, columns="320px minmax(0, 1fr)", narrow=1000)]

    def notes(self) -> Sequence[str]:
        return [
            "Revenue is gross spot revenue: before loss factors, ancillary services and contracts.",
            "A unit runs while its power exceeds 5 % of its registered capacity.",
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        out: list[tuple[Card, Sequence[tuple[str, Query]]]] = [
            (self.list_card, [("Stations in the list", self.listed())])
        ]
        subject = self.subject(snapshot)
        if subject is not None:
            window = self.window(snapshot)
            figures = [
                ("Figures", self.revenue(subject, window)),
                ("Running, negative prices", self.running(subject, window)),
            ]
            out.append((self.subject_card, figures))
        return out

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        subject = self.subject(snapshot)
        if subject is None:
            return ()
        window = self.window(snapshot)
        return [self.revenue(subject, window, "duid"), self.running(subject, window, "duid")]

    # -- the questions -------------------------------------------------------------------------------

    def window(self, snapshot: Snapshot) -> Window:
        """The page's window."""
        return self.ask(StationOutput, station=[], duid=[]).window(snapshot)

    def listed(self) -> Stations:
        """The stations of the list: the search within the chosen regions."""
        return self.ask(Stations, by="station", station=[], duid=[])

    def found(self, snapshot: Snapshot) -> Found:
        """The list, here and elsewhere."""
        return ordered(snapshot, self.listed(), self.window(snapshot))

    def output(self, subject: Subject, **more: Any) -> StationOutput:
        """Power, price and revenue of a subject over time."""
        return self.ask(
            StationOutput, **subject.filters, by=subject.by, **({"values": ["power", "price", "revenue"]} | more)
        )

    def revenue(self, subject: Subject, window: Window, by: str = "") -> Revenue:
        """Energy and money of a subject (or of its units with ``by="duid"``) over exactly the drawn window."""
        return self.ask(
            Revenue, **subject.filters, by=[by or subject.by], start=window.start, end=window.end, last="1d"
        )

    def running(self, subject: Subject, window: Window, by: str = "") -> Running:
        """How a subject ran over exactly the drawn window."""
        return self.ask(
            Running, **subject.filters, by=[by or subject.by], start=window.start, end=window.end, last="1d"
        )

    def figures(self, snapshot: Snapshot, subject: Subject, window: Window, by: str = "") -> list[dict[Any, Any]]:
        """Figures of a subject, or of its units: a row of both questions for each.

        ``coverage`` is that of power and price, ``read`` that of power.
        """
        money = ANSWERS.ask(snapshot, self.revenue(subject, window, by)).frame
        running = ANSWERS.ask(snapshot, self.running(subject, window, by)).frame
        key = by or subject.by
        ran = {str(r[key]): r for r in running.to_dict("records")}
        rows = money.to_dict("records")
        return [{**(own := ran.get(str(r[key]), {})), **r, "read": own.get("coverage", np.nan)} for r in rows]

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        members = self.members(snapshot)
        self._list(snapshot, members)
        if not members:
            away = [
                {
                    "label": f"Show {h.name} ({REGION_SHORT.get(h.row['region'], 'region unknown')})",
                    "href": self._elsewhere(h),
                }
                for h in self.found(snapshot).elsewhere[:3]
            ]
            self.subject_card.empty(
                "Nothing here matches; there is a match elsewhere." if away else NOBODY, actions=away
            )
            return
        if self.chosen("view") == CompareView.slug:
            self.subject_card.hide()
            return
        subject = members[0]
        window = self.window(snapshot)
        figures = self.figures(snapshot, subject, window)
        self.chips.param.update(chips=unit_chips(subject), facts=facts(subject, self.texts), caption="")
        self.tiles.tiles = tiles(figures[0]) if figures else []
        told = [formats.window(window.start, window.end), *(coverage_words(figures[0]) if figures else [])]
        self.subject_card.ready(" · ".join(told), heading=subject.title)

    def _list(self, snapshot: Snapshot, members: Sequence[Subject]) -> None:
        found, query = self.found(snapshot), self.listed()
        here = {"heading": "", "hits": [words(h, self.theme) for h in found.here[:MOST_HITS]]}
        away = {
            "heading": "In other regions",
            "hits": [words(h, self.theme, self._elsewhere(h)) for h in found.elsewhere[:MOST_HITS]],
        }
        groups = [g for g in ((away, here) if found.elsewhere_first else (here, away)) if g["hits"]]
        if found.elsewhere_first and found.here:
            here["heading"] = "Here, spelt alike"
        self.finder.param.update(
            typed=query.q, chosen=[m.key for m in members], groups=groups, note=counted(found, query.q, query.region)
        )
        self.list_card.ready("")

    def _elsewhere(self, hit: Hit) -> str:
        texts = {k: v for k, v in self.texts.items() if k != "region"}
        if hit.row["region"]:
            texts["region"] = [hit.row["region"]]
        return (to.station if hit.by == "station" else to.unit)(hit.name, texts)

    def nothing(self, snapshot: Snapshot, card: Card, subject: Subject, window: Window) -> None:
        """Say that a subject has no readings in a window, and where the nearest ones are."""
        reason = f"{subject.title} has no readings in {formats.window(window.start, window.end)}."
        card.empty(reason, actions=self.nearest_window(snapshot, "scada", window, list(subject.duids)))

    def said(self, result: Result, window: Window, *more: str) -> str:
        """Window, interval and coverage in words."""
        return self.describe(window, *more, self.covered(result))


__all__ = ["StationsDashboard"]
