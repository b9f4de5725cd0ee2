"""Repeated questions to the API against a bare Tornado handler that returns the same bytes, in the same run."""

from __future__ import annotations

import asyncio
import sys
import time

from bench import Bench, Found
from figures import Figure
from serving import HERE, Server, dashboard
from tornado.httpclient import AsyncHTTPClient

QUESTION = "/api/generation/by-fuel?last=7d&region=NEM"


async def _rate(address: str, seconds: float, at_once: int = 8, headers: dict[str, str] | None = None) -> float:
    """Answers per second."""
    client, ends, count = AsyncHTTPClient(), time.perf_counter() + seconds, 0

    async def ask() -> None:
        nonlocal count
        while time.perf_counter() < ends:
            await client.fetch(address, headers=headers or {}, raise_error=False, decompress_response=False)
            count += 1

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(at_once)))
    return count / (time.perf_counter() - began)


async def _repeated(server: Server, bench: Bench) -> Found:
    seconds, runs = 1.0 if bench.quick else 3.0, bench.runs(5)
    client = AsyncHTTPClient()
    zipped = {"Accept-Encoding": "gzip"}
    answer = await client.fetch(server.base + QUESTION, headers=zipped, decompress_response=False)
    body = bench.scratch / "body"
    body.write_bytes(answer.body)
    same = {"If-None-Match": answer.headers["Etag"], **zipped}
    command = [sys.executable, str(HERE / "baselines" / "tornado_handler.py"), "{port}", str(body)]
    wall: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    with Server(command, "/") as bare:
        for _ in range(runs):
            for name, asked, path, headers in (
                ("bare", bare, "/", {}),
                ("cached", server, QUESTION, zipped),
                ("not_modified", server, QUESTION, same),
            ):
                before = asked.cpu()
                rate = await _rate(asked.base + path, seconds, headers=headers)
                wall.setdefault(name, []).append(rate)
                cpu.setdefault(name, []).append(rate * seconds / max(asked.cpu() - before, 1e-2))
    what, base = f"a bare Tornado handler, the same {len(answer.body) / 1000:.0f} kB", wall["bare"]
    return Found(
        [
            Figure("api.cached", "Kept answers per second", "/s", wall["cached"], base, what, 0.5, at_least=True),
            Figure("api.not_modified", "304 answers per second", "/s", wall["not_modified"], base, what, 0.5, at_least=True),
            Figure("api.cached_cpu", "Kept answers per second of the server's processor time", "/s", cpu["cached"], cpu["bare"], what),
            Figure("api.not_modified_cpu", "304 answers per second of processor time", "/s", cpu["not_modified"], cpu["bare"], what),
        ]
    )  # fmt: skip


def measure(bench: Bench) -> Found:
    """A kept answer and a 304 beside a bare handler, in turn."""
    with dashboard(bench.data) as server:
        return asyncio.run(_repeated(server, bench))
