"""Finding AEMO's files: in NEMWEB's listings (or those of any static server over the same tree) and in folders.

Both kinds of source are walked by the same rules, so the same tree gives the same files either way. NEMWEB's own
folders are pruned to what is wanted (streams, months); a folder that is none of NEMWEB's is walked whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import pandas as pd

from components.errors import FileRejected, SourceError, UsageError
from components.ingest.fetch import Absent, Fetcher, Limits
from components.ingest.listing import Link, read_listing
from components.ingest.names import UNITS, FileName, plain, read_name
from components.ingest.tables import tables_for

MOST_DEPTH, MOST_PAGES = 14, 20_000
NEMWEB_HOST = "nemweb.com.au"


@dataclass(frozen=True)
class Wanted:
    """What a run is about: datasets (``units`` among them) and the window ``(start, end]``, None = open."""

    datasets: frozenset[str]
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    current_only: bool = False

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

    def read(self, file: SourceFile) -> bytes:
        """The bytes of one file (FileRejected, SourceError)."""
        ...

    def stat(self, file: SourceFile) -> SourceFile:
        """The file with size and stamp, where the listing did not tell them."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def open_source(text: str, limits: Limits, workers: int = 4) -> Source:
    """A folder, a single file, or a web address.

    Raises
    ------
    SourceError
        When there is no such folder or file.
    UsageError
        When the text is an address of another kind than http.
    """
    scheme = re.match(r"^([a-zA-Z][a-zA-Z0-9+.-]+)://", text)
    if scheme and scheme[1].lower() in ("http", "https"):
        return WebSource(text, limits, workers)
    if scheme and scheme[1].lower() == "file":
        return FolderSource(Path(unquote(urlsplit(text).path)), limits)
    if scheme:
        raise UsageError(f"--source {text!r}: expected a folder or an http address, found {scheme[1]}://")
    return FolderSource(Path(text).expanduser(), limits)


# -- which folders are worth a visit -----------------------------------------------------------------


def descend(parts: Sequence[str], children: Sequence[str], wanted: Wanted) -> list[str]:
    """Which sub-folders of the folder ``parts`` (its path from the root of the site) to visit.

    >>> descend(["Reports"], ["Current", "Archive", "Other"], Wanted(frozenset({"price"})))
    ['Current', 'Archive']
    """
    own = [c for c in children if c.upper() != "DUPLICATE" and not c.startswith((".", "~", "__"))]
    above = ["", "", *(plain(p) for p in parts)]
    here, parent = above[-1], above[-2]
    names = {c: plain(c) for c in own}
    if here in ("REPORTS", "DATA_ARCHIVE", "WHOLESALE_ELECTRICITY", "ROOFTOP_PV", "MMSDM_HISTORICAL_DATA_SQLLOADER"):
        only = {
            "REPORTS": {"CURRENT"} if wanted.current_only else {"CURRENT", "ARCHIVE"},
            "DATA_ARCHIVE": {"WHOLESALE_ELECTRICITY"},
            "WHOLESALE_ELECTRICITY": {"MMSDM"},
            "ROOFTOP_PV": {"ACTUAL"},
            "MMSDM_HISTORICAL_DATA_SQLLOADER": {"DATA"},
        }[here]
    elif parent == "REPORTS" and here in ("CURRENT", "ARCHIVE"):
        only = {t.folders[0].upper() for t in tables_for(wanted.datasets)}
        only |= {"CDEII"} if UNITS in wanted.datasets else set()
    elif here == "MMSDM":
        return [c for c in own if re.fullmatch(r"\d{4}", c) and any(wanted.month(m) for m in _months_of(int(c)))]
    elif parent == "MMSDM" and re.fullmatch(r"\d{4}", here):
        return [c for c in own if _wanted_month(names[c], wanted)]
    elif re.fullmatch(r"MMSDM_\d{4}_\d{2}", here):
        only = {"MMSDM_HISTORICAL_DATA_SQLLOADER"}
    elif wanted.current_only and {"REPORTS", "DATA_ARCHIVE"} & set(names.values()):
        only = {"REPORTS"}
    else:
        return own
    kept = [c for c in own if names[c] in only]
    # A folder that only happens to bear such a name holds none of these: then it is walked like any other.
    known = {
        "CURRENT",
        "ARCHIVE",
        "WHOLESALE_ELECTRICITY",
        "MMSDM",
        "ACTUAL",
        "DATA",
        "MMSDM_HISTORICAL_DATA_SQLLOADER",
    }
    in_streams = parent == "REPORTS"
    return kept if kept or in_streams or known & set(names.values()) else own


def _months_of(year: int) -> list[pd.Timestamp]:
    return [pd.Timestamp(year, month, 1) for month in range(1, 13)] if 1990 <= year <= 2100 else []


def _wanted_month(name: str, wanted: Wanted) -> bool:
    found = re.fullmatch(r"MMSDM_(\d{4})_(\d{2})", name)
    if not found or not 1 <= int(found[2]) <= 12 or not 1990 <= int(found[1]) <= 2100:
        return False
    return wanted.month(pd.Timestamp(int(found[1]), int(found[2]), 1))


