"""What is there of each dataset, day by day."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock

import numpy as np
import pandas as pd

from components.market_time import Window
from components.queries.base import PeriodQuery, Result, Span, register
from components.queries.regional import named
from components.queries.units import STEP, UnitTable, unit_table
from components.schema import DATASETS
from components.store.snapshot import Chunk, Snapshot

DAY = 288
NEVER = np.datetime64("9999-01-01", "us")
_FIELD = {"price": "rrp", "region": "demand", "flow": "mw", "scada": "mw", "rooftop": "mw", "semi_scheduled": "uigf"}
"""The column whose readings are counted."""
_kept: dict[tuple[str, str], tuple[Hashable, np.ndarray]] = {}
_lock = Lock()


def day_counts(chunk: Chunk) -> np.ndarray:
    """Readings of each key on each day of a month (keys, days); remembered while the month is the same."""
    place = chunk.dataset, chunk.month
    with _lock:
        kept = _kept.get(place)
    if kept is not None and kept[0] == chunk.identity:
        return kept[1]
    values = chunk.values[chunk.fields.index(_FIELD[chunk.dataset])]
    counts = (~np.isnan(values)).reshape(len(chunk.keys), -1, DAY).sum(axis=2, dtype=np.int16)
    with _lock:
        _kept[place] = chunk.identity, counts
    return counts


def gathered(snapshot: Snapshot, dataset: str, days: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Keys with a reading on one of these consecutive days, and their readings (keys, days)."""
    keys = snapshot.keys(dataset)
    place = {k: i for i, k in enumerate(keys)}
    counts = np.zeros((len(keys), len(days)), np.int64)
    for chunk in snapshot.chunks(dataset):
        first = np.datetime64(chunk.month, "D")
        offset = int((first - days[0]).astype(int)) if len(days) else 0
        length = chunk.length // DAY
        low, high = max(0, offset), min(len(days), offset + length)
        if low < high:
            rows = [place[k] for k in chunk.keys]
            counts[rows, low:high] = day_counts(chunk)[:, low - offset : high - offset]
    seen = (counts > 0).any(axis=1)
    return tuple(keys[i] for i in np.flatnonzero(seen)), counts[seen]


