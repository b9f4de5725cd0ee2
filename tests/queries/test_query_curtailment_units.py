"""Curtailment of units and in sum, against sums by hand and against each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.metrics.curtailment import price_bands, sums, sums_by_price
from components.queries.base import REGISTRY
from components.queries.curtailment import Curtailment
from components.queries.curtailment_hours import CurtailmentHeat, CurtailmentTimeOfDay
from components.queries.curtailment_pool import HOW_TO_READ_UNITS
from components.queries.curtailment_summary import CurtailmentByPrice, CurtailmentSummary, CurtailmentUnits
from components.queries.monthly import forget
from components.store.frames import open_snapshot
from components.store.lake import Lake
from components.store.snapshot import Snapshot, empty_snapshot
from components.vocabulary import REGIONS

NAN = np.nan
HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
UNITS = (
    {"duid": "WIND1", "station": "Windy Hill", "owner": "B Co", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 60.0},
    {"duid": "WIND2", "station": "Windy Hill", "owner": "B Co", "region": "SA1", "fuel": "wind", "fueltech": "wind", "capacity_mw": 40.0},
    {"duid": "SUN1", "station": "Sunny Plain", "owner": "C Co", "region": "QLD1", "fuel": "solar", "fueltech": "solar_utility", "capacity_mw": 90.0},
)  # fmt: skip


def farms(series: dict[str, tuple[list[float], list[float], float]]) -> pd.DataFrame:
    """Rows of forecast, target and cap of units over an hour."""
    times = pd.Timestamp("2024-07-01") + pd.Timedelta(minutes=5) * np.arange(1, 13)
    return pd.concat(
        pd.DataFrame(
            {"time": times, "duid": duid, "uigf": uigf, "cleared": cleared, "semi_dispatch_cap": cap, "minutes": 5, "source": "mmsdm"}
        )
        for duid, (uigf, cleared, cap) in series.items()
    )  # fmt: skip


@pytest.fixture
def hour(market: Callable[..., Snapshot]) -> Snapshot:
    """WIND1 gives 30 of 60 MW for half an hour at -$50 and then all; WIND2 always 10 of 20; SUN1 40 of 50 at $80."""
    regional = []
    for region in REGIONS:
        uigf = {"SA1": [80.0] * 12}.get(region, [0.0] * 12)
        cleared = {"SA1": [40.0] * 6 + [70.0] * 6}.get(region, [0.0] * 12)
        times = pd.Timestamp("2024-07-01") + pd.Timedelta(minutes=5) * np.arange(1, 13)
        sun = region == "QLD1"
        regional.append(
            pd.DataFrame(
                {
                    "time": times, "region": region, "ss_wind_uigf": uigf, "ss_wind_cleared": cleared,
                    "ss_solar_uigf": 50.0 * sun, "ss_solar_cleared": 40.0 * sun, "minutes": 5, "source": "mmsdm",
                }
            )
        )  # fmt: skip
    return market(
        units=UNITS,
        scada={"WIND1": [30.0] * 12, "WIND2": [10.0] * 12, "SUN1": [40.0] * 12},
        price={"SA1": [-50.0] * 6 + [100.0] * 6, "QLD1": [80.0] * 12, "NSW1": [50.0] * 12, "TAS1": [0.0] * 12, "VIC1": [50.0] * 12},
        more={
            "region": pd.concat(regional),
            "semi_scheduled": farms(
                {
                    "WIND1": ([60.0] * 12, [30.0] * 6 + [60.0] * 6, 1.0),
                    "WIND2": ([20.0] * 12, [10.0] * 12, 0.0),
                    "SUN1": ([50.0] * 12, [40.0] * 12, NAN),
                }
            ),
        },
    )  # fmt: skip


def only(result, **keys: str) -> pd.Series:
    frame = result.frame
    for name, value in keys.items():
        frame = frame[frame[name].astype(str) == value]
    assert len(frame) == 1
    return frame.iloc[0]


# -- the arithmetic ----------------------------------------------------------------------------------


def test_sums_have_the_same_intervals_above_and_below_the_line():
    uigf = np.array([[120.0, 120.0, NAN, 120.0, 120.0]])
    cleared = np.array([[60.0, 132.0, 60.0, NAN, 108.0]])
    price = np.array([[0.0, 50.0, 50.0, 50.0, NAN]])
    found = dict(zip(
        ("uigf", "cleared", "curtailed", "economic", "network", "money", "priced", "hours", "priced_hours", "curtailed_hours"),
        sums(uigf, cleared, price)[:, 0], strict=True,
    ))  # fmt: skip
    assert found["uigf"] == pytest.approx(30)  # three intervals of 120 MW
    assert found["cleared"] == pytest.approx(25)
    assert found["curtailed"] == pytest.approx(6)  # 60 and 12 MW; more than the forecast is no curtailment
    assert found["economic"] == pytest.approx(5)  # at exactly $0
    assert found["network"] == 0
    assert found["priced"] == pytest.approx(5)
    assert found["money"] == 0
    assert found["hours"] == pytest.approx(3 / 12)
    assert found["priced_hours"] == pytest.approx(2 / 12)
    assert found["curtailed_hours"] == pytest.approx(2 / 12)


def test_price_bands_are_contiguous_and_an_edge_belongs_below():
    bands = price_bands()
    assert [high for _, _, high in bands[:-1]] == [low for _, low, _ in bands[1:]]
    assert (bands[0][1], bands[-1][2]) == (-np.inf, np.inf)
    prices = np.array([[-1000.0, -100.0, -99.99, 0.0, 0.01, 300.0, 300.01]])
    hours = sums_by_price(np.full((1, 7), 12.0), np.zeros((1, 7)), prices)[0, 0] * 12
    assert hours.tolist() == [2, 1, 0, 1, 1, 0, 0, 1, 1]


# -- in sum ------------------------------------------------------------------------------------------


def test_a_region_in_sum_by_hand(hour):
    wind = only(CurtailmentSummary(**HOUR).run(hour), region="SA1", fuel="wind")
    assert (wind["uigf_mwh"], wind["cleared_mwh"]) == (pytest.approx(80), pytest.approx(55))
    assert wind["curtailed_mwh"] == pytest.approx(25)  # 40 MW for half an hour, 10 MW for another
    assert (wind["economic_mwh"], wind["network_mwh"]) == (pytest.approx(20), pytest.approx(5))
    assert wind["rate"] == pytest.approx(25 / 80)
    assert wind["economic_share"] == pytest.approx(0.8)
    assert wind["price"] == pytest.approx((20 * -50 + 5 * 100) / 25)
    assert (wind["curtailed_hours"], wind["hours"], wind["coverage"]) == (pytest.approx(1), pytest.approx(1), 1)


def test_groups_pool_energies_before_they_divide(hour):
    whole = only(CurtailmentSummary(**HOUR, region=["NEM"], by=["region"]).run(hour), region="NEM")
    assert whole["uigf_mwh"] == pytest.approx(130)
    assert whole["curtailed_mwh"] == pytest.approx(35)
    assert whole["rate"] == pytest.approx(35 / 130)
    assert whole["network_mwh"] == pytest.approx(15)
    fuels = CurtailmentSummary(**HOUR, by=["fuel"]).run(hour)
    assert list(fuels.frame.columns[:1]) == ["fuel"]
    assert only(fuels, fuel="solar")["curtailed_mwh"] == pytest.approx(10)
    assert only(fuels, fuel="solar")["price"] == pytest.approx(80)


def test_a_window_without_forecasts_has_nulls_not_zeros(mixed):
    frame = CurtailmentSummary(last="all").run(mixed).frame
    assert (
        frame[["uigf_mwh", "curtailed_mwh", "economic_mwh", "rate", "price", "curtailed_hours"]].isna().all(axis=None)
    )
    assert (frame["coverage"] == 0).all()
    assert CurtailmentByPrice(last="all").run(mixed).frame.empty
    assert CurtailmentSummary().run(empty_snapshot()).present == 0


def test_bands_up_to_zero_are_economic_curtailment(hour):
    result = CurtailmentByPrice(**HOUR, region=["SA1"], fuel=["wind"], by=["region"]).run(hour)
    low, dear = only(result, band="−$100 to −$50"), only(result, band="$50 to $100")
    assert (low["hours"], low["curtailed_mwh"], low["rate"]) == (0.5, pytest.approx(20), pytest.approx(0.5))
    assert (dear["uigf_mwh"], dear["curtailed_mwh"], dear["share"]) == (
        pytest.approx(40),
        pytest.approx(5),
        pytest.approx(0.2),
    )
    assert result.frame["share"].sum() == pytest.approx(1)
    assert np.isnan(only(result, band="> $300")["rate"])


# -- units -------------------------------------------------------------------------------------------


def test_units_by_hand_the_most_curtailed_first(hour):
    result = CurtailmentUnits(**HOUR).run(hour)
    assert result.frame["duid"].tolist() == ["WIND1", "SUN1", "WIND2"]  # 15, 10, 10 MWh: the name decides
    first = only(result, duid="WIND1")
    assert (first["curtailed_mwh"], first["economic_mwh"], first["network_mwh"]) == (
        pytest.approx(15),
        pytest.approx(15),
        0,
    )
    assert first["rate"] == pytest.approx(0.25)
    assert first["price"] == pytest.approx(-50)
    assert (first["curtailed_hours"], first["hours"], first["capped_hours"]) == (pytest.approx(0.5), 1, 1)
    assert first["capacity_mw"] == 60
    assert (only(result, duid="WIND2")["capped_hours"], only(result, duid="WIND2")["coverage"]) == (0, 1)
    assert np.isnan(only(result, duid="SUN1")["capped_hours"]), "an unknown cap is not none"
    assert (result.expected, result.present) == (36, 36)


@pytest.mark.parametrize(
    ("by", "name", "mwh", "capacity"),
    [
        ("station", "Windy Hill", 25, 100),
        ("owner", "B Co", 25, 100),
        ("fuel", "solar", 10, 90),
        ("region", "SA1", 25, 100),
    ],
)
def test_groups_of_units(hour, by, name, mwh, capacity):
    row = only(CurtailmentUnits(**HOUR, by=by).run(hour), **{by: name})
    assert row["curtailed_mwh"] == pytest.approx(mwh)
    assert row["capacity_mw"] == capacity
    if by == "station":
        assert row["rate"] == pytest.approx(25 / 80)


def test_a_station_over_time_adds_up_its_units(hour):
    frame = Curtailment(**HOUR, by="station", interval="30m").run(hour).frame
    windy = frame[frame["station"] == "Windy Hill"]
    assert windy["uigf"].tolist() == [80, 80]
    assert windy["curtailed"].tolist() == [40, 10]
    assert windy["economic"].tolist() == [40, 0]
    assert windy["rate"].tolist() == [0.5, 0.125]
    assert windy["price"].tolist() == pytest.approx([-50, 100])
    one = Curtailment(**HOUR, by="duid", duid=["WIND1"], interval="1h", agg="sum").run(hour)
    assert one.frame["curtailed"].tolist() == pytest.approx([15])
    assert one.units["curtailed"] == "MWh"


def test_a_unit_without_a_target_is_missing_there_not_uncurtailed(market):
    rows = farms({"WIND1": ([60.0] * 12, [NAN] * 6 + [30.0] * 6, 1.0)})
    snapshot = market(units=UNITS[:1], price={"SA1": [10.0] * 12}, more={"semi_scheduled": rows})
    row = only(CurtailmentUnits(**HOUR).run(snapshot), duid="WIND1")
    assert (row["uigf_mwh"], row["curtailed_mwh"], row["coverage"]) == (pytest.approx(30), pytest.approx(15), 0.5)
    frame = Curtailment(**HOUR, by="duid", interval="1h").run(snapshot).frame
    assert (frame["uigf"].iloc[0], frame["curtailed"].iloc[0], frame["rate"].iloc[0]) == (60, 30, 0.5)


def test_a_unit_that_no_list_knows_is_counted(market):
    rows = farms({"NOBODY": ([60.0] * 12, [30.0] * 12, 1.0)})
    snapshot = market(
        units=UNITS[:1], scada={"WIND1": [1.0] * 12}, price={"SA1": [10.0] * 12}, more={"semi_scheduled": rows}
    )
    row = only(CurtailmentUnits(**HOUR).run(snapshot), duid="NOBODY")
    assert row["curtailed_mwh"] == pytest.approx(30)
    assert np.isnan(row["economic_mwh"]), "without a region there is no price"


def test_without_units_the_answer_says_how_to_read_them(mixed):
    for query in (CurtailmentUnits(last="all"), Curtailment(last="all", by="duid")):
        result = query.run(mixed)
        assert result.frame.empty
        assert result.notes == (HOW_TO_READ_UNITS,)


def test_who_is_named_is_shown(hour):
    named = (
        {},
        {"duid": ["WIND1"]},
        {"station": ["Windy Hill"]},
        {"owner": ["B Co"]},
        {"owner": ["B Co"], "by": "duid"},
    )
    assert [Curtailment(**n).word for n in named] == ["region", "duid", "station", "station", "duid"]
    assert Curtailment(**HOUR, duid=["WIND1"], interval="1h").run(hour).frame["curtailed"].tolist() == pytest.approx(
        [15]
    )


# -- by hour -----------------------------------------------------------------------------------------


def test_hours_of_days(hour):
    frame = CurtailmentHeat(**HOUR, region=["SA1"]).run(hour).frame
    first = frame[frame["hour"] == 0].iloc[0]
    assert (first["curtailed"], first["rate"]) == (pytest.approx(25), pytest.approx(25 / 80))
    assert frame.loc[frame["hour"] > 0, ["curtailed", "rate"]].isna().all(axis=None)
    held = CurtailmentHeat(**HOUR, region=["SA1"], quantity="network").run(hour).frame
    assert held.loc[held["hour"] == 0, "curtailed"].iloc[0] == pytest.approx(5)


def test_times_of_day_fold_the_series_over_time(hour):
    frame = CurtailmentTimeOfDay(**HOUR, region=["SA1"], fuel=["wind"], quantity="economic").run(hour).frame
    assert frame["time_of_day"].tolist() == ["00:00", "00:30"]
    assert frame["mean"].tolist() == [40, 0]


# -- the demo market ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(demo_lake: Path) -> Snapshot:
    return open_snapshot(Lake(demo_lake))


def test_units_add_up_to_their_regions(demo):
    """The same energy from two tables: the units' own, and what AEMO adds up by region and fuel."""
    regions = CurtailmentSummary(last="all").run(demo).frame
    for word in ("region", "fuel"):
        units = CurtailmentUnits(last="all", by=word).run(demo).frame
        for name, row in units.set_index(units[word].astype(str)).iterrows():
            mine = regions[regions[word].astype(str) == name]
            for column in ("uigf_mwh", "cleared_mwh", "curtailed_mwh", "economic_mwh", "network_mwh"):
                assert row[column] == pytest.approx(mine[column].sum(), rel=1e-6)


