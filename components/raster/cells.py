"""Means and extremes of readings in cells of equal length; what is missing never counts as zero."""

from __future__ import annotations

import numpy as np

HOW = ("mean", "max", "min")
"""What a cell shows of its readings."""


def totals(readings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the readings of each cell.

    Parameters
    ----------
    readings : (..., n) one row of n readings for each cell, NaN = missing.

    Returns
    -------
    Two float32 arrays (...); a cell without a reading has 0 and 0.
    """
    total = readings.sum(axis=-1, dtype=np.float32)
    count = np.full(total.shape, readings.shape[-1], np.float32)
    # One pass where all is there, a second one over the cells that lack something.
    broken = np.isnan(total)
    if broken.any():
        some = readings[broken]
        missing = np.isnan(some)
        total[broken] = np.where(missing, np.float32(0), some).sum(axis=-1)
        count[broken] -= missing.sum(axis=-1, dtype=np.float32)
    return total, count


def extreme(readings: np.ndarray, how: str, axis: int = -1) -> np.ndarray:
    """Lowest (``min``) or highest (``max``) reading along an axis, NaN where there is none."""
    out: np.ndarray = (np.fmin if how == "min" else np.fmax).reduce(readings, axis=axis)
    return out


def divided(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Means from sums and numbers, NaN where nothing was counted."""
    return np.divide(total, count, out=np.full(total.shape, np.nan, np.float32), where=count > 0)


class Cells:
    """A matrix of (rows, bins) filled stretch by stretch: mean, highest or lowest of the readings of each cell."""

    def __init__(self, rows: int, bins: int, how: str):
        self.how = how
        self._values = (
            np.zeros((rows, bins), np.float32) if how == "mean" else np.full((rows, bins), np.nan, np.float32)
        )
        self._counts = np.zeros((rows, bins), np.float32) if how == "mean" else None

    def put(self, rows: np.ndarray, first: int, readings: np.ndarray, scale: np.ndarray | None = None) -> None:
        """Fill the bins from ``first`` on.

        Parameters
        ----------
        rows : (K,) which rows.
        readings : (K, bins, n) readings of each cell.
        scale : (K,) what values are multiplied by; NaN = the row is not known then.
        """
        bins = slice(first, first + readings.shape[1])
        if self._counts is None:
            found = extreme(readings, self.how)
            self._values[rows, bins] = found if scale is None else found * scale[:, None]
            return
        total, count = totals(readings)
        if scale is not None:
            known = ~np.isnan(scale)
            total *= np.where(known, scale, 0).astype(np.float32)[:, None]
            count *= known[:, None]
        self._values[rows, bins] = total
        self._counts[rows, bins] = count

    def pooled(self, rows: int, bins: int) -> np.ndarray:
        """The matrix with so many neighbouring rows and bins put together; the last group of rows may be smaller.

        A mean is that of all readings of a cell, so each weighs the same.
        """
        if self._counts is not None:
            return divided(_pool(self._values, rows, bins, np.add), _pool(self._counts, rows, bins, np.add))
        return _pool(self._values, rows, bins, np.fmin if self.how == "min" else np.fmax)


def _pool(values: np.ndarray, rows: int, bins: int, merge: np.ufunc) -> np.ndarray:
    if bins > 1:
        values = merge.reduce(values.reshape(values.shape[0], values.shape[1] // bins, bins), axis=2)
    if rows > 1 and len(values):
        values = merge.reduceat(values, np.arange(0, values.shape[0], rows), axis=0)
    return values