def _select(name: FileName | None, wanted: Wanted) -> FileName | None:
    """The file's name with the datasets that are wanted of it, None when nothing is."""
    if name is None:
        return None
    datasets = name.datasets & wanted.datasets
    return replace(name, datasets=datasets) if datasets and name.touches(wanted.start, wanted.end) else None


def _spelled(path: str) -> str:
    """A relative path with ``#`` for ``%23``: the same whichever way a server spells it."""
    while "%" in path and unquote(path) != path:
        path = unquote(path)
    return path


def _sorted(files: Iterable[SourceFile]) -> list[SourceFile]:
    """By time, then by path: months come one after the other; each path once."""
    late = pd.Timestamp("2262-01-01")
    once = {f.path: f for f in files}
    return sorted(once.values(), key=lambda f: (f.name.start or late, f.path))


# -- folders -----------------------------------------------------------------------------------------


class FolderSource:
    """A folder (or one file) on this machine."""

    def __init__(self, root: Path, limits: Limits):
        self.label = str(root)
        self._root = root
        self._limits = limits
        if not root.exists():
            raise SourceError(f"{root} is not there; expected a folder with AEMO's files, or NEMWEB's address")

    def find(self, wanted: Wanted) -> Listing:
        """The wanted files below the folder."""
        if self._root.is_file():
            name = _select(read_name(self._root.name) or single(self._root.name, wanted), wanted)
            return Listing([self._file(self._root, self._root.name, name)] if name else [], [self._root.name])
        listing = Listing([], [])
        base = list(self._root.resolve().parts[-3:])
        for path, relative in self._walk(self._root, base, (), wanted, listing, {os.path.realpath(self._root)}):
            known = read_name(path.name)
            name = _select(known, wanted)
            if name:
                listing.files.append(self._file(path, relative, name))
            elif known is None:
                listing.others.append(path.name)
        listing.files = _sorted(listing.files)
        return listing

    def _walk(
        self, folder: Path, base: list[str], inside: tuple[str, ...], wanted: Wanted, listing: Listing, seen: set[str]
    ) -> Iterator[tuple[Path, str]]:
        try:
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as why:
            if not inside:
                raise SourceError(f"{folder} cannot be read: {why.strerror}") from None
            listing.unread.append(f"{'/'.join(inside)} cannot be read: {why.strerror}")
            return
        folders = [e for e in entries if e.is_dir()]
        for entry in entries:
            if entry.is_file():
                yield Path(entry.path), "/".join((*inside, entry.name))
        keep = set(descend([*base, *inside], [e.name for e in folders], wanted))
        for entry in folders:
            real = os.path.realpath(entry.path)
            if entry.name in keep and real not in seen and len(inside) < MOST_DEPTH:
                seen.add(real)  # a link may lead in a circle
                yield from self._walk(Path(entry.path), base, (*inside, entry.name), wanted, listing, seen)

    def _file(self, path: Path, relative: str, name: FileName) -> SourceFile:
        stat = path.stat()
        where = (str(path.resolve()),)
        return SourceFile(_spelled(relative), where[0], name, stat.st_size, str(stat.st_mtime_ns), where)

    def read(self, file: SourceFile) -> bytes:
        """The file's bytes."""
        path = Path(file.where[0])
        try:
            if path.stat().st_size > self._limits.file_bytes:
                raise FileRejected(f"{file.path} has more than {self._limits.file_bytes:,} bytes")
            return path.read_bytes()
        except OSError as why:
            raise SourceError(f"{file.path} cannot be read: {why.strerror}") from None

    def stat(self, file: SourceFile) -> SourceFile:
        """Folders always tell."""
        return file

    def close(self) -> None:
        """Nothing to let go of."""


def single(name: str, wanted: Wanted) -> FileName | None:
    """A file that was named itself is read whatever it is called, if its ending is one of AEMO's."""
    return FileName("mms", wanted.datasets - {UNITS}) if re.search(r"\.(zip|csv)$", name.lower()) else None


# -- the web -----------------------------------------------------------------------------------------


