"""Cursors: an opaque text that says where the next page of an answer begins, bound to its question and data.

The version's snapshot is remembered for a while after it has been replaced, so that somebody who pages through
a long answer gets the whole of one version and never a mixture.
"""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict

import orjson

from components.api.problems import ApiError
from components.errors import UsageError
from components.store.snapshot import Snapshot

REMEMBERED = 2
"""Versions kept for cursors, the newest included."""


def write_cursor(version: str, question: str, offset: int) -> str:
    """A cursor for the row at ``offset`` of a question's answer."""
    return base64.urlsafe_b64encode(orjson.dumps([version, question, offset])).decode().rstrip("=")


def read_cursor(text: str, question: str) -> tuple[str, int]:
    """Version and offset of a cursor.

    Raises
    ------
    UsageError
        When it is none, or another question's.
    """
    try:
        version, asked, offset = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        good = isinstance(version, str) and isinstance(offset, int) and 0 <= offset < 2**40
    except (ValueError, TypeError, UnicodeEncodeError, binascii.Error):
        good = False
    if not good:
        raise UsageError("is no cursor of this API; take it from links.next")
    if asked != question:
        raise UsageError("belongs to another question; change nothing but the cursor from page to page")
    return version, offset


class Versions:
    """The last versions that cursors were written for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()

    def remember(self, snapshot: Snapshot) -> None:
        """Keep a snapshot (its frames are mapped files: it costs next to nothing)."""
        self._kept[snapshot.version] = snapshot
        self._kept.move_to_end(snapshot.version)
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    def find(self, version: str, newest: Snapshot) -> Snapshot:
        """The snapshot of a version.

        Raises
        ------
        ApiError
            410 when it is no longer kept.
        """
        if version == newest.version:
            return newest
        if version in self._kept:
            return self._kept[version]
        raise ApiError(
            410, "cursor-expired", "the data this cursor belongs to has been replaced; begin again without cursor"
        )


versions = Versions()
