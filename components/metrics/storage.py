"""Storage: what went out and what came in, at which prices, and how often the store turned over.

Energies and money are :func:`components.metrics.revenue.unit_sums` of readings that are split first, unit by unit:
discharge is Σ max(P, 0)·h, charge Σ max(−P, 0)·h, so units of opposite sign never cancel.
"""

from __future__ import annotations

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.buckets import run_counts, run_sums
from components.metrics.generation import CONSUMED, NEGATIVE, POSITIVE, signed
from components.metrics.revenue import ratio
from components.vocabulary import BIDIRECTIONAL, LOAD

DAYS_A_YEAR = 365


def storage_roles(roles: np.ndarray) -> np.ndarray:
    """How each unit of a storage is split (K,): its loads consume whatever they report, all others by their sign.

    The discharging half of an old pair reports small negatives when it stands still: these are charge, not less
    discharge.
    """
    return np.where(np.asarray(roles, object) == LOAD, LOAD, BIDIRECTIONAL).astype(object)


def spread(discharge_price: np.ndarray, charge_price: np.ndarray) -> np.ndarray:
    """Discharge price − charge price [$/MWh]; NaN where either is missing. Charging at a negative price widens it."""
    return discharge_price - charge_price


def round_trip(discharge_mwh: np.ndarray, charge_mwh: np.ndarray) -> np.ndarray:
    """Discharge / charge; NaN where nothing was charged. Over short windows it also holds what the store had before."""
    return ratio(discharge_mwh, charge_mwh)


def cycles_per_day(discharge_mwh: np.ndarray, storage_mwh_days: np.ndarray) -> np.ndarray:
    """Discharge / storage / days; NaN where no storage capacity is known.

    Parameters
    ----------
    storage_mwh_days : Σ storage [MWh] · days with a reading, pooled over units before it divides.
    """
    return ratio(discharge_mwh, storage_mwh_days)


def carry_over(storage_mwh: np.ndarray, charge_mwh: np.ndarray) -> np.ndarray:
    """Storage / charge: how far what the store held before and after can move a round trip; NaN where either is none.

    A store of 100 MWh that was charged with 1,000 MWh may have begun full and ended empty: its round trip is right
    within 0.1.
    """
    return ratio(np.where(storage_mwh > 0, storage_mwh, np.nan), charge_mwh)


def per_year(money: np.ndarray, capacity_days: np.ndarray) -> np.ndarray:
    """Money per unit of capacity and year of 365 days [$/MWh or $/MW a year]; NaN without a known capacity.

    Parameters
    ----------
    money : [$] of the units whose capacity is known.
    capacity_days : Σ capacity [MWh or MW] · days with a reading and a price, pooled over units before it divides.
    """
    return ratio(money, capacity_days) * DAYS_A_YEAR


def utilisation(discharge_mwh: np.ndarray, charge_mwh: np.ndarray, capacity_hours: np.ndarray) -> np.ndarray:
    """(Discharge + charge) / (capacity · hours): part of what could have been moved either way; NaN without a capacity.

    ``capacity_hours`` [MWh] are of the hours registered, or of those reported: two figures, each called by its name.
    """
    return ratio(discharge_mwh + charge_mwh, capacity_hours)


def storage_runs(
    values: np.ndarray, roles: np.ndarray, region: np.ndarray, price: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Energy and money of storage units in each run of stamps: (8, K, R) in the order of ``UnitSums``' fields.

    Parameters
    ----------
    values : (K, T) readings [MW], NaN = missing.
    roles : (K,) as :func:`storage_roles` gives them.
    region : (K,) int, row of ``price`` that a unit is paid by; -1 = unknown, never priced.
    price : (R, T) [$/MWh], NaN = missing.
    first : first positions of the runs, ascending from 0.
    """
    values = np.asarray(values, np.float64)
    loads = (np.asarray(roles, object) == LOAD)[:, None]
    known = ~np.isnan(values)
    own = np.where((region >= 0)[:, None], price[np.maximum(region, 0)], np.nan)
    priced = known & ~np.isnan(own)
    out = np.where(loads, np.where(known, 0.0, np.nan), signed(values, POSITIVE))
    into = -np.where(loads, signed(values, CONSUMED), signed(values, NEGATIVE))
    with_price = [np.where(priced, v, 0.0) for v in (out, into)]
    money = [v * np.where(priced, own, 0.0) for v in with_price]
    sums = [run_sums(v, first) * HOURS_PER_DISPATCH for v in (out, into, *with_price, *money)]
    return np.stack([*sums, run_counts(known, first), run_counts(priced, first)])
