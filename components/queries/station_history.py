"""A station's history, period by period: energy, money, running. By financial year unless asked otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import DISPATCH, Window, bucket_end, bucket_name
from components.queries.base import Choices, Names, Result, WindowQuery, register
from components.queries.regional import axis_of
from components.queries.revenue import GROUPS, Revenue
from components.queries.running import Running
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
        frames, starts, shares = [], [], []
        expected = present = 0
        notes: dict[str, None] = {}
        for begin, part, share in self.periods(snapshot):
            span = {"start": part.start, "end": part.end}
            money, running = (kind(**asked, **span).run(snapshot) for kind in (Revenue, Running))
            expected, present = expected + money.expected, present + money.present
            # A count of one period is no sentence about all of them.
            notes |= dict.fromkeys(n for n in (*money.notes, *running.notes) if not n[0].isdigit())
            left, right = (r.frame.assign(**{b: r.frame[b].astype(str) for b in self.by}) for r in (money, running))
            frames.append(left[[*self.by, *_MONEY]].merge(right[[*self.by, *_RUNNING]], how="left", on=self.by))
            starts.append(begin)
            shares.append(share)
        frame = self._dense(frames, starts, shares)
        units = {c: self.row_columns[c][0] for c in ("period_share", *_MONEY, *_RUNNING)}
        return Result(
            frame, units, window.start, window.end, tuple(self.by), window.interval, "start",
            expected or window.expected, present, snapshot.version, snapshot.sources, tuple(notes),
        )  # fmt: skip

    def _dense(self, frames: list[pd.DataFrame], starts: list[np.datetime64], shares: list[float]) -> pd.DataFrame:
        """A row for each period and group, from the first period with a figure to the last."""
        known = [i for i, f in enumerate(frames) if len(f)]
        used = range(known[0], known[-1] + 1) if known else range(0)
        # Revenue gives the groups in the vocabulary's order; what turns up later follows.
        groups = list(dict.fromkeys(key for i in used for key in frames[i][self.by].itertuples(index=False, name=None)))
        numbers = [*_MONEY, *_RUNNING]
        rows = []
        for i in used:
            have = frames[i].set_index(self.by)
            index = (
                pd.MultiIndex.from_tuples(groups, names=self.by)
                if len(self.by) > 1
                else pd.Index([g[0] for g in groups], name=self.by[0])
            )
            part = have.reindex(index)[numbers].reset_index()
            part.insert(0, "time", starts[i])
            part.insert(1, "period", bucket_name(starts[i], self.interval))
            part.insert(2, "period_share", shares[i])
            rows.append(part)
        if not rows:
            empty = {
                c: pd.Series(dtype="datetime64[us]" if c == "time" else object) for c in ("time", "period", *self.by)
            }
            columns = {"time": empty["time"], "period": empty["period"], "period_share": pd.Series(dtype=float)}
            return pd.DataFrame(columns | {b: empty[b] for b in self.by} | {n: pd.Series(dtype=float) for n in numbers})
        frame = pd.concat(rows, ignore_index=True)
        frame["time"] = frame["time"].astype("datetime64[us]")
        for name in ("period", *self.by):
            frame[name] = pd.Categorical(frame[name], categories=list(dict.fromkeys(frame[name])))
        return frame.astype(dict.fromkeys(numbers, "float64"))
