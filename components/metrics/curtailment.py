"""Curtailment of semi-scheduled wind and solar, from what was forecast and what was cleared."""

from __future__ import annotations

import numpy as np


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
    return np.where(
        np.isnan(price), np.nan, np.where(price <= 0, curtailment, np.where(np.isnan(curtailment), np.nan, 0.0))
    )


def network(curtailment: np.ndarray, price: np.ndarray) -> np.ndarray:
    """The rest [MW]: curtailment where RRP > 0. NaN where curtailment or price is missing."""
    return curtailment - economic(curtailment, price)


def rate(curtailment: np.ndarray, uigf: np.ndarray) -> np.ndarray:
    """ΣC / ΣUIGF over the same intervals; NaN where nothing was forecast."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(uigf > 0, curtailment / uigf, np.nan)
