"""Batteries over time and by time of day: power each way, prices, revenue and cycles of each bucket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import HOURS_PER_DISPATCH, label_side
from components.metrics.profiles import fold
from components.metrics.revenue import capture_price, ratio
from components.metrics.storage import cycles_per_day, spread
from components.queries.base import Choices, Result, WindowQuery, register
from components.queries.batteries import TORN, Batteries
from components.queries.battery_groups import NONE, BatteryGroups, BatterySums
from components.queries.regional import axis_of, long_frame, named, shown_buckets
from components.queries.time_of_day import SLOTS
from components.store.snapshot import Snapshot

GROSS = "Revenue is gross spot revenue: before loss factors, FCAS and contracts; it is net of what charging cost."
_BY = Choices(
    default=[NONE],
    objects=(NONE, "station", "duid", "region", "owner"),
    doc="Series: none = all together; or one or more of station, duid, region, owner.",
)
_SERIES = {name: Batteries.row_columns[name] for name in ("station", "duid", "region", "owner")}


class _Collected:
    """Figures of each group in each bucket, groups in the vocabulary's order."""

    def __init__(self, query: BatteryGroups, snapshot: Snapshot):
        self.window = query.window(snapshot)
        self.groups = query.groups(snapshot)
        self.axis = axis_of(snapshot, self.window, "scada")
        found = BatterySums(snapshot, self.window, self.axis, query.chosen(snapshot), self.groups.codes)
        there = found.field("readings").any(axis=1)
        self.codes = self.groups.ordered(found.codes[there])
        self.order = np.searchsorted(found.codes, self.codes)
        self.found = found
        self.read = self.field("readings") > 0
        self.torn = found.torn()[self.order]

    def field(self, name: str) -> np.ndarray:
        """One of the sums (G, B)."""
        return self.found.field(name)[self.order]

    def names(self) -> dict[str, Sequence[str]]:
        """Columns that name the series."""
        keys = self.groups.keys
        return {word: [keys[c][i] for c in self.codes] for i, word in enumerate(self.groups.by)}

    def power(self, name: str) -> np.ndarray:
        """Mean power of a group, over the intervals in which at least one of its units has a reading (G, B) [MW]."""
        return ratio(self.field(name), self.found.any_read[self.order] * HOURS_PER_DISPATCH)

    def money(self) -> dict[str, np.ndarray]:
        """Prices and money (G, B); missing where no reading has a price."""
        earned, paid, priced = self.field("earned"), self.field("paid"), self.field("priced") > 0
        out, into = capture_price(earned, self.field("energy_priced")), capture_price(paid, self.field("load_priced"))
        return {
            "discharge_price": out,
            "charge_price": into,
            "spread": spread(out, into),
            "revenue": np.where(priced, earned - paid, np.nan),
            "cost": np.where(priced, paid, np.nan),
            "discharge_revenue": np.where(priced, earned, np.nan),
        }

    def by_capacity(self) -> dict[str, np.ndarray]:
        """Cycles, and money by capacity (G, B), of the units whose storage or capacity is known."""
        per_day = self.window.calendar.intervals_a_day
        money = ratio(self.field("rated_net"), self.field("capacity_time") / per_day)
        return {
            "cycles_per_day": cycles_per_day(self.field("turned"), self.field("storage_time") / per_day),
            "revenue_per_mw_day": np.where(self.torn[:, None], np.nan, money),
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences the reader must know."""
        return (GROSS, TORN) if self.torn.any() else (GROSS,)


@register
class BatteriesOverTime(BatteryGroups, WindowQuery):
    """Power, prices and revenue of batteries bucket by bucket."""

    route = "batteries/over-time"
    title = "Batteries over time"
    description = (
        "Discharge and charge of batteries in each bucket, the prices they had, revenue and cycles, all summed at the "
        "5-minute interval and never netted across units. A bucket is answered like a window of /api/batteries."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        **_SERIES,
        "discharge_mw": ("MW", "Average power discharged, over the intervals with a reading"),
        "charge_mw": ("MW", "Average power charged, positive"),
        **{
            name: Batteries.row_columns[name]
            for name in (
                "discharge_mwh", "charge_mwh", "discharge_price", "charge_price", "spread", "revenue", "cost",
                "discharge_revenue", "cycles_per_day",
            )
        },
        "revenue_per_mw_day": ("$/MW", "Revenue / registered capacity / days with a reading and a price"),
    }  # fmt: skip
    examples = ("last=1d", "last=30d&interval=1d&by=region", "station=Hornsdale+Power+Reserve&last=7d&interval=1h")

    by = _BY

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * self.groups_at_most(snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        own = _Collected(self, snapshot)
        numbers = {
            "discharge_mw": own.power("energy"),
            "charge_mw": own.power("load"),
            "discharge_mwh": np.where(own.read, own.field("energy"), np.nan),
            "charge_mwh": np.where(own.read, own.field("load"), np.nan),
            **own.money(),
            **own.by_capacity(),
        }
        keep = shown_buckets(own.axis, own.window, own.read)
        values = {name: v[:, keep] for name, v in numbers.items()}
        labels = own.axis.labels[keep]
        frame = (
            long_frame(labels, own.names(), values) if own.groups.by
            else pd.DataFrame({"time": labels, **{n: v.reshape(-1) for n, v in values.items()}})
        )  # fmt: skip
        expected, present = own.found.coverage.totals()
        return Result(
            frame, {n: self.row_columns[n][0] for n in numbers}, own.window.start, own.window.end, own.groups.by,
            own.window.interval, label_side(own.window.interval), expected or own.window.expected, present,
            snapshot.version, snapshot.sources, own.notes,
        )  # fmt: skip


@register
class BatteriesTimeOfDay(BatteryGroups):
    """When batteries charge and discharge, and at which prices."""

    route = "batteries/time-of-day"
    title = "Batteries by time of day"
    description = (
        "Mean power each way in each slot of the day, over the days of the window (a day's value is the mean of its "
        "readings there); prices and revenue pool all days' intervals of the slot."
    )
    row_columns = {
        **_SERIES,
        "time_of_day": ("", "Start of the slot, hh:mm in NEM time; it is as long as the interval"),
        "discharge_mw": ("MW", "Power discharged, mean over days"),
        "charge_mw": ("MW", "Power charged, positive, mean over days"),
        "discharge_price": Batteries.row_columns["discharge_price"],
        "charge_price": Batteries.row_columns["charge_price"],
        "revenue": ("$", "Revenue of the slot on all days, net of what charging cost"),
        "days": ("", "Days with a reading in the slot"),
    }
    examples = ("last=30d", "last=30d&by=region&interval=1h", "last=1y&station=Hornsdale+Power+Reserve")

    interval: Any = param.Selector(default="30m", objects=list(SLOTS), doc="Length of a slot of the day.")
    by = _BY

    @property
    def shown_interval(self) -> str | None:
        return str(self.interval)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.groups_at_most(snapshot) * (1440 // SLOTS[self.interval])

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        own = _Collected(self, snapshot)
        minutes = SLOTS[self.interval]

        def folded(values: np.ndarray) -> np.ndarray:
            """(G, days, slots)."""
            return fold(own.axis.starts, values, minutes).values

        def total(name: str) -> np.ndarray:
            return np.nansum(folded(own.field(name)), axis=1)

        power = {name: folded(own.power(field)) for name, field in (("discharge_mw", "energy"), ("charge_mw", "load"))}
        days = (~np.isnan(power["discharge_mw"])).sum(axis=1)
        numbers = {name: ratio(np.nansum(values, axis=1), days) for name, values in power.items()}
        numbers |= {
            "discharge_price": capture_price(total("earned"), total("energy_priced")),
            "charge_price": capture_price(total("paid"), total("load_priced")),
            "revenue": np.where(total("priced") > 0, total("earned") - total("paid"), np.nan),
        }
        slots = np.flatnonzero(days.any(axis=0))
        columns: dict[str, Any] = {
            word: pd.Categorical(np.repeat(np.array(words, object), len(slots)), list(dict.fromkeys(words)))
            for word, words in own.names().items()
        }
        clock = [f"{m // 60:02d}:{m % 60:02d}" for m in (slots * minutes).tolist()]
        columns["time_of_day"] = named(clock, np.tile(np.arange(len(slots)), len(own.codes)))
        columns |= {name: values[:, slots].reshape(-1) for name, values in numbers.items()}
        columns["days"] = days[:, slots].reshape(-1).astype(np.int64)
        expected, present = own.found.coverage.totals()
        return Result(
            pd.DataFrame(columns), {n: self.row_columns[n][0] for n in (*numbers, "days")}, own.window.start,
            own.window.end, (*own.groups.by, "time_of_day"), "", "", expected or own.window.expected, present,
            snapshot.version, snapshot.sources, own.notes,
        )  # fmt: skip


__all__ = ["BatteriesOverTime", "BatteriesTimeOfDay"]
