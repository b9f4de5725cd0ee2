"""Capacity utilisation: power over the capacity that was in service at the time."""

from __future__ import annotations

import numpy as np


def power_and_capacity(
    values: np.ndarray, capacity: np.ndarray, series: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Power of each series and the capacity in service, stamp by stamp: two (count, T) [MW].

    A unit is in service while it is registered and has a reading, so that utilisation over a window is the capacity factor.
    Both are NaN where no unit is. Power / capacity may exceed 1 where units give more than they are registered with.

    Parameters
    ----------
    values : (K, T) power generated [MW], NaN = no reading or not registered.
    capacity : (K,) registered capacity [MW], known and above zero.
    series : (K,) int, the series each unit belongs to.
    """
    power, rated = np.zeros((count, values.shape[1])), np.zeros((count, values.shape[1]))
    for unit, code in enumerate(series.tolist()):
        row = values[unit].astype(np.float64)
        known = ~np.isnan(row)
        power[code] += np.where(known, row, 0.0)
        rated[code] += np.where(known, capacity[unit], 0.0)
    idle = rated == 0
    power[idle] = np.nan
    rated[idle] = np.nan
    return power, rated


def distribution(utilisation: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The utilisation exceeded for each share of the time (0 = the highest, 1 = the lowest); NaN without readings.

    Linear between readings. ``utilisation`` may hold NaN, which is left out.
    """
    known = utilisation[~np.isnan(utilisation)]
    return np.quantile(known, 1.0 - shares) if len(known) else np.full(len(shares), np.nan)
