"""Whom the stations page is about: a station as a whole or one unit, and the questions about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from components.charts import formats
from components.dashboards.answers import ANSWERS
from components.errors import QueryError
from components.queries.registry import Stations
from components.store.snapshot import Snapshot
from components.vocabulary import FUELTECH_LABELS, REGION_NAMES, REGIONS

REGION_SHORT = {r: r[:-1] for r in REGIONS}
MOST_MEMBERS = 6
"""Stations and units that are compared at once."""


@dataclass(frozen=True)
class Subject:
    """A station, or one unit of it.

    Attributes
    ----------
    by : ``station`` or ``duid``: what ``name`` names, as questions group by it.
    units : DUIDs of the whole station, those with readings first.
    own : its row of the registry (capacity, region, fuel, owner), as it stands at the newest data.
    """

    by: str
    name: str
    station: str
    units: tuple[str, ...]
    own: dict[str, Any] = field(hash=False, compare=False)

    @property
    def key(self) -> str:
        """What tells it from every other subject, in messages of the browser."""
        return f"{self.by}:{self.name}"

    @property
    def duids(self) -> tuple[str, ...]:
        """The units that it is made of."""
        return self.units if self.by == "station" else (self.name,)

    @property
    def title(self) -> str:
        """Its name in a heading."""
        return self.name if self.by == "station" else f"{self.name} · {self.station}"

    @property
    def filters(self) -> dict[str, Any]:
        """The filters of a question about it and nothing else."""
        return {"station": [], "duid": [], "region": [], "fuel": [], "owner": []} | {self.by: [self.name]}

    @property
    def texts(self) -> dict[str, list[str]]:
        """How the address names it."""
        return {self.by: [self.name]}

    @property
    def place(self) -> str:
        """Its region in words."""
        return REGION_NAMES.get(self.own["region"], "region unknown")

    @property
    def technology(self) -> str:
        """Its fuel technology in words."""
        return FUELTECH_LABELS.get(self.own["fueltech"], self.own["fueltech"])


_UNKNOWN = dict.fromkeys(("region", "fuel", "fueltech", "owner"), "") | {"capacity_mw": np.nan, "has_data": False}


def station_subject(snapshot: Snapshot, name: str) -> Subject:
    """A station by its name; the same for every visitor, not to be changed."""
    found: Subject = ANSWERS.get(snapshot, ("station subject", name), lambda: _station(snapshot, name))
    return found


def _station(snapshot: Snapshot, name: str) -> Subject:
    rows = ANSWERS.ask(snapshot, Stations(by="station", station=[name])).frame
    units = ANSWERS.ask(snapshot, Stations(station=[name])).frame
    read = units.sort_values("has_data", ascending=False, kind="stable") if len(units) else units
    own = dict(rows.iloc[0]) if len(rows) else dict(_UNKNOWN)
    return Subject("station", name, name, tuple(read["duid"]) if len(read) else (), own)


def unit_subject(snapshot: Snapshot, duid: str) -> Subject:
    """A unit by its DUID."""
    rows = ANSWERS.ask(snapshot, Stations(duid=[duid])).frame
    if rows.empty:
        return Subject("duid", duid, duid, (duid,), dict(_UNKNOWN))
    own = dict(rows.iloc[0])
    return Subject("duid", duid, str(own["station"]), station_subject(snapshot, str(own["station"])).units, own)


def subject_of(snapshot: Snapshot, key: str) -> Subject:
    """The subject of a key that came back from a browser.

    Raises
    ------
    ValueError
        When it is no key, or names nothing that the registry or the data knows.
    """
    by, _, name = key.partition(":")
    kinds = {"station": station_subject, "duid": unit_subject}
    if by not in kinds or not name:
        raise ValueError(f"{key[:60]!r} names no station and no unit")
    try:
        return kinds[by](snapshot, name)
    except QueryError as wrong:
        raise ValueError(f"no {by} is called {name[:60]!r}") from wrong


def moment_capacity(frame: pd.DataFrame, labels: np.ndarray) -> np.ndarray:
    """Capacity of an answer of ``generation/capacity`` about one subject on given labels [MW], NaN where unknown."""
    out = np.full(len(labels), np.nan)
    times = frame["time"].to_numpy("datetime64[us]")
    at = np.searchsorted(labels, times)
    fits = at < len(labels)
    fits[fits] = labels[at[fits]] == times[fits]
    out[at[fits]] = frame["capacity_mw"].to_numpy("float64")[fits]
    return out


def capacity_words(values: np.ndarray) -> str:
    """Registered capacity over a window: one figure, or from lowest to highest where it changed."""
    known = values[np.isfinite(values)]
    if not known.size:
        return ""
    low, high = float(known.min()), float(known.max())
    if low == high:
        return f"capacity {formats.power(high)}"
    return f"capacity {formats.number(low)} to {formats.power(high)}"
