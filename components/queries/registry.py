"""The registry of units and stations: search, filters, facets, one station in full."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import param

from components.queries.base import Names, Query, Result, register
from components.queries.units import UnitTable, matching, unit_table
from components.store.snapshot import Snapshot
from components.vocabulary import LOAD

_UNIT_COLUMNS = (
    "duid", "station", "owner", "region", "fuel", "fueltech", "role", "dispatch_type", "schedule_type", "capacity_mw",
    "storage_mwh", "mlf", "emissions_t_per_mwh", "registered_from", "registered_to",
)  # fmt: skip
_STATION_COLUMNS = (
    "station", "owner", "region", "fuel", "fueltech", "capacity_mw", "storage_mwh", "units", "duid", "has_data", "retired",
)  # fmt: skip
PSEUDO = r"(?:DG|RT)_"
"""Beginning of a DUID that stands for no plant: AEMO's dummy generators and reserve traders, with nominal capacities."""
_NUMBERS = ("capacity_mw", "storage_mwh", "mlf", "emissions_t_per_mwh", "units")
_FACETS = ("region", "fuel", "fueltech", "role", "schedule_type", "owner")
LEAST_SCORE = 0.5
"""How alike a word must be to count as found; exact 1, beginning 0.9, part 0.8, misspelt below."""

LEAST_SPELLING = 0.72
"""How alike two words must be to count as one misspelt."""


def likeness(question: str, text: str) -> float:
    """How well a text answers a search, 0 to 1, without regard to case.

    Every word of the question must be found: as the beginning or a part of the text, or of a word that is
    spelt nearly so. The score is that of the worst word.

    >>> likeness("erar", "Eraring")
    0.9
    """
    whole = text.lower()
    asked = question.lower().strip()
    if not asked or whole == asked:
        return 1.0
    if whole.startswith(asked):
        return 0.9
    scores = []
    for word in asked.split()[:8]:
        if word in whole:
            scores.append(0.85 if any(w.startswith(word) for w in whole.split()) else 0.8)
            continue
        best = max((_spelling(word, w) for w in whole.split()[:20]), default=0.0) if len(word) > 2 else 0.0
        if not best:
            return 0.0
        scores.append(0.75 * best)
    return min(scores)


def _spelling(word: str, other: str) -> float:
    """Likeness of two words, 0 where it is too small to matter."""
    # Lengths alone rule most words out before their letters are compared.
    if 2 * min(len(word), len(other)) < LEAST_SPELLING * (len(word) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, word, other)
    if matcher.quick_ratio() < LEAST_SPELLING:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= LEAST_SPELLING else 0.0


