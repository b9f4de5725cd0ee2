"""``make played-day``: a day of the demo market, played at 60x by a local site to ``serve --live``; ends with what was lost.

The site shows files as the market's clock passes them, some late, never, twice, revised, damaged, or not at all because the
site fails; the collector is killed once. Meanwhile every page is open, a script listens to ``/api/stream``, another asks for
prices. The played window has a midnight, the end of a month and a Sunday of clocks in its middle. At the end every number
of the lake and of every answer of the API is compared with the demo's own.

    make played-day
    make played-day PLAY="--speed 120 --hours 2"
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from live_server import Server, free_port, start_server, stop_server, wait_until_ready
from nemweb_server import NemwebServer, serving
from played_market import PlayedMarket
from played_report import gaps_told, report, said
from played_script import Script
from played_truth import (
    Compared,
    Market,
    addresses,
    compare_api,
    compare_lake,
    expected_frames,
    write_truth,
)
from played_watch import STEP, Seen, watch_page, watch_prices, watch_stream

from components.ingest.demo import write_demo_nemweb
from components.ingest.run import ingest
from components.store.collector import read_state
from components.store.context import read_context
from components.store.lake import Lake
from components.vocabulary import PAGES

ROOT = Path(__file__).resolve().parents[2]
END = pd.Timestamp("2023-10-02")
MIDNIGHT = pd.Timestamp("2023-10-01")
"""The end of a month, and the Sunday on which clocks go forward in Sydney."""
BEFORE = pd.Timedelta(hours=6)
"""How far the lake lies behind when the server starts: the collector's first round catches up."""
SCALED = {
    "every_seconds": 300,
    "delay_seconds": 30,
    "retry_seconds": 20,
    "listing_seconds": 3_600,
    "backfill_seconds": 3_600,
}


def settings_text(site: NemwebServer, speed: float) -> str:
    """The settings of a server whose every pause is shorter by ``speed``."""
    scaled = ", ".join(f"{name}: {max(0.1, seconds / speed):.3f}" for name, seconds in SCALED.items())
    return (
        f"collect: {{source: '{site.url}/', {scaled}, spacing_seconds: 0, backfill_days: 4000}}\n"
        f"ingest: {{deadline_seconds: {max(1.0, 120 / speed):.1f}}}\n"
    )


