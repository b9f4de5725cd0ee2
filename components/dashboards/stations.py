"""``/stations``: find a station, see its power against its capacity and price, and what it earned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import Span

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.dashboards.answers import ANSWERS
from components.dashboards.page import Dashboard
from components.dashboards.parts import Ledger, Search, Tiles
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.market_time import Window
from components.queries.base import Query
from components.queries.registry import Stations
from components.queries.revenue import Revenue
from components.queries.stations import StationOutput
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECH_LABELS, REGIONS

MOST_HITS = 60
UNIT_COLUMNS = [
    {"label": "Unit"},
    {"label": "Technology"},
    {"label": "Capacity", "unit": "MW", "number": True},
    {"label": "Energy", "unit": "GWh", "number": True, "help": "Generated; storage: discharged"},
    {"label": "Load", "unit": "GWh", "number": True, "help": "Consumed by pumping or charging"},
    {"label": "Revenue", "unit": "$M", "number": True, "help": "Gross at spot, net of what the load paid"},
    {"label": "Capture", "unit": "$/MWh", "number": True, "help": "Value of generation over energy"},
    {"label": "CF", "unit": "%", "number": True, "help": "Capacity factor"},
    {"label": "Coverage", "unit": "%", "number": True, "help": "Part of the expected readings that are there"},
]


class StationsDashboard(Dashboard):
    """Search and list on the left, the chosen station on the right."""

    slug = "stations"
    title = "Stations"
    questions = (StationOutput, Stations, Revenue)

    def build(self) -> Sequence[Any]:
        self.search = Search(placeholder="Search station, DUID or owner  ( / )", on_message=self._searched)
        self.list_card = self.card("Stations", self.search)
        self.tiles = Tiles()
        self.power = LineChart(
            self.theme, {"power": "Power"}, height=310, title="Power", y_label="Power (MW)", filled=True,
            colours={"power": "accent"}, x_label=False,
        )  # fmt: skip
        self.capacity = Span(location=0, dimension="width", line_dash=[6, 4], line_width=1.4, visible=False)
        self.power.figure.add_layout(self.capacity)
        self.price = LineChart(
            self.theme, {r: f"Price {r[:-1]}" for r in REGIONS}, height=180, title="Price", y_label="Price ($/MWh)",
            as_price=True, x=self.power.x,
        )  # fmt: skip
        self.chart_card = self.card("Station", self.tiles, figure(self.power.figure), figure(self.price.figure))
        self.units = Ledger(columns=UNIT_COLUMNS, stacked=True)
        self.unit_card = self.card("Units", self.units)
        from panel import Column

        side = Column(self.chart_card.view, self.unit_card.view, sizing_mode="stretch_width", margin=0,
                      stylesheets=[":host{height:auto!important;max-height:none!important;gap:14px;min-width:0}"])  # fmt: skip
        return [row(self.list_card.view, side, columns="330px minmax(0, 1fr)", narrow=1000)]

    def charts(self) -> Sequence[Any]:
        return [self.power, self.price]

    def notes(self) -> Sequence[str]:
        return [
            "Revenue is gross spot revenue: before loss factors, ancillary services and contracts.",
            "The dashed line is the registered capacity of the generating units with readings in the window.",
        ]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        names = self.chosen_units(snapshot)
        out: list[tuple[Card, Sequence[tuple[str, Query]]]] = [
            (self.list_card, [("Stations in the list", self.listed())])
        ]
        if names:
            output = self.output(names)
            window = output.window(snapshot)
            whole, units = self.revenue(names, window, "station"), self.revenue(names, window, "duid")
            out.append((self.chart_card, [("Power, price, revenue", output), ("Figures", whole)]))
            out.append((self.unit_card, [("Figures by unit", units)]))
        return out

    # -- the questions -------------------------------------------------------------------------------

    def listed(self) -> Stations:
        """The stations of the list: the search within the chosen regions."""
        return self.ask(Stations, by="station", station=[], duid=[])

    def chosen_units(self, snapshot: Snapshot) -> list[str]:
        """The station shown: the one named, that of a named unit, else the largest of the list."""
        named = self.ask(StationOutput)
        if named.station:
            return named.station[:1]
        if named.duid:
            return [
                str(
                    snapshot.units_at(snapshot.last("scada") or pd.Timestamp("2100-01-01"), named.duid[:1])[
                        "station"
                    ].iloc[0]
                )
            ]
        hits = self.ordered(snapshot)
        hits = hits[hits["has_data"] > 0]
        return [] if hits.empty else [str(hits["station"].iloc[0])]

    def ordered(self, snapshot: Snapshot) -> pd.DataFrame:
        """The stations of the list: as found, or those with readings in these months first, the largest first."""
        query = self.listed()
        hits = ANSWERS.ask(snapshot, query).frame
        if query.q.strip():
            return hits
        window = self.ask(StationOutput).window(snapshot)
        low, high = window.start.to_datetime64(), window.end.to_datetime64()
        known = {d for c in snapshot.chunks("scada") if c.first <= high and c.last > low for d in c.keys}
        here = [any(d in known for d in duids.split(" ")) for duids in hits["duid"]]
        by = ["_here", "has_data", "retired", "capacity_mw"]
        order = hits.assign(_here=here).sort_values(by, ascending=[False, False, True, False], kind="stable")
        return order.drop(columns="_here")

    def output(self, names: Sequence[str]) -> StationOutput:
        """Power, price and revenue of the chosen station."""
        return self.ask(
            StationOutput, station=list(names), duid=[], region=[], fuel=[], owner=[], by="station",
            values=["power", "price", "revenue"],
        )  # fmt: skip

    def revenue(self, names: Sequence[str], window: Window, by: str) -> Revenue:
        """Energy and money of the chosen station over exactly the drawn window."""
        return self.ask(
            Revenue, station=list(names), duid=[], region=[], fuel=[], owner=[], by=[by],
            start=window.start, end=window.end, last="1d",
        )  # fmt: skip

    def _searched(self, message: dict[str, Any]) -> None:
        if "chosen" in message:
            self.texts.pop("duid", None)
            self.change(station=[str(message["chosen"])[:200]])
        elif "typed" in message:
            self.search.typed = str(message["typed"])[:100]
            self.texts.pop("q", None)
            if message.get("enter"):
                self.texts.pop("station", None)
                self.texts.pop("duid", None)
            self.change(q=self.search.typed, passing=not message.get("enter"))

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        names = self.chosen_units(snapshot)
        self._list(snapshot, names)
        output = self.output(names)
        window = output.window(snapshot)
        if not names:
            for card in (self.chart_card, self.unit_card):
                card.empty("No station with readings matches; clear the search or choose another region.")
            return
        result = ANSWERS.ask(snapshot, output)
        own = self._own(snapshot, names[0])
        where = f"{REGION_SHORT.get(own['region'], 'region unknown')} · {FUELTECH_LABELS.get(own['fueltech'], own['fueltech'])}"
        if result.frame.empty:
            reason = f"{names[0]} has no readings in {formats.window(window.start, window.end)}."
            for card in (self.chart_card, self.unit_card):
                card.empty(reason, actions=self.nearest_window(snapshot, "scada", window, own["duid"].split(" ")))
            self.chart_card.head.heading = names[0]
            return
        key = (output.fingerprint(), window.start, window.end, window.interval, own["region"])
        power, price = ANSWERS.get(snapshot, ("station", key), lambda: self._lines(snapshot, result, own["region"]))
        self.power.colours = {"power": own["fuel"]}
        self._colours(own)
        ceiling = float(np.nan_to_num(self._figures(snapshot, names, window)))
        self.power.feed(power, ceiling=ceiling)
        self.price.feed(price, move_x=False)
        self.capacity.update(location=ceiling, visible=ceiling > 0)
        covered = self.covered(result)
        self.chart_card.ready(self.describe(window, where, own["owner"], covered), heading=names[0])
        self.unit_card.ready(formats.window(window.start, window.end))

    def _own(self, snapshot: Snapshot, name: str) -> dict[str, Any]:
        found = ANSWERS.ask(snapshot, Stations(by="station", station=[name])).frame
        unknown = dict.fromkeys(("region", "fuel", "fueltech", "owner", "duid"), "") | {"capacity_mw": np.nan}
        return unknown if found.empty else dict(found.iloc[0])

    def _lines(self, snapshot: Snapshot, result: Any, region: str) -> tuple[LineData, LineData]:
        labels, edges = steps_of(result, snapshot, "scada")
        power = next(iter(column(result, labels, "mw").values()))
        price = next(iter(column(result, labels, "price").values()))
        return (
            line_data(edges, {"power": power}, as_price=False),
            line_data(edges, {region if region in REGIONS else REGIONS[0]: price}, as_price=True),
        )

    def _colours(self, own: dict[str, Any]) -> None:
        colour = self.theme.fuels.get(own["fuel"], self.theme.accent)
        self.power.lines["power"].glyph.line_color = colour
        self.power.areas["power"].glyph.fill_color = colour
        self.capacity.line_color = self.theme.muted

    def _list(self, snapshot: Snapshot, names: Sequence[str]) -> None:
        hits = self.ordered(snapshot)
        query = self.listed()
        self.search.param.update(
            typed=query.q, chosen=names[0] if names else "",
            hits=[self._hit(h) for h in hits.head(MOST_HITS).to_dict("records")],
            note=_counted(len(hits), query.q),
        )  # fmt: skip
        self.list_card.ready("")

    def _hit(self, station: dict[Any, Any]) -> dict[str, Any]:
        fuel = FUELS[station["fuel"]].label if station["fuel"] in FUELS else station["fuel"]
        parts = [REGION_SHORT.get(station["region"], ""), fuel, station["owner"]]
        if not station["has_data"]:
            parts.insert(0, "no readings")
        if station["retired"]:
            parts.insert(0, "retired")
        return {
            "key": station["station"], "label": station["station"], "sub": " · ".join(p for p in parts if p),
            "figure": formats.power(station["capacity_mw"]) if pd.notna(station["capacity_mw"]) else "",
            "colour": self.theme.fuels.get(station["fuel"], ""),
        }  # fmt: skip

    def _figures(self, snapshot: Snapshot, names: Sequence[str], window: Window) -> float:
        """Feed tiles and table; returns the capacity of the units with readings in the window [MW]."""
        money = ANSWERS.ask(snapshot, self.revenue(names, window, "station")).frame
        total = dict(money.iloc[0]) if len(money) else {}

        def of(name: str) -> float:
            return float(total.get(name, np.nan))

        tiles = [
            {"label": "Energy", "value": formats.significant(of("energy_mwh") / 1000), "unit": "GWh"},
            {"label": "Revenue", "value": formats.money(of("revenue")), "note": "gross, at spot"},
            {
                "label": "Capture price",
                "value": formats.price(of("capture_price")),
                "unit": "/MWh" if np.isfinite(of("capture_price")) else "",
            },
            {"label": "Capacity factor", "value": formats.percent(of("capacity_factor"))},
            {"label": "Capacity", "value": formats.number(of("capacity_mw")), "unit": "MW"},
        ]
        if of("load_mwh") > 0:
            tiles.insert(1, {"label": "Load", "value": formats.significant(of("load_mwh") / 1000), "unit": "GWh"})
        self.tiles.tiles = tiles
        by_unit = ANSWERS.ask(snapshot, self.revenue(names, window, "duid")).frame
        registry = ANSWERS.ask(snapshot, Stations(station=list(names))).frame.set_index("duid")
        self.units.rows = [self._unit(r, registry) for r in by_unit.to_dict("records")]
        return of("capacity_mw")

    def _unit(self, figures: dict[Any, Any], registry: pd.DataFrame) -> dict[str, Any]:
        duid = str(figures["duid"])
        tech = str(registry["fueltech"].get(duid, "unmapped"))

        def cell(name: str, factor: float, digits: int) -> dict[str, Any]:
            value = float(figures[name]) * factor
            return {"t": formats.number(value, digits), "v": value if np.isfinite(value) else None}

        return {
            "key": duid,
            "cells": [
                {"t": duid}, {"t": FUELTECH_LABELS.get(tech, tech)},
                cell("capacity_mw", 1, 1), cell("energy_mwh", 1e-3, 2), cell("load_mwh", 1e-3, 2),
                cell("revenue", 1e-6, 3), cell("capture_price", 1, 2), cell("capacity_factor", 100, 1),
                cell("coverage", 100, 1),
            ],
        }  # fmt: skip


REGION_SHORT = {r: r[:-1] for r in REGIONS}


def _counted(count: int, asked: str) -> str:
    if not count:
        return f"Nothing is called “{asked[:60]}”." if asked else "The registry is empty here."
    shown = min(count, MOST_HITS)
    return f"{shown} of {count} stations; search to narrow down" if shown < count else f"{count} stations"