@register
class Stations(Query):
    """Stations and units of the registry."""

    route = "stations"
    page = "stations"
    title = "Stations and units"
    description = (
        "The registry as it stands at the newest data: units, or stations with by=station. q searches names, DUIDs and "
        "owners, forgiving spelling. Units that only the data knows are listed as unmapped. AEMO's dummy generators and "
        "reserve traders (DG_…, RT_…) are found by q, station or duid only."
    )
    row_columns = {
        "duid": ("", "Dispatchable unit identifier; with by=station all of them, joined by spaces"),
        "station": ("", "Station"),
        "owner": ("", "Registered participant; with by=station that of the largest capacity"),
        "region": ("", "Region, empty where unknown; with by=station that of the largest capacity"),
        "fuel": ("", "Fuel; with by=station that of the largest capacity"),
        "fueltech": ("", "Fuel technology; with by=station that of the largest capacity"),
        "role": ("", "generator, load or bidirectional"),
        "dispatch_type": ("", "AEMO's dispatch type"),
        "schedule_type": ("", "Scheduled, Semi-Scheduled or Non-Scheduled"),
        "capacity_mw": (
            "MW",
            "Registered capacity; with by=station the sum of generating units in force (with readings, if any has some)",
        ),
        "storage_mwh": ("MWh", "Energy storage capacity"),
        "mlf": ("", "Marginal loss factor"),
        "emissions_t_per_mwh": ("t/MWh", "Emissions factor"),
        "registered_from": ("", "First day of registration"),
        "registered_to": ("", "End of registration, null while registered"),
        "units": ("", "Number of units (with by=station)"),
        "has_data": ("", "Whether SCADA has readings of it"),
        "retired": ("", "Whether its registration had ended at the newest data; of a station, that of every unit"),
    }
    examples = ("q=erar", "region=SA1&fuel=battery", "by=station&fuel=wind")

    q = param.String(default="", doc="Search in station names, DUIDs and owners; spelling is forgiven.")
    region = Names(default=[], vocabulary="region", doc="Regions; none or NEM = all.")
    fuel = Names(default=[], vocabulary="fuel", doc="Fuels.")
    fueltech = Names(default=[], vocabulary="fueltech", doc="Fuel technologies.")
    station = Names(default=[], vocabulary="station", doc="Stations (repeat the parameter for several).")
    duid = Names(default=[], vocabulary="duid", doc="Units by DUID.")
    owner = Names(default=[], vocabulary="owner", doc="Owners (repeat the parameter for several).")
    by: Any = param.Selector(default="duid", objects=["duid", "station"], doc="One row per unit or per station.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(set(unit_table(snapshot).duid))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        table = unit_table(snapshot)
        frame = registry_now(snapshot)
        chosen = matching(
            table, region=self.region, fuel=self.fuel, fueltech=self.fueltech,
            station=self.station, duid=self.duid, owner=self.owner,
        )  # fmt: skip
        if chosen is not None:
            frame = frame[chosen[_rows_now(table, snapshot)]]
        if not (self.q.strip() or self.station or self.duid):
            frame = frame[~frame["duid"].str.match(PSEUDO)]
        if self.q.strip():
            found = {
                text: likeness(self.q, text) for text in {*frame["station"], *frame["duid"], *frame["owner"]} if text
            }
            # A station or DUID counts a little more than an owner.
            score = np.maximum(
                frame["station"].map(found).fillna(0.0),
                np.maximum(frame["duid"].map(found).fillna(0.0), 0.95 * frame["owner"].map(found).fillna(0.0)),
            )
            score = np.asarray(score, "float64")
            if self.by == "station":  # a station that is found by one of its units is shown as a whole
                score = pd.Series(score).groupby(frame["station"].to_numpy()).transform("max").to_numpy()
            frame = frame.assign(_score=score)[score >= LEAST_SCORE]
            frame = frame.sort_values(["_score", "station", "duid"], ascending=[False, True, True]).drop(
                columns="_score"
            )
        facets = {f: {str(k): int(n) for k, n in frame[f].value_counts().items() if k != ""} for f in _FACETS}
        if self.by == "station":
            frame = by_station(frame, _moment(snapshot))
        return Result(
            frame.reset_index(drop=True), _number_units(frame), None, None, version=snapshot.version, source=snapshot.sources,
            expected=len(frame), present=len(frame), extra={"facets": facets},
        )  # fmt: skip


def _moment(snapshot: Snapshot) -> np.datetime64:
    newest = snapshot.last("scada") or snapshot.last("price") or pd.Timestamp("2100-01-01")
    return np.datetime64(newest, "us")


def _rows_now(table: UnitTable, snapshot: Snapshot) -> np.ndarray:
    return table.rows_at(tuple(sorted(set(table.duid.tolist()))), _moment(snapshot))


_now: WeakKeyDictionary[Snapshot, pd.DataFrame] = WeakKeyDictionary()


def registry_now(snapshot: Snapshot) -> pd.DataFrame:
    """The registry at the newest data: a row per unit, by station and DUID of the data's order.

    Sorted by DUID; ``has_data`` is true where SCADA has readings of the unit, ``retired`` where its registration had
    ended. Made once, and gone with the snapshot: not to be written to.
    """
    frame = _now.get(snapshot)
    if frame is None:
        moment = _moment(snapshot)
        frame = snapshot.units_at(moment).reset_index().sort_values("duid", kind="stable")
        frame = frame[list(_UNIT_COLUMNS)].reset_index(drop=True)
        frame["has_data"] = frame["duid"].isin(set(snapshot.keys("scada")))
        frame["retired"] = frame["registered_to"] <= moment
        _now[snapshot] = frame
    return frame


def by_station(frame: pd.DataFrame, moment: np.datetime64) -> pd.DataFrame:
    """Units put together into stations, in the order in which the stations first appear.

    Capacity and storage are sums (capacity of generating units; missing where none is known), owner, region and fuel
    those of the unit with the largest capacity; all of them over the units that make up the station at ``moment``
    (:func:`_in_force`). ``units`` and ``duid`` are all that it ever had.
    """
    stations: dict[str, list[dict[Any, Any]]] = {}
    for unit in frame.to_dict("records"):
        stations.setdefault(unit["station"], []).append(unit)
    rows = []
    for station, units in stations.items():
        standing = _in_force(units, moment)
        biggest = max(standing, key=lambda u: -1.0 if np.isnan(u["capacity_mw"]) else u["capacity_mw"])
        rows.append(
            {
                "station": station,
                **{c: biggest[c] for c in ("owner", "region", "fuel", "fueltech")},
                "capacity_mw": _known_sum([u["capacity_mw"] for u in standing if u["role"] != LOAD]),
                "storage_mwh": _known_sum([u["storage_mwh"] for u in standing]),
                "units": len(units),
                "duid": " ".join(u["duid"] for u in units),
                "has_data": any(u["has_data"] for u in units),
                "retired": all(u["retired"] for u in units),
            }
        )
    return pd.DataFrame(rows, columns=list(_STATION_COLUMNS))


def _in_force(units: list[dict[Any, Any]], moment: np.datetime64) -> list[dict[Any, Any]]:
    """The units that tell what a station is: those registered at a moment, all where none is; of these the ones with
    readings, all where none has any.

    Stations keep DUIDs of decades: Tumut 3 would be counted twice with the one that ended in 2001.
    """
    begun = [u for u in units if pd.isna(u["registered_from"]) or u["registered_from"] <= moment]
    standing = [u for u in begun if not u["retired"]] or units
    return [u for u in standing if u["has_data"]] or standing


def _known_sum(values: list[float]) -> float:
    known = [v for v in values if not np.isnan(v)]
    return sum(known) if known else float("nan")


@register
class StationUnits(Query):
    """One station with all its units."""

    route = "stations/{station}"
    page = "stations"
    title = "One station"
    description = (
        "The units of one station, asked for by its name or by one of its DUIDs. The answer's meta holds the station as "
        "a whole and the dated rows of its units' registration."
    )
    row_columns = {c: Stations.row_columns[c] for c in (*_UNIT_COLUMNS, "has_data", "retired")}

    station = Names(default=[], vocabulary="place", doc="Name of a station, or one of its DUIDs.")

    def rows_at_most(self, snapshot: Snapshot) -> int:
        return len(set(unit_table(snapshot).duid))

    def run(self, snapshot: Snapshot) -> Result:
        self.ensure(snapshot)
        frame = registry_now(snapshot)
        stations = {*self.station, *frame.loc[frame["duid"].isin(self.station), "station"]}
        mine = frame[frame["station"].isin(stations)].reset_index(drop=True)
        whole = [_plain(row) for row in by_station(mine, _moment(snapshot)).to_dict("records")]
        dated = snapshot.units
        dated = dated[dated["duid"].isin(set(mine["duid"]))]
        extra = {"stations": whole, "history": [_plain(row) for row in dated.to_dict("records")]}
        return Result(
            mine, _number_units(mine), None, None, version=snapshot.version, source=snapshot.sources,
            expected=len(mine), present=len(mine), extra=extra,
        )  # fmt: skip


def _number_units(frame: pd.DataFrame) -> dict[str, str]:
    return {c: Stations.row_columns[c][0] for c in _NUMBERS if c in frame}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as plain JSON values: dates as ISO texts, missing as None."""
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, pd.Timestamp):
            out[str(key)] = value.strftime("%Y-%m-%dT%H:%M:%S+10:00")
        else:
            out[str(key)] = value if isinstance(value, str) or not pd.isna(value) else None
    return out
