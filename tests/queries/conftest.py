"""A tiny market in memory: hand-written readings on the 5-minute grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from components.store.snapshot import Snapshot
from components.store.sums import here, look_in

START = "2024-07-01"
Series = Mapping[str, Sequence[float]]


def tidy(key: str, column: str, series: Series, start: str, minutes: int) -> pd.DataFrame:
    """Rows of ``{key: readings}``, the first one ending ``minutes`` after ``start``; NaN readings are no rows."""
    parts = []
    for name, readings in series.items():
        step = pd.Timedelta(minutes=minutes)
        times = pd.Timestamp(start) + step * np.arange(1, len(readings) + 1)
        parts.append(pd.DataFrame({"time": times, key: name, column: np.asarray(readings, float)}))
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows[column].notna()]


def _dataset(key: str, columns: Mapping[str, Series], start: str, minutes: int) -> pd.DataFrame:
    frames = [tidy(key, c, s, start, minutes).set_index(["time", key]) for c, s in columns.items()]
    rows = pd.concat(frames, axis=1).reset_index()
    return rows.assign(minutes=minutes, source="mmsdm")


def make_market(
    *,
    units: Sequence[Mapping[str, Any]] = (),
    scada: Series | None = None,
    price: Series | None = None,
    demand: Series | None = None,
    interchange: Series | None = None,
    rooftop: Series | None = None,
    flow: Mapping[str, Series] | None = None,
    start: str = START,
    minutes: int = 5,
    more: Mapping[str, pd.DataFrame] | None = None,
) -> Snapshot:
    """A snapshot of these readings; rooftop is half-hourly, the rest ``minutes`` long."""
    frames: dict[str, pd.DataFrame] = {}
    if scada:
        frames["scada"] = _dataset("duid", {"mw": scada}, start, minutes)
    if price:
        frames["price"] = _dataset("region", {"rrp": price}, start, minutes)
    regional = {c: s for c, s in (("demand", demand), ("net_interchange", interchange)) if s}
    if regional:
        frames["region"] = _dataset("region", regional, start, minutes)
    if rooftop:
        frames["rooftop"] = _dataset("region", {"mw": rooftop}, start, 30).assign(type="MEASUREMENT", quality=1.0)
    if flow:
        frames["flow"] = _dataset("interconnector", flow, start, minutes)
    for name, rows in (more or {}).items():
        frames[name] = pd.concat([frames[name], rows], ignore_index=True) if name in frames else rows
    registry = pd.DataFrame([{"station": u["duid"], "role": "generator", **u} for u in units])
    return Snapshot.from_frames(frames, registry if len(registry) else pd.DataFrame({"duid": []}))


@pytest.fixture(scope="session")
def market() -> Callable[..., Snapshot]:
    """Builds a snapshot from hand-written readings (:func:`make_market`)."""
    return make_market


@pytest.fixture
def own_folder() -> Iterator[None]:
    """Sums are looked for again where they were before the test."""
    before = here()
    yield
    look_in(before)


UNITS = (
    {"duid": "COAL1", "station": "Old Coal", "owner": "A Co", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "capacity_mw": 200.0},
    {"duid": "COAL2", "station": "Old Coal", "owner": "A Co", "region": "NSW1", "fuel": "coal", "fueltech": "coal_black", "capacity_mw": 100.0},
    {"duid": "WIND1", "station": "Windy Hill", "owner": "B Co", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 60.0},
    {"duid": "BATT1", "station": "Big Battery", "owner": "B Co", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "capacity_mw": 100.0, "storage_mwh": 150.0},
    {"duid": "BATT2", "station": "Small Battery", "owner": "C Co", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "capacity_mw": 50.0},
    {"duid": "OLDBG", "station": "Pair Battery", "owner": "C Co", "region": "VIC1", "fuel": "battery", "fueltech": "battery_discharging", "capacity_mw": 30.0},
    {"duid": "OLDBL", "station": "Pair Battery", "owner": "C Co", "region": "VIC1", "fuel": "battery", "fueltech": "battery_charging", "role": "load", "capacity_mw": 30.0},
    {"duid": "PUMP1", "station": "Dam", "owner": "A Co", "region": "QLD1", "fuel": "pumps", "fueltech": "pumps", "role": "load", "capacity_mw": 250.0},
    {"duid": "HYDRO1", "station": "Dam", "owner": "A Co", "region": "QLD1", "fuel": "hydro", "fueltech": "hydro", "capacity_mw": 250.0},
)  # fmt: skip


@pytest.fixture
def mixed() -> Snapshot:
    """An hour of nine units in four regions, one unit that nobody knows, prices, demand and rooftop."""
    twelve = 12
    return make_market(
        units=UNITS,
        scada={
            "COAL1": [120.0] * twelve,
            "COAL2": [60.0] * 6 + [-2.0] * 6,
            "WIND1": [30.0] * twelve,
            "BATT1": [100.0, -100.0] * 6,
            "BATT2": [-100.0, 100.0] * 6,
            "OLDBG": [12.0] * twelve,
            "OLDBL": [24.0] * twelve,
            "PUMP1": [240.0] * twelve,
            "HYDRO1": [36.0] * twelve,
            "NOBODY": [6.0] * twelve,
        },
        price={
            "NSW1": [50.0] * twelve, "QLD1": [20.0] * twelve, "SA1": [100.0, -100.0] * 6, "TAS1": [40.0] * twelve,
            "VIC1": [300.0] * twelve,
        },
        demand={
            "NSW1": [4000.0] * twelve, "QLD1": [3000.0] * twelve, "SA1": [1000.0] * twelve, "TAS1": [500.0] * twelve,
            "VIC1": [1500.0] * twelve,
        },
        interchange={"NSW1": [-200.0] * 6 + [100.0] * 6, "SA1": [50.0] * twelve},
        rooftop={r: [600.0, 1200.0] for r in ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")},
    )  # fmt: skip
