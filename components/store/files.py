"""File operations that survive a crash: written whole, synced, then given their name in one rename."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import resource
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from components.errors import StoreBusy, StoreCorrupt, StoreError

_TEMPORARY = re.compile(r"^\.tmp-(\d+)-[0-9a-f]{8}-")
_held: set[int] = set()
_watches_forks = False


@contextmanager
def clear_errors(doing: str) -> Iterator[None]:
    """What the operating system refuses becomes one clear StoreError."""
    try:
        yield
    except OSError as refused:
        why = refused.strerror or str(refused)
        if refused.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            why = "the disk is full"
        elif refused.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            why = "not allowed to write there"
        where = f" ({refused.filename})" if refused.filename else ""
        raise StoreError(f"{doing} failed: {why}{where}; what was published before is unchanged") from refused


MOST_OPEN_FILES = 65_536


@cache
def allow_many_files() -> None:
    """Let this process have as many files open as it may: each that is mapped stays open, six a month of data.

    Many systems begin with 1,024 and allow half a million: twenty years would be too many.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


# -- writing -----------------------------------------------------------------------------------------


def write_synced(path: Path, *parts: bytes | memoryview) -> None:
    """Write a new file and wait until it is on the disk (its folder is the caller's to sync)."""
    with open(path, "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, *parts: bytes | memoryview) -> None:
    """Give ``path`` new content in one step: a reader sees the old one or the new one."""
    temporary = _temporary_name(path)
    try:
        write_synced(temporary, *parts)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def point_link(link: Path, target: str) -> None:
    """Point a symbolic link somewhere else in one step."""
    temporary = _temporary_name(link)
    os.symlink(target, temporary)
    try:
        os.replace(temporary, link)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_folder(link.parent)


def _temporary_name(path: Path) -> Path:
    return path.with_name(f".tmp-{os.getpid()}-{os.urandom(4).hex()}-{path.name}")


def sync_folder(folder: Path) -> None:
    """Wait until a folder's entries are on the disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folders(top: Path) -> None:
    """Sync every folder of a tree, the deepest first."""
    for folder, _, _ in os.walk(top, topdown=False):
        sync_folder(Path(folder))


def link_or_copy(source: Path, target: Path) -> None:
    """The same content under a second name: a hard link, or a copy where the file system has none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError as refused:
        if refused.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copy2(source, target)
        with open(target, "rb") as file:
            os.fsync(file.fileno())


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it; one that is gone is fine."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def remove_abandoned(folder: Path) -> None:
    """Remove temporary files of writers that are no longer alive."""
    with suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            ours = _TEMPORARY.match(entry.name)
            if ours and not _alive(int(ours[1])):
                with suppress(FileNotFoundError):
                    os.unlink(entry.path)


def _alive(pid: int) -> bool:
    """Whether a writer other than this process still runs (this one has nothing open while it cleans up)."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# -- checksums and Parquet -----------------------------------------------------------------------------


def crc32_of(path: Path) -> int:
    """CRC-32 of a file's content."""
    crc = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_table(path: Path, table: pa.Table, plain: tuple[str, ...] = ()) -> tuple[str, int]:
    """Write a Parquet file with page checksums, synced; gives its SHA-256 and size [bytes].

    ``plain`` names columns of many different values, which a dictionary would only make larger.
    """
    sink = pa.BufferOutputStream()
    words = [name for name in table.column_names if name not in plain]
    pq.write_table(
        table, sink, compression="zstd", compression_level=1, use_dictionary=words,
        write_page_checksum=True, row_group_size=1 << 20,
    )  # fmt: skip
    content = memoryview(sink.getvalue())
    path.parent.mkdir(parents=True, exist_ok=True)
    write_synced(path, content)
    return hashlib.sha256(content).hexdigest(), len(content)


def read_table(path: Path, sha256: str, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet file (or some of its columns), refusing one that is not bit by bit what was written.

    Raises
    ------
    StoreCorrupt
        The file is missing or its content is not the published one.
    """
    try:
        content = path.read_bytes()
    except OSError as refused:
        raise StoreCorrupt(f"{path} cannot be read: {refused.strerror}") from refused
    if hashlib.sha256(content).hexdigest() != sha256:
        raise StoreCorrupt(f"{path} is damaged: its checksum is not the published one")
    try:
        return pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read(columns)
    except (OSError, pa.ArrowException) as broken:
        raise StoreCorrupt(f"{path} is damaged: {str(broken).splitlines()[0]}") from broken


# -- the publishing lock -------------------------------------------------------------------------------


class Lock:
    """A right that one process has at a time, to publish into one lake as a rule.

    The system lets go of it when its holder dies, however that was.
    """

    def __init__(self, path: Path, doing: str = "publishing into"):
        self._number = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            holder = os.pread(self._number, 20, 0).decode(errors="replace").strip()
            os.close(self._number)
            if taken.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            who = f"process {holder}" if holder.isdigit() else "another program"
            raise StoreBusy(f"{who} is {doing} {path.parent}; wait until it is done, then try again") from None
        os.ftruncate(self._number, 0)
        os.pwrite(self._number, str(os.getpid()).encode(), 0)
        _held.add(self._number)
        _watch_forks()

    def release(self) -> None:
        """Let go; a second time does nothing."""
        if self._number in _held:
            _held.discard(self._number)
            os.close(self._number)


def _watch_forks() -> None:
    """A forked worker must not keep its dead parent's lock: it closes its copy at once."""
    global _watches_forks  # noqa: PLW0603 - one registration per process, never undone
    if not _watches_forks:
        os.register_at_fork(after_in_child=_forget_locks)
        _watches_forks = True


def _forget_locks() -> None:
    for number in _held:
        with suppress(OSError):
            os.close(number)
    _held.clear()
