"""Sums, means and extremes of 5-minute series over buckets of time; missing readings never count as zero.

Values are ``(K, T)`` arrays on ascending interval-ending stamps, NaN = missing. A bucket's mean is the mean
of the readings it has (each stands for the same five minutes), so the mean times the hours read is the energy.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from components.market_time import (
    DISPATCH_MINUTES,
    HOURS_PER_DISPATCH,
    TIME_DTYPE,
    bucket_end,
    bucket_label,
    bucket_start,
)

STEP = np.timedelta64(DISPATCH_MINUTES, "m").astype("timedelta64[us]")
HOW = ("mean", "min", "max", "sum")
"""What a bucket shows of its readings; ``sum`` is that of power over time: energy [MWh] of power [MW]."""


@dataclass(frozen=True)
class Axis:
    """Consecutive buckets of one interval; ``starts`` are datetime64[us] (B,)."""

    interval: str
    starts: np.ndarray

    @classmethod
    def over(cls, start: np.datetime64, end: np.datetime64, interval: str) -> Axis:
        """The buckets that hold the stamps of ``(start, end]``; none where the window is empty."""
        low, high = start.astype(TIME_DTYPE), end.astype(TIME_DTYPE)
        if not low < high:
            return cls(interval, np.empty(0, TIME_DTYPE))
        first, last = bucket_start(np.array([low + np.timedelta64(1, "us"), high]), interval)
        width = bucket_end(np.array([first]), interval)[0] - first
        if interval[-1] in "mhd":
            return cls(interval, np.arange(first, last + width, width))
        months = bucket_end(np.array([first]), interval)[0].astype("datetime64[M]") - first.astype("datetime64[M]")
        stop = last.astype("datetime64[M]") + months
        return cls(interval, np.arange(first.astype("datetime64[M]"), stop, months).astype(TIME_DTYPE))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def labels(self) -> np.ndarray:
        """What the buckets are called, datetime64[us] (B,)."""
        return bucket_label(self.starts, self.interval)

    def inside(self, times: np.ndarray) -> slice:
        """Which of the ascending ``times`` fall into the axis."""
        if not len(self.starts):
            return slice(0, 0)
        end = bucket_end(self.starts[-1:], self.interval)[0]
        return slice(*np.searchsorted(times, [self.starts[0], end], side="right").tolist())

    def runs(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where in the ascending ``times`` each bucket begins, and which bucket that is: two int arrays (R,).

        Stamps outside the axis are told apart by their buckets too; which those are means nothing.
        """
        if self.interval == "5m":
            every = np.arange(len(times))
            return every, ((times - STEP - self.starts[0]) // STEP).astype(np.int64) if len(times) else every
        if not len(times):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        inside = self.inside(times[[0, -1]])
        if inside.stop - inside.start < 2:
            begins = bucket_start(times, self.interval)
            first = np.flatnonzero(np.r_[True, begins[1:] != begins[:-1]])
            return first, np.searchsorted(self.starts, begins[first])
        # Looked up from the buckets' side: there are far fewer of them than stamps.
        low, high = (np.searchsorted(self.starts, times[[0, -1]]) - 1).tolist()
        first = np.searchsorted(times, self.starts[low : high + 1], side="right")
        some = np.diff(first, append=len(times)) > 0
        return first[some], np.arange(low, high + 1)[some]

    def places(self, times: np.ndarray) -> np.ndarray:
        """Which bucket each of the ascending ``times`` (T,) falls into, int (T,); all must lie within the axis."""
        first, bucket = self.runs(times)
        return np.repeat(bucket, np.diff(first, append=len(times)))


def run_sums(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Sum of the readings of each run (K, R), float64; 0 where a run has none.

    ``first`` are the runs' first positions, ascending from 0.
    """
    filled = np.where(np.isnan(values), 0.0, values)
    if len(first) == values.shape[-1]:
        return filled.astype(np.float64, copy=False)
    return np.add.reduceat(filled, first, axis=-1, dtype=np.float64)


def run_counts(present: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Number of true values in each run (K, R), int64."""
    if len(first) == present.shape[-1]:
        return present.astype(np.int64)
    return np.add.reduceat(present, first, axis=-1, dtype=np.int64)


MERGE: dict[str, np.ufunc] = {"mean": np.add, "sum": np.add, "min": np.minimum, "max": np.maximum}
"""How parts of a bucket are put together."""
_NEUTRAL = {"mean": 0.0, "sum": 0.0, "min": np.inf, "max": -np.inf}


def run_values(values: np.ndarray, present: np.ndarray, first: np.ndarray, how: str) -> np.ndarray:
    """What each run adds to its bucket (K, R): its sum, or its lowest or highest reading."""
    if MERGE[how] is np.add:
        return run_sums(values, first)
    filled = np.where(present, values, _NEUTRAL[how])
    return filled if len(first) == values.shape[-1] else MERGE[how].reduceat(filled, first, axis=-1)


def settled(totals: np.ndarray, counts: np.ndarray, how: str) -> np.ndarray:
    """Buckets from what was collected; NaN where there is no reading."""
    out = np.full(totals.shape, np.nan)
    read = counts > 0
    out[read] = totals[read]
    if how == "mean":
        out[read] /= counts[read]
    elif how == "sum":
        out[read] *= HOURS_PER_DISPATCH
    return out


class Means:
    """Bucket means of ``count`` series, collected month by month.

    Parameters
    ----------
    count : number of series K.
    axis : the buckets.
    how : one of :data:`HOW`, of the readings present.
    """

    def __init__(self, count: int, axis: Axis, how: str = "mean"):
        self.axis = axis
        self.how = how
        self.counts = np.zeros((count, len(axis)), np.int32)
        self.totals = np.full((count, len(axis)), _NEUTRAL[how])

    def add(self, times: np.ndarray, values: np.ndarray, rows: np.ndarray | slice = slice(None)) -> None:
        """Add the stamps ``times`` (T,) of the series ``rows``; ``values`` is (K, T), NaN = missing.

        Stamps outside the axis are left out.
        """
        inside = self.axis.inside(times)
        times, values = times[inside], values[:, inside]
        if not len(times):
            return
        first, bucket = self.axis.runs(times)
        low, high = int(bucket[0]), int(bucket[-1]) + 1
        where: slice | np.ndarray = slice(low, high) if high - low == len(bucket) else bucket
        present = ~np.isnan(values)
        self._at(self.counts, rows, where, run_counts(present, first), np.add)
        self._at(self.totals, rows, where, run_values(values, present, first, self.how), MERGE[self.how])

    def add_runs(self, times: np.ndarray, totals: np.ndarray, counts: np.ndarray) -> None:
        """Add what stretches of time have collected, each within one bucket.

        Parameters
        ----------
        times : last stamp of each stretch (R,).
        totals, counts : what a :class:`Means` of the same kind holds of them (K, R).
        """
        inside = self.axis.inside(times)
        times, totals, counts = times[inside], totals[:, inside], counts[:, inside]
        if not len(times):
            return
        first, bucket = self.axis.runs(times)
        merge = MERGE[self.how]
        self.counts[:, bucket] += np.add.reduceat(counts, first, axis=-1)
        self.totals[:, bucket] = merge(self.totals[:, bucket], merge.reduceat(totals, first, axis=-1))

    @staticmethod
    def _at(target: np.ndarray, rows, where, part: np.ndarray, merge: np.ufunc) -> None:
        if isinstance(rows, slice):
            target[rows, where] = merge(target[rows, where], part)
        else:
            index = np.arange(target.shape[1])[where]
            target[np.ix_(rows, index)] = merge(target[np.ix_(rows, index)], part)

    def result(self) -> np.ndarray:
        """(K, B) float64; NaN where a bucket has no reading."""
        return settled(self.totals, self.counts, self.how)


class KeyedMeans:
    """Bucket means of series that turn up as the data is read; each is opened at its first reading.

    ``how`` is one of :data:`HOW`.
    """

    def __init__(self, axis: Axis, how: str = "mean"):
        self.axis = axis
        self.how = how
        self._series: dict[Hashable, tuple[np.ndarray, np.ndarray]] = {}

    def add(self, keys: Sequence[Hashable], times: np.ndarray, values: np.ndarray) -> None:
        """Add the stamps ``times`` (T,) of the series ``keys`` (K); ``values`` is (K, T), NaN = missing."""
        inside = self.axis.inside(times)
        times, values = times[inside], values[:, inside]
        if not len(times):
            return
        first, bucket = self.axis.runs(times)
        present = ~np.isnan(values)
        parts, counts = run_values(values, present, first, self.how), run_counts(present, first)
        for key, part, count in zip(keys, parts, counts, strict=True):
            if not count.any():
                continue
            if key not in self._series:
                empty = np.full(len(self.axis), _NEUTRAL[self.how])
                self._series[key] = empty, np.zeros(len(self.axis), np.int32)
            totals, counted = self._series[key]
            totals[bucket] = MERGE[self.how](totals[bucket], part)
            counted[bucket] += count

    def add_sums(self, keys: Sequence[Hashable], times: np.ndarray, totals: np.ndarray, counts: np.ndarray) -> None:
        """Add what stretches of time add up to: their last stamps ``times`` (T,), sums and readings (K, T).

        Each stretch must lie within one bucket; what is outside the axis is left out. For means and sums.
        """
        inside = self.axis.inside(times)
        times, totals, counts = times[inside], totals[:, inside], counts[:, inside]
        if not len(times):
            return
        first, bucket = self.axis.runs(times)
        sums, read = np.add.reduceat(totals, first, axis=-1), np.add.reduceat(counts, first, axis=-1)
        for key, part, count in zip(keys, sums, read, strict=True):
            if not count.any():
                continue
            if key not in self._series:
                self._series[key] = np.zeros(len(self.axis)), np.zeros(len(self.axis), np.int32)
            total, counted = self._series[key]
            total[bucket] += part
            counted[bucket] += count

    @property
    def keys(self) -> list[Hashable]:
        """The series that have a reading, in the order of their first one."""
        return list(self._series)

    def readings(self, key: Hashable) -> np.ndarray:
        """Readings of a series in each bucket (B,)."""
        return self._series[key][1] if key in self._series else np.zeros(len(self.axis), np.int32)

    def result(self, keys: Sequence[Hashable]) -> np.ndarray:
        """(len(keys), B) float64; NaN where a bucket has no reading, or a series none at all."""
        out = np.full((len(keys), len(self.axis)), np.nan)
        for row, key in enumerate(keys):
            if key in self._series:
                out[row] = settled(*self._series[key], self.how)
        return out


def trimmed(present: np.ndarray) -> slice:
    """The buckets from the first with a reading to the last, given (K, B) counts or truth values."""
    found = np.flatnonzero(np.asarray(present).any(axis=0)) if present.size else np.empty(0, int)
    return slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0)
