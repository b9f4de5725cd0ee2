"""Readers of AEMO's workbooks: the registration and exemption list, and generation information.

Sheets are found by name, header rows by their words, columns by their headings, so that a moved column or an
extra title row changes nothing.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from components.errors import FileRejected
from components.ingest.fuel_words import role_of, schedule_of
from components.ingest.registry_claims import claims_of, dates, dispatch_types, first_known, kinds_of, numbers, texts
from components.vocabulary import REGIONS

REGISTRATION_SHEET = "PU and Scheduled Loads"
GENERATION_SHEET = "ExistingGeneration&NewDevs"


def read_workbook(book: Path | str | bytes, published: pd.Timestamp | None = None) -> tuple[str, pd.DataFrame]:
    """Which workbook it is (told by its sheets), and its claims.

    Raises
    ------
    FileRejected
        When it is neither of the two.
    """
    name = "the workbook" if isinstance(book, bytes) else Path(book).name
    reasons = []
    for which, reader in (
        ("registration", read_registration),
        ("generation_information", read_generation_information),
    ):
        try:
            return which, reader(book, published)
        except _WrongWorkbook as other:
            reasons.append(other.sheet)
    raise FileRejected(f"{name}: expected a sheet named {' or '.join(map(repr, reasons))}, found none of them")


class _WrongWorkbook(FileRejected):
    """A readable workbook without the sheet that was asked for."""

    def __init__(self, text: str, sheet: str):
        super().__init__(text)
        self.sheet = sheet


def _open_sheet(
    book: Path | str | bytes, sheet: str, needed: Sequence[str]
) -> tuple[pd.DataFrame, pd.Timestamp | None]:
    """A sheet's table below the row that holds all ``needed`` words, and when the workbook was last saved."""
    import openpyxl  # late: only ingest needs it

    name = "the workbook" if isinstance(book, bytes) else Path(book).name
    try:
        stream = io.BytesIO(book) if isinstance(book, bytes) else Path(book)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl on AEMO's sparklines and styles
            opened = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            title = next((t for t in opened.sheetnames if t.strip().lower() == sheet.lower()), None)
            if title is None:
                found = ", ".join(repr(t) for t in opened.sheetnames[:6])
                raise _WrongWorkbook(f"{name}: expected a sheet {sheet!r}, found {found}", sheet)
            rows = [row for row in opened[title].iter_rows(values_only=True) if any(c is not None for c in row)]
            saved = opened.properties.modified
            opened.close()
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        SyntaxError,
        TypeError,
        AttributeError,
    ) as wrong:
        raise FileRejected(f"{name} is no readable xlsx workbook ({type(wrong).__name__}: {wrong})") from wrong
    wanted = {w.lower() for w in needed}
    for at, row in enumerate(rows[:40]):
        header = [" ".join(str(c).split()) if c is not None else "" for c in row]
        if wanted <= {h.lower() for h in header}:
            # Rows end at their last cell: short ones are filled up, long ones have no heading to stand under.
            below = [(*row, *([None] * len(header)))[: len(header)] for row in rows[at + 1 :]]
            table = pd.DataFrame(below, columns=range(len(header)), dtype=object)
            named = [i for i, h in enumerate(header) if h]
            table = table[named].set_axis([header[i].lower() for i in named], axis=1)
            return table.loc[:, ~table.columns.duplicated()], pd.Timestamp(saved) if saved else None
    raise FileRejected(f"{name}, sheet {sheet!r}: no row holds the column names {', '.join(needed)}")


