"""Tidy rows of one dataset's month in narrow arrays, and the way between them, frames and Arrow tables.

A month of every unit's readings is five million rows. As positions on the month's 5-minute grid, codes into
sorted lists of names and ranks of sources they take 24 bytes each and sort quickly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from components.market_time import TIME_DTYPE
from components.schema import SOURCE_RANK, Dataset, tidy_columns
from components.store.chunk import STEP, Chunk, build_chunk, fill_chunk

SOURCE_OF_RANK = {rank: name for name, rank in SOURCE_RANK.items()}


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one dataset and one month.

    Attributes
    ----------
    stamp : uint16 (n,), position on the month's grid; 1 = 00:05 of the first day.
    codes : per key column an int32 array (n,) of positions in ``names`` (sorted, without repeats).
    numbers : per field of the dataset a float64 array (n,), NaN = missing, never -0.0.
    minutes : int8 (n,), 5 or 30.
    rank : int8 (n,), :data:`components.schema.SOURCE_RANK` of the row's source.
    changed : datetime64[us] (n,), NaT = unknown.
    """

    dataset: Dataset
    month: str
    stamp: np.ndarray
    codes: tuple[np.ndarray, ...]
    names: tuple[tuple[str, ...], ...]
    numbers: tuple[np.ndarray, ...]
    minutes: np.ndarray
    rank: np.ndarray
    changed: np.ndarray

    def __len__(self) -> int:
        return len(self.stamp)

    @property
    def nbytes(self) -> int:
        """Memory the arrays take [bytes]."""
        return sum(a.nbytes for a in (self.stamp, *self.codes, *self.numbers, self.minutes, self.rank, self.changed))

    @property
    def times(self) -> np.ndarray:
        """Interval-ending stamps, datetime64[us]."""
        return np.datetime64(self.month, "us") + self.stamp * STEP

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources the rows come from, best first."""
        return tuple(SOURCE_OF_RANK[r] for r in np.flatnonzero(np.bincount(self.rank, minlength=1)).tolist())

    @cached_property
    def order_key(self) -> np.ndarray:
        """One integer per row that sorts like (time, key columns) and is equal exactly where these are."""
        span = int(np.prod([len(n) for n in self.names], dtype="int64"))
        dtype = "uint32" if 65536 * max(span, 1) < 2**32 else "int64"
        key = self.stamp.astype(dtype)
        for codes, names in zip(self.codes, self.names, strict=True):
            key *= key.dtype.type(len(names))
            key += codes.astype(dtype)
        return key

    def take(self, at: np.ndarray) -> Rows:
        """The rows at these positions, in this order; names that no row uses any more are dropped."""
        return Rows(
            self.dataset, self.month, self.stamp[at], tuple(c[at] for c in self.codes), self.names,
            tuple(n[at] for n in self.numbers), self.minutes[at], self.rank[at], self.changed[at],
        ).compact()  # fmt: skip

    def compact(self) -> Rows:
        """The same rows without names that none of them uses."""
        codes, names = list(self.codes), list(self.names)
        for i, (code, name) in enumerate(zip(self.codes, self.names, strict=True)):
            used = np.flatnonzero(np.bincount(code, minlength=len(name)))
            if len(used) < len(name):
                codes[i] = np.searchsorted(used, code).astype("int32")
                names[i] = tuple(name[j] for j in used)
        return Rows(
            self.dataset, self.month, self.stamp, tuple(codes), tuple(names),
            self.numbers, self.minutes, self.rank, self.changed,
        )  # fmt: skip

    def to_frame(self, *, narrow: bool = False) -> pd.DataFrame:
        """The tidy frame, columns and dtypes as :func:`components.schema.conform` gives them.

        ``narrow`` leaves texts as categoricals and shares the numbers: several times smaller, not to be written to.
        """

        def words(codes: np.ndarray, names: Sequence[str]) -> pd.Series:
            if narrow:
                return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(names))))
            return pd.Series(np.array(names, dtype=object)[codes], dtype=object)

        out: dict[str, object] = {"time": self.times}
        for column, codes, names in zip(self.dataset.key, self.codes, self.names, strict=True):
            out[column] = words(codes, names)
        out.update(zip(self.dataset.fields, self.numbers, strict=True))
        out["minutes"] = self.minutes
        out["source"] = words(self.rank - 1, [SOURCE_OF_RANK[r] for r in sorted(SOURCE_OF_RANK)])
        out["changed"] = self.changed
        return pd.DataFrame(out, columns=tidy_columns(self.dataset), copy=not narrow)

    def to_chunk(self) -> tuple[Chunk, np.ndarray, int | np.ndarray]:
        """As :func:`components.store.chunk.build_chunk` of the tidy frame; one row per stamp and key is expected."""
        if self.dataset.key != (self.dataset.frame_key,):
            return build_chunk(self.dataset, self.month, self.to_frame(narrow=True))
        rows = self.compact()
        return fill_chunk(
            self.dataset, self.month, rows.codes[0], rows.names[0], self.stamp, self.numbers, self.minutes, self.times,
            len(self), tuple(sorted(self.sources)),
        )  # fmt: skip

    def to_table(self) -> pa.Table:
        """The rows as Arrow: texts dictionary-encoded, missing numbers and times null."""
        arrays: dict[str, pa.Array] = {"time": pa.array(self.times)}
        for column, codes, names in zip(self.dataset.key, self.codes, self.names, strict=True):
            arrays[column] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))
        for field, numbers in zip(self.dataset.fields, self.numbers, strict=True):
            arrays[field] = pa.array(numbers, from_pandas=True)
        arrays["minutes"] = pa.array(self.minutes)
        ranks = [SOURCE_RANK[s] for s in self.sources]
        position = np.searchsorted(ranks, self.rank).astype("int32")
        arrays["source"] = pa.DictionaryArray.from_arrays(pa.array(position), pa.array(self.sources, pa.string()))
        arrays["changed"] = pa.array(self.changed)
        return pa.table(arrays)

    @classmethod
    def from_table(cls, dataset: Dataset, month: str, table: pa.Table) -> Rows:
        """Rows from an Arrow table that :meth:`to_table` made (no validation beyond its types)."""
        pairs = [_dictionary(table[column]) for column in dataset.key]
        position, sources = _dictionary(table["source"])
        ranks = np.array([SOURCE_RANK[s] for s in sources], dtype="int8")
        return cls(
            dataset, month, stamps_of(month, table["time"]), tuple(p[0] for p in pairs), tuple(p[1] for p in pairs),
            tuple(table[f].to_numpy() for f in dataset.fields), table["minutes"].to_numpy(), ranks[position],
            table["changed"].to_numpy().astype(TIME_DTYPE),
        )  # fmt: skip


def stamps_of(month: str, times: pa.ChunkedArray) -> np.ndarray:
    """Positions of stored stamps on the month's grid, as ``Rows.stamp``."""
    return ((times.to_numpy() - np.datetime64(month, "us")) // STEP).astype("uint16")


def _dictionary(column: pa.ChunkedArray) -> tuple[np.ndarray, tuple[str, ...]]:
    encoded = column.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # a column of no chunk at all
        return np.empty(0, "int32"), ()
    return sorted_names(encoded.indices.to_numpy(), encoded.dictionary.to_pylist())


def sorted_names(codes: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Codes into a sorted list of names; int32."""
    order = sorted(range(len(names)), key=names.__getitem__)
    if order == list(range(len(names))):
        return codes.astype("int32", copy=False), tuple(names)
    place = np.empty(len(names), "int32")
    place[order] = np.arange(len(names), dtype="int32")
    return place[codes], tuple(names[i] for i in order)


def concatenate(pieces: Sequence[Rows]) -> Rows:
    """The rows of several pieces of one dataset and month, one piece after the other."""
    if len(pieces) == 1:
        return pieces[0]
    first = pieces[0]
    codes: list[np.ndarray] = []
    names: list[tuple[str, ...]] = []
    for i in range(len(first.names)):
        union = tuple(sorted(set().union(*(p.names[i] for p in pieces))))
        place = {name: at for at, name in enumerate(union)}
        shifted = [
            p.codes[i] if p.names[i] == union else np.array([place[n] for n in p.names[i]], "int32")[p.codes[i]]
            for p in pieces
        ]
        codes.append(np.concatenate(shifted))
        names.append(union)
    return Rows(
        first.dataset, first.month, np.concatenate([p.stamp for p in pieces]), tuple(codes), tuple(names),
        tuple(np.concatenate(columns) for columns in zip(*(p.numbers for p in pieces), strict=True)),
        np.concatenate([p.minutes for p in pieces]), np.concatenate([p.rank for p in pieces]),
        np.concatenate([p.changed for p in pieces]),
    )  # fmt: skip
