"""Prices by time of day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.charts import formats
from components.charts.profile import ProfileChart, profile_data
from components.dashboards.answers import ANSWERS
from components.dashboards.parts import Ledger
from components.dashboards.prices_view import LABELS, PriceView, by_region, cell, columns_of
from components.dashboards.shell import Card, figure
from components.dashboards.view import Choice
from components.queries.base import Query
from components.queries.time_of_day import SLOTS, PricesTimeOfDay
from components.store.snapshot import Snapshot

BANDED = 2
"""Up to so many regions have a band; more would cover each other."""
BANDS = {"p10-p90": ("p10", "p90"), "p25-p75": ("p25", "p75"), "p5-p95": ("p5", "p95"), "range": ("min", "max")}
_SIDES = {"min": "lowest day", "max": "highest day"}


def _side(name: str) -> str:
    return _SIDES.get(name, f"{name[1:]}th percentile")


class TimeOfDay(PriceView):
    """Mean over days of each slot of the day, a band around it, or single days behind it."""

    slug, label, help = "time-of-day", "Time of day", "Mean, percentiles and single days over the hours of the day"
    questions = (PricesTimeOfDay,)
    choices = {
        "behind": Choice(
            "What is drawn behind the mean",
            {
                "p10-p90": "10th–90th pct", "p25-p75": "25th–75th pct", "p5-p95": "5th–95th pct",
                "range": "Lowest–highest", "days": "Single days",
            },
        )
    }  # fmt: skip

    def build(self) -> Sequence[Any]:
        self.chart = ProfileChart(
            self.page.theme, LABELS, height=420, title="Prices by time of day", y_label="Price ($/MWh)", as_price=True
        )
        self.ledger = Ledger(
            columns=columns_of(
                "Region",
                ("Mean", "$/MWh", "Mean over the slots of the day"),
                ("Cheapest", "$/MWh", "Lowest mean of a slot, and when"),
                ("Dearest", "$/MWh", "Highest mean of a slot, and when"),
                ("Difference", "$/MWh", "Dearest less cheapest slot"),
            ),
            stacked=True,
        )
        self.day_card = self.card("Prices by time of day", figure(self.chart.figure), self.ledger)
        return [self.day_card.view]

    def charts(self) -> Sequence[Any]:
        return [self.chart]

    def notes(self) -> Sequence[str]:
        return ["Time of day: a day's value is the mean price of its slot; means and percentiles are over days."]

    def links(self, snapshot: Snapshot) -> Sequence[tuple[Card, Sequence[tuple[str, Query]]]]:
        return [(self.day_card, [("By time of day", self.over(self.window(snapshot), PricesTimeOfDay))])]

    def draw(self, snapshot: Snapshot) -> None:
        window = self.window(snapshot)
        query = self.over(window, PricesTimeOfDay)
        answer = ANSWERS.ask(snapshot, query)
        if answer.frame.empty:
            self.nothing(snapshot, window)
            return
        regions = list(dict.fromkeys(answer.frame["region"].astype(str)))
        clock = list(dict.fromkeys(answer.frame["time_of_day"].astype(str)))
        minutes = SLOTS[query.interval]
        at = [(int(c[:2]) * 60 + int(c[3:])) // minutes for c in clock]

        def whole(column: str) -> dict[str, np.ndarray]:
            """A column as the slots of the whole day; hours that the calendar leaves out are missing."""
            out = {}
            for region, values in by_region(answer, column).items():
                out[region] = np.full(1440 // minutes, np.nan)
                out[region][at] = values
            return out

        behind = self.page.chosen("behind")
        mean = whole("mean")
        more: dict[str, Any] = {}
        said = "mean over days"
        if behind == "days" and len(regions) == 1:
            folded = ANSWERS.get(snapshot, ("days", query.fingerprint()), lambda: query.folded(snapshot)[1])
            more = {"days": folded.values[0], "dates": folded.days}
            said = "mean over days; thin lines: single days; dashed: the newest"
        elif behind != "days" and len(regions) <= BANDED:
            low, high = BANDS[behind]
            more = {"low": whole(low), "high": whole(high), "sides": (_side(low), _side(high))}
            said = f"lines: mean over days; bands: {_side(low)} to {_side(high)}"
        elif behind == "days":
            said += "; choose one region to see single days"
        else:
            said += f"; choose up to {BANDED} regions to see how far days lie apart"
        data = profile_data(minutes, mean, as_price=True, **more)
        self.chart.feed(data)
        self.ledger.rows = [self._row(r, mean[r], minutes) for r in regions]
        slot = formats.INTERVAL_LABELS[query.interval]
        words = [formats.window(window.start, window.end), f"by {slot}", said, data.note, self.page.covered(answer)]
        self.day_card.ready(" · ".join(w for w in words if w))

    def _row(self, region: str, mean: np.ndarray, minutes: int) -> dict[str, Any]:
        low, high = int(np.nanargmin(mean)), int(np.nanargmax(mean))

        def when(slot: int) -> str:
            start, end = slot * minutes, (slot + 1) * minutes
            return f"{start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}"

        cells = [
            cell(float(np.nanmean(mean))),
            cell(mean[low], sub=when(low)),
            cell(mean[high], sub=when(high)),
            cell(mean[high] - mean[low]),
        ]
        return {"key": region, "cells": [self.region_cell(region), *cells]}
