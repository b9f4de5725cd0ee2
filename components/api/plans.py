"""What a request asks for, remembered by its words: whoever asks the same again is spared the reading of it.

Only what was read without a complaint is remembered, and only short words, so that it stays small.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from components.api.delivery import Asked

MOST_PLANS = 256
LONGEST_WORDS = 1_000
"""Characters of a query string and of an Accept header; longer ones are read each time."""


@dataclass(frozen=True)
class Plan:
    """A request as read: the question and its delivery, never to be changed, and the entity tag of its answer."""

    asked: Asked
    etag: str


class Plans:
    """Least recently used requests. Used on the event loop only, so it needs no lock."""

    def __init__(self, most: int = MOST_PLANS):
        self._most = most
        self._kept: OrderedDict[Hashable, Plan] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, words: Hashable) -> Plan | None:
        """What these words ask for, if they were read before."""
        plan = self._kept.get(words)
        if plan is not None:
            self._kept.move_to_end(words)
        return plan

    def put(self, words: Hashable, plan: Plan) -> None:
        """Remember; the least recently used go."""
        self._kept[words] = plan
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


plans = Plans()
