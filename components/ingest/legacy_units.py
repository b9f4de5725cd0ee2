"""The earlier dashboard's list of units, ``gen_info.{csv,parquet,pkl}``: its words become the program's."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from components.errors import FileRejected
from components.ingest.fuel_words import UNKNOWN, Kind, classify, schedule_of
from components.ingest.registry_claims import claims_of, kind_columns
from components.ingest.safe_pickle import read_pickled_frame
from components.vocabulary import BIDIRECTIONAL, FUELTECHS, GENERATOR, LOAD, REGIONS, UNMAPPED

UNIT_LISTS = ("gen_info.parquet", "gen_info.csv", "gen_info.pkl", "gen_info.pickle")
"""File names, the first that is there is read."""

_UNIT_COLUMNS = {
    "duid": ("duid",),
    "station": ("sitename", "stationname", "station", "name"),
    "owner": ("owner", "participant"),
    "fuel": ("fuel", "fuelsource", "fueltype"),
    "technology": ("technology", "technologytype", "fueltech"),
    "region": ("region", "regionid"),
    "schedule_type": ("schedule", "scheduletype", "classification"),
    "dispatch_type": ("dispatchtype",),
    "capacity_mw": ("capacitymw", "capacity", "regcapmw", "nameplatecapacitymw"),
    "storage_mwh": ("storagemwh", "storage", "storagecapacitymwh"),
}


def read_gen_info(path: Path) -> pd.DataFrame:
    """Claims (see :mod:`components.ingest.registry_claims`) of the earlier dashboard's list of units.

    Raises
    ------
    FileRejected
        It cannot be read, or has no DUID column.
    """
    frame = _read_frame(path)
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    by_name = {re.sub(r"[^a-z]", "", str(c).lower()): c for c in reversed(list(frame.columns))}
    chosen = {to: next((by_name[n] for n in names if n in by_name), None) for to, names in _UNIT_COLUMNS.items()}
    if chosen["duid"] is None:
        raise FileRejected(f"{path.name}: the column DUID is missing; found {', '.join(map(str, frame.columns[:6]))}")
    text = ("duid", "station", "owner", "fuel", "technology", "region", "schedule_type", "dispatch_type")
    rows = pd.DataFrame({c: _words(frame, chosen[c]) for c in text})
    for column in ("capacity_mw", "storage_mwh"):
        source = chosen[column]
        numbers = pd.to_numeric(frame[source].astype(object), errors="coerce") if source is not None else np.nan
        rows[column] = pd.Series(numbers, index=frame.index, dtype="float64").where(lambda s: s > 0)
    rows = rows[rows["duid"] != ""].drop_duplicates("duid").reset_index(drop=True)
    rows["region"] = rows["region"].str.upper().where(lambda r: r.isin(REGIONS), "")
    if chosen["schedule_type"] is not None:
        # In these lists an empty cell means non-scheduled; without the column nothing is known.
        rows["schedule_type"] = rows["schedule_type"].map(schedule_of).replace("", "Non-Scheduled")
    kinds = [
        kind_of(f, t, r, d, s)
        for f, t, r, d, s in zip(
            rows["fuel"], rows["technology"], rows["region"], rows["duid"], rows["station"], strict=True
        )
    ]
    rows[["fuel", "fueltech"]] = kind_columns([kind for kind, _ in kinds], rows.index)
    rows["role"] = [role for _, role in kinds]
    columns = ["station", "owner", "fuel", "fueltech", "region", "role", "schedule_type", "capacity_mw", "storage_mwh"]
    return claims_of(rows, columns, "import", None)


def _read_frame(path: Path) -> pd.DataFrame:
    if path.suffix.lower() in (".pkl", ".pickle"):
        return read_pickled_frame(path)
    try:
        return pd.read_csv(path, dtype=object) if path.suffix.lower() == ".csv" else pd.read_parquet(path)
    except Exception as wrong:  # pandas and pyarrow raise many kinds for a damaged file
        reason = (str(wrong).splitlines() or [type(wrong).__name__])[0][:120]
        raise FileRejected(f"{path.name} cannot be read as a list of units: {reason}") from wrong


def _words(frame: pd.DataFrame, column: object) -> pd.Series:
    if column is None:
        return pd.Series("", index=frame.index, dtype=object)
    return frame[column].map(lambda v: "" if pd.isna(v) else " ".join(str(v).split())).astype(object)


def kind_of(fuel: str, technology: str, region: str, duid: str, station: str) -> tuple[Kind, str]:
    """What a unit of these lists is, and its role ('' = whatever the fuel implies).

    The fuel word decides; where it is general ("Other", "Gas other", "Biomass") the unit's name may say
    more (``SA1_gas_steam``). ``Load`` alone only says that it consumes. A battery is bidirectional unless
    its name says charging or discharging.

    >>> kind_of("Other", "", "NSW1", "NSW1_distillate", "")[0].fueltech
    'distillate'
    >>> kind_of("Battery Storage", "", "SA1", "SA1_battery_charging", "")[1]
    'load'
    """
    name = re.sub(r"[_\W]+", " ", f"{duid} {station}").lower()
    if fuel.lower() == "load":
        return (Kind("pumps", "pumps") if "pump" in name else UNKNOWN), LOAD
    kind = classify(fuel, technology, region=region)
    if kind.fueltech in ("other", "gas_other", "bioenergy_biomass", UNMAPPED) and fuel.lower() != "pseudo":
        named = _named_kind(name)
        if named is not None and (kind.fuel in ("other", UNMAPPED) or named.fuel == kind.fuel):
            kind = named
    if kind.fuel == "pumps":
        return kind, LOAD
    if kind.fuel == "battery":
        if re.search(r"discharg", name):
            return kind, GENERATOR
        return kind, LOAD if re.search(r"charg", name) else BIDIRECTIONAL
    return kind, ""


def _named_kind(name: str) -> Kind | None:
    """A fuel technology of the vocabulary spelled out in a name ("sa1 gas steam"), if any."""
    for tech, fuel in FUELTECHS.items():
        if tech not in (UNMAPPED, "other", "gas_other", "pumps") and tech.replace("_", " ") in name:
            return Kind(fuel, tech)
    return None
