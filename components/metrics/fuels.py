"""Figures of fuels over a window: emissions, share of supply, the same window a year before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.metrics.revenue import ratio

COMPARABLE = 0.98
"""A figure of last year is compared where at least this share of the expected readings is there, in both windows."""


def emissions(energy: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tonnes of CO2-e of each unit, and the energy that has a factor [MWh]; both 0 where the factor is unknown.

    Parameters
    ----------
    energy : (K,) energy generated [MWh], small negatives of generators kept.
    factor : (K,) emissions factor of the registry [t/MWh], NaN = unknown.
    """
    known = ~np.isnan(factor)
    counted = np.where(known, energy, 0.0)
    return counted * np.where(known, factor, 0.0), counted


def intensity(tonnes: np.ndarray, energy_with_factor: np.ndarray) -> np.ndarray:
    """Σ MWh·factor / Σ MWh over the energy whose factor is known [t/MWh]; NaN where none is."""
    return ratio(tonnes, energy_with_factor)


def supply_of(values: np.ndarray, supply: np.ndarray) -> np.ndarray:
    """Everything above zero (...): the whole that proportions and shares are of; NaN where nothing is.

    Parameters
    ----------
    values : (K, ...) energy or power of fuels, NaN = missing.
    supply : (K,) bool, False for loads: these never add to the whole.
    """
    mine = supply.reshape(-1, *[1] * (values.ndim - 1))
    total = np.where(mine & (values > 0), values, 0.0).sum(axis=0)
    return np.asarray(np.where(total > 0, total, np.nan))


def share_of_supply(energy: np.ndarray, supply: np.ndarray) -> np.ndarray:
    """Each fuel's part of everything above zero (:func:`supply_of`); NaN for loads, which are no part of it."""
    mine = supply.reshape(-1, *[1] * (energy.ndim - 1))
    return np.where(mine, energy / supply_of(energy, supply), np.nan)


def year_before(moment: pd.Timestamp) -> pd.Timestamp:
    """The same moment of the calendar a year earlier; any moment of a 29 February is 1 March 00:00.

    So a window is compared with the same calendar days, and a leap day with nothing.

    >>> year_before(pd.Timestamp("2024-02-29T12:00"))
    Timestamp('2023-03-01 00:00:00')
    >>> year_before(pd.Timestamp("2024-07-01T18:30"))
    Timestamp('2023-07-01 18:30:00')
    """
    if (moment.month, moment.day) == (2, 29):
        return pd.Timestamp(moment.year - 1, 3, 1)
    return moment.replace(year=moment.year - 1)


def leap_days(start: pd.Timestamp, end: pd.Timestamp) -> int:
    """How many 29 Februaries lie in ``(start, end]``, at least in part."""
    days = (pd.Timestamp(year, 2, 29) for year in range(start.year, end.year + 1) if year % 4 == 0)
    return sum(start < day + pd.Timedelta(days=1) and day < end for day in days)


def difference(now: np.ndarray, before: np.ndarray, comparable: np.ndarray) -> np.ndarray:
    """``now`` - ``before``, NaN where they are not comparable or either is missing."""
    return np.where(comparable, now - before, np.nan)


def change_since_start(values: np.ndarray) -> np.ndarray:
    """Power of each bucket minus that of the window's first bucket, series by series.

    NaN where either is missing: a series without a reading in the first bucket has no change.

    Parameters
    ----------
    values : (K, T).
    """
    return values - values[:, :1]
