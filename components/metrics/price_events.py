"""Events of a price series: stretches of time beyond a threshold, neighbours put together, and runs of a flag."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.prices import half_hour_end

STEP = np.timedelta64(5, "m").astype("timedelta64[us]")


@dataclass(frozen=True, eq=False)
class Events:
    """Events in the order of time, one value of each array per event (E,).

    Attributes
    ----------
    start, end : (start, end] of the event: beginning of its first interval beyond the threshold, end of its last.
    hours : length of the event [h]; hours_beyond : of it at or beyond the threshold [h].
    peak, peak_time : the most extreme price [$/MWh] and when it was first reached (end of the interval).
    mean : mean of all known prices of the event, pauses included [$/MWh].
    beyond : sum of what prices exceeded the threshold by x h [$/MW], positive for high and for low events.
    """

    start: np.ndarray
    end: np.ndarray
    hours: np.ndarray
    hours_beyond: np.ndarray
    peak: np.ndarray
    peak_time: np.ndarray
    mean: np.ndarray
    beyond: np.ndarray

    def __len__(self) -> int:
        return len(self.start)


def runs(times: np.ndarray, chosen: np.ndarray, gap: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """First and last position of each run of chosen stamps; pauses of up to ``gap`` minutes do not end a run.

    Parameters
    ----------
    times : (T,) interval-ending 5-minute stamps, ascending; a stamp that is missing counts as a pause.
    """
    at = np.flatnonzero(chosen)
    if not len(at):
        return at, at
    pause = times[at[1:]] - times[at[:-1]] - STEP
    cut = np.flatnonzero(pause > np.timedelta64(gap, "m"))
    return at[np.r_[0, cut + 1]], at[np.r_[cut, len(at) - 1]]


def price_events(
    times: np.ndarray, price: np.ndarray, native: np.ndarray, threshold: float, *, below: bool = False, gap: int = 30
) -> Events:
    """High prices (at or above the threshold), or low ones (below it).

    Parameters
    ----------
    times : (T,) interval-ending 5-minute stamps, ascending.
    price : (T,) [$/MWh], NaN = missing, which is beyond no threshold.
    native : (T,) native minutes; an extreme of a half-hourly price is named by the end of its half hour.
    gap : longest pause within one event [minutes].
    """
    with np.errstate(invalid="ignore"):
        chosen = price < threshold if below else price >= threshold
    first, last = runs(times, chosen, gap)
    known = ~np.isnan(price)
    values = np.where(known, price, 0.0)
    excess = np.where(chosen, np.abs(values - threshold), 0.0)

    def sums(of: np.ndarray) -> np.ndarray:
        total = np.concatenate([[0], np.cumsum(of)])
        return total[last + 1] - total[first]

    worst = np.array(
        [
            i + int((np.nanargmin if below else np.nanargmax)(price[i : j + 1]))
            for i, j in zip(first, last, strict=True)
        ],
        np.int64,
    )
    stamps = np.where(native == 30, half_hour_end(times), times) if len(times) else times
    start, end = times[first] - STEP, times[last]
    return Events(
        start, end, (end - start) / np.timedelta64(1, "h"), sums(chosen.astype(np.int64)) * HOURS_PER_DISPATCH,
        price[worst], stamps[worst], sums(values) / np.maximum(sums(known.astype(np.int64)), 1),
        sums(excess) * HOURS_PER_DISPATCH,
    )  # fmt: skip
