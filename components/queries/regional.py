"""Regional series on the stamps of another one, and the vocabulary's order of rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from components.market_time import TIME_DTYPE, Window, bucket_end
from components.metrics.buckets import Axis, trimmed
from components.metrics.prices import demand_weighted
from components.queries.grid import Grid, named
from components.stopping import stop_if_unwanted
from components.store.snapshot import Block, Snapshot
from components.vocabulary import NEM, REGIONS

DAY = np.timedelta64(1, "D")
STEP = np.timedelta64(5, "m").astype("timedelta64[us]")
REGION_ORDER = (*REGIONS, "", NEM)
"""Order of rows: the regions, units without one, the whole market."""


def regions_asked(region: Sequence[str]) -> tuple[str, ...]:
    """The regions of a question in the vocabulary's order; none named = the five apart."""
    return tuple(r for r in (*REGIONS, NEM) if r in region) if region else REGIONS


def axis_of(snapshot: Snapshot, window: Window, *datasets: str) -> Axis:
    """The buckets of a window that can hold data of these datasets."""
    edges = [(snapshot.first(d), snapshot.last(d)) for d in datasets]
    known = [(first, last) for first, last in edges if first is not None and last is not None]
    if not known:
        return Axis(window.interval, np.empty(0, TIME_DTYPE))
    # The oldest stamp may close a half hour.
    first = min(f for f, _ in known) - pd.Timedelta(minutes=30)
    last = max(e for _, e in known)
    return Axis.over(
        np.datetime64(max(window.start, first), "us"), np.datetime64(min(window.end, last), "us"), window.interval
    )


def shown_buckets(axis: Axis, window: Window, present: np.ndarray) -> np.ndarray:
    """Positions of the buckets an answer has: from the first with a reading to the last, given (K, B) counts or truth
    values; without those in which no interval counts (:class:`~components.market_time.Calendar`)."""
    found = np.arange(len(axis))[trimmed(present)]
    if not window.calendar or not len(found):
        return found
    starts = axis.starts[found]
    ends = np.minimum(bucket_end(starts, axis.interval), np.datetime64(window.end, "us"))
    return found[window.calendar.count(np.maximum(starts, np.datetime64(window.start, "us")), ends) > 0]


@dataclass(frozen=True)
class Month:
    """The part of a window that lies in one month of some datasets.

    ``whole`` where the window has all of the month and counts all of it; ``identity`` then names its content.
    """

    window: Window
    whole: bool
    identity: Hashable

    @property
    def days(self) -> Axis:
        """Its days as buckets."""
        return Axis.over(np.datetime64(self.window.start, "us"), np.datetime64(self.window.end, "us"), "1d")

    @property
    def day_ends(self) -> np.ndarray:
        """When each of them ends."""
        start, end = (np.datetime64(edge, "us") for edge in (self.window.start, self.window.end))
        return np.arange(start.astype("datetime64[D]").astype(TIME_DTYPE), end, DAY) + DAY


def months(snapshot: Snapshot, window: Window, *datasets: str) -> Iterator[Month]:
    """A window cut at the months of the first of these datasets; months in which that has no data are left out."""
    content: dict[str, list[Hashable]] = {}
    for dataset in datasets:
        for chunk in snapshot.chunks(dataset):
            content.setdefault(chunk.month, []).append((dataset, chunk.identity))
    for chunk in snapshot.chunks(datasets[0]):
        begin, end = pd.Timestamp(chunk.origin), pd.Timestamp(chunk.origin + chunk.length * STEP)
        start, stop = max(window.start, begin), min(window.end, end)
        if start < stop:
            whole = (start, stop) == (begin, end) and not window.calendar
            yield Month(replace(window, start=start, end=stop), whole, tuple(content[chunk.month]))


def blocks(
    snapshot: Snapshot, dataset: str, column: str, window: Window, keys: Sequence[str] | None = None
) -> Iterator[Block]:
    """One block per month with the stamps of a window that count; months without any are left out."""
    for block in snapshot.blocks(dataset, column, window.start, window.end, keys):
        if not window.calendar:
            yield block
            continue
        keep = window.calendar.mask(block.times)
        if keep.any():
            native = block.minutes[:, keep] if isinstance(block.minutes, np.ndarray) else block.minutes
            yield Block(block.times[keep], block.keys, block.values[:, keep], native)


def aligned(snapshot: Snapshot, dataset: str, column: str, times: np.ndarray, keys: Sequence[str]) -> np.ndarray:
    """A series on given ascending 5-minute stamps: (keys, T), NaN where there is no reading."""
    if not len(times):
        return np.full((len(keys), 0), np.nan)
    before, end = times[0] - STEP, times[-1]
    length = int((end - before) // STEP)
    out = np.empty((len(keys), length))
    done = 0
    for chunk in snapshot.chunks_between(dataset, before, end):
        first, last = max(0, int((before - chunk.origin) // STEP)), min(chunk.length, int((end - chunk.origin) // STEP))
        if first >= last:
            continue
        stop_if_unwanted()
        data = chunk.values[chunk.fields.index(column)]
        at = int((chunk.origin - before) // STEP) + first
        out[:, done:at] = np.nan
        done = at + last - first
        for to, key in enumerate(keys):
            out[to, at:done] = data[chunk.position[key], first:last] if key in chunk.position else np.nan
    out[:, done:] = np.nan
    return out if length == len(times) else out[:, (times - times[0]) // STEP]


def prices(snapshot: Snapshot, window: Window, *, nem: bool, column: str = "rrp") -> Iterator[tuple[Block, Block]]:
    """Price and demand month by month, as two blocks of the same stamps and keys.

    Keys are the five regions, and with ``nem`` the whole market after them: its demand-weighted price, and its
    demand. Native minutes of the market are the longest of the regions'.
    """
    for block in blocks(snapshot, "price", column, window, REGIONS):
        demand = aligned(snapshot, "region", "demand", block.times, REGIONS)
        if not nem:
            yield block, Block(block.times, REGIONS, demand, 5)
            continue
        price = np.vstack([block.values, demand_weighted(block.values, demand)])
        native = block.minutes
        if isinstance(native, np.ndarray):
            native = np.vstack([native, native.max(axis=0)])
        keys = (*REGIONS, NEM)
        yield (
            Block(block.times, keys, price, native),
            Block(block.times, keys, np.vstack([demand, demand.sum(axis=0)]), 5),
        )


def long_frame(labels: np.ndarray, names: dict[str, Sequence[str]], numbers: dict[str, np.ndarray]) -> pd.DataFrame:
    """A tidy frame, time first, then the series in the order given.

    Parameters
    ----------
    labels : (B,) labels of the buckets.
    names : column -> name of each of the S series.
    numbers : column -> (S, B).
    """
    return Grid(labels, names, numbers).frame()


__all__ = [
    "REGION_ORDER", "STEP", "Month", "aligned", "axis_of", "blocks", "long_frame", "months", "named", "prices", "regions_asked",
    "shown_buckets",
]  # fmt: skip
