"""What follows about a unit where no source speaks: names, roles, pumps, battery halves, retired plant.

AEMO's lists hold the plant of their day. SCADA goes back to 2009, so units that closed before the
oldest list, and batteries that were registered as two DUIDs until mid 2024, are known to the history of
registration (dates, region, capacity) but to no list of fuels. The rules below are the last resort: a
source that knows better always wins, and what they add carries no origin, so it is worked out afresh
whenever registries are merged.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from components.ingest.fuel_words import OTHER, classify
from components.vocabulary import FUELTECHS, GENERATOR, LOAD, UNMAPPED

# Well-known plant by id -> (fueltech, region where even that is unknown).
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"HWPS\d|APS|MOR\d|NPS(NL)?\d|PLAYF?B.*", "coal_brown", ""),  # Hazelwood, Anglesea, Morwell, Northern, Playford
    (r"MM[34]|WW[78]|CALL_A_\d|COLNSV_\d|SWAN_B_\d|REDBANK1", "coal_black", ""),
    (r"BELLBAY[12]|TORRA\d", "gas_steam", ""),
    (r"OSB0[12]|KKGTS", "gas_ccgt", ""),
    (r"LYGS\d|VPGS|SWAN_[ACD](_\d)?|MRIDGE|NGTS|LAVNORTH|KRCCOGEN|DRYCNL\d?|MINTNL\d|TORNL\d|LONGFORD", "gas_ocgt", ""),
    (r"DAANDINE|BBASEHOS", "gas_recip", ""),
    (r"ANGAS\d|STANV\d|HEZ|AMCORGR|BBDISEL1|CATAGUN1|GEORGTN\d|MEADOWB2|PORTLAT1|QUERIVE1", "distillate", ""),
    (r"SNOWY\d|TUMUT\d-\d|GUTH-\d|WG01|CLOVER\d|MCKAY\d|BLOWER|MIDLDPS1", "hydro", ""),
    (r"PIONEER|VICMILL\d|SUNCOAST|FARLEIGH|TBLD", "bioenergy_biomass", ""),
    (r"BERWICK|HIGHBRY1|TEATREE1|PEDLER1", "bioenergy_biogas", ""),
    (r"SNOWYGJP|SNWYGJP\d", "pumps", ""),  # Jindabyne pumps
    (r"KIDSPHG\d", "hydro", "QLD1"),  # Kidston pumped hydro
    (r"KIDSPHL\d", "pumps", "QLD1"),
)
# Halves of batteries whose ids do not follow the rule xxxG1 / xxxL1 -> xxx1.
_HALVES = {
    "BBATTERY": ("BBATRY1", GENERATOR),
    "BBATRYL1": ("BBATRY1", LOAD),
    "DALNTH01": ("DALNTH1", GENERATOR),
}
_NO_PLANT = re.compile(r"smelter|zinc|reserve trader|dummy|hvdc|interconnector|ancillary|\ba\.s\.", re.IGNORECASE)


def battery_half(duid: str) -> tuple[str, str] | None:
    """The bidirectional DUID that replaced one half of a battery, and the half's role.

    >>> battery_half("HPRL1"), battery_half("RESS1G")
    (('HPR1', 'load'), ('RESS1', 'generator'))
    """
    if duid in _HALVES:
        return _HALVES[duid]
    found = re.match(r"^(\w*?)([GL])(\d*)$", duid)
    return (found[1] + found[3], GENERATOR if found[2] == "G" else LOAD) if found else None


def complete(units: pd.DataFrame) -> pd.DataFrame:
    """The registry with its blanks filled by rules (see the module).

    In this order: battery halves take station, owner, region, capacity and storage (the generating half)
    from the battery; then fuels by id, by what all the other units of the station burn, by the words
    of the station's name; loads of hydro stations are pumps; what is left is ``unmapped``. A unit without
    a dispatch type generates.
    """
    out = units.copy()
    _fill_halves(out)
    out["station"] = out["station"].where(out["station"] != "", out["duid"])
    _fill_fuels(out)
    for column in ("fuel", "fueltech"):
        out[column] = out[column].where(out[column] != "", UNMAPPED)
    out["role"] = out["role"].where(out["role"] != "", np.where(out["fuel"] == "pumps", LOAD, GENERATOR))
    at_hydro = out["station"].isin(set(out.loc[out["fuel"] == "hydro", "station"]))
    pumps = (out["role"] == LOAD) & ((out["fuel"] == "hydro") | ((out["fuel"] == UNMAPPED) & at_hydro))
    out.loc[pumps, ["fuel", "fueltech"]] = "pumps"
    return out


def _fill_halves(out: pd.DataFrame) -> None:
    newest = out.drop_duplicates("duid", keep="last").set_index("duid")
    batteries = newest[newest["fuel"] == "battery"]
    for i in out.index[out["fuel"] == ""]:
        half = battery_half(str(out.at[i, "duid"]))
        if half is None or half[0] not in batteries.index:
            continue
        whole = batteries.loc[half[0]]
        nameless = out.at[i, "station"] in ("", out.at[i, "duid"])
        for column in ("station", "owner", "region", "schedule_type"):
            if out.at[i, column] == "" or (column == "station" and nameless):
                out.at[i, column] = whole[column]
        out.loc[i, ["fuel", "fueltech"]] = "battery"
        out.at[i, "role"] = half[1]
        if np.isnan(out.at[i, "capacity_mw"]):
            out.at[i, "capacity_mw"] = whole["capacity_mw"]
        # The energy is stored once: counted with the half that discharges.
        if half[1] == GENERATOR and np.isnan(out.at[i, "storage_mwh"]):
            out.at[i, "storage_mwh"] = whole["storage_mwh"]


def _fill_fuels(out: pd.DataFrame) -> None:
    known = out[~out["fueltech"].isin(["", "pumps", "gas_other"]) & (out["role"] != LOAD)]
    by_station = known.groupby("station")["fueltech"].agg(lambda s: s.iloc[0] if s.nunique() == 1 else "").to_dict()
    blank = out["fueltech"].isin(["", "gas_other"])
    for i in out.index[blank]:
        duid, station, was = str(out.at[i, "duid"]), str(out.at[i, "station"]), out.at[i, "fueltech"]
        tech = next((t for pattern, t, _ in _KNOWN if re.fullmatch(pattern, duid)), "")
        if not out.at[i, "region"]:
            out.at[i, "region"] = next((r for pattern, _, r in _KNOWN if re.fullmatch(pattern, duid)), "")
        if not tech and out.at[i, "role"] != LOAD:
            tech = by_station.get(station, "")
        if not tech and not was:
            kind = OTHER if _NO_PLANT.search(station) else classify(station, region=str(out.at[i, "region"]))
            tech = kind.fueltech if kind.fuel != UNMAPPED else ""
        # A source that said "gas" is refined to a gas technology, never contradicted.
        if tech and (not was or FUELTECHS[tech] == "gas"):
            out.loc[i, "fueltech"] = tech
            out.loc[i, "fuel"] = FUELTECHS[tech]
