"""Curtailment by region and fuel: per interval first, null before there was anything to read."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.queries.curtailment import Curtailment
from components.store.snapshot import Snapshot, empty_snapshot
from components.vocabulary import REGIONS

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
NAN = np.nan


@pytest.fixture
def windy() -> Snapshot:
    """An hour: 100 MW of wind forecast everywhere, 60 cleared in the first half; Tasmania has no solar at all."""
    times = pd.Timestamp("2024-07-01") + pd.Timedelta(minutes=5) * np.arange(1, 13)
    first = np.arange(12) < 6
    region = pd.concat(
        [
            pd.DataFrame(
                {
                    "time": times, "region": r, "demand": 1000.0,
                    "ss_wind_uigf": 100.0, "ss_wind_cleared": np.where(first, 60.0, 100.0),
                    "ss_solar_uigf": 0.0 if r == "TAS1" else 50.0, "ss_solar_cleared": 0.0 if r == "TAS1" else 40.0,
                    "minutes": 5, "source": "mmsdm",
                }
            )
            for r in REGIONS
        ]
    )  # fmt: skip
    # Below zero for a quarter of an hour, then zero for another, then above; VIC1 always above.
    rrp = np.repeat([-50.0, 0.0, 80.0, 80.0], 3)
    price = pd.concat(
        [
            pd.DataFrame(
                {"time": times, "region": r, "rrp": 10.0 if r == "VIC1" else rrp, "minutes": 5, "source": "mmsdm"}
            )
            for r in REGIONS
        ]
    )
    return Snapshot.from_frames({"region": region, "price": price}, pd.DataFrame({"duid": []}))


def row(result, region, fuel):
    frame = result.frame
    return frame[(frame["region"] == region) & (frame["fuel"] == fuel)].iloc[0]


def test_an_hour_by_hand(windy):
    result = Curtailment(**HOUR, interval="1h").run(windy)
    wind = row(result, "SA1", "wind")
    assert (wind["uigf"], wind["cleared"], wind["curtailed"]) == (100, 80, 20)
    assert (wind["economic"], wind["network"], wind["rate"]) == (20, 0, 0.2)
    dear = row(result, "VIC1", "wind")
    assert (dear["economic"], dear["network"]) == (0, 20)
    solar = row(result, "SA1", "solar")
    assert (solar["curtailed"], solar["economic"], solar["network"]) == (10, 5, 5)
    island = row(result, "TAS1", "solar")
    assert (island["uigf"], island["curtailed"]) == (0, 0)
    assert np.isnan(island["rate"])
    assert (result.expected, result.present) == (120, 120)
    assert any("proxy" in n for n in result.notes)
    assert set(result.units.values()) == {"MW", "", "$/MWh"}


def test_the_market_is_the_sum_of_regions_each_split_at_its_own_price(windy):
    whole = row(Curtailment(**HOUR, interval="1h", region=["NEM"]).run(windy), "NEM", "wind")
    assert (whole["uigf"], whole["curtailed"], whole["economic"], whole["network"]) == (500, 100, 80, 20)


def test_energy_and_fuel(windy):
    result = Curtailment(**HOUR, interval="30m", fuel=["wind"], region=["SA1"], agg="sum").run(windy)
    assert result.frame["curtailed"].tolist() == pytest.approx([20, 0])  # 40 MW for half an hour
    assert result.units["curtailed"] == "MWh"
    assert result.frame["rate"].tolist() == pytest.approx([0.4, 0])


def test_one_region_missing_makes_the_market_missing_not_smaller(windy):
    region = pd.concat([_tidy(windy, "region")])
    region.loc[(region["region"] == "TAS1") & (region["time"] <= pd.Timestamp("2024-07-01T00:30")), "ss_wind_uigf"] = (
        NAN
    )
    broken = Snapshot.from_frames({"region": region, "price": _tidy(windy, "price")}, pd.DataFrame({"duid": []}))
    frame = Curtailment(**HOUR, interval="5m", region=["NEM"], fuel=["wind"]).run(broken).frame
    assert len(frame) == 6
    assert frame["time"].iloc[0] == pd.Timestamp("2024-07-01T00:35")
    assert (frame["uigf"] == 500).all()


def test_a_price_that_is_missing_leaves_the_parts_missing(windy):
    price = _tidy(windy, "price")
    price = price[price["region"] != "SA1"]
    broken = Snapshot.from_frames({"region": _tidy(windy, "region"), "price": price}, pd.DataFrame({"duid": []}))
    found = row(Curtailment(**HOUR, interval="1h").run(broken), "SA1", "wind")
    assert found["curtailed"] == 20
    assert np.isnan(found[["economic", "network"]].astype(float)).all()


def test_before_the_columns_existed_there_is_nothing(mixed):
    """Region data without the columns, as before April 2021: no rows, and no zeros."""
    result = Curtailment(last="all").run(mixed)
    assert len(result.frame) == 0
    assert result.present == 0
    assert result.expected == 12 * 10
    assert len(Curtailment().run(empty_snapshot()).frame) == 0


def _tidy(snapshot: Snapshot, dataset: str) -> pd.DataFrame:
    out = []
    for chunk in snapshot.chunks(dataset):
        times = chunk.origin + np.arange(1, chunk.length + 1) * np.timedelta64(5, "m")
        for k, key in enumerate(chunk.keys):
            columns = {f: chunk.values[i, k] for i, f in enumerate(chunk.fields)}
            out.append(pd.DataFrame({"time": times, "region": key, **columns, "minutes": 5, "source": "mmsdm"}))
    rows = pd.concat(out)
    return rows[rows["time"] <= pd.Timestamp("2024-07-01T01:00")].reset_index(drop=True)


@pytest.fixture(scope="module")
def demo(demo_lake: Path):
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    return Lake(demo_lake), open_snapshot(Lake(demo_lake))


def test_cleared_and_curtailed_are_the_forecast_and_the_parts_are_the_whole(demo):
    _, snapshot = demo
    for interval in ("5m", "1d"):
        frame = Curtailment(last="all", interval=interval).run(snapshot).frame
        assert len(frame) >= 100
        np.testing.assert_allclose(frame["cleared"] + frame["curtailed"], frame["uigf"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(frame["economic"] + frame["network"], frame["curtailed"], rtol=0, atol=1e-9)
        assert frame["curtailed"].sum() > 0


def test_energy_is_a_plain_sum_over_the_lake(demo):
    lake, snapshot = demo
    rows = pd.concat([lake.read("region", m) for m in lake.manifest().datasets["region"].months])
    lost = np.maximum(0, rows["ss_solar_uigf"] - rows["ss_solar_cleared"])
    found = Curtailment(last="all", interval="1M", agg="sum", fuel=["solar"]).run(snapshot).frame
    whole = Curtailment(last="all", interval="1M", agg="sum", fuel=["solar"], region=["NEM"]).run(snapshot).frame
    assert found["curtailed"].sum() == pytest.approx(lost.sum() / 12, rel=1e-9)
    assert whole["curtailed"].sum() == pytest.approx(lost.sum() / 12, rel=1e-9)
