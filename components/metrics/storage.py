"""Storage: what went out and what came in, at which prices, and how often the store turned over.

Energies and money are :func:`components.metrics.revenue.unit_sums` of readings that are split first, unit by unit:
discharge is Σ max(P, 0)·h, charge Σ max(−P, 0)·h, so units of opposite sign never cancel.
"""

from __future__ import annotations

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.buckets import run_counts, run_sums
from components.metrics.revenue import ratio
from components.vocabulary import BIDIRECTIONAL, LOAD

DAYS_A_YEAR = 365
_ROWS = 16  # units worked on at once: small enough for the processor's cache


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
    loads = np.asarray(roles, object) == LOAD
    length, count = values.shape[1], len(first)
    runs = np.diff(first, append=length)
    even = count > 0 and bool((runs == runs[0]).all())

    ones = np.ones(length // count if even else 0)

    def run(of: np.ndarray) -> np.ndarray:
        # Times ones: several times as fast as a sum over so short an axis.
        return (of.reshape(-1, len(ones)) @ ones).reshape(len(of), count) if even else run_sums(of, first)

    out = np.zeros((8, len(values), count))
    for row in np.unique(region).tolist():
        own = price[row] if row >= 0 else np.full(length, np.nan)
        known = ~np.isnan(own)
        rrp = np.where(known, own, 0.0)
        for load in (False, True):
            mine = np.flatnonzero((region == row) & (loads == load))
            for at in range(0, len(mine), _ROWS):
                rows = mine[at : at + _ROWS]
                power = values[rows].astype(np.float64)
                missing = np.isnan(power)
                gaps = bool(missing.any())
                if gaps:
                    power[missing] = 0.0
                    out[6, rows] = run_counts(~missing, first)
                else:
                    out[6, rows] = runs
                priced = ~missing & known
                out[7, rows] = run_counts(priced, first) if gaps else run_counts(known[None], first)
                for into, part in enumerate(
                    (None, np.abs(power)) if load else (np.maximum(power, 0.0), np.maximum(-power, 0.0))
                ):
                    if part is None:
                        continue
                    out[into, rows] = run(part)
                    out[4 + into, rows] = run(part * rrp)
                    out[2 + into, rows] = out[into, rows] if known.all() else run(part * known)
    out[:6] *= HOURS_PER_DISPATCH
    return out
