"""The same question asked by many at once is answered once: all of them wait for the same work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class Flights(Generic[T]):
    """Work under way by its key. Used on the event loop only, so it needs no lock."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, _Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._flying)

    async def join(self, key: Hashable, start: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, bool]:
        """The result of the work under this key, begun if nobody has, and whether it was begun for this caller.

        The work is cancelled when the last who waits for it is.
        """
        flight = self._flying.get(key)
        first = flight is None or flight.task.get_loop() is not asyncio.get_running_loop()
        if flight is None or first:
            flight = self._flying[key] = _Flight(asyncio.create_task(start()))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task), first
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                flight.task.cancel()  # nothing where it has ended
                if self._flying.get(key) is flight:
                    del self._flying[key]
