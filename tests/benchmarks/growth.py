"""How memory, start and questions grow with years, units and open sessions; drawn as small charts."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from bench import Bench, Found
from curves import Panel, drawing
from figures import Figure, spread
from memory import LEAN, visit_each
from serving import Server, dashboard
from tornado.httpclient import AsyncHTTPClient
from visitor import Visit

YEARS = (1, 5, 20)
SESSIONS = (1, 10, 100)
FEW_UNITS = 100


async def _asks(server: Server) -> dict[str, float]:
    """The first time that a day, and that everything, is asked for [s]."""
    seconds = {}
    for name, path in (
        ("day", "generation/by-fuel?" + urlencode({"last": "1d", "region": "NEM"})),
        ("everything", "analysis/revenue?" + urlencode({"last": "all", "by": "duid"})),
    ):
        began = time.perf_counter()
        await AsyncHTTPClient().fetch(f"{server.base}/api/{path}", request_timeout=120)
        seconds[name] = time.perf_counter() - began
    return seconds


def lakes(bench: Bench) -> dict[str, list[tuple[int, int]]]:
    """Sizes (days, units) of the lakes along years, and along units."""
    years = [(bench.long_days * years // YEARS[-1], bench.long_units) for years in YEARS]
    return {"years": years, "units": [(bench.days, FEW_UNITS), (bench.days, bench.units)]}


def of_lake(bench: Bench, days: int, units: int) -> dict[str, float]:
    """Start, memory after a visit to every page, and two questions, each a median over fresh servers."""
    lake, rows = bench.lake(days, units), []
    for _ in range(2):
        with dashboard(lake) as server:
            asked = asyncio.run(_asks(server))
            asyncio.run(visit_each(server, LEAN))
            rows.append(
                {"ready_s": server.ready_seconds, "mb": server.anonymous(), **{f"{k}_s": v for k, v in asked.items()}}
            )
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


async def _of_sessions(server: Server, counts: Sequence[int]) -> list[dict[str, float]]:
    """Memory with so many open sessions, and the changes of ten of them."""
    await visit_each(server, LEAN, 2)
    seated: list[Visit] = []
    out = []
    pages = itertools.cycle(LEAN)
    for count in counts:
        while len(seated) < count:
            seated.append(await Visit.open(server.base, next(pages)))
        memory, took = server.anonymous(), []
        for i in range(20):
            seconds, _, _ = await seated[-1 - i % min(10, count)].change(preset=("7d", "30d", "3d")[i % 3])
            took.append(seconds)
        out.append({"mb": memory, "change_s": spread(took)["p95"]})
    for visit in seated:
        visit.close()
    return out


def _panels(x: Sequence[float], label: str, rows: Sequence[dict[str, float]]) -> list[Panel]:
    return [
        Panel("Memory after every page [MB]", x, {"": [r["mb"] for r in rows]}, label, 250),
        Panel("serve → ready [s]", x, {"": [r["ready_s"] for r in rows]}, label),
        Panel("First-time questions [s]", x, {"a day": [r["day_s"] for r in rows], "everything": [r["everything_s"] for r in rows]}, label),
    ]  # fmt: skip


def measure(bench: Bench) -> Found:
    """Along years, units and sessions."""
    years, units = ([of_lake(bench, *size) for size in sizes] for sizes in lakes(bench).values())
    counts = SESSIONS[:2] if bench.quick else SESSIONS
    with dashboard(bench.data) as server:
        sessions = asyncio.run(_of_sessions(server, counts))
    flat = [
        ("years", "20 years beside 1", years[-1], years[0]),
        ("units", f"{bench.units} units beside {FEW_UNITS}", units[-1], units[0]),
    ]
    figures = []
    for key, what, most, least in flat:
        for name, words, unit in (
            ("mb", "memory after every page", "MB"),
            ("ready_s", "start", "s"),
            ("day_s", "a day's generation", "s"),
            ("everything_s", "revenue over everything", "s"),
        ):
            figures.append(
                Figure(f"growth.{key}.{name}", f"{what}: {words}", unit, [most[name]], [least[name]], "the smaller")
            )
    figures.append(
        Figure("growth.sessions", f"A change with {counts[-1]} open sessions beside one, 95th percentile", "s",
               [sessions[-1]["change_s"]], [sessions[0]["change_s"]], "one session")
    )  # fmt: skip
    detail: dict[str, Any] = {"years": years, "units": units, "sessions": sessions, "counts": list(counts),
                              "unit_counts": [FEW_UNITS, bench.units]}  # fmt: skip
    return Found(figures, detail)


def plots(detail: dict[str, Any]) -> dict[str, str]:
    """File name -> SVG of what :func:`measure` found."""
    counts, sessions = detail["counts"], detail["sessions"]
    return {
        "growth-years.svg": drawing(_panels(YEARS, "years", detail["years"]), "Memory, start and questions over 1, 5 and 20 years"),
        "growth-units.svg": drawing(_panels(detail["unit_counts"], "units", detail["units"]), "Memory, start and questions over few and many units"),
        "growth-sessions.svg": drawing(
            [
                Panel("Memory [MB]", counts, {"": [s["mb"] for s in sessions]}, "open sessions"),
                Panel("A change, 95th percentile [s]", counts, {"": [s["change_s"] for s in sessions]}, "open sessions", 0.1),
            ],
            "Memory and changes with 1, 10 and 100 open sessions",
        ),
    }  # fmt: skip
