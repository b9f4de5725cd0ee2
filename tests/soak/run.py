"""``make soak``: visitors who stay while new data keeps coming; ends with what it found and exit 1 where that is bad.

30 sessions over all pages, each changing its window now and then; a publication every 10 seconds, an interval of the market
each; 30 minutes. At the end: no error in the server's log and none told to a session, memory flat (least squares over the second half), no dashboard alive after all have left.

    make soak
    make soak SOAK="--minutes 2 --sessions 10"
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from live_server import Server, free_port, stop_server, wait_until_ready
from tornado.httpclient import AsyncHTTPClient, HTTPError
from tornado.websocket import WebSocketError
from visitor import BAR, LONGEST_SECONDS, Visit, VisitError, as_map

from components.market_time import dispatch_stamps
from components.store.lake import Lake
from components.vocabulary import PAGES, REGIONS

ROOT = Path(__file__).resolve().parents[2]
STEP = pd.Timedelta(minutes=5)
END = pd.Timestamp("2024-03-01")
FLAT_MB_PER_HOUR = 60.0
"""Growth of anonymous memory that is still called flat; a leak of one page per publication is ten times as much."""
TROUBLE = re.compile(r"ERROR|Traceback|Exception", re.I)


@dataclass
class Found:
    """What the soak saw."""

    published: int = 0
    changes: int = 0
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


def anonymous_mb(pid: int) -> float:
    """Anonymous memory of a process [MB]."""
    return int(re.search(r"Rss?Anon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def alive(url: str) -> dict[str, int]:
    """Dashboards and documents that the server still holds."""
    with urllib.request.urlopen(f"{url}/benchmark", timeout=120) as answer:
        return json.load(answer)


def publish_interval(lake: Lake, at: pd.Timestamp, seed: int) -> None:
    """One more interval of the market: every unit and every region."""
    chance = random.Random(seed)
    common = {"minutes": 5, "source": "demo", "changed": pd.NaT}
    duids = lake.read_units()["duid"].dropna().unique()
    with lake.begin(demo=True) as changes:
        changes.add(
            "scada", pd.DataFrame({"time": at, "duid": duids, "mw": [chance.uniform(0, 300) for _ in duids], **common})
        )
        prices = [chance.uniform(-50, 300) for _ in REGIONS]
        changes.add("price", pd.DataFrame({"time": at, "region": REGIONS, "rrp": prices, **common}))
        demand = [chance.uniform(1_000, 9_000) for _ in REGIONS]
        changes.add(
            "region", pd.DataFrame({"time": at, "region": REGIONS, "demand": demand, "net_interchange": 0.0, **common})
        )
        changes.publish()


async def listen(visit: Visit, answers: asyncio.Queue[None]) -> None:
    """Take everything that comes, as a browser does; each change of the control bar is noted."""
    while True:
        try:
            header, text, _ = await visit.receive()
        except VisitError as wrong:
            if "did not answer" in str(wrong):  # nothing was to be said for a while
                continue
            raise
        if header["msgtype"] == "ERROR":
            raise VisitError(text[:300])
        if header["msgtype"] == "PATCH-DOC" and BAR in text:
            answers.put_nowait(None)


async def stay(url: str, page: str, found: Found, until: float, number: int) -> None:
    """One visitor: open a page, change the range now and then, read all that comes."""
    chance = random.Random(number)
    await asyncio.sleep(number)  # thirty people do not come in the same moment
    try:
        visit = await Visit.open(url, page)
        answers: asyncio.Queue[None] = asyncio.Queue()
        listening = asyncio.create_task(listen(visit, answers))
        try:
            while time.monotonic() < until and not listening.done():
                await asyncio.sleep(chance.uniform(5, 15))
                if visit.has_regions:
                    while not answers.empty():
                        answers.get_nowait()  # what came of publications
                    asked = {"preset": chance.choice(["1d", "2d", "7d"])}
                    await visit.say("data_event", {"model": {"id": visit.bar}, "data": as_map(asked)})
                    await asyncio.wait_for(answers.get(), LONGEST_SECONDS)
                    found.changes += 1
            if listening.done():
                listening.result()
        finally:
            listening.cancel()
            visit.close()
            await asyncio.gather(listening, return_exceptions=True)
    except TimeoutError:
        found.errors.append(f"visitor {number} on /{page}: no answer within {LONGEST_SECONDS} s")
    except (VisitError, HTTPError, WebSocketError, OSError) as wrong:
        found.errors.append(f"visitor {number} on /{page}: {wrong}")


async def soak(server: Server, lake: Lake, minutes: float, sessions: int, every: float) -> Found:
    """Visitors, publications and a look at memory, side by side."""
    found, until = Found(), time.monotonic() + 60 * minutes
    # A page that takes long to open on a busy machine is no error of a queue in this client.
    AsyncHTTPClient.configure(None, max_clients=sessions, defaults={"connect_timeout": LONGEST_SECONDS})
    names = list(PAGES)

    async def publications() -> None:
        at = END
        while time.monotonic() < until:
            began = time.monotonic()
            at += STEP
            await asyncio.to_thread(publish_interval, lake, at, found.published)
            found.published += 1
            found.memory.append((began, anonymous_mb(server.process.pid)))
            await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))

    visitors = [stay(server.url, names[n % len(names)], found, until, n) for n in range(sessions)]
    await asyncio.gather(publications(), *visitors)
    return found


def slope_per_hour(points: list[tuple[float, float]]) -> float:
    """Growth over the second half, by least squares [MB/h]."""
    half = points[len(points) // 2 :]
    if len(half) < 2:
        return 0.0
    mean_x, mean_y = (sum(p[i] for p in half) / len(half) for i in (0, 1))
    return 3_600 * sum((x - mean_x) * (y - mean_y) for x, y in half) / sum((x - mean_x) ** 2 for x, _ in half)


def judged(server: Server, found: Found, minutes: float, left: dict[str, int]) -> list[str]:
    """Everything that is wrong."""
    said = [line for line in server.log.read_text(errors="replace").splitlines() if TROUBLE.search(line)]
    wrong = [*found.errors, *said[:20]]
    if left["Dashboard"]:
        wrong.append(f"{left['Dashboard']} dashboards are alive after everybody left")
    growth = slope_per_hour(found.memory)
    if minutes >= 20 and growth > FLAT_MB_PER_HOUR:  # before that caches still fill
        wrong.append(f"memory grows by {growth:.0f} MB/h")
    return wrong


def main() -> int:
    """Run a soak; 0 = nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--every", type=float, default=10.0, help="seconds from one publication to the next")
    given = parser.parse_args()
    from components.ingest.demo import write_demo

    with tempfile.TemporaryDirectory(prefix="aemo-soak-") as name:
        folder = Path(name)
        lake = Lake(folder / "data")
        write_demo(lake, days=14, end=END, seed=1, units=100, progress=False)
        (folder / "settings.yaml").write_text("server: {unused_session_lifetime_ms: 2000}")
        port = free_port()
        command = [
            sys.executable,
            str(ROOT / "tests/benchmarks/watched.py"),
            str(lake.root),
            str(folder / "settings.yaml"),
            str(port),
        ]
        with (folder / "log.txt").open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT / "tests/benchmarks")},
                stdout=out,
                stderr=out,
            )
        server = Server(f"http://localhost:{port}", port, process, folder / "log.txt", lake.root)
        try:
            wait_until_ready(server)
            found = asyncio.run(soak(server, lake, given.minutes, given.sessions, given.every))
            newest = dispatch_stamps(END, END + found.published * STEP)[-1]
            deadline = time.monotonic() + 60
            while (left := alive(server.url))["Dashboard"] and time.monotonic() < deadline:
                time.sleep(1)
            wrong = judged(server, found, given.minutes, left)
        finally:
            code = stop_server(server)
        if code:
            wrong.append(f"asked to end, the server ended with {code}")
        first, last = found.memory[0][1], found.memory[-1][1]
        print(
            f"{given.minutes:g} minutes, {given.sessions} sessions, {found.published} publications up to {newest}, {found.changes} changes"
        )
        print(
            f"memory {first:.0f} MB at first, {last:.0f} MB at last, {slope_per_hour(found.memory):+.0f} MB/h over the second half"
        )
        print(f"alive after everybody left: {left}")
        print("\n".join(f"WRONG: {line}" for line in wrong) or "nothing went wrong")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
