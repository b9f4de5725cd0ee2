"""Which files a run wants: the window and datasets, and the walk's rules that folders and listings share.

The same tree gives the same files whether it is walked on disk or through a server. NEMWEB's own folders are
pruned to what is wanted (streams, months); a folder that is none of NEMWEB's is walked whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import unquote

import pandas as pd

from components.ingest.names import MMS, UNITS, FileName, plain, read_name
from components.ingest.tables import TABLES, tables_for

CURRENT, ARCHIVE, MMSDM = "current", "archive", "mmsdm"
TREES = frozenset({CURRENT, ARCHIVE, MMSDM})
"""NEMWEB's trees: the last days file by file, the last thirteen months by day, everything by month."""
MOST_DEPTH = 14
"""Folders below each other; NEMWEB has nine."""


@dataclass(frozen=True)
class Wanted:
    """What a run is about: datasets (``units`` among them), the window ``(start, end]``, None = open, and the trees."""

    datasets: frozenset[str]
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    trees: frozenset[str] = TREES

    def month(self, first: pd.Timestamp) -> bool:
        """Whether an archive month (which may run a day over) is wanted."""
        last = first + pd.DateOffset(months=1, days=1)
        return (self.end is None or first < self.end) and (self.start is None or last > self.start)


@dataclass(frozen=True)
class SourceFile:
    """One file of a source that the run wants.

    Attributes
    ----------
    path : relative to the source, ``#`` and spaces plain; the same for a folder and its mirror.
    identity : the file's full address, for the ledger.
    name : what its name says.
    size, stamp : as listed (None, "" = not told); together they tell a new edition from the old one.
    where : path on disk, or addresses to try one after the other.
    """

    path: str
    identity: str
    name: FileName
    size: int | None
    stamp: str
    where: tuple[str, ...] = field(repr=False)


@dataclass
class Listing:
    """What was found: wanted files by path, how many others, and folders that could not be listed."""

    files: list[SourceFile]
    others: list[str]
    unread: list[str] = field(default_factory=list)


class Source(Protocol):
    """A place that AEMO's files are read from."""

    label: str

    def find(self, wanted: Wanted) -> Listing:
        """The wanted files."""
        ...

    def files_in(self, folder: str) -> list[SourceFile]:
        """Every file of one folder below the source, whatever its name; SourceError where it cannot be listed."""
        ...

    def read(self, file: SourceFile) -> bytes:
        """The bytes of one file (FileRejected, SourceError)."""
        ...

    def stat(self, file: SourceFile) -> SourceFile:
        """The file with size and stamp, where the listing did not tell them."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


# NEMWEB's folders -> the sub-folders that can lead to a file we read.
_INSIDE = {
    "REPORTS": ("CURRENT", "ARCHIVE"),
    "DATA_ARCHIVE": ("WHOLESALE_ELECTRICITY",),
    "WHOLESALE_ELECTRICITY": ("MMSDM",),
    "MMSDM_HISTORICAL_DATA_SQLLOADER": ("DATA",),
    "ROOFTOP_PV": ("ACTUAL",),
}
_EMISSIONS = "CDEII"
_STREAMS = {*(t.folder.upper() for t in TABLES), _EMISSIONS, "TRADINGIS_REPORTS", "NEXT_DAY_DISPATCH", "DAILY_REPORTS"}


def descend(parts: Sequence[str], children: Sequence[str], wanted: Wanted) -> list[str]:
    """Which sub-folders of the folder ``parts`` (its path from the root of the site) to visit.

    A folder that only bears the name of one of NEMWEB's, and holds none of the sub-folders that NEMWEB has
    there, is walked like any other.

    >>> descend(["Reports"], ["Current", "Archive", "Other"], Wanted(frozenset({"price"})))
    ['Current', 'Archive']
    """
    own = [c for c in children if c.upper() != "DUPLICATE" and not c.startswith((".", "~", "__"))]
    names = {c: plain(c) for c in own}
    parent, here = ["", "", *(plain(p) for p in parts)][-2:]
    if here == "MMSDM":
        nemweb = [c for c in own if re.fullmatch(r"\d{4}", c)]
        kept = [c for c in nemweb if any(wanted.month(m) for m in _months_of(int(c)))]
    elif parent == "MMSDM" and re.fullmatch(r"\d{4}", here):
        nemweb = [c for c in own if names[c].startswith("MMSDM_")]
        kept = [c for c in nemweb if _wanted_month(names[c], wanted)]
    elif parent == "REPORTS" and here in _INSIDE["REPORTS"]:
        nemweb = [c for c in own if names[c] in _STREAMS]
        streams = {t.folder.upper() for t in tables_for(wanted.datasets)}
        kept = [c for c in nemweb if names[c] in streams or (names[c] == _EMISSIONS and UNITS in wanted.datasets)]
    elif re.fullmatch(r"MMSDM_\d{4}_\d{2}", here):
        nemweb = kept = [c for c in own if names[c] == "MMSDM_HISTORICAL_DATA_SQLLOADER"]
    elif here in _INSIDE:
        nemweb = [c for c in own if names[c] in _INSIDE[here]]
        kept = [c for c in nemweb if names[c].lower() not in TREES or names[c].lower() in wanted.trees]
    else:
        nemweb = [c for c in own if wanted.trees != TREES and names[c] in ("REPORTS", "DATA_ARCHIVE")]
        kept = [
            c for c in nemweb if (wanted.trees & {CURRENT, ARCHIVE} if names[c] == "REPORTS" else MMSDM in wanted.trees)
        ]
    return kept if nemweb else own


def _months_of(year: int) -> list[pd.Timestamp]:
    return [pd.Timestamp(year, month, 1) for month in range(1, 13)] if 1990 <= year <= 2100 else []


def _wanted_month(name: str, wanted: Wanted) -> bool:
    found = re.fullmatch(r"MMSDM_(\d{4})_(\d{2})", name)
    if not found or not 1 <= int(found[2]) <= 12 or not 1990 <= int(found[1]) <= 2100:
        return False
    return wanted.month(pd.Timestamp(int(found[1]), int(found[2]), 1))


def sort_in(listing: Listing, file_name: str, wanted: Wanted) -> FileName | None:
    """What a listed file is, cut to the datasets that are wanted; None (and counted) when it is not for this run."""
    known = read_name(file_name)
    if known is None:
        listing.others.append(file_name)
        return None
    return _cut(known, wanted)


def named_itself(file_name: str, wanted: Wanted) -> FileName | None:
    """A file that was given as the source is read whatever it is called, if its ending is one of AEMO's."""
    known = read_name(file_name)
    if known is None and re.search(r"\.(zip|csv)$", file_name.lower()):
        known = FileName(MMS, wanted.datasets - {UNITS})
    return None if known is None else _cut(known, wanted)


def _cut(name: FileName, wanted: Wanted) -> FileName | None:
    datasets = name.datasets & wanted.datasets
    return replace(name, datasets=datasets) if datasets and name.touches(wanted.start, wanted.end) else None


def spelled(path: str) -> str:
    """A relative path with ``#`` for ``%23``: the same whichever way a server spells it."""
    while "%" in path and unquote(path) != path:
        path = unquote(path)
    return path


NO_DATASET = FileName(MMS, frozenset())
"""The name of a file that is asked for by its place, not by its name."""


def in_order(files: Iterable[SourceFile]) -> list[SourceFile]:
    """By time, then by path: months come one after the other; each path once."""
    late = pd.Timestamp("2262-01-01")
    once = {f.path: f for f in files}
    return sorted(once.values(), key=lambda f: (f.name.start or late, f.path))
