"""Readers of everything that tells about units: two workbooks, five tables, one word list of old exports.

Each reader returns *claims*: one row per statement "this source, as of its publication, says that from
``start`` on (NaT = always) this unit's column had this value". Merging them is
:mod:`components.ingest.registry`'s work. ``value`` is text, float or Timestamp after its column; a
missing value claims that there is none.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from components.errors import FileRejected
from components.ingest.fuel_words import DISPATCH_TYPES, Kind, classify, role_of, schedule_of
from components.vocabulary import BIDIRECTIONAL, GENERATOR, LOAD, REGIONS, UNMAPPED

CLAIM_COLUMNS = ("duid", "column", "value", "start", "source", "as_of")
OLDEST = pd.Timestamp("1990-01-01")
NO_END = pd.Timestamp("2900-01-01")
"""END_DATE 2999-12-31 means "no end"; anything from here on is taken so."""

REGISTRATION_SHEET = "PU and Scheduled Loads"
GENERATION_SHEET = "ExistingGeneration&NewDevs"


def claims_of(
    frame: pd.DataFrame, columns: Sequence[str], source: str, as_of: pd.Timestamp | None,
    *, start: str | None = None, keep_empty: Iterable[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Wide rows (``duid`` + columns) -> claims; empty text and NaN claim nothing, but for ``keep_empty``."""
    parts = []
    for column in columns:
        values = frame[column]
        keep = (
            pd.Series(True, index=frame.index)
            if column in keep_empty
            else values.notna() & (values.astype(object) != "")
        )
        chosen = frame[keep]
        nat = pd.Series(pd.NaT, index=chosen.index, dtype="datetime64[us]")
        parts.append(
            pd.DataFrame(
                {
                    "duid": chosen["duid"].astype(object),
                    "column": column,
                    "value": values[keep].astype(object),
                    "start": chosen[start].astype("datetime64[us]") if start else nat,
                    "source": source,
                    "as_of": (as_of if as_of is not None else OLDEST).normalize().as_unit("us"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else empty_claims()


def empty_claims() -> pd.DataFrame:
    """No statement at all."""
    return pd.DataFrame({c: pd.Series(dtype=object) for c in CLAIM_COLUMNS})


# -- workbooks ---------------------------------------------------------------------------------------


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
            table = pd.DataFrame(rows[at + 1 :], columns=range(len(header)), dtype=object)
            named = [i for i, h in enumerate(header) if h]
            table = table[named].set_axis([header[i].lower() for i in named], axis=1)
            return table.loc[:, ~table.columns.duplicated()], pd.Timestamp(saved) if saved else None
    raise FileRejected(f"{name}, sheet {sheet!r}: no row holds the column names {', '.join(needed)}")


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    """A column as trimmed text with single spaces; absent, empty and a lone ``-`` become ''."""
    if column not in table:
        return pd.Series("", index=table.index, dtype=object)
    words = table[column].map(lambda v: "" if v is None or pd.isna(v) else " ".join(str(v).split()))
    return words.where(~words.isin(["-", "–", "N/A", "n/a", "TBA"]), "").astype(object)


def _number(table: pd.DataFrame, column: str) -> pd.Series:
    """A column as floats; what is no number becomes NaN."""
    if column not in table:
        return pd.Series(np.nan, index=table.index)
    return pd.to_numeric(table[column].astype(object), errors="coerce").astype("float64")


def _date(table: pd.DataFrame, column: str) -> pd.Series:
    """A column as timestamps; AEMO's tables write ``2001/12/18 00:00:00``, workbooks hold dates."""
    if column not in table:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    values = table[column]
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    texts = values.map(lambda v: "" if v is None or pd.isna(v) else str(v).strip().replace("/", "-"))
    return pd.to_datetime(texts, errors="coerce", format="ISO8601").astype("datetime64[us]")


def _first(values: pd.Series) -> Any:
    """The first value that says something, else the column's "missing"."""
    known = values[values.notna() & (values.astype(object) != "")]
    return known.iloc[0] if len(known) else (np.nan if values.dtype.kind == "f" else "")


def _kinds(table: pd.DataFrame, fuel: pd.Series, technology: pd.Series) -> pd.DataFrame:
    """Columns fuel and fueltech from a source's words; a unit nobody can classify claims nothing."""
    kinds = [
        classify(f, t, dispatch_type=d, region=r, station=s)
        for f, t, d, r, s in zip(
            fuel, technology, table["dispatch_type"], table["region"], table["station"], strict=True
        )
    ]
    return kind_columns(kinds, table.index)


def kind_columns(kinds: Sequence[Kind], index: pd.Index) -> pd.DataFrame:
    """Columns fuel and fueltech; what is unknown claims nothing, so that a weaker source may know it."""
    known = [
        ("" if k.fuel == UNMAPPED else k.fuel, "" if k.fueltech in (UNMAPPED, "gas_other") else k.fueltech)
        for k in kinds
    ]
    return pd.DataFrame(known, columns=["fuel", "fueltech"], index=index, dtype=object)


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
    rows = pd.DataFrame({"duid": _text(table, "duid")})
    rows["station"], rows["owner"] = _text(table, "station name"), _text(table, "participant")
    rows["region"] = _text(table, "region").str.upper()
    rows["dispatch_type"] = _dispatch_types(_text(table, "dispatch type"))
    rows["schedule_type"] = _text(table, "classification").map(schedule_of)
    fuel = _text(table, "fuel source - primary") + " " + _text(table, "fuel source - descriptor")
    how = _text(table, "technology type - primary") + " " + _text(table, "technology type - descriptor")
    rows[["fuel", "fueltech"]] = _kinds(rows, fuel, how)
    rows["role"] = rows["dispatch_type"].map(role_of)
    generation, consumption = _number(table, "reg cap generation (mw)"), _number(table, "reg cap consumption (mw)")
    rows["capacity_mw"] = generation.where(generation > 0, consumption)
    rows["storage_mwh"] = _number(table, "maximum storage capacity").where(lambda s: s > 0)
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
    rows = pd.DataFrame({"duid": _text(table, "duid")})
    rows["station"], rows["owner"] = _text(table, "site name"), _text(table, "owner")
    rows["region"] = _text(table, "region").str.upper()
    rows["dispatch_type"] = ""
    rows["schedule_type"] = _text(table, "dispatch type").map(schedule_of)
    bucket = _text(table, "fuel bucket summary")
    fuel = _text(table, "fuel type").str.replace(r"^Other - Other$", "", regex=True)
    technology = _text(table, "technology type")
    is_storage = technology.str.contains("battery", case=False)
    fuel = fuel.where(~is_storage, "Battery").where(fuel != "", bucket.str.replace(r"^Gas other$", "", regex=True))
    rows[["fuel", "fueltech"]] = _kinds(rows, fuel, technology)
    rows["capacity_mw"] = _number(table, "nameplate capacity (mw)")
    rows["storage_mwh"] = _number(table, "storage capacity (mwh)").where(lambda s: s > 0)
    closed = _date(table, "closure date")
    is_retired = _text(table, "unit status").str.contains("retired|withdrawn", case=False)
    rows["registered_to"] = closed.where(is_retired & closed.notna())
    rows = rows[(rows["duid"] != "") & rows["region"].isin(REGIONS)]
    if rows.empty:
        raise FileRejected(f"sheet {GENERATION_SHEET!r} lists no unit with a DUID and a NEM region")
    units = _per_unit(rows, added=("capacity_mw", "storage_mwh"))
    columns = [c for c in units.columns if c not in ("duid", "dispatch_type")]
    return claims_of(units, columns, "generation_information", published or saved)


def _per_unit(rows: pd.DataFrame, *, largest: Sequence[str] = (), added: Sequence[str] = ()) -> pd.DataFrame:
    """One row per DUID from its unit groups."""
    how: dict[str, Any] = {c: _first for c in rows.columns if c != "duid"}
    how.update(dict.fromkeys(largest, "max"))
    how.update({c: (lambda s: s.sum(min_count=1)) for c in added})
    return rows.groupby("duid", sort=True).agg(how).reset_index()


def _regions(words: pd.Series) -> pd.Series:
    """Today's regions; SNOWY1, abolished in July 2008, claims nothing."""
    return words.str.upper().where(lambda r: r.isin(REGIONS), "")


def _dispatch_types(words: pd.Series) -> pd.Series:
    return words.map(lambda w: DISPATCH_TYPES.get(role_of(w), w)).astype(object)


# -- tables of the monthly archive -------------------------------------------------------------------


def _upper(frame: pd.DataFrame, table: str, needed: Sequence[str]) -> pd.DataFrame:
    out = frame.rename(columns=lambda c: str(c).strip().upper())
    missing = [c for c in needed if c not in out]
    if missing:
        raise FileRejected(
            f"{table}: column {', '.join(missing)} is missing; found {', '.join(map(str, out.columns[:8]))}"
        )
    return out.loc[:, ~out.columns.duplicated()]


def _as_of(frame: pd.DataFrame, published: pd.Timestamp | None) -> pd.Timestamp | None:
    """Publication, else the newest LASTCHANGED: nothing in the frame can be younger."""
    if published is not None and not pd.isna(published):
        return pd.Timestamp(published)
    changed = _date(frame, "LASTCHANGED")
    return changed.max() if changed.notna().any() else None


def read_dudetailsummary(
    frame: pd.DataFrame, published: pd.Timestamp | None = None, *,
    stations: Mapping[str, str] | None = None, participants: Mapping[str, str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Claims of DUDETAILSUMMARY: dated region, station, participant, schedule, dispatch type and loss factor.

    Parameters
    ----------
    frame : the table's rows as read, columns named as AEMO names them.
    published : date of the file; its claims beyond that are only extrapolated.
    stations, participants : id -> name (:func:`read_names`); an id without a name stands for itself.
    """
    table = _upper(frame, "DUDETAILSUMMARY", ("DUID", "START_DATE", "END_DATE", "REGIONID"))
    as_of = _as_of(table, published)
    rows = pd.DataFrame({"duid": _text(table, "DUID")})
    rows["start"], rows["end"] = _date(table, "START_DATE"), _date(table, "END_DATE")
    rows["end"] = rows["end"].where(rows["end"] < NO_END)
    rows["changed"] = _date(table, "LASTCHANGED")
    rows["region"] = _regions(_text(table, "REGIONID"))
    station, owner = _text(table, "STATIONID"), _text(table, "PARTICIPANTID")
    rows["station"] = station.map(lambda i: (stations or {}).get(i, i))
    rows["owner"] = owner.map(lambda i: (participants or {}).get(i, i))
    rows["dispatch_type"] = _dispatch_types(_text(table, "DISPATCHTYPE"))
    rows["role"] = rows["dispatch_type"].map(role_of)
    rows["schedule_type"] = _text(table, "SCHEDULE_TYPE").map(schedule_of)
    rows["mlf"] = _number(table, "TRANSMISSIONLOSSFACTOR").where(lambda s: s > 0)
    rows = rows[(rows["duid"] != "") & rows["start"].notna()]
    rows = rows.sort_values(["duid", "start", "changed"], kind="stable", na_position="first")
    rows = rows.drop_duplicates(["duid", "start"], keep="last")
    rows = rows[~(rows["end"] <= rows["start"])]
    dated = claims_of(
        rows, ("region", "station", "owner", "dispatch_type", "role", "schedule_type", "mlf"), "dudetailsummary", as_of,
        start="start",
    )  # fmt: skip
    span = rows.groupby("duid").agg(registered_from=("start", "min"), last=("start", "idxmax")).reset_index()
    span["registered_to"] = rows["end"].reindex(span["last"]).to_numpy()
    whole = claims_of(
        span, ("registered_from", "registered_to"), "dudetailsummary", as_of, keep_empty=("registered_to",)
    )
    return pd.concat([dated, whole], ignore_index=True)


def read_dudetail(frame: pd.DataFrame, published: pd.Timestamp | None = None) -> pd.DataFrame:
    """Claims of DUDETAIL: registered capacity, storage and dispatch type from each EFFECTIVEDATE on.

    Of several versions for one date the highest VERSIONNO counts.
    """
    table = _upper(frame, "DUDETAIL", ("DUID", "EFFECTIVEDATE", "REGISTEREDCAPACITY"))
    rows = pd.DataFrame({"duid": _text(table, "DUID")})
    rows["start"], rows["version"] = _date(table, "EFFECTIVEDATE"), _number(table, "VERSIONNO").fillna(0)
    rows["dispatch_type"] = _dispatch_types(_text(table, "DISPATCHTYPE"))
    rows["role"] = rows["dispatch_type"].map(role_of)
    rows["capacity_mw"] = _number(table, "REGISTEREDCAPACITY").where(lambda s: s > 0)
    rows["storage_mwh"] = _number(table, "MAXSTORAGECAPACITY").where(lambda s: s > 0)
    rows = rows[(rows["duid"] != "") & rows["start"].notna()].sort_values(["duid", "start", "version"], kind="stable")
    rows = rows.drop_duplicates(["duid", "start"], keep="last")
    return claims_of(
        rows, ("capacity_mw", "dispatch_type", "role", "storage_mwh"), "dudetail", _as_of(table, published),
        start="start",
    )  # fmt: skip


def read_names(frame: pd.DataFrame, table: str) -> dict[str, str]:
    """Id -> name from STATION or PARTICIPANT, names in capitals put into ordinary writing."""
    identity, name = {"STATION": ("STATIONID", "STATIONNAME"), "PARTICIPANT": ("PARTICIPANTID", "NAME")}[table]
    rows = _upper(frame, table, (identity, name))
    changed = _date(rows, "LASTCHANGED").fillna(pd.Timestamp("1990-01-01"))
    rows = rows.assign(_at=changed).sort_values("_at", kind="stable")
    return {i: _readable(n) for i, n in zip(_text(rows, identity), _text(rows, name), strict=True) if i and n}


_ABBREVIATIONS = frozenset(
    ["AGL", "EDL", "LFG", "PS", "GT", "BESS", "WF", "SF", "NSW", "QLD", "SA", "TAS", "VIC", "KRC", "HVDC", "NSCAS"]
)


def _readable(name: str) -> str:
    """Capitals into ordinary writing: AGL KEMPS CREEK -> AGL Kemps Creek; ids and abbreviations stay."""
    if not name.isupper() or " " not in name:
        return name
    return " ".join(w if w in _ABBREVIATIONS or not w.isalpha() else w.capitalize() for w in name.split())


def read_cdeii(frame: pd.DataFrame, published: pd.Timestamp | None = None) -> pd.DataFrame:
    """Claims of the CDEII list of available generators: emissions factor, energy source, station, region.

    A DUID with several generator sets gets the mean of their factors where they differ.
    """
    table = _upper(frame, "CO2EII_AVAILABLE_GENERATORS", ("DUID", "CO2E_EMISSIONS_FACTOR"))
    rows = pd.DataFrame({"duid": _text(table, "DUID")})
    rows["station"], rows["region"] = _text(table, "STATIONNAME").map(_readable), _text(table, "REGIONID").str.upper()
    rows["dispatch_type"] = ""
    rows[["fuel", "fueltech"]] = _kinds(rows, _text(table, "CO2E_ENERGY_SOURCE"), pd.Series("", index=table.index))
    rows["emissions_t_per_mwh"] = _number(table, "CO2E_EMISSIONS_FACTOR")
    rows = rows[(rows["duid"] != "") & rows["region"].isin([*REGIONS, ""])]
    how: dict[str, Any] = dict.fromkeys(("station", "region", "fuel", "fueltech"), _first)
    units = rows.groupby("duid", sort=True).agg({**how, "emissions_t_per_mwh": "mean"}).reset_index()
    return claims_of(units, [c for c in units.columns if c != "duid"], "cdeii", published)


__all__ = [
    "BIDIRECTIONAL",
    "CLAIM_COLUMNS",
    "GENERATOR",
    "LOAD",
    "empty_claims",
    "read_cdeii",
    "read_dudetail",
    "read_dudetailsummary",
    "read_generation_information",
    "read_names",
    "read_registration",
]
