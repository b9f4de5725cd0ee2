"""From the command to health 200, beside an empty Panel page that imports the same packages."""

from __future__ import annotations

import asyncio
import statistics

from bench import Bench, Found, python
from figures import Figure
from serving import baseline, dashboard
from visitor import Visit

from components.vocabulary import PAGES


async def _first_visits(base: str) -> list[float]:
    """Seconds that the first visitor of each page waits."""
    seconds = []
    for page in PAGES:
        visit = await Visit.open(base, page)
        seconds.append(visit.open_seconds)
        visit.close()
    return seconds


def measure(bench: Bench) -> Found:
    """Start the program and the empty page in turn; then the program over twenty years."""
    ours: list[float] = []
    empty: list[float] = []
    memory: list[float] = []
    empty_memory: list[float] = []
    visits: list[float] = []
    long: list[float] = []
    long_memory: list[float] = []
    for _ in range(bench.runs(4)):
        with dashboard(bench.data) as server:
            ours.append(server.ready_seconds)
            memory.append(server.anonymous())
            visits.append(max(asyncio.run(_first_visits(server.base))))
        with baseline("empty") as server:
            empty.append(server.ready_seconds)
            empty_memory.append(server.anonymous())
        with dashboard(bench.long_data) as server:
            long.append(server.ready_seconds)
            long_memory.append(server.anonymous())
    opening = [float(python("opening.py", bench.data).stdout) for _ in range(bench.runs(5))]
    size = f"{bench.long_days / 365.25:.0f} years × {bench.long_units} units"
    return Found(
        [
            Figure("start.ready", "`serve` → health 200", "s", ours, empty, "an empty Panel page with the same packages", 2),
            Figure("start.opening", "Opening the data itself", "s", opening, target=0.5),
            Figure("start.long", f"`serve` → health 200, {size}", "s", long, ours, "the main lake", 1.1),
            Figure("start.long_memory", f"Memory when ready (RssAnon), {size}", "MB", long_memory, memory, "the main lake", 1.1),
            Figure("start.memory", "Memory when ready (RssAnon)", "MB", memory, empty_memory, "the empty page"),
            Figure("start.first_visit", "First visit after the start, slowest page, whole document", "s", visits),
        ],
        {"first_visit_median_s": statistics.median(visits)},
    )  # fmt: skip
