"""A crowd: many visitors arrive, change region or range now and then, and go; others sit idle; the API is asked meanwhile."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time
from typing import Any

from bench import Bench, Found
from figures import Figure, spread
from memory import LEAN, SOON_GONE, at_rest, until_gone, visit_each
from others import Others
from serving import Server, watched_dashboard
from tornado.httpclient import AsyncHTTPClient
from visitor import Visit

from components.panel_speed.tidying import EMPTY_MS

ASKED: tuple[dict[str, Any], ...] = (
    {"preset": "7d"}, {"region": ["NSW1"]}, {"preset": "30d"}, {"region": ["VIC1"]}, {"preset": "1y"},
    {"region": ["QLD1"]}, {"preset": "1d"}, {"region": ["SA1"]}, {"preset": "3d"}, {"region": []}, {"preset": "all"},
    {"region": ["TAS1"]},
)  # fmt: skip

EMPTY_SECONDS = 2 * EMPTY_MS / 1_000 + 10
"""Until the server lets go of what it keeps for visitors, where there are none."""


async def crowd(
    server: Server,
    *,
    busy: int,
    idle: int = 0,
    arrive: float = 60,
    stay: float = 120,
    pause: float = 10,
    empty: float = 0,
) -> dict[str, Any]:
    """Let ``busy`` visitors arrive evenly over ``arrive`` seconds, each change something every ``pause`` seconds.

    Parameters
    ----------
    idle : visitors that open a page beforehand and then do nothing.
    stay : how long changes are made after the arrivals have begun [s].
    empty : how long nobody is there before memory is read for the last time [s].

    Returns
    -------
    Spread of openings, changes and health answers [s], errors, memory per session [MB]; ``starved_share`` of the time
    the server could have worked but other programs had the processors.
    """
    AsyncHTTPClient.configure(None, max_clients=1_000)
    await visit_each(server, LEAN, 3)  # every page has been visited before
    live = (await until_gone(server, 0, 10))["Dashboard"]
    before = server.anonymous()
    seated = []
    for page in itertools.islice(itertools.cycle(LEAN), idle):
        seated.append(await Visit.open(server.base, page))
    with_idle = server.anonymous()
    opened: list[float] = []
    html: list[float] = []
    changed: list[float] = []
    errors: list[str] = []
    ends = time.perf_counter() + stay
    cpu, waited, began = server.cpu(), server.waited(), time.perf_counter()
    # Collecting the clients' garbage must not stop their clock.
    gc.collect()
    gc.disable()

    async def visit(number: int) -> Visit | None:
        await asyncio.sleep(arrive * number / busy)
        try:
            page = await Visit.open(server.base, LEAN[number % len(LEAN)])
            opened.append(page.open_seconds)
            html.append(page.html_seconds)
            asked = [m for m in ASKED if page.has_regions or "region" not in m]
            for message in itertools.islice(itertools.cycle(asked), number, None):
                await asyncio.sleep(pause)
                if time.perf_counter() > ends:
                    break
                seconds, _, _ = await page.change(**message)
                changed.append(seconds)
        except Exception as why:
            errors.append(f"{type(why).__name__}: {why}"[:200])
            return None
        return page

    with Others(server, "health") as watcher:
        staying = [p for p in await asyncio.gather(*(visit(n) for n in range(busy))) if p is not None]
        used, lasted = server.cpu() - cpu, time.perf_counter() - began
    errors += watcher.errors
    gc.enable()
    full = server.anonymous()
    for left_open in [*staying, *seated]:
        left_open.close()
    left = await until_gone(server, live)
    soon = await at_rest(server)
    await asyncio.sleep(empty)
    return {
        "busy": busy, "idle": idle, "open": spread(opened), "html": spread(html), "change": spread(changed),
        "health": spread(watcher.waited["health"]), "changes": len(changed), "errors": errors, "cpu_share": used / lasted,
        "starved_share": (server.waited() - waited) / lasted,
        "mb_before": before, "mb_full": full, "mb_soon": soon, "mb_after": await at_rest(server), "left": max(0, left["Dashboard"] - live),
        "mb_per_idle_session": (with_idle - before) / idle if idle else float("nan"),
        "mb_per_session": (full - before) / (busy + idle),
    }  # fmt: skip


def measure(bench: Bench) -> Found:
    """One crowd in full: it lasts its time, and a thousand changes are spread enough."""
    size = (
        {"busy": 10, "idle": 10, "arrive": 5, "stay": 15, "empty": 0}
        if bench.quick
        else {"busy": 100, "idle": 200, "arrive": 60, "stay": 120, "empty": EMPTY_SECONDS}
    )
    with watched_dashboard(bench.data, SOON_GONE) as server:
        found = asyncio.run(crowd(server, **size, pause=3 if bench.quick else 10))
    who = f"{found['busy']} visitors at work, {found['idle']} idle"
    figures = [
        Figure("crowd.open", f"{who}: opening a page, 95th percentile", "s", [found["open"]["p95"]], target=3),
        Figure("crowd.change", f"{found['changes']:,} changes of region or range, 95th percentile", "s", [found["change"]["p95"]], target=1),
        Figure("crowd.health", "API health meanwhile, 95th percentile", "s", [found["health"]["p95"]], target=0.1),
        Figure("crowd.health_worst", "API health meanwhile, worst", "s", [found["health"]["worst"]], target=0.1),
        Figure("crowd.errors", "Errors", "", [len(found["errors"])], target=0),
        Figure("crowd.soon", "Memory half a minute after all have gone, as a share of before", "", [found["mb_soon"] / found["mb_before"]]),
        Figure("crowd.after", "Memory when nobody has been there for two minutes, as a share of before", "", [found["mb_after"] / found["mb_before"]], target=1.1),
        Figure("crowd.left", "Live dashboards when all have gone", "", [found["left"]], target=0),
        Figure("crowd.session", "Memory of a session, mean over all", "MB", [found["mb_per_session"]], target=1.5),
        Figure("crowd.busy", "Share of one processor that the server used", "", [found["cpu_share"]]),
        Figure("crowd.starved", "Share of the time it could have worked while others had the processors", "", [found["starved_share"]]),
    ]  # fmt: skip
    return Found(figures, found)
