"""What perfect foresight of a day's prices was worth to storage: the dearest hours less the cheapest ones."""

from __future__ import annotations

import numpy as np

from components.market_time import DISPATCH_MINUTES, HOURS_PER_DISPATCH

DAY = 24 * 60 // DISPATCH_MINUTES
"""5-minute intervals of a day."""


def best_spread(price: np.ndarray, hours: int) -> np.ndarray:
    """Worth of a day's best spread of so many hours (...,) [$/MW]: Σ of the dearest − Σ of the cheapest intervals, × h.

    The hours are any 5-minute intervals of the day, 12 to the hour, in whatever order they come: one MW that stores
    ``hours`` MWh without losses, is filled and emptied once, and knows the prices. Divided by ``hours`` it is the spread
    [$/MWh]. NaN where an interval of the day has no price.

    Parameters
    ----------
    price : (..., 288) [$/MWh] of whole days.
    hours : from 1 to 12.

    Raises
    ------
    ValueError
        When the day is not a whole one, or the hours cannot be filled and emptied within it.
    """
    if price.shape[-1] != DAY or not 1 <= hours <= 12:
        raise ValueError(f"{hours} hours of a day of {price.shape[-1]} intervals")
    count = hours * 12
    ordered = np.sort(price, axis=-1)  # NaN last: a day that lacks one has no answer
    return np.asarray((ordered[..., -count:].sum(axis=-1) - ordered[..., :count].sum(axis=-1)) * HOURS_PER_DISPATCH)
