"""Measure the dashboard against its baselines: ``make bench``, or ``python tests/benchmarks/run.py --help``.

Writes ``docs/benchmark.json``, from it the README's section, ``docs/benchmark.md`` and the plots. Parts measured again replace
themselves, the others stay. Where the machine is shared, trust ratios and CPU seconds more than wall time. Nothing here
is a test.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from serving import HERE, PROJECT

sys.path.insert(0, str(PROJECT))  # the program as it lies here, whatever is installed

import growth
import ingest
import tables
from bench import Bench, Found, machine
from figures import Skipped, to_json

DOCS = PROJECT / "docs"
KEPT = DOCS / "benchmark.json"


def measure(part: str, bench: Bench) -> tuple[dict[str, Any], Found]:
    """One part: its record, and what it found. A part that fails says so and leaves the others alone."""
    load, began, found = os.getloadavg()[0], time.perf_counter(), Found()
    record: dict[str, Any] = {"load": round(load, 1)}
    try:
        found = importlib.import_module(part).measure(bench)
    except Skipped as why:
        record["skipped"] = str(why)
    except Exception as why:
        traceback.print_exc()
        record["skipped"] = f"it failed: {type(why).__name__}: {str(why)[:120]}"
    record["seconds"] = round(time.perf_counter() - began, 1)
    record["figures"] = [to_json(f) for f in found.figures]
    return record, found


def prepare(bench: Bench, parts: Sequence[str]) -> None:
    """Write the data that is not there yet, before the clock of any part runs."""
    if set(parts) - {"ingest"}:
        _ = bench.data
    if set(parts) & {"start", "memory", "growth"}:
        _ = bench.long_data
    if "growth" in parts:
        for size in chain.from_iterable(growth.lakes(bench).values()):
            bench.lake(*size)
    if "ingest" in parts:
        ingest.months(bench)


def write(found: dict[str, Any], drawings: dict[str, str]) -> None:
    """The record, the page with everything, the plots, the README's section."""
    KEPT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, text in drawings.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    render(found)


def render(found: dict[str, Any]) -> None:
    """What is made from the record alone."""
    (DOCS / "benchmark.md").write_text(tables.whole_page(found), encoding="utf-8")
    readme = PROJECT / "README.md"
    readme.write_text(tables.put_into(readme.read_text(encoding="utf-8"), tables.readme(found)), encoding="utf-8")


def options() -> argparse.Namespace:
    """The command line."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = [part for part in tables.TITLES if (HERE / f"{part}.py").exists()]
    given.add_argument("--parts", nargs="+", choices=parts, default=parts, help="only these (default: all)")
    given.add_argument("--without", nargs="+", choices=parts, default=[], help="all but these: the slow ones, say")
    given.add_argument("--quick", action="store_true", help="little data, few runs, nothing kept: shows that it works")
    given.add_argument(
        "--render", action="store_true", help="measure nothing, write README and page from docs/benchmark.json"
    )
    given.add_argument("--dry", action="store_true", help="print the table, keep nothing")
    default = Path(tempfile.gettempdir()) / "aemo-bench"
    given.add_argument(
        "--lakes", type=Path, default=default, help="folder of the demo data, written once (default: %(default)s)"
    )
    given.add_argument("--days", type=int, default=1826, help="of the main lake (default: %(default)s)")
    given.add_argument("--units", type=int, default=600, help="of the main lake (default: %(default)s)")
    given.add_argument("--detail", type=Path, help="also write every single measurement into this folder")
    asked = given.parse_args()
    asked.parts = [part for part in asked.parts if part not in asked.without]
    return asked


def main() -> None:
    """Read the options, measure, write."""
    given = options()
    if given.render:
        render(json.loads(KEPT.read_text(encoding="utf-8")))
        return
    size = (
        {"days": 120, "units": 100, "long_days": 400, "long_units": 50}
        if given.quick
        else {"days": given.days, "units": given.units}
    )
    keep = not (given.quick or given.dry)
    found: dict[str, Any] = {"parts": {}}
    if keep and KEPT.exists() and set(given.parts) != set(tables.TITLES):
        found = json.loads(KEPT.read_text(encoding="utf-8"))
    found |= {"machine": machine(), "data": {"days": size["days"], "units": size["units"]}}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        bench = Bench(given.lakes, Path(scratch), quick=given.quick, **size)
        prepare(bench, given.parts)
        for part in given.parts:
            print(f"{tables.TITLES[part]} …", flush=True)
            found["parts"][part], result = measure(part, bench)
            print(f"  {found['parts'][part]['seconds']:.0f} s", flush=True)
            if keep:  # at once: what was measured stays if a later part is interrupted
                write(found, growth.plots(result.detail) if part == "growth" and result.figures else {})
            if given.detail:
                given.detail.mkdir(parents=True, exist_ok=True)
                (given.detail / f"{part}.json").write_text(json.dumps(result.detail, indent=1, default=str))
    print(f"\n{tables.whole_page(found)}")


if __name__ == "__main__":
    main()
