"""The newest interval: the numbers of the other questions, each at its own time."""

import numpy as np
import pandas as pd
import pytest

from components.queries.demand import Demand
from components.queries.generation import GenerationByFuel
from components.queries.latest import Latest
from components.queries.prices import RegionalPrices
from components.store.snapshot import empty_snapshot
from components.vocabulary import REGIONS

MORNING = pd.Timestamp("2024-07-01T01:00")


def of(frame: pd.DataFrame, quantity: str, key: str) -> dict:
    return frame[frame["quantity"] == quantity].set_index(key)["value"].to_dict()


def test_every_number_is_that_of_its_question(mixed):
    frame = Latest().run(mixed).frame
    prices = RegionalPrices(last="latest", region=[*REGIONS, "NEM"]).run(mixed).frame
    assert of(frame, "price", "region") == prices.set_index("region")["price"].to_dict()
    assert of(frame, "price", "region")["SA1"] == -100
    demand = Demand(last="latest", region=[*REGIONS, "NEM"]).run(mixed).frame.set_index("region")
    assert of(frame, "demand", "region") == demand["demand"].to_dict()
    assert of(frame, "underlying_demand", "region") == demand["underlying"].to_dict()
    mix = frame[frame["quantity"] == "generation"]
    whole = GenerationByFuel(last="latest", region=[*REGIONS, "NEM"]).run(mixed).frame
    assert len(mix) == len(whole)
    assert mix["value"].sum() == pytest.approx(whole["mw"].sum())
    south = mix[mix["region"] == "SA1"].set_index("fuel")["value"]
    assert south["battery"] == 100  # BATT2 discharges while
    assert south["battery_charging"] == -100  # BATT1 charges
    assert set(frame["time"]) == {MORNING}
    assert set(frame["unit"]) == {"$/MWh", "MW"}


def test_rooftop_comes_late_and_says_so(market):
    every = {r: [100.0] * 12 for r in REGIONS}
    snapshot = market(
        units=[{"duid": "U", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"U": [5.0] * 12}, demand=every, price=every, rooftop={r: [30.0] for r in REGIONS},
        flow={"mw": {"V-SA": [10.0] * 12}, "export_limit": {"V-SA": [np.nan] * 11 + [50.0]}},
    )  # fmt: skip
    frame = Latest().run(snapshot).frame
    times = frame.drop_duplicates("quantity").set_index("quantity")["time"].to_dict()
    assert times["rooftop"] == times["underlying_demand"] == pd.Timestamp("2024-07-01T00:30")
    assert times["demand"] == times["price"] == times["flow"] == MORNING
    assert of(frame, "underlying_demand", "region")["NEM"] == 650
    assert of(frame, "flow", "interconnector") == {"V-SA": 10}
    assert of(frame, "export_limit", "interconnector") == {"V-SA": 50}
    assert "target_flow" not in set(frame["quantity"])  # unknown is left out, not zero
    assert frame.loc[frame["quantity"] == "flow", "region"].isna().all()


def test_parts_that_are_missing_are_left_out(market):
    only = market(price={"SA1": [7.0]})
    frame = Latest().run(only).frame
    assert frame[["quantity", "region", "value"]].to_numpy().tolist() == [["price", "SA1", 7.0]]
    empty = Latest().run(empty_snapshot()).frame
    assert len(empty) == 0
    assert list(empty.columns) == list(Latest.row_columns)


def test_rows_are_never_more_than_announced(mixed):
    assert len(Latest().run(mixed).frame) <= Latest().rows_at_most(mixed)
