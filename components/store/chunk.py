"""One dataset's month as arrays over the complete grid of its 5-minute stamps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

import numpy as np
import pandas as pd

from components.market_time import TIME_DTYPE
from components.schema import Dataset
from components.vocabulary import ROOFTOP_SUBREGIONS

STEP = np.timedelta64(5, "m").astype("timedelta64[us]")


@dataclass(frozen=True, eq=False)
class Chunk:
    """One dataset's month.

    ``values`` is ``(len(fields), len(keys), length)``; ``minutes`` is 5 or 30 where the whole month has
    one native length, else a uint8 array ``(len(keys), length)`` with 0 where there is no reading.
    ``first``/``last`` are the outermost stamps with a reading.
    ``identity`` is the same for chunks with the same content only, whatever version they are opened for.
    """

    dataset: str
    month: str
    fields: tuple[str, ...]
    keys: tuple[str, ...]
    length: int
    first: np.datetime64
    last: np.datetime64
    rows: int
    sources: tuple[str, ...]
    load_values: Callable[[], np.ndarray] = field(repr=False)
    load_minutes: Callable[[], int | np.ndarray] = field(repr=False)
    identity: Hashable = field(default_factory=count().__next__, repr=False)

    @cached_property
    def origin(self) -> np.datetime64:
        """The stamp before the grid's first: 00:00 of the month's first day."""
        return np.datetime64(self.month, "us")

    @cached_property
    def values(self) -> np.ndarray:
        """The numbers, read-only; opened at first use."""
        return self.load_values()

    @cached_property
    def minutes(self) -> int | np.ndarray:
        """Native length of the readings."""
        return self.load_minutes()

    @cached_property
    def position(self) -> dict[str, int]:
        """Key -> row of ``values[field]``."""
        return {k: i for i, k in enumerate(self.keys)}


def month_length(month: str) -> int:
    """Number of 5-minute stamps in a month."""
    return pd.Period(month, "M").days_in_month * 288


def build_chunk(dataset: Dataset, month: str, tidy: pd.DataFrame) -> tuple[Chunk, np.ndarray, int | np.ndarray]:
    """Turn a month of tidy rows into a chunk, its values and its native minutes.

    Rows off the 5-minute grid are not expected here (the lake refuses them). Rooftop rows are reduced
    to one per region and stamp: best quality first, then the latest change; sub-regions are left out.
    """
    rows = tidy
    if dataset.name == "rooftop":
        rows = rows[~rows["region"].isin(ROOFTOP_SUBREGIONS)]
        rows = rows.sort_values(["time", "region", "quality", "changed", "type"], na_position="first", kind="stable")
        rows = rows.drop_duplicates(["time", "region"], keep="last")
    codes, keys = _sorted_codes(rows[dataset.frame_key])
    stamps = rows["time"].to_numpy(TIME_DTYPE)
    return fill_chunk(
        dataset, month, codes, keys, (stamps - np.datetime64(month, "us")) // STEP,
        [rows[f].to_numpy("float64") for f in dataset.fields], rows["minutes"].to_numpy("uint8"), stamps,
        len(tidy), tuple(sorted(tidy["source"].unique())),
    )  # fmt: skip


def fill_chunk(
    dataset: Dataset, month: str, codes: np.ndarray, keys: tuple[str, ...], stamp: np.ndarray,
    numbers: Sequence[np.ndarray], native: np.ndarray, stamps: np.ndarray, rows: int, sources: tuple[str, ...],
) -> tuple[Chunk, np.ndarray, int | np.ndarray]:  # fmt: skip
    """A chunk, its values and its native minutes from columns with one row per stamp and key.

    Parameters
    ----------
    codes : positions of the rows' keys in ``keys``, which are sorted and all there.
    stamp : positions on the month's grid; 1 = 00:05 of the first day.
    numbers : the dataset's fields.
    native : length of what each row covers [min].
    stamps : interval-ending stamps, in any order.
    rows, sources : what the chunk is said to come from.
    """
    length = month_length(month)
    at = codes.astype("int64")
    at *= length
    at += stamp
    at -= 1
    values = np.full((len(numbers), len(keys), length), np.nan, dataset.frame_dtype)
    blank = np.ones(len(at), bool)
    for column in numbers:
        blank &= np.isnan(column)
        if not blank.any():
            break
    if blank.any():  # a row without a number is no reading: it must not take the place of one
        there = ~blank
        at, native, numbers = at[there], native[there], [column[there] for column in numbers]
    long = native == 30
    any_long, any_short = bool(long.any()), not long.all()
    native_grid = np.zeros((len(keys), length), "uint8") if any_long and any_short else None
    halves, fives = (at[long], at[~long]) if native_grid is not None else (at, at)
    for values_of, column in zip(values, numbers, strict=True):
        flat = values_of.reshape(-1)
        if any_long:
            half_hours = column[long] if native_grid is not None else column
            for back in range(6):
                flat[halves - back] = half_hours
        if any_short:
            flat[fives] = column[~long] if native_grid is not None else column
    if native_grid is not None:
        for back in range(6):
            native_grid.reshape(-1)[halves - back] = 30
        native_grid.reshape(-1)[fives] = 5
    minutes: int | np.ndarray = native_grid if native_grid is not None else (30 if any_long else 5)
    for array in (values, native_grid):
        if array is not None:
            array.flags.writeable = False
    chunk = Chunk(
        dataset.name, month, dataset.fields, keys, length,
        stamps.min() if len(stamps) else np.datetime64("NaT", "us"),
        stamps.max() if len(stamps) else np.datetime64("NaT", "us"),
        rows, sources, lambda: values, lambda: minutes,
    )  # fmt: skip
    return chunk, values, minutes


def _sorted_codes(names: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """Positions of each row's name in the sorted list of the names that occur, and that list."""
    if isinstance(names.dtype, pd.CategoricalDtype):
        codes, found = names.cat.codes.to_numpy(), list(names.cat.categories)
    else:
        codes, uniques = pd.factorize(names)
        found = list(uniques)
    used = np.bincount(codes, minlength=len(found)) > 0
    order = sorted(np.flatnonzero(used).tolist(), key=lambda i: str(found[i]))
    place = np.zeros(len(found), "int32")
    place[order] = np.arange(len(order), dtype="int32")
    return place[codes], tuple(str(found[i]) for i in order)