def expected_of(days: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Intervals of each day (D,) within ``(begins, ends]`` (K,): their sum over the keys."""
    starts = days.astype("datetime64[us]")
    low = np.maximum(starts, begins[:, None])
    high = np.minimum(starts + DAY * STEP, ends[:, None])
    return np.asarray((np.maximum(high - low, np.timedelta64(0, "us")) // STEP).sum(axis=0), np.int64)


@register
class CoverageByDay(PeriodQuery):
    """Readings present and expected by dataset and day."""

    route = "status/coverage"
    page = "status"
    title = "Coverage by day"
    description = (
        "5-minute readings that are stored and that should be, for each dataset and day; half-hourly readings count as six. "
        "Regions and interconnectors with a reading in the window are expected from the dataset's first stamp to the newest "
        "stamp of any dataset; units from their registration, or first reading where that is earlier or unknown, to its end. "
        "Forecasts of farms are published once a day: they are expected up to their own newest stamp."
    )
    row_columns = {
        "date": ("", "Day, NEM time"),
        "dataset": ("", "Dataset: " + ", ".join(DATASETS)),
        "expected": ("readings", "Readings that should be there"),
        "present": ("readings", "Readings that are"),
    }
    examples = ("last=30d", "start=2024-07-01&end=2024-08-01")

    last = Span(default="90d", doc="Length up to the newest stamp, in whole days, where start and end are not given.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(self._days(snapshot)) * len(DATASETS)

    def _days(self, snapshot: Snapshot) -> np.ndarray:
        """The days of the window that have an interval up to the newest stamp."""
        window = self.window(snapshot)
        low, high = edges(snapshot, window)
        if low is None or high is None or low >= high:
            return np.empty(0, "datetime64[D]")
        last = np.datetime64(high - pd.Timedelta(microseconds=1), "D")
        return np.arange(np.datetime64(low, "D"), last + 1)

    def window(self, snapshot: Snapshot) -> Window:
        """Whole days up to the newest stamp of any dataset, unless start or end are given."""
        found = super().window(snapshot)
        newest = newest_of(snapshot)
        if self.start is not None or self.end is not None or newest is None:
            return found
        start = (newest - (found.end - found.start) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)).normalize()
        return Window(
            min(start, found.start.normalize()) if self.last == "all" else start, newest, found.interval, found.calendar
        )

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        window, days = self.window(snapshot), self._days(snapshot)
        end = np.datetime64(min(window.end, newest_of(snapshot) or window.end), "us")
        frames = []
        for name in DATASETS:
            first = snapshot.first(name)
            if first is None or not len(days):
                continue
            keys, counts = gathered(snapshot, name, days)
            begin = np.datetime64(max(window.start, first - pd.Timedelta(minutes=30 if name == "rooftop" else 5)), "us")
            until = end
            if DATASETS[name].optional:  # published once a day: nothing is missing after its newest stamp
                until = min(end, np.datetime64(snapshot.last(name), "us"))
            begins, ends = np.full(len(keys), min(begin, until)), np.full(len(keys), until)
            if DATASETS[name].frame_key == "duid":
                begins, ends = _registered(unit_table(snapshot), keys, counts, days, min(begin, until), until)
            expected = expected_of(days, begins, ends)
            present = np.minimum(counts.sum(axis=0), expected) if len(keys) else expected
            frames.append(
                pd.DataFrame(
                    {"date": days.astype("datetime64[us]"), "dataset": name, "expected": expected, "present": present}
                )
            )
        frame = pd.concat(frames) if frames else pd.DataFrame(columns=list(self.row_columns))
        frame = frame.astype({"date": "datetime64[us]", "expected": "int64", "present": "int64"})
        order = list(DATASETS)
        frame["dataset"] = named(order, np.array([order.index(d) for d in frame["dataset"]], int))
        frame = frame.sort_values(["date", "dataset"], kind="stable", ignore_index=True)[list(self.row_columns)]
        return Result(
            frame, {"expected": "readings", "present": "readings"}, window.start, window.end, ("dataset",), "", "",
            int(frame["expected"].sum()), int(frame["present"].sum()), snapshot.version, snapshot.sources,
        )  # fmt: skip


def newest_of(snapshot: Snapshot) -> pd.Timestamp | None:
    """The newest stamp of any dataset."""
    return max((t for n in DATASETS if (t := snapshot.last(n)) is not None), default=None)


def edges(snapshot: Snapshot, window: Window) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """The window, as far as there is data of any dataset."""
    firsts = [t for n in DATASETS if (t := snapshot.first(n)) is not None]
    newest = newest_of(snapshot)
    if not firsts or newest is None:
        return None, None
    return max(window.start, min(firsts) - pd.Timedelta(minutes=5)), min(window.end, newest)


def _registered(
    table: UnitTable,
    keys: tuple[str, ...],
    counts: np.ndarray,
    days: np.ndarray,
    begin: np.datetime64,
    end: np.datetime64,
) -> tuple[np.ndarray, np.ndarray]:
    """From when to when each unit is expected to have readings."""
    span: dict[str, tuple[np.datetime64, np.datetime64]] = {}
    for duid, since, until in zip(table.duid.tolist(), table.registered_from, table.registered_to, strict=True):
        known = span.get(duid, (NEVER, np.datetime64("0001-01-01", "us")))
        span[duid] = min(known[0], since), max(known[1], until)
    starts = days.astype("datetime64[us]")
    first = starts[(counts > 0).argmax(axis=1)]
    last = starts[counts.shape[1] - 1 - (counts[:, ::-1] > 0).argmax(axis=1)] + DAY * STEP
    since = np.array([span[k][0] for k in keys], "datetime64[us]")
    until = np.array([span[k][1] for k in keys], "datetime64[us]")
    # A registration that nobody knows begins with the first day that has a reading.
    unknown = since <= np.datetime64("0001-01-01", "us")
    begins = np.where(unknown, first, np.minimum(since, first))
    return np.clip(begins, begin, end), np.clip(np.maximum(until, np.minimum(last, end)), begin, end)


__all__ = ["CoverageByDay", "newest_of"]
