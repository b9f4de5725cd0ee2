"""Answers -> arrays to draw: one complete index of steps, one array for each series, holes as NaN."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components.charts.lean import complete_index, step_edges
from components.market_time import DISPATCH as STEP
from components.market_time import bucket_label, bucket_start
from components.queries.base import Result
from components.store.snapshot import Snapshot


def steps_of(result: Result, snapshot: Snapshot, dataset: str) -> tuple[np.ndarray, np.ndarray]:
    """Labels of every step, and the steps' boundaries (one more).

    They cover the window as far as the dataset has data at all: a unit that stopped half way through the window
    leaves a visible gap, the time before the first file does not.
    """
    times = result.frame["time"].to_numpy("datetime64[us]")
    first, last = snapshot.first(dataset), snapshot.last(dataset)
    if not len(times) or first is None or last is None or result.start is None or result.end is None:
        return times[:0], times[:0]
    edges = np.array([max(result.start + STEP, first), min(result.end, last)], "datetime64[us]")
    inside = bucket_label(bucket_start(edges, result.interval), result.interval)
    labels = complete_index(np.concatenate([times[[0, -1]], inside]), result.interval)
    return labels, step_edges(labels, result.interval, result.time_label)


def column(
    result: Result, labels: np.ndarray, value: str, by: Sequence[str] = (), add: bool = False
) -> dict[str, np.ndarray]:
    """``value`` for each name of ``by`` (joined with a dot), on ``labels``.

    ``add`` sums rows that fall on the same name and step (regions put together); what is missing counts as nothing
    there, and is missing only where all of it is.
    """
    frame = result.frame
    at = np.searchsorted(labels, frame["time"].to_numpy("datetime64[us]"))
    fits = at < len(labels)
    numbers = frame[value].to_numpy("float64")
    names = frame[list(by)].astype(str).agg(".".join, axis=1).to_numpy() if len(by) > 1 else (
        frame[by[0]].astype(str).to_numpy() if by else np.full(len(frame), "")
    )  # fmt: skip
    out: dict[str, np.ndarray] = {}
    for name in dict.fromkeys(names.tolist()):
        rows = fits & (names == name)
        line = np.full(len(labels), np.nan)
        if add:
            there = rows & np.isfinite(numbers)
            total = np.bincount(at[there], weights=numbers[there], minlength=len(labels))
            seen = np.bincount(at[there], minlength=len(labels)) > 0
            line[seen] = total[seen]
        else:
            line[at[rows]] = numbers[rows]
        out[str(name)] = line
    return out


__all__ = ["column", "steps_of"]
