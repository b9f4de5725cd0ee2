"""Whom the stations page shows: the members its address names, and what the search and the chips ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from components.dashboards.stations_compare import CompareView
from components.dashboards.stations_power import PowerView
from components.dashboards.stations_search import Found, Hit
from components.dashboards.stations_subject import MOST_MEMBERS, Subject, station_subject, subject_of, unit_subject
from components.queries.stations import StationOutput
from components.store import shared
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.page import Dashboard
else:
    Dashboard = object  # a part of a page, not a page


class Choosing(Dashboard):
    """The part of the page that knows who is shown and takes the visitor's choices."""

    def found(self, snapshot: Snapshot) -> Found:
        """The list, here and elsewhere."""
        raise NotImplementedError

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
