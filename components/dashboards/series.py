"""Answers -> arrays to draw: one complete index of steps, one array for each series, holes as NaN."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

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
    numbers = frame[value].to_numpy("float64")
    rows, names = _named_rows(frame, by)
    there = (at < len(labels)) & (np.isfinite(numbers) if add else True)
    grid = np.full((len(names), len(labels)), np.nan)
    if add:
        place = rows[there] * len(labels) + at[there]
        seen = np.bincount(place, minlength=grid.size) > 0
        grid.reshape(-1)[seen] = np.bincount(place, numbers[there], grid.size)[seen]
    else:
        grid[rows[there], at[there]] = numbers[there]
    return dict(zip(names, grid, strict=True))


def _named_rows(frame: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Number of each row's name, and the names in the order in which they first appear."""
    codes, words = np.zeros(len(frame), np.int64), [""] if len(frame) else []
    for key in by:
        own = pd.Categorical(frame[key])
        texts = [*(str(word) for word in own.categories), "nan"]  # code -1, a missing name, is the last
        codes = codes * len(texts) + own.codes.astype(np.int64) % len(texts)
        words = [f"{before}.{text}" if before else text for before in words for text in texts]
    rows, found = pd.factorize(codes)
    return rows, [words[code] for code in found]


__all__ = ["column", "steps_of"]
