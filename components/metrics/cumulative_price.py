"""The cumulative price: the sum of a week's prices, which decides on administered pricing."""

from __future__ import annotations

import numpy as np

from components.market_time import SETTLEMENT_CHANGE

WEEK = 7 * 24 * 12
"""5-minute intervals of a week: 2,016 trading intervals, or 336 half hours of six."""


def cumulative_price(times: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Sum of the prices of the seven days up to and including each stamp (..., T) [$/MWh].

    From 1 October 2021 the sum of 2,016 five-minute prices; before, of 336 half-hourly prices, each the mean of six:
    a sixth of the sum of 5-minute prices (exact at the ends of half hours).

    Parameters
    ----------
    times : (T,) every 5-minute stamp in turn, ascending, none left out.
    price : (..., T) [$/MWh]; a half-hourly price stands on its six stamps.

    Returns
    -------
    NaN where one of the week's prices is missing, and for the first 2,015 stamps.
    """
    out = np.full(price.shape, np.nan)
    if price.shape[-1] < WEEK:
        return out
    missing = np.isnan(price)
    zero = np.zeros((*price.shape[:-1], 1))
    total = np.concatenate([zero, np.cumsum(np.where(missing, 0.0, price), axis=-1)], axis=-1)
    gaps = np.concatenate([zero, np.cumsum(missing, axis=-1)], axis=-1)
    week = total[..., WEEK:] - total[..., :-WEEK]
    whole = gaps[..., WEEK:] == gaps[..., :-WEEK]
    half_hourly = times[WEEK - 1 :] <= np.datetime64(SETTLEMENT_CHANGE)
    out[..., WEEK - 1 :] = np.where(whole, np.where(half_hourly, week / 6, week), np.nan)
    return out
