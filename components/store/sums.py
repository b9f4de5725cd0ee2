"""What months add up to, kept beside the frames: a process that starts later reads it where the first one added it up.

``frames/sums/<month>.arrow`` has a row for each sum: the digest of what it was made from, its shape as JSON, its numbers and
their checksum. What is missing or damaged is made again by whoever asks; nothing is ever executed.

A sum of megabytes has a file of its own, ``frames/sums/<month>-<digest>.sum``, which is mapped: of it only what is looked at
is read. Its head has a checksum; of its numbers, as of those of frames, only their length is checked.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from components.store.files import remove_abandoned, replace_synced
from components.store.sumfile import Packed, read_mapped, write_mapped

FOLDER = "sums"
COMPLETE = "complete"
MOST_MAPPED = 1000
"""Mapped sums that are held on to."""
_MONTH = re.compile(r"\d{4}-\d{2}")
_SCHEMA = pa.schema(
    {"digest": pa.string(), "shape": pa.string(), "numbers": pa.large_binary(), "crc32": pa.uint32()},
)
_kinds: dict[str, type] = {}


def keepable(*kinds: type) -> None:
    """Dataclasses that may be kept, beside arrays, numbers, words, and tuples, lists and dicts of them."""
    _kinds.update({kind.__name__: kind for kind in kinds})


def pack(value: Any) -> Packed | None:
    """A value as bytes; None where it holds something that is not kept."""
    parts: list[bytes] = []

    def node(part: Any) -> Any:
        if isinstance(part, np.ndarray):
            if part.dtype.hasobject:
                raise TypeError(part.dtype)
            at = sum(map(len, parts))
            content = np.ascontiguousarray(part).tobytes()
            parts.append(content + b"\0" * (-len(content) % 8))
            return {"array": [part.dtype.str, list(part.shape), at]}
        if isinstance(part, tuple | list):
            return {type(part).__name__: [node(p) for p in part]}
        if isinstance(part, dict) and all(isinstance(k, str) for k in part):
            return {"dict": {k: node(v) for k, v in part.items()}}
        if is_dataclass(part) and _kinds.get(type(part).__name__) is type(part):
            return {"kind": type(part).__name__, "fields": {f.name: node(getattr(part, f.name)) for f in fields(part)}}
        if part is None or type(part) in (bool, int, float, str):
            return {"plain": part}
        raise TypeError(type(part))

    try:
        return json.dumps(node(value)), b"".join(parts)
    except TypeError:
        return None


def unpack(packed: Packed) -> Any:
    """The value that was packed; its arrays are read-only.

    Raises
    ------
    ValueError, KeyError, TypeError
        When these bytes are not what :func:`pack` makes.
    """
    content = packed[1]

    def part(node: dict[str, Any]) -> Any:
        if "array" in node:
            kind, shape, at = node["array"]
            dtype = np.dtype(kind)
            if dtype.hasobject:
                raise ValueError(f"{kind} is no kind of number")
            count = math.prod(shape)
            return np.frombuffer(content, dtype, count, at).reshape(shape)
        if "tuple" in node:
            return tuple(part(n) for n in node["tuple"])
        if "list" in node:
            return [part(n) for n in node["list"]]
        if "dict" in node:
            return {k: part(n) for k, n in node["dict"].items()}
        if "kind" in node:
            return _kinds[node["kind"]](**{k: part(n) for k, n in node["fields"].items()})
        return node["plain"]

    return part(json.loads(packed[0]))


class SumsFolder:
    """The sums beside the frames of a lake.

    Parameters
    ----------
    frames : the folder of frames.
    """

    def __init__(self, frames: Path):
        self.folder = frames / FOLDER
        self._tables: dict[str, tuple[tuple[int, int, int], pa.Table | None, dict[str, int]]] = {}
        self._mapped: dict[tuple[str, str], Any] = {}

    def read(self, month: str, digest: str) -> Packed | None:
        """One sum of a month; None where it is not there or not whole."""
        table, rows = self._month(month)
        row = rows.get(digest)
        if table is None or row is None:
            return None
        shape, numbers = table["shape"][row].as_py(), table["numbers"][row].as_py()
        return (shape, numbers) if table["crc32"][row].as_py() == _crc(shape, numbers) else None

    def has(self, month: str, digest: str) -> bool:
        """Whether a month has a sum."""
        return digest in self._month(month)[1]

    def digests(self, month: str) -> frozenset[str]:
        """The sums that a month has."""
        return frozenset(self._month(month)[1])

    def _month(self, month: str) -> tuple[pa.Table | None, dict[str, int]]:
        """A month's mapped file and the row of each sum in it; each state of the file is opened once."""
        try:
            found = (self.folder / f"{month}.arrow").stat()
        except (OSError, ValueError):
            return None, {}
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        known = self._tables.get(month)
        if known is None or known[0] != state:
            table = self._table(month)
            rows = {d: i for i, d in enumerate(table["digest"].to_pylist())} if table is not None else {}
            known = self._tables[month] = state, table, rows
        return known[1], known[2]

    def write(self, month: str, sums: Mapping[str, Packed]) -> None:
        """Give a month these sums, and no others.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        rows = [{"digest": d, "shape": s, "numbers": n, "crc32": _crc(s, n)} for d, (s, n) in sums.items()]
        out = pa.BufferOutputStream()
        with pa.ipc.new_file(out, _SCHEMA) as file:
            file.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA))
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_synced(self.folder / f"{month}.arrow", memoryview(out.getvalue()))

    def mapped(self, month: str, digest: str) -> Any:
        """A sum in a file of its own, its arrays mapped; None where it is not there or not whole."""
        value = self._mapped.get((month, digest))
        if value is None:
            with suppress(OSError, ValueError, KeyError, TypeError):
                value = unpack(read_mapped(self._own(month, digest)))
            if value is not None:
                if len(self._mapped) >= MOST_MAPPED:
                    self._mapped.clear()
                self._mapped[month, digest] = value
        return value

    def has_mapped(self, month: str, digest: str) -> bool:
        """Whether a sum has a file of its own."""
        return self._own(month, digest).exists()

    def write_mapped(self, month: str, digest: str, packed: Packed) -> None:
        """Give a sum a file of its own.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        write_mapped(self._own(month, digest), packed)

    def sweep_mapped(self, needed: Collection[tuple[str, str]]) -> None:
        """Remove sums with a file of their own but these (month, digest)."""
        keep = {self._own(*one) for one in needed}
        for path in self.folder.glob("*.sum"):
            if path not in keep:
                path.unlink(missing_ok=True)

    def _own(self, month: str, digest: str) -> Path:
        return self.folder / f"{month}-{digest}.sum"

    def complete(self) -> str:
        """What was noted last by :meth:`note_complete`; "" where nothing was."""
        with suppress(OSError, ValueError):
            return (self.folder / COMPLETE).read_text(encoding="ascii")
        return ""

    def note_complete(self, name: str) -> None:
        """Note that all that this name stands for has been added up.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_synced(self.folder / COMPLETE, name.encode("ascii"))

    def sweep(self, months: Collection[str]) -> None:
        """Remove what belongs to no month of the lake."""
        for path in [*self.folder.glob("*.arrow"), *self.folder.glob("*.sum")]:
            if path.stem[:7] not in months:
                path.unlink(missing_ok=True)
        remove_abandoned(self.folder)

    def _table(self, month: str) -> pa.Table | None:
        if not _MONTH.fullmatch(month):
            return None
        with suppress(OSError, pa.ArrowInvalid, ValueError):
            table = pa.ipc.open_file(pa.memory_map(str(self.folder / f"{month}.arrow"))).read_all()
            if table.schema == _SCHEMA:
                return table
        return None


_here: SumsFolder | None = None


def look_in(folder: SumsFolder | None) -> None:
    """Say where this process finds sums: beside the frames of the lake that it opened last."""
    global _here  # noqa: PLW0603 - a sum is named by its content: one of another lake is never mistaken for it
    _here = folder


def here() -> SumsFolder | None:
    """Where this process finds sums, None where it has opened no lake."""
    return _here


def _crc(shape: str, numbers: bytes | memoryview) -> int:
    return zlib.crc32(numbers, zlib.crc32(shape.encode()))
