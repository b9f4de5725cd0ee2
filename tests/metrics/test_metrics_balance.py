"""The balance of a region on hand-worked intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.metrics.balance import BALANCE_COLUMNS, balance, net_interchange

T1, T2 = pd.Timestamp("2024-01-01 00:05"), pd.Timestamp("2024-01-01 00:10")
UNITS = pd.DataFrame(
    [
        ("COAL", "NSW1", "generator", "Scheduled"), ("WIND", "NSW1", "generator", "Semi-Scheduled"),
        ("SMALL", "NSW1", "generator", "Non-Scheduled"), ("PUMP", "NSW1", "load", "Scheduled"),
        ("BAT", "NSW1", "bidirectional", "Scheduled"), ("NOWHERE", "", "generator", "Scheduled"),
        ("VIC", "VIC1", "generator", "Scheduled"),
    ],
    columns=["duid", "region", "role", "schedule_type"],
)  # fmt: skip


def scada(**powers: float) -> pd.DataFrame:
    return pd.DataFrame([(T1, d, mw) for d, mw in powers.items()], columns=["time", "duid", "mw"])


def flows(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["time", "interconnector", "mw", "losses"])


def test_dispatched_output_less_loads_less_exports_is_demand():
    demand = pd.DataFrame({"time": [T1], "region": "NSW1", "demand": 900.0, "net_interchange": 40.0})
    found = balance(scada(COAL=800, WIND=250, SMALL=77, PUMP=60, BAT=-45, NOWHERE=500), UNITS, demand)
    # 800 + 250 - 60 - 45 = 945; 945 - 40 - 900 = 5
    assert list(found.columns) == BALANCE_COLUMNS
    assert found.values.tolist() == [["NSW1", 5.0, 900.0, pytest.approx(5 / 900), 1]]


def test_charging_registered_as_a_load_counts_by_magnitude_whatever_its_sign():
    demand = pd.DataFrame({"time": [T1], "region": "NSW1", "demand": 740.0, "net_interchange": 0.0})
    for published in (60.0, -60.0):
        assert balance(scada(COAL=800, PUMP=published), UNITS, demand)["residual_mw"].tolist() == [0.0]


def test_flows_are_used_where_the_region_has_no_interchange():
    demand = pd.DataFrame(
        {"time": [T1, T1], "region": ["NSW1", "VIC1"], "demand": [790.0, 600.0], "net_interchange": [10.0, np.nan]}
    )
    links = net_interchange(flows((T1, "VIC1-NSW1", 100.0, 4.0)))
    found = balance(scada(COAL=800, VIC=702), UNITS, demand, links).set_index("region")
    assert found["residual_mw"].to_dict() == {"NSW1": 0.0, "VIC1": 0.0}


def test_a_flow_leaves_one_region_and_enters_the_other_losses_shared():
    found = net_interchange(flows((T1, "VIC1-NSW1", 100.0, 4.0), (T1, "V-SA", -30.0, np.nan)))
    assert found.set_index("region")["net_interchange"].to_dict() == {"NSW1": -98.0, "SA1": 30.0, "VIC1": 72.0}
    # What leaves one region enters the others, but for the losses.
    assert found["net_interchange"].sum() == 4.0


def test_a_link_without_a_flow_leaves_its_regions_unknown():
    rows = flows((T1, "VIC1-NSW1", 1.0, 0.0), (T1, "V-SA", 2.0, 0.0), (T2, "VIC1-NSW1", 3.0, 0.0))
    found = net_interchange(rows).set_index(["time", "region"])["net_interchange"]
    assert found[T1, "VIC1"] == 3.0
    assert np.isnan(found[T2, "VIC1"])
    assert found[T2, "NSW1"] == -3.0
    missing = net_interchange(flows((T1, "V-SA", np.nan, 0.0)))
    assert missing["net_interchange"].isna().all()


def test_links_that_only_the_data_knows_can_be_given():
    ends = pd.DataFrame({"interconnector": ["NEW1"], "region_from": ["NSW1"], "region_to": ["SA1"]})
    assert net_interchange(flows((T1, "NEW1", 5.0, 0.0)), ends)["net_interchange"].tolist() == [5.0, -5.0]


def test_missing_is_no_zero():
    """An interval without demand or interchange does not count; without any, there is no row."""
    demand = pd.DataFrame({"time": [T1, T2], "region": "NSW1", "demand": [800.0, np.nan], "net_interchange": 0.0})
    readings = pd.concat([scada(COAL=800), scada(COAL=800).assign(time=T2)])
    assert balance(readings, UNITS, demand)["intervals"].tolist() == [1]
    assert balance(readings, UNITS, demand.drop(columns="net_interchange")).empty
    assert balance(readings.head(0), UNITS, demand).empty
