"""The balance of a region as ``check`` judges it, on hand-worked months."""

from __future__ import annotations

import pandas as pd
import pytest

from components.check_balance import capacity_read, check_balance, dispatched_power
from components.schema import DATASETS, conform_units
from components.store.intake import rows_by_month
from components.store.rows import Rows
from components.store.snapshot import Snapshot

TIMES = pd.date_range("2024-02-01 00:05", periods=12, freq="5min").astype("datetime64[us]")
UNITS = conform_units(
    pd.DataFrame(
        {
            "duid": ["COAL1", "WIND1", "PUMP1", "BATT1", "SMALL1", "AWAY1"],
            "region": ["NSW1", "NSW1", "NSW1", "NSW1", "NSW1", "VIC1"],
            "fuel": ["coal", "wind", "pumps", "battery", "solar", "coal"],
            "role": ["generator", "generator", "load", "bidirectional", "generator", "generator"],
            "schedule_type": [*["Scheduled", "Semi-Scheduled", "Scheduled", "Scheduled"], "Non-Scheduled", "Scheduled"],
            "capacity_mw": [700.0, 100.0, 200.0, 50.0, 10.0, 500.0],
        }
    )
)
REGISTRY = Snapshot("test", {}, UNITS)
# Generation 600 + wind 80 - pumping 150 - charging 30 = 500 MW; the small plant is not dispatched.
POWER = {"COAL1": 600.0, "WIND1": 80.0, "PUMP1": 150.0, "BATT1": -30.0, "SMALL1": 7.0}


def rows_of(dataset: str, frame: pd.DataFrame) -> Rows:
    (rows,) = rows_by_month(DATASETS[dataset], frame.assign(source="mmsdm", minutes=5))
    return rows


def scada(power: dict[str, float]) -> Rows:
    frames = [pd.DataFrame({"time": TIMES, "duid": duid, "mw": mw}) for duid, mw in power.items()]
    return rows_of("scada", pd.concat(frames, ignore_index=True))


def region(demand: float, net: float) -> Rows:
    return rows_of("region", pd.DataFrame({"time": TIMES, "region": "NSW1", "demand": demand, "net_interchange": net}))


def test_power_is_summed_with_the_sign_of_each_role():
    power = scada(POWER)
    supply = dispatched_power(power, REGISTRY.units_at(TIMES[0], power.names[0]))
    assert supply["duid"].unique().tolist() == ["NSW1"]
    assert supply["mw"].tolist() == [500.0] * 12
    assert supply["time"].tolist() == list(TIMES)


@pytest.mark.parametrize(
    ("demand", "demo", "levels"),
    [
        (400.0, True, ["info"]),
        (399.0, True, ["error", "info"]),  # the demo market closes exactly
        (399.0, False, ["info"]),  # 1 MW of 399 is 0.25 %
        (385.0, False, ["warning", "info"]),  # 15 of 385 is 3.9 %
        (360.0, False, ["error", "info"]),  # 40 of 360 is 11 %
        (450.0, False, ["error", "info"]),  # 50 too little
    ],
)
def test_how_far_off_is_what(demand: float, demo: bool, levels: list[str]):
    findings = list(check_balance(scada(POWER), region(demand, 100.0), None, REGISTRY, demo=demo))
    assert [f.level for f in findings] == levels
    if len(findings) == 2:
        off = 400.0 - demand
        expected = f"supply - demand is {off:+.1f} MW, {100 * off / demand:+.2f} % of demand"
        assert findings[0].text == f"2024-02: NSW1 does not balance: {expected}"


def test_interchange_comes_from_the_flows_where_the_region_has_none():
    # 90 MW to Queensland and -10 MW on the link from Victoria: 100 MW leave.
    links = pd.concat(
        [
            pd.DataFrame({"time": TIMES, "interconnector": "NSW1-QLD1", "mw": 90.0, "losses": 0.0}),
            pd.DataFrame({"time": TIMES, "interconnector": "VIC1-NSW1", "mw": -10.0, "losses": 0.0}),
        ],
        ignore_index=True,
    )
    findings = list(
        check_balance(scada(POWER), region(400.0, float("nan")), rows_of("flow", links), REGISTRY, demo=True)
    )
    assert [(f.level, f.text) for f in findings] == [("info", "2024-02: supply - demand NSW1 +0.00 %")]


def test_too_few_readings_are_not_judged():
    findings = list(check_balance(scada({"WIND1": 80.0}), region(400.0, 0.0), None, REGISTRY, demo=False))
    assert [f.level for f in findings] == ["info"]
    assert "not judged" in findings[0].text


def test_capacity_with_readings():
    # NSW1: dispatched 700 + 100 + 200 + 50; readings of 700 + 200.
    when = TIMES[0]
    share = capacity_read(REGISTRY, REGISTRY.units_at(when, ["COAL1", "PUMP1"]), when)
    assert share == pytest.approx({"NSW1": 900 / 1050, "VIC1": 0.0})


def test_retired_and_future_units_are_not_expected_to_read():
    units = UNITS.copy()
    units.loc[units["duid"] == "WIND1", "registered_to"] = pd.Timestamp("2020-01-01")
    units.loc[units["duid"] == "PUMP1", "registered_from"] = pd.Timestamp("2030-01-01")
    registry = Snapshot("test", {}, units)
    share = capacity_read(registry, registry.units_at(TIMES[0], ["COAL1"]), TIMES[0])
    assert share["NSW1"] == pytest.approx(700 / 750)
