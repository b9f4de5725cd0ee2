"""A station's history, period by period: energy, money, running. By financial year unless asked otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import DISPATCH, Window, bucket_end, bucket_name
from components.queries.base import Choices, Names, Result, WindowQuery, register
from components.queries.pooling import Groups, PoolFigures
from components.queries.regional import axis_of
from components.queries.revenue import GROUPS, Revenue, RevenuePool
from components.queries.running import Running
from components.queries.running_pool import RunningPool
from components.queries.units import unit_table
from components.store.snapshot import Snapshot

PERIODS = ("fy", "1y", "half", "season", "3M", "1M")
_FILTERS = ("region", "fuel", "station", "duid", "owner", "by", "month", "hour", "weekday")
_MONEY = (
    "energy_mwh", "load_mwh", "revenue", "load_cost", "capture_price", "capacity_mw", "capacity_factor", "coverage",
)  # fmt: skip
_RUNNING = (
    "time_weighted_price", "capture_rate", "starts", "running_hours", "unit_hours", "negative_mwh", "negative_share",
    "negative_revenue",
)  # fmt: skip


@register
class StationHistory(WindowQuery):
    """Figures of stations or other groups of units for every period of a window."""

    route = "generation/history"
    page = "stations"
    title = "History by period"
    description = (
        "The figures of the revenue and the running question for each financial year (or month, quarter ...) of the "
        "window: last=all is the whole history. A period that window or data cut is marked by period_share < 1."
    )
    row_columns = {
        "time": ("", "Begin of the period"),
        "period": ("", "Its name: FY25 is July 2024 to June 2025"),
        "period_share": ("", "Part of the period that lies in the window and in the stored data"),
        **{c: Revenue.row_columns[c] for c in GROUPS},
        **{c: Revenue.row_columns[c] for c in _MONEY},
        **{c: Running.row_columns[c] for c in _RUNNING},
    }
    examples = ("station=Eraring&last=all", "duid=ER01&last=all&interval=1M", "last=all&by=fuel&region=SA1")

    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    region = Names(default=[], vocabulary="region", doc="Regions; none = all, NEM = all as one.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels; storage belongs to battery and battery_charging.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    by = Choices(default=["station"], objects=GROUPS, doc="Grouping; one or more of them.")
    interval: Any = param.Selector(default="fy", objects=list(PERIODS), doc="Length of a period.")

    @property
    def shown_interval(self) -> str | None:
        return str(self.interval)

    def rows_at_most(self, snapshot: Snapshot) -> int:
        names = Revenue(**{f: getattr(self, f) for f in _FILTERS})
        most = names.rows_at_most(snapshot)
        if self.station and self.by == ["station"]:
            most = len(self.station)
        elif self.duid and self.by == ["duid"]:
            most = len(self.duid)
        return self.buckets_at_most(snapshot) * min(most, 2 * len(unit_table(snapshot).duid))

    def periods(self, snapshot: Snapshot) -> Iterator[tuple[np.datetime64, Window, float]]:
        """The begin of each period that can hold data, its part within the window, and which part of it that is."""
        window = self.window(snapshot)
        first, newest = snapshot.first(self.dataset), snapshot.last(self.dataset)
        if first is None or newest is None:
            return
        axis = axis_of(snapshot, window, self.dataset)
        for begin, end in zip(axis.starts, bucket_end(axis.starts, axis.interval), strict=True):
            low, high = max(window.start, pd.Timestamp(begin)), min(window.end, pd.Timestamp(end))
            known = min(high, newest) - max(low, first - DISPATCH)
            share = max(known / pd.Timedelta(end - begin), 0.0)
            if high > low and share > 0:
                yield begin, replace(window, start=low, end=high), share

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        asked = {f: getattr(self, f) for f in _FILTERS}
        revenue, running = Revenue(**asked), Running(**asked)
        for question in (revenue, running):
            question.ensure(snapshot)
        found: list[_Period] = []
        expected = present = 0
        notes: dict[str, None] = {}
        shared: dict[str, Any] = {}
        for begin, part, share in self.periods(snapshot):
            pools = (
                RevenuePool(revenue, snapshot, window=part, **shared),
                RunningPool(running, snapshot, window=part, **shared),
            )
            # Who is asked for and who belongs to whom is worked out once.
            shared = {"groups": pools[0].groups, "chosen": pools[0].chosen}
            money, ran = (pool.figures() for pool in pools)
            expected, present = expected + money.expected, present + money.present
            # A count of one period is no sentence about all of them.
            notes |= dict.fromkeys(n for n in (*money.notes, *ran.notes) if not n[0].isdigit())
            found.append(
                _Period(begin, share, _rows(pools[0].groups, money, _MONEY), _rows(pools[1].groups, ran, _RUNNING))
            )
        frame = self._dense(found)
        units = {c: self.row_columns[c][0] for c in ("period_share", *_MONEY, *_RUNNING)}
        return Result(
            frame, units, window.start, window.end, tuple(self.by), window.interval, "start",
            expected or window.expected, present, snapshot.version, snapshot.sources, tuple(notes),
        )  # fmt: skip

    def _dense(self, periods: list[_Period]) -> pd.DataFrame:
        """A row for each period and group, from the first period with a figure to the last."""
        known = [i for i, p in enumerate(periods) if p.money]
        used = periods[known[0] : known[-1] + 1] if known else []
        # Revenue gives the groups in the vocabulary's order; what turns up later follows.
        groups = list(dict.fromkeys(key for p in used for key in p.money))
        numbers = [*_MONEY, *_RUNNING]
        missing = {True: np.full(len(_MONEY), np.nan), False: np.full(len(_RUNNING), np.nan)}
        values = np.array([
            np.concatenate([p.money.get(g, missing[True]), p.running.get(g, missing[False]) if g in p.money else missing[False]])
            for p in used for g in groups
        ]).reshape(len(used) * len(groups), len(numbers))  # fmt: skip
        columns: dict[str, Any] = {
            "time": np.repeat(np.array([p.begin for p in used], "datetime64[us]"), len(groups)),
            "period": _named([bucket_name(p.begin, self.interval) for p in used for _ in groups]),
            "period_share": np.repeat(np.array([p.share for p in used], float), len(groups)),
        }
        columns |= {word: _named([g[i] for _ in used for g in groups]) for i, word in enumerate(self.by)}
        return pd.DataFrame(columns | {name: values[:, i] for i, name in enumerate(numbers)})


@dataclass(frozen=True, eq=False)
class _Period:
    """A period's begin, which part of it is known, and the figures of each group: names -> numbers."""

    begin: np.datetime64
    share: float
    money: dict[tuple[str, ...], np.ndarray]
    running: dict[tuple[str, ...], np.ndarray]


def _rows(groups: Groups, found: PoolFigures, names: Sequence[str]) -> dict[tuple[str, ...], np.ndarray]:
    """These figures of each group that has readings, by its names."""
    table, keys = np.stack([found.numbers[n] for n in names], axis=1), groups.keys
    return {keys[code]: table[code] for code in found.order}


def _named(words: list[str]) -> Any:
    return pd.Categorical(words, categories=list(dict.fromkeys(words))) if words else pd.Series(dtype=object)
