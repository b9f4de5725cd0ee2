"""Columns of a C/I/D text as Arrow's CSV reader gives them -> frames with names, stamps and numbers (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from components.errors import FileRejected

Kind = Literal["text", "time", "number"]
PREFIX = ("~record", "~group", "~table", "~version")
"""What every row begins with."""
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def printable(data: bytes, length: int = 60) -> str:
    """The first characters of foreign bytes, safe to print: what is no plain character becomes ``.``.

    >>> printable(b"<html>\\x00\\x1b[31m")
    '<html>..[31m'
    """
    text = data[:length].decode("latin-1")
    return "".join(c if " " <= c <= "~" else "." for c in text)


def csv_names(columns: Sequence[str], wanted: Collection[str]) -> list[str]:
    """Names for Arrow's reader, which wants unique ones: columns nobody asked for may repeat or be empty."""
    return [*PREFIX, *(c if c in wanted else f"~{i}" for i, c in enumerate(columns))]


def csv_types(columns: Mapping[str, Kind], words: Sequence[str] = ()) -> pc.ConvertOptions:
    """How Arrow's reader takes the columns that are there; ``words`` are taken as text beside them."""
    types = {c: pa.float64() if kind == "number" else _DICTIONARY for c, kind in columns.items()}
    return pc.ConvertOptions(
        include_columns=[*words, *columns],
        column_types=dict.fromkeys(words, _DICTIONARY) | types,
        null_values=["", "NULL", "null"],
        strings_can_be_null=False,
    )


def frame_of(table: pa.Table, wanted: Mapping[str, Kind], label: str) -> pd.DataFrame:
    """What Arrow's reader gave, as :func:`read_table` promises it.

    Raises
    ------
    FileRejected
        When a time cannot be read.
    """
    out, rows = {}, table.num_rows
    for column, kind in wanted.items():
        if column not in table.column_names:
            out[column] = _missing(kind, rows)
            continue
        given = table[column]
        # A month of all units is a gigabyte: each column goes when it has been read.
        table = table.drop_columns([column])
        if kind == "number":
            values = given.to_numpy()
            finite = np.isfinite(values)
            out[column] = pd.Series(values if finite.all() else np.where(finite, values, np.nan), copy=False)
        else:
            codes, words = _words(given)
            out[column] = pd.Series(
                _times(codes, words, f"{label}, column {column}") if kind == "time" else
                pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype=object), validate=False),
                copy=False,
            )  # fmt: skip
    return pd.DataFrame(out, copy=False)


def joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Sections under each other; categories are united so that text stays categorical.

    Only where every column was asked for (as text) do sections differ in columns.
    """
    if len(frames) == 1:
        return frames[0]
    out = {}
    for column in dict.fromkeys(c for f in frames for c in f.columns):
        parts = [f[column] if column in f else _missing("text", len(f)) for f in frames]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            out[column] = pd.Series(pd.api.types.union_categoricals(parts))
        else:
            out[column] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(out)


def _words(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Positions of each row's text in the list of the different ones, and that list."""
    if column.num_chunks == 0:
        return np.zeros(0, "int32"), [""]
    united = column.unify_dictionaries()
    words = [str(w).strip() for w in united.chunk(0).dictionary.to_pylist()]
    # As narrow as pandas would make them: a month of all units has millions.
    kind = "int8" if len(words) < 128 else "int16" if len(words) < 32768 else "int32"
    codes = np.concatenate([chunk.indices.to_numpy().astype(kind) for chunk in united.chunks])
    unique = list(dict.fromkeys(words))
    if len(unique) != len(words):  # "A" and "A " are the same name
        place = {w: i for i, w in enumerate(unique)}
        codes = np.array([place[w] for w in words], kind)[codes]
    return codes, unique


def _times(codes: np.ndarray, texts: list[str], label: str) -> np.ndarray:
    """Stamps ``YYYY/MM/DD HH:MM:SS``; each different text is read once."""
    words = pd.Series(texts, dtype=object)
    known = words != ""
    try:
        stamps = pd.to_datetime(words[known], format="%Y/%m/%d %H:%M:%S").astype("datetime64[us]")
    except (ValueError, OverflowError):
        try:
            stamps = pd.to_datetime(words[known], format="%Y/%m/%d %H:%M:%S.%f").astype("datetime64[us]")
        except (ValueError, OverflowError):
            wrong = next((w for w in words[known] if not _is_stamp(w)), "?")
            raise FileRejected(
                f"{label}: expected YYYY/MM/DD HH:MM:SS, found {printable(wrong.encode('utf-8', 'replace'))!r}"
            ) from None
    lookup = np.full(len(words), np.datetime64("NaT"), "datetime64[us]")
    lookup[np.flatnonzero(known.to_numpy())] = stamps.to_numpy()
    return lookup[codes]


def _is_stamp(word: str) -> bool:
    try:
        pd.to_datetime(word, format="%Y/%m/%d %H:%M:%S")
    except (ValueError, OverflowError):
        return False
    return True


def _missing(kind: Kind, rows: int) -> pd.Series:
    if kind == "number":
        return pd.Series(np.full(rows, np.nan))
    if kind == "time":
        return pd.Series(np.full(rows, np.datetime64("NaT"), "datetime64[us]"))
    return pd.Series(pd.Categorical.from_codes(np.zeros(rows, "int8"), categories=pd.Index([""], dtype=object)))


def empty_frame(wanted: Mapping[str, Kind]) -> pd.DataFrame:
    """No rows of these columns."""
    return pd.DataFrame({c: _missing(kind, 0) for c, kind in wanted.items()})
