"""The lake: tidy Parquet by month in numbered versions, of which one is current.

::

    data/
      current -> versions/000012-3f9a2c      the one pointer; changing it is what publishes
      manifest.json -> current/manifest.json
      lake -> current/lake
      versions/000012-3f9a2c/manifest.json, lake/<dataset>/month=YYYY-MM/*.parquet, lake/units/*.parquet
      frames/                                derived, see ``store/framefiles.py``

A version never changes once it is current. Files that a new version shares with the one before are hard links.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from components.errors import NoData, StoreCorrupt, StoreError, UsageError
from components.schema import DATASETS, conform_units
from components.store.files import Lock, clear_errors, read_table
from components.store.manifest import Manifest
from components.store.publish import PublishReport, Transaction
from components.store.rows import Rows, stamps_of
from components.store.snapshot import EMPTY_UNITS

_VERSION = re.compile(r"^\d{6,}-[0-9a-f]{6}$")


class Lake:
    """A folder of published versions. Making the object touches nothing."""

    def __init__(self, root: Path):
        self.root = Path(root)

    # -- what is there -----------------------------------------------------------------------------------

    def current_version(self) -> str | None:
        """Name of the current version, None when nothing was ever published. One system call."""
        try:
            return os.path.basename(os.readlink(self.root / "current"))
        except FileNotFoundError:
            return None
        except NotADirectoryError as wrong:
            raise StoreError(f"{self.root} is no folder") from wrong
        except OSError as wrong:
            if wrong.errno == errno.EINVAL:
                raise StoreCorrupt(f"{self.root / 'current'} is no link to a version") from wrong
            raise StoreError(f"{self.root} cannot be read: {wrong.strerror}") from wrong

    def versions(self) -> list[str]:
        """Every version that is kept, oldest first."""
        try:
            found = [name for name in os.listdir(self.root / "versions") if _VERSION.match(name)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(found, key=version_number)

    def path_of(self, version: str, file: str) -> Path:
        """Where a file of a version's manifest lies."""
        return self.root / "versions" / version / file

    def manifest_of(self, version: str) -> Manifest:
        """The manifest of one version.

        Raises
        ------
        StoreCorrupt
            It is missing or damaged.
        StoreError
            A newer program wrote it.
        """
        path = self.path_of(version, "manifest.json")
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as wrong:
            raise StoreCorrupt(f"{path} is damaged: it is no text") from wrong
        except OSError as refused:
            raise StoreCorrupt(f"{path} cannot be read: {refused.strerror}") from refused
        manifest = Manifest.from_json(text, str(path))
        if manifest.version != version:
            raise StoreCorrupt(f"{path} is damaged: it names version {manifest.version}")
        return manifest

    def manifest(self) -> Manifest | None:
        """The manifest of the current version; None when nothing was ever published."""
        while True:
            version = self.current_version()
            if version is None:
                return None
            try:
                return self.manifest_of(version)
            except StoreCorrupt:
                if self.current_version() == version:
                    raise

    # -- reading -----------------------------------------------------------------------------------------

    def read(self, dataset: str, month: str, version: str | None = None) -> pd.DataFrame:
        """A month of tidy rows sorted by (time, key), as :func:`components.schema.conform` gives them.

        Raises
        ------
        NoData
            The version has no such month.
        StoreCorrupt
            The file is missing or not bit by bit what was published.
        """
        return self.read_rows(dataset, month, version).to_frame()

    def read_rows(self, dataset: str, month: str, version: str | None = None) -> Rows:
        """The same rows in narrow arrays."""
        return Rows.from_table(DATASETS[dataset], month, self._read_table(dataset, month, version))

    def read_stamps(self, dataset: str, month: str) -> tuple[np.ndarray, np.ndarray]:
        """Of the same rows only the stamp (as :class:`~components.store.rows.Rows` has it) and length [min]."""
        table = self._read_table(dataset, month, None, ["time", "minutes"])
        return stamps_of(month, table["time"]), table["minutes"].to_numpy()

    def _read_table(self, dataset: str, month: str, version: str | None, columns: list[str] | None = None) -> pa.Table:
        if dataset not in DATASETS:
            raise StoreError(f"no dataset is called {dataset!r}; there are {', '.join(DATASETS)}")
        manifest = self._manifest_or_current(version)
        stored = manifest.datasets[dataset].months.get(month) if dataset in manifest.datasets else None
        if stored is None:
            raise NoData(f"version {manifest.version} has no {dataset} rows of {month}")
        try:
            return read_table(self.path_of(manifest.version, stored.file), stored.sha256, columns)
        except StoreCorrupt:
            if version is None and self.current_version() != manifest.version:
                return self._read_table(dataset, month, None, columns)  # published anew and cleaned up meanwhile
            raise

    def read_units(self, version: str | None = None) -> pd.DataFrame:
        """The registry (:data:`components.schema.UNITS_COLUMNS`); empty when none was stored.

        Raises
        ------
        StoreCorrupt
            The file is missing or not bit by bit what was published.
        """
        if version is None and self.current_version() is None:
            return conform_units(EMPTY_UNITS)
        manifest = self._manifest_or_current(version)
        if manifest.units is None:
            return conform_units(EMPTY_UNITS)
        try:
            table = read_table(self.path_of(manifest.version, manifest.units.file), manifest.units.sha256)
        except StoreCorrupt:
            if version is None and self.current_version() != manifest.version:
                return self.read_units()
            raise
        return conform_units(table.to_pandas())

    def _manifest_or_current(self, version: str | None) -> Manifest:
        manifest = self.manifest_of(version) if version is not None else self.manifest()
        if manifest is None:
            raise NoData(f"{self.root} holds nothing yet")
        return manifest

    # -- writing -----------------------------------------------------------------------------------------

    def begin(self, *, demo: bool = False, replace: bool = False) -> Transaction:
        """Take the publishing lock and start adding rows; use it in a ``with`` block.

        Rows are merged with those of the current version. They start from nothing instead where that
        version is a demo and this is not (the report says so), and with ``replace``.

        Parameters
        ----------
        demo : every row will be of the source ``demo``; otherwise none may.
        replace : start from nothing, whatever is there (another synthetic market, or one over real data).

        Raises
        ------
        StoreBusy
            Another program is publishing; names its process.
        UsageError
            Demo data over real data without ``replace``.
        StoreCorrupt
            The current version cannot be read (with ``replace`` it does not have to be).
        """
        with clear_errors(f"publishing into {self.root}"):
            (self.root / "versions").mkdir(parents=True, exist_ok=True)
            lock = Lock(self.root / ".publishing.lock")
        try:
            notes: list[str] = []
            try:
                current = self.manifest()
            except StoreCorrupt as damaged:
                if not replace:
                    raise
                current = None
                notes.append(f"the damaged version was set aside: {damaged}")
            base = current
            if current is not None and current.datasets and current.is_demo != demo:
                if demo and not replace:
                    raise UsageError(
                        f"{self.root} holds real data ({', '.join(current.source)}); demo data would take its place: "
                        "choose another --data-dir, or --force to set the real data aside"
                    )
                notes.append("demo data set aside" if current.is_demo else "real data set aside")
                base = None
            if replace:
                base = None
            with clear_errors(f"publishing into {self.root}"):
                return Transaction(self, lock, current, base, demo=demo, notes=notes)
        except BaseException:
            lock.release()
            raise


def version_number(version: str) -> int:
    """The running number of a version's name."""
    return int(version.partition("-")[0])


__all__ = ["Lake", "Manifest", "PublishReport", "Transaction", "version_number"]
