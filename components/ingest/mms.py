"""AEMO's C/I/D text -> frames, read by column name (pure: bytes in, frames out).

A file is lines that begin with ``C`` (first line, footer, comments), ``I`` (names of a table's columns) or
``D`` (data). One file may hold several tables, and one table may come in several sections whose widths and
orders differ, so nothing here counts columns: every name is looked up in the ``I`` line above its rows.
The heavy part is Arrow's CSV reader over the bytes of one section; Python sees a line only where it begins
with ``I`` or ``C``.

Source: ``C,<system>,<report>,<from>,<to>,<date>,<time>,...`` and ``C,"END OF REPORT",<lines>``.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from components.errors import FileRejected

Kind = Literal["text", "time", "number"]
Key = tuple[str, str]
"""(group, table), e.g. ``("DISPATCH", "PRICE")``; the table is "" where AEMO leaves the field empty."""

MOST_SECTIONS = 5_000
MOST_BAD_ROWS = 0.01
_BLOCK = 8 << 20
_PREFIX = ("~record", "~group", "~table", "~version")
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Section:
    """The rows under one ``I`` line: where they are, and what their columns are called."""

    group: str
    table: str
    version: str
    columns: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class MmsFile:
    """A file taken apart but not yet parsed.

    Attributes
    ----------
    system, report : 2nd and 3rd field of the first line (``NEMP.WORLD``, ``DISPATCHIS``).
    published : when AEMO wrote the file (naive NEM time), None where the first line does not say.
    notes : what is odd but harmless (a footer that counts other lines than there are).
    """

    name: str
    data: bytes = field(repr=False)
    system: str
    report: str
    published: pd.Timestamp | None
    sections: tuple[Section, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    def tables(self) -> tuple[Key, ...]:
        """The tables the file names, each once, in order."""
        return tuple(dict.fromkeys((s.group, s.table) for s in self.sections))


def printable(data: bytes, length: int = 60) -> str:
    """The first characters of foreign bytes, safe to print: what is no plain character becomes ``.``.

    >>> printable(b"<html>\\x00\\x1b[31m")
    '<html>..[31m'
    """
    text = data[:length].decode("latin-1")
    return "".join(c if " " <= c <= "~" else "." for c in text)


def open_mms(data: bytes, name: str) -> MmsFile:
    """Take a file apart: first line, sections, footer.

    Raises
    ------
    FileRejected
        When the bytes are no AEMO file (an HTML page, garbage) or end before the footer.
    """
    data = _utf8(data.removeprefix(b"\xef\xbb\xbf"))
    if not data or data.isspace():
        raise FileRejected(f"{name}: expected AEMO's C/I/D text, found an empty file")
    if not data.startswith((b"C,", b'"C",')):
        kind = "an HTML page" if data.lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<")) else "text"
        raise FileRejected(f"{name}: expected AEMO's C/I/D text, found {kind} beginning {printable(data)!r}")
    first, _, _ = data[:4096].partition(b"\n")
    marks = _marks(data, name)
    notes = _check_footer(data, marks, name)
    sections = _sections(data, marks, name)
    return MmsFile(name, data, *first_line(first, name), sections, notes)


def first_line(line: bytes, name: str) -> tuple[str, str, pd.Timestamp | None]:
    """System, report and time of publication that a file's first line tells."""
    words = [*fields_of(line, name), *[""] * 7]
    return words[1], words[2], _published(words[5], words[6])


def _utf8(data: bytes) -> bytes:
    """The bytes as UTF-8; what is none is taken for Latin-1 (old station names)."""
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1").encode("utf-8")
    return data


def fields_of(line: bytes, name: str) -> list[str]:
    """The fields of one ``I`` or ``C`` line."""
    try:
        rows = list(csv.reader([line.decode("utf-8", "replace").rstrip("\r\n")]))
    except csv.Error:
        raise FileRejected(f"{name}: a line that begins {printable(line)!r} is no comma-separated text") from None
    return [f.strip() for f in rows[0]] if rows else []