def read_registration(book: Path | str | bytes, published: pd.Timestamp | None = None) -> pd.DataFrame:
    """Claims of the NEM registration and exemption list, sheet "PU and Scheduled Loads".

    One DUID may stand in several rows (its unit groups); the capacity printed there is the DUID's own, so
    the largest counts, and storage likewise. Everyone on the list is registered at its date. Wholesale
    demand response units are listed apart and have no SCADA; they are not read.

    Parameters
    ----------
    book : path or the file's bytes.
    published : the list's date; by default when the workbook was last saved.

    Raises
    ------
    FileRejected
        When it is no workbook, or another one.
    """
    table, saved = _open_sheet(book, REGISTRATION_SHEET, ("Station Name", "Region", "DUID", "Dispatch Type"))
    rows = pd.DataFrame({"duid": texts(table, "duid")})
    rows["station"], rows["owner"] = texts(table, "station name"), texts(table, "participant")
    rows["region"] = texts(table, "region").str.upper()
    rows["dispatch_type"] = dispatch_types(texts(table, "dispatch type"))
    rows["schedule_type"] = texts(table, "classification").map(schedule_of)
    fuel = texts(table, "fuel source - primary") + " " + texts(table, "fuel source - descriptor")
    how = texts(table, "technology type - primary") + " " + texts(table, "technology type - descriptor")
    rows[["fuel", "fueltech"]] = kinds_of(rows, fuel, how)
    rows["role"] = rows["dispatch_type"].map(role_of)
    generation, consumption = numbers(table, "reg cap generation (mw)"), numbers(table, "reg cap consumption (mw)")
    rows["capacity_mw"] = generation.where(generation > 0, consumption)
    rows["storage_mwh"] = numbers(table, "maximum storage capacity").where(lambda s: s > 0)
    rows = rows[(rows["duid"] != "") & rows["region"].isin(REGIONS)]
    if rows.empty:
        raise FileRejected(f"sheet {REGISTRATION_SHEET!r} lists no unit with a DUID and a NEM region")
    units = _per_unit(rows, largest=("capacity_mw", "storage_mwh"))
    units["registered_to"] = pd.NaT
    return claims_of(
        units,
        [c for c in units.columns if c != "duid"],
        "registration",
        published or saved,
        keep_empty=("registered_to",),
    )


def read_generation_information(book: Path | str | bytes, published: pd.Timestamp | None = None) -> pd.DataFrame:
    """Claims of the Generation Information workbook: existing units, and new ones that have a DUID.

    A unit's rows are its unit groups: nameplates and storage add up. A retired unit's closure date is
    the end of its registration.

    Raises
    ------
    FileRejected
        When it is no workbook, or another one.
    """
    table, saved = _open_sheet(book, GENERATION_SHEET, ("Region", "Site Name", "DUID", "Technology Type"))
    rows = pd.DataFrame({"duid": texts(table, "duid")})
    rows["station"], rows["owner"] = texts(table, "site name"), texts(table, "owner")
    rows["region"] = texts(table, "region").str.upper()
    rows["dispatch_type"] = ""
    rows["schedule_type"] = texts(table, "dispatch type").map(schedule_of)
    bucket = texts(table, "fuel bucket summary")
    fuel = texts(table, "fuel type").str.replace(r"^Other - Other$", "", regex=True)
    technology = texts(table, "technology type")
    is_storage = technology.str.contains("battery", case=False)
    fuel = fuel.where(~is_storage, "Battery").where(fuel != "", bucket.str.replace(r"^Gas other$", "", regex=True))
    rows[["fuel", "fueltech"]] = kinds_of(rows, fuel, technology)
    rows["capacity_mw"] = numbers(table, "nameplate capacity (mw)")
    rows["storage_mwh"] = numbers(table, "storage capacity (mwh)").where(lambda s: s > 0)
    closed = dates(table, "closure date")
    is_retired = texts(table, "unit status").str.contains("retired|withdrawn", case=False)
    rows["registered_to"] = closed.where(is_retired & closed.notna())
    rows = rows[(rows["duid"] != "") & rows["region"].isin(REGIONS)]
    if rows.empty:
        raise FileRejected(f"sheet {GENERATION_SHEET!r} lists no unit with a DUID and a NEM region")
    units = _per_unit(rows, added=("capacity_mw", "storage_mwh"))
    columns = [c for c in units.columns if c not in ("duid", "dispatch_type")]
    return claims_of(units, columns, "generation_information", published or saved)


def _per_unit(rows: pd.DataFrame, *, largest: Sequence[str] = (), added: Sequence[str] = ()) -> pd.DataFrame:
    """One row per DUID from its unit groups."""
    how: dict[str, Any] = {c: first_known for c in rows.columns if c != "duid"}
    how.update(dict.fromkeys(largest, "max"))
    how.update({c: (lambda s: s.sum(min_count=1)) for c in added})
    return rows.groupby("duid", sort=True).agg(how).reset_index()
