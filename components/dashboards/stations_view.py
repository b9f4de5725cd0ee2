"""What the views of the stations page share: whom they are about, and what they say without readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from components.dashboards.shell import Card
from components.dashboards.stations_subject import Subject
from components.dashboards.view import View
from components.queries.base import Query
from components.store.snapshot import Snapshot

if TYPE_CHECKING:
    from components.dashboards.stations import StationsDashboard

NOBODY = "No station with readings matches; clear the search or choose another region."
Links = Sequence[tuple[Card, Sequence[tuple[str, Query]]]]


class StationView(View):
    """A view of one subject; sub-classes show it in :meth:`show` and name its questions in :meth:`offers`."""

    @property
    def home(self) -> StationsDashboard:
        """The page."""
        return cast("StationsDashboard", self.page)

    def draw(self, snapshot: Snapshot) -> None:
        subject = self.home.subject(snapshot)
        if subject is not None:
            self.show(snapshot, subject)
            return
        for card in self.cards:
            card.hide()

    def show(self, snapshot: Snapshot, subject: Subject) -> None:
        """Feed the view with the answers about a subject."""
        raise NotImplementedError

    def links(self, snapshot: Snapshot) -> Links:
        subject = self.home.subject(snapshot)
        return self.offers(snapshot, subject) if subject is not None else ()

    def offers(self, snapshot: Snapshot, subject: Subject) -> Links:
        """What each card shows of a subject, as questions."""
        raise NotImplementedError

    def same(self, subject: Subject, *names: str) -> dict[str, Any]:
        """The filters of a subject that a question has."""
        return {n: v for n, v in subject.filters.items() if n in names} | {"by": subject.by}
