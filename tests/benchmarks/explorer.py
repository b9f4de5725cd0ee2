"""The explorer: pictures of everything and of any window, as they arrive at a visitor, beside one numpy pass over the same memory.

Every picture is one that nobody has asked for before. Meanwhile the API's health is asked twenty times a second.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from typing import Any

import numpy as np
from bench import Bench, Found, python
from figures import Figure, spread
from large import REGIONS
from serving import Server, dashboard
from tornado.httpclient import AsyncHTTPClient
from visitor import Visit

PAGE = "explorer"
PICTURE = re.compile(r'"image",\s*\[\{')
"""A patch that brings a picture."""
VIEWS = ("units", "prices", "density", "calendar")


async def drained(visit: Visit, quiet: float) -> None:
    """Take what comes until nothing has come for so long [s]."""
    with suppress(TimeoutError):
        while True:
            await asyncio.wait_for(visit.receive(), quiet)


async def picture(visit: Visit, **message: Any) -> float:
    """What the control bar says when something is chosen, until the picture has come [s]."""
    began = time.perf_counter()
    await visit.say(
        "data_event", {"model": {"id": visit.bar}, "data": {"type": "map", "entries": list(message.items())}}
    )
    while True:
        _, text, _ = await visit.receive()
        if PICTURE.search(text):
            return time.perf_counter() - began


async def full_views(visit: Visit) -> dict[str, list[float]]:
    """Each view over everything, none drawn before [s]."""
    out: dict[str, list[float]] = {}
    await visit.change(view="units")
    await visit.change(preset="all")
    await drained(visit, 1)
    out["units"] = [
        await picture(visit, select=name, value=value)
        for name, value in (
            ("agg", "max"),
            ("agg", "min"),
            ("value", "mw"),
            ("agg", "mean"),
            ("group", "region"),
            ("agg", "max"),
        )
    ]
    for view in VIEWS[1:]:
        await visit.change(view=view)
        await drained(visit, 1)
        out[view] = [await picture(visit, region=[region]) for region in REGIONS[:5]]
        await visit.change(region=[])
        await drained(visit, 1)
    return out


async def windows(visit: Visit, first: np.datetime64, days: int, count: int) -> dict[str, list[float]]:
    """Each view over windows of ten days to most of everything [s]."""
    chance, out = np.random.default_rng(5), {}
    for view in VIEWS:
        await visit.change(view=view)
        await drained(visit, 1)
        seconds = []
        for _ in range(count):
            length = int(np.exp(chance.uniform(np.log(16), np.log(days - 1))))
            start = first + int(chance.integers(0, max(1, days - length)))
            seconds.append(await picture(visit, from_date=str(start), to_date=str(start + length - 1)))
        out[view] = seconds
    return out


async def health(server: Server, until: asyncio.Event) -> list[float]:
    """How long the API's health takes meanwhile [s]."""
    seconds = []
    while not until.is_set():
        began = time.perf_counter()
        await AsyncHTTPClient().fetch(server.base + "/api/health")
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)
    return seconds


async def _visit(server: Server, bench: Bench) -> dict[str, Any]:
    visit = await Visit.open(server.base, PAGE)
    await drained(visit, 6)  # the helper has started, mapped the files and compiled its kernel
    for view in VIEWS:
        await visit.change(view=view)
        await drained(visit, 3)
    answer = await AsyncHTTPClient().fetch(server.base + "/api/health")
    first = np.datetime64(answer.body.decode().split('"scada"')[1].split('"first":"')[1][:10])
    over = asyncio.Event()
    beside = asyncio.create_task(health(server, over))
    before = server.cpu()
    found: dict[str, Any] = {
        "full": await full_views(visit),
        "windows": await windows(visit, first, bench.days, bench.runs(20)),
    }
    pictures = sum(len(s) for part in found.values() for s in part.values())
    found |= {"pictures": pictures, "cpu_s": (server.cpu() - before) / pictures}
    over.set()
    found["health"] = await beside
    visit.close()
    return found


def measure(bench: Bench) -> Found:
    """Pictures as they arrive; datashader's counting beside numpy's."""
    base = [float(python("one_pass.py", "pass", bench.data).stdout.split()[1]) for _ in range(bench.runs(3))]
    with dashboard(bench.data) as server:
        found = asyncio.run(_visit(server, bench))
    points = [[float(x) for x in python("explorer_points.py").stdout.split()] for _ in range(bench.runs(3))]
    readings = 288 * bench.days * bench.units / 1e6
    full, zoomed = found["full"], found["windows"]
    figures = [
        Figure("explorer.full", f"Every unit over everything ({readings:,.0f} million readings) as a picture, until it has come",
               "s", full["units"], base, "one numpy pass", 1, by_value=True),
        Figure("explorer.full.others", "All prices, densities, days by hours over everything", "s",
               [s for view in VIEWS[1:] for s in full[view]], target=1),
        Figure("explorer.zoom", "Any window from ten days on, every view, 95th percentile", "s",
               [spread([s for seconds in zoomed.values() for s in seconds])["p95"]], target=0.2),
        Figure("explorer.zoom.units", "The same, units only, median", "s", [spread(zoomed["units"])["p50"]], target=0.2),
        Figure("explorer.health", "API health meanwhile, 95th percentile", "s", [spread(found["health"])["p95"]], target=0.1),
        Figure("explorer.cpu", "Server's CPU for a picture (the helper's work left out)", "s", [found["cpu_s"]], target=0.1),
        Figure("explorer.points", "2.6 million points counted into pixels by datashader", "s", [p[1] for p in points],
               [p[0] for p in points], "numpy", 1),
    ]  # fmt: skip
    return Found(figures, found)
