"""Curtailment by time of day, and by hour and day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import param

from components.metrics.buckets import Axis
from components.metrics.curtailment import curtailed, economic, network
from components.metrics.price_grid import HOURS, HourGrids
from components.metrics.profiles import Folded
from components.queries.base import Choices, Names, PeriodQuery, Result, register
from components.queries.curtailment import Curtailment
from components.queries.curtailment_pool import FUELS_CURTAILED, of_places, regional
from components.queries.prices_heat import COLUMNS
from components.queries.regional import REGION_ORDER, axis_of, named, regions_asked
from components.queries.time_of_day import TimeOfDay, fold_result, time_of_day_columns
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

QUANTITIES = ("curtailed", "economic", "network", "uigf", "cleared")
_REGION_DOC = "Regions; none = the five apart, NEM = their sum."
_QUANTITY_DOC = "curtailed, its economic or network part, the forecast (uigf) or what was cleared."


@register
class CurtailmentTimeOfDay(TimeOfDay):
    """Curtailment by time of day."""

    route = "curtailment/time-of-day"
    page = "curtailment"
    title = "Curtailment by time of day"
    description = (
        "Curtailed wind and solar power in each slot of the day: mean, extremes and percentiles over the days of the "
        "window, folded from the buckets of /api/curtailment."
    )
    dataset = "region"
    row_columns = time_of_day_columns("MW", region=("", "Region, or NEM"), fuel=("", "wind or solar"))
    examples = ("last=30d&region=NEM", "last=30d&region=SA1&quantity=network", "last=1y&fuel=solar&interval=1h")

    region = Names(default=[], vocabulary="region", doc=_REGION_DOC)
    fuel = Choices(default=list(FUELS_CURTAILED), objects=FUELS_CURTAILED, doc="wind, solar or both.")
    quantity: Any = param.Selector(default="curtailed", objects=list(QUANTITIES), doc=_QUANTITY_DOC)

    @property
    def value(self) -> str:
        return str(self.quantity)

    def series(self) -> Curtailment:
        return Curtailment(**self.same("region", "fuel"))

    def series_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region)) * len(self.fuel)

    def folded(self, snapshot: Snapshot) -> tuple[Result, Folded]:
        series = self.series()
        result = series.regions(snapshot, series.window(snapshot), (self.value,))
        return result, fold_result(result, self.value)


@register
class CurtailmentHeat(PeriodQuery):
    """Curtailment by hour of the day and day, week or month."""

    route = "curtailment/by-hour"
    page = "curtailment"
    title = "Curtailment by hour and day"
    description = (
        "Curtailed wind and solar power, or its share of the forecast, in each hour of the day, for each day, week or month; "
        "wind and solar together unless one is asked for. A share is that of energies, summed first."
    )
    dataset = "region"
    row_columns = {
        "time": ("", "Start of the day, week (Monday) or month"),
        "region": ("", "Region, or NEM"),
        "hour": ("", "Hour of the day, 0-23, NEM time"),
        "curtailed": ("MW", "Mean curtailed power (or its part asked for); null where a fuel or region is missing"),
        "rate": ("", "The same / UIGF; null where nothing was forecast"),
    }
    examples = ("last=30d&region=NEM", "last=1y&by=month&region=SA1&fuel=wind")

    region = Names(default=[], vocabulary="region", doc=_REGION_DOC)
    fuel = Choices(default=list(FUELS_CURTAILED), objects=FUELS_CURTAILED, doc="wind, solar or both together.")
    by: Any = param.Selector(default="day", objects=list(COLUMNS), doc="What stands beside the hours.")
    quantity: Any = param.Selector(default="curtailed", objects=list(QUANTITIES[:3]), doc="All, economic or network.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._axis(snapshot)) * HOURS * len(regions_asked(self.region))

    def _axis(self, snapshot: Snapshot) -> Axis:
        window = self.window(snapshot)
        shown = axis_of(snapshot, window, "region")
        first, last = snapshot.first("region"), snapshot.last("region")
        if not len(shown) or first is None or last is None:
            return shown
        low = max(window.start, first - pd.Timedelta(minutes=5))
        return Axis.over(np.datetime64(low, "us"), np.datetime64(min(window.end, last), "us"), COLUMNS[self.by])

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, asked, axis = self.window(snapshot), regions_asked(self.region), self._axis(snapshot)
        part = {"curtailed": lambda lost, _: lost, "economic": economic, "network": network}[self.quantity]
        power, forecast = HourGrids(len(asked), len(axis)), HourGrids(len(asked), len(axis))
        present = 0
        fuels = [f for f in FUELS_CURTAILED if f in self.fuel]
        for months in zip(*(regional(snapshot, window, f) for f in fuels), strict=True) if len(axis) else ():
            times = months[0][0]
            column = axis.places(times)
            lost = np.sum([part(curtailed(u, c), p) for _, u, c, p in months], axis=0)
            uigf = np.where(np.isnan(lost), np.nan, np.sum([u for _, u, _, _ in months], axis=0))
            values = of_places(lost, asked, REGIONS)
            present += int((~np.isnan(values)).sum())
            power.add(times, column, values)
            forecast.add(times, column, of_places(uigf, asked, REGIONS))
        cells = {"curtailed": power.result(), "uigf": forecast.result()}
        with np.errstate(invalid="ignore", divide="ignore"):
            rates = np.where(cells["uigf"] > 0, cells["curtailed"] / cells["uigf"], np.nan)
        order = list(REGION_ORDER)
        frame = pd.DataFrame(
            {
                "time": np.repeat(axis.starts, len(asked) * HOURS),
                "region": named(order, np.tile(np.repeat([order.index(r) for r in asked], HOURS), len(axis))),
                "hour": np.tile(np.arange(HOURS), len(asked) * len(axis)),
                "curtailed": cells["curtailed"].transpose(2, 0, 1).reshape(-1),
                "rate": rates.transpose(2, 0, 1).reshape(-1),
            }
        )
        return Result(
            frame, {"curtailed": "MW", "rate": ""}, window.start, window.end, ("region", "hour"), axis.interval, "start",
            window.expected * len(asked), present, snapshot.version, snapshot.sources,
        )  # fmt: skip


__all__ = ["QUANTITIES", "CurtailmentHeat", "CurtailmentTimeOfDay"]
