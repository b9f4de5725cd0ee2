"""Years beside years: energy annualised, days on one calendar, trailing means, thermal against renewable."""

from __future__ import annotations

import numpy as np

from components.vocabulary import RENEWABLE_FUELS

DAYS_OF_YEAR = 365
THERMAL_FUELS = ("coal", "gas", "distillate")
"""What is burnt and not renewable; bioenergy is renewable, ``other`` and ``unmapped`` are neither."""
GROUPS: dict[str, tuple[str, ...]] = {"renewable": RENEWABLE_FUELS, "thermal": THERMAL_FUELS}
"""Groups of fuels; storage and interchange are in none."""
SMOOTHINGS = {"1d": 1, "7d": 7, "30d": 30, "91d": 91, "365d": 365}
"""Length of a trailing mean -> days."""


def annualised(energy: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Energy x 365 / days read [MWh/y]; NaN where nothing was read.

    A whole leap year is 366 days, so its figure is 365/366 of its energy: years are compared by the day.

    Parameters
    ----------
    energy : [MWh].
    days : days with readings, parts of days included.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(days > 0, energy * DAYS_OF_YEAR / days, np.nan)


def trailing_mean(values: np.ndarray, days: int) -> np.ndarray:
    """Mean of each day and the ``days - 1`` before it (K, T); NaN where any of them is missing.

    Parameters
    ----------
    values : (K, T), one value a day, neighbours in time, NaN = missing.
    """
    if days <= 1 or not values.shape[-1]:
        return values
    out = np.full(values.shape, np.nan)
    if values.shape[-1] < days:
        return out
    windows = np.lib.stride_tricks.sliding_window_view(values, days, axis=-1)
    out[..., days - 1 :] = windows.mean(axis=-1)
    return out


def place_in_year(dates: np.ndarray, first_month: int = 1) -> np.ndarray:
    """Place of each date in its year, 1 … 366, the same for a calendar date in every year.

    29 February has a place of its own, which three years of four leave empty, so that 1 March never moves.

    Parameters
    ----------
    dates : datetime64[D].
    first_month : month that the year begins with, 1 = calendar years, 7 = financial years.

    >>> place_in_year(np.array(["2023-03-01", "2024-03-01", "2024-02-29"], "datetime64[D]")).tolist()
    [61, 61, 60]
    """
    days = np.asarray(dates, "datetime64[D]")
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) % 12
    of_leap_year = np.array([0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335])
    place = of_leap_year[month] + (days - months.astype("datetime64[D]")).astype(np.int64)
    return (place - of_leap_year[first_month - 1]) % 366 + 1


def group_power(power: dict[str, np.ndarray], group: str) -> np.ndarray:
    """Power of a group of fuels (T,) [MW].

    A fuel without a reading adds nothing where any unit of the place is read. What is renewable is known only where
    rooftop solar is: without it the group would be too small at noon.

    Parameters
    ----------
    power : fuel -> (T,) of every fuel of the place, NaN = no reading.
    group : one of :data:`GROUPS`.
    """
    units = [v for fuel, v in power.items() if fuel not in ("rooftop", "imports", "exports")]
    length = len(next(iter(power.values()))) if power else 0
    read = np.zeros(length, bool)
    for values in units:
        read |= ~np.isnan(values)
    total = np.zeros(length)
    for fuel in GROUPS[group]:
        if fuel in power and fuel != "rooftop":
            total += np.nan_to_num(power[fuel])
    if "rooftop" in GROUPS[group]:
        total = total + power.get("rooftop", np.full(length, np.nan))
    return np.where(read, total, np.nan)


def relative(change: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Change as a part of the size of what was before; NaN where that was nothing or is missing."""
    size = np.abs(before)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 0, change / size, np.nan)


def days_ahead(first: np.ndarray, second: np.ndarray) -> tuple[int, int]:
    """Days on which the first of two daily series (T,) was above the second, and days on which both are known."""
    both = ~np.isnan(first) & ~np.isnan(second)
    return int((first[both] > second[both]).sum()), int(both.sum())
