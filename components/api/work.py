"""Work off the event loop: a bounded pool of threads, a bounded queue before it, and a deadline."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from components.api.limits import limits
from components.api.problems import later
from components.stopping import stopped_by

T = TypeVar("T")


class Pool:
    """Threads that are made when first needed (so that a forked process has its own).

    Parameters
    ----------
    threads : how many questions are worked on at once; None = the setting.
    """

    def __init__(self, name: str, threads: int | None = None):
        self._name, self._threads = name, threads
        self._executor: ThreadPoolExecutor | None = None
        self._process = 0
        self._taken = 0
        self._begun: Future[object] | None = None

    def _running(self) -> ThreadPoolExecutor:
        if self._executor is None or self._process != os.getpid():
            threads = self._threads or limits().workers
            self._executor = ThreadPoolExecutor(threads, thread_name_prefix=self._name)
            self._process, self._taken, self._begun = os.getpid(), 0, None
        return self._executor

    @property
    def taken(self) -> int:
        """Questions being worked on or waiting."""
        return self._taken

    async def run(self, work: Callable[[], T], deadline: float | None = None) -> T:
        """The result of ``work``, done in a thread.

        A cancelled or overdue question that has not begun never begins; one that has begun ends when it next looks
        (:mod:`components.stopping`), keeps its thread until then, and counts against the limit.

        Raises
        ------
        ApiError
            503 when too many are waiting already, or at the deadline [s].
        """
        executor = self._running()
        threads = self._threads or limits().workers
        if self._taken >= threads + limits().max_waiting:
            raise later("busy", "too many questions are waiting; try again in a moment")
        self._taken += 1
        unwanted = threading.Event()

        def wanted() -> T:
            with stopped_by(unwanted):
                return work()

        future = executor.submit(wanted)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _tell(loop, self._release))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), deadline)
        except TimeoutError:
            if future.done() and not future.cancelled():  # the work itself ran into a time-out
                raise
            raise later(
                "busy", f"the answer took longer than {deadline:g} s; ask for less, or try again in a moment"
            ) from None
        finally:
            unwanted.set()

    def begin(self, work: Callable[[], object]) -> None:
        """Start something whose result nobody waits for, unless the last such thing is still being done."""
        executor = self._running()
        if self._begun is None or self._begun.done():
            self._begun = executor.submit(work)

    def _release(self) -> None:
        self._taken -= 1


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:  # the loop has ended before the work did
        callback()


questions = Pool("question")
"""Questions and encoding."""
exports = Pool("export", 1)
"""Pieces of long files: one at a time, so that they make one of the C library's heaps grow and keep few others waiting."""
snapshots = Pool("snapshot", 1)
"""Looking for (and, the first time, loading) the newest version: must answer when all questions are slow."""
