"""Each interconnector against both of its limits over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import formats
from components.charts.limits import SERIES, LimitChart, LimitData, limit_data
from components.dashboards.answers import ANSWERS
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, stack
from components.dashboards.transmission_view import FLOW, WHICH, LinkView, name_of, way_of
from components.queries.base import Query, Result
from components.queries.flows import Flows
from components.queries.link_summary import LinkSummary
from components.queries.links import COLUMN
from components.store.snapshot import Snapshot

MOST = 10
"""Interconnectors drawn at once; further ones are named."""
HEIGHTS = ((1, 440), (3, 280), (MOST, 220))
"""Up to so many interconnectors -> height of each [px]."""


class Limits(LinkView):
    """A chart for each of the chosen interconnectors."""

    slug, label, help = "limits", "Limits", "Each interconnector against both limits over time"
    questions = (Flows, LinkSummary)
    selects = FLOW

    def build(self) -> Sequence[Any]:
        self.panels: list[tuple[LimitChart, Card]] = []
        # Charts are made when they are drawn first: how many and how high they are is not known before.
        self.stack = stack()
        return [self.stack]

    def _more(self, height: int = HEIGHTS[0][1]) -> None:
        """One chart more."""
        chart = LimitChart(self.page.theme, height=height, title=f"Flow {len(self.panels) + 1}")
        card = self.card("Flow", figure(chart.figure))
        self.panels.append((chart, card))
        self.stack.append(card.view)

    def charts(self) -> Sequence[Any]:
        return [chart for chart, _ in self.panels]

    def notes(self) -> Sequence[str]:
        return [
            "Shaded: from the import to the export limit; what is between the flow and its edges is the headroom. Red: target flow at its "
            "limit (98% or more of it; of longer intervals on average). Limits and utilisation are of the target flow; the metered "
            "flow is read at the start of an interval and can lie beside them."
        ]

    def asked(self, snapshot: Snapshot) -> Flows:
        """Flows and limits of the chosen interconnectors at the page's interval."""
        return self.page.ask(Flows, agg="mean")

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window, out = self.window(snapshot), []
        for (_, card), link in zip(self.panels, self.selected(snapshot), strict=False):
            one = {"interconnector": [link]}
            asked: list[tuple[str, Query]] = [
                ("Flow and limits", self.page.ask(Flows, agg="mean", **one)),
                ("Figures", self.over(window, LinkSummary, **one)),
            ]
            out.append((card, asked))
        return out

    def draws(self, label: str) -> bool:
        return False  # all links are asked at once

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.asked(snapshot), self.over(self.window(snapshot), LinkSummary)]

    def draw(self, snapshot: Snapshot) -> None:
        query = self.asked(snapshot)
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            if not self.panels:
                self._more()
            self.nothing(snapshot, window)
            return
        links = self.selected(snapshot)
        shown, others = links[:MOST], links[MOST:]
        height = next(h for most, h in HEIGHTS if len(shown) <= most)
        while len(self.panels) < len(shown):
            self._more(height)
            self.page._wire([self.panels[-1][0]])
        figures = {
            str(r["interconnector"]): r
            for r in ANSWERS.ask(snapshot, self.over(window, LinkSummary)).frame.to_dict("records")
        }
        key = ("limits", query.fingerprint(), window.start, window.end, window.interval)
        drawn = ANSWERS.get(snapshot, key, lambda: self._series(snapshot, result))
        for link, (chart, card) in zip(shown, self.panels, strict=False):
            if link not in drawn:
                card.empty(f"{name_of(link)} has no flows in {formats.window(window.start, window.end)}.")
                continue
            chart.resize(height, x_label=len(shown) == 1)
            chart.place = self.page._place()
            chart.feed(drawn[link], flow=COLUMN[self.flow])
            more = f"{len(others)} more can be chosen above" if others and link == shown[-1] else ""
            words = self.page.describe(
                window, WHICH[self.flow], *self._hours(figures[link], link), drawn[link].thinned.note, more
            )
            card.ready(words, heading=f"{name_of(link)} · {way_of(link)} above zero")
        for _, card in self.panels[len(shown) :]:
            card.hide()

    def _series(self, snapshot: Snapshot, result: Result) -> dict[str, LimitData]:
        labels, edges = steps_of(result, snapshot, "flow")
        series = {name: column(result, labels, name, ["interconnector"]) for name in SERIES}
        return {link: limit_data(edges, {name: series[name][link] for name in SERIES}) for link in series["mw"]}

    @staticmethod
    def _hours(figures: dict[Any, Any], link: str) -> list[str]:
        """Hours at each limit, in words."""
        if not figures["hours_with_limit"] > 0:
            return ["limits unknown"]
        ways = ((way_of(link), "forward"), (way_of(link, back=True), "reverse"))
        return [
            f"{formats.number(figures[f'hours_at_limit_{side}'], 1)} h at the limit {way if '→' in way else side}"
            for way, side in ways
        ]


__all__ = ["Limits"]
