"""The difference of two prices: how far apart, for how long, which way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.prices import half_hour_end, native_values

SPREAD_EDGES = (-1000.0, -300.0, -100.0, -30.0, -10.0, -1.0, 1.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Inner edges of the bands of a difference [$/MWh]; a band holds its lower edge, not its upper one."""


@dataclass(frozen=True)
class Spread:
    """Statistics of the differences a - b [$/MWh]; NaN where no interval has both prices."""

    mean: float
    mean_abs: float
    median: float
    p5: float
    p95: float
    min: float
    min_time: np.datetime64
    max: float
    max_time: np.datetime64
    hours_above: float
    hours_below: float
    hours_equal: float
    correlation: float


def spread_summary(times: np.ndarray, a: np.ndarray, b: np.ndarray, native: np.ndarray) -> Spread:
    """Statistics over the intervals that have both prices.

    ``mean`` and ``mean_abs`` (of the absolute differences) are time-weighted; ``hours_above`` is the time with
    a > b, ``hours_below`` with a < b; percentiles are those of native readings. ``correlation`` is Pearson's of the two
    prices, NaN where one of them never changes.
    """
    difference = a - b
    known = ~np.isnan(difference)
    nan, nat = float("nan"), np.datetime64("NaT", "us")
    if not known.any():
        return Spread(nan, nan, nan, nan, nan, nan, nat, nan, nat, 0.0, 0.0, 0.0, nan)
    values = difference[known]
    p5, median, p95 = np.quantile(native_values(times, difference, native), (0.05, 0.5, 0.95)).tolist()
    low, high = int(np.nanargmin(difference)), int(np.nanargmax(difference))
    stamps = np.where(native == 30, half_hour_end(times), times)
    moving = a[known].std() > 0 and b[known].std() > 0
    return Spread(
        mean=float(values.mean()),
        mean_abs=float(np.abs(values).mean()),
        median=median,
        p5=p5,
        p95=p95,
        min=float(difference[low]),
        min_time=stamps[low],
        max=float(difference[high]),
        max_time=stamps[high],
        hours_above=float((values > 0).sum() * HOURS_PER_DISPATCH),
        hours_below=float((values < 0).sum() * HOURS_PER_DISPATCH),
        hours_equal=float((values == 0).sum() * HOURS_PER_DISPATCH),
        correlation=float(np.corrcoef(a[known], b[known])[0, 1]) if moving else nan,
    )
