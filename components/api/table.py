"""An answer as a table of plain columns: rounded once, so that every format holds the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from components.market_time import TIME_DTYPE, UTC_OFFSET
from components.queries.base import Result

Kind = Literal["time", "text", "number", "integer", "flag"]

DIGITS = 7
"""Significant digits that are always kept: more than 1e-6 relative, less than float32 noise."""
FEWEST_DECIMALS = {"MW": 3}
USUAL_DECIMALS = 5
MOST_DECIMALS = 12
MOST_DIGITS_BEFORE = 10
"""Numbers of ten digits and more have no five decimals in a float64: they stay as they are."""


def rounded(values: np.ndarray, unit: str = "") -> np.ndarray:
    """Numbers as they leave the program: 7 significant digits, and never fewer than 5 decimals (3 for MW).

    Power comes from float32 readings, whose digits after the seventh are noise (40.46754 is stored as
    40.46754074); prices, money and energy keep their five decimals whatever their size. Infinite = missing.

    >>> rounded(np.array([40.46754074, 12345678.123456]), "MWh").tolist()
    [40.46754, 12345678.12346]
    """
    numbers = np.asarray(values, dtype="float64")
    real = np.isfinite(numbers)
    sizes = np.zeros(numbers.shape)
    np.log10(np.abs(numbers), out=sizes, where=real & (numbers != 0))
    fewest = FEWEST_DECIMALS.get(unit, USUAL_DECIMALS)
    decimals = np.clip(DIGITS - 1 - np.floor(sizes), fewest, MOST_DECIMALS).astype(np.intp)
    # What np.round does, with decimals of its own for each number.
    power = _POWERS.take(decimals)
    plain = real & (sizes < MOST_DIGITS_BEFORE)
    out = np.rint(np.where(plain, numbers, 0.0) * power) / power
    if not plain.all():
        out = np.where(plain, out, np.where(real, numbers, np.nan))
    return out + 0.0  # -0.0 becomes 0.0


_POWERS = 10.0 ** np.arange(MOST_DECIMALS + 1)
FEW_VALUES = 20_000
"""Cells of a table whose columns are rounded together."""


@dataclass(frozen=True)
class Column:
    """One column. ``values``: datetime64 for time, object (str or None) for text, float64 for numbers (NaN =
    missing), int64 for integers, bool for flags."""

    name: str
    kind: Kind
    values: np.ndarray
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Columns of equal length, in the order of the contract."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values) if self.columns else 0

    @property
    def values(self) -> int:
        """Number of cells."""
        return self.rows * len(self.columns)

    @property
    def units(self) -> dict[str, str]:
        """Unit of each column that has one."""
        return {c.name: c.unit for c in self.columns if c.unit}

    def cut(self, offset: int, limit: int | None) -> Table:
        """Rows from ``offset`` on, at most ``limit``."""
        stop = None if limit is None else offset + limit
        return Table(tuple(replace(c, values=c.values[offset:stop]) for c in self.columns))

    def pieces(self, size: int) -> Iterator[Table]:
        """All rows in order, so many at a time; the last piece has what is left."""
        return (self.cut(offset, size) for offset in range(0, self.rows, size))


@dataclass(frozen=True)
class Rows:
    """A frame that becomes a table piece by piece: for answers that are too large to be held twice.

    Attributes
    ----------
    kinds : kind of each column, the same for every piece.
    """

    frame: pd.DataFrame
    frame_units: Mapping[str, str]
    kinds: tuple[Kind, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.frame)

    @property
    def values(self) -> int:
        """Number of cells."""
        return self.frame.size

    @property
    def units(self) -> dict[str, str]:
        """Unit of each column that has one."""
        names = (str(name) for name in self.frame.columns)
        return {name: self.frame_units[name] for name in names if self.frame_units.get(name)}

    def cut(self, offset: int, limit: int | None) -> Table:
        """Rows from ``offset`` on, at most ``limit``, as a table."""
        stop = None if limit is None else offset + limit
        piece = self.frame if not offset and stop is None else self.frame.iloc[offset:stop]
        names = [str(name) for name in piece.columns.tolist()]
        units = [self.frame_units.get(name, "") for name in names]
        if piece.size > FEW_VALUES:
            columns = zip(names, piece.columns, units, self.kinds, strict=True)
            return Table(tuple(_column(name, piece[n], unit, kind) for name, n, unit, kind in columns))
        # Of a few rows the rounding of each column would take as long as that of all together.
        every = [_raw(series, kind) for (_, series), kind in zip(piece.items(), self.kinds, strict=True)]
        by_unit: dict[str, list[int]] = {}
        for i, kind in enumerate(self.kinds):
            if kind == "number":
                by_unit.setdefault(units[i], []).append(i)
        for unit, places in by_unit.items():
            for i, values in zip(places, rounded(np.stack([every[i] for i in places]), unit), strict=True):
                every[i] = values
        return Table(tuple(map(Column, names, self.kinds, every, units)))

    def pieces(self, size: int) -> Iterator[Table]:
        """All rows in order, so many at a time; the last piece has what is left."""
        return (self.cut(offset, size) for offset in range(0, self.rows, size))


def rows(frame: pd.DataFrame, units: Mapping[str, str]) -> Rows:
    """A frame whose pieces are made when they are asked for."""
    plain = (_PLAIN.get(dtype.kind) if isinstance(dtype, np.dtype) else None for dtype in frame.dtypes)
    kinds = (kind or _kind(str(name), frame[name]) for name, kind in zip(frame.columns, plain, strict=True))
    return Rows(frame, units, tuple(kinds))


def table(frame: pd.DataFrame, units: Mapping[str, str]) -> Table:
    """A frame as a table, its numbers rounded by their units."""
    return rows(frame, units).cut(0, None)


_PLAIN: dict[str, Kind] = {"M": "time", "b": "flag", "i": "integer", "u": "integer", "f": "number"}
"""What numpy's own columns are by the kind of their numbers; of these none but numbers can lack any."""


