"""Storage: what went out and what came in, at which prices, and how often the store turned over.

Energies and money are :func:`components.metrics.revenue.unit_sums` of readings that are split first, unit by unit:
discharge is Σ max(P, 0)·h, charge Σ max(−P, 0)·h, so units of opposite sign never cancel.
"""

from __future__ import annotations

import numpy as np

from components.metrics.revenue import ratio
from components.vocabulary import BIDIRECTIONAL, LOAD


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
