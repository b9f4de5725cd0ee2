"""What the server holds: after a visit to every page, per open session, after a hundred have gone, per process."""

from __future__ import annotations

import asyncio
import itertools
import json

from bench import Bench, Found
from figures import Figure
from serving import Server, dashboard, watched_dashboard
from tornado.httpclient import AsyncHTTPClient
from visitor import Visit

from components.vocabulary import PAGES

EXPLORER = "explorer"
LEAN = [page for page in PAGES if page != EXPLORER]
SOON_GONE = {"server": {"unused_session_lifetime_ms": 1_000}}
BLOCK = 10
"""Sessions counted together: memory grows in steps of the allocator."""


async def visit_each(server: Server, pages: list[str], times: int = 1) -> None:
    """Open and leave each page."""
    for page in pages * times:
        visit = await Visit.open(server.base, page)
        await asyncio.sleep(0.2)
        visit.close()


async def alive(server: Server) -> dict[str, int]:
    """Pages and documents that are alive."""
    answer = await AsyncHTTPClient().fetch(server.base + "/benchmark", request_timeout=60)
    counts: dict[str, int] = json.loads(answer.body)
    return counts


async def until_gone(server: Server, before: int, seconds: float = 60) -> dict[str, int]:
    """Wait until the sessions have been thrown away; what is left."""
    for _ in range(int(seconds)):
        left = await alive(server)
        if left["Dashboard"] <= before:
            break
        await asyncio.sleep(1)
    return left


async def at_rest(server: Server) -> float:
    """Memory once the server has tidied up after those who left, which it does in a quiet moment [MB]."""
    found = [server.anonymous()]
    while len(found) < 15 and not (len(found) > 6 and max(found[-4:]) < 1.02 * min(found[-4:])):
        await asyncio.sleep(2)
        found.append(server.anonymous())
    return found[-1]


async def sessions(server: Server, count: int) -> tuple[list[float], dict[str, float]]:
    """Memory that each of ``count`` sessions adds, and what is left when they have gone [MB]."""
    await visit_each(server, LEAN, 3)
    before = await until_gone(server, 0, 10)
    start = last = server.anonymous()
    seated, added = [], []
    for i, page in enumerate(itertools.islice(itertools.cycle(LEAN), count), 1):
        seated.append(await Visit.open(server.base, page))
        if i % BLOCK == 0:
            now = server.anonymous()
            added.append((now - last) / BLOCK)
            last = now
    full = server.anonymous()
    for visit in seated:
        visit.close()
    left = await until_gone(server, before["Dashboard"])
    return added, {
        "start_mb": start, "full_mb": full, "after_mb": await at_rest(server),
        "mean_mb": (full - start) / count, "pages_before": before["Dashboard"], "pages_left": left["Dashboard"],
    }  # fmt: skip


def _after_every_page(bench: Bench, runs: int, *, long: bool = False) -> tuple[list[float], list[float]]:
    """Memory after a visit to every page but the explorer, and with the explorer [MB]."""
    lean, all_pages = [], []
    for _ in range(runs):
        with dashboard(bench.long_data if long else bench.data) as server:
            asyncio.run(visit_each(server, LEAN))
            lean.append(server.anonymous())
            if EXPLORER in PAGES and not long:
                asyncio.run(_explore(server))
                all_pages.append(server.shared_anonymous())
    return lean, all_pages


async def _explore(server: Server) -> None:
    """Use the explorer; the kernels may be compiled in the background, so memory is read when it has settled."""
    visit = await Visit.open(server.base, EXPLORER)
    for preset in ("all", "1y", "7d"):
        await visit.change(preset=preset)
    last = 0.0
    for _ in range(60):
        await asyncio.sleep(1)
        used = server.cpu()
        if used - last < 0.05:
            break
        last = used
    visit.close()


def _per_process(bench: Bench) -> list[float]:
    """Anonymous memory of one, two and three processes, each page visited twice per process [MB]."""
    out = []
    for count in (1, 2, 3):
        with dashboard(bench.data, "--num-procs", str(count)) as server:
            asyncio.run(visit_each(server, LEAN, 2 * count))
            out.append(server.shared_anonymous())
    return out


def measure(bench: Bench) -> Found:
    """All figures about memory."""
    lean, explored = _after_every_page(bench, bench.runs(3))
    long, _ = _after_every_page(bench, bench.runs(3), long=True)
    each: list[float] = []
    rounds = []
    for _ in range(bench.runs(2)):
        with watched_dashboard(bench.data, SOON_GONE) as server:
            added, found = asyncio.run(sessions(server, 20 if bench.quick else 100))
        each += added
        rounds.append(found)
    gone = [r["after_mb"] / r["start_mb"] for r in rounds]
    left = [max(0.0, r["pages_left"] - r["pages_before"]) for r in rounds]
    procs = _per_process(bench)
    size = f"{bench.long_days / 365.25:.0f} years × {bench.long_units} units"
    figures = [
        Figure("memory.pages", "Server after a visit to every page but the explorer (RssAnon)", "MB", lean, target=250),
        Figure("memory.session", f"Each further open session (by tens, {len(each) * BLOCK} sessions)", "MB", each, target=1.5),
        Figure("memory.gone", "After 100 sessions have come and gone, as a share of the start", "", gone, target=1.1),
        Figure("memory.left", "Live dashboards after they have gone", "", left, target=0),
        Figure("memory.worker", "Each further worker process (Pss of anonymous memory)", "MB",
               [b - a for a, b in itertools.pairwise(procs)], target=120),
        Figure("memory.long", f"After every page, {size}", "MB", long, lean, "the main lake", 1.1),
    ]  # fmt: skip
    if explored:
        figures.insert(
            1,
            Figure(
                "memory.explorer",
                "The same with the explorer used and its helper process (Pss of anonymous memory)",
                "MB",
                explored,
                target=350,
            ),
        )
    return Found(figures, {"sessions": rounds, "processes_mb": procs})
