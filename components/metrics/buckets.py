"""Sums, means and extremes of 5-minute series over buckets of time; missing readings never count as zero.

Values are ``(K, T)`` arrays on ascending interval-ending stamps, NaN = missing. A bucket's mean is the mean
of the readings it has (each stands for the same five minutes), so the mean times the hours read is the energy.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from components.market_time import DISPATCH_MINUTES, TIME_DTYPE, bucket_end, bucket_label, bucket_start

STEP = np.timedelta64(DISPATCH_MINUTES, "m").astype("timedelta64[us]")
HOW = ("mean", "min", "max")


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
        """Where in ``times`` each bucket begins, and which bucket that is: two int arrays (R,)."""
        if self.interval == "5m":
            every = np.arange(len(times))
            return every, ((times - STEP - self.starts[0]) // STEP).astype(np.int64) if len(times) else every
        begins = bucket_start(times, self.interval)
        first = np.flatnonzero(np.r_[True, begins[1:] != begins[:-1]]) if len(times) else np.empty(0, np.int64)
        return first, np.searchsorted(self.starts, begins[first])


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


class Means:
    """Bucket means of ``count`` series, collected month by month.

    Parameters
    ----------
    count : number of series K.
    axis : the buckets.
    how : ``mean`` (of the readings present), ``min`` or ``max``.
    """

    def __init__(self, count: int, axis: Axis, how: str = "mean"):
        self.axis = axis
        self.how = how
        self.counts = np.zeros((count, len(axis)), np.int32)
        neutral = {"mean": 0.0, "min": np.inf, "max": -np.inf}[how]
        self.totals = np.full((count, len(axis)), neutral)

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
        if self.how == "mean":
            self._at(self.totals, rows, where, run_sums(values, first), np.add)
        else:
            pick = np.minimum if self.how == "min" else np.maximum
            neutral = np.inf if self.how == "min" else -np.inf
            filled = np.where(present, values, neutral)
            part = filled if len(first) == values.shape[-1] else pick.reduceat(filled, first, axis=-1)
            self._at(self.totals, rows, where, part, pick)

    @staticmethod
    def _at(target: np.ndarray, rows, where, part: np.ndarray, merge: np.ufunc) -> None:
        if isinstance(rows, slice):
            target[rows, where] = merge(target[rows, where], part)
        else:
            index = np.arange(target.shape[1])[where]
            target[np.ix_(rows, index)] = merge(target[np.ix_(rows, index)], part)

    def result(self) -> np.ndarray:
        """(K, B) float64; NaN where a bucket has no reading."""
        if self.how == "mean":
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.where(self.counts > 0, self.totals / self.counts, np.nan)
        return np.where(self.counts > 0, self.totals, np.nan)


class KeyedMeans:
    """Bucket means of series that turn up as the data is read; each is opened at its first reading."""

    def __init__(self, axis: Axis):
        self.axis = axis
        self._series: dict[Hashable, tuple[np.ndarray, np.ndarray]] = {}

    def add(self, keys: Sequence[Hashable], times: np.ndarray, values: np.ndarray) -> None:
        """Add the stamps ``times`` (T,) of the series ``keys`` (K); ``values`` is (K, T), NaN = missing."""
        inside = self.axis.inside(times)
        times, values = times[inside], values[:, inside]
        if not len(times):
            return
        first, bucket = self.axis.runs(times)
        sums, counts = run_sums(values, first), run_counts(~np.isnan(values), first)
        for key, total, count in zip(keys, sums, counts, strict=True):
            if not count.any():
                continue
            if key not in self._series:
                self._series[key] = np.zeros(len(self.axis)), np.zeros(len(self.axis), np.int32)
            totals, counted = self._series[key]
            totals[bucket] += total
            counted[bucket] += count

    @property
    def keys(self) -> list[Hashable]:
        """The series that have a reading, in the order of their first one."""
        return list(self._series)

    def means(self, keys: Sequence[Hashable]) -> np.ndarray:
        """(len(keys), B) float64; NaN where a bucket has no reading, or a series none at all."""
        return self._stack(keys, lambda total, count: total / count)

    def sums(self, keys: Sequence[Hashable]) -> np.ndarray:
        """As :meth:`means`, for what is to be added up rather than averaged."""
        return self._stack(keys, lambda total, count: total)

    def _stack(self, keys: Sequence[Hashable], made: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
        out = np.full((len(keys), len(self.axis)), np.nan)
        for row, key in enumerate(keys):
            if key in self._series:
                totals, counted = self._series[key]
                read = counted > 0
                out[row, read] = made(totals[read], counted[read])
        return out


def trimmed(present: np.ndarray) -> slice:
    """The buckets from the first with a reading to the last, given (K, B) counts or truth values."""
    found = np.flatnonzero(np.asarray(present).any(axis=0)) if present.size else np.empty(0, int)
    return slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0)
