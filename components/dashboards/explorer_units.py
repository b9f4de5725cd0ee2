"""Explorer: every unit over time, in groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from bokeh.events import Tap
from bokeh.models import Range1d

from components.charts import formats
from components.charts.raster_units import Layout, UnitsPlot
from components.dashboards.explorer_question import Archive
from components.dashboards.explorer_view import PictureView, iso
from components.dashboards.shell import Card
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.base import Query
from components.queries.stations import StationOutput
from components.raster.answers import Raster
from components.raster.rows import UnitRows, unit_rows
from components.raster.units import MISSING, UnitsAsk
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, REGIONS

HEIGHT = 560
OWN_FUELS = {n: f for n, f in FUELS.items() if not f.load and n not in ("rooftop", "imports")} | {
    "pumps": FUELS["pumps"]
}


class UnitsView(PictureView):
    """Rows are units, columns bins of time, colour is power."""

    slug = "units"
    label = "Units"
    help = "Every unit over all time: power over capacity, or power"
    missing = "no reading, or no registered capacity"
    choices = {
        "group": Choice("How units are grouped", {"fuel": "By fuel", "region": "By region", "station": "By station"}),
        "fuel": Choice("Which fuel", {"all": "All fuels", **{n: f.label for n, f in OWN_FUELS.items()}}),
        "value": Choice("What is shown", {"cf": "Share of capacity", "mw": "Power"}),
        "agg": Choice("What a cell shows of its readings", {"mean": "Mean", "max": "Highest", "min": "Lowest"}),
    }

    def plotted(self, span: Range1d) -> UnitsPlot:
        self.arranged: tuple[Any, ...] = ()
        plot = UnitsPlot(self.page.theme, height=HEIGHT, x=span)
        plot.figure.on_event(Tap, self._tapped)
        return plot

    def rows(self, snapshot: Snapshot) -> UnitRows:
        """The rows as they are arranged now."""
        return unit_rows(snapshot, self.region, self._fuel(), self.page.chosen("group"))

    def _fuel(self) -> str:
        fuel = self.page.chosen("fuel")
        return "" if fuel == "all" else fuel

    def draw(self, snapshot: Snapshot) -> None:
        self.snapshot_rows = self.rows(snapshot)
        if not len(self.snapshot_rows):
            self.picture.empty(f"No unit of this fuel has readings in {self.where()}.")
            return
        super().draw(snapshot)

    def asked(self, snapshot: Snapshot, window: Window) -> UnitsAsk:
        rows = self.page.ask(Archive).y
        low, high = (math.floor(rows[0]), math.ceil(rows[1])) if rows else (0, 0)
        return UnitsAsk(
            iso(window.start), iso(window.end), self.region, self._fuel(), self.page.chosen("group"), self.page.chosen("value"),
            self.page.chosen("agg"), max(low, 0), max(high, 0), self.columns, self.rows_high,
        )  # fmt: skip

    def feed(self, raster: Raster) -> None:
        rows = self.snapshot_rows
        plot = self.plot
        assert isinstance(plot, UnitsPlot)
        if self.arranged != (rows,):
            self.arranged = (rows,)
            plot.y.bounds = (0, len(rows))
            plot.arrange(_layout(rows, self.page.chosen("group")))
        plot.missing = MISSING
        plot.feed(raster.words, raster.arrays, self.page.chosen("value"))
        marked = self.page.ask(Archive).duid
        plot.mark(rows.duids.index(marked[0]) if marked and marked[0] in rows.duids else None)

    def told(self, raster: Raster) -> str:
        words = raster.words
        count, step = min(words["high"], words["of"]) - words["low"], minutes_in_words(words["minutes"])
        what = {"mean": "mean", "max": "highest", "min": "lowest"}[self.page.chosen("agg")]
        shown = (
            f"{formats.number(count)} of {formats.number(words['of'])} units"
            if count < words["of"]
            else f"{formats.number(count)} units"
        )
        if words["mode"] == "lines":
            low, high = (
                formats.percent(v, 0) if self.page.chosen("value") == "cf" else formats.power(v) for v in words["axis"]
            )
            return f"{shown} · every 5-minute reading, each row from {low} to {high}"
        merged = f" · {words['per']} units to a row" if words["per"] > 1 else ""
        unknown = int(np.isnan(self.snapshot_rows.capacity_mw).sum()) if self.page.chosen("value") == "cf" else 0
        no_capacity = f" · {unknown} without a registered capacity" if unknown else ""
        bins = f"{what} of each {step}" if words["minutes"] > 5 else "every 5-minute reading"
        return f"{shown}{merged} · {bins}{no_capacity}"

    def title(self) -> str:
        what = "Share of capacity" if self.page.chosen("value") == "cf" else "Power"
        fuel = f"{FUELS[self._fuel()].label} · " if self._fuel() else ""
        return f"{what} of every unit · {fuel}{self.where()}"

    def extents(self, moved: dict[str, float]) -> dict[str, Any]:
        count = len(self.snapshot_rows)
        low, high = max(0, math.floor(moved["y0"] + 0.01)), min(count, math.ceil(moved["y1"] - 0.01))
        whole = low <= 0 and high >= count
        return {"y": None if whole or high <= low else (float(low), float(high))}

    def _tapped(self, event: Tap) -> None:
        """A click marks the unit of that row; a second one lets it go."""
        row = math.floor(event.y) if event.y is not None else -1
        if 0 <= row < len(self.snapshot_rows):
            duid = self.snapshot_rows.duids[row]
            self.page.move(duid=[] if self.page.ask(Archive).duid == [duid] else [duid])

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        if self.window is None:
            return ()
        rows = self.page.ask(Archive).y
        units: list[str] = []
        if rows:
            units = list(self.rows(snapshot).duids[max(0, math.floor(rows[0])) : math.ceil(rows[1])])
        fuel, marked = self._fuel(), self.page.ask(Archive).duid
        whole = StationOutput(
            **self.same(self.window), region=self.page.ask(Archive).region, fuel=[fuel] if fuel else [], by="duid",
            agg=self.page.chosen("agg"), duid=units if len(units) <= 100 else [],
        )  # fmt: skip
        one = StationOutput(**self.same(self.window), duid=marked, by="duid", interval="5m")
        return [
            (self.picture, [("Power of these units", whole), *([(f"{marked[0]} at 5 minutes", one)] if marked else [])])
        ]

    def notes(self) -> Sequence[str]:
        return [
            "Loads and charging are below zero. Capacity is the one registered at the end of each month; units stand where the registry has them now.",
        ]


def minutes_in_words(minutes: int) -> str:
    """The length of a bin: ``30 minutes``, ``3 hours``, ``2 days``."""
    for unit, length in (("day", 1440), ("hour", 60)):
        if minutes % length == 0:
            return unit if minutes == length else f"{minutes // length} {unit}s"
    return f"{minutes} minutes"


def _layout(rows: UnitRows, group: str) -> Layout:
    names = [
        f"{d} · {s} · {FUELS[f].label if f in FUELS else f} · {r[:-1] if r in REGIONS else 'no region'}"
        + (f" · {formats.power(c)}" if np.isfinite(c) else "")
        for d, s, f, r, c in zip(rows.duids, rows.station, rows.fuel, rows.region, rows.capacity_mw, strict=True)
    ]

    def label(name: str) -> str:
        if group == "fuel" and name in FUELS:
            return FUELS[name].label
        if group == "region":
            return name[:-1] if name in REGIONS else "No region"
        return name

    return Layout(names, list(rows.duids), [(label(g.name), g.first, g.end) for g in rows.groups])
