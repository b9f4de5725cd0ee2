"""Large C/I/D texts, block by block as they are unpacked: the rows of the whole text in a fraction of its memory.

Only what AEMO's large files are like is read here. Where a line is of another width or kind, holds a character beyond
ASCII or breaks inside quotes, or the footer is missing, this gives up (:class:`UnusualText`) and the whole text goes
to :mod:`components.ingest.mms`, which copes with it or says what is wrong: what comes out is the same either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc

from components.errors import FileRejected
from components.ingest import mms
from components.ingest.mms_columns import Kind, csv_names, csv_types, empty_frame, frame_of, joined

_NEWLINE = 10


class UnusualText(Exception):
    """Not to be read block by block."""


@dataclass(frozen=True)
class Asked:
    """What is wanted of a table, as :func:`components.ingest.mms.read_table` is told."""

    columns: Mapping[str, Kind]
    required: tuple[str, ...] = ()


def read_blocks(
    blocks: Iterable[bytes], name: str, asked: Mapping[mms.Key, Asked]
) -> tuple[mms.MmsFile, dict[mms.Key, pd.DataFrame]]:
    """The tables asked for that a text holds, as :func:`components.ingest.mms.read_table` gives them.

    Parameters
    ----------
    blocks : the text, cut anywhere.

    Returns
    -------
    (the file, without its text; key -> rows)

    Raises
    ------
    UnusualText
        When the whole text is needed to tell what it holds.
    """
    reading = _Reading(name, asked)
    try:
        for text in _whole_lines(blocks):
            reading.take(text)
        return reading.finish()
    except FileRejected:
        raise UnusualText(name) from None


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same text, cut behind ends of lines."""
    rest = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        else:
            rest += block
            if len(rest) > 1 << 20:
                raise UnusualText("a line without end")
    if rest:
        yield rest


@dataclass
class _Part:
    """A section wanted, and its rows so far."""

    section: mms.Section
    asked: Asked
    rows: list[pa.Table] = field(default_factory=list)

    def __post_init__(self) -> None:
        columns = self.section.columns
        present = {c: kind for c, kind in self.asked.columns.items() if c in columns}
        if any(c not in columns for c in self.asked.required) or any(columns.count(c) > 1 for c in present):
            raise UnusualText("a column is missing or there twice")
        self._names = csv_names(self.section.columns, self.asked.columns)
        self._types = csv_types(present)
        self._begin = f"D,{self.section.group},{self.section.table},".encode()

    def add(self, text: bytes, lines: int) -> bool:
        """Add so many lines; False where one of them is no row of this table."""
        # Three columns less for Arrow, which would take twice as long to tell the same.
        if text.count(b"\n" + self._begin) + text.startswith(self._begin) != lines:
            return False
        try:
            rows = pc.read_csv(
                pa.BufferReader(pa.py_buffer(text)),
                read_options=pc.ReadOptions(column_names=self._names, use_threads=False, block_size=len(text) + 1),
                convert_options=self._types,
            )
        except pa.ArrowInvalid:
            return False
        if rows.num_rows != lines:  # a line breaks within quotes
            return False
        self.rows.append(rows)
        return True

    def frame(self, label: str) -> pd.DataFrame:
        """All rows."""
        if not self.rows:
            return empty_frame(self.asked.columns)
        rows, self.rows = self.rows, []
        return frame_of(pa.concat_tables(rows), self.asked.columns, label)


class _Reading:
    """A text on its way."""

    def __init__(self, name: str, asked: Mapping[mms.Key, Asked]):
        self._name, self._asked = name, asked
        self._lines = 0
        self._head = self._last = b""
        self._sections: list[mms.Section] = []
        self._parts: list[_Part] = []
        self._open: _Part | None = None
        self._any_rows = False

    def take(self, text: bytes) -> None:
        """The next lines."""
        if not text.isascii():
            raise UnusualText(self._name)
        if not self._lines:
            if not text.startswith(b"C,"):
                raise UnusualText(self._name)
            self._head = text[:4096].partition(b"\n")[0]
        lines = _lines(text)
        self._lines += lines
        if self._open is not None and self._open.add(text, lines):
            return
        marks = _marks(text)
        ends = [*marks, len(text)]
        self._data(text[: ends[0]])
        for start, stop in pairwise(ends):
            line, _, below = text[start:stop].partition(b"\n")
            self._open, self._any_rows = None, False
            if line.startswith(b"I,"):
                self._begin(line)
            self._last = line
            self._data(below)

    def _begin(self, line: bytes) -> None:
        section = mms.section_of(line, 0, 0, self._name)
        self._sections.append(section)
        if len(self._sections) > mms.MOST_SECTIONS:
            raise UnusualText(self._name)
        asked = self._asked.get((section.group, section.table))
        self._any_rows = True
        if asked is not None:
            self._open = _Part(section, asked)
            self._parts.append(self._open)

    def _data(self, text: bytes) -> None:
        """Lines that belong to the section that is open; what belongs to none is unusual."""
        if not text:
            return
        if self._open is not None:
            if not self._open.add(text, _lines(text)):
                raise UnusualText(self._name)
        elif not self._any_rows and text.strip():
            raise UnusualText(self._name)

    def finish(self) -> tuple[mms.MmsFile, dict[mms.Key, pd.DataFrame]]:
        """What the whole text held."""
        words = mms.fields_of(self._last, self._name)
        if words[:2] != ["C", "END OF REPORT"]:
            raise UnusualText(self._name)
        notes = mms.footer_notes(words, self._lines)
        file = mms.MmsFile(self._name, b"", *mms.first_line(self._head, self._name), tuple(self._sections), notes)
        frames: dict[mms.Key, list[pd.DataFrame]] = {}
        for part in self._parts:
            key = part.section.group, part.section.table
            frames.setdefault(key, []).append(part.frame(mms.label_of(self._name, key)))
        out = {key: joined(found) for key, found in frames.items()}
        for frame in out.values():
            frame.attrs["notes"] = []
        return file, out


def _lines(text: bytes) -> int:
    ends = int(np.count_nonzero(np.frombuffer(text, "uint8") == _NEWLINE))
    return ends + (not text.endswith(b"\n"))


def _marks(text: bytes) -> list[int]:
    """Offsets of the lines that begin with ``I`` or ``C``, ascending."""
    marks = [0] if text.startswith((b"I,", b"C,")) else []
    for word in (b"\nI,", b"\nC,"):
        at = text.find(word)
        while at >= 0:
            marks.append(at + 1)
            at = text.find(word, at + 1)
    return sorted(marks)
