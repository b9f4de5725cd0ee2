"""Revenue of groups of units bucket by bucket: the largest ones, and all others as one more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from functools import partial
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import param

from components.market_time import Window, label_side
from components.metrics.buckets import Axis
from components.metrics.revenue import UnitSums, capture_price, unit_sums
from components.queries.base import Choices, Result, WindowQuery, register
from components.queries.monthly import money_of_rooftop, money_of_units
from components.queries.pooling import FIELDS
from components.queries.regional import axis_of, blocks, long_frame, shown_buckets
from components.queries.remembering import goes_with_them
from components.queries.revenue import GROUPS, Revenue, RevenuePool
from components.queries.revenue_groups import RevenueGroups
from components.queries.row_totals import RowTotals
from components.queries.units import readings, unit_table
from components.queries.weekly_money import money_by_bucket
from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, FUELTECHS, GENERATOR, REGIONS

OTHERS = "others"
"""Name of the groups that are not among the largest, put together."""
VOCABULARY = ("region", "fuel", "fueltech")
"""Groups that have an order of their own; of others, the largest ones stand in the order of their size."""
AUTO = ((4, "1h"), (62, "1d"), (400, "7d"), (12 * 366, "1M"))
"""Days of a window -> interval that ``auto`` picks: some dozens of bars; longer windows by year."""
MOST_KEPT = 500_000
"""Numbers kept of one window and interval (4 MB), of all of them twice as many: a thousand units in sixty bars."""
_COLUMNS = ("energy_mwh", "load_mwh", "revenue", "load_cost", "capture_price")


@register
class RevenueOverTime(RevenueGroups, WindowQuery):
    """Energy and spot revenue of groups of units over time."""

    route = "analysis/revenue-over-time"
    title = "Revenue over time"
    description = (
        "Energy and gross spot revenue of each group in each bucket, summed at the 5-minute interval. With top, the "
        "smaller groups are put together as others, so that every bucket adds up to everything asked for."
    )
    row_columns = {
        "time": ("", "Label of the bucket: its end up to 1h, its start from 1d"),
        "region": ("", "Region (with by=region), unknown where a unit's is; NEM with region=NEM"),
        "fuel": ("", "Fuel (with by=fuel)"),
        "fueltech": ("", "Fuel technology (with by=fueltech)"),
        "station": ("", "Station (with by=station)"),
        "duid": ("", "Unit (with by=duid)"),
        "owner": ("", "Owner (with by=owner), unknown where it is"),
        **{name: Revenue.row_columns[name] for name in _COLUMNS},
    }
    examples = ("last=7d&by=fuel", "last=30d&by=station&top=8&region=SA1", "last=1y&interval=1M&by=owner&top=5")

    by = Choices(
        default=["fuel"], objects=GROUPS, doc="Grouping; one or more of " + ", ".join(GROUPS) + "."
    )  # fmt: skip
    top = param.Integer(
        default=0, bounds=(0, 1000), doc="Only the groups with the most revenue or cost in the window, the others as one; 0 = all."
    )  # fmt: skip

    def _window(self, snapshot: Snapshot) -> Window:
        window = super()._window(snapshot)
        if self.interval != "auto":
            return window
        days = (window.end - window.start) / pd.Timedelta(days=1)
        interval = next((name for most, name in AUTO if days <= most), "1y")
        same = {name: getattr(self, name) for name in self.parameters()}
        whole: Window = type(self)(**{**same, "interval": interval})._window(snapshot)
        return whole

    def rows_at_most(self, snapshot: Snapshot) -> int:
        sizes = {"region": 7, "fuel": len(FUELS), "fueltech": len(FUELTECHS)}
        known = set(self.by) <= set(sizes)
        groups = (
            int(np.prod([sizes[b] for b in self.by])) if known else 2 * len(unit_table(snapshot).duid) + len(REGIONS)
        )
        return self.buckets_at_most(snapshot) * (min(groups, self.top + 1) if self.top else groups)

    def groups(self, totals: RowTotals, chosen: np.ndarray) -> tuple[np.ndarray, list[tuple[str, ...]]]:
        """Group of each row (N,), -1 where it is not asked for, and the groups' names in their order."""
        live = chosen & (totals.field("readings") > 0)
        parts = [self.names(totals, word) for word in self.by]
        keys = np.stack([codes for codes, _ in parts], axis=1)
        pairs, codes = np.unique(keys[live], axis=0, return_inverse=True)
        codes = codes.reshape(-1)
        names = [tuple(words[i] for i, (_, words) in zip(pair, parts, strict=True)) for pair in pairs.tolist()]
        out = np.full(totals.rows, -1)
        if not self.top:
            out[live] = codes
            return out, names
        weight = np.abs(np.bincount(codes, (totals.field("earned") - totals.field("paid"))[live], len(names)))
        # One more than asked for is shown by its name: others that are but one need no other name.
        most = self.top if len(names) > self.top + 1 else len(names)
        kept = np.argsort(-weight, kind="stable")[:most]
        if set(self.by) <= set(VOCABULARY):
            kept.sort()
        place = np.full(len(names), most)
        place[kept] = np.arange(most)
        out[live] = place[codes]
        return out, [names[k] for k in kept.tolist()] + [(OTHERS,) * len(self.by)] * (most < len(names))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window = self.window(snapshot)
        totals = self.totals(snapshot)
        chosen = self.rows_chosen(totals)
        codes, names = self.groups(totals, chosen)
        axis = axis_of(snapshot, window, "scada", "rooftop")
        sums = self._sums(snapshot, window, axis, codes, len(names))
        s = dict(zip(FIELDS, sums, strict=True))
        priced, read = s["priced"] > 0, s["readings"] > 0
        numbers = {
            "energy_mwh": np.where(read, s["energy"], np.nan),
            "load_mwh": np.where(read, s["load"], np.nan),
            "revenue": np.where(priced, s["earned"] - s["paid"], np.nan),
            "load_cost": np.where(priced, s["paid"], np.nan),
            "capture_price": capture_price(s["earned"], s["energy_priced"]),
        }
        keep = shown_buckets(axis, window, read)
        frame = long_frame(
            axis.labels[keep],
            {word: [name[i] for name in names] for i, word in enumerate(self.by)},
            {name: values[:, keep] for name, values in numbers.items()},
        )
        whole = totals.pooled(np.zeros(totals.rows, np.int64), 1, chosen)
        return Result(
            frame, {c: self.row_columns[c][0] for c in numbers}, window.start, window.end, tuple(self.by),
            window.interval, label_side(window.interval), int(whole["expected"][0]) or window.expected,
            int(whole["readings"][0]), snapshot.version, snapshot.sources, tuple(self.remarks(totals, chosen)),
        )  # fmt: skip

    def _sums(self, snapshot: Snapshot, window: Window, axis: Axis, codes: np.ndarray, count: int) -> np.ndarray:
        """(8, groups, buckets): :data:`FIELDS` of each group in each bucket."""
        if not count or not len(axis):
            return np.zeros((len(FIELDS), count, len(axis)))
        rows = len(codes)
        if len(FIELDS) * rows * len(axis) <= MOST_KEPT:
            # What every row earned is kept: another grouping, another filter reads nothing anew.
            every = row_buckets(snapshot, window, axis, self.basis)
            live = np.flatnonzero(codes >= 0)
            order = live[np.argsort(codes[live], kind="stable")]
            first = np.searchsorted(codes[order], np.arange(count))
            own = every[:, order]
            if self.loss_adjusted:
                factor = np.nan_to_num(unit_table(snapshot).mlf, nan=1.0)
                money = [FIELDS.index("earned"), FIELDS.index("paid")]
                own[money] *= np.append(factor, np.ones(len(REGIONS)))[order, None]
            return np.add.reduceat(own, first, axis=1)
        out = np.zeros((len(FIELDS), count, len(axis)))
        for rows_of, bucket, sums in bucket_parts(snapshot, window, axis, self.basis, codes >= 0):
            group = codes[rows_of]
            values = sums.stack()
            if self.loss_adjusted:
                mlf = np.append(unit_table(snapshot).mlf, np.ones(len(REGIONS)))[rows_of]
                values[[FIELDS.index("earned"), FIELDS.index("paid")]] *= np.nan_to_num(mlf, nan=1.0)
            for i, row in enumerate(values):
                out[i, :, bucket] += np.bincount(group[group >= 0], row[group >= 0], count)
        return out