def test_cleared_and_curtailed_are_the_forecast_of_every_unit(demo):
    frame = CurtailmentUnits(last="all").run(demo).frame
    assert len(frame) > 5
    np.testing.assert_allclose(frame["cleared_mwh"] + frame["curtailed_mwh"], frame["uigf_mwh"], rtol=1e-12)
    assert (frame["coverage"] == 1).all()


def test_months_that_are_remembered_give_the_same_numbers(demo):
    last = demo.last("region")
    window = {"start": last - pd.Timedelta(days=3), "end": last}
    every = CurtailmentUnits(**window).run(demo).frame
    forget()
    pd.testing.assert_frame_equal(CurtailmentUnits(**window).run(demo).frame, every)
    half = pd.Timestamp((window["start"] + pd.Timedelta(days=1)).date())
    for kind in (CurtailmentSummary, CurtailmentUnits):
        whole = kind(**window).run(demo).frame["curtailed_mwh"].sum()
        parts = [
            kind(start=a, end=b).run(demo).frame["curtailed_mwh"].sum()
            for a, b in ((window["start"], half), (half, window["end"]))
        ]
        assert sum(parts) == pytest.approx(whole, rel=1e-9)


def test_every_route_of_curtailment_is_registered():
    routes = {r for r in REGISTRY if r.startswith("curtailment")}
    assert routes >= {
        "curtailment",
        *(f"curtailment/{n}" for n in ("summary", "units", "by-price", "time-of-day", "by-hour")),
    }
