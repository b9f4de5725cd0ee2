"""The one rule for rows that meet on a stamp and key, whatever the order they were read in.

Of two rows the better is: 5 minutes before 30; then the source of lower rank; then the later ``changed``
(unknown is earliest); then the larger numbers, field by field (missing is smallest). This is a total order
over whole rows, so taking the best is associative, commutative and idempotent: any order and grouping of
additions ends in the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.store.rows import Rows, concatenate


@dataclass(frozen=True)
class Merged:
    """Rows sorted by (time, key), one per key; what came on top of the base."""

    rows: Rows
    added: int
    replaced: int


def merge(base: Rows | None, pieces: Sequence[Rows]) -> Merged:
    """The best row of every (time, key) of ``base`` and ``pieces``, sorted by (time, key).

    Parameters
    ----------
    base : what is stored already: one row per key. Equal rows count as unchanged.
    pieces : new rows of the same dataset and month in any order, with any repeats.

    Returns
    -------
    Merged
        ``added`` counts keys that ``base`` did not have, ``replaced`` those with a better row than there.
    """
    held = len(base) if base is not None else 0
    everything = concatenate([*([base] if base is not None else []), *pieces])
    key = everything.order_key
    if len(key) < 2 or bool((key[1:] > key[:-1]).all()):
        return Merged(everything.compact(), len(key) - held, 0)

    # Stable, so that a base row comes before its challengers; runs that are sorted already cost one pass.
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_first = np.empty(len(key), bool)
    is_first[0] = True
    np.not_equal(key[1:], key[:-1], out=is_first[1:])
    del key
    start = np.flatnonzero(is_first)
    best = order[start]
    was_held = best < held
    sizes = np.diff(start, append=len(order))
    for nth in range(1, int(sizes.max())):
        contested = np.flatnonzero(sizes > nth)
        challenger = order[start[contested] + nth]
        wins = is_better(everything, challenger, best[contested])
        best[contested[wins]] = challenger[wins]
    replaced = int((was_held & (best >= held)).sum())
    return Merged(everything.take(best), int((~was_held).sum()), replaced)


def is_better(rows: Rows, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each pair of positions whether the first row is strictly better than the second."""
    better = np.zeros(len(one), bool)
    open_pairs = np.arange(len(one))
    # NaT is the smallest integer, so an unknown time of change is the earliest.
    columns = [(rows.minutes, -1), (rows.rank, -1), (rows.changed.view("int64"), 1), *((n, 1) for n in rows.numbers)]
    for values, direction in columns:
        if not len(open_pairs):
            break
        a, b = values[one[open_pairs]], values[other[open_pairs]]
        more, less = (a > b, a < b) if direction > 0 else (a < b, a > b)
        if values.dtype.kind == "f":
            no_a, no_b = np.isnan(a), np.isnan(b)
            more |= no_b & ~no_a
            less |= no_a & ~no_b
        better[open_pairs[more]] = True
        open_pairs = open_pairs[~(more | less)]
    return better
