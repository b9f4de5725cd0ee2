"""The demo market as AEMO publishes the real one: NEMWEB's tree of C/I/D files, zipped and listed.

* ``Data_Archive/…/MMSDM_<year>_<month>``: every month of the window with its dispatch tables and the
  tables of units, under the names of its time. The running month is there too (AEMO's comes a week after
  its end), so that the archive alone holds the whole window.
* ``Reports/Archive``: the days before the last two as zips of zips, rooftop by the week (Thursdays).
* ``Reports/Current``: the last two days as single intervals, forecasts and notices of their time, and CDEII.
* the participants' registration list beside them.

The system in every file's first line is ``DEMO.WORLD``, by which ``ingest`` knows the market as synthetic.
"""

from __future__ import annotations

import shutil
import zipfile
from collections import defaultdict
from pathlib import Path

import pandas as pd

from components.errors import SourceError, UsageError
from components.ingest.demo import aemo_text
from components.ingest.demo.clock import months_between
from components.ingest.demo.fleet import Fleet, build_fleet
from components.ingest.demo.listing_pages import write_listings
from components.ingest.demo.outlook_files import forecast_files, notice_files
from components.ingest.demo.registry_files import PUBLISHED, registration_workbook, registry_tables
from components.ingest.demo.report_files import ARCHIVE_DAYS, CURRENT_DAYS, write_reports
from components.ingest.demo.write import demo_frames, demo_window
from components.ingest.demo.zips import entry, zipped

MARKER = "DEMO-MARKET.txt"
_MARKER_TEXT = "A synthetic market in the layout of NEMWEB, written by `aemo-dashboard demo --as nemweb`.\n"
NEW_NAMES = pd.Timestamp("2024-08-01")
"""From this month on the archive's files are called PUBLIC_ARCHIVE#TABLE#FILE01#..."""
_DAY = pd.Timedelta(days=1)


def write_demo_nemweb(
    out: Path,
    *,
    days: int = 90,
    end: pd.Timestamp | None = None,
    seed: int = 1,
    units: int = 300,
    force: bool = False,
    progress: bool = True,
) -> None:
    """Write the market of :func:`write_demo` as a folder like NEMWEB, for ``ingest --source``.

    The folder appears when it is complete. An earlier demo in it is replaced with ``force``; anything else is
    never touched.

    Raises
    ------
    UsageError
        For a window or number of units out of range, or where the folder is not empty.
    SourceError
        The folder cannot be written.
    """
    start, last = demo_window(days, end)
    fleet = build_fleet(units, seed)
    target = Path(out).resolve()
    _refuse_occupied(target, force)
    fresh = target.with_name(f".{target.name}.writing")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        _write(fresh, fleet, seed, start, last, progress=progress)
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)
    except OSError as wrong:
        raise SourceError(f"{target} cannot be written: {wrong.strerror}") from wrong
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_occupied(target: Path, force: bool) -> None:
    if target.is_file():
        raise UsageError(f"{target} is a file; --out needs a folder")
    if not target.exists() or not any(target.iterdir()):
        return
    if not (target / MARKER).exists():
        raise UsageError(f"{target} is not empty and holds no demo; choose another folder")
    if not force:
        raise UsageError(f"{target} holds a demo already; choose another folder, or --force to replace it")


def _write(folder: Path, fleet: Fleet, seed: int, start: pd.Timestamp, last: pd.Timestamp, *, progress: bool) -> None:
    (folder / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    recent: dict[str, list[pd.DataFrame]] = defaultdict(list)
    since = last.normalize() - (CURRENT_DAYS + ARCHIVE_DAYS) * _DAY
    week = last - 14 * _DAY
    for dataset, frame in demo_frames(fleet, seed, start, last, progress=progress):
        if len(frame):
            month = (frame["time"].iloc[0] - pd.Timedelta(microseconds=1)).to_period("M").to_timestamp()
            _write_month(folder, dataset, frame, month)
            recent[dataset].append(frame[frame["time"] > (week if dataset == "rooftop" else since)])
    tables = registry_tables(fleet)
    for name in months_between(start, last):
        month = pd.Timestamp(name)
        for table, text in tables.items():
            if table != "CDEII":
                _write_zip(folder / _archive_path(table, month), _archive_name(table, month), text)
    emissions = folder / "Reports/Current/CDEII"
    emissions.mkdir(parents=True, exist_ok=True)
    (emissions / f"CO2EII_AVAILABLE_GENERATORS_{PUBLISHED:%Y}_01_{PUBLISHED:%Y%m%d%H%M%S}.CSV").write_bytes(
        tables["CDEII"]
    )
    (folder / "NEM-Registration-and-Exemption-List.xlsx").write_bytes(registration_workbook(fleet))
    latest = {d: pd.concat(f, ignore_index=True) for d, f in recent.items()}
    write_reports(folder, latest, last, progress=progress)
    _write_outlook(folder, seed, max(start, last.normalize() - CURRENT_DAYS * _DAY), last)
    write_listings(folder)


def _write_outlook(folder: Path, seed: int, after: pd.Timestamp, last: pd.Timestamp) -> None:
    """Forecasts and notices of the last days, as single files."""
    for file in (*forecast_files(seed, after, last), *notice_files(seed, after, last)):
        place = folder / "Reports/Current" / file.folder
        place.mkdir(parents=True, exist_ok=True)
        (place / file.name).write_bytes(zipped(file.member, file.text) if file.member else file.text)


# -- the monthly archive -----------------------------------------------------------------------------


def _archive_name(table: str, month: pd.Timestamp) -> str:
    """Name of a table's month without its ending, ``#`` as it is."""
    if month < NEW_NAMES:
        return f"PUBLIC_DVD_{table}_{month:%Y%m}010000"
    return f"PUBLIC_ARCHIVE#{table}#FILE01#{month:%Y%m}010000"


def _archive_path(table: str, month: pd.Timestamp) -> str:
    """Path of a table's month; on disk the file has a literal ``%23`` in its name, as on AEMO's server."""
    name = _archive_name(table, month).replace("#", "%23")
    inside = f"{month:%Y}/MMSDM_{month:%Y_%m}/MMSDM_Historical_Data_SQLLoader/DATA"
    return f"Data_Archive/Wholesale_Electricity/MMSDM/{inside}/{name}.zip"


def _write_month(folder: Path, dataset: str, rows: pd.DataFrame, month: pd.Timestamp) -> None:
    table = aemo_text.ARCHIVE_NAMES[dataset]
    path = folder / _archive_path(table, month)
    path.parent.mkdir(parents=True, exist_ok=True)
    published = month + pd.DateOffset(months=1, days=7, hours=14)
    event = int(f"{month:%Y%m%d}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        member = entry(f"{_archive_name(table, month)}.CSV")
        with archive.open(member, "w", force_zip64=True) as text:
            text.write(aemo_text.first_line(f"DVD_{table}", published, event, "MONTHLY_ARCHIVE").encode())
            text.write(aemo_text.header_line(dataset).encode())
            lines = 3
            for block, count in aemo_text.data_lines(dataset, rows):
                text.write(block)
                lines += count
            text.write(aemo_text.last_line(lines).encode())


def _write_zip(path: Path, name: str, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(f"{name}.CSV", text))
