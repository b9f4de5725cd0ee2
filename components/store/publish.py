"""One publication: rows are added and spooled, merged month by month, and become a version in one rename.

Whatever is written goes to ``versions/.staging-*`` and is synced; then the folder is renamed into its place and
the pointer ``current`` is renamed over the old one. A crash before that last rename leaves the old version; the
next publication removes what was left behind.
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from components.errors import StoreError
from components.schema import DATASETS, conform_units
from components.store.building import Building, Key, fingerprint_of
from components.store.files import (
    Lock,
    clear_errors,
    point_link,
    remove_abandoned,
    remove_tree,
    sync_folder,
    write_table,
)
from components.store.framefiles import FrameFolder
from components.store.intake import rows_by_month
from components.store.manifest import Manifest
from components.store.merge import merge
from components.store.rows import Rows
from components.store.sums import SumsFolder

if TYPE_CHECKING:
    from components.store.lake import Lake

VERSIONS_KEPT = 3
SPOOL_BYTES = 256 << 20
"""Rows held in memory before the largest months go to the spool [bytes]."""


@dataclass(frozen=True)
class PublishReport:
    """What a publication did.

    Attributes
    ----------
    version : the current version afterwards ("empty" when there is none).
    changed : False when everything was there already: then no version was made.
    rows_added, rows_replaced : by dataset; keys that were new, and those that got a better row.
    months : by dataset, the months whose rows changed.
    notes : sentences for whoever ran it.
    """

    version: str
    changed: bool
    rows_added: dict[str, int] = field(default_factory=dict)
    rows_replaced: dict[str, int] = field(default_factory=dict)
    months: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Transaction:
    """Rows on their way into the lake; made by ``Lake.begin``. Leaving its ``with`` block ends it."""

    def __init__(
        self, lake: Lake, lock: Lock, current: Manifest | None, base: Manifest | None, *, demo: bool, notes: list[str]
    ):
        self._lake, self._lock, self._current, self._base, self._demo = lake, lock, current, base, demo
        self._notes = notes
        self._waiting: dict[Key, list[Rows]] = defaultdict(list)
        self._waiting_bytes = 0
        self._spooled: dict[Key, list[tuple[Path, str]]] = defaultdict(list)
        self._units: pd.DataFrame | None = None
        self._merging: Future[Building] | None = None
        self._open = True
        versions = lake.root / "versions"
        for orphan in versions.glob(".staging-*"):  # of a publisher that died: we hold its lock now
            remove_tree(orphan)
        remove_abandoned(lake.root)
        self._staging = versions / f".staging-{os.getpid()}-{os.urandom(4).hex()}"

    def __enter__(self) -> Transaction:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop what was not published and let the next publisher in; a second time does nothing."""
        if self._open:
            self._open = False
            if self._merging is not None:
                wait((self._merging,))
            self._waiting.clear()
            pa.default_memory_pool().release_unused()
            with suppress(OSError):
                remove_tree(self._staging)
            self._lock.release()

    # -- adding ------------------------------------------------------------------------------------------

    def add(self, dataset: str, frame: pd.DataFrame | pa.Table) -> None:
        """Add tidy rows of any months in any order; repeats are merged by the rule of ``store/merge.py``.

        Columns as :func:`components.schema.tidy_columns`; absent numbers are missing, absent ``minutes``
        means 5. Texts may be categorical (or dictionary-encoded in an Arrow table), which is quicker.

        Raises
        ------
        StoreError
            A row that no lake can hold (nothing of the frame is added then), or demo rows among real ones.
        """
        self._ensure_open()
        if self._merging is not None:
            raise StoreError("this publication merges its rows already; begin another")
        if dataset not in DATASETS:
            raise StoreError(f"no dataset is called {dataset!r}; there are {', '.join(DATASETS)}")
        for rows in list(rows_by_month(DATASETS[dataset], frame)):
            strange = [s for s in rows.sources if (s == "demo") != self._demo]
            if strange:
                kind = "a demo" if self._demo else "real data"
                raise StoreError(f"{dataset} rows have the source {strange[0]!r} in a publication of {kind}")
            self._waiting[dataset, rows.month].append(rows)
            self._waiting_bytes += rows.nbytes
        if self._waiting_bytes > SPOOL_BYTES:
            with clear_errors(f"publishing into {self._lake.root}"):
                self._spool()

    def set_units(self, frame: pd.DataFrame) -> None:
        """Set the whole new registry, one row per DUID and ``valid_from``.

        Raises
        ------
        StoreError
            A row without a DUID, or two rows of one DUID from the same day on.
        """
        self._ensure_open()
        if "duid" not in frame:
            raise StoreError("the registry lacks the column 'duid'")
        units = conform_units(frame)
        if (units["duid"] == "").any():
            raise StoreError(
                f"the registry has a row without a DUID (station {units.loc[units['duid'] == '', 'station'].iloc[0]!r})"
            )
        twice = units.duplicated(["duid", "valid_from"])
        if twice.any():
            row = units[twice].iloc[0]
            raise StoreError(f"the registry has {row['duid']} twice from {row['valid_from']} on")
        self._units = units

    def _ensure_open(self) -> None:
        if not self._open:
            raise StoreError("this publication has ended; begin another")

    def _spool(self) -> None:
        """Write the largest waiting months to the staging folder until half of the memory is free."""
        for key in sorted(self._waiting, key=lambda k: -sum(r.nbytes for r in self._waiting[k])):
            if self._waiting_bytes <= SPOOL_BYTES // 2:
                break
            pieces = self._waiting.pop(key)
            self._waiting_bytes -= sum(p.nbytes for p in pieces)
            rows = merge(None, pieces).rows
            path = self._staging / "spool" / key[0] / f"{key[1]}-{len(self._spooled[key])}.parquet"
            sha256, _ = write_table(path, rows.to_table(), rows.dataset.fields)
            self._spooled[key].append((path, sha256))

    # -- publishing --------------------------------------------------------------------------------------

    def publish(self) -> PublishReport:
        """Merge, write and make it current; ends the transaction.

        When nothing would change no version is made.

        Raises
        ------
        StoreError
            It could not be written (disk full, not allowed); the old version stays.
        StoreCorrupt
            A stored month that new rows belong to is damaged.
        """
        self._ensure_open()
        try:
            with clear_errors(f"publishing into {self._lake.root}"):
                return self._publish()
        finally:
            self.close()

    def merge_ahead(self) -> None:
        """Begin to merge and write what was added, while the caller works out the units; nothing can be added then."""
        self._ensure_open()
        if self._merging is None:
            pool = ThreadPoolExecutor(1, thread_name_prefix="publish")
            self._merging = pool.submit(self._merge)
            pool.shutdown(wait=False)  # ends when this is done

    def _merge(self) -> Building:
        building = Building(self._lake, self._base, self._staging / "version")
        building.merge_months(
            {key: (self._spooled.get(key, []), self._waiting.pop(key, [])) for key in {*self._waiting, *self._spooled}}
        )
        return building

    def _publish(self) -> PublishReport:
        building = self._merge() if self._merging is None else self._merging.result()
        if self._units is not None:
            building.write_units(self._units)
        if not building.touched or (self._current and building.fingerprint() == fingerprint_of(self._current)):
            return PublishReport(self._current.version if self._current else "empty", False)
        version, previous = self._names(building.fingerprint())
        building.finish(version, previous)

        versions = self._lake.root / "versions"
        os.rename(self._staging / "version", versions / version)
        sync_folder(versions)
        for name in ("manifest.json", "lake"):
            _ensure_link(self._lake.root / name, f"current/{name}")
        point_link(self._lake.root / "current", f"versions/{version}")
        # It is published: what follows only tidies up.
        with suppress(OSError, StoreError):
            self._remove_older({version, *previous})
        return PublishReport(
            version, True, dict(building.added), dict(building.replaced), dict(building.months), self._notes
        )

    def _names(self, fingerprint: str) -> tuple[str, tuple[str, ...]]:
        """The new version's name and the older versions to keep, newest first."""
        known = self._lake.versions()
        numbers = [int(v.partition("-")[0]) for v in known]
        try:
            current = self._lake.current_version()
        except StoreError:
            current = None
        # Versions after the current one were never published: their publisher died before its last step.
        published = known if current is None else [v for v in known if v <= current]
        return f"{max(numbers, default=0) + 1:06d}-{fingerprint[:6]}", tuple(published[::-1][: VERSIONS_KEPT - 1])

    def _remove_older(self, kept: set[str]) -> None:
        for version in self._lake.versions():
            if version not in kept:
                remove_tree(self._lake.root / "versions" / version)
        needed = []
        for version in kept:
            for name, dataset in self._lake.manifest_of(version).datasets.items():
                needed += [(name, month, stored.sha256) for month, stored in dataset.months.items()]
        frames = FrameFolder(self._lake.root / "frames")
        frames.sweep(kept, needed)
        SumsFolder(frames.folder).sweep({month for _, month, _ in needed})


def _ensure_link(link: Path, target: str) -> None:
    if link.is_symlink() and os.readlink(link) == target:
        return
    if link.exists() and not link.is_symlink():
        raise StoreError(f"{link} is in the way: it must be a link to {target}; move it elsewhere")
    point_link(link, target)
