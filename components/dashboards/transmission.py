"""``/transmission``: flows between regions, each interconnector against its limits, and what that does to prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.dashboards.page import Dashboard
from components.dashboards.stations_parts import Chips
from components.dashboards.transmission_duration import FlowDuration
from components.dashboards.transmission_hours import FlowHours
from components.dashboards.transmission_limits import Limits
from components.dashboards.transmission_map import FlowMaps
from components.dashboards.transmission_prices import FlowPrices
from components.dashboards.transmission_regions import RegionFlows
from components.dashboards.transmission_view import colour_of, name_of, way_of
from components.queries.flows import Flows
from components.queries.link_summary import LinkSummary
from components.queries.links import links_asked
from components.store import shared
from components.store.snapshot import Snapshot


class TransmissionDashboard(Dashboard):
    """Interconnectors chosen by chips, or all of a region, from several sides."""

    slug = "transmission"
    title = "Transmission"
    questions = (Flows, LinkSummary)
    fixed = Dashboard.fixed - {"agg"}
    views = (FlowMaps, Limits, FlowDuration, FlowPrices, RegionFlows, FlowHours)

    def build(self) -> Sequence[Any]:
        self.chips = Chips(on_message=self._pressed, margin=0)
        return [self.chips]

    def draw(self, snapshot: Snapshot) -> None:
        asked = self.ask(Flows)
        known = links_asked(snapshot, (), asked.region)
        # A link that is named is shown, whichever region is chosen.
        offered = [link for link in snapshot.keys("flow") if link in known or link in asked.interconnector]
        view = self.view
        by_link = view is None or view.by_link  # type: ignore[attr-defined]
        whole = {"key": "", "label": "All", "title": "Every interconnector", "on": not asked.interconnector}
        each = [
            {
                "key": link, "label": name_of(link), "title": f"{link} · forward: {way_of(link)}",
                "colour": colour_of(snapshot, link, self.theme), "on": link in asked.interconnector,
            }
            for link in offered
        ]  # fmt: skip
        self.chips.param.update(chips=[whole, *each], caption="Interconnectors", visible=by_link and bool(each))

    def change(self, *, passing: bool = False, **values: Any) -> None:
        """As on every page; another region lets go of interconnectors chosen by name."""
        if "region" in values:
            values.setdefault("interconnector", [])
        super().change(passing=passing, **values)

    def _pressed(self, message: dict[str, Any]) -> None:
        """A chip was pressed: its interconnector joins or leaves those chosen. Anything may come from a browser."""
        key = message.get("chip")
        named = list(self.ask(Flows).interconnector)
        if key == "":
            self.change(interconnector=[])
        elif isinstance(key, str) and key in shared.current().keys("flow"):
            self.change(interconnector=[n for n in named if n != key] if key in named else [*named, key])
        else:
            self.bar.tell()


__all__ = ["TransmissionDashboard"]
