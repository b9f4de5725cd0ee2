"""What is there of each dataset, day by day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from components.market_time import Window
from components.queries.base import PeriodQuery, Result, Span, register
from components.queries.days_read import days_read
from components.queries.monthly import DAY
from components.queries.regional import named
from components.queries.units import STEP, UnitTable, unit_table
from components.schema import DATASETS
from components.store.snapshot import Snapshot

NEVER = np.datetime64("9999-01-01", "us")
_DAY = np.timedelta64(1, "D").astype("timedelta64[us]")


def expected_of(days: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Intervals of each of these consecutive days (D,) within ``(begins, ends]`` (K,): their sum over the keys."""
    out = np.zeros(len(days) + 1, np.int64)
    if not len(days):
        return out[:-1]
    midnight = days[0].astype("datetime64[us]")
    begins, ends = np.maximum(begins, midnight), np.minimum(ends, midnight + len(days) * _DAY)
    begins, ends = begins[begins < ends], ends[begins < ends]
    first, last = (begins - midnight) // _DAY, -((midnight - ends) // _DAY) - 1
    full = np.zeros(len(days) + 1, np.int64)  # days between a first and a last one
    np.add.at(full, first, 1)
    np.add.at(full, last + 1, -1)
    # The first and the last day count as far as they lie within.
    np.add.at(out, first, (np.minimum(ends, midnight + (first + 1) * _DAY) - begins) // STEP - DAY)
    more = last > first
    np.add.at(out, last[more], (ends - (midnight + last * _DAY))[more] // STEP - DAY)
    return (out + DAY * np.cumsum(full))[:-1]


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
        names, found = [], []
        for name in DATASETS:
            first = snapshot.first(name)
            if first is None or not len(days):
                continue
            keys, readings, opened, closed = days_read(snapshot, name, days)
            begin = np.datetime64(max(window.start, first - pd.Timedelta(minutes=30 if name == "rooftop" else 5)), "us")
            until = end
            if DATASETS[name].optional:  # published once a day: nothing is missing after its newest stamp
                until = min(end, np.datetime64(snapshot.last(name), "us"))
            begins, ends = np.full(len(keys), min(begin, until)), np.full(len(keys), until)
            if DATASETS[name].frame_key == "duid":
                begins, ends = _registered(
                    unit_table(snapshot), keys, days[opened], days[closed], min(begin, until), until
                )
            expected = expected_of(days, begins, ends)
            names.append(name)
            found.append((expected, np.minimum(readings, expected)))
        # Day by day, the datasets of each in their order.
        numbers = np.array(found, np.int64).reshape(len(names), 2, len(days)).transpose(1, 2, 0).reshape(2, -1)
        order = list(DATASETS)
        frame = pd.DataFrame(
            {
                "date": np.repeat(days.astype("datetime64[us]"), len(names)),
                "dataset": named(order, np.tile([order.index(name) for name in names], len(days)).astype(int)),
                "expected": numbers[0],
                "present": numbers[1],
            }
        )
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
    first: np.ndarray,
    last: np.ndarray,
    begin: np.datetime64,
    end: np.datetime64,
) -> tuple[np.ndarray, np.ndarray]:
    """From when to when each unit is expected to have readings; ``first`` and ``last`` are its days with one."""
    names, unit = table.words("duid")
    since, until = np.full(len(names), NEVER), np.full(len(names), np.datetime64("0001-01-01", "us"))
    np.minimum.at(since, unit, table.registered_from)
    np.maximum.at(until, unit, table.registered_to)
    mine = np.searchsorted(names, np.array(keys, names.dtype))
    since, until = since[mine], until[mine]
    first, last = first.astype("datetime64[us]"), last.astype("datetime64[us]") + _DAY
    # A registration that nobody knows begins with the first day that has a reading.
    unknown = since <= np.datetime64("0001-01-01", "us")
    begins = np.where(unknown, first, np.minimum(since, first))
    return np.clip(begins, begin, end), np.clip(np.maximum(until, np.minimum(last, end)), begin, end)


__all__ = ["CoverageByDay", "newest_of"]
