"""A long export: the server's memory while it streams, and what others wait meanwhile."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
from bench import Bench, Found
from figures import Figure, spread
from others import Others
from serving import Server, dashboard
from tornado.httpclient import AsyncHTTPClient

POINTS = 20_000_000
# The default budget of one answer is 50 million values (rows x columns), which is 12 million readings of units.
SETTINGS = {"api": {"max_stream_values": 10 * POINTS, "deadline_seconds": 600}}


async def _peak(server: Server, into: list[float]) -> None:
    while True:
        into.append(server.anonymous())
        await asyncio.sleep(0.02)


async def _once(server: Server, days: int, extension: str) -> dict[str, float]:
    client = AsyncHTTPClient(force_instance=True, max_body_size=2**40)
    health = await client.fetch(server.base + "/api/health")
    newest = np.datetime64(json.loads(health.body)["datasets"]["scada"]["last"][:10])
    with Others(server, "questions", "changes") as quiet:
        await asyncio.sleep(8)
    before = server.anonymous()
    memory, size = [before], 0

    def count(piece: bytes) -> None:
        nonlocal size
        size += len(piece)

    address = (
        f"{server.base}/api/generation/stations.{extension}?by=duid&interval=5m&start={newest - days}&end={newest}"
    )
    with Others(server, "questions", "changes") as busy:
        await asyncio.sleep(2)  # until they are there
        watching = asyncio.create_task(_peak(server, memory))
        began = time.perf_counter()
        await client.fetch(address, streaming_callback=count, request_timeout=600)
        seconds = time.perf_counter() - began
        watching.cancel()
    if busy.errors or quiet.errors:
        raise RuntimeError(f"others met errors: {[*busy.errors, *quiet.errors][0]}")

    def p95(others: Others, kind: str) -> float:
        return spread(others.waited[kind])["p95"]

    return {
        "seconds": seconds, "mb": size / 1e6, "before_mb": before, "peak_mb": max(memory), "after_mb": server.anonymous(),
        "asked": p95(busy, "questions"), "asked_quiet": p95(quiet, "questions"),
        "changed": p95(busy, "changes"), "changed_quiet": p95(quiet, "changes"),
    }  # fmt: skip


def measure(bench: Bench) -> Found:
    """Every unit at 5 minutes, as many days as make the points."""
    points = POINTS // 20 if bench.quick else POINTS
    days = max(1, min(points // (288 * bench.units), bench.days - 1))
    rows: dict[str, list[dict[str, float]]] = {"csv": [], "arrow": []}
    for extension, into in list(rows.items()) * (1 if bench.quick else 2):
        with dashboard(bench.data, settings=SETTINGS) as server:
            into.append(asyncio.run(_once(server, days, extension)))
    points = days * 288 * bench.units

    def column(name: str, *formats: str) -> list[float]:
        return [row[name] for extension in formats or rows for row in rows[extension]]

    what = f"{points / 1e6:.0f} million points"
    return Found(
        [
            Figure("export.memory", f"Export of {what}: memory at its peak (RssAnon)", "MB", column("peak_mb"), column("before_mb"), "before it", 1.1),
            Figure("export.others", "Meanwhile, others' small questions, 95th percentile", "s", column("asked"), column("asked_quiet"), "without the export", 0.1, by_value=True),
            Figure("export.changes", "Meanwhile, others' changes of region, 95th percentile", "s", column("changed"), column("changed_quiet"), "without the export", 0.1, by_value=True),
            Figure("export.csv", f"{what} as CSV", "million/s", [points / 1e6 / s for s in column("seconds", "csv")]),
            Figure("export.arrow", f"{what} as Arrow", "million/s", [points / 1e6 / s for s in column("seconds", "arrow")]),
        ],
        dict(rows),
    )  # fmt: skip
