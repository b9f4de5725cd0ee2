"""Rows of the picture of all units: in which order they stand, and which groups they make."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from components.store.snapshot import Snapshot
from components.vocabulary import FUELS, NEM, REGIONS

GROUPS = ("fuel", "region", "station")


@dataclass(frozen=True)
class Group:
    """Neighbouring rows that belong together: rows ``first`` … ``end`` - 1."""

    name: str
    first: int
    end: int


@dataclass(frozen=True, eq=False)
class UnitRows:
    """Units from the bottom row up; the first group is the topmost.

    ``station fuel region`` (K,) object, ``capacity_mw`` (K,) float: the registry as it stands at the newest reading.
    """

    duids: tuple[str, ...]
    station: np.ndarray
    fuel: np.ndarray
    region: np.ndarray
    capacity_mw: np.ndarray
    groups: tuple[Group, ...]

    def __len__(self) -> int:
        return len(self.duids)


_kept: WeakKeyDictionary[Snapshot, dict[tuple[str, str, str], UnitRows]] = WeakKeyDictionary()
_lock = Lock()


def unit_rows(snapshot: Snapshot, region: str, fuel: str, group: str) -> UnitRows:
    """Every unit with readings of a region (``NEM`` = all) and fuel ("" = all), in groups.

    Parameters
    ----------
    group : one of :data:`GROUPS`. Groups of fuels and regions stand in the vocabulary's order, stations by fuel and
        size; within a group regions (or fuels) stay together, the largest units first.
    """
    with _lock:
        kept = _kept.setdefault(snapshot, {})
        key = (region, fuel, group)
        if key not in kept:
            kept[key] = _arranged(snapshot, region, fuel, group)
        return kept[key]


def _arranged(snapshot: Snapshot, region: str, fuel: str, group: str) -> UnitRows:
    newest = snapshot.last("scada")
    table = snapshot.units_at(newest if newest is not None else pd.Timestamp("2000-01-01"), snapshot.keys("scada"))
    table = table.reset_index()
    table["fuel"] = table["fuel"].where(table["fuel"] != "", "unmapped")
    table["station"] = table["station"].where(table["station"] != "", table["duid"])
    keep = np.ones(len(table), bool)
    if region != NEM:
        keep &= (table["region"] == region).to_numpy()
    if fuel:
        keep &= (table["fuel"] == fuel).to_numpy()
    table = table[keep]
    order = {
        "fuel": table["fuel"].map({f: i for i, f in enumerate(FUELS)}).fillna(len(FUELS)),
        "region": table["region"].map({r: i for i, r in enumerate(REGIONS)}).fillna(len(REGIONS)),
        "size": -table["capacity_mw"].fillna(0),
    }
    whole = table.groupby("station")["capacity_mw"].transform("sum")
    by = {
        "fuel": [order["fuel"], order["region"], order["size"]],
        "region": [order["region"], order["fuel"], order["size"]],
        "station": [order["fuel"], -whole, table["station"], table["duid"]],
    }[group]
    ranks = pd.DataFrame(dict(enumerate([*by, table["duid"]])), index=table.index)
    table = table.loc[ranks.sort_values(list(ranks.columns), kind="stable").index[::-1]]
    names = table[group].astype(str).tolist()
    edges = [0, *(i for i in range(1, len(names)) if names[i] != names[i - 1]), len(names)]
    groups = [Group(names[a], a, b) for a, b in pairwise(edges) if b > a]
    return UnitRows(
        tuple(table["duid"].astype(str)),
        table["station"].to_numpy(object), table["fuel"].to_numpy(object), table["region"].to_numpy(object),
        table["capacity_mw"].to_numpy(float), tuple(groups[::-1]),
    )  # fmt: skip
