"""Capacity utilisation: power over the capacity that was in service at the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np


def power_and_capacity(
    values: np.ndarray, capacity: np.ndarray, series: np.ndarray, count: int, *,
    storage: Collection[int] = (), registered: Mapping[int, np.ndarray] = MappingProxyType({}),
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Power of each series and the capacity in service, stamp by stamp: two (count, T) [MW].

    A unit is in service while it is registered and has a reading, so that utilisation over a window is the capacity factor.
    Both are NaN where no unit is. Power / capacity may exceed 1 where units give more than they are registered with.

    Parameters
    ----------
    values : (K, T) power [MW], NaN = no reading.
    capacity : (K,) registered capacity [MW], known and above zero.
    series : (K,) int, the series each unit belongs to.
    storage : units of whose power only what is above zero counts.
    registered : unit -> (T,) bool, for units that are not registered all the time.
    """
    power, rated = np.zeros((count, values.shape[1])), np.zeros((count, values.shape[1]))
    always = np.zeros(count)
    for unit, code in enumerate(series.tolist()):
        row = np.maximum(values[unit], 0) if unit in storage else values[unit]
        known = ~np.isnan(row)
        if unit in registered:
            known &= registered[unit]
        if known.all():
            power[code] += row
            always[code] += capacity[unit]
        else:
            power[code] += np.where(known, row, 0.0)
            rated[code] += np.where(known, capacity[unit], 0.0)
    rated += always[:, None]
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
