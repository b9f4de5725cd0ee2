"""AEMO's own forecasts and messages beside the data: predispatch prices and market notices, as last collected.

Where nothing has been collected (demo data, files read by hand) both cards stay away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.lines import LineChart, line_data
from components.dashboards.overview_block import NAMES, Block
from components.dashboards.parts import Legend, Part, Told
from components.dashboards.shell import figure, row, stack
from components.store import shared
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

MOST_NOTICES = 5
LONGEST = 4_000


class Notices(Part):
    """Market notices, each of which opens; what they say is only ever set as text."""

    _part: ClassVar[str] = "notices"
    notices = Told(default=[], doc="{id, when, kind, title, text} of each.")


@dataclass(frozen=True, eq=False)
class Forecast:
    """Steps to come: ``edges`` (n + 1,) datetime64[us], ``price`` region -> (n,) [$/MWh]; ``published`` by the newest run."""

    edges: np.ndarray
    price: Mapping[str, np.ndarray]
    published: str


def forecast(context: Mapping[str, Any], after: pd.Timestamp) -> Forecast | None:
    """What the runs of a context say of the time after a stamp, the finest first; None where they say nothing."""
    rows: dict[pd.Timestamp, tuple[int, dict[str, float]]] = {}
    reached, published = after, ""
    try:
        for run in sorted(context["forecasts"], key=lambda f: f["minutes"]):
            last = reached
            for text, region, price in zip(run["time"], run["region"], run["price"], strict=True):
                time = pd.Timestamp(text)
                if time > reached and region in REGIONS:
                    rows.setdefault(time, (int(run["minutes"]), {}))[1][region] = (
                        float("nan") if price is None else float(price)
                    )
                    last = max(last, time)
            reached = last
            published = max(published, str(run.get("published") or ""))
    except (KeyError, TypeError, ValueError):  # a file beside the data: whatever is wrong with it, the page stands
        return None
    if not rows:
        return None
    times = sorted(rows)
    first = times[0] - pd.Timedelta(minutes=rows[times[0]][0])
    edges = np.array([max(first, after), *times], "datetime64[us]")
    price = {r: np.array([rows[t][1].get(r, np.nan) for t in times]) for r in REGIONS}
    return Forecast(edges, price, published)


class ContextBlock(Block):
    """A chart of what is forecast, and the newest notices."""

    def build(self) -> Sequence[Any]:
        self.chart: LineChart | None = None
        self.place = stack()
        return [self.place]

    def _make(self) -> None:
        """The cards, once there is something for them: most visitors of a server without a collector never see them."""
        self.legend, self.list = Legend(), Notices()
        keys = {r: NAMES[r] for r in REGIONS}
        self.chart = LineChart(
            self.page.theme, keys, height=250, title="Predispatch prices (forecast)", y_label="$/MWh", as_price=True
        )
        self.chart.place = self.page._place()  # made after the page has told its charts
        self.chart.without_drag()  # nothing could be asked about the time to come
        for line in self.chart.lines.values():
            line.glyph.line_dash = [6, 3]
        self.forecast_card = self.card("Predispatch (forecast)", self.legend, figure(self.chart.figure))
        self.notice_card = self.card("Market notices", self.list)
        self.place.append(row(self.forecast_card.view, self.notice_card.view, columns="minmax(0, 3fr) minmax(0, 2fr)"))

    def charts(self) -> Sequence[Any]:
        return [self.chart] if self.chart is not None else []

    def notes(self) -> Sequence[str]:
        if self.chart is None:
            return []
        if shared.context()["demo"]:
            return ["Forecasts and notices are invented like the rest of the demo market."]
        return [
            "Predispatch and notices are AEMO's, as last collected; they were read by name and are not part of the data."
        ]

    def draw(self, snapshot: Snapshot) -> None:
        context = shared.context()
        newest = snapshot.last("price")
        ahead = forecast(context, newest) if newest is not None else None
        notices = [n for n in context["notices"][::-1][:MOST_NOTICES] if isinstance(n, dict)]
        if self.chart is None:
            if not (context["forecasts"] or notices):
                return
            self._make()
        if ahead is None:
            self.forecast_card.empty("No forecast was collected that reaches beyond the newest price.")
        else:
            self._forecast(ahead, "The demo market's" if context["demo"] else "AEMO's")
        if not notices:
            self.notice_card.empty("No market notice has been collected.")
            return
        self.list.notices = [_notice(n) for n in notices]
        self.notice_card.ready(f"the newest {len(notices)}")

    def _forecast(self, ahead: Forecast, whose: str) -> None:
        assert self.chart is not None
        self.chart.feed(line_data(ahead.edges, ahead.price, as_price=True))
        self.legend.entries = [{"label": NAMES[r], "colour": self.page.theme.regions[r]} for r in self.chart.present]
        until = formats.stamp(pd.Timestamp(ahead.edges[-1]))
        told = f" · published {formats.stamp(pd.Timestamp(ahead.published))}" if ahead.published else ""
        self.forecast_card.ready(f"{whose} forecast to {until}{told}")


def _notice(found: Mapping[str, Any]) -> dict[str, str]:
    try:
        when = formats.stamp(pd.Timestamp(found["created"])) if found.get("created") else ""
    except ValueError:
        when = ""
    text = str(found.get("text") or "")
    return {
        "id": str(found.get("id") or ""), "when": when, "kind": str(found.get("type") or "")[:60],
        "title": str(found.get("title") or found.get("description") or "Notice")[:200],
        "text": text[:LONGEST] + (" …" if len(text) > LONGEST else ""),
    }  # fmt: skip


__all__ = ["ContextBlock", "Forecast", "Notices", "forecast"]
