"""Curtailment of semi-scheduled wind and solar, from what was forecast and what was cleared."""

from __future__ import annotations

import numpy as np

from components.market_time import HOURS_PER_DISPATCH

FIELDS = (
    "uigf", "cleared", "curtailed", "economic", "network", "money", "priced", "hours", "priced_hours", "curtailed_hours",
)  # fmt: skip
"""What :func:`sums` adds up: energies [MWh], money [$], energy with a price [MWh], hours [h]."""
TRACE_MW = 0.1
"""Hours count as curtailed from this on [MW]: below it lies what rounding makes of nothing."""
BAND_EDGES = (-100.0, -50.0, -20.0, 0.0, 20.0, 50.0, 100.0, 300.0)
"""Upper edges [$/MWh] of price bands; a price on an edge belongs to the band below it, so that those up to 0 are economic."""


def curtailed(uigf: np.ndarray, cleared: np.ndarray) -> np.ndarray:
    """max(0, UIGF − cleared) per interval [MW]; NaN where either is missing.

    UIGF is the unconstrained intermittent generation forecast: what weather and plant would have given. Availability
    is no measure of it (it counts the night).

    Source: DISPATCHREGIONSUM.SS_WIND_UIGF, SS_WIND_CLEAREDMW, SS_SOLAR_UIGF, SS_SOLAR_CLEAREDMW.
    """
    return np.maximum(0.0, uigf - cleared)


def economic(curtailment: np.ndarray, price: np.ndarray) -> np.ndarray:
    """The part that stands for economic curtailment [MW]: all of it where RRP ≤ 0, nothing elsewhere.

    A proxy: who bids below zero is not dispatched at or below it, and what is held back at a positive price is held
    back by the network (or by security constraints). NaN where curtailment or price is missing.
    """
    # Times nothing, what is missing stays missing.
    return np.asarray(np.where(price <= 0, curtailment, curtailment * 0.0) + price * 0.0)


def network(curtailment: np.ndarray, price: np.ndarray) -> np.ndarray:
    """The rest [MW]: curtailment where RRP > 0. NaN where curtailment or price is missing."""
    return curtailment - economic(curtailment, price)


def rate(curtailment: np.ndarray, uigf: np.ndarray) -> np.ndarray:
    """ΣC / ΣUIGF over the same intervals; NaN where nothing was forecast."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(uigf > 0, curtailment / uigf, np.nan)


def sums(uigf: np.ndarray, cleared: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Curtailment of a stretch of 5-minute intervals, added up (len(FIELDS), K).

    Only intervals with forecast and target count, so that every ratio has the same intervals above and below the line.
    ``economic``, ``network`` and ``money`` (curtailed x price) have those with a price, ``priced`` is their curtailed
    energy.

    Parameters
    ----------
    uigf, cleared : (K, T) [MW], NaN = missing.
    price : (K, T) or (T,) [$/MWh].
    """
    lost = uigf - cleared
    known = ~np.isnan(lost)
    whole = bool(known.all())
    lost = np.maximum(lost if whole else np.where(known, lost, 0.0), 0.0)
    with_price = known & ~np.isnan(price)
    rrp, held = np.broadcast_to(price, lost.shape), lost
    if not with_price.all():
        rrp, held = np.where(with_price, rrp, 0.0), np.where(with_price, lost, 0.0)
    economic_part, network_part = (
        np.einsum("kt,kt->k", held, where.astype(np.float64)) for where in (rrp <= 0, rrp > 0)
    )
    parts = (
        (uigf if whole else np.where(known, uigf, 0.0)).sum(axis=-1),
        (cleared if whole else np.where(known, cleared, 0.0)).sum(axis=-1),
        lost.sum(axis=-1), economic_part, network_part, np.einsum("kt,kt->k", held, rrp), economic_part + network_part,
        known.sum(axis=-1), with_price.sum(axis=-1), (lost > TRACE_MW).sum(axis=-1),
    )  # fmt: skip
    return np.stack(parts).astype(np.float64) * HOURS_PER_DISPATCH


def price_bands() -> list[tuple[str, float, float]]:
    """Label and edges (low, high] [$/MWh] of the price bands, the lowest first; open ends are infinite.

    >>> [b[0] for b in price_bands()][:5]
    ['≤ −$100', '−$100 to −$50', '−$50 to −$20', '−$20 to $0', '$0 to $20']
    """
    lows, highs = (-np.inf, *BAND_EDGES), (*BAND_EDGES, np.inf)

    def money(value: float) -> str:
        return f"{'−' if value < 0 else ''}${abs(value):g}"

    labels = [f"≤ {money(highs[0])}", *(f"{money(a)} to {money(b)}" for a, b in zip(lows[1:-1], highs[1:-1], strict=True)),
              f"> {money(lows[-1])}"]  # fmt: skip
    return list(zip(labels, lows, highs, strict=True))


def sums_by_price(uigf: np.ndarray, cleared: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Hours [h], forecast and curtailed energy [MWh] in each price band (3, K, bands); intervals with all three numbers.

    Parameters
    ----------
    uigf, cleared, price : (K, T).
    """
    known = ~np.isnan(uigf + cleared + price)
    count, rows = len(BAND_EDGES) + 1, len(uigf)
    cell = np.searchsorted(BAND_EDGES, price, side="left") + count * np.arange(rows)[:, None]
    lost = np.maximum(0.0, uigf - cleared)
    if known.all():
        parts = (None, uigf.reshape(-1), lost.reshape(-1))
        cell = cell.reshape(-1)
    else:
        parts, cell = (None, uigf[known], lost[known]), cell[known]
    out = np.stack([np.bincount(cell, weights, rows * count).reshape(rows, count) for weights in parts])
    return out * HOURS_PER_DISPATCH
