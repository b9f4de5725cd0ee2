"""Readers of AEMO's tables about units: DUDETAILSUMMARY, DUDETAIL, STATION, PARTICIPANT and the CDEII list.

Each takes the rows of a table, columns named as AEMO names them, text or typed, and returns claims
(:mod:`components.ingest.registry_claims`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.errors import FileRejected
from components.ingest.fuel_words import role_of, schedule_of
from components.ingest.registry_claims import (
    claims_of,
    dates,
    dispatch_types,
    first_known,
    kinds_of,
    numbers,
    regions,
    texts,
)
from components.vocabulary import REGIONS

NO_END = pd.Timestamp("2900-01-01")
"""END_DATE 2999-12-31 means "no end"; anything from here on is taken so."""


def _upper(frame: pd.DataFrame, table: str, needed: Sequence[str]) -> pd.DataFrame:
    out = frame.rename(columns=lambda c: str(c).strip().upper())
    missing = [c for c in needed if c not in out]
    if missing:
        raise FileRejected(
            f"{table}: column {', '.join(missing)} is missing; found {', '.join(map(str, out.columns[:8]))}"
        )
    return out.loc[:, ~out.columns.duplicated()].reset_index(drop=True)


def _as_of(frame: pd.DataFrame, published: pd.Timestamp | None) -> pd.Timestamp | None:
    """Publication, else the newest LASTCHANGED: nothing in the frame can be younger."""
    if published is not None and not pd.isna(published):
        return pd.Timestamp(published)
    changed = dates(frame, "LASTCHANGED")
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
    rows = pd.DataFrame({"duid": texts(table, "DUID")})
    rows["start"], rows["end"] = dates(table, "START_DATE"), dates(table, "END_DATE")
    rows["end"] = rows["end"].where(rows["end"] < NO_END)
    rows["changed"] = dates(table, "LASTCHANGED")
    rows["region"] = regions(texts(table, "REGIONID"))
    station, owner = texts(table, "STATIONID"), texts(table, "PARTICIPANTID")
    rows["station"] = station.map(lambda i: (stations or {}).get(i, i))
    rows["owner"] = owner.map(lambda i: (participants or {}).get(i, i))
    rows["dispatch_type"] = dispatch_types(texts(table, "DISPATCHTYPE"))
    rows["role"] = rows["dispatch_type"].map(role_of)
    rows["schedule_type"] = texts(table, "SCHEDULE_TYPE").map(schedule_of)
    rows["mlf"] = numbers(table, "TRANSMISSIONLOSSFACTOR").where(lambda s: s > 0)
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
    rows = pd.DataFrame({"duid": texts(table, "DUID")})
    rows["start"], rows["version"] = dates(table, "EFFECTIVEDATE"), numbers(table, "VERSIONNO").fillna(0)
    rows["dispatch_type"] = dispatch_types(texts(table, "DISPATCHTYPE"))
    rows["role"] = rows["dispatch_type"].map(role_of)
    rows["capacity_mw"] = numbers(table, "REGISTEREDCAPACITY").where(lambda s: s > 0)
    rows["storage_mwh"] = numbers(table, "MAXSTORAGECAPACITY").where(lambda s: s > 0)
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
    changed = dates(rows, "LASTCHANGED").fillna(pd.Timestamp("1990-01-01"))
    rows = rows.assign(_at=changed).sort_values("_at", kind="stable")
    return {i: _readable(n) for i, n in zip(texts(rows, identity), texts(rows, name), strict=True) if i and n}


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
    rows = pd.DataFrame({"duid": texts(table, "DUID")})
    rows["station"], rows["region"] = texts(table, "STATIONNAME").map(_readable), texts(table, "REGIONID").str.upper()
    rows["dispatch_type"] = ""
    rows[["fuel", "fueltech"]] = kinds_of(rows, texts(table, "CO2E_ENERGY_SOURCE"), pd.Series("", index=table.index))
    rows["emissions_t_per_mwh"] = numbers(table, "CO2E_EMISSIONS_FACTOR")
    rows = rows[(rows["duid"] != "") & rows["region"].isin([*REGIONS, ""])]
    how: dict[str, Any] = dict.fromkeys(("station", "region", "fuel", "fueltech"), first_known)
    units = rows.groupby("duid", sort=True).agg({**how, "emissions_t_per_mwh": "mean"}).reset_index()
    return claims_of(units, [c for c in units.columns if c != "duid"], "cdeii", published)
