"""What a played day came to: figures, what the server's log tells, and the verdict."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from statistics import median
from typing import Any

from played_script import Script
from played_truth import Compared
from played_watch import Seen, delays

from components.store.collector import read_state
from components.store.lake import Lake

TROUBLE = re.compile(r"ERROR|Traceback|Exception", re.I)


def gaps_told(lake: Lake) -> int:
    """Intervals of prices that the collector says are missing."""
    state = read_state(lake.root) or {"rounds": []}
    return next((r["missing"].get("price", 0) for r in reversed(state["rounds"]) if r["missing"]), 0)


def said(log: str) -> dict[str, Any]:
    """Rounds of the collector, failed ones and files set aside, as the server's log tells; and what should not be there."""
    rounds = [line for line in log.splitlines() if re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d+ files", line)]
    return {
        "rounds": len(rounds),
        "failed": sum("; failed:" in line for line in rounds),
        "aside": sum(int(n) for n in re.findall(r"; (\d+) set aside", "\n".join(rounds))),
        "trouble": [line for line in log.splitlines() if TROUBLE.search(line) and line not in rounds],
    }


def report(
    given: argparse.Namespace,
    count: int,
    seen: Seen,
    script: Script,
    compared: dict[str, Compared],
    log: dict[str, Any],
    memory: list[float],
    code: int,
    told: int,
) -> int:
    """Say what was found; 1 where something was lost or wrong."""
    wrong = [*seen.wrong[:20], *log["trouble"][:20], *(w for c in compared.values() for w in c.wrong[:20])]
    figures: dict[str, Any] = {
        "intervals": count,
        "speed": given.speed,
        "units": given.units,
        "events": script.done,
        "loadavg": os.getloadavg(),
    }
    for label, where in (("stream", seen.stream), ("page", seen.page)):
        took = delays(seen, where)
        if len(took) < len(seen.published):
            wrong.append(f"{len(seen.published) - len(took)} intervals never reached the {label}")
        if took:
            figures[f"to {label} [s]"] = {
                "median": round(median(took), 2),
                "p95": round(took[int(0.95 * len(took))], 2),
                "most": round(took[-1], 2),
            }
    figures |= {
        "rounds": log["rounds"], "rounds that failed and recovered": log["failed"], "files set aside": log["aside"],
        "events of the stream": seen.events, "messages to pages": seen.patches, "requests": seen.asked,
        "prices checked on the way": seen.prices, "reasons of health": sorted(seen.reasons),
        "compared at the end": {name: c.values for name, c in compared.items()},
        "intervals that never appeared": len(script.missing), "values lost": sum(c.lost for c in compared.values()),
        "memory [MB]": [round(m) for m in memory],
    }  # fmt: skip
    if told != len(script.missing):
        wrong.append(f"the collector tells of {told} missing intervals of prices, {len(script.missing)} never appeared")
    if code:
        wrong.append(f"asked to end, the server ended with {code}")
    for name, value in figures.items():
        print(f"{name}: {value}")
    print("\n".join(f"WRONG: {line[:300]}" for line in wrong) or "nothing was lost and nothing was wrong")
    if given.keep:
        Path(given.keep).write_text(json.dumps(figures | {"wrong": wrong}, indent=1, default=str))
    return 1 if wrong else 0
