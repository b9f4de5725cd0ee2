"""A demo market in NEMWEB's layout that is published bit by bit: late, missing, revised and repeated files too."""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd

CURRENT = Path("Reports/Current")
DISPATCH, SCADA = "DispatchIS_Reports", "Dispatch_SCADA"


_STEP = pd.Timedelta(minutes=5)


def published(path: Path) -> pd.Timestamp | None:
    """When a current report appears: some seconds after the interval of its name has begun; None = no such report.

    Forecasts tell it in their names, notices inside.
    """
    name = path.name
    if found := re.search(r"_(?:P5MIN|PREDISPATCHIS)_\d{12}_(\d{14})\.zip$", name, re.I):
        return pd.to_datetime(found[1], format="%Y%m%d%H%M%S").floor(_STEP)
    if "MKTNOTICE" in name:
        created = re.search(r"Creation Date :\s*(\S+)\s+(\S+)", path.read_text())
        return pd.to_datetime(f"{created[1]} {created[2]}", format="%d/%m/%Y %H:%M:%S").floor(_STEP)
    found = re.search(r"_(\d{14}|\d{12})_\d{16}\.zip$", name, re.I)
    if not found:
        return None
    stamp = pd.to_datetime(found[1][:12], format="%Y%m%d%H%M")
    return stamp if "ROOFTOP" in name.upper() else stamp - _STEP


class PlayedMarket:
    """What a site shows of the finished tree ``whole`` at a time, in the folder ``site``.

    Attributes
    ----------
    missing : stamps whose dispatch and SCADA files never appear.
    late : stamp -> when its files appear.
    """

    def __init__(self, whole: Path, site: Path):
        self.whole, self.site = whole, site
        self.missing: set[pd.Timestamp] = set()
        self.late: dict[pd.Timestamp, pd.Timestamp] = {}
        self._due: list[tuple[pd.Timestamp, Path, Path]] = []
        site.mkdir(parents=True, exist_ok=True)
        for path in sorted(whole.rglob("*")):
            target = site / path.relative_to(whole)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif path.name == "index.html":
                continue  # the server lists what there is
            elif (appears := published(path)) is not None:
                self._due.append((appears, path, target))
            else:
                os.link(path, target)

    def play_to(self, moment: pd.Timestamp) -> None:
        """Show everything that has appeared by then."""
        rest = []
        for appears, path, target in self._due:
            stamp = appears + _STEP
            five_minutes = path.name.startswith(("PUBLIC_DISPATCHIS_", "PUBLIC_DISPATCHSCADA_"))
            if five_minutes and stamp in self.missing:
                continue
            if (self.late.get(stamp, appears) if five_minutes else appears) <= moment:
                os.link(path, target)
            else:
                rest.append((appears, path, target))
        self._due = rest

    def file(self, folder: str, stamp: pd.Timestamp) -> Path:
        """A report that has appeared."""
        return next((self.site / CURRENT / folder).glob(f"*_{stamp:%Y%m%d%H%M}_*.zip"))

    def repeat(self, folder: str, stamp: pd.Timestamp) -> None:
        """The same report once more under another event's number."""
        old = self.file(folder, stamp)
        shutil.copy(old, old.with_name(f"{old.stem[:-16]}{9_000_000_000_000_000}.zip"))

    def revise_price(self, stamp: pd.Timestamp, region: str, price: float) -> None:
        """A later report of the interval with another price."""
        old = self.file(DISPATCH, stamp)
        with zipfile.ZipFile(old) as archive:
            member = archive.namelist()[0]
            lines = archive.read(member).decode().splitlines(keepends=True)
        columns: list[str] = []
        for at, line in enumerate(lines):
            cells = line.rstrip("\r\n").split(",")
            if cells[:3] == ["I", "DISPATCH", "PRICE"]:
                columns = cells
            elif cells[:3] == ["D", "DISPATCH", "PRICE"] and cells[columns.index("REGIONID")] == region:
                cells[columns.index("RRP")] = f"{price:.5f}"
                cells[columns.index("LASTCHANGED")] = f'"{stamp + pd.Timedelta(hours=1):%Y/%m/%d %H:%M:%S}"'
                lines[at] = ",".join(cells) + "\r\n"
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member, "".join(lines))
        old.with_name(f"{old.stem[:-16]}{9_000_000_000_000_001}.zip").write_bytes(data.getvalue())

    def archive_day(self, day: pd.Timestamp) -> None:
        """The archive of a day of dispatch and SCADA, as AEMO bundles it afterwards: with what never appeared by itself."""
        for folder, report in ((DISPATCH, "DISPATCHIS"), (SCADA, "DISPATCHSCADA")):
            place = self.site / "Reports/Archive" / folder
            place.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(place / f"PUBLIC_{report}_{day:%Y%m%d}.zip", "w") as archive:
                for path in sorted((self.whole / CURRENT / folder).glob("*.zip")):
                    if day < published(path) + _STEP <= day + pd.Timedelta(days=1):
                        archive.writestr(path.name, path.read_bytes())
