"""Import the files of the earlier dashboard into the lake.

A folder holds some of ``scada5/30``, ``prices5/30``, ``transmission5/30``, ``rooftop*``, ``demand*.parquet`` and
a list of units, ``gen_info.{csv,parquet,pkl}``. Everything is read in pieces, nothing is changed on error, and
AEMO's own data wins where both meet (source ``import``). Power is kept as the files have it: charging of
batteries negative, pumps positive as SCADA reports them; the roles give the signs when it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from components.errors import FileRejected, SourceError, UsageError
from components.ingest.legacy_tables import Layout, layout_of, native_minutes, stamps_of, tidy_rows, time_column
from components.ingest.legacy_units import UNIT_LISTS, read_gen_info
from components.ingest.registry import RegistryParts, build_units, merge_units
from components.store.lake import Lake
from components.store.publish import PublishReport
from components.vocabulary import UNMAPPED

PIECE_ROWS = 1_000_000
"""Rows held in memory at a time."""
EXPECTED = "scada5/30, prices5/30, transmission5/30, rooftop*, demand*.parquet or gen_info.csv/.parquet/.pkl"


@dataclass
class FileRead:
    """What one file held."""

    name: str
    dataset: str
    rows: int
    keys: int
    stamps: np.ndarray
    minutes: np.ndarray

    def line(self) -> str:
        """One line for the summary: rows, keys, native length, time covered, stamps missing inside."""
        if len(self.stamps) == 0:
            return f"{self.name}: no rows"
        lengths = " and ".join(f"{m}-minute" for m in sorted(set(self.minutes.tolist())))
        gaps = missing_stamps(self.stamps, self.minutes)
        covers = f"{pd.Timestamp(self.stamps[0]):%Y-%m-%d %H:%M} to {pd.Timestamp(self.stamps[-1]):%Y-%m-%d %H:%M}"
        return (
            f"{self.name}: {self.rows:,} {self.dataset} rows, {self.keys} keys, {lengths}, {covers}, "
            f"{len(self.stamps):,} stamps, {gaps:,} missing"
        )


def missing_stamps(stamps: np.ndarray, minutes: np.ndarray) -> int:
    """Stamps that the file's own spacing lets expect between its first and last, but that are absent."""
    steps = np.diff(stamps).astype("timedelta64[m]").astype("int64")
    return int(np.maximum(steps // minutes[1:] - 1, 0).sum())


@dataclass
class ImportReport:
    """What an import read and changed."""

    files: list[FileRead]
    units: int
    units_file: str
    published: PublishReport
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Summary for the command line."""
        out = [f.line() for f in self.files]
        if self.units_file:
            out.append(f"{self.units_file}: {self.units} units")
        out += [*self.notes, *self.published.notes]
        if not self.published.changed:
            return [*out, f"nothing new: version {self.published.version} stays"]
        added = ", ".join(f"{n:,} {d}" for d, n in sorted(self.published.rows_added.items()) if n) or "none"
        replaced = sum(self.published.rows_replaced.values())
        return [*out, f"rows added: {added}; replaced: {replaced:,}; version {self.published.version}"]


def import_folder(lake: Lake, folder: Path, *, progress: bool = True) -> ImportReport:
    """Read a folder of the earlier dashboard's files and publish them as one version.

    Parameters
    ----------
    lake : where to.
    folder : the folder; names in any case.
    progress : show a progress bar.

    Raises
    ------
    UsageError
        The folder does not exist.
    SourceError, FileRejected
        It holds none of these files; or one is unreadable or lacks its key column. Nothing is stored then.
    StoreError
        See ``Lake.begin``.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    names = sorted(p.name for p in folder.iterdir() if p.is_file())
    tables = [(folder / n, layout) for n in names if (layout := layout_of(n))]
    lists = [folder / n for wanted in UNIT_LISTS for n in names if n.lower() == wanted]
    if not tables and not lists:
        raise SourceError(
            f"{folder} holds no file of the earlier dashboard; expected {EXPECTED}, found {_found(names)}"
        )
    claims = read_gen_info(lists[0]) if lists else None
    report_files, notes = [], []
    seen: set[str] = set()
    with lake.begin() as transaction:
        for path, layout in tables:
            read = FileRead(path.name, layout.dataset, 0, 0, *_lengths(path))
            keys: set[str] = set()
            for rows in _with_bar(read_pieces(path, layout, read.stamps, read.minutes), path, progress):
                transaction.add(layout.dataset, rows)
                read.rows += len(rows)
                keys.update(rows[layout.key].unique())
            read.keys = len(keys)
            seen |= keys if layout.dataset == "scada" else set()
            report_files.append(read)
        parts = RegistryParts(claims=[claims] if claims is not None else [])
        units = build_units(parts, seen)
        unmapped = units.loc[units["fuel"] == UNMAPPED, "duid"]
        if seen and claims is None:
            notes.append(f"no gen_info file: fuels of {len(seen)} units come from AEMO's lists, if ingested")
        elif len(unmapped):
            notes.append(f"{len(unmapped)} units without a known fuel: {', '.join(unmapped[:8])}")
        manifest = lake.manifest()
        if manifest is not None and not manifest.is_demo:
            units = merge_units(lake.read_units(), units)
        if len(units):
            transaction.set_units(units)
        published = transaction.publish()
    count = claims["duid"].nunique() if claims is not None else 0
    return ImportReport(report_files, count, lists[0].name if lists else "", published, notes)


def _found(names: list[str]) -> str:
    return (", ".join(names[:5]) + (" …" if len(names) > 5 else "")) or "an empty folder"


# -- tables ------------------------------------------------------------------------------------------


def _open(path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as wrong:
        raise FileRejected(f"{path.name} is no readable Parquet file: {str(wrong).splitlines()[0][:120]}") from wrong


def _lengths(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Every stamp of a file once, and how long the reading there is; only the time column is read."""
    column = time_column(_open(path).schema_arrow.names, path.name)
    found = [np.unique(stamps_of(piece[column], path.name)) for piece in _frames(path, [column])]
    return native_minutes(np.concatenate(found) if found else np.empty(0, "datetime64[us]"), path.stem)


def _frames(path: Path, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
    import pyarrow as pa

    file = _open(path)
    try:
        for batch in file.iter_batches(PIECE_ROWS, columns=columns):
            # The index pandas may have stored is a column like any other here.
            yield pa.Table.from_batches([batch]).replace_schema_metadata().to_pandas()
    except (pa.ArrowException, OSError, ValueError) as wrong:
        raise FileRejected(f"{path.name} is a damaged Parquet file: {str(wrong).splitlines()[0][:120]}") from wrong
    finally:
        file.close()


def read_pieces(path: Path, layout: Layout, stamps: np.ndarray, minutes: np.ndarray) -> Iterator[pd.DataFrame]:
    """A file's tidy rows in pieces, with their native length and source."""
    for frame in _frames(path):
        rows = tidy_rows(frame, layout, path.name)
        length = minutes[np.searchsorted(stamps, rows["time"].to_numpy("datetime64[us]"))]
        yield rows.assign(minutes=length.astype("int8"), source="import", changed=np.datetime64("NaT", "us"))


def _with_bar(pieces: Iterator[pd.DataFrame], path: Path, progress: bool) -> Iterator[pd.DataFrame]:
    from tqdm import tqdm

    total = _open(path).metadata.num_rows
    with tqdm(total=total, desc=path.name, unit=" rows", unit_scale=True, disable=not progress) as bar:
        done = 0
        for piece in pieces:
            yield piece
            done += len(piece)
            bar.update(len(piece))
        bar.update(total - done if total > done else 0)
