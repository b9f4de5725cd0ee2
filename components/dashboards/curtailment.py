"""``/curtailment``: wind and solar power that could have been generated and was not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.dashboards.curtailment_hours import CurtailedHours
from components.dashboards.curtailment_over_time import CurtailedOverTime
from components.dashboards.curtailment_price import CurtailedByPrice
from components.dashboards.curtailment_units import CurtailedUnits
from components.dashboards.curtailment_view import FUEL_LABELS
from components.dashboards.page import Dashboard
from components.dashboards.stations_parts import Chips
from components.queries.curtailment import Curtailment
from components.store.snapshot import Snapshot


class CurtailmentDashboard(Dashboard):
    """Curtailment of a region or the market, of wind, solar or both, from several sides."""

    slug = "curtailment"
    title = "Curtailment"
    questions = (Curtailment,)
    views = (CurtailedOverTime, CurtailedHours, CurtailedByPrice, CurtailedUnits)

    def build(self) -> Sequence[Any]:
        self.chips = Chips(on_message=self._pressed)
        return [self.chips]

    def draw(self, snapshot: Snapshot) -> None:
        chosen = self.ask(Curtailment).fuel
        both = {"key": "", "label": "Wind and solar", "title": "Both together", "on": len(chosen) == len(FUEL_LABELS)}
        each = [
            {
                "key": fuel, "label": label, "title": f"{label} alone", "colour": self.theme.fuels[fuel],
                "on": list(chosen) == [fuel],
            }
            for fuel, label in FUEL_LABELS.items()
        ]  # fmt: skip
        self.chips.chips = [both, *each]

    def _pressed(self, message: dict[str, Any]) -> None:
        """A chip was pressed. Anything may come from a browser."""
        key = message.get("chip")
        if key == "":
            self.change(fuel=list(FUEL_LABELS))
        elif isinstance(key, str) and key in FUEL_LABELS:
            self.change(fuel=[key])
        else:
            self.bar.tell()


__all__ = ["CurtailmentDashboard"]
