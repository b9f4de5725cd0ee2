"""Tiles of this moment: demand, renewable share, wind, solar, batteries, each with its last 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.dashboards import links as to
from components.dashboards.answers import ANSWERS
from components.dashboards.overview_block import NAMES, Block
from components.dashboards.overview_records import known_records
from components.dashboards.parts import Tiles
from components.dashboards.series import column, steps_of
from components.dashboards.shell import Card
from components.queries.base import Query
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.renewables import RenewableShare
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

DAY: dict[str, Any] = {"last": "1d", "interval": "5m"}


def places_of(values: np.ndarray) -> list[float | None]:
    """A line of 24 hours for a tile, every third value."""
    return [None if not np.isfinite(v) else round(float(v), 3) for v in values[::-3][::-1]]


def newest(values: np.ndarray) -> float:
    """The newest value that is known; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(known[-1]) if known.size else float("nan")


class Now(Block):
    """The tiles."""

    def build(self) -> Sequence[Any]:
        self.tiles = Tiles()
        self.now_card = self.card("Now", self.tiles)
        return [self.now_card.view]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        words = ("Demand, 24 hours", "Renewable share, 24 hours", "Power by fuel, 24 hours")
        return [(self.now_card, list(zip(words, self._questions(), strict=True)))]

    def _questions(self) -> tuple[Demand, RenewableShare, GenerationByFuel]:
        region = [self.region]
        return (
            Demand(region=region, **DAY),
            RenewableShare(region=region, **DAY),
            GenerationByFuel(region=region, **DAY),
        )

    def today(self, snapshot: Snapshot) -> RenewableShare:
        """The share of the newest day."""
        return RenewableShare(region=[self.region], start=self.midnight(snapshot), interval="1d")

    def asks_besides(self, snapshot: Snapshot) -> Sequence[Query]:
        return [self.today(snapshot)] if snapshot.last("scada") is not None else []

    def draw(self, snapshot: Snapshot) -> None:
        demand, share, fuels = self._questions()
        tiles = [self._demand(snapshot, demand), self._share(snapshot, share), *self._fuels(snapshot, fuels)]
        self.tiles.tiles = [t for t in tiles if t is not None]
        if not self.tiles.tiles:
            self.now_card.hide()
            return
        self.now_card.ready(
            "newest known interval, and the lowest and highest of 24 hours", heading=f"Now · {NAMES[self.region]}"
        )

    def _tile(self, label: str, values: np.ndarray, colour: str, note: str, href: str, title: str) -> dict[str, Any]:
        value, unit = _parted(formats.power(newest(values)))
        return {
            "label": label, "value": value, "unit": unit, "note": note or _range(values), "colour": colour, "places": places_of(values),
            "href": href, "title": title,
        }  # fmt: skip

    def _demand(self, snapshot: Snapshot, query: Demand) -> dict[str, Any] | None:
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            return None
        values = result.frame["demand"].to_numpy("float64")
        href = to.region(self.region, self.page.texts)
        return self._tile(
            "Demand", values, self.page.theme.regions["NEM"], "", href, "Operational demand; range of 24 hours"
        )

    def _share(self, snapshot: Snapshot, query: RenewableShare) -> dict[str, Any] | None:
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty or not np.isfinite(result.frame["share"].to_numpy("float64")).any():
            return None
        shares = result.frame["share"].to_numpy("float64")
        mean = newest(ANSWERS.ask(snapshot, self.today(snapshot)).frame["share"].to_numpy("float64"))
        note = f"today {formats.percent(mean)}"
        records = known_records(snapshot)
        if records is not None:
            best = records[
                (records["metric"] == "renewable_share") & (records["side"] == "high") & (records["period"] == "all")
                & (records["region"] == self.region)
            ]  # fmt: skip
            note += f" · record {formats.percent(float(best['value'].iloc[0]))}" if len(best) else ""
        at = formats.stamp(pd.Timestamp(result.frame["time"].iloc[np.flatnonzero(np.isfinite(shares))[-1]]))
        return {
            "label": "Renewables", "value": formats.percent(newest(shares)), "unit": "", "note": note,
            "colour": self.page.theme.fuels["hydro"], "places": places_of(shares), "href": to.region(self.region, self.page.texts),
            "title": f"Share of generation, rooftop solar included, at {at}: the newest for which rooftop solar is known",
        }  # fmt: skip

    def midnight(self, snapshot: Snapshot) -> pd.Timestamp:
        """Start of the day of the newest stamp."""
        last = snapshot.last("scada")
        assert last is not None
        return (last - pd.Timedelta(microseconds=1)).normalize()

    def _fuels(self, snapshot: Snapshot, query: GenerationByFuel) -> list[dict[str, Any]]:
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            return []
        labels, _ = steps_of(result, snapshot, "scada")
        power = column(result, labels, "mw", ["fuel"], add=True)
        out = []
        for fuel in ("wind", "solar", "rooftop", "battery", "battery_charging"):
            if fuel in power and np.isfinite(power[fuel]).any():
                values = np.abs(power[fuel]) if fuel == "battery_charging" else power[fuel]
                stored = fuel in ("battery", "battery_charging")
                href = to.batteries({"view": "time"}, self.page.texts) if stored else to.fuel(fuel, self.page.texts)
                word = {"battery": "Battery discharge"}.get(fuel, FUELS[fuel].label)
                out.append(
                    self._tile(word, values, self.page.theme.fuels[fuel], "", href, f"{word}; range of 24 hours")
                )
        return out


def _parted(text: str) -> tuple[str, str]:
    value, _, unit = text.partition(" ")
    return value, unit


def _range(values: np.ndarray) -> str:
    known = values[np.isfinite(values)]
    return f"{formats.number(known.min())} to {formats.number(known.max())} MW" if known.size else "not known"
