"""First-time questions to the API beside the same asked of the design with FastAPI and pandas, over the same Parquet files."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import numpy as np
from bench import Bench, Found
from figures import Figure, Skipped
from serving import HERE, Server, dashboard
from tornado.httpclient import AsyncHTTPClient

NEM = {"region": "NEM"}
LONG_ENOUGH = 20
"""A question that has taken the baseline so long is not repeated again [s]."""
TOLERANCE = 1e-3
"""Both answer from the same readings, the baseline in float32."""


class Asked:
    """A question of both.

    Parameters
    ----------
    ours, theirs : parameters besides the window.
    total : what both answers must agree on.
    """

    def __init__(
        self,
        what: str,
        days: int,
        route: str,
        ours: dict[str, str],
        theirs: dict[str, str],
        total: Callable[[Any], float],
    ):
        self.what, self.days, self.route, self.ours, self.theirs, self.total = what, days, route, ours, theirs, total


def _column(name: str) -> Callable[[Any], float]:
    return lambda answer: math.fsum(v for v in answer["data"][name] if v is not None)


def _money(answer: Any) -> float:
    """All revenue but that of rooftop solar, which the other design does not value."""
    data = answer["data"]
    fuels = data.get("fuel", [""] * len(data["revenue"]))
    return math.fsum(v for v, fuel in zip(data["revenue"], fuels, strict=True) if v is not None and fuel != "rooftop")


QUESTIONS = (
    Asked("Generation by fuel, a day at 5 minutes", 1, "generation/by-fuel",
          {**NEM, "interval": "5m"}, {"interval": "5m"}, _column("mw")),
    Asked("Generation by fuel in NSW, 30 days by the hour", 30, "generation/by-fuel",
          {"region": "NSW1", "interval": "1h"}, {"region": "NSW1", "interval": "1h"}, _column("mw")),
    Asked("Generation by fuel, a year by the day", 365, "generation/by-fuel",
          {**NEM, "interval": "1d"}, {"interval": "1d"}, _column("mw")),
    Asked("Price statistics, a year", 365, "prices/stats", {}, {}, _column("mean")),
    Asked("Revenue by fuel, 30 days", 30, "analysis/revenue", {"by": "fuel"}, {"by": "fuel"}, _money),
    Asked("Revenue by unit, a year", 365, "analysis/revenue", {"by": "duid"}, {"by": "duid"}, _money),
    Asked("A station's output, 30 days at 5 minutes", 30, "generation/stations", {"interval": "5m"}, {}, _column("mw")),
)  # fmt: skip


async def _ask(server: Server, path: str, values: dict[str, str]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = await AsyncHTTPClient().fetch(f"{server.base}{path}?{urlencode(values)}", request_timeout=300)
    return time.perf_counter() - began, json.loads(answer.body)


async def _side_by_side(ours: Server, theirs: Server, runs: int) -> Found:
    _, health = await _ask(ours, "/api/health", {})
    scada = health["datasets"]["scada"]
    first, last = (np.datetime64(scada[k][:19], "D") for k in ("first", "last"))
    _, found = await _ask(ours, "/api/stations", {"fuel": "coal", "limit": "1"})
    station = {"station": found["data"]["station"][0]}
    chance = np.random.default_rng(4)
    figures, detail = [], {}
    for number, asked in enumerate(QUESTIONS):
        room = (last.item() - first.item()).days - asked.days
        # Each window is asked of each server once; whole days, and no two alike.
        offsets = chance.permutation(max(1, room))[:runs]
        took: list[float] = []
        base: list[float] = []
        for offset in offsets:
            if len(base) > 1 and sum(base) > LONG_ENOUGH:
                break
            start = first + int(offset)
            window = {"start": f"{start}T00:00:00", "end": f"{start + asked.days}T00:00:00"}
            more = station if asked.route == "generation/stations" else {}
            seconds, answer = await _ask(ours, f"/api/{asked.route}", {**window, **asked.ours, **more})
            slower, other = await _ask(theirs, f"/{asked.route}", {**window, **asked.theirs, **more})
            took.append(seconds)
            base.append(slower)
            _same(asked, answer, other)
        key = f"questions.{number}"
        # The ratio is of rates: how many times as fast.
        figures.append(
            Figure(
                key,
                asked.what,
                "/s",
                [1 / s for s in took],
                [1 / s for s in base],
                "FastAPI and pandas",
                5,
                at_least=True,
            )
        )
        detail[key] = {"first_ever_s": took[0], "first_ever_baseline_s": base[0]}
    memory = [ours.anonymous()], [theirs.anonymous()]
    figures.append(
        Figure("questions.memory", "Memory after these questions (RssAnon)", "MB", *memory, "FastAPI and pandas")
    )
    ready = [ours.ready_seconds], [theirs.ready_seconds]
    figures.append(Figure("questions.ready", "Start until the first answer", "s", *ready, "FastAPI and pandas"))
    return Found(figures, detail)


def _same(asked: Asked, ours: Any, theirs: Any) -> None:
    """Raise when the two did not answer the same question."""
    mine, other = asked.total(ours), asked.total(theirs)
    if not math.isclose(mine, other, rel_tol=TOLERANCE):
        raise ValueError(f"{asked.what}: {mine} here, {other} there: not the same question")


def measure(bench: Bench) -> Found:
    """Every question with windows that neither was asked before."""
    missing = [name for name in ("fastapi", "uvicorn") if importlib.util.find_spec(name) is None]
    if missing:
        raise Skipped(f"{' and '.join(missing)} not installed: pip install -e .[bench]")
    command = [sys.executable, str(HERE / "baselines" / "fastapi_design.py"), "{port}", str(bench.data)]
    with Server(command, "/ready", patience=600) as theirs, dashboard(bench.data) as ours:
        return asyncio.run(_side_by_side(ours, theirs, bench.runs(7)))