def _published(date: str, time: str) -> pd.Timestamp | None:
    try:
        stamp = pd.to_datetime(f"{date} {time}", format="%Y/%m/%d %H:%M:%S")
    except ValueError:
        return None
    return stamp.as_unit("us")


def _marks(data: bytes, name: str) -> list[int]:
    """Offsets of every line that begins with ``I`` or ``C``, ascending."""
    marks = [0]
    for word in (b"\nI,", b"\nC,"):
        at = data.find(word)
        while at >= 0:
            marks.append(at + 1)
            if len(marks) > MOST_SECTIONS:
                raise FileRejected(f"{name}: more than {MOST_SECTIONS} header lines; no AEMO file has that many")
            at = data.find(word, at + 1)
    return sorted(marks)


def _line(data: bytes, start: int) -> tuple[bytes, int]:
    """The line that begins at ``start``, and where the next one begins."""
    end = data.find(b"\n", start)
    return (data[start:], len(data)) if end < 0 else (data[start:end], end + 1)


def _check_footer(data: bytes, marks: list[int], name: str) -> tuple[str, ...]:
    footer, after = _line(data, marks[-1])
    words = fields_of(footer, name)
    if words[:2] != ["C", "END OF REPORT"] or data[after:].strip():
        tail = data[data.rstrip().rfind(b"\n") + 1 :]
        raise FileRejected(f'{name}: expected the last line C,"END OF REPORT", found {printable(tail)!r}: cut off')
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    return footer_notes(words, lines)


def footer_notes(words: Sequence[str], lines: int) -> tuple[str, ...]:
    """What is odd about the count of lines in a footer of these fields."""
    counted = words[2] if len(words) > 2 else ""
    return (
        ()
        if counted == str(lines)
        else (f"footer counts {printable(counted.encode(), 20) or 'no'} lines, the file has {lines}",)
    )


def _sections(data: bytes, marks: list[int], name: str) -> tuple[Section, ...]:
    sections: list[Section] = []
    for start, stop in zip(marks, [*marks[1:], len(data)], strict=True):
        line, begin = _line(data, start)
        begin = min(begin, stop)
        if not line.startswith(b"I,"):
            if data[begin:stop].strip():
                raise FileRejected(
                    f"{name}: expected a line of column names before the data, found {printable(data[begin:stop])!r}"
                )
            continue
        sections.append(section_of(line, begin, stop, name))
    return tuple(sections)


def section_of(line: bytes, start: int, end: int, name: str) -> Section:
    """The section below an ``I`` line.

    Raises
    ------
    FileRejected
        When the line names no columns.
    """
    words = fields_of(line, name)
    if len(words) < 5:
        raise FileRejected(f"{name}: a line of column names has only {len(words)} fields: {printable(line)!r}")
    group, table, version = (w.upper() for w in words[1:4])
    return Section(group, table, version, tuple(w.upper() for w in words[4:]), start, end)


def label_of(name: str, key: Key) -> str:
    """How sentences call a table of a file."""
    return f"{name}: table {'.'.join(k for k in key if k)}"


