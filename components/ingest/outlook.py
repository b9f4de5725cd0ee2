"""AEMO's predispatch and market notices -> plain rows (pure). Context beside the data, never part of the lake.

No genuine file of either was at hand: both are read by name, whatever columns, tables or headings stand beside, and are
marked as not yet seen against AEMO's own. Predispatch comes as C/I/D text (``PREDISPATCHIS``: half hours to the end of
the next trading day; ``P5MIN``: 5 minutes for the next hour), a notice as a text with ``Name : value`` lines and a reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.errors import FileRejected
from components.ingest import mms
from components.ingest.mms_columns import printable
from components.vocabulary import REGIONS

_TIMES = ("INTERVAL_DATETIME", "DATETIME", "PERIODID")
_MOST_NOTICE = 200_000
_MOST_TEXT = 20_000
_FIELD = re.compile(r"^\s*([A-Za-z][A-Za-z /]{1,40}?)\s*:\s*(.*?)\s*$")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


@dataclass(frozen=True)
class Forecast:
    """One run: its frame has ``time`` (interval end), ``region``, ``price`` [$/MWh], ``demand`` [MW]; one row each."""

    published: pd.Timestamp | None
    minutes: int
    rows: pd.DataFrame

    def plain(self) -> dict[str, Any]:
        """As plain columns for ``context.json``; missing numbers are None."""
        rows = self.rows
        return {
            "minutes": self.minutes,
            "published": self.published.isoformat() if self.published is not None else None,
            "time": [t.isoformat() for t in rows["time"]],
            "region": rows["region"].tolist(),
            **{name: [x if math.isfinite(x) else None for x in rows[name]] for name in ("price", "demand")},
        }


def read_forecast(data: bytes, name: str) -> Forecast:
    """Prices and demand by region of one predispatch file.

    Raises
    ------
    FileRejected
        When it is no AEMO text, or no table of it has regions, times and prices.
    """
    file = mms.open_mms(data, name)
    found: dict[str, pd.DataFrame] = {}
    for number, aemo in (("price", "RRP"), ("demand", "TOTALDEMAND")):
        for section in file.sections:
            time = next((t for t in _TIMES if t in section.columns), None)
            if time is None or not {"REGIONID", aemo} <= set(section.columns) or number in found:
                continue
            found[number] = _table(file, (section.group, section.table), time, aemo, number)
    if "price" not in found:
        raise FileRejected(f"{name}: no table of it has REGIONID, RRP and a time")
    rows = found["price"]
    if "demand" in found:
        rows = rows.merge(found["demand"], how="left", on=["time", "region"])
    else:
        rows["demand"] = float("nan")
    rows = rows.sort_values(["time", "region"], ignore_index=True)
    steps = rows["time"].drop_duplicates().diff().dropna()
    minutes = int(steps.min().total_seconds() // 60) if len(steps) else (5 if "P5MIN" in name.upper() else 30)
    return Forecast(file.published, minutes, rows)


def _table(file: mms.MmsFile, key: mms.Key, time: str, number: str, name: str) -> pd.DataFrame:
    raw = mms.read_table(file, key, {time: "time", "REGIONID": "text", number: "number", "INTERVENTION": "number"})
    rows = pd.DataFrame({"time": raw[time], "region": raw["REGIONID"].astype(str), name: raw[number]})
    run = raw["INTERVENTION"].to_numpy()
    rows = rows[(run == 0) | pd.isna(run)] if name == "price" else rows
    rows = rows[rows["region"].isin(REGIONS) & rows["time"].notna()]
    return rows.drop_duplicates(["time", "region"], keep="last").reset_index(drop=True)


def read_notice(data: bytes, name: str) -> dict[str, Any]:
    """One market notice: ``id``, ``type``, ``description``, ``created`` (naive NEM time, ISO 8601, or None),
    ``title`` (its external reference), ``text`` (its reason).

    Raises
    ------
    FileRejected
        When the file is too long or has no notice id.
    """
    if len(data) > _MOST_NOTICE:
        raise FileRejected(f"{name}: a notice of {len(data):,} bytes, more than {_MOST_NOTICE:,}")
    lines = data.decode("utf-8", "replace").replace("\x00", " ").splitlines()
    at = next((i for i, line in enumerate(lines) if re.match(r"\s*Reason\s*:", line, re.I)), len(lines))
    fields: dict[str, str] = {}
    for line in lines[:at]:
        if found := _FIELD.match(line):
            fields.setdefault(" ".join(found[1].lower().split()), found[2])
    number = fields.get("notice id", "")
    if not re.fullmatch(r"\d{1,12}", number):
        raise FileRejected(f"{name}: no market notice: it has no Notice ID, found {printable(data)!r}")
    reason = [lines[at].partition(":")[2], *lines[at + 1 :]] if at < len(lines) else []
    return {
        "id": int(number),
        "type": fields.get("notice type id", ""),
        "description": fields.get("notice type description", ""),
        "created": _instant(fields.get("creation date", "") or fields.get("issue date", "")),
        "title": fields.get("external reference", ""),
        "text": _reason(reason)[:_MOST_TEXT],
    }


def _reason(lines: Sequence[str]) -> str:
    """The paragraphs without rules, the closing line and empty edges."""
    kept = [x.rstrip() for x in lines if not re.fullmatch(r"\s*(-{5,}|END OF REPORT)\s*", x)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _instant(text: str) -> str | None:
    """A day/month/year date, with its time where it has one."""
    found = _DATE.search(text)
    if not found:
        return None
    day, month, year, hour, minute, second = (int(x or 0) for x in found.groups())
    try:
        return pd.Timestamp(year, month, day, hour, minute, second).isoformat()
    except ValueError:
        return None
