"""What a visitor costs the server: opening each page, and changing region or range over a day to five years.

CPU seconds of the server's process, which other people's load on the machine hardly touches, beside wall time.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from typing import Any

from serving import Server, baseline, dashboard
from visitor import Visit

PAGES = ("overview", "generation", "prices", "stations")
CHANGES: Sequence[tuple[str, dict[str, Any]]] = (
    ("1 day", {"preset": "1d"}),
    ("7 days", {"preset": "7d"}),
    ("30 days", {"preset": "30d"}),
    ("1 year", {"preset": "1y"}),
    ("all", {"preset": "all"}),
)
REGIONS = ("QLD1", "NSW1", "VIC1", "SA1")


async def opening(server: Server, page: str, runs: int, query: str = "") -> dict[str, float]:
    """Median cost of opening a page that was opened before."""
    await _once(server, page, query)
    cpu, wall, html, size = [], [], [], 0
    for _ in range(runs):
        before = server.cpu()
        visit = await Visit.open(server.base, page, query)
        cpu.append(server.cpu() - before)
        wall.append(visit.open_seconds)
        html.append(visit.html_seconds)
        size = visit.document_bytes
        visit.close()
        await asyncio.sleep(0.05)
    # The clock of /proc has 10 ms: the mean of many is exact where the median is a step.
    return {
        "cpu_s": statistics.fmean(cpu), "wall_s": statistics.median(wall), "html_s": statistics.median(html),
        "wall_worst_s": max(wall), "document_kb": size / 1000,
    }  # fmt: skip


async def _once(server: Server, page: str, query: str) -> None:
    (await Visit.open(server.base, page, query)).close()


async def changing(server: Server, page: str, regions: bool) -> list[dict[str, Any]]:
    """Each window by each region once, first time asked and asked again."""
    visit = await Visit.open(server.base, page)
    rows = []
    for name, message in CHANGES:
        await visit.change(**message)
        for region in REGIONS if regions else ("",):
            for again in (False, True):
                # A region in between, so that every change draws something else.
                await visit.change(region=[]) if regions else await visit.change(preset="3d")
                before = server.cpu()
                wall, size, messages = await visit.change(**({"region": [region]} if regions else message))
                rows.append(
                    {
                        "page": page, "window": name, "region": region, "again": again, "wall_s": wall,
                        "cpu_s": server.cpu() - before, "kb": size / 1000, "messages": messages,
                    }
                )  # fmt: skip
    visit.close()
    return rows


async def measure(server: Server, runs: int) -> dict[str, Any]:
    """Opening and changing on every page of the dashboard."""
    out: dict[str, Any] = {"open": {}, "change": []}
    for page in PAGES:
        out["open"][page] = await opening(server, page, runs)
        out["change"] += await changing(server, page, page in ("generation", "prices"))
    return out


async def baselines(runs: int) -> dict[str, dict[str, float]]:
    """The same for the pages of ``baselines/``."""
    names = ("bare", "shell", "plain_hvplot")
    with baseline(*names) as server:
        return {name: await opening(server, name, runs) for name in names}


__all__ = ["PAGES", "baselines", "dashboard", "measure", "opening"]