def read_table(
    file: MmsFile, key: Key, columns: Mapping[str, Kind] | None = None, required: Sequence[str] = ()
) -> pd.DataFrame:
    """One table of a file, all its sections together, in the file's order.

    Parameters
    ----------
    columns : AEMO column name -> "text", "time" or "number"; None = every column as text.
    required : columns without which the table is worth nothing.

    Returns
    -------
    One row per ``D`` line. "text" is categorical ("" where empty), "time" datetime64[us], "number" float64;
    NaT/NaN = empty, or the file does not have the column. ``attrs["notes"]`` lists rows left out.

    Raises
    ------
    FileRejected
        When a required column is missing, or rows cannot be read as what their names say.
    """
    found = [s for s in file.sections if (s.group, s.table) == key]
    label = label_of(file.name, key)
    if not found:
        raise FileRejected(
            f"{label} is not in the file, which has {', '.join('.'.join(k) for k in file.tables()) or 'none'}"
        )
    frames, notes = [], []
    for section in found:
        missing = [c for c in required if c not in section.columns]
        if missing:
            raise FileRejected(f"{label}: expected the column {missing[0]}, found {', '.join(section.columns)[:200]}")
        wanted: Mapping[str, Kind] = columns if columns is not None else dict.fromkeys(section.columns, "text")
        frame, left_out = _read_section(file.data, section, wanted, label)
        frames.append(frame)
        if left_out:
            notes.append(f"{label}: {left_out} rows left out, they have another number of fields than the header")
    whole = joined(frames)
    whole.attrs["notes"] = notes
    return whole


def read_tables(data: bytes, name: str) -> dict[Key, pd.DataFrame]:
    """Every table of a file, every column as text. For small tables (registry); see :func:`read_table`.

    Raises
    ------
    FileRejected
        As :func:`open_mms` and :func:`read_table`.
    """
    file = open_mms(data, name)
    return {key: read_table(file, key).astype(object) for key in file.tables()}


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


def _read_section(data: bytes, section: Section, wanted: Mapping[str, Kind], label: str) -> tuple[pd.DataFrame, int]:
    present = [c for c in wanted if c in section.columns]
    twice = [c for c in present if section.columns.count(c) > 1]
    if twice:
        raise FileRejected(f"{label}: the column {twice[0]} is there twice")
    body = pa.py_buffer(data).slice(section.start, section.end - section.start)  # no copy: it may be 0.3 GB
    if section.end - section.start < 100 and not data[section.start : section.end].strip():
        return empty_frame(wanted), 0
    bad: list[str] = []

    def skip(row: pc.InvalidRow) -> str:
        bad.append(str(row.text)[:60])
        return "skip" if len(bad) <= 1000 else "error"

    try:
        table = pc.read_csv(
            pa.BufferReader(body),
            read_options=pc.ReadOptions(column_names=csv_names(section, wanted), use_threads=False, block_size=_BLOCK),
            parse_options=pc.ParseOptions(invalid_row_handler=skip),
            convert_options=csv_types({c: wanted[c] for c in present}, _PREFIX[:3]),
        )
    except pa.ArrowInvalid as why:
        raise FileRejected(f"{label}: rows are not what their header says: {_reason(why)}") from None
    _check_prefix(table, section, label)
    if len(bad) > MOST_BAD_ROWS * max(len(bad) + table.num_rows, 1):
        raise FileRejected(
            f"{label}: {len(bad)} of {len(bad) + table.num_rows} rows have another number of fields than the header"
            f" ({len(section.columns) + 4}), e.g. {printable(bad[0].encode('utf-8', 'replace'))!r}"
        )
    return frame_of(table, wanted, label), len(bad)


def csv_names(section: Section, wanted: Collection[str]) -> list[str]:
    """Names for Arrow's reader, which wants unique ones: columns nobody asked for may repeat or be empty."""
    return [*_PREFIX, *(c if c in wanted else f"~{i}" for i, c in enumerate(section.columns))]


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


def _reason(why: Exception) -> str:
    return printable(str(why).split("\n")[0].encode("utf-8", "replace"), 160)


def _check_prefix(table: pa.Table, section: Section, label: str) -> None:
    """Every row must belong to the header above it, or names and values do not match."""
    expected = ("D", section.group, section.table)
    for name, word in zip(_PREFIX[:3], expected, strict=True):
        for chunk in table[name].chunks:
            strange = [v for v in chunk.dictionary.to_pylist() if (v or "").strip().upper() != word]
            if strange:
                found = printable(str(strange[0]).encode("utf-8", "replace"), 40)
                raise FileRejected(f"{label}: expected rows beginning {','.join(expected)}, found {found!r} in one")


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
