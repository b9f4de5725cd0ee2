"""Generation by time of day: the average day as a stack, and one fuel's days behind their mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.charts.layers import FUEL_LAYERS
from components.charts.profile import DayStack, ProfileChart, ProfileData, day_edges, profile_data
from components.charts.stack import StackData, stack_data
from components.dashboards.answers import ANSWERS
from components.dashboards.generation_view import INTERCHANGE, FuelView, number_cell, top_down
from components.dashboards.parts import Ledger
from components.dashboards.shell import Card, figure, row
from components.dashboards.view import Choice
from components.market_time import Window
from components.metrics.profiles import PERCENTILES, profile
from components.queries.base import Query, Result
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.time_of_day import SLOTS, DemandTimeOfDay, GenerationTimeOfDay, fold_result
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS

BANDS = {
    "10-90": ("p10", "p90", "10th percentile", "90th percentile"),
    "25-75": ("p25", "p75", "25th percentile", "75th percentile"),
    "all": ("min", "max", "lowest day", "highest day"),
}
DAYS: dict[str, list[int]] = {"every": [], "workday": [1, 2, 3, 4, 5], "weekend": [6, 7]}
COLUMNS = [
    {"label": "Fuel", "help": "Click: its days on the right"},
    {"label": "Mean", "unit": "MW", "number": True, "help": "Mean of the average day's slots"},
    {"label": "Highest", "unit": "MW", "number": True, "help": "Highest slot of the average day and when it begins"},
    {"label": "Lowest", "unit": "MW", "number": True, "help": "Lowest slot of the average day and when it begins"},
]  # fmt: skip
ONE = "one"
"""Key of the one series of the chart of days."""


class TimeOfDay(FuelView):
    """The average day by fuel, and the days of one fuel."""

    slug = "day"
    label = "Time of day"
    help = "The average day, and how much days differ"
    by_interval = False
    questions = (GenerationTimeOfDay, DemandTimeOfDay)
    toggles = INTERCHANGE
    choices = {
        "days": Choice("Days of the week", {"every": "Every day", "workday": "Workdays", "weekend": "Weekends"}),
        "slot": Choice("Length of a slot of the day", {"30m": "30 minutes", "5m": "5 minutes", "1h": "Hours"}),
        "band": Choice(
            "What is drawn around the mean of one fuel",
            {"10-90": "10–90 % of days", "25-75": "25–75 % of days", "all": "All days' range", "days": "Single days"},
        ),
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.stack = DayStack(theme, height=500)
        self.one = ProfileChart(
            theme, {ONE: "Demand"}, height=340, title="Days", y_label="Power (MW)", colours={ONE: "NEM"}
        )
        self.ledger = Ledger(columns=COLUMNS, picks=True, on_message=self.picked)
        self.stack_card = self.card("Average day", figure(self.stack.figure))
        self.one_card = self.card("Days", figure(self.one.figure))
        self.table_card = self.card("Average day", self.ledger)
        self.answer_notes: list[str] = []
        return [
            row(self.stack_card.view, self.table_card.view, columns="minmax(0, 1fr) 460px", narrow=1240),
            self.one_card.view,
        ]

    def charts(self) -> Sequence[Any]:
        return [self.stack, self.one]

    def notes(self) -> Sequence[str]:
        return self.answer_notes

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        window = self.window(snapshot)
        mean = ("Generation by time of day", self.means(window))
        days = [("Statistics over days", self.statistics(window)), ("Day by day", self.single_days(window))]
        return [(self.stack_card, [mean]), (self.table_card, [mean]), (self.one_card, days)]

    # -- the questions -------------------------------------------------------------------------------

    def _when(self) -> dict[str, Any]:
        """Slots, and days of the week: a choice here goes before the address's."""
        days = DAYS[self.page.chosen("days")]
        return {"interval": self.page.chosen("slot")} | ({"weekday": days} if days else {})

    def means(self, window: Window) -> GenerationTimeOfDay:
        """Every fuel by time of day."""
        return self.over(window, GenerationTimeOfDay, by="fuel", **self._when())

    @property
    def fuel(self) -> str:
        """The fuel whose days are drawn: the first that is chosen; "" = demand."""
        alone = self.alone()
        return alone[0] if alone else ""

    def statistics(self, window: Window) -> GenerationTimeOfDay | DemandTimeOfDay:
        """One fuel (or underlying demand) by time of day."""
        if not self.fuel:
            return self.over(window, DemandTimeOfDay, quantity="underlying", **self._when())
        return self.over(window, GenerationTimeOfDay, by="fuel", fuel=[self.fuel], **self._when())

    def single_days(self, window: Window) -> GenerationByFuel | Demand:
        """The same series over time, with a bucket for each slot of each day."""
        if not self.fuel:
            return self.over(window, Demand, agg="mean", **self._when())
        return self.over(window, GenerationByFuel, by="fuel", agg="mean", fuel=[self.fuel], **self._when())

    # -- drawing -------------------------------------------------------------------------------------

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.means(window)
        result = ANSWERS.ask(snapshot, query)
        self.answer_notes = list(result.notes)
        if result.frame.empty:
            self.nothing(snapshot, window)
            return
        means = self._means(result)
        key = query.fingerprint()
        self.stack.feed(ANSWERS.get(snapshot, ("day stack", key), lambda: self._stack(means)))
        self.ledger.rows = [self._row(name, means[name]) for name in top_down(list(means), FUEL_LAYERS)]
        days = int(result.frame["days"].max())
        said = f"{formats.window(window.start, window.end)} · {self._days_words(days)}"
        self.stack_card.ready(f"{said} · mean of each slot", heading=f"Average day · {self.name()}")
        self.table_card.ready("click a fuel for its days below")
        self._one(snapshot, window, said)

    def _days_words(self, days: int) -> str:
        kind = {"every": "days", "workday": "workdays", "weekend": "weekend days"}[self.page.chosen("days")]
        return f"{formats.number(days)} {kind if days != 1 else kind[:-1]}"

    def _means(self, result: Result) -> dict[str, np.ndarray]:
        """Mean of each slot of the whole day by fuel, regions added up; NaN where no day has a reading."""
        minutes = SLOTS[self.page.chosen("slot")]
        frame = result.frame
        clock = frame["time_of_day"].astype(str)
        at = ((clock.str[:2].astype(int) * 60 + clock.str[3:].astype(int)) // minutes).to_numpy()
        out: dict[str, np.ndarray] = {}
        for fuel, rows in frame.groupby("fuel", observed=True, sort=False).indices.items():
            total, seen = np.zeros(1440 // minutes), np.zeros(1440 // minutes, bool)
            values = frame["mean"].to_numpy()[rows]
            known = ~np.isnan(values)
            np.add.at(total, at[rows][known], values[known])
            seen[at[rows][known]] = True
            out[str(fuel)] = np.where(seen, total, np.nan)
        return out

    def _stack(self, means: dict[str, np.ndarray]) -> StackData:
        return stack_data(day_edges(SLOTS[self.page.chosen("slot")]), means, only=self.alone())

    def _row(self, fuel: str, values: np.ndarray) -> dict[str, Any]:
        minutes = SLOTS[self.page.chosen("slot")]

        def at(slot: int) -> dict[str, Any]:
            cell = number_cell(values[slot], formats.number(values[slot], 0 if abs(values[slot]) >= 10 else 1))
            return cell | {"sub": f"{slot * minutes // 60:02d}:{slot * minutes % 60:02d}"}

        some = np.isfinite(values).any()
        mean = float(np.nanmean(values)) if some else np.nan
        blank = number_cell(np.nan, formats.MISSING)
        name = {"t": FUELS[fuel].label, "colour": self.page.theme.fuels[fuel]}
        cells = [name, number_cell(mean, formats.number(mean, 0 if abs(mean) >= 10 else 1))]
        cells += [at(int(np.nanargmax(values))), at(int(np.nanargmin(values)))] if some else [blank, blank]
        return {"key": fuel, "cells": cells, "dim": bool(self.alone()) and fuel not in self.alone()}

    def _one(self, snapshot: Snapshot, window: Window, said: str) -> None:
        title = FUELS[self.fuel].label if self.fuel else "Underlying demand"
        over_time = self.single_days(window)
        result = ANSWERS.ask(snapshot, over_time)
        if result.frame.empty:
            self.one_card.empty(f"{title} is not known here." + ("" if self.fuel else " Choose a fuel in the table."))
            return
        band = self.page.chosen("band")
        key = (over_time.fingerprint(), band)
        data = ANSWERS.get(snapshot, ("day band", key), lambda: self._days(snapshot, window, result))
        self.one.name_keys({ONE: title}, {ONE: self.fuel or "NEM"})
        self.one.feed(data)
        drawn = {"days": f"{data.note or 'every day'}; dashed: {data.newest}"}.get(
            band, f"band: {self.choices['band'].options[band]}"
        )
        self.one_card.ready(f"{said} · line: mean · {drawn}", heading=f"{title} by time of day · {self.name()}")

    def _days(self, snapshot: Snapshot, window: Window, result: Result) -> ProfileData:
        """Mean and band of one series, or its single days; several regions are added up day by day."""
        folded = fold_result(result, "mw" if self.fuel else "underlying")
        days = folded.values.sum(axis=0)
        band = self.page.chosen("band")
        if len(folded.values) == 1:
            frame = ANSWERS.ask(snapshot, self.statistics(window)).frame
            found = {
                c: _by_slot(frame, c, folded.minutes) for c in ("mean", *(n for b in BANDS.values() for n in b[:2]))
            }
        else:
            found = _pooled(days)
        if band == "days":
            there = np.isfinite(days).any(axis=1)
            return profile_data(folded.minutes, {ONE: found["mean"]}, days=days[there], dates=folded.days[there])
        low, high, *sides = BANDS[band]
        return profile_data(
            folded.minutes, {ONE: found["mean"]}, {ONE: found[low]}, {ONE: found[high]}, sides=(sides[0], sides[1])
        )


def _by_slot(frame: pd.DataFrame, name: str, minutes: int) -> np.ndarray:
    """One statistic of one series on the slots of a whole day."""
    clock = frame["time_of_day"].astype(str)
    out = np.full(1440 // minutes, np.nan)
    out[(clock.str[:2].astype(int) * 60 + clock.str[3:].astype(int)).to_numpy() // minutes] = frame[name].to_numpy()
    return out


def _pooled(days: np.ndarray) -> dict[str, np.ndarray]:
    """Statistics of several regions' sum, by the metric that a single one has."""
    found = profile(days)
    percentiles = {f"p{p}": values for p, values in zip(PERCENTILES, found.percentiles, strict=True)}
    return {"mean": found.mean, "min": found.low, "max": found.high, **percentiles}
