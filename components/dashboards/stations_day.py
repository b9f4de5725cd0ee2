"""A station or unit by time of day: mean and percentiles over the days, single days, and the price of its region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from components.charts.profile import ProfileChart, ProfileData, profile_data
from components.dashboards.answers import ANSWERS
from components.dashboards.shell import figure
from components.dashboards.stations_subject import Subject
from components.dashboards.stations_view import Links, StationView
from components.dashboards.view import Choice
from components.market_time import Window
from components.queries.time_of_day import SLOTS, PricesTimeOfDay, StationsTimeOfDay, fold_result
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

SLOT = "30m"


def slots(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column of an answer about one series on every slot of the day, NaN where none was read."""
    out = np.full(1440 // SLOTS[SLOT], np.nan)
    clock = frame["time_of_day"].astype(str)
    at = (clock.str[:2].astype(int) * 60 + clock.str[3:].astype(int)) // SLOTS[SLOT]
    out[at.to_numpy()] = frame[name].to_numpy("float64")
    return out


class DayView(StationView):
    """The average day, and the price of the region over the same days."""

    slug = "day"
    label = "Time of day"
    help = "Power over the day: mean, percentiles or single days"
    by_interval = False
    questions = (StationsTimeOfDay, PricesTimeOfDay)
    choices = {
        "days": Choice(
            "What is drawn around the mean: 10th to 90th percentile, or single days",
            {"band": "Percentiles", "lines": "Single days"},
        )
    }

    def build(self) -> Sequence[Any]:
        theme = self.page.theme
        self.power = ProfileChart(
            theme, {"power": "Power"}, height=330, title="Power by time of day", y_label="Power (MW)", digits=1,
            colours={"power": "accent"},
        )  # fmt: skip
        self.price = ProfileChart(
            theme, {"price": "Price"}, height=220, title="Price by time of day", y_label="Price ($/MWh)", as_price=True,
            colours={"price": "NEM"},
        )  # fmt: skip
        self.chart_card = self.card("Power by time of day", figure(self.power.figure))
        self.price_card = self.card("Price of the region by time of day", figure(self.price.figure))
        return [self.chart_card.view, self.price_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.power, self.price]

    def draws(self, label: str) -> bool:
        return label != "Power over time"

    def notes(self) -> Sequence[str]:
        return ["A day's value is the mean of its readings in the half hour; statistics are over days."]

    def asked(self, subject: Subject, window: Window) -> StationsTimeOfDay:
        """Power of the subject by half hour of the day over exactly the page's window."""
        return self.page.ask(StationsTimeOfDay, **self._same(subject, window))

    def prices(self, subject: Subject, window: Window) -> PricesTimeOfDay | None:
        """Price of its region over the same days; None where the region is unknown."""
        region = subject.own["region"]
        same = {"start": window.start, "end": window.end, "last": "1d", "interval": SLOT}
        return self.page.ask(PricesTimeOfDay, region=[region], **same) if region in REGIONS else None

    def _same(self, subject: Subject, window: Window) -> dict[str, Any]:
        own = self.same(subject, "station", "duid")
        return own | {"start": window.start, "end": window.end, "last": "1d", "interval": SLOT}

    def offers(self, snapshot: Snapshot, subject: Subject) -> Links:
        window = self.home.window(snapshot)
        asked, prices = self.asked(subject, window), self.prices(subject, window)
        out: list[Any] = [(self.chart_card, [("Power by time of day", asked), ("Power over time", asked.series())])]
        if prices is not None:
            out.append((self.price_card, [("Price by time of day", prices)]))
        return out

    def show(self, snapshot: Snapshot, subject: Subject) -> None:
        window = self.home.window(snapshot)
        asked = self.asked(subject, window)
        result = ANSWERS.ask(snapshot, asked)
        if result.frame.empty:
            self.home.nothing(snapshot, self.chart_card, subject, window)
            self.price_card.hide()
            return
        key = ("station day", asked.fingerprint(), window.start, window.end)
        lines = self.page.chosen("days") == "lines"
        drawn: ProfileData = ANSWERS.get(snapshot, (*key, lines), lambda: self._profile(snapshot, asked, lines))
        self.power.name_keys({"power": "Power"}, {"power": subject.own["fuel"]})
        self.power.feed(drawn)
        days = int(result.frame["days"].max())
        count = f"{days} day{'' if days == 1 else 's'}"
        self.chart_card.ready(self.home.said(result, replace(window, interval=SLOT), count, drawn.note))
        self._price(snapshot, subject, window)

    def _profile(self, snapshot: Snapshot, asked: StationsTimeOfDay, lines: bool) -> ProfileData:
        frame = ANSWERS.ask(snapshot, asked).frame
        if not lines:
            mean, low, high = (slots(frame, c) for c in ("mean", "p10", "p90"))
            return profile_data(
                SLOTS[SLOT], {"power": mean}, {"power": low}, {"power": high},
                sides=("10th percentile", "90th percentile"),
            )  # fmt: skip
        folded = fold_result(ANSWERS.ask(snapshot, asked.series()), asked.value)
        return profile_data(
            SLOTS[SLOT], {"power": slots(frame, "mean")}, days=folded.values[0], dates=list(folded.days)
        )

    def _price(self, snapshot: Snapshot, subject: Subject, window: Window) -> None:
        prices = self.prices(subject, window)
        frame = ANSWERS.ask(snapshot, prices).frame if prices is not None else None
        if prices is None or frame is None or frame.empty:
            self.price_card.empty("The price of its region is not known here.")
            return
        region = subject.own["region"]
        mean, low, high = ({"price": slots(frame, c)} for c in ("mean", "p10", "p90"))
        sides = ("10th percentile", "90th percentile")
        self.price.name_keys({"price": f"Price {region[:-1]}"}, {"price": region})
        self.price.feed(profile_data(SLOTS[SLOT], mean, low, high, as_price=True, sides=sides))
        self.price_card.ready("mean, 10th to 90th percentile of the same days")
