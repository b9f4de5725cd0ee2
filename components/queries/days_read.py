"""How many readings each day of a month has, and between which days each key has some; of whole months remembered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from components.queries.monthly import DAY, remembered
from components.store.snapshot import Chunk, Snapshot
from components.store.sums import keepable

FIELD = {"price": "rrp", "region": "demand", "flow": "mw", "scada": "mw", "rooftop": "mw", "semi_scheduled": "uigf"}
"""The column whose readings are counted."""


@dataclass(frozen=True, eq=False)
class DaysRead:
    """Some days of a month: ``readings`` (days,) of all keys; ``first`` and ``last`` (keys,) day of it with one, -1 = none."""

    readings: np.ndarray
    first: np.ndarray
    last: np.ndarray


keepable(DaysRead)


def days_of_month(chunk: Chunk, low: int, high: int) -> DaysRead:
    """The days from ``low`` to before ``high`` of a month; where it has no other, what is remembered of it."""
    begin, end = (chunk.origin + np.timedelta64(day, "D") for day in (low, high))
    if chunk.first <= begin or chunk.last > end:
        return _count(chunk, low, high)
    kept: DaysRead = remembered(("days read", chunk.identity), lambda: _count(chunk, 0, chunk.length // DAY))
    return DaysRead(kept.readings[low:high], kept.first, kept.last)


def _count(chunk: Chunk, low: int, high: int) -> DaysRead:
    values = chunk.values[chunk.fields.index(FIELD[chunk.dataset])][:, low * DAY : high * DAY]
    counts = (~np.isnan(values)).reshape(len(chunk.keys), high - low, DAY).sum(axis=2, dtype=np.int16)
    some = counts > 0
    read = some.any(axis=1)
    first = np.where(read, low + some.argmax(axis=1), -1)
    last = np.where(read, high - 1 - some[:, ::-1].argmax(axis=1), -1)
    return DaysRead(counts.sum(axis=0, dtype=np.int32), first.astype(np.int8), last.astype(np.int8))


def days_read(
    snapshot: Snapshot, dataset: str, days: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]:
    """What was read of a dataset on these consecutive days.

    Returns
    -------
    keys with a reading; readings of each day (days,); of each key the first and the last day with one, as places in ``days``.
    """
    keys = snapshot.keys(dataset)
    place = {k: i for i, k in enumerate(keys)}
    places: dict[tuple[str, ...], np.ndarray] = {}  # the same keys month after month
    readings = np.zeros(len(days), np.int64)
    first, last = np.full(len(keys), len(days), np.int64), np.full(len(keys), -1, np.int64)
    for chunk in snapshot.chunks(dataset) if len(days) else ():
        offset = int((np.datetime64(chunk.month, "D") - days[0]).astype(int))
        low, high = max(0, -offset), min(chunk.length // DAY, len(days) - offset)
        if low >= high:
            continue
        found = days_of_month(chunk, low, high)
        readings[offset + low : offset + high] = found.readings
        if chunk.keys not in places:
            places[chunk.keys] = np.array([place[k] for k in chunk.keys], np.int64)
        some = found.first >= 0
        rows, opened, closed = places[chunk.keys][some], *(d[some].astype(np.int64) for d in (found.first, found.last))
        first[rows] = np.minimum(first[rows], offset + opened)
        last[rows] = np.maximum(last[rows], offset + closed)
    seen = np.flatnonzero(last >= 0)
    return tuple(keys[i] for i in seen.tolist()), readings, first[seen], last[seen]
