"""AEMO's files in a folder: a mirror of NEMWEB's tree, or any folder that holds such files somewhere below."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from components.errors import FileRejected, SourceError
from components.ingest.discover import (
    MOST_DEPTH,
    NO_DATASET,
    Listing,
    SourceFile,
    Wanted,
    descend,
    in_order,
    named_itself,
    sort_in,
    spelled,
)
from components.ingest.fetch import Limits
from components.ingest.names import FileName


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
            name = named_itself(self._root.name, wanted)
            return Listing([self._file(self._root, self._root.name, name)] if name else [], [self._root.name])
        listing = Listing([], [])
        for path, relative in self._walk((), wanted, listing, {os.path.realpath(self._root)}):
            name = sort_in(listing, path.name, wanted)
            if name:
                listing.files.append(self._file(path, relative, name))
        listing.files = in_order(listing.files)
        return listing

    def _walk(
        self, inside: tuple[str, ...], wanted: Wanted, listing: Listing, seen: set[str]
    ) -> Iterator[tuple[Path, str]]:
        """Every file below (path, path relative to the root with ``/``)."""
        try:
            with os.scandir(self._root.joinpath(*inside)) as scan:
                entries = sorted(scan, key=lambda e: e.name)
        except OSError as why:
            if not inside:
                raise SourceError(f"{self._root} cannot be read: {why.strerror}") from None
            listing.unread.append(f"{'/'.join(inside)} cannot be read: {why.strerror}")
            return
        yield from ((Path(e.path), "/".join((*inside, e.name))) for e in entries if e.is_file())
        folders = {e.name: os.path.realpath(e.path) for e in entries if e.is_dir()}
        for name in descend([*self._root.resolve().parts[-3:], *inside], list(folders), wanted):
            if folders[name] not in seen and len(inside) < MOST_DEPTH:
                seen.add(folders[name])  # a link may lead in a circle
                yield from self._walk((*inside, name), wanted, listing, seen)

    def _file(self, path: Path, relative: str, name: FileName) -> SourceFile:
        stat = path.stat()
        where = (str(path.resolve()),)
        return SourceFile(spelled(relative), where[0], name, stat.st_size, str(stat.st_mtime_ns), where)

    def files_in(self, folder: str) -> list[SourceFile]:
        """Every file of one folder below this one, found without case as on NEMWEB; none where it is not there."""
        here = self._root
        try:
            for step in folder.split("/"):
                found = [c for c in here.iterdir() if c.name.lower() == step.lower() and c.is_dir()]
                if not found:
                    return []
                here = found[0]
            return [self._file(p, f"{folder}/{p.name}", NO_DATASET) for p in sorted(here.iterdir()) if p.is_file()]
        except OSError as why:
            raise SourceError(f"{here} cannot be read: {why.strerror}") from None

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