def _kind(name: str, series: pd.Series) -> Kind:
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        raise TypeError(f"{name}: times inside the program are naive NEM time")
    if pd.api.types.is_datetime64_dtype(series.dtype):
        return "time"
    if pd.api.types.is_bool_dtype(series.dtype) and not series.hasnans:
        return "flag"
    if pd.api.types.is_integer_dtype(series.dtype) and not series.hasnans:
        return "integer"
    return "number" if pd.api.types.is_numeric_dtype(series.dtype) else "text"


def _column(name: str, series: pd.Series, unit: str, kind: Kind) -> Column:
    values = _raw(series, kind)
    return Column(name, kind, rounded(values, unit) if kind == "number" else values, unit)


def _raw(series: pd.Series, kind: Kind) -> np.ndarray:
    """A column's values as :class:`Column` holds them, numbers not yet rounded."""
    if kind == "time":
        return series.to_numpy(TIME_DTYPE)
    if kind == "flag":
        return series.to_numpy(bool)
    if kind == "integer":
        return series.to_numpy("int64")
    if kind == "number":
        plain = isinstance(series.dtype, np.dtype) and series.dtype.kind == "f"
        return series.to_numpy("float64") if plain else series.to_numpy("float64", na_value=np.nan)
    held = series.array
    codes, words = (held.codes, held.categories) if isinstance(held, pd.Categorical) else pd.factorize(series)
    return np.array([*(str(w) for w in words), None], dtype=object)[codes]  # missing has code -1: the None


def wide_table(result: Result) -> Table:
    """One row per ``time`` and one column per series, named by its keys that vary (``NSW1.coal``).

    Where rows have several numbers, the number's name comes last (``V-SA.mw_target``). A single series is named
    by its last key (``NSW1``); one without keys by its number.
    """
    frame = result.frame
    keys = [c for c in result.series if c in frame.columns]
    varying = [c for c in keys if frame[c].nunique() > 1] or keys[-1:]
    numbers = [
        c for c in frame.columns if c != "time" and c not in keys and pd.api.types.is_numeric_dtype(frame[c].dtype)
    ]
    stamps, at = np.unique(frame["time"].to_numpy(TIME_DTYPE), return_inverse=True)
    if varying:
        codes, names = _series_names(frame, varying)
    else:
        codes, names = np.zeros(len(frame), "int64"), [""]
    columns = [Column("time", "time", stamps)]
    grids: dict[str, np.ndarray] = {}
    for number in numbers:
        grids[number] = np.full((len(names), len(stamps)), np.nan)
        grids[number][codes, at] = rounded(frame[number].to_numpy("float64"), result.units.get(number, ""))
    for row, name in enumerate(names):
        for number in numbers:
            parts = [p for p in (name, number if len(numbers) > 1 or not name else "") if p]
            columns.append(Column(".".join(parts), "number", grids[number][row], result.units.get(number, "")))
    return Table(tuple(columns))


def _series_names(frame: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, list[str]]:
    """Code of each row's series and the series' names, in the order in which they first appear."""
    codes = np.zeros(len(frame), "int64")
    columns: list[tuple[np.ndarray, list[str | None]]] = []
    for key in keys:
        code, words = pd.factorize(frame[key], use_na_sentinel=False)
        codes = codes * max(1, len(words)) + code
        columns.append((code, [None if pd.isna(w) else str(w) for w in words]))
    series, uniques = pd.factorize(codes)
    firsts = np.full(len(uniques), len(codes))
    np.minimum.at(firsts, series, np.arange(len(codes)))
    named = [[words[code[i]] for code, words in columns] for i in firsts]
    return series, [".".join(w for w in parts if w is not None) for parts in named]


def iso_times(values: np.ndarray) -> np.ndarray:
    """Naive NEM times as ISO 8601 with their offset; None for NaT.

    >>> iso_times(np.array(["2024-07-01T00:05"], "datetime64[us]")).tolist()
    ['2024-07-01T00:05:00+10:00']
    """
    codes, stamps = pd.factorize(np.asarray(values, TIME_DTYPE))
    fraction = (stamps.astype("int64") % 1_000_000 != 0).any() if len(stamps) else False
    texts = np.datetime_as_string(stamps, unit="us" if fraction else "s") if len(stamps) else np.empty(0, str)
    words = np.array([*(t + UTC_OFFSET for t in texts.tolist()), None], dtype=object)
    return words[codes]  # NaT's code is -1: the None at the end
