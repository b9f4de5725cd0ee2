"""AEMO's files on the web: NEMWEB's listings, or those of any static server over the same tree."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from components.errors import FileRejected, SourceError, UsageError
from components.ingest.discover import (
    MOST_DEPTH,
    NO_DATASET,
    Listing,
    Source,
    SourceFile,
    Wanted,
    descend,
    in_order,
    named_itself,
    sort_in,
    spelled,
)
from components.ingest.fetch import AbsentError, Fetcher, Limits
from components.ingest.folder import FolderSource
from components.ingest.listing import Link, read_listing, says_it_lists
from components.ingest.names import FileName, plain, read_name

MOST_PAGES = 20_000
NEMWEB_HOST = "nemweb.com.au"


def open_source(text: str, limits: Limits, workers: int = 4, keep_listings: float = 0.0) -> Source:
    """A folder, a single file, or a web address (for ``keep_listings`` see :class:`WebSource`).

    Raises
    ------
    SourceError
        When there is no such folder or file.
    UsageError
        When the text is an address of another kind than http.
    """
    if not text.strip():
        raise UsageError("--source is empty: expected a folder or an http address")
    scheme = re.match(r"^([a-zA-Z][a-zA-Z0-9+.-]+)://", text)
    if scheme and scheme[1].lower() in ("http", "https"):
        return WebSource(text, limits, workers, keep_listings)
    if scheme and scheme[1].lower() == "file":
        return FolderSource(Path(unquote(urlsplit(text).path)), limits)
    if scheme:
        raise UsageError(f"--source {text!r}: expected a folder or an http address, found {scheme[1]}://")
    return FolderSource(Path(text).expanduser(), limits)


class WebSource:
    """NEMWEB, or any server that lists its folders. Never leaves the address it was given.

    Who asks again and again keeps the pages that list folders only for ``keep_listings`` seconds: those with
    files are asked for every time.
    """

    def __init__(self, url: str, limits: Limits, workers: int = 4, keep_listings: float = 0.0):
        parts = urlsplit(url)
        if not parts.hostname:
            raise UsageError(f"--source {url!r}: expected an address such as https://www.nemweb.com.au/")
        self.label = url
        self._workers = workers
        self._limits = limits
        self._keep = keep_listings
        self._kept: dict[str, tuple[float, list[Link]]] = {}
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
            known = named_itself(name, wanted)
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
                    bare = not inside and not any(k.folder or read_name(k.name) for k in links)
                    every = [*links, *self._usual(links)] if bare else links
                    deeper += self._follow(every, base, inside, wanted, listing)
                frontier = list({u: (u, i) for u, i in deeper if u not in seen}.values())
                seen.update(u for u, _ in frontier)
                if len(seen) > MOST_PAGES:
                    raise SourceError(
                        f"{self.label} has more than {MOST_PAGES} folders; name a part of it as the source"
                    )
        listing.files = in_order(listing.files)
        return listing

    def _usual(self, links: list[Link]) -> list[Link]:
        """NEMWEB's two trees, for a front page that is no listing."""
        have = {plain(k.name) for k in links}
        return [
            Link(urljoin(self._root, quote(n) + "/"), n, True, None, "")
            for n in ("Reports", "Data_Archive")
            if n.upper() not in have
        ]

    def _list(self, url: str, listing: Listing, *, is_root: bool) -> list[Link]:
        until, links = self._kept.get(url, (0.0, []))
        if time.monotonic() < until:
            return links
        try:
            body = self._fetcher.get(url, self._limits.listing_bytes)
        except AbsentError:
            if is_root:
                raise
            return []
        except SourceError as why:
            if is_root:
                raise
            listing.unread.append(str(why))
            return []
        links = read_listing(body.data, url, self._root)
        if not links and not is_root and not says_it_lists(body.data):
            listing.unread.append(f"{url} is no listing")  # e.g. a page of maintenance that comes with status 200
        elif all(k.folder for k in links):
            self._kept[url] = (time.monotonic() + self._keep, links)
        return links

    def _follow(
        self, links: list[Link], base: list[str], inside: tuple[str, ...], wanted: Wanted, listing: Listing
    ) -> list[tuple[str, tuple[str, ...]]]:
        folders = {k.name: k for k in links if k.folder}
        for link in links:
            if link.folder:
                continue
            name = sort_in(listing, link.name, wanted)
            if name:
                listing.files.append(self._file(link, "/".join((*inside, link.name)), name))
        if len(inside) >= MOST_DEPTH:
            return []
        return [(folders[n].url, (*inside, n)) for n in descend([*base, *inside], list(folders), wanted)]

    def _file(self, link: Link, relative: str, name: FileName) -> SourceFile:
        path = spelled(relative)
        identity = urljoin(self._root, quote(path)) if not self._is_file else self._root
        return SourceFile(path, identity, name, link.size, link.stamp, spellings(link.url))

    def files_in(self, folder: str) -> list[SourceFile]:
        """Every file of one folder below the address; none where it is not there.

        Raises
        ------
        SourceError
            When it cannot be listed.
        """
        url = self._root + quote(folder) + "/"
        try:
            body = self._fetcher.get(url, self._limits.listing_bytes)
        except AbsentError:
            return []
        links = [k for k in read_listing(body.data, url, self._root) if not k.folder]
        return [self._file(k, f"{folder}/{k.name}", NO_DATASET) for k in links]

    def read(self, file: SourceFile) -> bytes:
        """The file's bytes; where ``#`` is in the name, the ways to spell it are tried in turn.

        Raises
        ------
        AbsentError
            When the listing names a file that is not there.
        """
        failed: SourceError | None = None
        for url in file.where:
            try:
                return self._fetcher.get(url, self._limits.file_bytes).data
            except FileRejected:
                raise
            except SourceError as why:
                if not isinstance(why, AbsentError) and "answers 400" not in str(why):
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
    bare = spelled(last)
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
