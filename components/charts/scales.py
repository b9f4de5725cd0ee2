"""The price axis: one scale on which −$50, $80 and $15,000 can all be read.

``asinh(price / 30)``: linear around zero (where a dollar matters), logarithmic far out on both sides, defined for
negative prices. Only drawing uses it; hovers, tables and exports hold plain $/MWh.
"""

from __future__ import annotations

import numpy as np

from components.charts.formats import dollars

LINEAR = 30.0
"""Prices within ±$30 are drawn about linearly."""
ROUND_PRICES = (-1000, -300, -100, -30, 0, 30, 100, 300, 1000, 5000, 15000)
# Which round price gives way where two ticks would collide: the least telling first.
_IMPORTANCE = {0: 0, 100: 1, 1000: 2, -1000: 2, 15000: 2, 300: 3, -100: 3, 30: 4, 5000: 4, -30: 5, -300: 5}


def stretch(price: np.ndarray | float) -> np.ndarray:
    """Price [$/MWh] -> place on the axis."""
    return np.arcsinh(np.asarray(price, float) / LINEAR)


def price_ticks(low: float, high: float, height: float, apart: float = 17.0) -> dict[float, str]:
    """Ticks between two places on the axis, none closer than ``apart`` pixels: place -> label.

    >>> list(price_ticks(0, float(stretch(300)), 200).values())
    ['$0', '$30', '$100', '$300']
    """
    span = max(high - low, 1e-9)
    kept: list[int] = []
    for value in sorted(ROUND_PRICES, key=lambda p: (_IMPORTANCE[p], p)):
        place = float(stretch(value))
        if low - 1e-9 <= place <= high + 1e-9 and all(
            abs(place - float(stretch(k))) / span * height >= apart for k in kept
        ):
            kept.append(value)
    return {float(stretch(k)): dollars(k, 0) for k in sorted(kept)}


def price_span(values: np.ndarray) -> tuple[float, float]:
    """Range of the axis that holds all of ``values`` [$/MWh] and at least $0 … $100, with a margin."""
    finite = values[np.isfinite(values)]
    low = min(0.0, float(finite.min())) if finite.size else 0.0
    high = max(100.0, float(finite.max())) if finite.size else 100.0
    bottom, top = float(stretch(low)), float(stretch(high))
    margin = (top - bottom) * 0.06
    return bottom - margin, top + margin


STRIP_GAP = 0.06
"""Space above and below the prices of a strip, as a part of its height of 1."""


def strip_places(price: np.ndarray, low: float, high: float) -> np.ndarray:
    """Prices [$/MWh] -> places within a strip of height 1 whose axis runs from the place ``low`` to ``high``."""
    return STRIP_GAP + (1 - 2 * STRIP_GAP) * (stretch(price) - low) / (high - low)
