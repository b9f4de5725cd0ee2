"""An estimate of what a store holds, from what went in and out: AEMO publishes it by region only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.market_time import HOURS_PER_DISPATCH

EFFICIENCY = 0.85
"""Part of what is charged that comes out again, where nothing better is known."""


@dataclass(frozen=True, eq=False)
class Charge:
    """What stores may hold at the end of each interval.

    Attributes
    ----------
    low, high : (S, T) [MWh], the levels of a store that began empty and of one that began full. Whatever it held at
        the start, the estimate lies between them; where they meet, the start is forgotten.
    unfit : (S, T) [MWh], what was charged beyond full even from the lower level, or discharged below empty even from
        the upper one: it tells that the efficiency or the storage assumed is wrong.
    """

    low: np.ndarray
    high: np.ndarray
    unfit: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        """The estimate: half way between the two (S, T) [MWh]."""
        return (self.low + self.high) / 2


def charge_between(
    discharge: np.ndarray, charge: np.ndarray, storage: np.ndarray, capacity: np.ndarray,
    low: np.ndarray, high: np.ndarray, efficiency: float = EFFICIENCY,
) -> Charge:  # fmt: skip
    """Integrate charge · efficiency − discharge, never below empty and never above full.

    Parameters
    ----------
    discharge, charge : (S, T) power out and in, both positive [MW], NaN = missing.
    storage : (S,) [MWh] that can be delivered from full; losses count where it is charged.
    capacity : (S,) [MW]: without a reading the store may have done anything up to that, so the levels part by as much;
        NaN = unknown, and nothing is known after a missing reading.
    low, high : (S,) the levels before the first interval; 0 and ``storage`` where nothing is known.
    efficiency : part of what is charged that comes out again, above 0 and up to 1.

    Raises
    ------
    ValueError
        When the efficiency is none.
    """
    if not 0 < efficiency <= 1:
        raise ValueError(f"an efficiency lies above 0 and up to 1, not at {efficiency}")
    net = (charge * efficiency - discharge) * HOURS_PER_DISPATCH
    missing = np.isnan(net)
    most = np.where(np.isnan(capacity), np.inf, capacity)[:, None] * HOURS_PER_DISPATCH
    down, up = np.where(missing, -most, net), np.where(missing, most * efficiency, net)
    out = Charge(np.empty(net.shape), np.empty(net.shape), np.zeros(net.shape))
    low, high = low.astype(float), high.astype(float)
    for at in range(net.shape[1]):
        low, high = low + down[:, at], high + up[:, at]
        out.unfit[:, at] = np.maximum(low - storage, 0.0) + np.maximum(-high, 0.0)
        low, high = np.clip(low, 0.0, storage), np.clip(high, 0.0, storage)
        out.low[:, at], out.high[:, at] = low, high
    return out
