"""Others who use the server meanwhile, in a process of their own so that a busy client does not slow their clock.

As a program, ``others.py BASE KIND …``: what each kind waited, as JSON, when its input ends.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
from serving import HERE, PROJECT, Server
from tornado.httpclient import AsyncHTTPClient
from visitor import Visit

WAIT = 60


async def _ask(base: str, path: str, into: list[float]) -> None:
    began = time.perf_counter()
    await AsyncHTTPClient().fetch(base + path, request_timeout=WAIT)
    into.append(time.perf_counter() - began)


async def health(base: str, into: list[float]) -> None:
    """Whoever watches the server."""
    while True:
        await _ask(base, "/api/health", into)
        await asyncio.sleep(0.25)


async def questions(base: str, into: list[float]) -> None:
    """Small questions that nobody asked before: a day's prices."""
    answer = await AsyncHTTPClient().fetch(base + "/api/health")
    newest = np.datetime64(json.loads(answer.body)["datasets"]["price"]["last"][:10])
    chance = np.random.default_rng()
    while True:
        minutes = np.timedelta64(5 * int(chance.integers(288 * 90)), "m")
        end = newest.astype("datetime64[m]") - minutes
        await _ask(base, f"/api/prices/regional?region=SA1&start={end - np.timedelta64(1, 'D')}&end={end}", into)
        await asyncio.sleep(0.1)


async def changes(base: str, into: list[float]) -> None:
    """A visitor who changes the region."""
    page = await Visit.open(base, "generation")
    for region in itertools.cycle(("NSW1", "QLD1", "VIC1", "SA1")):
        seconds, _, _ = await page.change(region=[region])
        into.append(seconds)
        await asyncio.sleep(0.5)


KINDS: dict[str, Callable[[str, list[float]], Coroutine[Any, Any, None]]] = {
    "health": health, "questions": questions, "changes": changes,
}  # fmt: skip


async def _work(base: str, kinds: list[str]) -> dict[str, Any]:
    waited: dict[str, list[float]] = {kind: [] for kind in kinds}
    running = [asyncio.create_task(KINDS[kind](base, waited[kind])) for kind in kinds]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    errors = [repr(task.exception())[:200] for task in running if task.done()]
    for task in running:
        task.cancel()
    return {**waited, "errors": errors}


class Others:
    """Others at work while a block runs; then ``waited`` holds what each kind waited [s], ``errors`` what went wrong."""

    def __init__(self, server: Server, *kinds: str):
        self.call = [sys.executable, str(HERE / "others.py"), server.base, *kinds]
        self.waited: dict[str, list[float]] = {}
        self.errors: list[str] = []

    def __enter__(self) -> Others:
        self.process = subprocess.Popen(
            self.call, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        found = json.loads(self.process.communicate("", timeout=WAIT)[0])
        self.errors = found.pop("errors")
        self.waited = found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_work(sys.argv[1], sys.argv[2:]))))
