"""Questions over everything: revenue of every unit over all time beside one numpy pass over the same mapped memory."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import numpy as np
from bench import Bench, Found, python
from figures import Figure, spread
from serving import Server, dashboard
from tornado.httpclient import AsyncHTTPClient

REGIONS = ("NSW1", "QLD1", "SA1", "TAS1", "VIC1", "NEM")


def _seconds(way: str, bench: Bench) -> list[float]:
    """The first time and the second."""
    return [float(line) for line in python("one_pass.py", way, bench.data).stdout.split()]


async def windows(server: Server, days: int, count: int, seed: int) -> list[float]:
    """Generation by fuel over windows of a day to everything, of any region, none asked before [s]."""
    chance, seconds = np.random.default_rng(seed), []
    health = await AsyncHTTPClient().fetch(server.base + "/api/health")
    newest = np.datetime64(health.body.decode().split('"scada"')[1].split('"last":"')[1][:10])
    for _ in range(count):
        length = int(np.exp(chance.uniform(0, np.log(days))))
        end = newest - int(chance.integers(0, max(1, days - length)))
        values = {"start": str(end - length), "end": str(end), "region": str(chance.choice(REGIONS))}
        began = time.perf_counter()
        await AsyncHTTPClient().fetch(
            f"{server.base}/api/generation/by-fuel?{urlencode({**values, 'interval': 'auto'})}", request_timeout=60
        )
        seconds.append(time.perf_counter() - began)
    return seconds


def measure(bench: Bench) -> Found:
    """First call in a process and the next, each beside numpy's of the same kind; then any window over HTTP."""
    _seconds("pass", bench)  # the files come from memory, not from the disk
    ours, numpys = [], []
    for _ in range(bench.runs(5)):
        ours.append(_seconds("ours", bench))
        numpys.append(_seconds("pass", bench))
    readings = 288 * bench.days * bench.units / 1e6
    what = f"Revenue of {bench.units} units over {bench.days:,} days ({readings:,.0f} million readings)"
    with dashboard(bench.data) as server:
        asked = [
            asyncio.run(windows(server, bench.days, 40 if bench.quick else 100, seed)) for seed in range(bench.runs(3))
        ]
    return Found(
        [
            Figure("large.first", f"{what}, first call in a process", "s", [o for o, _ in ours], [n for n, _ in numpys], "one numpy pass", 2),
            Figure("large.warm", f"{what}, asked again", "s", [o for _, o in ours], [n for _, n in numpys], "one numpy pass", 2),
            Figure("large.windows", "Generation by fuel over HTTP, any window from a day to everything, 95th percentile", "s",
                   [spread(a)["p95"] for a in asked], target=0.1),
        ],
        {"windows": asked},
    )  # fmt: skip
