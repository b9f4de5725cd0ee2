"""Time of day: any series over time, folded into days.

Each question here asks another one at the slot's length (``generation/by-fuel?interval=30m`` …) and folds its answer, so
both can be checked against each other.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import param

from components.errors import Problem
from components.metrics.profiles import PERCENTILES, Folded, fold, profile
from components.queries.base import Names, PeriodQuery, Result, WindowQuery, register
from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.prices import ENERGY, FCAS, RegionalPrices
from components.queries.regional import named, regions_asked
from components.queries.stations import StationOutput
from components.queries.units import unit_table
from components.store.snapshot import Snapshot

SLOTS = {"5m": 5, "30m": 30, "1h": 60}
"""Lengths of a slot of the day -> minutes."""
STATISTICS = ("mean", "min", *(f"p{p}" if p != 50 else "median" for p in PERCENTILES), "max")
_WORDS = {"mean": "Mean over days", "min": "Lowest day", "median": "Median over days", "max": "Highest day"}


def time_of_day_columns(unit: str, **series: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """Columns of a time-of-day answer about series measured in ``unit``."""
    statistics = {s: (unit, _WORDS.get(s, f"{s[1:]}th percentile over days")) for s in STATISTICS}
    return {
        **series,
        "time_of_day": ("", "Start of the slot, hh:mm in NEM time; it is as long as the interval"),
        **statistics,
        "days": ("", "Days with a reading in the slot"),
    }


class TimeOfDay(PeriodQuery):
    """What questions about the time of day share."""

    unit: ClassVar[str] = "MW"

    interval: Any = param.Selector(default="30m", objects=list(SLOTS), doc="Length of a slot of the day.")

    @property
    def shown_interval(self) -> str | None:
        return str(self.interval)

    @property
    def value(self) -> str:
        """Column of the answer over time."""
        return "mw"

    def series(self) -> WindowQuery:
        """The question about the same series over time, with a bucket for each slot of each day."""
        raise NotImplementedError

    def same(self, *names: str) -> dict[str, Any]:
        """Parameters that go to the other question as they are."""
        window = ("start", "end", "last", "month", "hour", "weekday", "interval")
        return {name: getattr(self, name) for name in (*window, *names)}

    def series_at_most(self, snapshot: Snapshot) -> int:
        """Upper bound of the number of series."""
        raise NotImplementedError

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.series_at_most(snapshot) * (1440 // SLOTS[self.interval])

    def check(self, snapshot: Snapshot) -> list[Problem]:
        own = super().check(snapshot)
        return own + [p for p in self.series().check(snapshot) if p.param == "region" and p not in own]

    def folded(self, snapshot: Snapshot) -> tuple[Result, Folded]:
        """The series over time, and the same values by day and slot (series, days, slots), series in their order."""
        result = self.series().run(snapshot)
        return result, fold_result(result, self.value)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        result, folded = self.folded(snapshot)
        found = profile(folded.values)
        slots = np.flatnonzero(found.days.any(axis=0)) if found.days.size else np.empty(0, np.int64)
        count = len(folded.values)
        head = result.frame.iloc[:count]
        columns: dict[str, Any] = {
            name: pd.Categorical(np.repeat(head[name].astype(str).to_numpy(), len(slots)), _order(head[name]))
            for name in result.series
        }
        clock = [f"{m // 60:02d}:{m % 60:02d}" for m in folded.starts[slots].tolist()]
        columns["time_of_day"] = named(clock, np.tile(np.arange(len(slots)), count))
        percentiles = dict(zip((f"p{p}" for p in PERCENTILES), found.percentiles, strict=True))
        numbers = {"mean": found.mean, "min": found.low, "max": found.high, "median": percentiles["p50"], **percentiles}
        for name in STATISTICS:
            columns[name] = numbers[name][:, slots].reshape(-1)
        columns["days"] = found.days[:, slots].reshape(-1).astype(np.int64)
        units = {name: result.units.get(self.value, self.unit) for name in STATISTICS} | {"days": ""}
        return Result(
            pd.DataFrame(columns), units, result.start, result.end, (*result.series, "time_of_day"), "", "",
            result.expected, result.present, result.version, result.source,
            (*result.notes, "A day's value is the mean of its readings in the slot; statistics are over days."),
        )  # fmt: skip


def fold_result(result: Result, value: str) -> Folded:
    """The values of a time series answer with slots of a day as buckets, by day and slot (series, days, slots)."""
    minutes, frame = SLOTS[result.interval], result.frame
    stamps = frame["time"].to_numpy("datetime64[m]")
    count = int(np.argmax(stamps != stamps[0])) or len(stamps) if len(stamps) else 0
    # Up to an hour a bucket is called by its end.
    starts = stamps[:: count or 1] - np.timedelta64(minutes, "m")
    return fold(starts, frame[value].to_numpy("float64").reshape(-1, count).T if count else np.empty((0, 0)), minutes)


def _order(names: pd.Series) -> list[str]:
    return list(dict.fromkeys(names.astype(str)))


@register
class GenerationTimeOfDay(TimeOfDay):
    """Power of each fuel by time of day."""

    route = "generation/time-of-day"
    page = "generation"
    title = "Generation by time of day"
    description = (
        "Power of each fuel in each slot of the day: mean, extremes and percentiles over the days of the window. Loads are "
        "negative, as in generation/by-fuel, whose buckets are folded."
    )
    row_columns = time_of_day_columns(
        "MW",
        region=("", "Region, or NEM; empty are units without a region"),
        fuel=("", "Fuel"),
        fueltech=("", "Fuel technology (with by=fueltech)"),
    )
    examples = ("last=30d&region=NSW1", "last=1y&region=NEM&fuel=battery&weekday=workday", "last=7d&interval=5m")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = one series for all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels to show; none = all.")
    by: Any = param.Selector(default="fuel", objects=["fuel", "fueltech"], doc="Fuels, or the finer fuel technologies.")
    interchange = param.Boolean(
        default=False, doc="Add imports (+) and exports (-) of each region; the NEM as a whole has none."
    )

    def series(self) -> GenerationByFuel:
        return GenerationByFuel(**self.same("region", "fuel", "by", "interchange"))

    def series_at_most(self, snapshot: Snapshot) -> int:
        return self.series().series_at_most(snapshot)


@register
class StationsTimeOfDay(TimeOfDay):
    """Power of stations or units by time of day."""

    route = "generation/stations/time-of-day"
    page = "stations"
    title = "Stations by time of day"
    description = (
        "Net power of stations (of units with by=duid) in each slot of the day: mean, extremes and percentiles over the days "
        "of the window; loads are negative."
    )
    row_columns = time_of_day_columns(
        "MW", station=("", "Station"), duid=("", "Unit (with by=duid, in place of station)")
    )
    examples = ("station=Eraring&last=30d", "duid=ER01&duid=ER02&by=duid&last=30d&interval=1h")

    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    by: Any = param.Selector(default="station", objects=["station", "duid"], doc="One series per station or per unit.")

    def series(self) -> StationOutput:
        return StationOutput(**self.same("station", "duid", "by"))

    def series_at_most(self, snapshot: Snapshot) -> int:
        return len(set(getattr(unit_table(snapshot), self.by)))


@register
class PricesTimeOfDay(TimeOfDay):
    """Regional prices by time of day."""

    route = "prices/time-of-day"
    page = "prices"
    title = "Prices by time of day"
    description = (
        "Regional price in each slot of the day: mean, extremes and percentiles over the days of the window. NEM is "
        "the demand-weighted price of the five regions."
    )
    dataset = "price"
    unit = "$/MWh"
    row_columns = time_of_day_columns("$/MWh", region=("", "Region, or NEM"))
    examples = ("last=30d&region=SA1", "last=1y&region=NEM&weekday=weekend", "last=30d&interval=5m")

    region = Names(
        default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = the demand-weighted price of all."
    )
    market: Any = param.Selector(
        default=ENERGY,
        objects=[ENERGY, *FCAS],
        doc="Energy, or one of the frequency control (FCAS) markets, whose prices are in $ per MW and hour; these have no NEM price.",
    )

    @property
    def value(self) -> str:
        return "price"

    def series(self) -> RegionalPrices:
        return RegionalPrices(**self.same("region", "market"))

    def series_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region))


@register
class DemandTimeOfDay(TimeOfDay):
    """Demand by time of day."""

    route = "demand/time-of-day"
    page = "generation"
    title = "Demand by time of day"
    description = (
        "Operational demand, rooftop solar or underlying demand in each slot of the day: mean, extremes and percentiles "
        "over the days of the window."
    )
    dataset = "region"
    row_columns = time_of_day_columns("MW", region=("", "Region, or NEM"))
    examples = ("last=30d&region=NSW1", "last=1y&region=NEM&quantity=underlying")

    region = Names(default=[], vocabulary="region", doc="Regions; none = the five apart, NEM = their sum.")
    quantity: Any = param.Selector(
        default="demand",
        objects=["demand", "rooftop", "underlying"],
        doc="Operational demand, rooftop solar, or both together.",
    )

    @property
    def value(self) -> str:
        return str(self.quantity)

    def series(self) -> Demand:
        return Demand(**self.same("region"))

    def series_at_most(self, snapshot: Snapshot) -> int:
        return len(regions_asked(self.region))


__all__ = [
    "SLOTS", "STATISTICS", "DemandTimeOfDay", "GenerationTimeOfDay", "PricesTimeOfDay", "StationsTimeOfDay", "TimeOfDay",
    "fold_result", "time_of_day_columns",
]  # fmt: skip
