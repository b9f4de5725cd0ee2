"""A real server on a free port over a snapshot held in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import numpy as np
import pandas as pd
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from components import api
from components.api import cache, data
from components.api.openapi import documented_paths
from components.store.snapshot import Snapshot

ENDING_PATHS = [path for path in documented_paths() if path != "/api/stream"]
"""Every path whose answer comes to an end."""
START, END = "2024-02-27", "2024-03-01"
REGIONS = ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")


def market(*, source: str = "mmsdm") -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Three days of five regions, four units and two links, with simple numbers and a few holes."""
    times = pd.date_range(START, END, freq="5min", inclusive="right")
    step = np.arange(len(times))

    def tidy(key: str, names: tuple[str, ...], numbers: Callable[[int], dict[str, np.ndarray]]) -> pd.DataFrame:
        parts = [
            pd.DataFrame({"time": times, key: n, **numbers(i), "minutes": 5, "source": source})
            for i, n in enumerate(names)
        ]
        return pd.concat(parts, ignore_index=True)

    price = tidy("region", REGIONS, lambda i: {"rrp": 50.0 + i + (step % 12)})
    price.loc[price.index[(price["region"] == "SA1") & (price["time"] == pd.Timestamp("2024-02-29 12:00"))], "rrp"] = (
        np.nan
    )
    region = tidy(
        "region",
        REGIONS,
        lambda i: {
            "demand": 1000.0 * (i + 1) + step % 7,
            "net_interchange": np.zeros(len(step)),
            "ss_wind_uigf": 100.0 * i + step % 11,
            "ss_wind_cleared": 90.0 * i + step % 5,
            "ss_solar_uigf": 50.0 * i + step % 3,
            "ss_solar_cleared": 50.0 * i + step % 3,
        },
    )
    scada = tidy(
        "duid", ("ER01", "ER02", "BAT1", "WIND1"), lambda i: {"mw": [500.1, 510.2, 0.0, 40.46754][i] + (step % 5)}
    )
    battery = scada["duid"] == "BAT1"
    scada.loc[battery, "mw"] = np.where(step % 2, 30.0, -20.0)
    flow = tidy(
        "interconnector",
        ("NSW1-QLD1", "V-SA"),
        lambda i: {
            "mw": 100.0 - step % 3,
            "mw_target": 90.0 + i,
            "export_limit": np.full(len(step), 300.0),
            "import_limit": np.full(len(step), -300.0),
        },
    )
    rooftop = tidy(
        "region", REGIONS, lambda i: {"mw": np.full(len(step), 10.0 * i), "quality": np.ones(len(step))}
    ).assign(type="MEASUREMENT")
    units = pd.DataFrame(
        {
            "duid": ["ER01", "ER02", "BAT1", "WIND1"],
            "station": ["Eraring", "Eraring", "=Big Battery", "Wind, Northern"],
            "owner": ["Origin", "Origin", "@home", "Wind Co"],
            "region": ["NSW1", "NSW1", "SA1", "SA1"],
            "fuel": ["coal", "coal", "battery", "wind"],
            "fueltech": ["coal_black", "coal_black", "battery", "wind"],
            "role": ["generator", "generator", "bidirectional", "generator"],
            "capacity_mw": [720.0, 720.0, 100.0, 120.0],
        }
    )
    farms = tidy(
        "duid",
        ("WIND1",),
        lambda i: {
            "uigf": np.full(len(step), 80.0),
            "cleared": np.where(step % 2, 60.0, 80.0),
            "semi_dispatch_cap": (step % 2).astype(float),
        },
    )
    price = price.assign(raisereg_rrp=5.0)
    frames = {"price": price, "region": region, "scada": scada, "flow": flow, "rooftop": rooftop}
    return frames | {"semi_scheduled": farms}, units


class LiveApi:
    """A running server whose data can be exchanged."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop, snapshot: Snapshot):
        self.url = f"http://127.0.0.1:{port}"
        self.port, self.loop = port, loop
        self.snapshot = snapshot
        self.state = SimpleNamespace(state="ready", reasons=())
        self.collector = SimpleNamespace(at_work=False, state=None)
        self.client = httpx.Client(base_url=self.url, timeout=30, headers={"Accept-Encoding": "identity"})

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get(path, **options)

    def json(self, path: str, **options) -> dict:
        response = self.get(path, **options)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def running(snapshot: Snapshot, routes=None) -> Iterator[LiveApi]:
    """A server in a thread of its own, with an event loop of its own."""
    sockets = bind_sockets(0, "127.0.0.1")
    started = threading.Event()
    holder: dict[str, asyncio.AbstractEventLoop] = {}

    def serve() -> None:
        async def main() -> None:
            holder["stop"] = asyncio.Event()
            holder["loop"] = asyncio.get_running_loop()
            server = HTTPServer(Application(routes or api.ROUTES))
            server.add_sockets(sockets)
            started.set()
            await holder["stop"].wait()
            server.stop()
            await server.close_all_connections()

        asyncio.run(main())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(10)
    live = LiveApi(sockets[0].getsockname()[1], holder["loop"], snapshot)
    patch = pytest.MonkeyPatch()
    patch.setattr(data, "current", lambda: live.snapshot)
    patch.setattr(data, "at_hand", lambda: live.snapshot)
    patch.setattr(data, "status", lambda: live.state)
    patch.setattr(data, "collector", lambda: live.collector)
    cache.answers.clear()
    try:
        yield live
    finally:
        live.client.close()
        holder["loop"].call_soon_threadsafe(holder["stop"].set)
        thread.join(10)
        patch.undo()
        cache.answers.clear()
