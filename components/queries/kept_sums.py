"""Sums of months that outlive the process: found beside the frames, and put there by who adds them up in advance.

A sum is named by what it was made from (the content of its frames, the registry, what is asked) and by the program's own
text: neither other data nor another formula ever finds it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from components.schema import DATASETS
from components.store.sums import Packed, here, pack, unpack

log = logging.getLogger(__name__)

_noted: ContextVar[dict[str, dict[str, Packed]] | None] = ContextVar("noted", default=None)
_TEXT = ("market_time.py", "schema.py", "vocabulary.py", "market_limits.py", "metrics", "queries", "store/chunk.py")
"""What sums are worked out by."""


def find(key: Hashable, make: Callable[[], Any]) -> Any:
    """The sum of this key from the disk, else what ``make()`` gives."""
    month = month_of(key)
    if month is None:
        return make()
    folder, name = here(), digest(key)
    packed = folder.read(month, name) if folder is not None else None
    value = None
    if packed is not None:
        try:
            value = unpack(packed)
        except (ValueError, KeyError, TypeError, IndexError):
            log.warning("a sum of %s cannot be read and is made again", month)
    return make() if value is None else value


def has(key: Hashable) -> bool:
    """Whether a sum is on the disk."""
    month, folder = month_of(key), here()
    return month is not None and folder is not None and folder.has(month, digest(key))


def note(key: Hashable, value: Any) -> None:
    """A sum was asked for; it is kept where somebody adds up in advance."""
    noted = _noted.get()
    month = month_of(key) if noted is not None else None
    if noted is None or month is None:
        return
    name, sums = digest(key), noted.setdefault(month, {})
    packed = pack(value) if name not in sums else None
    if packed is not None:
        sums[name] = packed


@contextmanager
def keeping(everything: Hashable) -> Iterator[None]:
    """What this thread asks for within the block stays for other processes, month by month; older sums of these months go.

    Where the folder cannot be written nothing stays, and nothing else is different.

    Parameters
    ----------
    everything : names the data that it is asked of; :func:`is_kept` tells whether that has been done.
    """
    noted: dict[str, dict[str, Packed]] = {}
    token = _noted.set(noted)
    try:
        yield
    finally:
        _noted.reset(token)
    folder = here()
    try:
        for month, sums in noted.items():
            if folder is not None and sums and folder.digests(month) != sums.keys():
                folder.write(month, sums)
        if folder is not None and noted:
            folder.note_complete(digest(everything))
    except OSError as refused:
        log.warning("sums of months are not kept: %s", refused)


def is_kept(everything: Hashable) -> bool:
    """Whether all sums of this data were kept by this text of the program."""
    folder = here()
    return folder is not None and folder.complete() == digest(everything)


def mapped(key: Hashable) -> Any:
    """The sum of this key from a file of its own, its arrays mapped; None where nobody kept it (:func:`keep_mapped`)."""
    month, folder = month_of(key), here()
    return None if month is None or folder is None else folder.mapped(month, digest(key))


def keep_mapped(made: Iterable[tuple[Hashable, Callable[[], Any]]]) -> None:
    """Give each of these sums a file of its own where it has none; those of all other keys go.

    Where the folder cannot be written nothing stays, and nothing else is different.

    Parameters
    ----------
    made : key and what makes the sum of it.
    """
    folder = here()
    if folder is None:
        return
    needed = set()
    try:
        for key, make in made:
            month, name = month_of(key), digest(key)
            if month is None:
                continue
            needed.add((month, name))
            packed = None if folder.has_mapped(month, name) else pack(make())
            if packed is not None:
                folder.write_mapped(month, name, packed)
        if needed:
            folder.sweep_mapped(needed)
    except OSError as refused:
        log.warning("sums of intervals are not kept: %s", refused)


def month_of(key: Hashable) -> str | None:
    """The month that a sum belongs to; None for one of frames that only memory holds.

    >>> month_of(("days", ("scada", "2024-03", "4f1c"), 0, 8928))
    '2024-03'
    """
    if not isinstance(key, tuple):
        return None
    if len(key) == 3 and isinstance(key[0], str) and key[0] in DATASETS and all(isinstance(k, str) for k in key):
        return str(key[1])
    return next((found for found in map(month_of, key) if found), None)


def digest(key: Hashable) -> str:
    """A name for a key, the same in every process that runs this text."""
    return hashlib.sha256(f"{_text()} {key!r}".encode()).hexdigest()[:32]


@cache
def _text() -> str:
    """Names the program's text that sums come from: another formula, other sums."""
    root = Path(__file__).resolve().parents[1]
    content = hashlib.sha256()
    for part in _TEXT:
        for path in sorted((root / part).rglob("*.py")) if "." not in part else [root / part]:
            content.update(path.read_bytes())
    return content.hexdigest()