def bucket_parts(
    snapshot: Snapshot, window: Window, axis: Axis, basis: str, chosen: np.ndarray
) -> Iterator[tuple[np.ndarray, int, UnitSums]]:
    """Rows of the totals, a bucket, and what these rows add to it; ``chosen`` (N,) bool, the rows that count."""
    table = unit_table(snapshot)
    pool = RevenuePool(Revenue(basis=basis), snapshot)
    for part in readings(snapshot, window, chosen[: table.rows]):
        if (only := one_bucket(axis, part.times)) is not None:
            whole = money_of_units(snapshot, table, part, basis, partial(pool.price, part.times))
            yield part.rows, only, whole
            continue
        first, bucket = axis.runs(part.times)
        for at, sums in zip(
            bucket.tolist(), money_by_bucket(snapshot, table, part, axis, basis, pool.price, first), strict=True
        ):
            yield part.rows, at, UnitSums(*sums)
    if not chosen[table.rows :].any():
        return
    regions, roles = np.arange(len(REGIONS)), np.full(len(REGIONS), GENERATOR, object)
    for block in blocks(snapshot, "rooftop", "mw", window, REGIONS):
        if (only := one_bucket(axis, block.times)) is not None:
            whole = money_of_rooftop(snapshot, block, basis, partial(pool.price, block.times))
            yield table.rows + regions, only, whole
            continue
        first, bucket = axis.runs(block.times)
        price = pool.price(block.times)
        for at, begin, end in zip(bucket.tolist(), first, [*first[1:], len(block.times)], strict=True):
            yield table.rows + regions, at, unit_sums(block.values[:, begin:end], roles, regions, price[:, begin:end])


