"""Answers shared between sessions: the same question of the same version is worked out once.

The key is the data version and the question's fingerprint, never the frames themselves. What is kept is read-only
and bounded in number and in bytes; the oldest answer goes first. Of versions only the newest two have answers: pages
follow to the newest within seconds.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Lock, get_ident
from typing import Any
from weakref import WeakSet

from components.heap import held_by
from components.queries.base import Query, Result
from components.store.snapshot import Snapshot

MOST_ANSWERS = 4096
MOST_BYTES = 32 * 2**20
THREADS = 2
"""Threads that prepare answers: a short one need not wait for a long one."""


_all: WeakSet[Answers] = WeakSet()


class _Making:
    """An answer that a thread is making."""

    def __init__(self, by: int):
        self.by, self.done, self.answered = by, Event(), False
        self.value: Any = None


class Answers:
    """A bounded store of answers, least recently used out first."""

    def __init__(self, most: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES):
        self.most, self.most_bytes = most, most_bytes
        self._kept: OrderedDict[tuple[str, Hashable], tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._versions: tuple[str, ...] = ()
        self._lock = Lock()
        self._making: dict[Hashable, _Making] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._process = self._under_way = 0
        _all.add(self)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, snapshot: Snapshot, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make()`` gave for this version and key, made at most once for as long as it is kept.

        Who asks for what another thread is making waits for it.
        """
        full = (snapshot.version, key)
        me = get_ident()
        while True:
            with self._lock:
                if full in self._kept:
                    self._kept.move_to_end(full)
                    return self._kept[full][0]
                made = self._making.get(full)
                if made is None:
                    made = self._making[full] = _Making(me)
                    break
            if made.by == me:
                return make()
            made.done.wait()
            if made.answered:
                return made.value
        try:
            made.value = make()
            made.answered = True
            self._keep(full, made.value)
            return made.value
        finally:
            with self._lock:
                del self._making[full]
            made.done.set()

    def _keep(self, full: tuple[str, Hashable], value: Any) -> None:
        size, version = held_by(value), full[0]
        with self._lock:
            if version not in self._versions:
                self._versions = (*self._versions[-1:], version)
                for old in [key for key in self._kept if key[0] not in self._versions]:
                    self._bytes -= self._kept.pop(old)[1]
            if full not in self._kept and size <= self.most_bytes:
                self._kept[full] = (value, size)
                self._bytes += size
                while len(self._kept) > self.most or self._bytes > self.most_bytes:
                    _, (_, gone) = self._kept.popitem(last=False)
                    self._bytes -= gone

    def let_go(self) -> None:
        """Keep nothing of what has been answered."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def ask(self, snapshot: Snapshot, query: Query) -> Result:
        """The answer to a question.

        Raises
        ------
        QueryError
            When something is wrong with the question; errors are not kept.
        """
        result: Result = self.get(snapshot, _key(query), lambda: query.run(snapshot))
        return result

    def prepare(self, snapshot: Snapshot, queries: Sequence[Query]) -> Future[None] | None:
        """Work out in a thread what is not kept yet of these answers; None where all is.

        What goes wrong is left for whoever asks.
        """
        with self._lock:
            missing = [q for q in queries if (snapshot.version, _key(q)) not in self._kept]
        if not missing:
            return None

        def work() -> None:
            for query in missing:
                with suppress(Exception):
                    self.ask(snapshot, query)

        if self._threads is None or self._process != os.getpid():  # a forked process has threads of its own
            self._threads, self._process, self._under_way = ThreadPoolExecutor(THREADS, "answers"), os.getpid(), 0
        with self._lock:
            self._under_way += 1
        given = self._threads.submit(work)
        given.add_done_callback(self._finished)
        return given

    def _finished(self, _: Future[None]) -> None:
        with self._lock:
            self._under_way -= 1

    @property
    def crowded(self) -> bool:
        """Whether every thread has work: what is given to them now has to wait its turn."""
        return self._under_way >= THREADS


def _key(query: Query) -> Hashable:
    return type(query).__name__, query.fingerprint()


ANSWERS = Answers()
"""The process's answers."""


def let_go() -> None:
    """Keep no answers, and nothing that was made of them."""
    for each in list(_all):
        each.let_go()
