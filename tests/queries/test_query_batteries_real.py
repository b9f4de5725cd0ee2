"""Batteries and pumps of a real week against plain sums over its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries.batteries import Batteries
from components.queries.batteries_foresight import BatteriesForesight
from components.queries.batteries_over_time import BatteriesOverTime, BatteriesTimeOfDay
from components.queries.generation import GenerationByFuel
from components.store.snapshot import Snapshot

pytestmark = pytest.mark.real
REGIONS = ("NSW1", "QLD1", "SA1", "VIC1")


@pytest.fixture(scope="module")
def week(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A week of the whole market by region and fuel, from the files of the earlier dashboard."""
    from components.ingest.legacy import import_folder
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    lake = Lake(tmp_path_factory.mktemp("battery-week") / "data")
    import_folder(lake, real / "earlier/week_2022_01", progress=False)
    return open_snapshot(lake)


@pytest.fixture(scope="module")
def files(real: Path) -> pd.DataFrame:
    """Power out and in of each region's batteries and pumps [MW] with its price [$/MWh], read with pandas alone."""
    folder = real / "earlier/week_2022_01"
    scada, prices = (pd.read_parquet(folder / f"{name}5.parquet") for name in ("scada", "prices"))
    scada.columns, prices.columns = ([str(c).lower() for c in f.columns] for f in (scada, prices))
    stamp = next(c for c in scada.columns if "time" in c or "date" in c)
    wide = scada.pivot_table(
        index=stamp, columns="duid", values=next(c for c in scada.columns if "value" in c or c == "mw")
    )
    other = next(c for c in prices.columns if "time" in c or "date" in c)
    rrp = prices.pivot_table(index=other, columns=next(c for c in prices.columns if "region" in c), values="rrp")
    rows = []
    for region in REGIONS:
        found = {
            k: wide.get(f"{region}_{k}", pd.Series(0.0, wide.index))
            for k in ("battery_discharging", "battery_charging", "pumps")
        }
        rows.append(pd.DataFrame({
            "region": region, "out": found["battery_discharging"].clip(lower=0),
            "in": found["battery_charging"].abs() - found["battery_discharging"].clip(upper=0),
            "pumps": found["pumps"].abs(), "price": rrp[region].reindex(wide.index),
        }))  # fmt: skip
    return pd.concat(rows).rename_axis("time").reset_index()


def plain(rows: pd.DataFrame) -> dict[str, float]:
    """Energies [MWh] and money [$] by the sums of a school book."""
    return {
        "discharge_mwh": rows["out"].sum() / 12, "charge_mwh": rows["in"].sum() / 12,
        "discharge_revenue": (rows["out"] * rows["price"]).sum() / 12, "cost": (rows["in"] * rows["price"]).sum() / 12,
    }  # fmt: skip


@pytest.mark.parametrize("region", REGIONS)
def test_batteries_of_a_real_week(week, files, reference, region):
    rows = files[files["region"] == region]
    right = plain(rows)
    row = Batteries(last="all", by=["region"], region=[region]).run(week).frame.iloc[0]
    for name, value in right.items():
        assert row[name] == pytest.approx(value, rel=1e-5, abs=0.05), name
    assert row["revenue"] == pytest.approx(right["discharge_revenue"] - right["cost"], rel=1e-5, abs=0.5)
    told = reference["week_2022_01_energy_mwh"][region]
    assert right["discharge_mwh"] == pytest.approx(told.get("battery_discharging", 0.0), rel=1e-3, abs=1)
    assert right["charge_mwh"] == pytest.approx(told.get("battery_charging", 0.0), rel=1e-3, abs=1)
    days = BatteriesOverTime(last="all", interval="1d", region=[region]).run(week).frame
    slots = BatteriesTimeOfDay(last="all", interval="30m", region=[region]).run(week).frame
    assert [days["revenue"].sum(), slots["revenue"].sum()] == pytest.approx([row["revenue"]] * 2)


def test_the_best_spread_of_a_real_day(week, files):
    """SA1 on each day: the 24 dearest five-minute prices less the 24 cheapest, over twelve."""
    mine = files[files["region"] == "SA1"]
    day = (mine["time"] - pd.Timedelta("1us")).dt.normalize()
    found = BatteriesForesight(last="all", region=["SA1"]).run(week).frame.set_index("time")
    whole = [(d, rows) for d, rows in mine.groupby(day) if len(rows) == 288]
    assert len(whole) >= 6
    for date, rows in whole:
        ordered = np.sort(rows["price"].to_numpy())
        assert found.loc[date, "best_2h"] == pytest.approx((ordered[-24:].sum() - ordered[:24].sum()) / 12, rel=1e-5)


@pytest.mark.parametrize("region", ["NSW1", "QLD1"])
def test_pumps_of_a_real_week(week, files, reference, region):
    frame = GenerationByFuel(last="all", interval="5m", region=[region], fuel=["pumps"]).run(week).frame
    energy = -frame["mw"].sum() / 12
    assert energy == pytest.approx(files[files["region"] == region]["pumps"].sum() / 12, rel=1e-5)
    assert energy == pytest.approx(reference["week_2022_01_energy_mwh"][region]["pumps"], rel=1e-4)
