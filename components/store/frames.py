"""Open a published version as a :class:`~components.store.snapshot.Snapshot` of memory-mapped frames.

What is missing or stale is rebuilt from the lake. Where the data folder cannot be written the rebuilt frames
are temporary. A damaged lake file is never trusted: the newest older version that is complete is served in its
place, and where there is none the version goes without what is damaged; ``Snapshot.problems`` says so.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from components.errors import StoreCorrupt, StoreError
from components.schema import DATASETS
from components.store.files import sha256_of
from components.store.framefiles import Frame, FrameFolder, Index, origin_hash
from components.store.manifest import Manifest, StoredMonth
from components.store.snapshot import EMPTY_UNITS, Chunk, Snapshot, empty_snapshot
from components.store.sums import SumsFolder, look_in

if TYPE_CHECKING:
    from components.store.lake import Lake

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""Openings tried while others publish: each may find its version removed under it."""
NEWEST_MONTHS = 2
"""Months mapped at once: only these files are replaced by every publish, so a reader holds on to them."""


def open_snapshot(lake: Lake) -> Snapshot:
    """The current version of a lake, ready to be asked; the empty snapshot where nothing was published.

    Raises
    ------
    StoreError
        Neither the current nor an older version can be read, or a newer program wrote them.
    """
    for attempt in range(1, ATTEMPTS + 1):
        version = lake.current_version()
        if version is None:
            return empty_snapshot()
        try:
            return _open(lake, version)
        except StoreError as wrong:
            if lake.current_version() != version and attempt < ATTEMPTS:
                continue  # overtaken: files of its frames or the whole version are gone
            if not isinstance(wrong, StoreCorrupt):
                raise
            log.warning("version %s: %s", version, wrong)
            return _open_best(lake, version, wrong)
    raise AssertionError("unreachable")


def _open_best(lake: Lake, version: str, damaged: StoreCorrupt) -> Snapshot:
    """The newest older version that is complete, else what is whole of the damaged one."""
    for older in [v for v in lake.versions() if v < version][::-1]:
        with suppress(StoreError):
            snapshot = _open(lake, older)
            snapshot.problems = (f"version {version} is damaged, {older} is shown: {damaged}",)
            return snapshot
    return _open(lake, version, salvage=True)


def _open(lake: Lake, version: str, *, salvage: bool = False) -> Snapshot:
    """One version; with ``salvage`` damaged files are left out (or shown from their frames), not refused."""
    manifest = lake.manifest_of(version)
    folder = FrameFolder(lake.root / "frames")
    look_in(SumsFolder(folder.folder))
    index = folder.read_index(version)
    noted = dict(index)
    problems: list[str] = []
    chunks: dict[str, list[Chunk]] = {}
    rebuilt = _Rebuilding(lake, manifest, folder)
    for name, dataset in manifest.datasets.items():
        chunks[name] = []
        for month, stored in dataset.months.items():
            frame = noted.get((name, month))
            if frame is not None and frame.made_from != origin_hash(DATASETS[name], stored.sha256):
                frame = None
            frame = folder.verify(frame) if frame is not None else None
            try:
                frame = _verified_against_lake(lake, version, stored, frame)
                chunk = folder.chunk(name, month, frame) if frame else rebuilt.chunk(name, month, index)
            except StoreCorrupt as damaged:
                if not salvage:
                    raise
                problems.append(f"{damaged}; " + ("shown from its frames" if frame else f"{name} lacks {month}"))
                if frame is None:
                    continue
                chunk = folder.chunk(name, month, frame)
            if frame:
                index[name, month] = frame
            chunks[name].append(chunk)
    if index != noted:
        with suppress(OSError):  # a read-only folder: the next opening checks again
            folder.write_index(version, index)
    try:
        units = lake.read_units(version)
    except StoreCorrupt as damaged:
        if not salvage:
            raise
        problems.append(f"{damaged}; every unit is shown as unmapped")
        units = EMPTY_UNITS
    for months in chunks.values():
        for chunk in months[-NEWEST_MONTHS:]:
            _ = chunk.values, chunk.minutes
    # Part of every ETag: what goes without its damaged files is not what the version's name stands for.
    name = f"{version}-damaged" if problems else version
    return Snapshot(name, chunks, units, manifest.created, tuple(problems))


def _verified_against_lake(lake: Lake, version: str, stored: StoredMonth, frame: Frame | None) -> Frame | None:
    """The frame, noting the lake file's size and time; a file touched since it was verified is read through."""
    path = lake.path_of(version, stored.file)
    try:
        now = os.stat(path)
    except OSError as refused:
        raise StoreCorrupt(f"{path} cannot be read: {refused.strerror}") from refused
    if now.st_size != stored.bytes:
        raise StoreCorrupt(f"{path} is damaged: {now.st_size} bytes where {stored.bytes} were published")
    if frame is None or now.st_mtime_ns == frame.lake_mtime_ns:
        return frame
    if sha256_of(path) != stored.sha256:
        raise StoreCorrupt(f"{path} is damaged: its checksum is not the published one")
    return replace(frame, lake_size=now.st_size, lake_mtime_ns=now.st_mtime_ns)


class _Rebuilding:
    """Makes the frames that are missing: beside the lake, else in a temporary folder, else in memory."""

    def __init__(self, lake: Lake, manifest: Manifest, folder: FrameFolder):
        self._lake, self._manifest, self._folder = lake, manifest, folder
        self._writable = True

    def chunk(self, name: str, month: str, index: Index) -> Chunk:
        """A chunk made from the lake's file; noted in ``index`` when its frame stays."""
        version, stored = self._manifest.version, self._manifest.datasets[name].months[month]
        rows = self._lake.read_rows(name, month, version)
        path = self._lake.path_of(version, stored.file)
        if self._writable:
            try:
                frame = self._folder.build(rows, stored.sha256, path)
            except OSError as refused:
                log.warning("frames are temporary: %s", refused)
                self._writable = False
            else:
                index[name, month] = frame
                return self._folder.chunk(name, month, frame)
        try:
            place = Path(tempfile.mkdtemp(prefix="aemo-frames-"))
        except OSError:
            return rows.to_chunk()[0]
        try:
            temporary = FrameFolder(place)
            chunk = temporary.chunk(name, month, temporary.build(rows, stored.sha256, path))
            _ = chunk.values, chunk.minutes  # mapped now: the file's name goes, its content stays while it is used
            return chunk
        except OSError:
            return rows.to_chunk()[0]
        finally:
            shutil.rmtree(place, ignore_errors=True)
