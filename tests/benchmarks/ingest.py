"""Reading AEMO's files: our parser beside Arrow's CSV reader, and zips to published lake beside NEMOSIS.

The files are two whole months of the synthetic market, laid out and packed like NEMWEB's monthly archive.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
from bench import Bench, Found
from figures import Figure, Skipped
from serving import HERE, PROJECT, kilobytes

from components.config import IngestSettings
from components.ingest.tables import TABLES, read_datasets_of_blocks

BLOCK = 1 << 20
DAYS, LAST = 61, "2024-08-01"
WORDS = tuple(word for table in TABLES for word in table.files)
READ = ("DISPATCHPRICE", "DISPATCHREGIONSUM", "DISPATCHINTERCONNECTORRES", "DISPATCH_UNIT_SCADA", "ROOFTOP_PV_ACTUAL")


def months(bench: Bench) -> Path:
    """Two months of zips; written once and used by later runs."""
    units = 100 if bench.quick else 500
    folder = bench.lakes / f"nemweb-{DAYS}x{units}"
    if not (folder / "Data_Archive").exists():
        print(f"  writing {DAYS} days of {units} units as AEMO's files …", flush=True)
        call = [sys.executable, "-m", "components.cli", "demo", "--as", "nemweb", "--out", str(folder)]
        size = ["--days", str(DAYS), "--units", str(units), "--end", LAST]
        subprocess.run([*call, *size], cwd=PROJECT, check=True, capture_output=True)
    return folder / "Data_Archive"


def texts(folder: Path) -> dict[str, bytes]:
    """The unzipped files of the five tables, by name."""
    out = {}
    for file in sorted(folder.rglob("PUBLIC_DVD_*.zip")):
        if any(name in file.name for name in READ):
            with zipfile.ZipFile(file) as archive:
                out[file.name] = archive.read(archive.namelist()[0])
    return out


def by_us(given: dict[str, bytes]) -> None:
    """Every file to tidy rows, as many at a time as ``ingest`` reads and in blocks as it unpacks them."""
    datasets = [table.dataset for table in TABLES]

    def read(item: tuple[str, bytes]) -> None:
        blocks = (item[1][at : at + BLOCK] for at in range(0, len(item[1]), BLOCK))
        _, frames = read_datasets_of_blocks(blocks, item[0], datasets)
        if not frames:
            raise ValueError(f"{item[0]}: no rows")

    with ThreadPoolExecutor(IngestSettings().workers) as pool:
        list(pool.map(read, given.items()))


def by_arrow(given: dict[str, bytes]) -> None:
    """The same bytes through ``pyarrow.csv`` with its defaults: types guessed, all processors; the last line is skipped."""
    for text in given.values():
        pc.read_csv(
            pa.py_buffer(text),
            read_options=pc.ReadOptions(skip_rows=1),
            parse_options=pc.ParseOptions(invalid_row_handler=lambda _: "skip"),
        )


def _rate(read: Callable[[dict[str, bytes]], None], given: dict[str, bytes]) -> tuple[float, float]:
    """MB per second, and per second of processor time."""
    size = sum(map(len, given.values())) / 1e6
    cpu, began = time.process_time(), time.perf_counter()
    read(given)
    return size / (time.perf_counter() - began), size / (time.process_time() - cpu)


def run_and_peak(call: Sequence[str], *, folder: Path) -> tuple[float, float]:
    """Seconds and peak resident memory [MB] of a program of its own.

    Raises
    ------
    Skipped
        When it fails.
    """
    errors, peak = folder / "errors.txt", 0
    began = time.perf_counter()
    with errors.open("w") as file:
        process = subprocess.Popen(
            call, cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, stdout=subprocess.DEVNULL, stderr=file
        )
        # What wait4 tells counts the memory of the process it was forked from; the kernel's own mark starts anew at exec.
        while process.poll() is None:
            peak = max(peak, kilobytes(process.pid, "status", "VmHWM", 0))
            time.sleep(0.02)
    seconds = time.perf_counter() - began
    if process.returncode:
        last = (errors.read_text().strip() or "no word").splitlines()[-1]
        raise Skipped(f"{Path(call[1]).name}: {last[:200]}")
    return seconds, peak / 1024


def measure(bench: Bench) -> Found:
    """Parsing, then the whole way."""
    folder = months(bench)
    given = texts(folder)
    rates: dict[str, list[tuple[float, float]]] = {"us": [], "arrow": []}
    for _ in range(bench.runs(5)):
        rates["us"].append(_rate(by_us, given))
        rates["arrow"].append(_rate(by_arrow, given))
    size = sum(map(len, given.values())) / 1e6
    us, arrow = zip(*rates["us"], strict=True), zip(*rates["arrow"], strict=True)
    (wall, cpu), (arrow_wall, arrow_cpu) = (list(map(list, us)), list(map(list, arrow)))
    figures = [
        Figure("ingest.parse", f"Parsing {size:,.0f} MB of AEMO's text to tidy rows", "MB/s", wall, arrow_wall,
               "pyarrow.csv over the same bytes", 0.5, at_least=True),
        Figure("ingest.parse_cpu", "The same per second of processor time", "MB/s", cpu, arrow_cpu, "pyarrow.csv"),
    ]  # fmt: skip
    del given
    ours, compiled, cached = _whole(bench, folder)
    floor = []
    for _ in ours:
        began = time.perf_counter()
        by_arrow(texts(folder))
        floor.append(60 / (time.perf_counter() - began))
    if compiled:
        figures.append(
            Figure("ingest.floor", "Only unzipping them and pyarrow.csv, nothing typed, checked or stored", "/min", floor,
                   [60 / s for s, _ in compiled], "NEMOSIS, dynamic_data_compiler")
        )  # fmt: skip
        for key, what, other, target in (
            ("ingest.lake", "dynamic_data_compiler", compiled, 10),
            ("ingest.cache", "cache_compiler", cached, None),
        ):
            # As rates, so that the ratio says how many times as fast.
            figures.append(
                Figure(key, "Two months from zips to published lake", "/min", [60 / s for s, _ in ours],
                       [60 / s for s, _ in other], f"NEMOSIS, {what}", target, at_least=True)
            )  # fmt: skip
        figures.append(
            Figure("ingest.peak", "Peak memory of that", "MB", [m for _, m in ours], [m for _, m in compiled],
                   "NEMOSIS, dynamic_data_compiler", 1)
        )  # fmt: skip
    else:
        figures.append(
            Figure(
                "ingest.lake",
                "Two months from zips to published lake (NEMOSIS is not installed)",
                "s",
                [s for s, _ in ours],
            )
        )
        figures.append(Figure("ingest.peak", "Peak memory of that", "MB", [m for _, m in ours]))
    return Found(figures, {"seconds": {"ours": ours, "dynamic_data_compiler": compiled, "cache_compiler": cached}})


def _whole(bench: Bench, folder: Path) -> tuple[list[tuple[float, float]], ...]:
    """Seconds and peak memory of the whole way: ours and NEMOSIS' two, in turn."""
    there = importlib.util.find_spec("nemosis") is not None
    ours, compiled, cached = [], [], []  # type: list[tuple[float, float]], list[tuple[float, float]], list[tuple[float, float]]
    script = str(HERE / "baselines" / "nemosis_months.py")
    for run in range(bench.runs(3)):
        place = bench.scratch / f"ingest-{run}"
        place.mkdir()
        call = [
            sys.executable,
            "-m",
            "components.cli",
            "--data-dir",
            str(place / "lake"),
            "ingest",
            "--source",
            str(folder),
        ]
        ours.append(run_and_peak(call, folder=place))
        for way, into in (("compile", compiled), ("cache", cached)) if there else ():
            (place / way).mkdir()
            into.append(run_and_peak([sys.executable, script, way, str(folder), str(place / way)], folder=place))
        shutil.rmtree(place)
    return ours, compiled, cached
