"""The mix of each region, now and since midnight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.mix import MixChart
from components.dashboards.answers import ANSWERS
from components.dashboards.overview_block import NAMES, Block
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card, figure, row
from components.queries.base import Query
from components.queries.generation import GenerationByFuel
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS


class MixBlock(Block):
    """Two charts of bars."""

    def build(self) -> Sequence[Any]:
        self.mix = MixChart(self.page.theme, list(NAMES.values()))
        self.mix_card = self.card("Mix now", figure(self.mix.figure))
        self.today = MixChart(self.page.theme, list(NAMES.values()))
        self.today_card = self.card("Mix today", figure(self.today.figure))
        return [row(self.mix_card.view, self.today_card.view, columns="minmax(0, 1fr) minmax(0, 1fr)")]

    def charts(self) -> Sequence[Any]:
        return [self.mix, self.today]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [
            (self.mix_card, [("Mix, newest interval", self.newest())]),
            (self.today_card, [("Mix, today", self.since_midnight(snapshot))]),
        ]

    def newest(self) -> GenerationByFuel:
        """The newest interval of all regions and the market."""
        return GenerationByFuel(region=[*REGIONS, NEM], last="30m", interval="5m")

    def since_midnight(self, snapshot: Snapshot) -> GenerationByFuel:
        """Today's mean power of all regions and the market."""
        last = snapshot.last("scada") or pd.Timestamp("2000-01-01")
        midnight = (last - pd.Timedelta(microseconds=1)).normalize()
        return GenerationByFuel(region=[*REGIONS, NEM], start=midnight, end=last, interval="1d")

    def draw(self, snapshot: Snapshot) -> None:
        for query, chart, card in (
            (self.newest(), self.mix, self.mix_card),
            (self.since_midnight(snapshot), self.today, self.today_card),
        ):
            result = ANSWERS.ask(snapshot, query)
            if result.frame.empty or result.end is None:
                card.empty("No generation has been stored yet.")
                continue
            labels, _ = steps_of(result, snapshot, "scada")
            power = column(result, labels, "mw", ["region", "fuel"])
            latest: dict[str, dict[str, float]] = {NAMES[r]: {} for r in NAMES}
            for name, values in power.items():
                region, fuel = name.split(".")
                known = values[np.isfinite(values)]
                if known.size and region in NAMES:
                    latest[NAMES[region]][fuel] = float(known[-1])
            chart.feed(latest)
            stamp = formats.stamp(result.end)
            card.ready(f"at {stamp}" if chart is self.mix else f"mean power from midnight to {result.end:%H:%M}")
