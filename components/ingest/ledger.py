"""Which files of which source are in the lake already: ``data/ledger.json``.

The ledger only saves work. It is written after the publication that holds a file's rows, so a killed run repeats
at most its last batch; and an entry counts only while the lake still has rows of that quality for the same
months, so deleting the lake (or setting a demo aside) makes the ledger forget by itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from components.errors import StoreError
from components.ingest.discover import SourceFile, Wanted
from components.ingest.names import UNITS
from components.ingest.read import Outcome
from components.schema import SOURCE_RANK, month_of
from components.store.lake import Manifest

SCHEMA = 1
MOST_ENTRIES = 300_000


class Ledger:
    """The files that were read, by their full address."""

    def __init__(self, path: Path, manifest: Manifest | None):
        self._path = path
        self._files: dict[str, dict[str, Any]] = {}
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["schema"] == SCHEMA and isinstance(content["files"], dict):
                self._files = content["files"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # no ledger, or none that can be read: everything is read again
        self._manifest = manifest

    def sha256(self, file: SourceFile, wanted: Wanted) -> str:
        """Checksum of the edition that is in the lake as far as wanted; "" = none is."""
        entry = self._files.get(file.identity)
        return str(entry.get("sha256", "")) if isinstance(entry, dict) and self._covers(entry, file, wanted) else ""

    def done(self, file: SourceFile, wanted: Wanted) -> bool:
        """Whether this edition of the file, as far as wanted, is in the lake."""
        entry = self._files.get(file.identity)
        if not isinstance(entry, dict) or file.size is None or not file.stamp:
            return False
        return (entry.get("size"), entry.get("stamp")) == (file.size, file.stamp) and self._covers(entry, file, wanted)

    def _covers(self, entry: Mapping[str, Any], file: SourceFile, wanted: Wanted) -> bool:
        try:
            done = entry["done"]
            return all(
                dataset in done and self._holds(dataset, done[dataset], wanted) for dataset in file.name.datasets
            )
        except (KeyError, TypeError, ValueError):
            return False

    def _holds(self, dataset: str, part: Mapping[str, Any], wanted: Wanted) -> bool:
        if self._manifest is None:
            return False
        if dataset == UNITS:
            return self._manifest.units is not None and bool(part["demo"]) == self._manifest.is_demo
        start, end = (pd.Timestamp(part[side]) if part[side] else None for side in ("start", "end"))
        if start is not None and (wanted.start is None or wanted.start < start):
            return False
        if end is not None and (wanted.end is None or wanted.end > end):
            return False
        stored = self._manifest.datasets.get(dataset)
        for month in part["months"]:
            found = stored.months.get(month) if stored is not None else None
            if found is None or min(SOURCE_RANK[s] for s in found.source) > SOURCE_RANK[part["source"]]:
                return False
        return True

    def entry(self, outcome: Outcome, wanted: Wanted, *, demo: bool) -> dict[str, Any]:
        """What to enter for a file once its rows are published; made while the rows are at hand."""
        window: dict[str, str | None] = {"start": None, "end": None}
        if outcome.cut:
            window = {
                k: t.isoformat() if t is not None else None for k, t in (("start", wanted.start), ("end", wanted.end))
            }
        old = self._files.get(outcome.file.identity)
        if outcome.unchanged and old is not None:
            done = old["done"]
        else:
            done = {d: window | _rows_of(outcome, d) for d in outcome.file.name.datasets if d != UNITS}
            if UNITS in outcome.file.name.datasets:
                done[UNITS] = {"demo": demo}
        return {"size": outcome.file.size, "stamp": outcome.file.stamp, "sha256": outcome.sha256, "done": done}

    def add(self, identity: str, entry: dict[str, Any]) -> None:
        """Enter a file whose rows are published."""
        self._files.pop(identity, None)
        self._files[identity] = entry

    def keep_only(self, listed: Collection[str]) -> bool:
        """Drop files that stood in the folders of those ``listed`` and stand there no more; True when any did."""
        folders = {identity.rpartition("/")[0] for identity in listed}
        gone = [i for i in self._files if i not in listed and i.rpartition("/")[0] in folders]
        for identity in gone:
            del self._files[identity]
        return bool(gone)

    def forget(self) -> None:
        """Drop every entry: the lake began anew."""
        self._files.clear()

    def save(self) -> None:
        """Write the ledger beside the lake, whole or not at all.

        Raises
        ------
        StoreError
            When the data folder cannot be written.
        """
        kept = dict(list(self._files.items())[-MOST_ENTRIES:])
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            temporary.write_text(json.dumps({"schema": SCHEMA, "files": kept}, separators=(",", ":")), encoding="utf-8")
            os.replace(temporary, self._path)
        except OSError as why:
            temporary.unlink(missing_ok=True)
            raise StoreError(f"{self._path} cannot be written: {why.strerror}") from None


def _rows_of(outcome: Outcome, dataset: str) -> dict[str, Any]:
    """Months and source of the rows that a file gave."""
    frames = [f for f in outcome.rows.get(dataset, []) if len(f)]
    months = sorted({m for f in frames for m in pd.unique(month_of(f["time"].unique()))})
    return {"months": months, "source": str(frames[0]["source"].iloc[0]) if frames else "demo"}


def split(files: Iterable[SourceFile], ledger: Ledger, wanted: Wanted) -> tuple[list[SourceFile], int]:
    """The files still to be read, and how many are done."""
    todo, done = [], 0
    for file in files:
        if ledger.done(file, wanted):
            done += 1
        else:
            todo.append(file)
    return todo, done
