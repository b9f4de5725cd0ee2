"""One version in the making: months merged and written, the rest linked, all of it synced."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from components.schema import DATASETS
from components.store.files import link_or_copy, read_table, sync_folders, write_synced, write_table
from components.store.framefiles import Frame, FrameFolder, origin_hash
from components.store.manifest import Manifest, StoredDataset, StoredMonth, StoredUnits
from components.store.merge import merge
from components.store.rows import Rows

if TYPE_CHECKING:
    from components.store.lake import Lake

Key = tuple[str, str]
"""(dataset, month)."""
MERGERS = 2
"""Months merged and written at the same time; each takes up to three times the memory of its rows."""


class Building:
    """A version in the making in a staging folder."""

    def __init__(self, lake: Lake, base: Manifest | None, folder: Path):
        self._lake, self._base, self._folder = lake, base, folder
        self._frames = FrameFolder(lake.root / "frames")
        self._index = self._frames.read_index(base.version) if base else {}
        self._stored: dict[str, dict[str, StoredMonth]] = defaultdict(dict)
        for name, dataset in base.datasets.items() if base else ():
            self._stored[name].update(dataset.months)
        self._units = base.units if base else None
        self._written: set[str] = set()
        self.touched = False
        self.added: dict[str, int] = defaultdict(int)
        self.replaced: dict[str, int] = defaultdict(int)
        self.months: dict[str, list[str]] = defaultdict(list)

    def merge_months(self, months: Mapping[Key, tuple[list[tuple[Path, str]], list[Rows]]]) -> None:
        """Merge new rows (spooled, waiting) with the stored months; writes the file and frame of those with anything new.

        The largest come first, as many at a time as there is memory for; the lists of waiting rows are emptied.
        """
        order = sorted(months, key=lambda key: (-sum(r.nbytes for r in months[key][1]), key))
        with ThreadPoolExecutor(MERGERS, thread_name_prefix="merge") as pool:
            running = {key: pool.submit(self._merge_month, key, *months[key]) for key in order}
            try:
                done = {key: running[key].result() for key in sorted(months)}
            finally:
                pool.shutdown(cancel_futures=True)
        for key, (merged, stored, frame) in done.items():
            name, month = key
            self.touched = True
            if stored is None or frame is None:
                continue
            self._stored[name][month] = stored
            self._written.add(stored.file)
            self._index[key] = frame
            self.added[name] += merged[0]
            self.replaced[name] += merged[1]
            self.months[name].append(month)

    def _merge_month(
        self, key: Key, spooled: list[tuple[Path, str]], waiting: list[Rows]
    ) -> tuple[tuple[int, int], StoredMonth | None, Frame | None]:
        """Rows added and replaced, and what was written; changes nothing of this object."""
        name, month = key
        dataset = DATASETS[name]
        file = f"lake/{name}/month={month}/{name}-{month}.parquet"
        path = self._folder / file
        pieces = [Rows.from_table(dataset, month, read_table(p, sha)) for p, sha in spooled]
        alone = len(spooled) == 1 and not waiting
        held = None
        if self._base is not None and month in self._stored.get(name, {}):
            held = self._lake.read_rows(name, month, self._base.version)
        merged = merge(held, [*pieces, *waiting])
        pieces.clear()
        waiting.clear()
        if held is not None and not merged.added and not merged.replaced:
            return (0, 0), None, None
        rows = merged.rows
        path.parent.mkdir(parents=True, exist_ok=True)
        if held is None and alone:
            # The spooled piece is the month, in its final form.
            os.rename(spooled[0][0], path)
            sha256, size = spooled[0][1], path.stat().st_size
        else:
            sha256, size = write_table(path, rows.to_table(), dataset.fields)
        times = rows.times[[0, -1]]
        stored = StoredMonth(
            file, len(rows), pd.Timestamp(times[0]), pd.Timestamp(times[1]), sha256, size, rows.sources
        )
        frame = self._index.get(key)
        if frame is None or frame.made_from != origin_hash(dataset, sha256) or self._frames.verify(frame) is None:
            frame = self._frames.build(rows, sha256, path)
        else:
            seen = path.stat()
            frame = replace(frame, lake_size=seen.st_size, lake_mtime_ns=seen.st_mtime_ns)
        return (merged.added, merged.replaced), stored, frame

    def write_units(self, units: pd.DataFrame) -> None:
        """Write the registry under the name of its content."""
        self.touched = True
        fresh = self._folder / "lake" / "units" / "units.parquet"
        sha256, size = write_table(fresh, pa.Table.from_pandas(units, preserve_index=False))
        file = f"lake/units/units-{sha256[:12]}.parquet"
        os.rename(fresh, self._folder / file)
        self._units = StoredUnits(file, len(units), sha256, size)
        self._written.add(file)

    def fingerprint(self) -> str:
        """Hash of everything the version holds."""
        return fingerprint_of(self._manifest("", ()))

    def finish(self, version: str, previous: tuple[str, ...]) -> None:
        """Complete the folder: unchanged files, manifest, everything synced; note the frames."""
        manifest = self._manifest(version, previous)
        unchanged = [
            s.file for d in manifest.datasets.values() for s in d.months.values() if s.file not in self._written
        ]
        for file in unchanged:
            assert self._base is not None
            link_or_copy(self._lake.path_of(self._base.version, file), self._folder / file)
        if self._units is not None and self._units.file not in self._written:
            # Small and in every version: a copy, so that damage to one version's file leaves the others.
            assert self._base is not None
            content = self._lake.path_of(self._base.version, self._units.file).read_bytes()
            target = self._folder / self._units.file
            target.parent.mkdir(parents=True, exist_ok=True)
            write_synced(target, content)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_synced(self._folder / "manifest.json", manifest.to_json().encode())
        sync_folders(self._folder)
        here = {(n, m) for n, d in manifest.datasets.items() for m in d.months}
        self._frames.write_index(version, {key: frame for key, frame in self._index.items() if key in here})

    def _manifest(self, version: str, previous: tuple[str, ...]) -> Manifest:
        datasets = {n: StoredDataset(dict(sorted(self._stored[n].items()))) for n in DATASETS if self._stored.get(n)}
        created = pd.Timestamp.now("Etc/GMT-10").tz_localize(None).floor("s").as_unit("us")
        return Manifest(version, created, previous, datasets, self._units)


def fingerprint_of(manifest: Manifest) -> str:
    """Hash of what a version holds, whatever it is called and whenever it was made."""
    digest = hashlib.sha256()
    for name, dataset in manifest.datasets.items():
        for month, stored in dataset.months.items():
            digest.update(f"{name} {month} {stored.sha256}\n".encode())
    digest.update((manifest.units.sha256 if manifest.units else "").encode())
    return digest.hexdigest()
