"""An estimate of what a store holds, from what went in and out: AEMO publishes it by region only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.market_time import HOURS_PER_DISPATCH

EFFICIENCY = 0.85
"""Part of what is charged that comes out again, where nothing better is known."""
SEGMENTS = 96
"""Parts that a stretch of time is cut into and that are followed at the same time."""


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
    length = net.shape[1] // SEGMENTS
    whole = length * SEGMENTS if length > 1 else 0
    if whole:
        parts = [
            np.ascontiguousarray(v[:, :whole].reshape(-1, SEGMENTS, length).transpose(2, 0, 1)) for v in (down, up)
        ]
        full = np.broadcast_to(storage[:, None], parts[0].shape[1:])
        begin_low = _levels_at_begins(parts[0], full, low)
        begin_high = _levels_at_begins(parts[1], full, high)
        found = _follow(parts[0], parts[1], full, begin_low, begin_high)
        for to, values in zip((out.low, out.high, out.unfit), found, strict=True):
            to[:, :whole] = values.transpose(1, 2, 0).reshape(len(net), whole)
        low, high = out.low[:, whole - 1], out.high[:, whole - 1]
    rest = _follow(down[:, whole:].T, up[:, whole:].T, storage, low, high)
    for to, values in zip((out.low, out.high, out.unfit), rest, strict=True):
        to[:, whole:] = values.T
    return out


def _follow(
    down: np.ndarray, up: np.ndarray, storage: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both levels and what is unfit, step by step along the first axis, from levels of the shape of the others."""
    lows, highs, unfit = np.empty(down.shape), np.empty(down.shape), np.empty(down.shape)
    beyond = np.empty(np.shape(low))
    for at in range(len(down)):
        low, high = np.add(low, down[at], out=lows[at]), np.add(high, up[at], out=highs[at])
        np.maximum(np.subtract(low, storage, out=beyond), 0.0, out=unfit[at])
        unfit[at] -= np.minimum(high, 0.0, out=beyond)
        for level in (low, high):
            np.minimum(np.maximum(level, 0.0, out=level), storage, out=level)
    return lows, highs, unfit


def _levels_at_begins(change: np.ndarray, storage: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The level at the begin of each segment (S, segments), given the changes (steps, S, segments).

    A step bounds a level that was moved: min(max(x + a, 0), full). So does any number of steps in a row, with other bounds:
    min(max(x + a, l), h). These are found for all segments at once; then one step leads from a segment to the next.
    """
    moved = np.zeros(change.shape[1:])
    lowest, highest = np.zeros(change.shape[1:]), storage.copy()
    for step in change:
        moved += step
        for bound in (lowest, highest):
            np.add(bound, step, out=bound)
            np.minimum(np.maximum(bound, 0.0, out=bound), storage, out=bound)
    out = np.empty(change.shape[1:])
    level = start
    for at in range(change.shape[2]):
        out[:, at] = level
        level = np.minimum(np.maximum(level + moved[:, at], lowest[:, at]), highest[:, at])
    return out
