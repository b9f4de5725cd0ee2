"""What batteries hold: AEMO's figure by region, and an estimate by station that tells how little it knows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from battery_market import DAY, STORES, a_day

from components.queries.state_of_charge import StateOfCharge
from components.queries.stored_energy import StoredEnergy
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}


def stored(market, **held):
    """Regions that publish these energies, five minutes each."""
    times = pd.date_range("2024-07-01T00:05", periods=12, freq="5min")
    frames = [
        pd.DataFrame({"time": times, "region": region, "demand": 100.0, "bdu_storage_mwh": values, "bdu_gen": 6.0, "bdu_load": 3.0})
        for region, values in held.items()
    ]  # fmt: skip
    rows = pd.concat(frames).assign(minutes=5, source="mmsdm")
    return market(units=STORES[:1], scada={"NEW1": [0.0] * 12}, more={"region": rows})


def test_what_aemo_publishes(market):
    snapshot = stored(market, SA1=[60.0] * 6 + [120.0] * 6, VIC1=[10.0] * 12, TAS1=[np.nan] * 12)
    apart = StoredEnergy(**HOUR, interval="1h").run(snapshot).frame.set_index("region")
    assert apart.index.tolist() == ["SA1", "VIC1"]  # a region that publishes nothing is no row
    assert apart.loc["SA1", ["stored_mwh", "generation_mw", "load_mw"]].tolist() == pytest.approx([90, 6, 3])
    market_row = StoredEnergy(**HOUR, interval="1h", region=["NEM"]).run(snapshot).frame.iloc[0]
    assert (market_row["stored_mwh"], market_row["load_mw"]) == pytest.approx((100, 6))


def test_the_market_is_unknown_where_a_region_is_missing(market):
    snapshot = stored(market, SA1=[60.0] * 12, VIC1=[np.nan] * 6 + [10.0] * 6)
    frame = StoredEnergy(**HOUR, interval="5m", region=["NEM"]).run(snapshot).frame
    assert frame["stored_mwh"].tolist() == pytest.approx([70.0] * 6)  # the second half hour
    assert frame["time"].iloc[0] == pd.Timestamp("2024-07-01T00:35")


def test_nothing_published_is_no_rows(market):
    for region in ([], ["SA1"], ["NEM"]):
        assert StoredEnergy(**DAY, region=region).run(a_day(market)).frame.empty


def test_an_estimate_by_hand(market):
    """NEW1, 200 MWh: 100 MWh out, then 120 · 0.85 = 102 in. Begun empty: 0, then 102. Begun full: 100, then 200."""
    frame = StateOfCharge(**DAY, interval="5m", station=["New"]).run(a_day(market)).frame.set_index("time")
    one, four = frame.loc["2024-07-01T01:00"], frame.loc["2024-07-01T04:00"]
    assert (one["low_mwh"], one["high_mwh"], one["estimated_mwh"]) == pytest.approx((0, 100, 50))
    assert (four["low_mwh"], four["high_mwh"], four["estimated_mwh"], four["share"]) == pytest.approx(
        (102, 200, 151, 151 / 200)
    )
    assert frame["unfit_mwh"].sum() == 0
    assert (frame["storage_mwh"] == 200).all()


def test_an_old_pair_fills_and_empties_one_store(market):
    """30 MWh: 30 out, so it is surely empty at 01:00; then 40 in at 85 %, of which 30 fit."""
    result = StateOfCharge(**DAY, interval="5m", station=["Old"]).run(a_day(market))
    frame = result.frame.set_index("time")
    assert frame.loc["2024-07-01T01:00", ["low_mwh", "high_mwh"]].tolist() == pytest.approx([0, 0])
    assert frame.loc["2024-07-01T03:00", ["low_mwh", "high_mwh"]].tolist() == pytest.approx([17, 17])
    assert frame["estimated_mwh"].iloc[-1] == pytest.approx(30)
    assert frame["unfit_mwh"].sum() == pytest.approx(4)
    assert any("estimate" in note.lower() and "start is unknown" in note for note in result.notes)
    half = StateOfCharge(**DAY, duid=["OLDG"]).run(a_day(market))
    assert half.frame.empty


def test_groups_add_up_and_buckets_are_means(market):
    snapshot = a_day(market)
    apart = StateOfCharge(**DAY, interval="1h").run(snapshot).frame
    total = StateOfCharge(**DAY, interval="1h", by=["none"]).run(snapshot).frame
    for name in ("estimated_mwh", "low_mwh", "high_mwh", "storage_mwh", "unfit_mwh"):
        assert apart.groupby("time")[name].sum().tolist() == pytest.approx(total[name].tolist())
    # The pair empties at 30 MW within the first hour from full: 27.5 … 0, a mean of 13.75; from empty it stays there.
    old = apart[apart["station"] == "Old"].iloc[0]
    assert (old["high_mwh"], old["low_mwh"]) == pytest.approx((13.75, 0))


def test_what_was_read_before_the_window_counts_and_a_gap_parts_the_bounds(market):
    snapshot = a_day(market, days=2)
    second = {"start": pd.Timestamp("2024-07-02"), "end": pd.Timestamp("2024-07-03")}
    frame = StateOfCharge(**second, interval="5m", station=["Old"]).run(snapshot).frame
    assert (frame["high_mwh"] - frame["low_mwh"]).abs().max() == pytest.approx(0, abs=1e-9)
    holed = a_day(market, hours=12, days=2)
    late = StateOfCharge(**second, interval="5m", station=["New"]).run(holed).frame
    assert (late["low_mwh"].iloc[0], late["high_mwh"].iloc[0]) == pytest.approx((0, 200 - 100 / 12))


def test_another_efficiency_and_unknown_storage(market, mixed):
    frame = StateOfCharge(**DAY, interval="5m", station=["New"], efficiency=1.0).run(a_day(market)).frame
    assert frame["low_mwh"].iloc[-1] == pytest.approx(120)
    known = StateOfCharge(**HOUR).run(mixed)
    assert known.frame["station"].unique().tolist() == ["Big Battery"]
    assert any("unknown storage" in note for note in known.notes)
    assert StateOfCharge(**HOUR, station=["Small Battery"]).run(mixed).frame.empty
    assert StateOfCharge().run(empty_snapshot()).frame.empty
    assert StateOfCharge(by=["none"]).run(empty_snapshot()).frame.empty


# -- the demo market, whose stores and losses are known ------------------------------------------------


@pytest.fixture(scope="module")
def demo(demo_lake: Path):
    from components.store.frames import open_snapshot
    from components.store.lake import Lake

    return open_snapshot(Lake(demo_lake))


@pytest.mark.parametrize("region", ["NSW1", "SA1"])
def test_charge_and_discharge_balance_exactly(demo, region):
    """What a region publishes changes by what its units charge, less the way in, and discharge, with the way out."""
    from components.ingest.demo.storage import ROUND_TRIP
    from components.queries.batteries_over_time import BatteriesOverTime

    asked = {
        "start": pd.Timestamp("2024-02-25"),
        "end": pd.Timestamp("2024-02-27"),
        "interval": "5m",
        "region": [region],
    }
    power = BatteriesOverTime(**asked).run(demo).frame
    held = StoredEnergy(**asked).run(demo).frame
    assert len(power) == len(held) == 576
    change = np.diff(held["stored_mwh"])
    one_way = ROUND_TRIP**0.5
    expected = (power["charge_mwh"] * one_way - power["discharge_mwh"] / one_way).to_numpy()[1:]
    # A battery day begins anew at 08:00 with the same reserve; published are three decimals.
    at = pd.DatetimeIndex(held["time"]).strftime("%H:%M")[1:] == "08:05"
    assert np.abs(change - expected)[~at].max() < 0.002
    assert power["charge_mwh"].sum() > 100
    assert held["generation_mw"].to_numpy() == pytest.approx(power["discharge_mw"].to_numpy(), abs=1e-3)
    assert held["load_mw"].to_numpy() == pytest.approx(power["charge_mw"].to_numpy(), abs=1e-3)


def test_the_estimate_follows_what_is_published(demo):
    asked = {"start": pd.Timestamp("2024-02-25"), "end": pd.Timestamp("2024-03-01"), "interval": "1h"}
    guess = StateOfCharge(**asked, by=["none"]).run(demo).frame
    true = StoredEnergy(**asked, region=["NEM"]).run(demo).frame
    off = (guess["estimated_mwh"] - true["stored_mwh"]).abs() / guess["storage_mwh"]
    assert off.mean() < 0.08
    assert np.corrcoef(guess["estimated_mwh"], true["stored_mwh"])[0, 1] > 0.98
