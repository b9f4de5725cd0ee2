"""Demand with rooftop, and flows between regions."""

import numpy as np
import pandas as pd
import pytest

from components.queries.demand import Demand
from components.queries.flows import Flows
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
NAN = np.nan


def test_underlying_demand_is_demand_and_rooftop(mixed):
    frame = Demand(**HOUR, interval="1h", region=["SA1", "NEM"]).run(mixed).frame.set_index("region")
    assert frame.loc["SA1", ["demand", "rooftop", "underlying"]].tolist() == [1000, 900, 1900]
    assert frame.loc["NEM", ["demand", "rooftop", "underlying"]].tolist() == [10000, 4500, 14500]


def test_market_demand_needs_every_region(market):
    snapshot = market(demand={"NSW1": [1.0, 1.0], "SA1": [2.0, NAN]}, rooftop={"SA1": [5.0]})
    wide = Demand(last="all", interval="5m", region=["NEM", "NSW1", "SA1"]).run(snapshot)
    assert wide.wide("demand")["NEM"].isna().all()
    np.testing.assert_array_equal(wide.wide("demand")["SA1"], [2, NAN])
    np.testing.assert_array_equal(wide.wide("underlying")["SA1"], [7, NAN])
    assert wide.wide("underlying")["NSW1"].isna().all()  # no rooftop estimate: unknown, not zero


@pytest.mark.fault("NUM-4")
def test_flow_columns_and_directions(market):
    snapshot = market(
        flow={
            "mw": {"V-SA": [100.0, -100.0], "VIC1-NSW1": [50.0, 50.0]},
            "mw_target": {"V-SA": [120.0, -80.0], "VIC1-NSW1": [50.0, 50.0]},
            "export_limit": {"V-SA": [240.0, 240.0], "VIC1-NSW1": [0.0, 100.0]},
            "import_limit": {"V-SA": [-400.0, -400.0], "VIC1-NSW1": [-10.0, -10.0]},
        }
    )
    half = Flows(last="all", interval="1h").run(snapshot)
    found = half.frame.set_index("interconnector")
    # ±100 average to 100 out and 100 in over their own time, not to nothing.
    assert found.loc["V-SA", ["mw", "mw_forward", "mw_reverse"]].tolist() == [0, 50, -50]
    assert found.loc["V-SA", "mw_target"] == 20
    assert found.loc["V-SA", "utilisation"] == pytest.approx((0.5 + 0.2) / 2)
    assert found.loc["VIC1-NSW1", "utilisation"] == pytest.approx(0.5)  # the limit of 0 makes no share
    assert found.loc["V-SA", ["export_limit", "import_limit"]].tolist() == [240, -400]
    one = Flows(last="all", interval="5m", interconnector=["V-SA"]).run(snapshot).frame
    assert one["utilisation"].tolist() == pytest.approx([0.5, 0.2])


def test_flow_history_without_targets(market):
    """The earlier dashboard kept metered flows only."""
    snapshot = market(flow={"mw": {"V-SA": [100.0]}}, minutes=30)
    frame = Flows(last="all", interval="30m").run(snapshot).frame
    assert frame["mw"].tolist() == [100]
    assert frame[["mw_target", "utilisation", "export_limit"]].isna().all(axis=None)


@pytest.mark.parametrize("query", [Demand(), Flows(), Demand(last="all", interval="1M")])
def test_nothing(query):
    result = query.run(empty_snapshot())
    assert len(result.frame) == 0
    assert set(result.frame.columns) == set(type(query).row_columns)
    assert query.rows_at_most(empty_snapshot()) == 0


def test_rows_are_never_more_than_announced(mixed):
    for interval in ("5m", "1h", "1y"):
        query = Demand(last="all", interval=interval, region=["NEM"])
        assert 0 < len(query.run(mixed).frame) <= query.rows_at_most(mixed)
