"""Rows from outside: checked against what a lake can hold, and cut into months."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from components.errors import StoreError
from components.market_time import TIME_DTYPE
from components.schema import SOURCE_RANK, Dataset
from components.store.chunk import STEP
from components.store.rows import Rows, sorted_names

_STEP_US = int(STEP.astype("int64"))
_EARLIEST, _LATEST = np.datetime64("1990-01-01", "us"), np.datetime64("2101-01-01", "us")


def rows_by_month(dataset: Dataset, given: pd.DataFrame | pa.Table) -> Iterator[Rows]:
    """Checked rows of a tidy frame, month by month.

    Raises
    ------
    StoreError
        Naming dataset and row: a column is absent, a time is missing or off the 5-minute grid, a half-hour
        does not end on one, a key is empty, a length is neither 5 nor 30, a source is unknown.
    """
    frame = given.to_pandas() if isinstance(given, pa.Table) else given
    absent = [c for c in ("time", *dataset.key, "source") if c not in frame]
    if absent:
        raise StoreError(f"{dataset.name} rows lack the column {absent[0]!r}; they have {', '.join(map(str, frame))}")
    if not len(frame):
        return
    times = _times(dataset, frame, "time")
    minutes = _minutes(dataset, frame)
    pairs = [_words(dataset, frame, column) for column in dataset.key]
    position, sources = _words(dataset, frame, "source")
    unknown = [s for s in sources if s not in SOURCE_RANK]
    if unknown:
        raise StoreError(
            f"{dataset.name} rows have the source {unknown[0]!r}; it must be one of {', '.join(SOURCE_RANK)}"
        )
    rank = np.array([SOURCE_RANK[s] for s in sources], "int8")[position]
    micros = times.view("int64")
    stamp = micros // _STEP_US
    wrong = stamp * _STEP_US != micros  # a remainder is ten times as slow
    half_hours = minutes == 30
    if half_hours.any():
        wrong |= half_hours & (stamp % 6 != 0)
    _refuse(dataset, frame, wrong, "lies off the 5-minute grid (a half-hour ends at :00 or :30)")
    if times.min() <= _EARLIEST or times.max() > _LATEST:
        _refuse(dataset, frame, (times <= _EARLIEST) | (times > _LATEST), "lies outside 1990-2100")
    numbers = tuple(_numbers(dataset, frame, f) for f in dataset.fields)
    changed = _times(dataset, frame, "changed") if "changed" in frame else np.full(len(frame), "NaT", TIME_DTYPE)

    moment = np.timedelta64(1, "us")
    low, high = ((t - moment).astype("datetime64[M]") for t in (times.min(), times.max()))
    month_number = None if low == high else (times - moment).astype("datetime64[M]")
    for month in [low] if month_number is None else np.unique(month_number):
        at = slice(None) if month_number is None else np.flatnonzero(month_number == month)
        origin = month.astype(TIME_DTYPE).astype("int64") // _STEP_US
        yield Rows(
            dataset, str(month), (stamp[at] - origin).astype("uint16"),
            tuple(p[0][at] for p in pairs), tuple(p[1] for p in pairs), tuple(n[at] for n in numbers),
            minutes[at], rank[at], changed[at],
        ).compact()  # fmt: skip


def _refuse(dataset: Dataset, frame: pd.DataFrame, wrong: np.ndarray, why: str) -> None:
    """Raise for the first row that is wrong, naming it."""
    if wrong.any():
        at = int(np.argmax(wrong))
        row = frame.iloc[at]
        named = ", ".join(f"{c} {row[c]}" for c in ("time", *dataset.key))
        raise StoreError(f"{dataset.name}: row {at} ({named}) {why}; {int(wrong.sum())} of {len(frame)} rows are wrong")


def _times(dataset: Dataset, frame: pd.DataFrame, column: str) -> np.ndarray:
    if not pd.api.types.is_datetime64_dtype(frame[column].dtype):
        if column == "changed" and frame[column].isna().all():
            return np.full(len(frame), "NaT", TIME_DTYPE)
        raise StoreError(f"{dataset.name}: {column} is {frame[column].dtype}; naive NEM times (datetime64) are needed")
    times = frame[column].to_numpy(TIME_DTYPE)
    if column == "time":
        _refuse(dataset, frame, np.isnat(times), "has no time")
    return times


def _minutes(dataset: Dataset, frame: pd.DataFrame) -> np.ndarray:
    if "minutes" not in frame:
        return np.full(len(frame), 5, "int8")
    minutes = frame["minutes"].to_numpy()
    _refuse(dataset, frame, (minutes != 5) & (minutes != 30), "covers neither 5 nor 30 minutes")
    return minutes.astype("int8")


def _words(dataset: Dataset, frame: pd.DataFrame, column: str) -> tuple[np.ndarray, tuple[str, ...]]:
    series = frame[column]
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes, uniques = series.cat.codes.to_numpy(), list(series.cat.categories)
    else:
        codes, found = pd.factorize(series)
        uniques = list(found)
    _refuse(dataset, frame, codes < 0, f"has no {column}")
    strange = [i for i, name in enumerate(uniques) if not isinstance(name, str) or not name]
    if strange:
        _refuse(dataset, frame, np.isin(codes, strange), f"has a {column} that is no name")
        # Only categories that no row uses are strange: give them a name that compacting drops again.
        uniques = [f"\0{i}" if i in strange else name for i, name in enumerate(uniques)]
    return sorted_names(codes, [str(name) for name in uniques])


def _numbers(dataset: Dataset, frame: pd.DataFrame, field: str) -> np.ndarray:
    if field not in frame:
        return np.full(len(frame), np.nan)
    try:
        # Adding zero makes a copy that the caller cannot change, and 0.0 of -0.0, so that equal rows are the same.
        return frame[field].to_numpy("float64", na_value=np.nan) + 0.0
    except (TypeError, ValueError) as wrong:
        raise StoreError(f"{dataset.name}: the column {field!r} holds something that is no number ({wrong})") from None
