"""What the status page says of this process and of the collector. All of it may change without a new version."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from components import __version__
from components.charts import formats
from components.dashboards import words
from components.dashboards.follow import live_dashboards
from components.errors import without_folders
from components.store import shared
from components.store.snapshot import Snapshot

MOST_ROUNDS = 12
MOST_ASIDE = 30
SELF = Path("/proc/self/status")


def own_memory_mb(status: Path = SELF) -> float:
    """Memory that is the process's own and in no file (RssAnon) [MB]; NaN where the system does not tell."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("RssAnon:")), float("nan"))


def process_tiles(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Tiles of the process: how it is, its memory, open pages, versions."""
    state, kept = shared.status(), shared.versions()
    memory = own_memory_mb()
    sources = " + ".join(words.SOURCES.get(s, s) for s in snapshot.sources)
    at = snapshot.published
    published, on = (f"{at:%H:%M}", f"{at.day} {at:%b %Y}") if at is not None else (formats.MISSING, "held in memory")
    told = "; ".join(without_folders(r) for r in state.reasons)
    return [
        {"label": "Data", "value": state.state.capitalize(), "unit": "", "note": told or "nothing to report"},
        {"label": "Memory", "value": formats.number(memory), "unit": "MB" if math.isfinite(memory) else "", "note": "of this process, files not counted",
         "title": "RssAnon: the frames are mapped files, which the system shares and may take back"},
        {"label": "Open pages", "value": formats.number(live_dashboards()), "unit": "", "note": "one for each session of this process"},
        {"label": "Versions kept", "value": formats.number(len(kept)), "unit": "", "note": f"current {snapshot.version}"},
        {"label": "Published", "value": published, "unit": "", "note": f"{on} · source: {sources or 'none'}"},
        {"label": "Program", "value": __version__, "unit": "", "note": "AEMO Energy Dashboard"},
    ]  # fmt: skip


def _stamp(text: Any) -> pd.Timestamp | None:
    try:
        return pd.Timestamp(text) if isinstance(text, str) else None
    except ValueError:
        return None


def collector_words(collector: Any) -> str:
    """How the collector fares, in one line."""
    state = collector.state
    doing = "at work" if collector.at_work else "not at work"
    upcoming = _stamp(state.get("next"))
    parts = [
        doing,
        f"next round {upcoming:%H:%M:%S}" if collector.at_work and upcoming is not None else "",
        f"{state['failures']} rounds in a row failed" if state["failures"] else "",
        f"last good round {formats.stamp(_stamp(state.get('last_good')))}",
    ]
    return " · ".join(p for p in parts if p)


def round_rows(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The collector's last rounds, the newest first; words from outside stay text."""
    rows = []
    for i, done in enumerate([r for r in state["rounds"] if isinstance(r, dict)][::-1][:MOST_ROUNDS]):
        began, ended, newest = (_stamp(done.get(name)) for name in ("began", "ended", "newest"))
        took = (ended - began).total_seconds() if began is not None and ended is not None else float("nan")
        told = done.get("missing")
        missing: dict[str, Any] = told if isinstance(told, dict) else {}
        gaps = ", ".join(f"{name} {count}" for name, count in missing.items())
        trouble = without_folders(str(done.get("error") or ""))
        cells = [
            {"t": f"{began:%d %b %H:%M:%S}" if began is not None else formats.MISSING},
            _number(took, 1), _number(done.get("files")), _number(done.get("rows")),
            {"t": formats.stamp(newest)}, {"t": str(done.get("version") or "") if done.get("changed") else formats.MISSING},
            {"t": gaps or formats.MISSING}, _number(done.get("aside")), {"t": trouble[:200] or "–", "title": trouble},
        ]  # fmt: skip
        rows.append({"key": str(i), "cells": cells})
    return rows


def _number(value: Any, digits: int = 0) -> dict[str, Any]:
    known = float(value) if isinstance(value, int | float) else float("nan")
    return {"t": formats.number(known, digits), "v": known if math.isfinite(known) else None}


def aside_rows(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Files that were set aside and why, the newest first."""
    found = [a for a in state["aside"] if isinstance(a, dict)][::-1][:MOST_ASIDE]
    return [
        {
            "key": str(i),
            "cells": [{"t": formats.stamp(_stamp(a.get("at")))}, {"t": without_folders(str(a.get("why") or ""))}],
        }
        for i, a in enumerate(found)
    ]
