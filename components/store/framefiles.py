"""Chunks as ``.npy`` files: derived from the lake, immutable, named by what they were made from.

``frames/<dataset>/<month>-<hash>.npy`` holds a chunk's numbers, ``….minutes.npy`` its native lengths where a
month mixes 5 and 30 minutes, ``frames/<version>.json`` what a version needs and how to know that it is whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import mmap
import os
import sys
import zlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from components.errors import StoreError
from components.schema import DATASETS, Dataset
from components.store.chunk import Chunk
from components.store.files import allow_many_files, crc32_of, remove_abandoned, replace_synced
from components.store.rows import Rows

FORMAT = 1
"""Raised whenever the same rows would give another file: every frame is then rebuilt."""


@dataclass(frozen=True)
class FrameFile:
    """One file and how to know that it is what was written: size and time of writing, else its checksum."""

    name: str
    size: int
    mtime_ns: int
    crc32: int


@dataclass(frozen=True)
class Frame:
    """What the index says of one chunk.

    ``minutes`` is 5, 30 or the file of native lengths. ``lake_size`` and ``lake_mtime_ns`` are those of the
    Parquet file when its content was last verified.
    """

    made_from: str
    values: FrameFile
    minutes: int | FrameFile
    fields: tuple[str, ...]
    keys: tuple[str, ...]
    length: int
    first: str
    last: str
    rows: int
    sources: tuple[str, ...]
    lake_size: int
    lake_mtime_ns: int

    @property
    def files(self) -> tuple[FrameFile, ...]:
        """Its one or two files."""
        return (self.values, self.minutes) if isinstance(self.minutes, FrameFile) else (self.values,)


Index = dict[tuple[str, str], Frame]
"""(dataset, month) -> frame."""


def origin_hash(dataset: Dataset, sha256: str) -> str:
    """Names the frame of a lake file: its content, the columns taken and the format of frames."""
    recipe = f"{FORMAT} {dataset.name} {dataset.frame_key} {dataset.frame_dtype} {dataset.fields} {sha256}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


class FrameFolder:
    """The folder of frames beside a lake (or a temporary one)."""

    def __init__(self, folder: Path):
        self.folder = folder

    # -- writing -----------------------------------------------------------------------------------------

    def build(self, rows: Rows, sha256: str, lake_file: Path) -> Frame:
        """Write the frame of one lake file (whose verified content ``rows`` is)."""
        dataset = rows.dataset
        chunk, values, minutes = rows.to_chunk()
        made_from = origin_hash(dataset, sha256)
        stem = f"{dataset.name}/{rows.month}-{made_from}"
        (self.folder / dataset.name).mkdir(parents=True, exist_ok=True)
        seen = os.stat(lake_file)
        return Frame(
            made_from,
            self._write(f"{stem}.npy", values),
            self._write(f"{stem}.minutes.npy", minutes) if isinstance(minutes, np.ndarray) else minutes,
            chunk.fields, chunk.keys, chunk.length, str(chunk.first), str(chunk.last), chunk.rows, chunk.sources,
            seen.st_size, seen.st_mtime_ns,
        )  # fmt: skip

    def _write(self, name: str, array: np.ndarray) -> FrameFile:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
        content = array.reshape(-1).view("uint8").data if array.size else memoryview(b"")
        path = self.folder / name
        replace_synced(path, header.getvalue(), content)
        written = os.stat(path)
        crc = zlib.crc32(content, zlib.crc32(header.getvalue()))
        return FrameFile(name, written.st_size, written.st_mtime_ns, crc)

    def write_index(self, version: str, index: Index) -> None:
        """Note what a version needs."""
        content = {
            "format": FORMAT,
            "version": version,
            "frames": [{"dataset": d, "month": m, **vars(frame)} for (d, m), frame in index.items()],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        replace_synced(self.folder / f"{version}.json", json.dumps(content, default=vars).encode())

    # -- reading -----------------------------------------------------------------------------------------

    def read_index(self, version: str) -> Index:
        """What a version needs; empty when that is not known (then everything is rebuilt)."""
        try:
            content = json.loads((self.folder / f"{version}.json").read_bytes())
            if content["format"] != FORMAT:
                return {}
            return {(f.pop("dataset"), f.pop("month")): _frame_of_json(f) for f in content["frames"]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def verify(self, frame: Frame) -> Frame | None:
        """The frame when its files are whole (with new times of writing where only these differ), else None.

        A file of the noted size and time is taken as it is; one that was touched since is read through.
        """
        seen: list[FrameFile] = []
        for file in frame.files:
            try:
                now = os.stat(self.folder / file.name)
                if now.st_size != file.size:
                    return None
                if now.st_mtime_ns != file.mtime_ns and crc32_of(self.folder / file.name) != file.crc32:
                    return None
            except OSError:
                return None
            seen.append(replace(file, mtime_ns=now.st_mtime_ns))
        if tuple(seen) == frame.files:
            return frame
        return replace(frame, values=seen[0], minutes=seen[1] if len(seen) == 2 else frame.minutes)

    def chunk(self, dataset: str, month: str, frame: Frame) -> Chunk:
        """The chunk of a verified frame; its files are mapped at first use."""
        minutes = frame.minutes
        return Chunk(
            dataset, month, frame.fields, frame.keys, frame.length, np.datetime64(frame.first, "us"),
            np.datetime64(frame.last, "us"), frame.rows, frame.sources,
            lambda: self._map(frame.values),
            lambda: self._map(minutes) if isinstance(minutes, FrameFile) else minutes,
            (dataset, month, frame.made_from),
        )  # fmt: skip

    def _map(self, file: FrameFile) -> np.ndarray:
        path = self.folder / file.name
        allow_many_files()
        try:
            # A plain array: slices of numpy's own memmap class cost ten times as much, and opening one twice.
            with open(path, "rb") as opened:
                np.lib.format.read_magic(opened)
                shape, _, dtype = np.lib.format.read_array_header_1_0(opened)
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
                return np.ndarray(shape, dtype, content, opened.tell())
        except (OSError, ValueError, TypeError) as gone:
            why = "; its version has been replaced by a newer one" if isinstance(gone, FileNotFoundError) else ""
            raise StoreError(f"{path} cannot be opened ({gone}){why}") from gone

    # -- cleaning up ---------------------------------------------------------------------------------------

    def sweep(self, versions: Collection[str], needed: Iterable[tuple[str, str, str]]) -> None:
        """Remove frames that no version needs: ``needed`` has (dataset, month, SHA-256 of the lake's file)."""
        stems = {f"{d}/{m}-{origin_hash(DATASETS[d], sha)}" for d, m, sha in needed}
        for path in [*self.folder.glob("*/*.npy"), *self.folder.glob("*.json")]:
            if path.suffix == ".json":
                keep = path.stem in versions
            else:
                keep = f"{path.parent.name}/{path.name.removesuffix('.npy').removesuffix('.minutes')}" in stems
            if not keep:
                with suppress(FileNotFoundError):
                    path.unlink()
        for folder in (self.folder, *(self.folder / d for d in DATASETS)):
            remove_abandoned(folder)


def _frame_of_json(content: dict) -> Frame:
    minutes = content["minutes"]
    return Frame(
        **{
            **content,
            "values": FrameFile(**content["values"]),
            "minutes": FrameFile(**minutes) if isinstance(minutes, dict) else int(minutes),
            "fields": tuple(content["fields"]),
            # The same few hundred names come in every month: one string each.
            "keys": tuple(sys.intern(k) for k in content["keys"]),
            "sources": tuple(content["sources"]),
        }
    )
