"""``/overview``: the board - prices, figures of now, flows, mix, what is forecast, events and records, and the window's
generation. All but the last are about the newest interval or the last 24 hours, whatever window is chosen.

The board is twice as much as any other page: what lies below the first screen is made once that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.scales import stretch
from components.charts.stack import StackChart, StackData, stack_data
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.generation import region_title, whole
from components.dashboards.overview_block import NAMES, Block
from components.dashboards.overview_context import ContextBlock
from components.dashboards.overview_events import EventBlock
from components.dashboards.overview_flows import FlowBlock
from components.dashboards.overview_mix import MixBlock
from components.dashboards.overview_now import Now
from components.dashboards.page import Dashboard
from components.dashboards.parts import Legend, Shown, Tiles
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row, stack
from components.queries.base import Query, Result
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import RegionalPrices
from components.queries.prices_cumulative import CumulativePrice
from components.queries.prices_events import MarketInterventions
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGION_NAMES, REGIONS

FIRST = 2
"""Blocks of the first screen."""


class OverviewDashboard(Dashboard):
    """Tiles, map and generation; mix, context and events join them."""

    slug = "overview"
    title = "Overview"
    questions = (GenerationByFuel, RegionalPrices, Demand)

    def __init__(self, search: str = "", **settings: Any):
        super().__init__(search, **settings)
        if self.document is None:  # no browser that would tell when it shows the first screen
            self.complete()

    def build(self) -> Sequence[Any]:
        self.tiles = Tiles()
        self.price_card = self.card("Spot price", self.tiles)
        self.stack = StackChart(self.theme, height=376)
        self.legend = Legend()
        self.stack_card = self.card("Generation", self.legend, figure(self.stack.figure))
        self.answer_notes: list[str] = []
        now, flows = Now(self), FlowBlock(self)
        self.blocks: tuple[Block, ...] = (now, flows)
        self.below = stack(Shown(on_message=self._shown))
        return [
            self.price_card.view,
            *now.build(),
            row(self.stack_card.view, *flows.build(), columns="minmax(0, 3fr) minmax(0, 2fr)"),
            self.below,
        ]

    def _shown(self, _: dict[str, Any]) -> None:
        if len(self.blocks) == FIRST:
            self.complete()

    def complete(self) -> None:
        """Make and draw what lies below the first screen.

        Once the browser shows that, not while it is still placing it: Bokeh would measure charts that have no layout yet.
        """
        before = len(self.cards)
        rest = (MixBlock(self), ContextBlock(self), EventBlock(self))
        content = [view for block in rest for view in block.build()]
        self.blocks += rest
        self.join(rest, self.cards[before:])
        self.below.objects = content

    def charts(self) -> Sequence[Any]:
        return [self.stack, *(c for b in self.blocks for c in b.charts())]

    def notes(self) -> Sequence[str]:
        return [*self.answer_notes, *(n for b in self.blocks for n in b.notes())]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (
                self.price_card,
                [("Prices, last 24 hours", self.day_prices()), ("Cumulative prices", CumulativePrice(last="latest"))],
            ),
            (self.stack_card, [("Power by fuel", self.power())]),
            *(link for block in self.blocks for link in block.links(snapshot)),
        ]

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        tiles = [MarketInterventions(last="1d")]
        return [*tiles, *(q for block in self.blocks for q in block.asks_besides(snapshot))]

    # -- the questions -------------------------------------------------------------------------------

    def day_prices(self) -> RegionalPrices:
        """Prices of all regions and the market over 24 hours."""
        return RegionalPrices(region=[*REGIONS, NEM], last="1d", interval="5m")

    def power(self) -> GenerationByFuel:
        """Power over the chosen window."""
        query = self.ask(GenerationByFuel)
        return query.but(region=whole(query.region))

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        self._prices(snapshot)
        for block in self.blocks:
            block.draw(snapshot)
        query = self.power()
        window = query.window(snapshot)
        result = ANSWERS.ask(snapshot, query)
        name = region_title(query.region)
        self.answer_notes = list(result.notes)
        if result.frame.empty:
            reason = f"No generation is known for {name} in {formats.window(window.start, window.end)}."
            self.stack_card.empty(reason, actions=self.nearest_window(snapshot, "scada", window))
            return
        key = (query.fingerprint(), window.start, window.end, window.interval)
        fed = ANSWERS.get(snapshot, ("plain stack", key), lambda: self._stack(snapshot, result))
        self.stack.feed(fed)
        self.legend.entries = [
            {"label": FUELS[f].label, "colour": self.theme.fuels[f], "href": to.fuel(f, self.texts)}
            for f in fed.present
        ]
        self.stack_card.ready(self.describe(window, fed.thinned.note), heading=f"Generation · {name}")

    def _stack(self, snapshot: Snapshot, result: Result) -> StackData:
        labels, edges = steps_of(result, snapshot, "scada")
        return stack_data(edges, column(result, labels, "mw", ["fuel"], add=True))

    def _prices(self, snapshot: Snapshot) -> None:
        # The same for everyone, whatever is chosen, but for where a tile leads.
        tiles, told = ANSWERS.get(snapshot, ("price tiles", self.dark), lambda: self._price_tiles(snapshot))
        if not tiles:
            self.price_card.empty(
                "No prices have been stored yet.", commands=["aemo-dashboard ingest --tables price --source …"]
            )
            return
        self.tiles.tiles = [t | {"href": to.region(region, self.texts, "prices")} for region, t in tiles.items()]
        self.price_card.ready(told)

    def _price_tiles(self, snapshot: Snapshot) -> tuple[dict[str, dict[str, Any]], str]:
        """Each region's tile without its link, none where there is no price; and the card's words."""
        result = ANSWERS.ask(snapshot, self.day_prices())
        if result.frame.empty:
            return {}, ""
        labels, _ = steps_of(result, snapshot, "price")
        series = column(result, labels, "price", ["region"])
        told = [
            f"at {formats.stamp(pd.Timestamp(labels[-1]))} NEM time, with the 24 hours before",
            *self._pressure(snapshot),
        ]
        return {r: self._tile(r, series[r]) for r in (NEM, *REGIONS) if r in series}, " · ".join(told)

    def _pressure(self, snapshot: Snapshot) -> list[str]:
        """How far the cumulative price has come to its threshold, and where AEMO has stepped in at this moment."""
        frame = ANSWERS.ask(snapshot, CumulativePrice(last="latest")).frame
        known = frame[np.isfinite(frame["share"].to_numpy("float64"))]
        out = []
        if len(known):
            most = known.loc[known["share"].idxmax()]
            share = formats.percent(float(most["share"]), 0)
            out.append(f"cumulative price at most {share} of its threshold ({NAMES[str(most['region'])]})")
        flags = ANSWERS.ask(snapshot, MarketInterventions(last="1d")).frame
        words = {"administered": "price administered", "suspended": "market suspended"}
        for flag in flags[flags["end"] >= snapshot.last("price")].to_dict("records"):
            out.append(f"{NAMES[flag['region']]}: {words[flag['kind']]}")
        return out

    def _tile(self, region: str, values: np.ndarray) -> dict[str, Any]:
        known = values[np.isfinite(values)]
        now = values[-1]
        note = (
            f"{formats.price(float(known.min()))} to {formats.price(float(known.max()))}" if known.size else "not known"
        )
        places = [None if not np.isfinite(v) else round(float(stretch(v)), 3) for v in values[-288:]]
        return {
            "label": NAMES[region], "value": formats.price(float(now)), "unit": "/MWh" if np.isfinite(now) else "", "note": note,
            "colour": self.theme.regions[region], "places": places[::2] if len(places) > 200 else places,
            "title": f"{REGION_NAMES[region]}: price of the newest interval; lowest and highest of 24 hours",
        }  # fmt: skip
