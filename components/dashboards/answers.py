"""Answers shared between sessions: the same question of the same version is worked out once.

The key is the data version and the question's fingerprint, never the frames themselves. What is kept is read-only
and bounded in number and in bytes; the oldest answer goes first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

import pandas as pd

from components.charts.lines import LineData
from components.charts.stack import StackData
from components.queries.base import Query, Result
from components.store.snapshot import Snapshot

MOST_ANSWERS = 256
MOST_BYTES = 48 * 2**20


def _size(value: Any) -> int:
    """Bytes an answer holds, roughly."""
    if isinstance(value, Result):
        return 1000 + int(value.frame.memory_usage(deep=False).sum())
    if isinstance(value, pd.DataFrame):
        return int(value.memory_usage(deep=False).sum())
    if isinstance(value, StackData | LineData):
        return 1000 + sum(a.nbytes for a in value.columns.values())
    return 1000 + int(getattr(value, "nbytes", 0))


class Answers:
    """A bounded store of answers, least recently used out first."""

    def __init__(self, most: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES):
        self.most, self.most_bytes = most, most_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, snapshot: Snapshot, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make()`` gave for this version and key, made at most once for as long as it is kept."""
        full = (snapshot.version, key)
        with self._lock:
            if full in self._kept:
                self._kept.move_to_end(full)
                return self._kept[full][0]
        value = make()
        size = _size(value)
        with self._lock:
            if full not in self._kept and size <= self.most_bytes:
                self._kept[full] = (value, size)
                self._bytes += size
                while len(self._kept) > self.most or self._bytes > self.most_bytes:
                    _, (_, gone) = self._kept.popitem(last=False)
                    self._bytes -= gone
        return value

    def ask(self, snapshot: Snapshot, query: Query) -> Result:
        """The answer to a question.

        Raises
        ------
        QueryError
            When something is wrong with the question; errors are not kept.
        """
        result: Result = self.get(snapshot, (type(query).__name__, query.fingerprint()), lambda: query.run(snapshot))
        return result


ANSWERS = Answers()
"""The process's answers."""
