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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from components.errors import FileRejected
from components.ingest.mms_columns import (
    PREFIX,
    Kind,
    csv_names,
    csv_types,
    empty_frame,
    frame_of,
    joined,
    printable,
)

Key = tuple[str, str]
"""(group, table), e.g. ``("DISPATCH", "PRICE")``; the table is "" where AEMO leaves the field empty."""

MOST_SECTIONS = 5_000
MOST_BAD_ROWS = 0.01
_BLOCK = 8 << 20


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
            read_options=pc.ReadOptions(
                column_names=csv_names(section.columns, wanted), use_threads=False, block_size=_BLOCK
            ),
            parse_options=pc.ParseOptions(invalid_row_handler=skip),
            convert_options=csv_types({c: wanted[c] for c in present}, PREFIX[:3]),
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


def _reason(why: Exception) -> str:
    return printable(str(why).split("\n")[0].encode("utf-8", "replace"), 160)


def _check_prefix(table: pa.Table, section: Section, label: str) -> None:
    """Every row must belong to the header above it, or names and values do not match."""
    expected = ("D", section.group, section.table)
    for name, word in zip(PREFIX[:3], expected, strict=True):
        for chunk in table[name].chunks:
            strange = [v for v in chunk.dictionary.to_pylist() if (v or "").strip().upper() != word]
            if strange:
                found = printable(str(strange[0]).encode("utf-8", "replace"), 40)
                raise FileRejected(f"{label}: expected rows beginning {','.join(expected)}, found {found!r} in one")
