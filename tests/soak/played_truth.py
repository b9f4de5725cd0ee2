"""What a played day must end as: the demo's own numbers, compared with the lake and with every answer of the API."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pandas as pd

from components.ingest.demo.fleet import build_fleet
from components.ingest.demo.registry_files import demo_units
from components.ingest.demo.write import demo_frames
from components.queries.base import REGISTRY
from components.schema import DATASETS
from components.store.lake import Lake

PLAYED = ("price", "region", "flow", "scada", "rooftop")
BESIDE = {"source", "minutes", "changed"}
"""Columns that say where a row came from."""
ROOFTOP_LATE = pd.Timedelta(minutes=30)
Revision = tuple[pd.Timestamp, str, float]


@dataclass(frozen=True)
class Market:
    """The demo market that is played."""

    days: int
    end: pd.Timestamp
    seed: int
    units: int

    @property
    def start(self) -> pd.Timestamp:
        return self.end - pd.Timedelta(days=self.days)


def expected_frames(
    market: Market, shown: pd.Timestamp, missing: set[pd.Timestamp], revised: list[Revision]
) -> dict[str, pd.DataFrame]:
    """Every row that had appeared when the market stood at ``shown``, as last revised."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in PLAYED}
    for name, frame in demo_frames(build_fleet(market.units, market.seed), market.seed, market.start, market.end):
        if name in parts:
            parts[name].append(frame)
    out = {}
    for name, frames in parts.items():
        rows = pd.concat(frames, ignore_index=True)
        last = shown - ROOFTOP_LATE if name == "rooftop" else shown + pd.Timedelta(minutes=5)
        rows = rows[rows["time"] <= last]
        if name != "rooftop":
            rows = rows[~rows["time"].isin(missing)]
        out[name] = rows.reset_index(drop=True)
    for stamp, region, price in revised:
        rows = out["price"]
        rows.loc[(rows["time"] == stamp) & (rows["region"] == region), "rrp"] = price
    return out


@dataclass
class Compared:
    """How many values were looked at, and what is wrong with them."""

    values: int = 0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


def compare_lake(lake: Lake, truth: dict[str, pd.DataFrame]) -> Compared:
    """Every number of every row, both ways."""
    found = Compared()
    for name, rows in truth.items():
        keys, numbers = _columns(name, rows)
        months = sorted({str(p) for p in (rows["time"] - pd.Timedelta(microseconds=1)).dt.to_period("M").unique()})
        have = pd.concat([lake.read(name, month) for month in months], ignore_index=True)
        both = _plain(rows, keys, numbers).merge(
            _plain(have, keys, numbers), how="outer", on=keys, suffixes=("", "_read"), indicator=True
        )
        lost, extra = both["_merge"] == "left_only", both["_merge"] == "right_only"
        found.lost += int(lost.sum()) * len(numbers)
        for told, which in (("is lost", lost), ("was never published", extra)):
            found.wrong += [f"{name}: {_row(row, keys)} {told}" for row in both[which].head(5).to_dict("records")]
        shared = both[both["_merge"] == "both"]
        found.values += len(shared) * len(numbers)
        for number in numbers:
            a, b = shared[number], shared[f"{number}_read"]
            other = shared[~((a == b) | (a.isna() & b.isna()))]
            found.wrong += [
                f"{name}: {number} of {_row(row, keys)} is {row[f'{number}_read']}, published was {row[number]}"
                for row in other.head(5).to_dict("records")
            ]
    return found


def _columns(name: str, rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    keys = ["time", *(k for k in DATASETS[name].key if k != "time")]
    numbers = [c for c in rows if c not in {*keys, *BESIDE} and rows[c].dtype.kind in "fi"]
    return keys, numbers


def _plain(rows: pd.DataFrame, keys: list[str], numbers: list[str]) -> pd.DataFrame:
    rows = rows[[*keys, *numbers]].astype({k: str for k in keys if k != "time"})
    return rows.astype(dict.fromkeys(numbers, "float32")).astype(dict.fromkeys(numbers, "float64"))


def _row(row: dict[Any, Any], keys: list[str]) -> str:
    return " ".join(str(row[k]) for k in keys)


def write_truth(lake: Lake, market: Market, truth: dict[str, pd.DataFrame]) -> None:
    """A lake that was written at once, to ask the same questions of."""
    with lake.begin(demo=True) as changes:
        for name, rows in truth.items():
            changes.add(name, rows)
        changes.set_units(demo_units(build_fleet(market.units, market.seed)))
        changes.publish()


def addresses(begin: pd.Timestamp, end: pd.Timestamp, station: str) -> Iterator[str]:
    """Every question of the API: over the played window, and as its examples ask it."""
    window = f"start={begin.isoformat()}&end={end.isoformat()}"
    for route, question in REGISTRY.items():
        path = f"/api/{route}".replace("{station}", station)
        names = question.parameters()
        asked = [*question.examples, window if "start" in names else ""]
        asked += [f"{window}&interval=5m"] if {"start", "interval"} <= set(names) else []
        for query in dict.fromkeys(asked):
            yield f"{path}?{query}" if query else path


def compare_api(played: str, truth: str, paths: list[str]) -> Compared:
    """The same addresses of two servers: each number alike to the last digits that a sum may differ in."""
    found = Compared()
    with httpx.Client(timeout=120) as client:
        for path in paths:
            one, other = client.get(played + path), client.get(truth + path)
            if one.status_code != other.status_code:
                found.wrong.append(f"{path}: {one.status_code}, of the truth {other.status_code}")
            elif one.status_code == 200:
                differing = list(_differences(one.json()["data"], other.json()["data"], found))
                found.wrong += [f"{path}: {told}" for told in differing[:3]]
            elif one.status_code >= 500:
                found.wrong.append(f"{path}: {one.status_code}")
    return found


def _differences(one: Any, other: Any, found: Compared, place: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _differences(one[name], other[name], found, f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _differences(a, b, found, f"{place}[{at}]")
    else:
        found.values += 1
        if isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6):
            return
        if one != other:
            yield f"{place} is {str(one)[:80]}, of the truth {str(other)[:80]}"
