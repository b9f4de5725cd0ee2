"""What a visitor costs the server: opening each page, and changing region or range over a day to all there is.

CPU seconds of the server's process, which other people's load on the machine hardly touches, beside wall time. What the
server works out in the background after its start and after a page's first visit is waited for: it is nobody's opening.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bench import Bench, Found
from figures import Figure, spread
from memory import LEAN
from serving import Server, baseline, dashboard
from visitor import Visit

from components.vocabulary import PAGES

WINDOWS: Sequence[str] = ("1d", "7d", "30d", "1y", "all")
REGIONS = ("QLD1", "NSW1", "VIC1", "SA1")
PLAIN = "plain_hvplot"
IDLE_SECONDS = 0.02
"""CPU that a process uses in a quarter of a second for being there."""
QUIET_LOOKS = 16
"""Four seconds: the background work begins three after the start."""


async def settled(server: Server) -> None:
    """Wait until the process has nothing more to do, or a minute."""
    quiet, before = 0, server.cpu()
    for _ in range(60 * 4):
        await asyncio.sleep(0.25)
        now = server.cpu()
        quiet, before = (quiet + 1 if now - before <= IDLE_SECONDS else 0), now
        if quiet == QUIET_LOOKS:
            return


async def opening(server: Server, page: str, runs: int) -> list[dict[str, float]]:
    """Cost of opening a page that was opened before."""
    (await Visit.open(server.base, page)).close()
    await settled(server)
    out = []
    for _ in range(runs):
        before = server.cpu()
        visit = await Visit.open(server.base, page)
        out.append(
            {
                "cpu_s": server.cpu() - before,
                "wall_s": visit.open_seconds,
                "html_s": visit.html_seconds,
                "document_kb": visit.document_bytes / 1000,
            }
        )
        visit.close()
        await asyncio.sleep(0.05)
    return out


async def changing(server: Server, page: str) -> list[dict[str, Any]]:
    """Each window by each region once, asked first and asked again."""
    visit = await Visit.open(server.base, page)
    rows = []
    for window in WINDOWS:
        for region in REGIONS if visit.has_regions else ("",):
            for again in (False, True):
                # Something else in between, so that every change draws anew; never the region with another window.
                if region:
                    await visit.change(region=[])
                await visit.change(preset=window if region else "3d")
                before = server.cpu()
                wall, size, messages = await visit.change(**({"region": [region]} if region else {"preset": window}))
                rows.append(
                    {
                        "page": page, "window": window, "region": region, "again": again, "wall_s": wall,
                        "cpu_s": server.cpu() - before, "kb": size / 1000, "messages": messages,
                    }
                )  # fmt: skip
    visit.close()
    return rows


async def _measure(bench: Bench) -> Found:
    runs = bench.runs(10)
    with baseline(PLAIN) as plain, dashboard(bench.data) as server:
        base = await opening(plain, PLAIN, runs)
        opened = {page: await opening(server, page, runs) for page in PAGES}
        # The explorer's pictures arrive after the answer; its own part measures them.
        changes = [row for page in LEAN for row in await changing(server, page)]
    figures = []
    for page, rows in opened.items():
        # The clock of /proc has steps of 10 ms: a mean of many is finer than the median of steps.
        cpu, cost = _mean(rows, "cpu_s"), _mean(base, "cpu_s")
        figures.append(
            Figure(f"pages.cpu.{page}", f"Open {page}: server CPU", "s", [cpu], [cost], "a plain hvPlot page", 0.3, by_value=True)
        )  # fmt: skip
    for page, rows in opened.items():
        html, plain_html = [r["html_s"] for r in rows], [r["html_s"] for r in base]
        figures.append(
            Figure(f"pages.html.{page}", f"HTML of {page}", "s", html, plain_html, "the same page", 0.15, by_value=True)
        )
    first, again = ([r for r in changes if r["again"] is known] for known in (False, True))
    worst = max(r["messages"] for r in changes)
    figures += [
        Figure("pages.change", f"Any region, any window: 95th percentile of {len(first)} first changes, server CPU", "s",
               [spread([r["cpu_s"] for r in first])["p95"]], target=0.1),
        Figure("pages.again", "The same asked before", "s", [spread([r["cpu_s"] for r in again])["p95"]], target=0.1),
        Figure("pages.messages", "Socket messages of a change, at most", "", [worst], target=1),
        Figure("pages.bytes", "Size of a change", "kB", [spread([r["kb"] for r in changes])["p50"]]),
    ]  # fmt: skip
    return Found(figures, {"open": opened, "plain": base, "change": changes})


def _mean(rows: Sequence[dict[str, float]], name: str) -> float:
    return sum(row[name] for row in rows) / len(rows)


def measure(bench: Bench) -> Found:
    """Opening and changing on every page of the dashboard."""
    return asyncio.run(_measure(bench))
