"""Which stamps a run covers and which of those it should have covered are missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.ingest.discover import Wanted
from components.ingest.read import Outcome
from components.market_time import DISPATCH_MINUTES, TIME_DTYPE
from components.store.lake import Lake
from components.store.snapshot import month_length

_STEP = np.timedelta64(DISPATCH_MINUTES, "m").astype("timedelta64[us]")
_NEAR = pd.Timedelta(days=1)
Span = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Gaps:
    """What is missing of one dataset within the spans that were read.

    Attributes
    ----------
    expected, missing : counts of 5-minute intervals (a 30-minute reading fills six).
    spans : the missing ones as windows ``(start, end]``, oldest first.
    """

    expected: int
    missing: int
    spans: tuple[Span, ...]


class Due:
    """Collects, file by file, the spans that the files should fill."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._spans: dict[str, list[Span]] = defaultdict(list)

    def add(self, outcome: Outcome) -> None:
        """A month's file should fill its month; single intervals and days what lies between them."""
        month = outcome.file.name.month
        for dataset, frames in outcome.rows.items():
            if month is not None:
                self._spans[dataset].append((month, month + pd.DateOffset(months=1)))
                continue
            for frame in frames:
                if len(frame):
                    length = pd.Timedelta(minutes=int(frame["minutes"].iloc[0]))
                    self._spans[dataset].append((frame["time"].min() - length, frame["time"].max()))

    def spans(self) -> dict[str, list[Span]]:
        """The spans by dataset, merged where they touch (or lie less than a day apart) and cut to the window."""
        out = {}
        for dataset, found in sorted(self._spans.items()):
            merged: list[Span] = []
            for start, end in sorted(found):
                if merged and start <= merged[-1][1] + _NEAR:
                    merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
                else:
                    merged.append((start, end))
            low, high = self._wanted.start, self._wanted.end
            cut = [(max(s, low) if low is not None else s, min(e, high) if high is not None else e) for s, e in merged]
            out[dataset] = [(s, e) for s, e in cut if s < e]
        return out


def find_gaps(lake: Lake, spans: dict[str, list[Span]]) -> dict[str, Gaps]:
    """What the lake misses within ``spans``: stamps at which a dataset has no reading of anything."""
    return {dataset: _gaps_of(lake, dataset, due) for dataset, due in spans.items() if due}


def _gaps_of(lake: Lake, dataset: str, due: list[Span]) -> Gaps:
    missing: list[Span] = []
    expected = total = 0
    manifest = lake.manifest()
    stored = manifest.datasets.get(dataset) if manifest is not None else None
    have = stored.months if stored is not None else {}
    for start, end in due:
        open_since: pd.Timestamp | None = None
        for month in pd.period_range(start, end - pd.Timedelta(minutes=1), freq="M"):
            origin = np.datetime64(str(month), "us")
            present = (
                _present(lake, dataset, str(month)) if str(month) in have else np.zeros(month_length(str(month)), bool)
            )
            first = max(0, int((np.datetime64(start, "us") - origin) // _STEP))
            last = min(len(present), int((np.datetime64(end, "us") - origin) // _STEP))
            hole = ~present[first:last]
            expected += last - first
            total += int(hole.sum())
            edges = np.flatnonzero(np.diff(hole.astype("int8"), prepend=0, append=0))
            for left, right in edges.reshape(-1, 2):
                begin, finish = (pd.Timestamp(origin + (first + int(i)) * _STEP) for i in (left, right))
                if missing and missing[-1][1] == begin and open_since is not None:
                    missing[-1] = (missing[-1][0], finish)  # the hole runs across the turn of the month
                else:
                    missing.append((begin, finish))
                open_since = begin
    return Gaps(expected, total, tuple(missing))


def _present(lake: Lake, dataset: str, month: str) -> np.ndarray:
    """For each 5-minute interval of the month: is there a reading?"""
    stamps, minutes = lake.read_stamps(dataset, month)
    present = np.zeros(month_length(month) + 1, bool)  # stamp 1 = the month's first interval
    present[stamps] = True
    half_hours = np.unique(stamps[minutes == 30]).astype("int64")
    for back in range(6):
        at = half_hours - back
        present[at[at > 0]] = True
    return present[1:]


def stamps_of(frame: pd.DataFrame) -> Span:
    """First and last stamp of a frame."""
    times = frame["time"].to_numpy(TIME_DTYPE)
    return pd.Timestamp(times.min()), pd.Timestamp(times.max())
