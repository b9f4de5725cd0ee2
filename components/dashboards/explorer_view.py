"""What the explorer's views share: a picture that is asked for, waited for and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
import pandas as pd
from bokeh.models import Range1d

from components.charts import formats
from components.charts.raster import RasterPlot
from components.dashboards import address
from components.dashboards.explorer_parts import Onward
from components.dashboards.explorer_question import Archive
from components.dashboards.shell import figure
from components.dashboards.view import View
from components.market_time import Window
from components.queries.base import PeriodQuery
from components.raster.answers import Raster
from components.raster.asks import Ask
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGION_NAMES

if TYPE_CHECKING:
    from components.dashboards.explorer import ExplorerDashboard

COLUMNS, ROWS = 1_200, 480
"""Columns and rows of a picture before the browser has said how large the plot is."""
MOST_COLUMNS, MOST_ROWS = 1_600, 800

HINTS = (
    "Drag over a part, or use the wheel, to zoom; drag the frame above to move.",
    "Range “All” shows everything again.",
)


class PictureView(View):
    """A view with one picture.

    Sub-classes make the plot (:meth:`plotted`), say what to ask (:meth:`asked`) and feed the plot (:meth:`feed`).
    """

    missing: ClassVar[str] = ""
    follows_time: ClassVar[bool] = True
    """The picture's x axis is the window of time."""

    page: ExplorerDashboard

    def plotted(self, span: Range1d) -> RasterPlot:
        """Make the plot, once; ``span`` is the window of time that all views share."""
        raise NotImplementedError

    def asked(self, snapshot: Snapshot, window: Window) -> Ask:
        """The picture to be drawn."""
        raise NotImplementedError

    def feed(self, raster: Raster) -> None:
        """Draw it."""
        raise NotImplementedError

    def told(self, raster: Raster) -> str:
        """What the card says of it beside the window."""
        return ""

    def title(self) -> str:
        """The card's heading."""
        return self.label

    def extents(self, moved: dict[str, float]) -> dict[str, Any]:
        """Parts of the axes that are not time, after a gesture."""
        return {}

    # -- the view ------------------------------------------------------------------------------------

    def build(self) -> Sequence[Any]:
        self.columns, self.rows_high = COLUMNS, ROWS
        self.window: Window | None = None
        self.plot = self.plotted(self.page.span)
        self.plot.on_move(self._moved)
        self.plot.on_size(self._sized)
        if self.page.touch:
            self.plot.without_drag()
        hints = HINTS[1:] if self.page.touch else HINTS
        self.onward = Onward(hints=list(hints), missing=self.missing)
        self.picture = self.card(self.label, figure(self.plot.figure), self.onward)
        return [self.picture.view]

    def charts(self) -> Sequence[Any]:
        return [self.plot]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.page.ask(Archive).window(snapshot)
        if window.end <= window.start or self.outside(snapshot, window):
            reason = f"There are no readings in {formats.window(window.start, window.end)}."
            self.picture.empty(reason, actions=self.page.nearest_window(snapshot, "scada", window))
            return
        self.window = window
        self.onward.links = self.onwards(snapshot, window)
        self.page.want(self, self.asked(snapshot, window))
        self.page.draw_map(snapshot)

    def draws(self, label: str) -> bool:
        return False  # the picture comes from the helper

    def outside(self, snapshot: Snapshot, window: Window) -> bool:
        """True where the window has none of the archive."""
        first, last = snapshot.first("scada"), snapshot.last("scada")
        return first is None or last is None or window.start >= last or window.end < first

    def waits(self) -> None:
        """Another picture is on its way; the old one stays meanwhile."""
        self.plot.busy(True)
        if not self.plot.image.data_source.data["image"] and self.window is not None:
            self.picture.ready(formats.window(self.window.start, self.window.end), heading=self.title())

    def arrived(self, raster: Raster) -> None:
        """The picture is there."""
        assert self.window is not None
        self.feed(raster)
        parts = [formats.window(self.window.start, self.window.end), self.told(raster)]
        self.picture.ready(" · ".join(p for p in parts if p), heading=self.title())

    # -- what the visitor does -----------------------------------------------------------------------

    def _moved(self, moved: dict[str, float]) -> None:
        changes = self.page.moved_to(moved["x0"], moved["x1"]) if self.follows_time else {}
        self.page.move(**changes, **self.extents(moved))

    def _sized(self, size: dict[str, float]) -> None:
        """The browser has said how many pixels there are; a picture has no more cells than that."""
        self.plot.inner = float(np.clip(size["height"], 50, 4_000))
        before = self.columns, self.rows_high
        fine = max(1.0, size["ratio"])
        # In steps, so that visitors with nearly the same screen share their pictures.
        self.columns = _stepped(size["width"], MOST_COLUMNS)
        self.rows_high = _stepped(size["height"] * fine, MOST_ROWS)
        if before != (self.columns, self.rows_high):
            self.page.refresh(passing=True)

    # -- where else ----------------------------------------------------------------------------------

    @property
    def region(self) -> str:
        """The region looked at, NEM = all."""
        chosen = self.page.ask(Archive).region
        return chosen[0] if chosen else NEM

    def where(self) -> str:
        """The region in words."""
        return REGION_NAMES[self.region]

    def onwards(self, snapshot: Snapshot, window: Window) -> list[dict[str, str]]:
        """Links to the other pages with this window."""
        texts = self.same_window(window)
        if self.region != NEM:
            texts["region"] = [self.region]
        search = address.join(texts)
        links = [
            {"label": "Generation", "href": f"./generation{search}"},
            {"label": "Prices", "href": f"./prices{search}"},
        ]
        marked = self.page.ask(Archive).duid
        if marked:
            unit = address.join({**self.same_window(window), "duid": marked[:1]})
            return [*links, {"label": f"Stations ({marked[0]})", "href": f"./stations{unit}"}]
        return [*links, {"label": "Stations", "href": f"./stations{search}"}]

    def same_window(self, window: Window) -> dict[str, list[str]]:
        """The window for a page whose own default is another one."""
        asked = self.page.ask(Archive)
        if asked.start is None and asked.end is None:
            return {"last": [asked.last]}
        return cast(PeriodQuery, PeriodQuery(start=window.start, end=window.end)).texts()

    def same(self, window: Window) -> dict[str, Any]:
        """The window as parameters of another question."""
        return {"start": window.start, "end": window.end, "last": "1d"}


def _stepped(pixels: float, most: int) -> int:
    return int(np.clip(-(-pixels // 100) * 100, 200, most))


def iso(moment: pd.Timestamp) -> str:
    """A moment as a question of pictures has it."""
    return moment.strftime("%Y-%m-%dT%H:%M")
