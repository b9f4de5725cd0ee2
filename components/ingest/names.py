"""What a file's name says: which datasets may be inside, and which time it covers (pure).

Both eras of the monthly archive (``PUBLIC_DVD_<TABLE>_<YYYYMM>010000.zip`` and from August 2024
``PUBLIC_ARCHIVE#<TABLE>#FILE01#<YYYYMM>010000.zip``, whose ``#`` may arrive as ``%23`` or ``%2523``), the single
intervals of ``Reports/Current``, the days and weeks of ``Reports/Archive``, price and demand files, and the
lists of units. Names are compared without case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

import pandas as pd

from components.ingest.tables import TABLES
from components.schema import DATASETS

REGISTRY_TABLES = ("DUDETAIL", "DUDETAILSUMMARY", "STATION", "PARTICIPANT")
UNITS = "units"
DATASET_NAMES = (*dict.fromkeys(t.dataset for t in TABLES), UNITS)
USUAL_NAMES = tuple(d for d in DATASET_NAMES if d == UNITS or not DATASETS[d].optional)
"""What a run reads that names no tables."""

# kinds of file
MMS, PRICE_AND_DEMAND, REGISTRY_TABLE, WORKBOOK = "mms", "price_and_demand", "registry_table", "workbook"

_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class FileName:
    """What a name promises.

    Attributes
    ----------
    kind : "mms" (C/I/D files with dispatch tables), "price_and_demand", "registry_table" or "workbook".
    datasets : datasets that may be inside; ``{"units"}`` for the lists of units.
    start, end : the window ``(start, end]`` its rows may lie in, None where the name has no date.
    month : first of the month that the file alone should fill, so that what is missing there is a gap; or None.
    """

    kind: str
    datasets: frozenset[str]
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    month: pd.Timestamp | None = None

    def touches(self, start: pd.Timestamp | None, end: pd.Timestamp | None) -> bool:
        """Whether rows of ``(start, end]`` may be inside; lists of units and undated files always may."""
        if self.start is None or self.end is None or UNITS in self.datasets:
            return True
        return (end is None or self.start < end) and (start is None or self.end > start)


def plain(name: str) -> str:
    """A file's name as AEMO means it, in capitals: ``%2523`` and ``%23`` are ``#``.

    >>> plain("public_archive%2523DISPATCHPRICE%2523FILE01%2523202408010000.zip")
    'PUBLIC_ARCHIVE#DISPATCHPRICE#FILE01#202408010000.ZIP'
    """
    for _ in range(3):
        decoded = unquote(name)
        if decoded == name:
            break
        name = decoded
    return name.rpartition("/")[2].upper()


def read_name(path: str) -> FileName | None:
    """What the file is by its name, None when nothing here reads such files.

    >>> read_name("PUBLIC_DVD_DISPATCHPRICE_202407010000.zip").datasets
    frozenset({'price'})
    """
    name = plain(path)
    if name.startswith(("~$", ".")):
        return None
    if name.endswith(".XLSX"):
        words = re.sub(r"[^A-Z]+", " ", name)
        known = "REGISTRATION" in words or re.search(r"\bGEN(ERATION)?( |_)?INFO", words)
        return FileName(WORKBOOK, frozenset({UNITS})) if known else None
    stem = re.sub(r"\.(ZIP|CSV|CSV\.GZ|CSV\.ZIP)$", "", name)
    if stem == name:
        return None
    return _price_and_demand(stem) or _registry_table(stem) or _dispatch(stem)


def _price_and_demand(stem: str) -> FileName | None:
    found = re.fullmatch(r"(?:PRICE_AND_DEMAND_|DATA)(?:(\d{6})_[A-Z]+\d?|\d{6}_\d{6}\w*|[A-Z]\w*)", stem)
    if not found or (stem.startswith("DATA") and not found[1]):
        return None
    month = _month(found[1]) if found[1] else None
    end = None if month is None else month + pd.DateOffset(months=1)
    return FileName(PRICE_AND_DEMAND, frozenset({"price", "region"}), month, end, month)


def _registry_table(stem: str) -> FileName | None:
    found = re.fullmatch(r"PUBLIC_(?:DVD_|ARCHIVE#)([A-Z]+)(?:#FILE\d+)?[_#](\d{6})01\d{4}", stem)
    if found and found[1] in REGISTRY_TABLES:
        return FileName(REGISTRY_TABLE, frozenset({UNITS}))
    if "CO2EII_AVAILABLE_GENERATORS" in stem:
        return FileName(REGISTRY_TABLE, frozenset({UNITS}))
    return None


def _dispatch(stem: str) -> FileName | None:
    datasets = {t.dataset for t in TABLES for word in t.files if re.search(rf"(?:^|[_#]){word}(?:[_#]|$)", stem)}
    if not datasets:
        return None
    monthly = re.search(r"^PUBLIC_(?:DVD_|ARCHIVE#).*?(\d{6})01\d{4}$", stem)
    month = _month(monthly[1]) if monthly else None
    if month is not None:  # rooftop months run a day into the next one
        return FileName(MMS, frozenset(datasets), month, month + pd.DateOffset(months=1) + _DAY, month)
    return FileName(MMS, frozenset(datasets), *(_span(stem) or (None, None)))


def _span(stem: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The window that the name's date covers, generously where AEMO's cut is not known."""
    digits = re.findall(r"(?<!\d)(\d{14}|\d{12}|\d{8})(?!\d)", stem)
    if not digits:
        return None
    form = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
    try:
        stamps = [pd.to_datetime(d, format=form[len(d)]) for d in digits[:2]]
    except ValueError:
        return None
    if len(digits[0]) == 12:
        return stamps[0] - pd.Timedelta(minutes=5), stamps[0]
    if len(digits[0]) == 14:  # rooftop: the stamp is the publication's, the interval ended half an hour before
        return stamps[0] - 2 * pd.Timedelta(hours=1), stamps[0]
    last = stamps[-1]
    if "NEXT_DAY" in stem and not re.search(r"_\d{16}$", stem):  # the archive's zip of a month of trading days
        last = last + pd.DateOffset(months=1)
    week = pd.Timedelta(days=7) if "ROOFTOP" in stem else pd.Timedelta(0)
    return stamps[0] - week - _DAY, last + week + 2 * _DAY


def _month(digits: str) -> pd.Timestamp | None:
    try:
        return pd.to_datetime(digits, format="%Y%m")
    except ValueError:
        return None
