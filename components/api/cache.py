"""Finished answers, kept for the next asker: encoded and compressed, bounded in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from components.api.limits import CACHED_SHARE, limits


@dataclass(frozen=True)
class Answer:
    """A finished body and the headers that describe it."""

    body: bytes
    headers: Mapping[str, str]


class AnswerCache:
    """Least recently used answers; a key names data version, question, format and compression.

    Used on the event loop only, so it needs no lock.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """Bytes of all bodies kept."""
        return self._bytes

    def get(self, key: tuple[str, str]) -> Answer | None:
        """The answer, and it counts as used."""
        answer = self._kept.get(key)
        if answer is not None:
            self._kept.move_to_end(key)
        return answer

    def put(self, key: tuple[str, str], answer: Answer) -> None:
        """Keep an answer unless it is too large a share; the least recently used go."""
        room = limits().cache_bytes
        if len(answer.body) * CACHED_SHARE > room or key in self._kept:
            return
        self._kept[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > room:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.body)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._bytes = 0


answers = AnswerCache()
