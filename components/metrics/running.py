"""When units ran, how often they started, and how much of their output met a negative price.

A unit runs while its power lies above 5 % of its capacity: what a generator gives out, what storage discharges, what
a load takes in. Without a known capacity there is no threshold, so nothing is counted and the answer is missing.
"""

from __future__ import annotations

import numpy as np

from components.metrics.generation import CONSUMED, POSITIVE, signed
from components.metrics.revenue import UnitSums, ratio, unit_sums
from components.vocabulary import BIDIRECTIONAL, LOAD

RUNNING_SHARE = 0.05
"""Part of its capacity that a unit must exceed to run."""
UNKNOWN, STOPPED, RUNNING = -1, 0, 1


def states(values: np.ndarray, roles: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Whether each unit runs at each stamp: :data:`RUNNING`, :data:`STOPPED` or :data:`UNKNOWN`, int8 (K, T).

    Parameters
    ----------
    values : (K, T) readings [MW], NaN = missing.
    roles : (K,) role of each unit.
    capacity : (K,) registered capacity [MW], NaN = unknown.

    Exactly 5 % of the capacity does not run; a capacity of 0 or less tells nothing.
    """
    roles = np.asarray(roles, dtype=object)
    known_capacity = np.where(capacity > 0, capacity, np.nan)
    out = np.full(values.shape, UNKNOWN, np.int8)
    for mine, part in ((roles == LOAD, CONSUMED), (roles == BIDIRECTIONAL, POSITIVE), (None, None)):
        rows = np.flatnonzero((roles != LOAD) & (roles != BIDIRECTIONAL) if mine is None else mine)
        if not len(rows):
            continue
        power = values[rows] if part is None else np.abs(signed(values[rows], part))
        limit = (RUNNING_SHARE * known_capacity[rows])[:, None]
        known = ~np.isnan(power) & ~np.isnan(limit)
        with np.errstate(invalid="ignore"):
            out[rows] = np.where(known, (power > limit).astype(np.int8), UNKNOWN)
    return out


def starts(state: np.ndarray, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where units start, and what each was last known to do.

    Parameters
    ----------
    state : (K, T) as :func:`states` gives it.
    before : (K,) the last state known before the first stamp.

    Returns
    -------
    started : (K, T) bool, the stamps at which a unit runs while the last stamp that is known before had it stopped.
        Readings that are missing in between hide when it happened, not that it did: one start, at the first stamp
        known again. The first stamp ever known is no start.
    after : (K,) the last state known.
    """
    started = np.zeros(state.shape, bool)
    after = before.copy()
    if not state.shape[1]:
        return started, after
    whole = (state != UNKNOWN).all(axis=1)
    rows = np.flatnonzero(whole)
    previous = np.concatenate([before[rows, None], state[rows, :-1]], axis=1)
    started[rows] = (state[rows] == RUNNING) & (previous == STOPPED)
    after[rows] = state[rows, -1]
    for row in np.flatnonzero(~whole):
        at = np.flatnonzero(state[row] != UNKNOWN)
        if not len(at):
            continue
        known = state[row, at]
        started[row, at] = (known == RUNNING) & (np.append(before[row], known[:-1]) == STOPPED)
        after[row] = known[-1]
    return started, after


def negative_sums(values: np.ndarray, roles: np.ndarray, region: np.ndarray, price: np.ndarray) -> UnitSums:
    """Energy and money of the intervals with RRP < 0 alone; a price of 0 is not negative.

    Parameters and result as of :func:`components.metrics.revenue.unit_sums`, of which ``energy_priced``,
    ``load_priced`` [MWh], ``earned`` and ``paid`` [$] speak of these intervals.
    """
    with np.errstate(invalid="ignore"):
        return unit_sums(values, roles, region, np.where(price < 0, price, np.nan))


def capture_rate(earned: np.ndarray, at_flat_price: np.ndarray) -> np.ndarray:
    """Capture price / time-weighted price, as the ratio of two amounts of money.

    Parameters
    ----------
    earned : Σ P·RRP·h [$].
    at_flat_price : what the same energy would have earned at the mean price of its region, Σ E·mean(RRP) [$].

    For one region this is the capture price over the mean price; groups over several regions pool both amounts.
    NaN where the second is nothing, negative or missing, for a rate of it says nothing.
    """
    return ratio(earned, at_flat_price)
