"""Records: the most extreme reading of a stretch of days, when it was, and what stood before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DAY = 288
"""Dispatch intervals of a day."""


@dataclass(frozen=True, eq=False)
class DayExtremes:
    """Highest and lowest reading of each day.

    Attributes
    ----------
    high, low : (S, D) values of each series and day, NaN where the day has no reading.
    high_at, low_at : (S, D) int, which interval of the day it was (0 = the first); the earliest of equal ones.
    """

    high: np.ndarray
    low: np.ndarray
    high_at: np.ndarray
    low_at: np.ndarray


def day_extremes(values: np.ndarray) -> DayExtremes:
    """Extremes of series on whole days of 5-minute intervals, (S, D * 288); NaN = missing, which is never an extreme."""
    days = values.reshape(len(values), -1, DAY)
    known = ~np.isnan(days)
    some = known.any(axis=2)
    highest, lowest = np.where(known, days, -np.inf), np.where(known, days, np.inf)
    return DayExtremes(
        np.where(some, highest.max(axis=2), np.nan), np.where(some, lowest.min(axis=2), np.nan),
        highest.argmax(axis=2).astype(np.int16), lowest.argmin(axis=2).astype(np.int16),
    )  # fmt: skip


def record(values: np.ndarray, *, low: bool = False) -> tuple[int, int]:
    """Positions of the record among the days' extremes (D,), and of the one that stood before it; -1 = none.

    The record is the highest value (the lowest with ``low``), the earliest of equal ones. The one before is the record
    of the days before that day: the readings of one morning do not hold the record from each other.

    >>> record(np.array([3.0, 5.0, np.nan, 4.0, 7.0, 7.0]))
    (4, 1)
    """
    if not np.isfinite(values).any():
        return -1, -1
    pick = np.nanargmin if low else np.nanargmax
    at = int(pick(values))
    before = values[:at]
    return at, int(pick(before)) if np.isfinite(before).any() else -1