async def play(
    server: Server, market: PlayedMarket, script: Script, begin: pd.Timestamp, count: int, speed: float,
    legal: dict[tuple[pd.Timestamp, str], set[float]],
) -> Seen:  # fmt: skip
    """Show the site's files by the market's clock while everybody watches."""
    seen, over, step = Seen(), asyncio.Event(), STEP.total_seconds() / speed
    watchers = [asyncio.ensure_future(watch_page(server.url, page, seen, over)) for page in PAGES]
    watchers.append(asyncio.ensure_future(watch_stream(server.url, seen, over)))
    watchers.append(asyncio.ensure_future(watch_prices(server.url, legal, step, seen, over)))
    # Pages are open and the collector has caught up: what is measured is the day, not the start.
    while seen.opened < len(PAGES) or not (read_state(server.data_dir) or {}).get("rounds"):
        await asyncio.sleep(0.5)
    first = (time.time() // step + 1) * step  # intervals begin when the collector thinks so
    for number in range(1, count + 1):
        await asyncio.sleep(max(0.0, first + number * step - time.time()))
        moment = begin + number * STEP
        script.before(moment)
        market.play_to(moment)
        stamp = moment + STEP
        if stamp not in script.odd:
            seen.published[stamp] = time.monotonic()
        script.after(moment)
    await asyncio.sleep(SCALED["backfill_seconds"] / speed + 6 * step)  # the last gaps are looked for
    over.set()
    await asyncio.gather(*watchers)
    return seen


def compare_context(data: Path, site: Path) -> Compared:
    """Whether the newest forecasts and every notice that appeared are there."""
    found, context, current = Compared(), read_context(data), site / "Reports/Current"
    for folder in ("P5_Reports", "PredispatchIS_Reports"):
        newest = max(p.name for p in (current / folder).iterdir())
        run = next((f for f in context["forecasts"] if f["folder"] == folder), None)
        found.values += len(run["price"]) * 2 if run else 0
        if run is None or not run["file"].endswith(newest):
            found.wrong.append(f"{folder}: the newest is {newest}, read was {run and run['file']}")
    there = {int(p.suffix[2:]) for p in (current / "Market_Notice").iterdir()}
    read = {notice["id"] for notice in context["notices"]}
    found.values += len(read)
    found.lost += len(there - read)
    found.wrong += [f"notice {number} is lost" for number in sorted(there - read)]
    return found


def compare_all(
    server: Server, lake: Lake, market: Market, truth: dict[str, pd.DataFrame], window: tuple, folder: Path
) -> dict[str, Compared]:
    """Lake, API and context against the demo's own."""
    true_lake = Lake(folder / "truth")
    write_truth(true_lake, market, truth)
    station = str(lake.read_units()["station"].dropna().iloc[0])
    other = start_server(true_lake.root, folder / "truth.txt")
    try:
        paths = list(addresses(*window, station))
        api = compare_api(server.url, other.url, paths)
    finally:
        stop_server(other)
    return {
        "lake": compare_lake(lake, truth),
        f"API, {len(paths)} questions": api,
        "forecasts and notices": compare_context(lake.root, folder / "site"),
    }


def anonymous_mb(pid: int) -> float:
    """Anonymous memory of a process [MB]."""
    return int(re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def main() -> int:
    """Play; 0 = nothing was lost and nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--units", type=int, default=150)
    parser.add_argument("--keep", metavar="FILE", help="write the figures there as JSON")
    given = parser.parse_args()
    count = int(given.hours * 12)
    begin = MIDNIGHT - count // 2 * STEP
    market = Market(days=4, end=END, seed=1, units=given.units)
    with tempfile.TemporaryDirectory(prefix="aemo-played-") as name:
        folder = Path(name)
        write_demo_nemweb(
            folder / "whole", days=market.days, end=market.end, seed=market.seed, units=market.units, progress=False
        )
        lake = Lake(folder / "data")
        ingest(lake, str(folder / "whole/Data_Archive"), end=begin - BEFORE, progress=False)
        played = PlayedMarket(folder / "whole", folder / "site")
        for path in (folder / "site/Data_Archive").rglob("*.zip"):
            path.unlink()  # the months of the window are not archived yet
        truth = expected_frames(market, market.end, set(), [])["price"]
        prices = {(t, r): float(p) for t, r, p in zip(truth["time"], truth["region"], truth["rrp"], strict=True)}
        with serving(folder / "site") as site:
            script = Script(played, site, lake, prices)
            script.plan(begin, count)
            legal = {at: {price} for at, price in prices.items()}
            for stamp, region, price in script.revised:
                legal[stamp, region].add(price)
            played.play_to(begin)
            port = free_port()
            (folder / "settings.yaml").write_text(settings_text(site, given.speed))
            command = [
                sys.executable,
                "-m",
                "components.cli",
                "--config",
                str(folder / "settings.yaml"),
                "--data-dir",
                str(lake.root),
            ]
            with (folder / "log.txt").open("wb") as out:
                process = subprocess.Popen(
                    [*command, "serve", "--live", "--port", str(port)], cwd=ROOT, stdout=out, stderr=out
                )
            server = Server(f"http://localhost:{port}", port, process, folder / "log.txt", lake.root)
            try:
                wait_until_ready(server)
                memory = [anonymous_mb(process.pid)]
                seen = asyncio.run(play(server, played, script, begin, count, given.speed, legal))
                memory.append(anonymous_mb(process.pid))
                shown = begin + count * STEP
                truth = expected_frames(market, shown, script.missing, script.revised)
                compared = compare_all(server, lake, market, truth, (begin, shown), folder)
                told = gaps_told(lake)
            finally:
                code = stop_server(server)
            log = said((folder / "log.txt").read_text(errors="replace"))
    return report(given, count, seen, script, compared, log, memory, code, told)


if __name__ == "__main__":
    sys.exit(main())
