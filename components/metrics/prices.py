"""Prices of regions: the NEM's demand-weighted price, statistics, bands, duration.

A price is in $/MWh on 5-minute stamps; half-hourly prices stand on six stamps, with ``native`` = 30 there, so that
hours are right and counts of native intervals count them once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.market_time import HOURS_PER_DISPATCH
from components.metrics.quantiles import quantiles

CAP_STRIKE = 300.0
"""Strike of the market's standard cap contract [$/MWh]."""
BAND_EDGES = (0.0, 50.0, 100.0, 300.0, 1000.0, 5000.0)
"""Inner edges of the price bands [$/MWh]; a band holds its lower edge, not its upper one."""


def demand_weighted(price: np.ndarray, demand: np.ndarray) -> np.ndarray:
    """The NEM's price per interval (T,): sum of price x demand over regions / sum of demand [$/MWh].

    NaN where any region lacks price or demand, or where demand adds up to nothing; ``price`` and ``demand``
    are (regions, T). Never a plain mean of regions.
    """
    total = demand.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total != 0, (price * demand).sum(axis=0) / total, np.nan)


def settlement_price(times: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Mean of the six 5-minute prices of each half hour, on all its stamps (..., T) [$/MWh].

    This is what was paid before 1 Oct 2021. NaN for a half hour that has not all six readings.
    ``times`` are interval-ending, ascending; ``price`` is (..., T).
    """
    half = ((times - np.datetime64(1, "us")).astype("datetime64[us]").astype(np.int64)) // (30 * 60 * 10**6)
    first = np.flatnonzero(np.r_[True, half[1:] != half[:-1]]) if len(times) else np.empty(0, np.int64)
    if not len(first):
        return price.copy()
    length = np.diff(np.r_[first, len(times)])
    mean = np.add.reduceat(price, first, axis=-1) / 6
    mean = np.where(length == 6, mean, np.nan)
    return np.repeat(mean, length, axis=-1)


def native_count(native: np.ndarray, chosen: np.ndarray) -> int:
    """Number of native intervals among ``chosen`` 5-minute stamps: a spread half hour counts once."""
    length = native[chosen]
    return round(float((5.0 / length[length > 0]).sum()))


def half_hour_end(times: np.ndarray) -> np.ndarray:
    """End of the half hour that each stamp closes or lies in (datetime64[us])."""
    half = np.timedelta64(30, "m").astype("timedelta64[us]")
    origin = np.datetime64("1970-01-01", "us")
    return origin - ((origin - times) // half) * half


def native_values(times: np.ndarray, price: np.ndarray, native: np.ndarray) -> np.ndarray:
    """The readings that order statistics are taken from, without NaN.

    Half-hourly history counts each half hour once; where both lengths meet, all 5-minute stamps are taken,
    which weights by time.
    """
    known = ~np.isnan(price)
    lengths = np.unique(native[known])
    if len(lengths) == 1 and lengths[0] == 30:
        # The last known stamp of each half hour, so that one cut by the window's edge is not left out.
        half = half_hour_end(times[known])
        return price[known][np.append(half[1:] != half[:-1], np.ones(min(len(half), 1), bool))]
    return price[known]


def longest_run(chosen: np.ndarray) -> int:
    """Length of the longest run of true values; 0 where there is none."""
    edges = np.concatenate([[0], np.flatnonzero(chosen[1:] != chosen[:-1]) + 1, [len(chosen)]])
    begins = edges[:-1] if len(chosen) else edges[:0]
    return int(np.diff(edges)[: len(begins)][chosen[begins]].max(initial=0))


@dataclass(frozen=True)
class PriceSummary:
    """Statistics of one price series; money in $/MWh, NaN where there is no reading."""

    mean: float
    median: float
    p5: float
    p25: float
    p75: float
    p95: float
    min: float
    min_time: np.datetime64
    max: float
    max_time: np.datetime64
    volatility: float
    change_volatility: float
    negative_hours: float
    negative_intervals: int
    longest_negative_hours: float
    hours_above_300: float
    cap_payout: float
    volume_weighted: float
    intervals: int


_NAT = np.datetime64("NaT", "us")
_STEP = np.timedelta64(5, "m").astype("timedelta64[us]")


def summarise(times: np.ndarray, price: np.ndarray, native: np.ndarray | int, demand: np.ndarray) -> PriceSummary:
    """Statistics of a price series on the 5-minute grid.

    ``mean`` is time-weighted; ``volatility`` is the (population) standard deviation of prices,
    ``change_volatility`` that of changes between neighbouring 5-minute readings; ``hours_above_300`` counts
    300 itself; ``cap_payout`` is sum of max(0, RRP - 300) x h [$/MW]; ``volume_weighted`` is
    sum of RRP x demand / sum of demand over the intervals that have both. ``native`` is the length of each reading, or of all.
    """
    known = ~np.isnan(price)
    nan = float("nan")
    if not known.any():
        return PriceSummary(
            nan, nan, nan, nan, nan, nan, nan, _NAT, nan, _NAT, nan, nan, nan, 0, nan, nan, nan, nan, 0
        )  # fmt: skip
    whole = bool(known.all())
    values = price if whole else price[known]
    # Dispatch prices without a gap, the usual case, need none of the care that half hours and gaps do.
    if isinstance(native, int):
        dispatch = native == 5
        native = np.where(known, native, 0) if not (dispatch and whole) else np.broadcast_to(native, price.shape)
    else:
        dispatch = bool((native[known] == 5).all())
    unbroken = len(times) - 1 == (times[-1] - times[0]) // _STEP
    sample = values if dispatch else native_values(times, price, native)
    p5, p25, median, p75, p95 = quantiles(sample, (0.05, 0.25, 0.5, 0.75, 0.95))
    low, high = int(values.argmin()), int(values.argmax())
    if not whole:
        low, high = np.flatnonzero(known)[[low, high]].tolist()
    # As published: the end of the half hour where that is the native length.
    low_time, high_time = (half_hour_end(times[i : i + 1])[0] if native[i] == 30 else times[i] for i in (low, high))
    changes = np.diff(price)
    if not (whole and dispatch and unbroken):
        ends = known & (native == 5)
        changes = changes[ends[1:] & ends[:-1] & (times[1:] - times[:-1] == _STEP)]
    negative = price < 0
    # A gap in time between months ends a run.
    runs = [negative] if unbroken else np.split(negative, np.flatnonzero(times[1:] - times[:-1] != _STEP) + 1)
    both = known & ~np.isnan(demand)
    paid, load = (price, demand) if both.all() else (price[both], demand[both])
    weight = float(load.sum())
    below = int(np.count_nonzero(negative))
    above = values[values >= CAP_STRIKE]
    return PriceSummary(
        mean=float(values.mean()),
        median=median,
        p5=p5,
        p25=p25,
        p75=p75,
        p95=p95,
        min=float(price[low]),
        min_time=low_time,
        max=float(price[high]),
        max_time=high_time,
        volatility=float(sample.std()),
        change_volatility=float(changes.std()) if len(changes) else nan,
        negative_hours=float(below * HOURS_PER_DISPATCH),
        negative_intervals=below if dispatch else native_count(native, negative),
        longest_negative_hours=max(longest_run(r) for r in runs) * HOURS_PER_DISPATCH,
        hours_above_300=float(len(above) * HOURS_PER_DISPATCH),
        cap_payout=float((above - CAP_STRIKE).sum() * HOURS_PER_DISPATCH),
        volume_weighted=float((paid * load).sum() / weight) if weight else nan,
        intervals=len(values) if dispatch else native_count(native, known),
    )


@dataclass(frozen=True)
class Band:
    """One price band ``[low, high)``; ``share`` of the time, ``mean`` [$/MWh], ``contribution`` to the overall mean."""

    label: str
    low: float
    high: float
    hours: float
    intervals: int
    share: float
    mean: float
    contribution: float


def band_label(low: float, high: float) -> str:
    """How a band is called: ``<0``, ``0–50``, ``-100 to -30``, ``≥5000``."""
    if low == -np.inf:
        return f"<{high:g}"
    if high == np.inf:
        return f"≥{low:g}"
    return f"{low:g}–{high:g}" if low >= 0 else f"{low:g} to {high:g}"


def bands(price: np.ndarray, native: np.ndarray, edges: tuple[float, ...] = BAND_EDGES) -> list[Band]:
    """Price bands without holes from floor to cap; the contributions add up to the mean.

    A price on an edge belongs to the band above it. Shares and means are NaN where nothing is known.
    """
    known = ~np.isnan(price)
    values, length = price[known], native[known]
    place = np.searchsorted(np.asarray(edges), values, side="right")
    limits = (-np.inf, *edges, np.inf)
    out = []
    for i in range(len(edges) + 1):
        inside = place == i
        count = int(inside.sum())
        total = float(values[inside].sum())
        out.append(
            Band(
                band_label(limits[i], limits[i + 1]), limits[i], limits[i + 1], count * HOURS_PER_DISPATCH,
                native_count(length, inside), count / len(values) if len(values) else np.nan,
                total / count if count else np.nan, total / len(values) if len(values) else np.nan,
            )
        )  # fmt: skip
    return out


def duration(sample: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The price exceeded for each share of the time (0 = the highest, 1 = the lowest) [$/MWh].

    Linear between readings; NaN without readings. ``sample`` must not hold NaN.
    """
    if not len(sample):
        return np.full(len(shares), np.nan)
    return np.quantile(sample, 1.0 - shares)
