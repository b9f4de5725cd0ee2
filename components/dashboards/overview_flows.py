"""The map of flows at the newest interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.flow_map import STEPS, FlowMap, link_flow, step_colour, undrawn
from components.dashboards import links
from components.dashboards.answers import ANSWERS
from components.dashboards.overview_block import Block
from components.dashboards.parts import Legend
from components.dashboards.shell import Card, figure
from components.queries.base import Query
from components.queries.flows import Flows
from components.queries.prices import RegionalPrices
from components.store.snapshot import Snapshot

NEWEST = {"last": "latest", "interval": "5m"}


class FlowBlock(Block):
    """Flows against their limits."""

    def build(self) -> Sequence[Any]:
        self.map, self.names = FlowMap(self.page.theme), Legend()
        self.flow_card = self.card("Flows between regions", figure(self.map.figure), self.names)
        return [self.flow_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.map]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.flow_card, [("Flows, newest interval", Flows(**NEWEST))])]

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return [RegionalPrices(**NEWEST)]

    def notes(self) -> Sequence[str]:
        steps = ", ".join(
            f"{colour} = {words}"
            for colour, words in zip(("red", "amber", "blue"), (w for *_, w in STEPS), strict=True)
        )
        return [
            f"Flows: target flow and the limit in its direction; an arrow's colour is the share of the limit: {steps}."
        ]

    def draw(self, snapshot: Snapshot) -> None:
        frame = ANSWERS.ask(snapshot, Flows(**NEWEST)).frame if snapshot.last("flow") is not None else pd.DataFrame()
        flows = []
        for row in frame.to_dict("records"):
            mw = row["mw_target"] if np.isfinite(row["mw_target"]) else row["mw"]
            flows.append(link_flow(str(row["interconnector"]), mw, row["export_limit"], row["import_limit"]))
        prices = ANSWERS.ask(snapshot, RegionalPrices(**NEWEST)).frame
        second = {str(r): formats.price(float(p)) for r, p in zip(prices["region"], prices["price"], strict=True)}
        self.map.feed(flows, second)
        self.names.entries = [
            {"label": f.name, "colour": step_colour(f.used, self.page.theme), "href": links.interconnector(f.id, self.page.texts)}
            for f in flows
        ]  # fmt: skip
        others = [f"{f.name} {formats.power(f.mw)}" for f in undrawn(flows)]
        if frame.empty:
            self.flow_card.ready("prices alone: no flows have been stored")
            return
        stamp = formats.stamp(pd.Timestamp(frame["time"].iloc[-1]))
        self.flow_card.ready(f"at {stamp}" + (f" · not on the map: {', '.join(others)}" if others else ""))
