"""How many points a chart may have: what its pixels can show, no more.

Stacks are averaged on one shared index, so that their layers stay together; lines keep the lowest and the highest
reading of every bin, so that no spike is lost. The card says "n of N points".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.charts import formats

STACK_POINTS = 1_200
"""Most steps of a stack."""
LINE_POINTS = 2_400
"""Most points of a line: two (lowest, highest) for each of 1,200 bins."""


@dataclass(frozen=True)
class Thinned:
    """Rows that are drawn (``edges``: one more than steps; ``values``: (series, steps)) of ``total``."""

    edges: np.ndarray
    values: np.ndarray
    total: int

    @property
    def shown(self) -> int:
        """Steps that are drawn."""
        return self.values.shape[1]

    @property
    def note(self) -> str:
        """``n of N points`` where points were left out, else nothing."""
        return (
            ""
            if self.shown >= self.total
            else f"{formats.number(self.shown)} of {formats.number(self.total)} points drawn"
        )


def _bins(count: int, most: int) -> np.ndarray:
    """First row of each bin: bins of equal length, the last one may be shorter."""
    width = -(-count // most)
    return np.arange(0, count, width)


def thin_stack(edges: np.ndarray, values: np.ndarray, most: int = STACK_POINTS) -> Thinned:
    """Average neighbouring steps of equal length, all series on the same bins; a bin without readings stays missing.

    Parameters
    ----------
    edges : (n + 1,) step boundaries.
    values : (series, n), NaN = missing.
    """
    count = values.shape[1]
    if count <= most:
        return Thinned(edges, values, count)
    first = _bins(count, most)
    there = np.isfinite(values)
    sums = np.add.reduceat(np.where(there, values, 0.0), first, axis=1)
    counts = np.add.reduceat(there, first, axis=1, dtype=np.int64)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return Thinned(np.append(edges[first], edges[-1]), means, count)


def thin_spread(lowest: np.ndarray, highest: np.ndarray, most: int = LINE_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest of (series, n) on the two steps for each bin of :func:`thin_lines`; empty bins are missing."""
    count = lowest.shape[1]
    if count <= most:
        return lowest, highest
    first = _bins(count, most // 2)
    both = np.fmin.reduceat(lowest, first, axis=1), np.fmax.reduceat(highest, first, axis=1)
    return np.repeat(both[0], 2, axis=1), np.repeat(both[1], 2, axis=1)


def thin_lines(edges: np.ndarray, values: np.ndarray, most: int = LINE_POINTS) -> Thinned:
    """Two steps for each bin, the lowest and the highest reading of every series, in the order in which they occurred."""
    count = values.shape[1]
    if count <= most:
        return Thinned(edges, values, count)
    first = _bins(count, most // 2)
    width = int(first[1] - first[0])
    padded = np.full((values.shape[0], len(first) * width), np.nan)
    padded[:, :count] = values
    cells = padded.reshape(values.shape[0], len(first), width)
    empty = ~np.isfinite(cells).any(axis=2)
    low_at = np.where(np.isfinite(cells), cells, np.inf).argmin(axis=2)
    high_at = np.where(np.isfinite(cells), cells, -np.inf).argmax(axis=2)
    early = np.minimum(low_at, high_at)[..., None]
    late = np.maximum(low_at, high_at)[..., None]
    pairs = np.concatenate([np.take_along_axis(cells, early, 2), np.take_along_axis(cells, late, 2)], axis=2)
    pairs[empty] = np.nan
    starts = edges[first].astype("float64")
    ends = np.append(edges[first[1:]], edges[-1]).astype("float64")
    halves = np.column_stack([starts, (starts + ends) / 2]).reshape(-1)
    return Thinned(np.append(halves, edges[-1]).astype("float64"), pairs.reshape(values.shape[0], -1), count)
