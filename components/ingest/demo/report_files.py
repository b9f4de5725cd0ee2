"""The demo as NEMWEB's reports: single intervals of the last two days, zips of zips of those before, next-day reports."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from components.ingest.demo import aemo_text
from components.ingest.demo.zips import entry, zipped

CURRENT_DAYS, ARCHIVE_DAYS = 2, 3
_DAY = pd.Timedelta(days=1)
_NEXT_DAY = "Next_Day_Dispatch"
_FIRST_HOURS = pd.Timedelta(hours=4)
"""A trading day's first interval ends at 04:05."""
_AT_ONCE = pd.Timedelta(0)


@dataclass(frozen=True)
class _Report:
    """A kind of report: its name, its folder, how its files are named after a stamp (``slot`` later)."""

    name: str
    folder: str
    datasets: tuple[str, ...]
    stamp_form: str = "%Y%m%d%H%M"
    slot: pd.Timedelta = _AT_ONCE
    weekly: bool = False


_DISPATCHIS = _Report("DISPATCHIS", "DispatchIS_Reports", ("price", "region", "flow"))
_SCADA = _Report("DISPATCHSCADA", "Dispatch_SCADA", ("scada",))


def _rooftop_report(kind: str) -> _Report:
    # Named after the half-hour in which it is published.
    late = pd.Timedelta(minutes=30)
    return _Report(f"ROOFTOP_PV_ACTUAL_{kind}", "ROOFTOP_PV/ACTUAL", ("rooftop",), "%Y%m%d%H%M%S", late, True)


class _Stream:
    """The single files of a report, by stamp."""

    def __init__(self, report: _Report, rows: dict[str, pd.DataFrame]):
        self.report = report
        self._headers = {d: aemo_text.header_line(d) for d in report.datasets}
        self._lines: dict[pd.Timestamp, dict[str, list[str]]] = defaultdict(dict)
        self._published: dict[pd.Timestamp, pd.Timestamp] = {}
        for dataset in report.datasets:
            frame = rows[dataset]
            lines = aemo_text.lines_of(dataset, frame)
            stamps, first = np.unique(frame["time"].to_numpy("datetime64[us]"), return_index=True)
            for stamp, start, stop in zip(stamps, first, [*first[1:], len(frame)], strict=True):
                at = pd.Timestamp(stamp)
                self._lines[at][dataset] = lines[start:stop]
                changed = frame["changed"].iloc[start:stop].max() + pd.Timedelta(seconds=6)
                self._published[at] = max(changed, self._published.get(at, changed))

    def files(self, after: pd.Timestamp, until: pd.Timestamp) -> Iterator[tuple[str, bytes]]:
        """Name without ending and zipped bytes of every file of a stamp in ``(after, until]``."""
        for stamp in sorted(self._lines):
            if after < stamp <= until:
                yield self._file(stamp)

    def _file(self, stamp: pd.Timestamp) -> tuple[str, bytes]:
        report = self.report.name
        event = int(stamp.timestamp()) // 60  # the sixteen digits of a file's name only grow
        name = f"PUBLIC_{report}_{(stamp + self.report.slot).strftime(self.report.stamp_form)}_{event:016d}"
        out = [aemo_text.first_line(report, self._published[stamp], event, "DEMAND" if self.report.weekly else report)]
        for dataset, lines in self._lines[stamp].items():
            out += [self._headers[dataset], *lines]
        out.append(aemo_text.last_line(len(out) + 1))
        return name, zipped(f"{name}.CSV", "".join(out).encode())


def write_reports(folder: Path, rows: dict[str, pd.DataFrame], last: pd.Timestamp, *, progress: bool) -> None:
    """Write ``Reports/Current`` and ``Reports/Archive`` from the rows of the last days (rooftop: two weeks)."""
    streams = [_Stream(_DISPATCHIS, rows), _Stream(_SCADA, rows)]
    for kind in ("MEASUREMENT", "SATELLITE"):
        own = rows["rooftop"][rows["rooftop"]["type"] == kind].reset_index(drop=True)
        streams.append(_Stream(_rooftop_report(kind), {"rooftop": own}))
    recent = last.normalize() - CURRENT_DAYS * _DAY
    thursday = last.normalize() - pd.Timedelta(days=(last.weekday() - 3) % 7)
    for stream in tqdm(streams, desc="reports", unit="kind", disable=not progress):
        place = folder / "Reports/Current" / stream.report.folder
        place.mkdir(parents=True, exist_ok=True)
        for name, data in stream.files(recent, last):
            (place / f"{name}.zip").write_bytes(data)
        if stream.report.weekly:
            _write_bundle(folder, stream, thursday - 7 * _DAY, thursday, named=thursday)
        else:
            for back in range(ARCHIVE_DAYS, 0, -1):
                day = recent - back * _DAY
                _write_bundle(folder, stream, day, day + _DAY, named=day)

    if "semi_scheduled" in rows:
        _write_next_days(folder, rows["semi_scheduled"], last)


def _write_next_days(folder: Path, rows: pd.DataFrame, last: pd.Timestamp) -> None:
    """A report for each whole trading day of the rows, published ten minutes after its end."""
    dataset, report = "semi_scheduled", _NEXT_DAY.upper()
    place = folder / "Reports/Current" / _NEXT_DAY
    place.mkdir(parents=True, exist_ok=True)
    first = (rows["time"].iloc[0] - _FIRST_HOURS).ceil("D")
    for day in pd.date_range(first, (last - _FIRST_HOURS).floor("D") - _DAY, freq="D"):
        begin = day + _FIRST_HOURS
        inside = rows[(rows["time"] > begin) & (rows["time"] <= begin + _DAY)]
        event = int(begin.timestamp()) // 60
        published = begin + _DAY + pd.Timedelta(minutes=10)
        lines = [aemo_text.first_line(report, published, event, report), aemo_text.header_line(dataset)]
        lines += aemo_text.lines_of(dataset, inside)
        lines.append(aemo_text.last_line(len(lines) + 1))
        name = f"PUBLIC_{report}_{day:%Y%m%d}_{event:016d}"
        (place / f"{name}.zip").write_bytes(zipped(f"{name}.CSV", "".join(lines).encode()))


def _write_bundle(
    folder: Path, stream: _Stream, after: pd.Timestamp, until: pd.Timestamp, *, named: pd.Timestamp
) -> None:
    """A day's or week's files as one zip of zips; none where the window holds nothing."""
    inside = list(stream.files(after, until))
    if not inside:
        return
    place = folder / "Reports/Archive" / stream.report.folder
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place / f"PUBLIC_{stream.report.name}_{named:%Y%m%d}.zip", "w") as archive:
        for name, data in inside:
            archive.writestr(entry(f"{name}.zip"), data)
