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
from components.dashboards.stations_compare import CompareView
from components.dashboards.stations_day import DayView
from components.dashboards.stations_duration import DurationView
from components.dashboards.stations_parts import Chips, Finder
from components.dashboards.stations_periods import HistoryView, MonthsView
from components.dashboards.stations_power import PowerView
from components.dashboards.stations_search import MOST_HITS, Found, Hit, counted, ordered, words
from components.dashboards.stations_subject import (
    MOST_MEMBERS,
    REGION_SHORT,
    Subject,
    station_subject,
    subject_of,
    unit_subject,
)
from components.dashboards.stations_view import NOBODY
from components.dashboards.stations_words import coverage_words, tiles
from components.market_time import Window
from components.queries.base import Query, Result
from components.queries.registry import Stations
from components.queries.revenue import Revenue
from components.queries.running import Running
from components.queries.stations import StationOutput
from components.store import shared
from components.store.snapshot import Snapshot

LIST = """
@media (min-width: 1001px) { :host { align-self: start !important; position: sticky; top: 14px; } }
"""
"""The list stays in view beside long views."""


class StationsDashboard(Dashboard):
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

    # -- who is shown --------------------------------------------------------------------------------

    def members(self, snapshot: Snapshot) -> list[Subject]:
        """Everyone the address names, stations first; else the largest station of the list with readings."""
        named = self.ask(StationOutput)
        found = [station_subject(snapshot, n) for n in named.station] + [unit_subject(snapshot, d) for d in named.duid]
        if found:
            return found[:MOST_MEMBERS]
        hits = (h for h in self.found(snapshot).here if h.row["has_data"])
        best = next(hits, None)
        return [self._subject(snapshot, best)] if best is not None else []

    def subject(self, snapshot: Snapshot) -> Subject | None:
        """The one that a view of one shows."""
        return next(iter(self.members(snapshot)), None)

    def _subject(self, snapshot: Snapshot, hit: Hit) -> Subject:
        return station_subject(snapshot, hit.name) if hit.by == "station" else unit_subject(snapshot, hit.name)

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

    # -- what the visitor does -----------------------------------------------------------------------

    def _searched(self, message: dict[str, Any]) -> None:
        """A message of the search. Anything may come from a browser: what is not understood is ignored."""
        snapshot = shared.current()
        try:
            if "chosen" in message:
                subject = subject_of(snapshot, str(message["chosen"])[:250])
                if self.chosen("view") == CompareView.slug:
                    self._compare([*self.members(snapshot), subject])
                else:
                    self.open(subject, elsewhere=bool(message.get("elsewhere")))
            elif "add" in message:
                self._compare([*self.members(snapshot), subject_of(snapshot, str(message["add"])[:250])])
            elif "typed" in message:
                self._typed(snapshot, str(message["typed"])[:100], bool(message.get("enter")))
            else:
                self.bar.tell()
        except ValueError:
            self.refresh()

    def _typed(self, snapshot: Snapshot, text: str, enter: bool) -> None:
        self.texts.pop("q", None)
        if text:
            self.texts["q"] = [text]
        found = self.found(snapshot)
        first = found.first if enter and text.strip() else None
        if first is not None:
            self.open(self._subject(snapshot, first), elsewhere=first in found.elsewhere)
        else:
            self.change(q=text, passing=not enter)

    def open(self, subject: Subject, *, elsewhere: bool = False) -> None:
        """Show one subject alone; one of another region takes the region picker along."""
        self._name([subject])
        changes: dict[str, Any] = {}
        if elsewhere and subject.own["region"]:
            changes["region"] = [subject.own["region"]]
        if self.chosen("view") == CompareView.slug:
            changes["view"] = PowerView.slug
        self.change(**changes)

    def _compare(self, members: Sequence[Subject]) -> None:
        """Put several side by side; of too many the first ones stay."""
        self._name(list(dict.fromkeys(members))[:MOST_MEMBERS])
        self.change(view=CompareView.slug)

    def _name(self, members: Sequence[Subject]) -> None:
        for by in ("station", "duid"):
            self.texts.pop(by, None)
            names = [m.name for m in members if m.by == by]
            if names:
                self.texts |= StationOutput(**{by: names}).texts()

    def _picked(self, message: dict[str, Any]) -> None:
        """A chip was pressed: another unit of the station, or one of several that are compared."""
        snapshot = shared.current()
        try:
            if message.get("chip") == "compare-units":
                subject = self.subject(snapshot)
                if subject is not None:
                    self._compare([unit_subject(snapshot, d) for d in subject.units])
            elif "chip" in message:
                self.open(subject_of(snapshot, str(message["chip"])[:250]))
            elif "remove" in message:
                self._compare([m for m in self.members(snapshot) if m.key != message["remove"]])
            else:
                self.bar.tell()
        except ValueError:
            self.refresh()

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
        self.chips.param.update(chips=self._units(subject), facts=self._facts(subject), caption="")
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

    def _units(self, subject: Subject) -> list[dict[str, Any]]:
        """Chips of the whole station and each of its units; none where it is one unit."""
        if len(subject.units) < 2:
            return []
        out = [
            {
                "key": f"station:{subject.station}",
                "label": "Whole station",
                "on": subject.by == "station",
                "title": subject.station,
            }
        ]
        out += [
            {
                "key": f"duid:{d}",
                "label": d,
                "on": subject.by == "duid" and d == subject.name,
                "title": f"Unit {d} alone",
            }
            for d in subject.units
        ]
        more = len(subject.units) > MOST_MEMBERS
        label = f"Compare {MOST_MEMBERS} units" if more else "Compare units"
        return [*out, {"key": "compare-units", "label": label, "on": False, "title": "Side by side"}]

    def _facts(self, subject: Subject) -> list[dict[str, str]]:
        """Region, technology and owner, each a link to its page."""
        own = subject.own
        texts = {k: v for k, v in self.texts.items() if k != "region"}
        region = {"region": [own["region"]]} if own["region"] else {}
        return [
            fact for fact in (
                {"text": subject.place, "href": to.region(own["region"], texts) if own["region"] else ""},
                {"text": subject.technology, "href": to.of("fueltech", own["fueltech"], texts | region) or ""},
                {"text": own["owner"], "href": to.of("owner", own["owner"], texts) or ""},
            ) if fact["text"]
        ]  # fmt: skip

    def nothing(self, snapshot: Snapshot, card: Card, subject: Subject, window: Window) -> None:
        """Say that a subject has no readings in a window, and where the nearest ones are."""
        reason = f"{subject.title} has no readings in {formats.window(window.start, window.end)}."
        card.empty(reason, actions=self.nearest_window(snapshot, "scada", window, list(subject.duids)))

    def said(self, result: Result, window: Window, *more: str) -> str:
        """Window, interval and coverage in words."""
        return self.describe(window, *more, self.covered(result))


__all__ = ["StationsDashboard"]
