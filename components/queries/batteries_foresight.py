"""What perfect foresight of a day's prices was worth beside what batteries earned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import param

from components.market_time import Window, label_side
from components.metrics.buckets import Axis
from components.metrics.foresight import DAY, best_spread
from components.metrics.revenue import ratio
from components.queries.base import Choices, Recurring, Result, WindowQuery, register
from components.queries.batteries import TORN, Batteries
from components.queries.batteries_over_time import GROSS
from components.queries.battery_groups import NONE, BatteryGroups, BatterySums
from components.queries.monthly import regions_of
from components.queries.pooling import Groups
from components.queries.regional import STEP, aligned, axis_of, long_frame, shown_buckets
from components.queries.remembering import Remembered
from components.queries.units import unit_table
from components.store.snapshot import Chunk, Snapshot
from components.vocabulary import LOAD, REGIONS

HOURS = (2, 4)
"""Lengths of the spreads [h]."""
INTERVALS = ("1d", "7d", "1M", "3M", "1y", "fy")


_FIGURES = {
    **{f"spread_{n}h": ("$/MWh", f"Mean of the dearest {n} hours of the day - mean of the cheapest {n}") for n in HOURS},
    **{f"best_{n}h": ("$/MW", f"That spread x {n} h: worth per MW and day; mean over days and MW") for n in HOURS},
    "earned": ("$/MW", "Revenue per MW and day over the same days, net of what charging cost"),
    **{f"share_{n}h": ("", f"Earned / best_{n}h; null where that is not above zero") for n in HOURS},
    "mw_days": ("", "MW x days that count: what the figures are pooled over"),
}  # fmt: skip
_NAMES = {name: Batteries.row_columns[name] for name in ("station", "duid", "region", "owner")}
_WHAT = (
    "The dearest two (four) hours of each day less the cheapest two (four), any 5-minute intervals in any order, in "
    "the batteries' own regions and weighted by their capacity: what one MW that stores so many hours without losses, "
    "fills and empties once a day and knows the prices would earn. Beside it the gross spot revenue per MW and day. A "
    "day counts where the window has all of it and all its prices are known. More than one cycle a day can earn more "
    "than this."
)


class _Foresight(BatteryGroups):
    """Both questions: which days count, and what is pooled over them."""

    # A best spread is that of whole days.
    hour = Recurring(default=[], cycle="hour", precedence=-1, doc="Not asked: all hours of a day count.")

    def pooled(self, snapshot: Snapshot, axis: Axis) -> _Pooled:
        """Every figure of each group (G) in each bucket of days."""
        window, table, chosen = self.window(snapshot), unit_table(snapshot), self.chosen(snapshot)
        days = axis_of(snapshot, replace(window, interval="1d"), "scada")
        # Every unit for itself: each is measured by the prices of its own region.
        found = BatterySums(snapshot, window, days, chosen, np.arange(table.rows))
        rows, groups = found.codes, self.groups(snapshot)
        capacity = np.where((table.role[rows] != LOAD) & found.stores.with_mw[rows], table.capacity_mw[rows], 0.0)
        region = regions_of(table, rows)
        best = {n: best_by_day(snapshot, days, n) for n in HOURS}
        low, high = np.datetime64(window.start, "us"), np.datetime64(window.end, "us")
        whole = (days.starts >= low) & (days.starts + DAY * STEP <= high)
        known = np.isfinite(best[HOURS[0]])[np.maximum(region, 0)] & (region >= 0)[:, None] & whole
        mw_days = np.where(known, capacity[:, None] * found.field("priced") / DAY, 0.0)
        net = np.where(known & found.stores.with_mw[rows][:, None], found.field("earned") - found.field("paid"), 0.0)
        read = (found.field("readings") > 0).any(axis=1)
        codes = groups.codes[rows]
        order = groups.ordered(np.unique(codes[read]))
        bucket = np.searchsorted(axis.starts, days.starts, side="right") - 1

        def add_up(values: np.ndarray) -> np.ndarray:
            out = np.zeros((len(groups), len(axis)))
            np.add.at(out, (codes[:, None], bucket), values)
            return out[order]

        pool = add_up(mw_days)
        worth = {n: add_up(np.nan_to_num(b)[np.maximum(region, 0)] * mw_days) for n, b in best.items()}
        torn = found.stores.torn(rows[read], codes[read], len(groups))[order]
        earned = np.where(torn[:, None], np.nan, add_up(net))
        numbers = {f"spread_{n}h": ratio(w, pool) / n for n, w in worth.items()}
        numbers |= {f"best_{n}h": ratio(w, pool) for n, w in worth.items()}
        numbers |= {"earned": ratio(earned, pool)}
        numbers |= {f"share_{n}h": ratio(earned, w) for n, w in worth.items()}
        numbers |= {"mw_days": pool}
        return _Pooled(groups, order, numbers, found.coverage.totals(), (GROSS, TORN) if torn.any() else (GROSS,))


@dataclass(frozen=True, eq=False)
class _Pooled:
    """Figures of groups in buckets: codes in their order, column -> (G, B)."""

    groups: Groups
    order: list[int]
    numbers: dict[str, np.ndarray]
    readings: tuple[int, int]
    notes: tuple[str, ...]


@register
class BatteriesForesight(_Foresight, WindowQuery):
    """The day's best two- and four-hour spread, and what was earned."""

    route = "batteries/foresight"
    title = "Best spread of the day and what batteries earned"
    description = _WHAT
    row_columns = {"time": ("", "Start of the day or longer bucket"), **_NAMES, **_FIGURES}
    examples = ("last=30d&by=region", "last=1y&interval=1M", "station=Hornsdale+Power+Reserve&last=30d")

    interval: Any = param.Selector(default="1d", objects=list(INTERVALS), doc="Bucket length: a day or longer.")
    by = Choices(
        default=[NONE],
        objects=(NONE, "station", "duid", "region", "owner"),
        doc="Series: none = all together; or one or more of station, duid, region, owner.",
    )

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.buckets_at_most(snapshot) * self.groups_at_most(snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        axis = axis_of(snapshot, window, "scada")
        found = self.pooled(snapshot, axis)
        keep = shown_buckets(axis, window, found.numbers["mw_days"] > 0)
        values = {name: v[:, keep] for name, v in found.numbers.items()}
        labels, keys = axis.labels[keep], found.groups.keys
        frame = (
            long_frame(labels, {w: [keys[c][i] for c in found.order] for i, w in enumerate(found.groups.by)}, values)
            if found.groups.by
            else pd.DataFrame({"time": labels, **{n: v.reshape(-1) for n, v in values.items()}})
        )
        expected, present = found.readings
        return Result(
            frame, {n: self.row_columns[n][0] for n in values}, window.start, window.end, found.groups.by,
            window.interval, label_side(window.interval), expected or window.expected, present,
            snapshot.version, snapshot.sources, found.notes,
        )  # fmt: skip


@register
class BatteriesForesightStats(_Foresight):
    """The best spread and what was earned over a window as a whole."""

    route = "batteries/foresight-stats"
    title = "Best spread and what batteries earned, over a window"
    description = _WHAT
    row_columns = {**_NAMES, **_FIGURES}
    examples = ("last=30d&by=region", "last=1y")

    @property
    def shown_interval(self) -> str | None:
        return "1d"

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return self.groups_at_most(snapshot)

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        days = axis_of(snapshot, window, "scada")
        found = self.pooled(snapshot, Axis("all", days.starts[:1]))
        columns: dict[str, Any] = dict(found.groups.columns(found.order))
        columns |= {name: v.reshape(-1) for name, v in found.numbers.items()}
        expected, present = found.readings
        return Result(
            pd.DataFrame(columns), {n: self.row_columns[n][0] for n in found.numbers}, window.start, window.end,
            found.groups.by, "", "", expected or window.expected, present, snapshot.version, snapshot.sources, found.notes,
        )  # fmt: skip


def best_by_day(snapshot: Snapshot, days: Axis, hours: int) -> np.ndarray:
    """Worth of the best spread of each region and day (5, D) [$/MW]; NaN where a price of the day is missing.

    Those of a month's days are remembered.
    """
    out = np.full((len(REGIONS), len(days)), np.nan)
    if not len(days):
        return out
    first = days.starts[0]
    window = Window(pd.Timestamp(first), pd.Timestamp(days.starts[-1]) + pd.Timedelta(days=1), "1d")
    for chunk in snapshot.chunks("price"):
        begin, end = pd.Timestamp(chunk.origin), pd.Timestamp(chunk.origin + chunk.length * STEP)
        if begin >= window.end or end <= window.start:
            continue

        def best(chunk: Chunk = chunk) -> np.ndarray:
            times = chunk.origin + np.arange(1, chunk.length + 1) * STEP
            price = aligned(snapshot, "price", "rrp", times, REGIONS)
            return best_spread(price.reshape(len(REGIONS), -1, DAY), hours)

        found = _months.get(("best spread", hours, chunk.identity), best)
        at = int((chunk.origin - first) // np.timedelta64(1, "D"))
        low, high = max(at, 0), min(at + found.shape[1], len(days))
        out[:, low:high] = found[:, low - at : high - at]
    return out


_months = Remembered(2**20)  # 20 years of both lengths are 0.6 MB


__all__ = ["BatteriesForesight", "BatteriesForesightStats", "best_by_day"]
