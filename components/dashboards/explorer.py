"""``/explorer``: the whole archive on one screen, drawn by a helper process; zooming in leads to single readings."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, cast

import pandas as pd
import panel as pn
from bokeh.models import Range1d

from components import config
from components.charts.raster_map import ArchiveMap
from components.dashboards.explorer_calendar import CalendarView
from components.dashboards.explorer_density import DensityView
from components.dashboards.explorer_prices import AllPricesView
from components.dashboards.explorer_question import Archive
from components.dashboards.explorer_units import UnitsView
from components.dashboards.explorer_view import PictureView
from components.dashboards.page import Dashboard
from components.dashboards.parts import Column
from components.dashboards.shell import figure
from components.errors import DashboardError, Problem
from components.market_time import DISPATCH
from components.raster.answers import Raster
from components.raster.asks import Ask
from components.raster.desk import DESK, Wanted
from components.raster.helper import HelperEnded
from components.raster.overview import OverviewAsk
from components.store import shared
from components.store.snapshot import Snapshot
from components.vocabulary import NEM

log = logging.getLogger(__name__)

MAP = "map"
STRIP = ":host { height: auto !important; background: var(--nem-card); border: 1px solid var(--nem-line); border-radius: 10px; padding: 6px 16px 4px; }"
SHORTEST = pd.Timedelta(minutes=30)
OF_A_PICTURE = ("view", "group", "fuel", "against", "region")
"""Choices after which a part of the other axes means something else."""


class ExplorerDashboard(Dashboard):
    """Four pictures of everything, one window of time, a map of the archive above them."""

    slug = "explorer"
    title = "Explorer"
    questions = (Archive,)
    fixed = Dashboard.fixed | {"month", "hour", "weekday"}
    views = (UnitsView, AllPricesView, DensityView, CalendarView)

    def build(self) -> Sequence[Any]:
        self.span = Range1d(start=0, end=1)
        self.map = ArchiveMap(self.theme, self.span)
        self.map.on_move(self._dragged)
        if self.touch:
            self.map.without_drag()
        self.desk = DESK
        self.wanted: dict[str, Wanted] = {}
        self.tries: dict[str, int] = {}
        self.me = object()
        self.strip = Column(figure(self.map.figure), stylesheets=[STRIP])
        return [self.strip]

    def charts(self) -> Sequence[Any]:
        return [self.map]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.ask(Archive).window(snapshot)
        first, last = snapshot.first("scada"), snapshot.last("scada")
        if first is not None and last is not None:
            bounds = (_ms(first - DISPATCH), _ms(last))
            self.map.reach(*bounds)
            self.span.update(bounds=bounds, min_interval=SHORTEST / pd.Timedelta(milliseconds=1))
        self.span.update(start=_ms(window.start), end=_ms(window.end))

    # -- pictures ------------------------------------------------------------------------------------

    def draw_map(self, snapshot: Snapshot) -> None:
        """Ask for the strip above; after the picture, which is waited for."""
        chosen = self.ask(Archive).region
        self._ask(MAP, OverviewAsk(chosen[0] if chosen else NEM), snapshot)

    def want(self, view: PictureView, ask: Ask) -> None:
        """Ask for a view's picture: it is drawn at once where it is at hand, else when it arrives."""
        self._ask(view.slug, ask, shared.current())

    def _ask(self, slot: str, ask: Ask, snapshot: Snapshot) -> None:
        wanted = Wanted(config.active().data_dir, snapshot.version, ask)
        if self.wanted.get(slot) != wanted:
            self.wanted[slot] = wanted
            self.tries[slot] = 0
        me, document = weakref.ref(self), self.document

        def done(outcome: Raster | DashboardError) -> None:
            page = me()
            if page is None:
                return
            if document is None:
                page.arrived(slot, wanted, outcome)
            else:
                document.add_next_tick_callback(lambda: page.arrived(slot, wanted, outcome))

        found = self.desk.ask((self.me, slot), wanted, done)
        if found is not None:
            self._show_picture(slot, found)
        elif slot != MAP:
            self._picture(slot).waits()

    def arrived(self, slot: str, wanted: Wanted, outcome: Raster | DashboardError) -> None:
        """A picture, or why there is none, comes into the page."""
        if self.document is not None and not pn.state.loaded:
            # Between the page's being sent and its being ready, Panel tells the browser nothing of what changes.
            pn.state.onload(lambda: self._take(slot, wanted, outcome))
        else:
            self._take(slot, wanted, outcome)

    def _take(self, slot: str, wanted: Wanted, outcome: Raster | DashboardError) -> None:
        """Show it; one that is no longer wanted is dropped."""
        if self.wanted.get(slot) != wanted:
            return
        with pn.io.hold() if pn.state.loaded else nullcontext():
            if isinstance(outcome, Raster):
                self._show_picture(slot, outcome)
                return
            self.wanted.pop(slot)
            if isinstance(outcome, HelperEnded) and self.tries[slot] == 0:
                # Another one starts with the next question.
                self._ask(slot, wanted.ask, shared.current())
                self.tries[slot] = 1
                if slot != MAP:
                    self._picture(slot).picture.head.detail = f"{outcome} Starting it again …"
                return
            log.warning("no picture %s: %s", slot, outcome)
            if slot != MAP:
                view = self._picture(slot)
                view.plot.busy(False)
                view.picture.error(str(outcome))

    def _show_picture(self, slot: str, raster: Raster) -> None:
        if slot == MAP:
            self.map.feed(raster.words, raster.arrays)
            return
        view = self._picture(slot)
        view.plot.busy(False)
        view.arrived(raster)

    def _picture(self, slot: str) -> PictureView:
        return cast(PictureView, self.made[slot][0])

    # -- the window ----------------------------------------------------------------------------------

    def moved_to(self, x0: float, x1: float) -> dict[str, Any]:
        """A window of the time axis [ms] as changes to the address; everything is no window at all."""
        snapshot = shared.current()
        first, last = snapshot.first("scada"), snapshot.last("scada")
        if first is None or last is None:
            return {}
        start, end = (pd.Timestamp(v, unit="ms").round("5min") for v in (x0, x1))
        start, end = max(start, first - DISPATCH), min(max(end, start + SHORTEST), last)
        if start <= first and end >= last:
            return {"start": None, "end": None, "last": "all"}
        return {"start": min(start, end - SHORTEST), "end": end}

    def _dragged(self, x0: float, x1: float) -> None:
        self.move(**self.moved_to(x0, x1))

    def move(self, **changes: Any) -> None:
        """Change what a gesture has changed; one that ends where it began is put right, without a step for Back."""
        asked = self.ask(Archive)
        if any(getattr(asked, name) != value for name, value in changes.items()):
            self.change(**changes)
        else:
            self.refresh(passing=True)

    def _checked(self, snapshot: Snapshot) -> None:
        super()._checked(snapshot)
        named = self.ask(Archive).region
        if len(named) > 1:
            self.texts["region"] = named[:1]
            self.problems.append(
                Problem("region", ",".join(named[1:]), "a picture shows one region, or NEM = all of them")
            )

    def change(self, *, passing: bool = False, **values: Any) -> None:
        values.pop("interval", None)
        if values.get("start") is not None or values.get("end") is not None:
            values["last"] = "all"  # the default, which the address leaves out
        if any(name in values for name in OF_A_PICTURE):
            values = {"x": None, "y": None} | values
        super().change(passing=passing, **values)

    def _controls(self, snapshot: Snapshot, passing: bool) -> None:
        super()._controls(snapshot, passing)
        # Bins follow the window and the width of the plot.
        self.bar.param.update(intervals=[])
        self.strip.visible = not snapshot.empty


def _ms(moment: pd.Timestamp) -> float:
    return float((moment - pd.Timestamp(0)) / pd.Timedelta(milliseconds=1))
