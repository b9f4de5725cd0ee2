"""The day as a shape: values folded by time of day, their mean and percentiles over days.

A day's value in a slot (a stretch of 5, 30 or 60 minutes, the same every day) is the mean of its readings there; every
statistic is taken over days, each day counting once. Missing is NaN: a day without a reading in a slot is not among that
slot's days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
"""Percentiles of a profile [%]."""


@dataclass(frozen=True, eq=False)
class Folded:
    """Series folded into days: ``values`` is (..., days, slots), ``days`` datetime64[D], NaN = no reading."""

    days: np.ndarray
    values: np.ndarray
    minutes: int

    @property
    def nbytes(self) -> int:
        """Size of the numbers."""
        return self.values.nbytes + self.days.nbytes

    @property
    def starts(self) -> np.ndarray:
        """Where each slot begins [minutes after midnight]."""
        return np.arange(self.values.shape[-1]) * self.minutes


@dataclass(frozen=True, eq=False)
class Profile:
    """Statistics over days of each slot, (..., slots); NaN where ``days`` is 0.

    ``percentiles`` is (len(PERCENTILES), ..., slots).
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    percentiles: np.ndarray
    days: np.ndarray


def fold(starts: np.ndarray, values: np.ndarray, minutes: int) -> Folded:
    """Series by day and slot.

    Parameters
    ----------
    starts : (T,) where each value's slot begins (datetime64), on slots of ``minutes``; each at most once.
    values : (..., T).
    minutes : length of a slot; must divide a day.

    Raises
    ------
    ValueError
        When ``minutes`` does not divide a day, or a start lies within a slot.
    """
    if 1440 % minutes:
        raise ValueError(f"{minutes} minutes do not divide a day")
    moments = np.asarray(starts, "datetime64[m]")
    dates = moments.astype("datetime64[D]")
    into = (moments - dates).astype(np.int64)
    if (into % minutes).any():
        raise ValueError(f"a slot begins at a multiple of {minutes} minutes")
    days, row = np.unique(dates, return_inverse=True)
    out = np.full((*values.shape[:-1], len(days), 1440 // minutes), np.nan)
    out[..., row, into // minutes] = values
    return Folded(days, out, minutes)


def profile(values: np.ndarray) -> Profile:
    """Mean, extremes and percentiles over days.

    Percentiles are linear between neighbouring days' values (numpy's and Excel's usual kind).

    Parameters
    ----------
    values : (..., days, slots), NaN = missing.
    """
    ordered = np.sort(values, axis=-2)  # NaN last
    known = ~np.isnan(ordered)
    count = known.sum(axis=-2)
    some = count > 0
    if not ordered.shape[-2]:
        empty = np.full(count.shape, np.nan)
        return Profile(empty, empty, empty, np.stack([empty] * len(PERCENTILES)), count)
    total = np.where(known, ordered, 0.0).sum(axis=-2)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=some)
    last = np.maximum(count - 1, 0)

    def nth(position: np.ndarray) -> np.ndarray:
        return np.take_along_axis(ordered, position[..., None, :], axis=-2)[..., 0, :]

    quantiles = []
    for percent in PERCENTILES:
        at = last * (percent / 100)
        below = np.floor(at).astype(np.int64)
        low, high = nth(below), nth(np.minimum(below + 1, last))
        quantiles.append(low + (high - low) * (at - below))
    return Profile(mean, nth(np.zeros_like(last)), nth(last), np.stack(quantiles), count)