class WebSource:
    """NEMWEB, or any server that lists its folders. Never leaves the address it was given."""

    def __init__(self, url: str, limits: Limits, workers: int = 4):
        parts = urlsplit(url)
        if not parts.hostname:
            raise UsageError(f"--source {url!r}: expected an address such as https://www.nemweb.com.au/")
        self.label = url
        self._workers = workers
        self._limits = limits
        self._fetcher = Fetcher(url, limits)
        self._root = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "", ""))
        self._is_file = re.search(r"\.(zip|csv|gz|xlsx)$", parts.path.lower()) is not None
        if not self._is_file and not self._root.endswith("/"):
            self._root += "/"

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def find(self, wanted: Wanted) -> Listing:
        """The wanted files of all listings below the address.

        Raises
        ------
        SourceError
            When the address itself cannot be listed.
        """
        if self._is_file:
            name = unquote(self._root.rpartition("/")[2])
            known = _select(read_name(name) or single(name, wanted), wanted)
            found = Link(self._root, name, False, None, "")
            return Listing([self._file(found, name, known)] if known else [], [name])
        listing = Listing([], [])
        base = [unquote(p) for p in urlsplit(self._root).path.split("/") if p]
        frontier: list[tuple[str, tuple[str, ...]]] = [(self._root, ())]
        seen = {self._root}
        with ThreadPoolExecutor(self._workers) as pool:
            while frontier:
                pages = list(pool.map(lambda place: self._list(place[0], listing, is_root=not place[1]), frontier))
                deeper = []
                for (_, inside), links in zip(frontier, pages, strict=True):
                    if not inside and not any(l.folder or read_name(l.name) for l in links):
                        links = [*links, *self._usual(links)]
                    deeper += self._follow(links, base, inside, wanted, listing)
                frontier = [(u, i) for u, i in deeper if u not in seen and not seen.add(u)]  # type: ignore[func-returns-value]
                if len(seen) > MOST_PAGES:
                    raise SourceError(
                        f"{self.label} has more than {MOST_PAGES} folders; name a part of it as the source"
                    )
        listing.files = _sorted(listing.files)
        return listing

    def _usual(self, links: list[Link]) -> list[Link]:
        """NEMWEB's two trees, for a front page that is no listing."""
        have = {plain(l.name) for l in links}
        return [
            Link(urljoin(self._root, quote(n) + "/"), n, True, None, "")
            for n in ("Reports", "Data_Archive")
            if n.upper() not in have
        ]

    def _list(self, url: str, listing: Listing, *, is_root: bool) -> list[Link]:
        try:
            body = self._fetcher.get(url, self._limits.listing_bytes)
        except Absent:
            if is_root:
                raise
            return []
        except SourceError as why:
            if is_root:
                raise
            listing.unread.append(str(why))
            return []
        return read_listing(body.data, url, self._root)

    def _follow(
        self, links: list[Link], base: list[str], inside: tuple[str, ...], wanted: Wanted, listing: Listing
    ) -> list[tuple[str, tuple[str, ...]]]:
        folders = {l.name: l for l in links if l.folder}
        for link in links:
            if link.folder:
                continue
            known = read_name(link.name)
            name = _select(known, wanted)
            if name:
                listing.files.append(self._file(link, "/".join((*inside, link.name)), name))
            elif known is None:
                listing.others.append(link.name)
        if len(inside) >= MOST_DEPTH:
            return []
        return [(folders[n].url, (*inside, n)) for n in descend([*base, *inside], list(folders), wanted)]

    def _file(self, link: Link, relative: str, name: FileName) -> SourceFile:
        path = _spelled(relative)
        identity = urljoin(self._root, quote(path)) if not self._is_file else self._root
        return SourceFile(path, identity, name, link.size, link.stamp, spellings(link.url))

    def read(self, file: SourceFile) -> bytes:
        """The file's bytes; where ``#`` is in the name, the ways to spell it are tried in turn.

        Raises
        ------
        Absent
            When the listing names a file that is not there.
        """
        failed: SourceError | None = None
        for url in file.where:
            try:
                return self._fetcher.get(url, self._limits.file_bytes).data
            except FileRejected:
                raise
            except SourceError as why:
                if not isinstance(why, Absent) and "answers 400" not in str(why):
                    raise
                failed = failed or why
        raise failed or SourceError(f"{file.path} has no address")

    def stat(self, file: SourceFile) -> SourceFile:
        """Size and date by HEAD where the listing gives none."""
        if file.size is not None and file.stamp:
            return file
        for url in file.where:
            size, stamp = self._fetcher.stat(url)
            if size is not None:
                return replace(file, size=size, stamp=stamp)
        return file


def spellings(url: str) -> tuple[str, ...]:
    """The address as listed, then the other ways a server may want a ``#`` in a name.

    >>> spellings("http://h/PUBLIC_ARCHIVE%23A%23FILE01%23202408010000.zip")[1]
    'http://h/PUBLIC_ARCHIVE%2523A%2523FILE01%2523202408010000.zip'
    """
    head, _, last = url.rpartition("/")
    bare = _spelled(last)
    if "#" not in bare:
        return (url,)
    ways = [last, *(quote(bare.replace("#", hash_)) for hash_ in ("#", "%23"))]
    return tuple(dict.fromkeys(f"{head}/{way}" for way in ways))


def is_whole_nemweb(text: str) -> bool:
    """True for NEMWEB's own site above the level of a month or a stream: too much to read unasked."""
    parts = urlsplit(text)
    host = (parts.hostname or "").removeprefix("www.")
    depth = [p.upper() for p in parts.path.split("/") if p]
    deep = any(re.fullmatch(r"MMSDM_\d{4}_\d{2}", p) for p in depth) or depth[:2] == ["REPORTS", "CURRENT"]
    return host == NEMWEB_HOST and not deep
