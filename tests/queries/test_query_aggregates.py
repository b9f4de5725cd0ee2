"""What a bucket shows: mean, lowest, highest, energy; and the markets of a price."""

import numpy as np
import pandas as pd
import pytest

from components.errors import QueryError
from components.queries.demand import Demand
from components.queries.flows import Flows
from components.queries.generation import GenerationByFuel
from components.queries.prices import FCAS, RegionalPrices
from components.queries.prices_fcas import FcasPrices
from components.queries.revenue import Revenue
from components.queries.stations import StationOutput
from components.store.snapshot import Snapshot
from components.vocabulary import REGIONS

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00"), "interval": "1h"}


@pytest.mark.parametrize(("agg", "value"), [("mean", 149.0), ("min", 118.0), ("max", 180.0)])
def test_extremes_of_a_fuel_are_those_of_its_sum(mixed, agg, value):
    """COAL1 and COAL2 together: 180 MW, then 118 MW."""
    result = GenerationByFuel(**HOUR, region=["NSW1"], fuel=["coal"], agg=agg).run(mixed)
    assert result.frame["mw"].tolist() == [value]
    assert result.units == {"mw": "MW"}


def test_energy_has_its_own_column_and_unit(mixed):
    result = GenerationByFuel(**{**HOUR, "interval": "30m"}, region=["NSW1"], fuel=["coal"], agg="sum").run(mixed)
    assert result.frame["mwh"].tolist() == pytest.approx([90, 59])
    assert "mw" not in result.frame
    assert result.units == {"mwh": "MWh"}
    assert list(result.wide("mwh").columns) == ["coal"]


def test_energy_by_fuel_is_that_of_revenue(mixed):
    fuels = GenerationByFuel(**HOUR, agg="sum").run(mixed).frame.groupby("fuel", observed=True)["mwh"].sum()
    money = Revenue(start=HOUR["start"], end=HOUR["end"]).run(mixed).frame.set_index("fuel")
    assert fuels["coal"] == pytest.approx(money.loc["coal", "energy_mwh"])
    assert fuels["battery"] == pytest.approx(money.loc["battery", "energy_mwh"])
    assert -fuels["battery_charging"] == pytest.approx(money.loc["battery", "load_mwh"])


def test_missing_adds_nothing_to_energy_and_all_missing_is_null(market):
    snapshot = market(
        units=[{"duid": "U", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"U": [12.0] * 3 + [np.nan] * 9 + [np.nan] * 12 + [12.0] * 12},
    )
    window = {"start": HOUR["start"], "end": pd.Timestamp("2024-07-01T03:00"), "interval": "1h"}
    found = GenerationByFuel(**window, region=["SA1"], agg="sum").run(snapshot).frame["mwh"]
    np.testing.assert_allclose(found, [3, np.nan, 12])


def test_stations_split_and_money_stay_what_they_are(mixed):
    asked = {**HOUR, "duid": ["BATT1"], "by": "duid", "values": ["power", "split", "price", "revenue"]}
    mean = StationOutput(**asked).run(mixed)
    assert mean.frame[["mw", "mw_out", "mw_in", "price", "revenue"]].iloc[0].tolist() == pytest.approx(
        [0, 50, -50, 0, 10000]
    )
    energy = StationOutput(**asked, agg="sum").run(mixed)
    assert energy.frame[["mwh", "mwh_out", "mwh_in", "price", "revenue"]].iloc[0].tolist() == pytest.approx(
        [0, 50, -50, 0, 10000]
    )
    assert energy.units["mwh_in"] == "MWh"
    most = StationOutput(**asked, agg="max").run(mixed).frame.iloc[0]
    assert (most["mw"], most["mw_in"], most["revenue"]) == pytest.approx((100, 0, 10000))


def test_demand_peaks_and_energy(mixed):
    high = Demand(**HOUR, region=["SA1", "NEM"], agg="max").run(mixed).frame
    assert high["underlying"].tolist() == [2200, 10000 + 5 * 1200]
    energy = Demand(**HOUR, region=["SA1"], agg="sum").run(mixed)
    assert energy.frame[["demand", "rooftop", "underlying"]].iloc[0].tolist() == pytest.approx([1000, 900, 1900])
    assert set(energy.units.values()) == {"MWh"}


def test_extremes_of_a_flow(market):
    snapshot = market(flow={"mw": {"V-SA": [100.0, -50.0] * 6}, "mw_target": {"V-SA": [90.0] * 12}})
    least = Flows(**HOUR, agg="min").run(snapshot).frame.iloc[0]
    assert (least["mw"], least["mw_forward"], least["mw_target"]) == (-50, 0, 90)


# -- markets -------------------------------------------------------------------------------------------


@pytest.fixture
def reserves() -> Snapshot:
    times = pd.Timestamp("2024-07-01") + pd.Timedelta(minutes=5) * np.arange(1, 13)
    rows = [
        pd.DataFrame(
            {"time": times, "region": r, "rrp": 50.0, "raise6sec_rrp": np.arange(12.0), "minutes": 5, "source": "mmsdm"}
        )
        for r in REGIONS
    ]
    return Snapshot.from_frames({"price": pd.concat(rows)}, pd.DataFrame({"duid": []}))


def test_reserve_prices(reserves):
    result = RegionalPrices(**HOUR, region=["SA1"], market="raise6sec").run(reserves)
    assert result.frame["price"].tolist() == [5.5]
    assert result.units == {"price": "$/MW/h"}
    assert RegionalPrices(**HOUR, region=["SA1"], market="raise6sec", agg="max").run(reserves).frame[
        "price"
    ].tolist() == [11]
    assert RegionalPrices(**HOUR, region=["SA1"]).run(reserves).frame["price"].tolist() == [50]


def test_a_market_without_prices_has_no_rows(reserves):
    result = RegionalPrices(**HOUR, market="lower1sec").run(reserves)
    assert len(result.frame) == 0
    assert result.present == 0


def test_reserves_have_no_price_of_the_whole_market(reserves):
    with pytest.raises(QueryError, match="none for the NEM"):
        RegionalPrices(region=["NEM"], market="lowerreg").run(reserves)


def test_reserves_in_sum(reserves):
    result = FcasPrices(start=HOUR["start"], end=HOUR["end"]).run(reserves)
    row = result.frame[result.frame["market"].astype(str) == "raise6sec"].iloc[0]
    assert (row["region"], row["mean"], row["min"], row["max"]) == ("NSW1", 5.5, 0, 11)
    assert row["coverage"] == 1
    assert row["hours_above_300"] == 0
    assert "lower1sec" not in set(result.frame["market"].astype(str)), "a market without prices has no row"
    assert set(result.units.values()) == {"$/MW/h", "h", ""}


def test_all_ten_markets_are_offered():
    assert len(FCAS) == 10
    assert {"raise1sec", "raise6sec", "raise60sec", "raise5min", "raisereg", "lowerreg"} < set(FCAS)
    _, problems = RegionalPrices.parse({"market": ["raise6sek"]})
    assert problems[0].did_you_mean == "raise6sec"
