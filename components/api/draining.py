"""SIGTERM lets the answers under way finish before the server's loop ends.

Bokeh ends its loop at once and cuts them. Its own handling of the signal is set when the loop starts, so ours takes its
place at the first request; a second signal ends the loop without waiting.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading

from components.api.limits import limits

log = logging.getLogger(__name__)


class Drain:
    """Answers under way in this process, until their last byte is written, and the wait for them.

    Answers begin and end in any thread; the loop that is stopped is the one that watches.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._process = 0
        self._ending: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """An answer is begun."""
        if self._process != os.getpid() and threading.current_thread() is threading.main_thread():
            self.watch()
        with self._lock:
            self._under_way += 1

    def end(self) -> None:
        """An answer has been written, or its client has left."""
        with self._lock:
            self._under_way -= 1
            last = not self._under_way
        if last and self._ending is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop)

    def watch(self) -> None:
        """Take the signal over, once per process; in the main thread, with its loop running: elsewhere none arrive."""
        if self._process == os.getpid():
            return
        self._process, self._ending = os.getpid(), None
        self._loop = asyncio.get_running_loop()
        try:
            self._loop.add_signal_handler(signal.SIGTERM, self._asked_to_stop)
        except (NotImplementedError, RuntimeError, ValueError):
            log.debug("SIGTERM is not ours to watch here")

    def _asked_to_stop(self) -> None:
        if self._loop is None:
            return
        if not self._under_way or self._ending is not None:
            self._stop()
            return
        print(f"Received signal SIGTERM, shutting down after {self._under_way} answers under way")
        self._ending = self._loop.call_later(limits().drain_seconds, self._stop)

    def _stop(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        if self._loop is not None:
            self._loop.call_soon(self._loop.stop)


drain = Drain()
