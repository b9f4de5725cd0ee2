"""What batteries hold: as AEMO publishes it by region, and an estimate of the chosen ones beneath their power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.lines import LineChart, LineData, line_data
from components.charts.stack import StackChart, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.batteries_over_time import legs
from components.dashboards.batteries_view import LAYERS, LEFT, NAMED, BatteryView, Links, market_name
from components.dashboards.parts import Legend
from components.dashboards.series import column, steps_of
from components.dashboards.shell import figure
from components.market_time import Window
from components.queries.base import Result
from components.queries.batteries_over_time import BatteriesOverTime
from components.queries.state_of_charge import StateOfCharge
from components.queries.stored_energy import StoredEnergy
from components.store.snapshot import Snapshot
from components.vocabulary import NEM, REGIONS

ESTIMATE = {
    "middle": "Estimate",
    "high": "Had it begun full",
    "low": "Had it begun empty",
    "storage": "Registered storage",
}
_COLUMNS = {"middle": "estimated_mwh", "high": "high_mwh", "low": "low_mwh", "storage": "storage_mwh"}
_DASHED = {"high": [3, 3], "low": [3, 3], "storage": [8, 4]}


class _Levels(LineChart):
    """An estimate with its bounds, which are muted."""

    def _colour(self, key: str) -> str:
        return {"middle": self.theme.fuels["battery"], "storage": self.theme.ink}.get(key, self.theme.muted)


class ChargeView(BatteryView):
    """Published energy by region; power and estimated energy of the chosen batteries."""

    slug = "charge"
    label = "State of charge"
    help = "Energy stored: published by region, estimated for the chosen batteries"
    questions = (StateOfCharge, StoredEnergy)

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stored = LineChart(
            theme, {r: market_name(r) for r in (*REGIONS, NEM)}, height=240, title="Energy stored",
            y_label="Energy (MWh)", unit="MWh",
        )  # fmt: skip
        self.stack = StackChart(theme, height=220, x_label=False, kinds=LAYERS)
        self.level = _Levels(
            theme, ESTIMATE, height=260, title="Energy stored (estimate)", y_label="Energy (MWh)", unit="MWh",
            x=self.stack.x,
        )  # fmt: skip
        for key, dash in _DASHED.items():
            self.level.lines[key].glyph.line_dash = dash
        for chart in (self.stored, self.stack, self.level):
            chart.figure.min_border_left = LEFT
        self.stored_legend, self.power_legend, self.legend = Legend(), Legend(), Legend()
        self.power_card = self.card("Power", self.power_legend, figure(self.stack.figure))
        self.level_card = self.card("Energy stored: an estimate", self.legend, figure(self.level.figure))
        self.stored_card = self.card(
            "Energy stored by region, as AEMO publishes it", self.stored_legend, figure(self.stored.figure)
        )
        return [self.power_card.view, self.level_card.view, self.stored_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.level, self.stored]

    def notes(self) -> Sequence[str]:
        efficiency = formats.percent(float(self.page.ask(StateOfCharge).efficiency), 0)
        return [
            f"The estimate: charge × {efficiency} less discharge, station by station, never below empty or above the registered storage. "
            "The efficiency is assumed and losses are counted where it is charged; what was stored a week before the window is unknown, so the "
            "estimate lies half way between a store that began empty and one that began full. Between two times at which it is surely "
            "empty or full it drifts.",
            "Published: BDU_STORAGE_MWH of AEMO's regional summary, of bidirectional units.",
        ]

    # -- the questions -------------------------------------------------------------------------------

    def power(self, window: Window) -> BatteriesOverTime:
        """Power of the chosen batteries."""
        return self.over(window, BatteriesOverTime, by=["none"], interval=window.interval)

    def estimate(self, window: Window) -> StateOfCharge:
        """What they hold, as an estimate."""
        return self.over(window, StateOfCharge, by=["none"], interval=window.interval)

    def published(self, snapshot: Snapshot, window: Window) -> StoredEnergy:
        """What AEMO publishes of these regions; of named batteries that of their own."""
        named = any(word in self.page.texts for word in NAMED)
        own = {"region": [self.price_region(snapshot)]} if named else {}
        return self.over(window, StoredEnergy, interval=window.interval, **own)

    def links(self, snapshot: Snapshot) -> Links:
        window = self.window(snapshot)
        return [
            (self.power_card, [("Power", self.power(window))]),
            (self.level_card, [("Energy stored (estimate)", self.estimate(window))]),
            (self.stored_card, [("Energy stored by region (published)", self.published(snapshot, window))]),
        ]

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        self.at_home(snapshot, *self.charts())
        result = ANSWERS.ask(snapshot, self.power(window))
        theme = self.page.theme
        if result.frame.empty:
            self.emptied(
                self.power_card, f"No battery has readings here in {formats.window(window.start, window.end)}."
            )
            self.level_card.hide()
        else:
            labels, edges = steps_of(result, snapshot, "scada")
            self.stack.feed(stack_data(edges, legs(result, labels), layers=LAYERS))
            self.power_legend.entries = [
                {"label": layer.label, "colour": layer.colour(theme)} for layer in LAYERS.values()
            ]
            self.power_card.ready(
                self.page.describe(window, self.page.covered(result)), heading=f"Power · {self.named()}"
            )
            self._estimate(snapshot, window, labels, edges)
        self._published(snapshot, window)

    def _estimate(self, snapshot: Snapshot, window: Window, labels: np.ndarray, edges: np.ndarray) -> None:
        query = self.estimate(window)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.emptied(self.level_card, "The storage of these batteries is not known, so nothing can be estimated.")
            return
        data: LineData = ANSWERS.get(
            snapshot, ("charge", query.fingerprint()), lambda: self._levels(result, labels, edges)
        )
        self.level.feed(data, move_x=False, digits=1)
        named = {
            "middle": "Estimate",
            "high": "Had it begun full (above) or empty (below)",
            "storage": ESTIMATE["storage"],
        }
        self.legend.entries = [
            {"label": words, "colour": self.level._colour(key)} for key, words in named.items() if key in data.present
        ]
        frame = result.frame
        wide = float(np.nanmean((frame["high_mwh"] - frame["low_mwh"]) / frame["storage_mwh"]))
        said = ["estimate", f"known to ±{formats.percent(wide / 2, 0)} of the storage"]
        unfit = float(np.nansum(frame["unfit_mwh"]))
        if unfit >= 0.5:
            said.append(f"{formats.number(unfit)} MWh did not fit and were left out")
        if any("left out" in note for note in result.notes):
            said.append("batteries of unknown storage left out")
        self.level_card.ready(" · ".join(said))

    def _levels(self, result: Result, labels: np.ndarray, edges: np.ndarray) -> LineData:
        series = {key: next(iter(column(result, labels, name).values())) for key, name in _COLUMNS.items()}
        return line_data(edges, series, as_price=False)

    def _published(self, snapshot: Snapshot, window: Window) -> None:
        query = self.published(snapshot, window)
        result = ANSWERS.ask(snapshot, query)
        if result.frame.empty:
            self.emptied(self.stored_card, "AEMO has published nothing of this for the time and region that are shown.")
            return

        def make() -> LineData:
            labels, edges = steps_of(result, snapshot, "region")
            return line_data(edges, column(result, labels, "stored_mwh", ["region"]), as_price=False)

        data: LineData = ANSWERS.get(snapshot, ("stored", query.fingerprint()), make)
        self.stored.feed(data, digits=0)
        theme = self.page.theme
        self.stored_legend.entries = [{"label": market_name(r), "colour": theme.regions[r]} for r in data.present]
        self.stored_card.ready(self.page.describe(window, data.thinned.note, self.page.covered(result)))
