"""``/api/health``: whether there is data, how old it is, and why not all is well."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from components import __version__
from components.api import data
from components.api.base import ApiHandler
from components.api.envelope import instant, origin
from components.api.formats import json_bytes
from components.api.problems import later
from components.api.tags import entity_tag
from components.api.work import snapshots
from components.config import ENV_LIVE
from components.errors import without_folders
from components.schema import DATASETS
from components.store.snapshot import Snapshot

STALE: dict[str, pd.Timedelta] = {
    "price": pd.Timedelta(minutes=20),
    "region": pd.Timedelta(minutes=20),
    "flow": pd.Timedelta(minutes=20),
    "scada": pd.Timedelta(minutes=20),
    "rooftop": pd.Timedelta(hours=2),
}
"""Age from which a dataset counts as stale: several of AEMO's publications have been missed."""
HOW_TO_GET_DATA = "there is no data yet: run `aemo-dashboard demo`, or `aemo-dashboard ingest --source URL|DIR`"
LOADING_SECONDS = 2
NEM_AHEAD_US = 10 * 3_600 * 1_000_000


def now() -> pd.Timestamp:
    """The wall clock as naive NEM time; nothing but ages is measured with it."""
    return pd.Timestamp(time.time_ns() // 1000 + NEM_AHEAD_US, unit="us")


def dataset_ages(snapshot: Snapshot, moment: pd.Timestamp) -> dict[str, dict[str, Any]]:
    """First and last stamp, rows and age [s] of each dataset; None where it is empty."""
    out = {}
    for name in DATASETS:
        first, last = snapshot.first(name), snapshot.last(name)
        age = None if last is None else max(0, round((moment - last).total_seconds()))
        rows = sum(c.rows for c in snapshot.chunks(name))
        out[name] = {"first": instant(first), "last": instant(last), "age_seconds": age, "rows": rows}
    return out


def reasons(snapshot: Snapshot, moment: pd.Timestamp) -> list[str]:
    """Why the data is less than it could be: empty, partial or stale. Demo data is never stale."""
    if snapshot.empty:
        return []  # the store says so, and how to get some
    found, old = [], []
    for name, stale in STALE.items():
        last = snapshot.last(name)
        if last is None:
            found.append(f"partial: there is no {name} data")
        elif not snapshot.is_demo and moment - last > stale:
            old.append(f"{name} ends at {instant(last)}")
    if old:
        found.append(f"stale: {', '.join(old)}")
    if snapshot.units.empty:
        found.append("partial: there is no registry of units, every unit is unmapped")
    return found


def collector_report(collector: Any) -> tuple[dict[str, Any] | None, list[str]]:
    """What health says of the collector, and what is wrong with it; (None, []) where there never was one."""
    state = collector.state
    if state is None:
        return None, []
    last = state["rounds"][-1] if state["rounds"] else {}
    told = {
        "at_work": collector.at_work, "source": state["source"] if "://" in state["source"] else "a folder", "failures": state["failures"],
        "last_round": _instant(last.get("ended")), "last_good": _instant(state.get("last_good")),
        "next_round": _instant(state.get("next")) if collector.at_work else None,
    }  # fmt: skip
    wrong = []
    if collector.at_work and state["failures"]:
        wrong.append(
            f"collector: {state['failures']} rounds in a row failed: {without_folders(str(last.get('error')))}"
        )
    if not collector.at_work and os.environ.get(ENV_LIVE):
        wrong.append("collector: none is at work")
    return told, wrong


def _instant(text: Any) -> str | None:
    try:
        return instant(pd.Timestamp(text)) if isinstance(text, str) else None
    except ValueError:
        return None


def report(snapshot: Snapshot, store_reasons: list[str], moment: pd.Timestamp, collector: Any = None) -> dict[str, Any]:
    """The document of ``/api/health``."""
    told, wrong = collector_report(collector) if collector is not None else (None, [])
    why = list(dict.fromkeys([*store_reasons, *reasons(snapshot, moment), *wrong]))
    if snapshot.empty and not why:
        why = [HOW_TO_GET_DATA]
    return {
        "status": "degraded" if why else "ready",
        "reasons": why,
        "time": instant(moment.floor("s")),
        "datasets": dataset_ages(snapshot, moment),
        "collector": told,
        **origin(snapshot),
        "program_version": __version__,
    }


class HealthHandler(ApiHandler):
    """200 ``ready`` or ``degraded``; 503 only while loading. Must answer when every question is slow."""

    counted = False  # whoever watches the server must hear from it
    clock: Callable[[], pd.Timestamp] = staticmethod(now)

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        state = data.status()
        if state.state == "loading":
            snapshots.begin(data.current)  # without a start-up hook the first to ask begins the loading
            raise later("loading", "the data is being loaded", LOADING_SECONDS)
        snapshot = await self.snapshot()
        # Small enough for the loop; the questions' threads may all be busy.
        why = [without_folders(r) for r in state.reasons]
        body = json_bytes(report(snapshot, why, self.clock(), data.collector()))
        if not self.unchanged(entity_tag("health", body), "no-cache"):
            await self.finish_small(body, {"Content-Type": "application/json"})


class ReadyHandler(ApiHandler):
    """200 where there is data to answer from, however old; 503 and why where there is none yet. For load balancers."""

    counted = False

    async def answer(self, *path: str | None) -> None:
        self.no_parameters()
        if data.status().state == "loading":
            snapshots.begin(data.current)
            raise later("loading", "the data is being loaded", LOADING_SECONDS)
        if (await self.snapshot()).empty:
            raise later("empty", HOW_TO_GET_DATA)
        body = json_bytes({"status": "ready"})
        if not self.unchanged(entity_tag("ready", body), "no-cache"):
            await self.finish_small(body, {"Content-Type": "application/json"})
