"""Prices by hour of the day and by day, week or month: the numbers of a heat map."""

from __future__ import annotations

import numpy as np

from components.market_time import TIME_DTYPE
from components.metrics.buckets import MERGE, run_counts, run_values

HOURS = 24


def hour_of(times: np.ndarray) -> np.ndarray:
    """The hour of the day in which each interval-ending stamp's interval begins, 0-23: 00:00 belongs to hour 23."""
    inside = np.asarray(times, TIME_DTYPE) - np.timedelta64(1, "us")
    return inside.astype("datetime64[h]").astype(np.int64) % 24


class HourGrid:
    """Means, or extremes, of one series by hour of the day (rows) and column, collected month by month.

    Parameters
    ----------
    columns : number of columns C.
    how : ``mean`` (weighted where weights are given), ``min`` or ``max`` of the readings of a cell.
    """

    def __init__(self, columns: int, how: str = "mean"):
        self.how = how
        self.columns = columns
        self._total = np.full(HOURS * columns, {"mean": 0.0, "min": np.inf, "max": -np.inf}[how])
        self._weight = np.zeros(HOURS * columns)

    def add(self, times: np.ndarray, column: np.ndarray, values: np.ndarray, weights: np.ndarray | None = None) -> None:
        """Add readings (T,) of these stamps and columns; what is NaN, or has no weight, is left out."""
        known = ~np.isnan(values) if weights is None else ~np.isnan(values) & ~np.isnan(weights)
        cell = (hour_of(times) * self.columns + column)[known]
        read = values[known]
        size = len(self._total)
        if self.how == "mean":
            weight = np.ones(len(read)) if weights is None else weights[known]
            self._total += np.bincount(cell, read * weight, size)
            self._weight += np.bincount(cell, weight, size)
            return
        (np.minimum if self.how == "min" else np.maximum).at(self._total, cell, read)
        self._weight += np.bincount(cell, minlength=size)

    def result(self) -> np.ndarray:
        """(24, C); NaN where a cell has no reading."""
        with np.errstate(invalid="ignore", divide="ignore"):
            values = self._total / self._weight if self.how == "mean" else self._total
        return np.where(self._weight != 0, values, np.nan).reshape(HOURS, self.columns)


class HourGrids:
    """Several series at once, each as in a :class:`HourGrid` without weights: whole hours are added up before they are placed.

    Parameters
    ----------
    count : number of series K.
    columns, how : as of :class:`HourGrid`.
    """

    def __init__(self, count: int, columns: int, how: str = "mean"):
        self.how = how
        self._shape = (count, HOURS, columns)
        self._total = np.full((count, HOURS * columns), {"mean": 0.0, "min": np.inf, "max": -np.inf}[how])
        self._count = np.zeros((count, HOURS * columns), np.int64)

    def add(self, times: np.ndarray, column: np.ndarray, values: np.ndarray) -> None:
        """Add readings (K, T) of these ascending stamps and columns (T,); what is NaN is left out."""
        if not len(times):
            return
        inside = (np.asarray(times, TIME_DTYPE) - np.timedelta64(1, "us")).astype("datetime64[h]").astype(np.int64)
        # A column begins with a day or later, never within an hour.
        first = np.flatnonzero(np.diff(inside, prepend=inside[0] - 1))
        present = ~np.isnan(values)
        sums, counts = run_values(values, present, first, self.how), run_counts(present, first)
        cell = inside[first] % HOURS * self._shape[2] + column[first]
        order = np.argsort(cell, kind="stable")
        begin = np.flatnonzero(np.diff(cell[order], prepend=-1))
        at, merge = cell[order][begin], MERGE[self.how]
        self._count[:, at] += np.add.reduceat(counts[:, order], begin, axis=1)
        self._total[:, at] = merge(self._total[:, at], merge.reduceat(sums[:, order], begin, axis=1))

    def result(self) -> np.ndarray:
        """(K, 24, C); NaN where a cell has no reading."""
        with np.errstate(invalid="ignore", divide="ignore"):
            values = self._total / self._count if self.how == "mean" else self._total
        return np.where(self._count > 0, values, np.nan).reshape(self._shape)
