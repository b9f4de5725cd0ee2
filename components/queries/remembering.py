"""What a month adds up to, remembered by the content of its frames: so much at most, and of each month its newest state.

A month that grows is another one with every publication; what it added up to before is of no use to anyone. What an
earlier process added up is taken from the disk (:mod:`components.queries.kept_sums`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any
from weakref import WeakSet

from components.heap import held_by
from components.queries import kept_sums
from components.schema import DATASETS

_all: WeakSet[Remembered] = WeakSet()
_others: list[Callable[[], None]] = []


def let_go() -> None:
    """Forget every sum of the process: what was kept beside the frames is read again, the rest added up again."""
    for clear in [each.clear for each in list(_all)] + _others:
        clear()


def goes_with_them(clear: Callable[[], None]) -> None:
    """Have something else forgotten with the sums of months."""
    _others.append(clear)


def slot(key: Hashable) -> Hashable:
    """A key without what tells one state of a month's frames from another: ``Chunk.identity`` becomes dataset and month.

    >>> slot(("days", ("scada", "2024-03", "4f1c"), 0, 8928))
    ('days', ('scada', '2024-03'), 0, 8928)
    """
    if not isinstance(key, tuple):
        return key
    if len(key) == 3 and isinstance(key[0], str) and key[0] in DATASETS:
        return key[:2]
    return tuple(slot(part) for part in key)


class Remembered:
    """Values by key, those asked for last stay; a newer state of the same month takes the place of the older.

    Parameters
    ----------
    most_bytes : what the values may hold together, roughly.
    """

    def __init__(self, most_bytes: int):
        self.most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any, int]] = OrderedDict()  # slot -> key, value, bytes
        self._bytes = 0
        self._lock = Lock()
        _all.add(self)

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            kept = self._kept.get(slot(key))
            return kept is not None and kept[0] == key

    def __len__(self) -> int:
        return len(self._kept)

    def has(self, key: Hashable) -> bool:
        """Whether the value is there without making it: here, or kept by an earlier process."""
        return key in self or kept_sums.has(key)

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make()`` gave for this key, here or in an earlier process; read-only then."""
        place = slot(key)
        with self._lock:
            kept = self._kept.get(place)
            if kept is not None and kept[0] == key:
                self._kept.move_to_end(place)
        if kept is not None and kept[0] == key:
            kept_sums.note(key, kept[1])
            return kept[1]
        value = kept_sums.find(key, make)
        kept_sums.note(key, value)
        size = held_by(value)
        with self._lock:
            self._bytes += size - self._kept.pop(place, (None, None, 0))[2]
            self._kept[place] = key, value, size
            while self._bytes > self.most_bytes and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1][2]
        return value

    def clear(self) -> None:
        """Remember nothing."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
