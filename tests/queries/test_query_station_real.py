"""Histories, duration curves and running of units against figures computed straight from AEMO's own files."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries.running import Running
from components.queries.station_duration import StationDuration
from components.queries.station_history import StationHistory
from components.store.snapshot import Snapshot

pytestmark = pytest.mark.real

JUNE = {"start": pd.Timestamp("2017-06-01"), "end": pd.Timestamp("2017-07-01")}
WEEK = {"start": pd.Timestamp("2022-01-09T23:55"), "end": pd.Timestamp("2022-01-17")}


def imported(folder: Path, to: Path) -> Snapshot:
    from components.ingest.legacy import import_folder
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(to / "data")
    import_folder(lake, folder, progress=False)
    return open_snapshot(lake)


@pytest.fixture(scope="module")
def june(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """264 units, half-hourly, without prices."""
    return imported(real / "earlier/june_2017", tmp_path_factory.mktemp("june"))


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One unit for each region and fuel, 5 minutes, with prices."""
    return imported(real / "earlier/week_2022_01", tmp_path_factory.mktemp("week"))


def test_a_month_of_every_unit(june, reference):
    frame = StationHistory(**JUNE, interval="1M", by=["duid"]).run(june).frame
    right = reference["full_nem_2017_06_30min"]["scada_30min"]["energy_mwh_by_duid"]
    assert set(frame["period"]) == {"2017-06"}
    net = frame["energy_mwh"] - frame["load_mwh"]
    found = dict(zip(frame["duid"].astype(str), net, strict=True))
    assert set(found) == set(right)
    # Pumps are loads here and plain readings there.
    assert {d: abs(v) for d, v in found.items()} == pytest.approx({d: abs(v) for d, v in right.items()}, abs=0.002)
    assert frame["revenue"].isna().all()
    assert frame["capture_rate"].isna().all()
    assert (frame["coverage"].isna() | (frame["coverage"] == 0)).all()  # of readings that have a price


def test_a_duration_curve_holds_the_energy(june, reference):
    """The area below the curve of a unit is its energy."""
    frame = StationDuration(**JUNE, duid=["ARWF1"], by="duid", steps=1000).run(june).frame
    right = reference["full_nem_2017_06_30min"]["scada_30min"]["energy_mwh_by_duid"]["ARWF1"]
    area = np.trapezoid(frame["mw"], frame["hours"])
    assert area == pytest.approx(right, rel=2e-3)
    assert (np.diff(frame["mw"]) <= 0).all()


def test_half_hourly_running_in_plain_python(june):
    block = june.block("scada", "mw", JUNE["start"], JUNE["end"], ["BARRON-1"])
    capacity = float(june.units_at(JUNE["start"], ["BARRON-1"])["capacity_mw"].iloc[0])
    halves = block.values[0][5::6].tolist()
    above = [mw > 0.05 * capacity for mw in halves if mw == mw]
    starts = sum(now and not before for before, now in pairwise(above))
    result = Running(**JUNE, duid=["BARRON-1"], by=["duid"]).run(june)
    row = result.frame.iloc[0]
    assert starts > 3
    assert row["starts"] == starts
    assert row["running_hours"] == pytest.approx(sum(above) / 2)
    assert any("Half-hourly" in n for n in result.notes)


def test_a_week_by_fuel_technology(week, reference):
    frame = StationHistory(**WEEK, by=["region", "fueltech"]).run(week).frame
    assert set(frame["period"]) == {"FY22"}
    assert frame["period_share"].iloc[0] == pytest.approx((7 * 24 + 1 / 12) / (365 * 24), rel=1e-4)
    rows = frame.set_index(["region", "fueltech"])
    checked = 0
    for region, fuels in reference["week_2022_01_energy_mwh"].items():
        for tech, energy in fuels.items():
            if (region, tech) in rows.index and tech != "pumps":
                assert rows.loc[(region, tech), "energy_mwh"] == pytest.approx(energy, rel=1e-6, abs=1e-3)
                checked += 1
    assert checked > 20


def test_negative_prices_of_a_week_in_plain_python(week, reference):
    """South Australia's wind: energy, negative energy and money interval by interval."""
    units = week.units
    duid = units.loc[(units["region"] == "SA1") & (units["fueltech"] == "wind"), "duid"].item()
    power = week.block("scada", "mw", WEEK["start"], WEEK["end"], [duid])
    price = week.block("price", "rrp", WEEK["start"], WEEK["end"], ["SA1"])
    prices = dict(zip(price.times.tolist(), price.values[0].tolist(), strict=True))
    energy = below = money = 0.0
    for time, mw in zip(power.times.tolist(), power.values[0].tolist(), strict=True):
        energy += mw / 12
        if prices[time] < 0:
            below, money = below + mw / 12, money + mw / 12 * prices[time]
    row = Running(**WEEK, duid=[duid], by=["duid"]).run(week).frame.iloc[0]
    assert energy == pytest.approx(reference["week_2022_01_energy_mwh"]["SA1"]["wind"], rel=1e-6)
    assert below > 100
    assert row["negative_mwh"] == pytest.approx(below, rel=1e-6)
    assert row["negative_revenue"] == pytest.approx(money, rel=1e-6)
    assert row["negative_share"] == pytest.approx(below / energy, rel=1e-6)
    assert row["time_weighted_price"] == pytest.approx(np.mean(list(prices.values())), rel=1e-6)
