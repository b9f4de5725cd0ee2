"""Who watches while a day is played: open pages, a listener of ``/api/stream``, a script that asks for prices."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pandas as pd
from tornado.httpclient import AsyncHTTPClient, HTTPError
from visitor import Visit, VisitError

from components.charts import formats

STEP = pd.Timedelta(minutes=5)


@dataclass
class Seen:
    """What the watchers saw; moments are of the monotonic clock [s].

    Attributes
    ----------
    published : stamp -> when its files stood on the site.
    stream, page : stamp -> when it, or a later one, was announced or shown.
    opened : pages that are there, or could not be opened.
    """

    published: dict[pd.Timestamp, float] = field(default_factory=dict)
    stream: dict[pd.Timestamp, float] = field(default_factory=dict)
    page: dict[pd.Timestamp, float] = field(default_factory=dict)
    opened: int = 0
    events: int = 0
    patches: int = 0
    asked: int = 0
    prices: int = 0
    wrong: list[str] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    def arrived(self, where: dict[pd.Timestamp, float], stamp: pd.Timestamp) -> None:
        """A stamp is there, and with it all before it."""
        now = time.monotonic()
        for at in self.published:
            if at <= stamp:
                where.setdefault(at, now)


async def watch_page(url: str, page: str, seen: Seen, over: asyncio.Event) -> None:
    """An open page, reading all that comes; stamps are noted on the overview."""
    try:
        visit = await Visit.open(url, page)
    except (VisitError, OSError, HTTPError) as wrong:
        seen.wrong.append(f"/{page} could not be opened: {wrong}")
        return
    finally:
        seen.opened += 1
    reading = asyncio.ensure_future(_read(visit, seen, note=page == "overview"))
    ending = asyncio.ensure_future(over.wait())
    await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
    if reading.done() and reading.exception() is not None and not over.is_set():
        seen.wrong.append(f"/{page}: {reading.exception()}")
    ending.cancel()
    reading.cancel()
    with suppress(asyncio.CancelledError, VisitError):
        await reading
    visit.close()


async def _read(visit: Visit, seen: Seen, *, note: bool) -> None:
    while True:
        header, text, _ = await visit.receive()
        if header["msgtype"] == "ERROR":
            raise VisitError(text[:300])
        seen.patches += 1
        if note:
            for stamp in [s for s in sorted(seen.published, reverse=True) if s not in seen.page]:
                if f'"{formats.stamp(stamp)}"' in text:
                    seen.arrived(seen.page, stamp)
                    break


async def watch_stream(url: str, seen: Seen, over: asyncio.Event) -> None:
    """A script that listens; each event must be newer than the one before."""
    last: list[pd.Timestamp] = []

    async def listen() -> None:
        async with httpx.AsyncClient(timeout=60) as client, client.stream("GET", f"{url}/api/stream") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    heard(json.loads(line[6:]))

    def heard(content: dict[str, Any]) -> None:
        seen.events += 1
        if text := content["datasets"]["price"]:
            stamp = pd.Timestamp(text).tz_localize(None)
            if last and stamp < last[-1]:
                seen.wrong.append(f"/api/stream went back from {last[-1]} to {stamp}")
            last.append(stamp)
            seen.arrived(seen.stream, stamp)

    listening = asyncio.ensure_future(listen())
    ending = asyncio.ensure_future(over.wait())
    await asyncio.wait([listening, ending], return_when=asyncio.FIRST_COMPLETED)
    if not over.is_set():
        seen.wrong.append(f"/api/stream ended by itself: {listening.exception()}")
    ending.cancel()
    listening.cancel()
    with suppress(asyncio.CancelledError, httpx.HTTPError):
        await listening


async def watch_prices(
    url: str, legal: dict[tuple[pd.Timestamp, str], set[float]], every: float, seen: Seen, over: asyncio.Event
) -> None:
    """A script that asks again and again: no price may ever be another than one that was published."""
    client = AsyncHTTPClient()
    while not over.is_set():
        try:
            answer = await client.fetch(f"{url}/api/prices/regional?last=2h&interval=5m", request_timeout=60)
            rows = json.loads(answer.body)["data"]
            for text, region, price in zip(rows["time"], rows["region"], rows["price"], strict=True):
                at = (pd.Timestamp(text).tz_localize(None), region)
                seen.prices += price is not None
                if price is not None and not any(abs(price - p) <= 1e-3 * max(1, abs(p)) for p in legal.get(at, ())):
                    seen.wrong.append(f"the API said {price} of {at[1]} at {at[0]}, published was {legal.get(at)}")
            health = await client.fetch(f"{url}/api/health", request_timeout=60)
            seen.reasons |= {reason.partition(":")[0] for reason in json.loads(health.body)["reasons"]}
            seen.asked += 2
        except (HTTPError, OSError, ValueError) as wrong:
            seen.wrong.append(f"a request failed: {wrong}")
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), every)


def delays(seen: Seen, where: dict[pd.Timestamp, float]) -> list[float]:
    """From publication to arrival [s], shortest first."""
    return sorted(where[at] - begun for at, begun in seen.published.items() if at in where)
