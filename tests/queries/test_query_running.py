"""Starts, running hours and negative prices of units, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from components.queries.revenue import Revenue
from components.queries.running import Running

N = np.nan
START = pd.Timestamp("2024-07-01")
UNITS = [
    {"duid": "GT1", "station": "Peaker", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "capacity_mw": 100.0},
    {"duid": "GT2", "station": "Peaker", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "capacity_mw": 100.0},
    {"duid": "BAT", "station": "Store", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional", "capacity_mw": 60.0},
    {"duid": "PMP", "station": "Dam", "region": "NSW1", "fuel": "pumps", "fueltech": "pumps", "role": "load", "capacity_mw": 60.0},
    {"duid": "UNK", "station": "Riddle", "region": "NSW1", "fuel": "wind", "fueltech": "wind"},
]  # fmt: skip


@pytest.fixture
def hour(market):
    """An hour: GT1 starts twice, GT2 once with a gap; four negative prices in SA1."""
    return market(
        units=UNITS,
        scada={
            "GT1": [0, 60, 60, 0, 0, 5, 60, 60, 60, 60, 60, 60],
            "GT2": [0, 0, N, 60, 60, 60, 0, 0, 0, 0, 0, 0],
            "BAT": [-60, -60, -60, -60, 60, 60, 60, 60, 0, 0, 0, 0],
            "PMP": [60, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            "UNK": [12] * 12,
        },
        price={"SA1": [-20, -20, -40, -40, 0, 80, 80, 80, 80, 80, 80, 80], "NSW1": [-10] * 6 + [50] * 6},
    )


def rows(snapshot, **asked):
    asked = {"start": START, "end": START + pd.Timedelta(hours=1), **asked}
    result = Running(**asked).run(snapshot)
    return result.frame.set_index(list(result.series)), result


def test_units_by_hand(hour):
    frame, result = rows(hour, by=["duid"])
    gt1 = frame.loc["GT1"]
    assert gt1["starts"] == 2  # exactly 5 MW of 100 do not run
    assert gt1["running_hours"] == pytest.approx(8 / 12)
    assert gt1["running_share"] == pytest.approx(8 / 12)
    gt2 = frame.loc["GT2"]
    assert gt2["starts"] == 1
    assert gt2["running_hours"] == pytest.approx(3 / 12)
    assert gt2["running_share"] == pytest.approx(3 / 11)
    assert gt2["coverage"] == pytest.approx(11 / 12)
    # GT1 below zero: 60 MW x 10 minutes = 5 MWh at -20 and 5 MWh at -40 of 40 MWh + 5 MW x 5 minutes.
    assert gt1["negative_mwh"] == pytest.approx(10)
    assert gt1["negative_revenue"] == pytest.approx(5 * -20 + 5 * -40)
    assert gt1["negative_share"] == pytest.approx(10 / (40 + 5 / 12))
    assert result.present == 59
    assert result.expected == 60


def test_storage_and_loads(hour):
    frame, _ = rows(hour, by=["duid"])
    bat, pump = frame.loc["BAT"], frame.loc["PMP"]
    assert bat["starts"] == 1
    assert bat["running_hours"] == pytest.approx(4 / 12)
    # Charging 60 MW: 10 MWh at -20, 10 MWh at -40, which is income; discharge meets no negative price.
    assert bat["negative_load_mwh"] == pytest.approx(20)
    assert bat["negative_revenue"] == pytest.approx(10 * 20 + 10 * 40)
    assert bat["negative_mwh"] == 0
    assert bat["negative_share"] == 0
    assert pump["starts"] == 0
    assert pump["running_hours"] == pytest.approx(2 / 12)
    assert pump["negative_load_mwh"] == pytest.approx(10)
    assert np.isnan(pump["negative_share"])
    assert pump["time_weighted_price"] == pytest.approx(20)


def test_a_station_adds_the_starts_and_hours_of_its_units(hour):
    frame, _ = rows(hour, station=["Peaker"])
    station = frame.loc["Peaker"]
    assert station["starts"] == 3
    assert station["unit_hours"] == pytest.approx(11 / 12)
    assert station["running_hours"] == pytest.approx(11 / 12)  # never both at once
    assert station["running_share"] == pytest.approx(11 / 23)


@pytest.fixture
def together(market):
    """Both units of a station run at the same time for half of their hours."""
    return market(units=UNITS[:2], scada={"GT1": [60] * 6 + [0] * 6, "GT2": [0] * 3 + [60] * 6 + [0] * 3})


def test_hours_in_which_two_units_run_count_once(together):
    station = rows(together)[0].loc["Peaker"]
    assert station["running_hours"] == pytest.approx(9 / 12)
    assert station["unit_hours"] == pytest.approx(12 / 12)
    assert station["starts"] == 1  # GT1 ran from the first reading on
    # Without a price nothing is known of money, which is not zero.
    money = ["negative_mwh", "negative_revenue", "negative_share", "capture_rate", "time_weighted_price"]
    assert station[money].isna().all()


def test_without_a_capacity_running_is_unknown_and_said(hour):
    frame, result = rows(hour, by=["duid"])
    unknown = frame.loc["UNK"]
    assert unknown[["starts", "running_hours", "unit_hours", "running_share"]].isna().all()
    assert unknown["negative_mwh"] == pytest.approx(6)
    assert "1 unit has no known capacity: their running is unknown." in result.notes


def test_windows_next_to_each_other_have_the_starts_of_both(hour):
    whole = rows(hour, by=["duid"])[0]["starts"]
    for minutes in range(5, 60, 5):
        cut = START + pd.Timedelta(minutes=minutes)
        first = rows(hour, by=["duid"], end=cut)[0]["starts"]
        second = rows(hour, by=["duid"], start=cut)[0]["starts"]
        total = first.add(second, fill_value=0)
        assert total["GT1"] == whole["GT1"], minutes
        assert total["GT2"] == whole["GT2"], minutes


def test_a_calendar_counts_the_starts_of_its_hours_only(market):
    # Off until 01:00, on from 01:05 to 02:00, off until 03:00, on to 04:00.
    snapshot = market(units=UNITS[:1], scada={"GT1": ([0] * 12 + [60] * 12) * 2})
    asked = {"start": START, "end": START + pd.Timedelta(hours=4)}
    assert rows(snapshot, **asked)[0]["starts"].item() == 2
    assert rows(snapshot, **asked, hour=[1])[0]["starts"].item() == 1
    # Between two hours of the calendar it stood still: no start where it was seen running before.
    assert rows(snapshot, **asked, hour=[2])[0]["starts"].item() == 0


def test_a_rate_is_the_capture_price_over_the_mean_price(hour):
    frame, _ = rows(hour, by=["duid"])
    asked = {"start": START, "end": START + pd.Timedelta(hours=1), "by": ["duid"]}
    money = Revenue(**asked).run(hour).frame.set_index("duid")
    mean = (-20 * 2 - 40 * 2 + 0 + 80 * 7) / 12
    assert frame.loc["GT1", "time_weighted_price"] == pytest.approx(mean)
    assert frame.loc["GT1", "capture_rate"] == pytest.approx(money.loc["GT1", "capture_price"] / mean)


def test_groups_over_regions_pool_what_a_flat_price_would_have_paid(hour):
    frame, _ = rows(hour, by=["region"], region=["NEM"], duid=["GT2", "UNK"])
    # GT2: 15 MWh, one at $-40, one at $0, one at $80 of 5 MWh each; UNK: 6 MWh at -10 and 6 at 50.
    earned = 5 * (-40 + 0 + 80) + 6 * (-10 + 50)
    flat = 15 * 440 / 12 + 12 * 20
    assert frame.loc["NEM", "capture_rate"] == pytest.approx(earned / flat)
    assert frame.loc["NEM", "time_weighted_price"] == pytest.approx(flat / 27)


def test_half_hourly_readings_say_what_they_cannot_show(market):
    snapshot = market(units=UNITS[:1], scada={"GT1": [0, 60]}, minutes=30)
    frame, result = rows(snapshot)
    assert frame["starts"].item() == 1
    assert frame["running_hours"].item() == pytest.approx(0.5)
    assert any("Half-hourly" in n for n in result.notes)
    assert not any("Half-hourly" in n for n in rows(market(units=UNITS[:1], scada={"GT1": [0, 60]}))[1].notes)


def test_a_capacity_that_changes_moves_the_threshold(market):
    grown = [{**UNITS[0], "valid_from": pd.Timestamp("2024-01-01"), "capacity_mw": 100.0},
             {**UNITS[0], "valid_from": pd.Timestamp("2024-07-01 00:30"), "capacity_mw": 400.0}]  # fmt: skip
    snapshot = market(units=grown, scada={"GT1": [0] * 3 + [15] * 9})
    found = rows(snapshot)[0].loc["Peaker"]
    assert found["starts"] == 1
    assert found["running_hours"] == pytest.approx(3 / 12)  # 15 MW are below 5 % of 400
