"""Random numbers with an address: the value at any instant, without drawing those before it.

A number is a hash of (seed, stream name, index), so that a month can be computed by itself, in any
order, and agrees with its neighbours. Weather is value noise: normals at knots, smoothly joined.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def stream(seed: int, *names: str) -> np.uint64:
    """The 64-bit key of a named stream.

    >>> bool(stream(1, "wind", "SA1") == stream(1, "wind", "SA1")), bool(stream(1, "wind") == stream(2, "wind"))
    (True, False)
    """
    text = "\x1f".join((str(seed), *names)).encode()
    return np.uint64(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little"))


def _mix(values: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser: every input bit moves every output bit."""
    z = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(keys: np.uint64 | np.ndarray, index: np.ndarray | int) -> np.ndarray:
    """Uniform numbers in (0, 1) at ``index``; keys and index broadcast."""
    at = np.asarray(index, "int64").view("uint64") if isinstance(index, np.ndarray) else np.uint64(index)
    with np.errstate(over="ignore"):
        bits = _mix(np.asarray(keys, "uint64") + (at + np.uint64(1)) * _GOLDEN)
    return ((bits >> np.uint64(11)).astype("float64") + 0.5) * 2.0**-53


def normal(keys: np.uint64 | np.ndarray, index: np.ndarray | int) -> np.ndarray:
    """Standard normal numbers at ``index`` (Box and Muller), keys and index broadcast."""
    with np.errstate(over="ignore"):
        other = np.asarray(keys, "uint64") ^ np.uint64(0xD1B54A32D192ED03)
    return np.sqrt(-2.0 * np.log(uniform(keys, index))) * np.cos(2.0 * np.pi * uniform(other, index))


def smooth(keys: np.uint64 | np.ndarray, stamps: np.ndarray, period: int) -> np.ndarray:
    """Noise of unit variance that changes over ``period`` 5-minute steps.

    Parameters
    ----------
    keys : one key (result ``(T,)``) or an array of K keys (result ``(K, T)``).
    stamps : consecutive 5-minute indices since 1970 (T,).
    period : distance of the knots.
    """
    knot = stamps // period
    weight = (stamps - knot * period) / period
    weight = weight * weight * (3.0 - 2.0 * weight)
    rest = 1.0 - weight
    scale = 1.0 / np.sqrt(weight * weight + rest * rest)
    knots = np.arange(knot[0], knot[-1] + 2)
    at = knot - knot[0]
    keys = np.asarray(keys, "uint64")
    values = normal(keys[..., None], knots)
    return values[..., at] * (rest * scale) + values[..., at + 1] * (weight * scale)


def layered(keys: np.uint64 | np.ndarray, stamps: np.ndarray, layers: Sequence[tuple[int, float]]) -> np.ndarray:
    """Sum of :func:`smooth` noises ``(period, weight)``, scaled to unit variance."""
    norm = float(np.sqrt(sum(w * w for _, w in layers)))
    total: np.ndarray | float = 0.0
    for number, (period, weight) in enumerate(layers):
        with np.errstate(over="ignore"):
            own = np.asarray(keys, "uint64") + np.uint64(number + 1) * np.uint64(0x632BE59BD9B4E019)
        total = total + smooth(own, stamps, period) * (weight / norm)
    return np.asarray(total)
