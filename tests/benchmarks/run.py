"""Measure the dashboard against its baselines and write a table: ``make bench`` or ``python tests/benchmarks/run.py --help``.

Every figure stands beside its baseline of the same run; where the machine is shared, trust ratios and CPU seconds
more than wall time. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import api
import pages
import sessions
import transfer
from serving import PROJECT, baseline, dashboard

PARTS = ("start", "pages", "transfer", "api", "crowd")


def _demo(folder: Path, days: int, units: int) -> None:
    """A demo lake, written once and used by later runs."""
    if (folder / "manifest.json").exists():
        return
    print(f"writing {days} days of {units} units to {folder} …", flush=True)
    command = [sys.executable, "-m", "components.cli", "--data-dir", str(folder), "demo"]
    subprocess.run([*command, "--days", str(days), "--units", str(units)], cwd=PROJECT, check=True)


def start(data: Path, runs: int) -> dict[str, float]:
    """From the command to health 200, beside an empty Panel page that imports the same packages."""
    ours, empty, memory, empty_memory = [], [], [], []
    for _ in range(runs):
        with dashboard(data) as server:
            ours.append(server.ready_seconds)
            memory.append(server.anonymous())
        with baseline("empty") as server:
            empty.append(server.ready_seconds)
            empty_memory.append(server.anonymous())
    return {
        "ready_s": statistics.median(ours), "empty_page_ready_s": statistics.median(empty),
        "mb": statistics.median(memory), "empty_page_mb": statistics.median(empty_memory),
    }  # fmt: skip


async def measure(
    data: Path, chosen: set[str], runs: int, busy: int, idle: int, arrive: float, stay: float
) -> dict[str, Any]:
    """The parts that need a running server; memory is read before the crowd comes."""
    out: dict[str, Any] = {}
    with dashboard(data) as server:
        if "pages" in chosen:
            out["pages"] = await pages.measure(server, runs)
            out["mb_after_every_page"] = server.anonymous()
            out["baselines"] = await pages.baselines(runs)
        if "transfer" in chosen:
            out["transfer"] = {page: await transfer.fetched(server, page) for page in pages.PAGES}
            with baseline("bare") as bare:
                out["transfer"]["bare Panel page"] = await transfer.fetched(bare, "bare")
        if "api" in chosen:
            with tempfile.TemporaryDirectory() as scratch:
                out["api"] = await api.repeated(server, Path(scratch), runs=3)
    if "crowd" in chosen:
        with dashboard(data) as server:
            out["crowd"] = await sessions.crowd(server, busy=busy, idle=idle, arrive=arrive, stay=stay)
    return out


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    rows: list[tuple[str, str, str, str]] = []

    def row(what: str, value: float, base: float, unit: str, against: str) -> None:
        rows.append((what, f"{value:,.2f} {unit}", f"{base:,.2f} {unit}", f"{value / base:.2f} × {against}"))

    if s := found.get("start"):
        row("serve → ready", s["ready_s"], s["empty_page_ready_s"], "s", "empty Panel page")
        row("memory when ready (RssAnon)", s["mb"], s["empty_page_mb"], "MB", "empty Panel page")
    if "pages" in found:
        rows.append(("memory after every page", f"{found['mb_after_every_page']:.0f} MB", "250 MB", "limit"))
        plain = found["baselines"]["plain_hvplot"]
        for page, cost in found["pages"]["open"].items():
            row(f"open {page}: server CPU", cost["cpu_s"], plain["cpu_s"], "s", "plain hvPlot page")
            row(f"open {page}: HTML", cost["html_s"], plain["html_s"], "s", "plain hvPlot page")
        for again in (False, True):
            costs = [c["cpu_s"] for c in found["pages"]["change"] if c["again"] is again]
            p50, p95 = (sorted(costs)[int(q * (len(costs) - 1))] for q in (0.5, 0.95))
            name = "change asked before" if again else "change asked first"
            rows.append((f"{name}: server CPU p50 / p95", f"{p50:.3f} / {p95:.3f} s", "0.1 s", "limit"))
    for page, t in found.get("transfer", {}).items():
        rows.append(
            (
                f"first visit of {page}",
                f"{t['kb']:,.0f} kB, {t['requests']} requests",
                "",
                f"{t['kept']} kept by the browser",
            )
        )
    if a := found.get("api"):
        row("cached answers", a["cached_per_s"], a["bare_per_s"], "/s", "bare Tornado handler")
        row("304 answers", a["not_modified_per_s"], a["bare_per_s"], "/s", "bare Tornado handler")
        row("cached answers per CPU second", a["cached_per_cpu_s"], a["bare_per_cpu_s"], "/s", "bare Tornado handler")
    if c := found.get("crowd"):
        for what, limit in (("open", 3.0), ("change", 1.0), ("health", 0.1)):
            rows.append(
                (
                    f"{c['busy']} + {c['idle']} visitors: {what} p50 / p95",
                    f"{c[what]['p50']:.3f} / {c[what]['p95']:.3f} s",
                    f"{limit} s",
                    "limit",
                )
            )
        rows.append(("memory per session", f"{c['mb_per_session']:.2f} MB", "1.5 MB", "limit"))
        rows.append(
            (
                "server at work / waiting for a processor",
                f"{c['cpu_share']:.0%} / {c['starved_share']:.0%}",
                "",
                "of the time",
            )
        )
        rows.append(("errors", str(len(c["errors"])), "0", "limit"))
    lines = ["| what | measured | baseline or limit | ratio |", "|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(r) + " |" for r in rows)])


def main() -> None:
    """Read the options, measure, write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--data", type=Path, default=Path(tempfile.gettempdir()) / "aemo-bench", help="lake to measure on"
    )
    options.add_argument("--days", type=int, default=1826)
    options.add_argument("--units", type=int, default=600)
    options.add_argument("--runs", type=int, default=10, help="openings of each page")
    options.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    options.add_argument("--busy", type=int, default=100)
    options.add_argument("--idle", type=int, default=200)
    options.add_argument("--arrive", type=float, default=60)
    options.add_argument("--stay", type=float, default=120)
    options.add_argument("--out", type=Path, default=Path("bench.json"))
    given = options.parse_args()
    _demo(given.data, given.days, given.units)
    found: dict[str, Any] = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": os.getloadavg()[0], "days": given.days, "units": given.units,
    }  # fmt: skip
    chosen = set(given.parts)
    if "start" in chosen:
        found["start"] = start(given.data, 3)
    found |= asyncio.run(measure(given.data, chosen, given.runs, given.busy, given.idle, given.arrive, given.stay))
    given.out.write_text(json.dumps(found, indent=1))
    print(f"{found['machine']}, load {found['load']:.1f}\n\n{table(found)}\n\nall figures: {given.out}")


if __name__ == "__main__":
    main()
