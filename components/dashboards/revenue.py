"""``/revenue``: what groups of units earned, in any order of groups, as rankings and over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import formats
from components.dashboards.page import Dashboard
from components.dashboards.pivot_part import Filters
from components.dashboards.revenue_filters import FilterBar
from components.dashboards.revenue_league import LeagueView
from components.dashboards.revenue_over_time import OverTimeView
from components.dashboards.revenue_pivot import PivotView
from components.market_time import Window
from components.queries.base import Query
from components.queries.revenue_pivot import RevenuePivot
from components.store.snapshot import Snapshot


class RevenueDashboard(Dashboard):
    """Filters above, that say what they leave out; below them the pivot table, the rankings, the course."""

    slug = "revenue"
    title = "Revenue"
    questions = (RevenuePivot,)
    fixed = frozenset()
    many_regions = True
    toggles = {"rooftop": "Rooftop solar", "loss_adjusted": "Loss factors"}
    selects = {"basis": {"dispatch": "Dispatch price", "settlement": "Settlement price"}}
    views = (PivotView, LeagueView, OverTimeView)

    def build(self) -> Sequence[Any]:
        self.filters = Filters(on_message=self._filtered, margin=0)
        self.filter_bar = FilterBar(self)
        return [self.filters]

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return self.filter_bar.asks()

    def draw(self, snapshot: Snapshot) -> None:
        self.filters.param.update(**self.filter_bar.words(snapshot))

    def _filtered(self, message: dict[str, Any]) -> None:
        self.filter_bar.told(message)

    # -- for the views -------------------------------------------------------------------------------

    def window(self, snapshot: Snapshot) -> Window:
        """The window of every view."""
        return self.ask(RevenuePivot).window(snapshot)

    def window_words(self, window: Window, covered: float) -> str:
        """The window, which of its intervals count, and how much of it is there."""
        parts = [formats.window(window.start, window.end)]
        parts += [f"only {n} {', '.join(self.texts[n])}" for n in ("month", "weekday", "hour") if n in self.texts]
        if covered < 0.9995:
            parts.append(f"coverage {formats.percent(covered)}")
        return " · ".join(parts)

    def nothing(self, snapshot: Snapshot, window: Window) -> dict[str, Any]:
        """Why there is nothing to show, and what to do."""
        words = formats.window(window.start, window.end)
        if self.filter_bar.narrowed():
            return {"reason": f"Nothing that the filters let through has readings in {words}.",
                    "actions": [*self.nearest_window(snapshot, "scada", window), self.filter_bar.without()]}  # fmt: skip
        return {
            "reason": f"No readings are known in {words}.",
            "actions": self.nearest_window(snapshot, "scada", window),
        }
