"""Rounded numbers that add up: parts are rounded so that their sum is the rounded whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def adding_up(values: Sequence[float], digits: int) -> list[float]:
    """Values rounded to ``digits`` decimals whose sum is their rounded sum, none more than one last digit off.

    Largest remainders first: each value is cut, and the units that are then missing go to those that lost most.
    What is missing (NaN) stays so.

    >>> adding_up([33.34, 33.33, 33.33], 1)
    [33.4, 33.3, 33.3]
    """
    scaled = np.asarray(values, float) * 10**digits
    known = np.flatnonzero(np.isfinite(scaled))
    out = np.full(len(scaled), np.nan)
    if not len(known):
        return out.tolist()
    cut = np.floor(scaled[known])
    missing = round(float(np.rint(scaled[known].sum()) - cut.sum()))
    order = np.argsort(cut - scaled[known], kind="stable")  # the largest remainder first
    cut[order[:missing]] += 1
    out[known] = cut / 10**digits + 0.0
    return [round(v, digits) if np.isfinite(v) else v for v in out.tolist()]
