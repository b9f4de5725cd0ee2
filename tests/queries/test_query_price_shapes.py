"""Heat maps, spreads, events, interventions, cumulative and capture prices: small markets by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.queries.prices import PriceStats, RegionalPrices
from components.queries.prices_capture import PriceCapture, PriceCaptureStats
from components.queries.prices_cumulative import CumulativePrice
from components.queries.prices_events import MarketInterventions, PriceEvents
from components.queries.prices_heat import PriceHeat
from components.queries.prices_spread import PriceSpread, PriceSpreadBands, PriceSpreadStats
from components.queries.revenue import Revenue
from components.store.snapshot import empty_snapshot
from components.vocabulary import REGIONS

NAN = np.nan
ALL = {"last": "all"}
EVERY = (
    CumulativePrice, MarketInterventions, PriceCapture, PriceCaptureStats, PriceEvents, PriceHeat, PriceSpread, PriceSpreadBands,
    PriceSpreadStats,
)  # fmt: skip


def rows_of(dataset_rows: dict, count: int, start: str = "2024-07-01") -> pd.DataFrame:
    times = pd.Timestamp(start) + pd.Timedelta(minutes=5) * np.arange(1, count + 1)
    return pd.DataFrame({"time": times, "minutes": 5, "source": "mmsdm", **dataset_rows})


@pytest.mark.parametrize("question", EVERY)
def test_nothing_known_is_an_empty_answer_with_its_columns(question):
    result = question(**ALL).run(empty_snapshot())
    assert len(result.frame) == 0
    assert list(result.frame.columns) == list(question.row_columns)


@pytest.mark.parametrize("question", EVERY)
@pytest.mark.parametrize("more", [{}, {"hour": [0], "weekday": [1]}])
def test_rows_are_never_more_than_announced_and_units_are_documented(question, more, mixed):
    query = question(**ALL, **more)
    result = query.run(mixed)
    assert len(result.frame) <= query.rows_at_most(mixed)
    assert {c: u for c, u in result.units.items() if u} == {
        c: question.row_columns[c][0] for c in result.units if question.row_columns[c][0]
    }


# -- heat map ----------------------------------------------------------------------------------------


def test_hours_of_days(market):
    """Two days: $10 until 12:00, then $30; the interval that ends at midnight belongs to hour 23."""
    snapshot = market(price={"SA1": ([10.0] * 144 + [30.0] * 144) * 2})
    frame = PriceHeat(**ALL, region=["SA1"]).run(snapshot).frame
    assert len(frame) == 48
    assert frame["time"].dt.strftime("%d").unique().tolist() == ["01", "02"]
    assert frame["price"].tolist() == ([10.0] * 12 + [30.0] * 12) * 2
    monthly = PriceHeat(**ALL, region=["SA1"], by="month", agg="max").run(snapshot).frame
    assert monthly["price"].tolist() == [10.0] * 12 + [30.0] * 12


def test_the_markets_hour_is_weighted_by_demand_and_equals_its_hourly_price(market):
    others = {r: [20.0] * 12 for r in REGIONS if r != "NSW1"}
    snapshot = market(
        price={"NSW1": [100.0] * 6 + [400.0] * 6, **others},
        demand={"NSW1": [6000.0] * 6 + [2000.0] * 6, **{r: [1000.0] * 12 for r in others}},
    )
    cell = PriceHeat(**ALL, region=["NEM"]).run(snapshot).frame.iloc[0]["price"]
    hour = RegionalPrices(**ALL, region=["NEM"], interval="1h").run(snapshot).frame.iloc[0]["price"]
    assert cell == pytest.approx(hour)
    assert cell == pytest.approx((6000 * 100 + 2000 * 400 + 8000 * 20) / 16000)


def test_hours_without_a_price_are_missing(market):
    snapshot = market(price={"SA1": [5.0] * 12 + [NAN] * 12 + [7.0] * 12})
    frame = PriceHeat(**ALL, region=["SA1"]).run(snapshot).frame.set_index("hour")["price"]
    np.testing.assert_array_equal(frame.loc[[0, 1, 2]], [5, NAN, 7])


# -- spread ------------------------------------------------------------------------------------------


@pytest.fixture
def apart(market):
    return market(price={"SA1": [100.0, 50, 50, NAN, 20, 20], "VIC1": [80.0, 50, 90, 10, 60, 60]})


def test_spread_over_time_is_the_mean_of_differences(apart):
    five = PriceSpread(**ALL, interval="5m").run(apart)
    np.testing.assert_array_equal(five.frame["spread"], [20, 0, -40, NAN, -40, -40])
    assert (five.expected, five.present) == (6, 5)
    assert PriceSpread(**ALL, interval="30m").run(apart).frame["spread"].tolist() == [-20]
    assert PriceSpread(**ALL, interval="30m", a="VIC1", b="SA1", agg="max").run(apart).frame["spread"].tolist() == [40]


def test_spread_statistics_and_bands_agree(apart):
    row = PriceSpreadStats(**ALL).run(apart).frame.iloc[0]
    assert (row["a"], row["b"]) == ("SA1", "VIC1")
    assert (row["mean"], row["mean_abs"]) == (-20, 28)
    assert (row["hours_above"], row["hours_below"], row["hours_equal"]) == pytest.approx((1 / 12, 3 / 12, 1 / 12))
    assert row["coverage"] == pytest.approx(5 / 6)
    bands = PriceSpreadBands(**ALL).run(apart).frame
    assert bands["contribution"].sum() == pytest.approx(row["mean"])
    assert bands["share"].sum() == pytest.approx(1)
    assert bands["hours"].sum() == pytest.approx(5 / 12)
    assert bands.set_index("band")["hours"].loc["-100 to -30"] == pytest.approx(3 / 12)


def test_a_region_against_itself_is_zero(apart):
    row = PriceSpreadStats(**ALL, a="SA1", b="SA1").run(apart).frame.iloc[0]
    assert (row["mean"], row["mean_abs"], row["hours_above"]) == (0, 0, 0)


# -- events ------------------------------------------------------------------------------------------


def test_events_of_several_regions_in_the_order_of_time(market):
    snapshot = market(
        price={"NSW1": [50.0] * 6 + [900.0] + [50.0] * 29, "SA1": [400.0] + [50.0] * 35, "VIC1": [-5.0] + [0.0] * 35}
    )
    frame = PriceEvents(**ALL).run(snapshot).frame
    assert frame["region"].tolist() == ["SA1", "NSW1"]
    assert frame["start"].tolist() == [pd.Timestamp("2024-07-01T00:00"), pd.Timestamp("2024-07-01T00:30")]
    assert frame["peak"].tolist() == [400, 900]
    low = PriceEvents(**ALL, side="low").run(snapshot).frame
    assert low["region"].tolist() == ["VIC1"]
    assert low["mean"].tolist() == [-5]
    assert len(PriceEvents(**ALL, threshold=500.0).run(snapshot).frame) == 1


def test_time_beyond_equals_the_hours_of_the_statistics(market):
    rng = np.random.default_rng(5)
    snapshot = market(price={"SA1": rng.choice([-40.0, 20.0, 300.0, 800.0], 2000).tolist()})
    stats = PriceStats(**ALL, region=["SA1"]).run(snapshot).frame.iloc[0]
    high = PriceEvents(**ALL, region=["SA1"]).run(snapshot).frame
    low = PriceEvents(**ALL, region=["SA1"], side="low").run(snapshot).frame
    assert high["hours_beyond"].sum() == pytest.approx(stats["hours_above_300"])
    assert high["beyond"].sum() == pytest.approx(stats["cap_payout"])
    assert low["hours_beyond"].sum() == pytest.approx(stats["negative_hours"])
    unbroken = PriceEvents(**ALL, region=["SA1"], side="low", gap=0).run(snapshot).frame
    assert unbroken["hours"].max() == pytest.approx(stats["longest_negative_hours"])


def test_interventions_are_runs_of_flags(market):
    flagged = rows_of(
        {"region": "QLD1", "rrp": [300.0, 300, 300, 80, 90, 80], "apc_flag": [1.0, 1, 1, 0, 0, 0],
         "market_suspended_flag": [0.0, 0, 0, 0, 1, 0]},
        6,
    )  # fmt: skip
    result = MarketInterventions(**ALL).run(market(more={"price": flagged}))
    frame = result.frame
    assert frame["kind"].tolist() == ["administered", "suspended"]
    assert frame["hours"].tolist() == pytest.approx([0.25, 1 / 12])
    assert frame["mean"].tolist() == [300, 90]
    assert result.present == 12
    assert result.notes == ()


def test_a_lake_without_flags_says_that_it_cannot_tell(market):
    result = MarketInterventions(**ALL).run(market(price={"QLD1": [300.0] * 3}))
    assert len(result.frame) == 0
    assert result.coverage == 0
    assert "No file" in result.notes[0]


# -- cumulative price --------------------------------------------------------------------------------


def test_the_week_before_the_window_counts(market):
    snapshot = market(price={"SA1": [100.0] * 2016 + [1100.0] * 12})
    window = {"start": pd.Timestamp("2024-07-08"), "end": pd.Timestamp("2024-07-08T01:00")}
    frame = CumulativePrice(**window, region=["SA1"], interval="5m").run(snapshot).frame
    assert frame["summed"].tolist() == pytest.approx([201_600 + 1000 * n for n in range(1, 13)])
    assert frame["cumulative"].tolist() == frame["summed"].tolist()
    assert frame["threshold"].unique().tolist() == [1_573_700]
    assert frame["share"].iloc[-1] == pytest.approx(213_600 / 1_573_700)
    # A bucket shows its highest.
    assert CumulativePrice(**window, region=["SA1"], interval="1h").run(snapshot).frame["summed"].tolist() == [213_600]


def test_aemos_own_figure_is_taken_where_there_is_one(market):
    given = rows_of({"region": "SA1", "rrp": [50.0] * 3, "cumulative_price": [NAN, 900_000.0, 900_050.0]}, 3)
    frame = CumulativePrice(**ALL, region=["SA1"], interval="5m").run(market(more={"price": given})).frame
    np.testing.assert_array_equal(frame["cumulative"], [900_000, 900_050])
    assert frame["summed"].isna().all()


# -- capture -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["SA1", "VIC1", "NEM"])
@pytest.mark.parametrize("interval", ["1d", "1M"])
def test_capture_price_and_energy_are_those_of_revenue(mixed, region, interval):
    mine = PriceCapture(**ALL, region=[region], interval=interval).run(mixed).frame.set_index("fuel")
    other = Revenue(**ALL, by=["fuel"], region=[region]).run(mixed).frame.set_index("fuel")
    other = other[other["energy_mwh"] > 0]
    assert set(mine.index) == set(other.index)
    for column in ("energy_mwh", "capture_price"):
        np.testing.assert_allclose(mine[column].astype(float), other.loc[list(mine.index), column], rtol=1e-12)


def test_capture_rate_is_against_the_flat_price(market):
    units = [{"duid": "SUN", "region": "SA1", "fuel": "solar", "fueltech": "solar_utility"},
             {"duid": "GAS", "region": "SA1", "fuel": "gas", "fueltech": "gas_ccgt"},
             {"duid": "BAT", "region": "SA1", "fuel": "battery", "fueltech": "battery", "role": "bidirectional"}]  # fmt: skip
    power = {"SUN": [60.0, 0.0], "GAS": [60.0, 60.0], "BAT": [-50.0, 40.0]}
    snapshot = market(units=units, scada=power, price={"SA1": [20.0, 180.0]})
    frame = PriceCapture(**ALL, region=["SA1"]).run(snapshot).frame.set_index("fuel")
    assert frame["flat_price"].tolist() == [100, 100, 100]
    # The battery's discharge alone counts, at its own price; it is no generation.
    assert frame["capture_price"].to_dict() == pytest.approx({"gas": 100, "solar": 20, "battery": 180})
    assert frame["capture_rate"].to_dict() == pytest.approx({"gas": 1, "solar": 0.2, "battery": 1.8})
    assert frame["share"].to_dict() == pytest.approx({"gas": 2 / 3, "solar": 1 / 3, "battery": NAN}, nan_ok=True)


def test_the_market_pools_the_money_of_its_regions(market):
    units = [{"duid": d, "region": r, "fuel": "wind", "fueltech": "wind"} for d, r in (("A", "SA1"), ("B", "VIC1"))]
    snapshot = market(
        units=units, scada={"A": [60.0, 0.0], "B": [60.0, 120.0]}, price={"SA1": [20.0, 180.0], "VIC1": [40.0, 60.0]}
    )
    row = PriceCapture(**ALL, region=["NEM"]).run(snapshot).frame.iloc[0]
    earned, flat = 60 * 20 + 60 * 40 + 120 * 60, 60 * 100 + 180 * 50
    assert row["capture_price"] == pytest.approx(earned / 240)
    assert row["capture_rate"] == pytest.approx(earned / flat)
    assert row["flat_price"] == pytest.approx(flat / 240)


def test_capture_of_days_adds_up_to_that_of_the_month(market):
    """Whole days are remembered, others added up anew; both are the same energy and money."""
    rng = np.random.default_rng(8)
    count = 288 * 31
    snapshot = market(
        units=[{"duid": "W", "region": "SA1", "fuel": "wind", "fueltech": "wind"}],
        scada={"W": rng.uniform(0, 100, count).tolist()}, price={"SA1": rng.uniform(-50, 300, count).tolist()},
    )  # fmt: skip
    days = PriceCapture(**ALL, region=["SA1"], interval="1d").run(snapshot).frame
    month = PriceCapture(**ALL, region=["SA1"], interval="1M").run(snapshot).frame.iloc[0]
    assert len(days) == 31
    assert days["energy_mwh"].sum() == pytest.approx(month["energy_mwh"])
    pooled = (days["energy_mwh"] * days["capture_price"]).sum() / days["energy_mwh"].sum()
    assert pooled == pytest.approx(month["capture_price"])
    whole = PriceCaptureStats(**ALL, region=["SA1"]).run(snapshot).frame.iloc[0]
    assert whole.to_dict() == pytest.approx(month.drop("time").to_dict())
    part = {"start": pd.Timestamp("2024-07-03T05:00"), "end": pd.Timestamp("2024-07-09T17:35")}
    cut = PriceCapture(**part, region=["SA1"], interval="1M").run(snapshot).frame.iloc[0]
    assert PriceCaptureStats(**part, region=["SA1"]).run(snapshot).frame.iloc[0].to_dict() == pytest.approx(
        cut.drop("time").to_dict()
    )
    exact = Revenue(**part, by=["fuel"], region=["SA1"]).run(snapshot).frame.iloc[0]
    assert cut["capture_price"] == pytest.approx(exact["capture_price"])


def test_capture_chooses_buckets_of_days_or_longer():
    kind = PriceCapture.parameters()["interval"]
    assert "5m" not in kind.objects
    end = pd.Timestamp("2024-07-31")
    for days, wanted in ((1, "1d"), (30, "1d"), (120, "7d"), (365, "1M"), (5 * 365, "3M"), (12 * 365, "1y")):
        query = PriceCapture(start=end - pd.Timedelta(days=days), end=end)
        assert query.window(empty_snapshot()).interval == wanted


@pytest.mark.parametrize("question", [PriceEvents, MarketInterventions])
def test_a_window_that_begins_before_the_data_is_no_larger_than_the_data(question, mixed):
    assert question(start=pd.Timestamp("1990-01-01")).rows_at_most(mixed) < 200
    assert question(start=pd.Timestamp("1990-01-01"), end=pd.Timestamp("1991-01-01")).rows_at_most(mixed) < 20
