"""Penetration: wind, solar and rooftop solar over underlying demand, interval by interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.metrics.buckets import Axis


def variable_power(wind: np.ndarray, solar: np.ndarray, rooftop: np.ndarray, read: np.ndarray) -> np.ndarray:
    """Wind + solar + rooftop of a place on a month's stamps (T,) [MW], NaN where any of them is missing.

    A place that has no wind (solar) farm with a reading in the whole month has none: it counts as nothing where units
    of the place are read at all. One with a farm is missing where none of its farms is read.

    Parameters
    ----------
    read : (T,) bool, any unit of the place has a reading.
    """
    parts = [np.where(np.isnan(v).all() & read, 0.0, v) if np.isnan(v).all() else v for v in (wind, solar)]
    return np.asarray(parts[0] + parts[1] + rooftop)


def penetration(variable: np.ndarray, underlying: np.ndarray) -> np.ndarray:
    """Variable renewable power / underlying demand; NaN where either is missing or the demand is not above zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(underlying > 0, variable / underlying, np.nan)


def bins_of(share: np.ndarray, width: float, count: int) -> np.ndarray:
    """Bin of each share, [k * width, (k + 1) * width); -1 where it is missing.

    Shares below zero (farms that consume at night) are in the first bin, those beyond the last one's edge in the last.
    """
    known = ~np.isnan(share)
    # A share on an edge belongs to the bin above it, whatever the division leaves of it.
    place = np.floor(np.where(known, share, 0.0) / width + 1e-9).astype(np.int64)
    return np.where(known, np.clip(place, 0, count - 1), -1)


@dataclass(eq=False)
class BinSums:
    """Intervals of each bin, those of them with a price, and the sum of these prices; (count,) each."""

    intervals: np.ndarray
    priced: np.ndarray
    prices: np.ndarray

    @classmethod
    def zeros(cls, count: int) -> BinSums:
        """Nothing yet."""
        return cls(np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count))

    def add(self, place: np.ndarray, price: np.ndarray) -> None:
        """Add intervals: their bins (T,), -1 = missing, and their prices (T,) [$/MWh], NaN = missing."""
        count = len(self.intervals)
        there = place >= 0
        self.intervals += np.bincount(place[there], minlength=count)
        both = there & ~np.isnan(price)
        self.priced += np.bincount(place[both], minlength=count)
        self.prices += np.bincount(place[both], weights=price[both], minlength=count)


class Peaks:
    """Highest and lowest share of each bucket, and when each was first reached.

    Attributes
    ----------
    high, low : (B,), NaN where a bucket has no reading.
    high_time, low_time : (B,) datetime64[us].
    """

    def __init__(self, axis: Axis):
        self.axis = axis
        self.high, self.low = np.full(len(axis), np.nan), np.full(len(axis), np.nan)
        self.high_time = np.full(len(axis), "NaT", "datetime64[us]")
        self.low_time = self.high_time.copy()

    def add(self, times: np.ndarray, values: np.ndarray) -> None:
        """Add ascending stamps (T,) and their shares, NaN = missing; blocks must come in the order of time."""
        inside = self.axis.inside(times)
        times, values = times[inside], values[inside]
        known = ~np.isnan(values)
        times, values = times[known], values[known]
        if not len(times):
            return
        first, bucket = self.axis.runs(times)
        lengths = np.diff(np.r_[first, len(times)])
        for reach, best, when, sign in (
            (np.maximum, self.high, self.high_time, 1.0),
            (np.minimum, self.low, self.low_time, -1.0),
        ):
            ends = reach.reduceat(values, first)
            hits = np.flatnonzero(values == np.repeat(ends, lengths))
            at = hits[np.searchsorted(hits, first)]
            better = np.isnan(best[bucket]) | (sign * ends > sign * best[bucket])
            best[bucket[better]] = ends[better]
            when[bucket[better]] = times[at[better]]
