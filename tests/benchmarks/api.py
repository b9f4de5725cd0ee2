"""Repeated questions to the API against a bare Tornado handler that returns the same bytes, in the same run."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

from serving import HERE, Server
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


async def repeated(server: Server, scratch: Path, runs: int = 3, seconds: float = 2) -> dict[str, float]:
    """Medians of answers per second and per CPU second of the server: cached body, 304, and the bare handler's."""
    client = AsyncHTTPClient()
    zipped = {"Accept-Encoding": "gzip"}
    answer = await client.fetch(server.base + QUESTION, headers=zipped, decompress_response=False)
    body = scratch / "body"
    body.write_bytes(answer.body)
    same = {"If-None-Match": answer.headers["Etag"], **zipped}
    command = [sys.executable, str(HERE / "baselines" / "tornado_handler.py"), "{port}", str(body)]
    out: dict[str, list[float]] = {}
    with Server(command, "/") as bare:
        for _ in range(runs):
            for name, asked, headers in (
                ("bare", bare, {}),
                ("cached", server, zipped),
                ("not_modified", server, same),
            ):
                before = asked.cpu()
                rate = await _rate(asked.base + (QUESTION if asked is server else "/"), seconds, headers=headers)
                out.setdefault(f"{name}_per_s", []).append(rate)
                out.setdefault(f"{name}_per_cpu_s", []).append(rate * seconds / max(asked.cpu() - before, 1e-2))
    return {name: statistics.median(values) for name, values in out.items()} | {"bytes": float(len(answer.body))}
