"""``/api/stream``: server-sent events that announce each new interval.

One look a second serves every listener of the process. An event's id is the data version, so that a listener that
reconnects (``Last-Event-ID``) hears of the present state only if it is another one.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import pandas as pd

from components.api import data
from components.api.base import ApiHandler
from components.api.draining import drain
from components.api.envelope import instant, origin
from components.api.formats import json_bytes
from components.api.limits import limits
from components.api.problems import later
from components.api.work import snapshots
from components.errors import StoreError
from components.schema import DATASETS
from components.store.snapshot import Snapshot

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
"""Longest silence: proxies cut sockets idle for 60 s, and a listener that is gone is noticed when written to."""
RETRY_MS = 3_000


def newest(snapshot: Snapshot) -> dict[str, pd.Timestamp | None]:
    """Newest stamp of each dataset."""
    return {name: snapshot.last(name) for name in DATASETS}


def event(snapshot: Snapshot, before: Snapshot | None) -> bytes:
    """One event: ``interval`` where a dataset has a newer stamp than ``before``, else ``version`` (rows were revised)."""
    now, then = newest(snapshot), newest(before) if before is not None else {}

    def is_newer(name: str) -> bool:
        at, was = now[name], then.get(name)
        return at is not None and (was is None or at > was)

    newer = [n for n in now if is_newer(n)]
    content: dict[str, Any] = {
        **origin(snapshot),
        "time": instant(max((t for t in now.values() if t is not None), default=None)),
        "datasets": {n: instant(t) for n, t in now.items()},
        "newer": newer,
    }
    name = "interval" if newer else "version"
    text = json_bytes(content).decode()
    return f"id: {snapshot.version}\nevent: {name}\ndata: {text}\n\n".encode()


class Announcer:
    """Looks for a newer version while anybody listens, and wakes the listeners.

    ``turn`` counts the versions that were found. Who notes it before taking a snapshot misses none, and who already has the
    version that is found next is woken once, not again and again until it is.
    """

    def __init__(self) -> None:
        self.listeners = 0
        self.turn = 0
        self._version = ""
        self._woken: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def wait(self, turn: int, heard: str, seconds: float) -> None:
        """Until a version was found after ``turn``, or so long; ``heard`` is what the listener has."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._woken, self._task = loop, None, None
        if self._woken is None or self._woken.done():
            self._woken = loop.create_future()
        if self._task is None or self._task.done():
            self._version, self._task = heard, loop.create_task(self._look())
        if self.turn == turn:
            await asyncio.wait([self._woken], timeout=seconds)

    async def _look(self) -> None:
        while self.listeners:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = data.at_hand()
                version = (found if found is not None else await snapshots.run(data.current)).version
            except StoreError as wrong:
                log.warning("no look for a newer version: %s", wrong)
                continue
            if version != self._version:
                self._version = version
                self.turn += 1
                if self._woken is not None and not self._woken.done():
                    self._woken.set_result(None)


announcer = Announcer()


class StreamHandler(ApiHandler):
    """Events for as long as the listener stays."""

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        if announcer.listeners >= limits().max_streams:
            raise later("busy", f"{announcer.listeners} listeners are connected already; try again later")
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        if self.request.method == "HEAD":
            await self.finish()
            return
        announcer.listeners += 1
        drain.end()  # a listener is no answer under way: nobody waits for its end when the server stops
        try:
            await self._announce()
        finally:
            drain.begin()
            announcer.listeners -= 1

    async def _announce(self) -> None:
        turn = announcer.turn
        snapshot = await self.snapshot()
        before: Snapshot | None = None
        heard = self.request.headers.get("Last-Event-ID", "")
        self.write(f"retry: {RETRY_MS}\n\n")
        while True:
            if snapshot.version != heard:
                self.write(event(snapshot, before))
            elif before is not None:
                self.write(": still here\n\n")
            heard, before = snapshot.version, snapshot
            await self.flush()
            await announcer.wait(turn, heard, HEARTBEAT_SECONDS)
            turn = announcer.turn
            with suppress(StoreError):  # the announcer's log says it; the listener keeps what it heard
                snapshot = await self.snapshot()