def one_bucket(axis: Axis, times: np.ndarray) -> int | None:
    """The bucket that all of these ascending stamps fall into; None where they fall into several."""
    _, bucket = axis.runs(times[[0, -1]])
    return int(bucket[0]) if len(bucket) == 1 else None


_kept: WeakKeyDictionary[Snapshot, OrderedDict[Hashable, np.ndarray]] = WeakKeyDictionary()
_lock = Lock()


def _forget() -> None:
    with _lock:
        _kept.clear()


goes_with_them(_forget)


def row_buckets(snapshot: Snapshot, window: Window, axis: Axis, basis: str) -> np.ndarray:
    """(8, N, buckets): what each registry row, and rooftop by region after them, adds to each bucket; read-only, kept."""
    key = (window.start, window.end, window.calendar, axis.interval, basis)
    with _lock:
        kept = _kept.setdefault(snapshot, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    count = unit_table(snapshot).rows + len(REGIONS)
    out = np.zeros((len(FIELDS), count, len(axis)))
    for rows, bucket, sums in bucket_parts(snapshot, window, axis, basis, np.ones(count, bool)):
        out[:, rows, bucket] += sums.stack()
    out.flags.writeable = False
    with _lock:
        kept[key] = out
        while len(kept) > 1 and sum(a.size for a in kept.values()) > 2 * MOST_KEPT:
            kept.popitem(last=False)
    return out


__all__ = ["OTHERS", "RevenueOverTime", "bucket_parts", "row_buckets"]
