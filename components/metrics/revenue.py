"""Energy and spot revenue of units, summed at the 5-minute interval before anything is averaged."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.generation import AS_READ, CONSUMED, NEGATIVE, POSITIVE, signed
from components.vocabulary import BIDIRECTIONAL, LOAD

_ROWS = 32  # units worked on at once: small enough for the processor's cache


@dataclass
class UnitSums:
    """Sums per unit (K,) over a stretch of time; energies in MWh, money in $, times in 5-minute intervals.

    ``*_priced`` are energies of the intervals that have a price, the denominator of a capture price.
    """

    energy: np.ndarray
    load: np.ndarray
    energy_priced: np.ndarray
    load_priced: np.ndarray
    earned: np.ndarray
    paid: np.ndarray
    readings: np.ndarray
    priced: np.ndarray

    @classmethod
    def zeros(cls, count: int) -> UnitSums:
        """Nothing yet, for ``count`` units."""
        return cls(*(np.zeros(count) for _ in fields(cls)))

    def stack(self) -> np.ndarray:
        """(8, K) in the order of the fields."""
        return np.stack([getattr(self, f.name) for f in fields(self)])


def unit_sums(values: np.ndarray, roles: np.ndarray, region: np.ndarray, price: np.ndarray) -> UnitSums:
    """Energy and revenue of each unit.

    Parameters
    ----------
    values : (K, T) readings [MW], NaN = missing.
    roles : (K,) role of each unit.
    region : (K,) int, row of ``price`` that a unit is paid by; -1 = unknown, never priced.
    price : (R, T) [$/MWh], NaN = missing.

    Returns
    -------
    UnitSums : ``energy`` = sum of P·h of what is generated (a generator's small negatives kept), ``load`` = what
        is consumed, positive; ``earned`` = sum of P·RRP·h of generation, ``paid`` = of consumption (negative
        where charging at a negative price is income). A reading without a price adds energy, never money.
    """
    count, length = values.shape
    out = UnitSums.zeros(count)
    roles = np.asarray(roles, dtype=object)
    known = ~np.isnan(price)
    unknown = np.zeros(length)
    columns = {
        r: np.stack([np.ones(length), known[r], np.where(known[r], price[r], 0.0)] if r >= 0 else
                    [np.ones(length), unknown, unknown], axis=1)
        for r in np.unique(region).tolist()
    }  # fmt: skip
    for r, weights in columns.items():
        for kind, parts in (
            (LOAD, (None, CONSUMED)),
            (BIDIRECTIONAL, (POSITIVE, NEGATIVE)),
            ("", (AS_READ, None)),
        ):
            mine = (roles == kind) if kind else (roles != LOAD) & (roles != BIDIRECTIONAL)
            chosen = np.flatnonzero(mine & (region == r))
            for at in range(0, len(chosen), _ROWS):
                rows = chosen[at : at + _ROWS]
                power = values[rows].astype(np.float64)
                missing = np.isnan(power)
                if missing.any():
                    power[missing] = 0.0
                    counts = (~missing).astype(np.float64) @ weights[:, :2]
                    out.readings[rows], out.priced[rows] = counts[:, 0], counts[:, 1]
                else:
                    out.readings[rows], out.priced[rows] = length, weights[:, 1].sum()
                if parts[0] is not None:
                    sums = signed(power, parts[0]) @ weights * HOURS_PER_DISPATCH
                    out.energy[rows], out.energy_priced[rows], out.earned[rows] = sums.T
                if parts[1] is not None:
                    sums = -(signed(power, parts[1]) @ weights) * HOURS_PER_DISPATCH
                    out.load[rows], out.load_priced[rows], out.paid[rows] = sums.T
    return out


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Pooled ratio; NaN where the denominator is nothing or missing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)


def capture_price(earned: np.ndarray, energy_priced: np.ndarray) -> np.ndarray:
    """Sum of P·RRP·h / sum of P·h [$/MWh], over the intervals that have both; NaN without energy.

    Numerators and denominators are pooled over units before they are divided, and taken at the native
    interval, so the answer does not depend on the display interval.
    """
    return ratio(earned, energy_priced)


def capacity_factor(energy: np.ndarray, capacity_hours: np.ndarray) -> np.ndarray:
    """Energy [MWh] / (capacity · hours registered and read) [MWh]; NaN where no capacity is known."""
    return ratio(energy, capacity_hours)
