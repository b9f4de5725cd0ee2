"""A crowd: many visitors arrive, change region or range now and then, and go; others sit idle; the API is asked meanwhile."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time
from typing import Any

import numpy as np
from serving import Server
from tornado.httpclient import AsyncHTTPClient
from visitor import Visit

PAGES = ("generation", "overview", "prices", "stations")
ASKED: tuple[dict[str, Any], ...] = (
    {"preset": "7d"}, {"region": ["NSW1"]}, {"preset": "30d"}, {"region": ["VIC1"]}, {"preset": "1y"},
    {"region": ["QLD1"]}, {"preset": "1d"}, {"region": ["SA1"]}, {"preset": "3d"}, {"region": []}, {"preset": "all"},
    {"region": ["TAS1"]},
)  # fmt: skip


def spread(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst of some seconds."""
    if not values:
        return {"p50": float("nan"), "p95": float("nan"), "worst": float("nan")}
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": float(p50), "p95": float(p95), "worst": max(values)}


async def crowd(
    server: Server, *, busy: int, idle: int = 0, arrive: float = 60, stay: float = 120, pause: float = 10
) -> dict[str, Any]:
    """Let ``busy`` visitors arrive evenly over ``arrive`` seconds, each change something every ``pause`` seconds.

    Parameters
    ----------
    idle : visitors that open a page beforehand and then do nothing.
    stay : how long changes are made after the arrivals have begun [s].

    Returns
    -------
    Spread of openings, changes and health answers [s], errors, memory per session [MB]; ``starved_share`` of the time
    the server could have worked but other programs had the processors.
    """
    AsyncHTTPClient.configure(None, max_clients=1_000)
    for page in PAGES:  # every page has been visited before
        (await Visit.open(server.base, page)).close()
    await asyncio.sleep(2)
    before = server.anonymous()
    seated = []
    for page in itertools.islice(itertools.cycle(PAGES), idle):
        seated.append(await Visit.open(server.base, page))
    with_idle = server.anonymous()
    opened: list[float] = []
    html: list[float] = []
    changed: list[float] = []
    health: list[float] = []
    errors: list[str] = []
    ends = time.perf_counter() + stay
    cpu, waited, began = server.cpu(), server.waited(), time.perf_counter()
    # Collecting the clients' garbage must not stop their clock.
    gc.collect()
    gc.disable()

    async def visit(number: int) -> Visit | None:
        await asyncio.sleep(arrive * number / busy)
        try:
            page = await Visit.open(server.base, PAGES[number % len(PAGES)])
            opened.append(page.open_seconds)
            html.append(page.html_seconds)
            for message in itertools.islice(itertools.cycle(ASKED), number, None):
                await asyncio.sleep(pause)
                if time.perf_counter() > ends:
                    break
                seconds, _, _ = await page.change(**message)
                changed.append(seconds)
        except Exception as why:
            errors.append(f"{type(why).__name__}: {why}"[:200])
            return None
        return page

    async def ask_health() -> None:
        while True:
            asked = time.perf_counter()
            try:
                await AsyncHTTPClient().fetch(server.base + "/api/health", request_timeout=30)
                health.append(time.perf_counter() - asked)
            except Exception as why:
                errors.append(f"health: {why}")
            await asyncio.sleep(0.5)

    asking = asyncio.create_task(ask_health())
    pages = [p for p in await asyncio.gather(*(visit(n) for n in range(busy))) if p is not None]
    asking.cancel()
    gc.enable()
    used, lasted = server.cpu() - cpu, time.perf_counter() - began
    full = server.anonymous()
    for page in [*pages, *seated]:
        page.close()
    return {
        "busy": busy, "idle": idle, "open": spread(opened), "html": spread(html), "change": spread(changed),
        "health": spread(health), "changes": len(changed), "errors": errors, "cpu_share": used / lasted,
        "starved_share": (server.waited() - waited) / lasted,
        "mb_before": before, "mb_full": full,
        "mb_per_idle_session": (with_idle - before) / idle if idle else float("nan"),
        "mb_per_session": (full - before) / (busy + idle),
    }  # fmt: skip


__all__ = ["crowd", "spread"]
