"""What follows about a unit where no source speaks: names, roles, pumps, battery halves, retired plant.

AEMO's lists hold the plant of their day. SCADA goes back to 2009, so units that closed before the
oldest list, and batteries that were registered as two DUIDs until mid 2024, are known to the history of
registration (dates, region, capacity) but to no list of fuels. The rules below are the last resort: a
source that knows better always wins, and what they add carries no origin, so it is worked out afresh
whenever registries are merged.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

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
_SOME_TECHNOLOGY = {
    "gas": "gas_other",
    "coal": "coal_black",
    "bioenergy": "bioenergy_biomass",
    "solar": "solar_utility",
}
"""What a fuel's technology is called where nobody knows it."""
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
    batteries: dict[Any, dict[Hashable, Any]] = newest[newest["fuel"] == "battery"].to_dict("index")
    for duid in out.loc[out["fuel"] == "", "duid"].unique():
        half = battery_half(duid)
        if half is None or half[0] not in batteries:
            continue
        whole, role = batteries[half[0]], half[1]
        rows = out["duid"] == duid
        for column in ("station", "owner", "region", "schedule_type"):
            out.loc[rows & out[column].isin(["", duid]), column] = whole[column]
        out.loc[rows, ["fuel", "fueltech"]] = "battery"
        out.loc[rows, "role"] = role
        # The energy is stored once: counted with the half that discharges.
        for column in ("capacity_mw", "storage_mwh") if role == GENERATOR else ("capacity_mw",):
            out.loc[rows & out[column].isna(), column] = whole[column]


def _fill_fuels(out: pd.DataFrame) -> None:
    # Fuel and technology may come from two sources; where they do not fit, the fuel counts.
    unfit = (out["fueltech"] != "") & (out["fuel"] != "") & (out["fueltech"].map(FUELTECHS) != out["fuel"])
    out.loc[unfit, "fueltech"] = ""
    known = out[~out["fueltech"].isin(["", "pumps"]) & (out["role"] != LOAD)]
    by_station = {str(k): v[0] if len(v) == 1 else "" for k, v in known.groupby("station")["fueltech"].unique().items()}
    blank = out.index[out["fueltech"] == ""]
    columns = ["duid", "station", "region", "role", "fuel"]
    # A unit's rows differ in dates and loss factors: each different question is answered once.
    answers = {key: _guess(key, by_station) for key in set(out.loc[blank, columns].itertuples(index=False, name=None))}
    found = [answers[key] for key in out.loc[blank, columns].itertuples(index=False, name=None)]
    for at, column in enumerate(("fuel", "fueltech", "region")):
        out.loc[blank, column] = [answer[at] for answer in found]


def _guess(unit: tuple[str, ...], by_station: dict[str, str]) -> tuple[str, str, str]:
    """Fuel, fueltech and region of a unit whose technology nobody tells; empty where nothing helps."""
    duid, station, region, role, fuel = unit
    tech, place = next(((t, r) for pattern, t, r in _KNOWN if re.fullmatch(pattern, duid)), ("", ""))
    if not tech and role != LOAD:
        tech = by_station.get(station, "")
    if not tech:
        kind = OTHER if _NO_PLANT.search(station) else classify(station, region=region)
        tech = kind.fueltech if kind.fuel != UNMAPPED else ""
    # A source that names the fuel is refined, never contradicted.
    if fuel and (not tech or FUELTECHS[tech] != fuel):
        tech = _SOME_TECHNOLOGY.get(fuel, fuel)
    return FUELTECHS[tech] if tech else "", tech, region or place
