"""Prices of regions and of the market: weights, gaps, statistics, bands, duration."""

import numpy as np
import pandas as pd
import pytest

from components.queries.prices import PriceStats, RegionalPrices
from components.queries.prices_bands import PriceBands, PriceDuration
from components.store.snapshot import empty_snapshot
from components.vocabulary import REGIONS

WINDOW = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T00:30")}
NAN = np.nan


@pytest.fixture
def priced(market):
    """Half an hour: NSW1 has 6,000 MW and turns expensive as its demand falls."""
    flat = {"QLD1": [20.0] * 6, "SA1": [20.0] * 6, "TAS1": [20.0] * 6, "VIC1": [20.0] * 6}
    return market(
        price={"NSW1": [100, 100, 100, 400, 400, 400], **flat},
        demand={"NSW1": [6000.0] * 3 + [2000.0] * 3, **{r: [1000.0] * 6 for r in flat}},
    )


def values(query, snapshot) -> dict:
    frame = query.run(snapshot).frame
    return {r: f["price"].tolist() for r, f in frame.groupby("region", observed=True)}


def test_five_minute_prices_are_the_regions_own(priced):
    found = values(RegionalPrices(**WINDOW, interval="5m"), priced)
    assert list(found) == sorted(REGIONS)
    assert found["NSW1"] == [100, 100, 100, 400, 400, 400]


def test_coarser_regional_price_is_the_time_weighted_mean_of_all_six(priced):
    assert values(RegionalPrices(**WINDOW, interval="30m", region=["NSW1"]), priced) == {"NSW1": [250.0]}
    assert values(RegionalPrices(**WINDOW, interval="30m", region=["NSW1"], agg="max"), priced) == {"NSW1": [400.0]}
    assert values(RegionalPrices(**WINDOW, interval="30m", region=["NSW1"], agg="min"), priced) == {"NSW1": [100.0]}


def test_market_price_is_weighted_by_demand_never_nsw_nor_a_plain_mean(priced):
    five = values(RegionalPrices(**WINDOW, interval="5m", region=["NEM"]), priced)["NEM"]
    early, late = (6000 * 100 + 4000 * 20) / 10000, (2000 * 400 + 4000 * 20) / 6000
    assert five == pytest.approx([early] * 3 + [late] * 3)


def test_coarser_market_price_is_weighted_by_energy(priced):
    half = values(RegionalPrices(**WINDOW, interval="30m", region=["NEM"]), priced)["NEM"]
    assert half == pytest.approx([(6000 * 100 + 4000 * 20 + 2000 * 400 + 4000 * 20) / 16000])
    assert values(RegionalPrices(**WINDOW, interval="30m", region=["NEM"], agg="max"), priced)["NEM"] == pytest.approx(
        [(2000 * 400 + 4000 * 20) / 6000]
    )


def test_market_price_is_missing_where_a_region_lacks_price_or_demand(market):
    price = {r: [50.0] * 6 for r in REGIONS}
    demand = {r: [1000.0] * 6 for r in REGIONS}
    price["TAS1"] = [50.0, NAN, 50.0, 50.0, 50.0, 50.0]
    demand["QLD1"] = [1000.0, 1000.0, NAN, 1000.0, 1000.0, 1000.0]
    snapshot = market(price=price, demand=demand)
    result = RegionalPrices(**WINDOW, interval="5m", region=["NEM", "TAS1"]).run(snapshot)
    wide = result.wide("price")
    assert wide["NEM"].isna().tolist() == [False, True, True, False, False, False]
    assert wide["TAS1"].isna().tolist() == [False, True, False, False, False, False]
    assert (result.expected, result.present) == (12, 9)
    # Over the half hour, four intervals are known.
    assert values(RegionalPrices(**WINDOW, interval="30m", region=["NEM"]), snapshot) == {"NEM": [pytest.approx(50)]}


def test_market_price_without_demand_is_missing_and_says_why(market):
    snapshot = market(price={r: [50.0] * 6 for r in REGIONS})
    result = RegionalPrices(**WINDOW, interval="30m", region=["NEM"]).run(snapshot)
    assert len(result.frame) == 0
    assert any("all five regions" in n for n in result.notes)


def test_negative_demand_keeps_its_weight(market):
    """SA1's demand was -37 MW on 2023-10-01."""
    price = {r: [100.0] for r in REGIONS} | {"SA1": [-50.0]}
    demand = {r: [1000.0] for r in REGIONS} | {"SA1": [-37.0]}
    snapshot = market(price=price, demand=demand)
    found = values(RegionalPrices(last="latest", region=["NEM"]), snapshot)["NEM"]
    assert found == pytest.approx([(4 * 1000 * 100 + 37 * 50) / (4000 - 37)])


def test_gap_in_the_middle_is_a_missing_row_not_a_missing_stamp(market):
    snapshot = market(price={"SA1": [1.0, NAN, 3.0]})
    frame = RegionalPrices(last="all", interval="5m", region=["SA1"]).run(snapshot).frame
    np.testing.assert_array_equal(frame["price"], [1, NAN, 3])


def test_months_without_data_stay_on_the_axis(market):
    later = pd.DataFrame(
        {"time": [pd.Timestamp("2024-10-01")], "region": ["SA1"], "rrp": [9.0], "minutes": 5, "source": "mmsdm"}
    )
    snapshot = market(price={"SA1": [1.0]}, more={"price": later})
    frame = RegionalPrices(last="all", interval="1M", region=["SA1"]).run(snapshot).frame
    assert frame["time"].dt.strftime("%Y-%m").tolist() == ["2024-07", "2024-08", "2024-09"]
    np.testing.assert_array_equal(frame["price"], [1, NAN, 9])


def test_statistics_of_a_window(priced):
    result = PriceStats(**WINDOW, region=["NSW1", "NEM"]).run(priced)
    nsw = result.frame.set_index("region").loc["NSW1"]
    assert nsw["mean"] == 250
    assert nsw["median"] == 250
    assert nsw["max_time"] == pd.Timestamp("2024-07-01T00:20")
    assert nsw["hours_above_300"] == pytest.approx(0.25)
    assert nsw["cap_payout"] == pytest.approx(3 * 100 / 12)
    assert nsw["volume_weighted"] == pytest.approx((3 * 6000 * 100 + 3 * 2000 * 400) / 24000)
    assert (nsw["coverage"], nsw["intervals"]) == (1, 6)
    nem = result.frame.set_index("region").loc["NEM"]
    assert nem["volume_weighted"] == pytest.approx(97.5)  # (680,000 + 880,000) / 16,000, as the coarse price
    assert nem["mean"] == pytest.approx((68 + 880000 / 6000) / 2)
    assert list(result.frame.columns) == list(PriceStats.row_columns)


def test_half_hourly_negative_prices_count_once(market):
    snapshot = market(price={"SA1": [-5.0, -5.0, 10.0]}, minutes=30)
    row = PriceStats(last="all", region=["SA1"]).run(snapshot).frame.iloc[0]
    assert (row["negative_intervals"], row["intervals"]) == (2, 3)
    assert (row["negative_hours"], row["longest_negative_hours"]) == (1.0, 1.0)


def test_regions_without_a_price_have_no_statistics(market):
    snapshot = market(price={"SA1": [5.0]})
    assert PriceStats(last="all").run(snapshot).frame["region"].tolist() == ["SA1"]
    for query in (PriceStats, PriceBands, PriceDuration):
        result = query().run(empty_snapshot())
        assert len(result.frame) == 0
        assert list(result.frame.columns) == list(query.row_columns)


def test_bands_add_up_to_the_mean_of_each_region(priced):
    frame = PriceBands(**WINDOW, region=["NSW1", "NEM"]).run(priced).frame
    assert frame.groupby("region", observed=True)["contribution"].sum()["NSW1"] == pytest.approx(250)
    assert frame.groupby("region", observed=True)["share"].sum().tolist() == pytest.approx([1, 1])
    nsw = frame[frame["region"] == "NSW1"].set_index("band")
    assert nsw.loc["100–300", "intervals"] == 3
    assert nsw.loc["300–1000", "mean"] == 400
    assert np.isnan(nsw.loc["<0", "low"])
    assert np.isnan(nsw.loc["≥5000", "high"])


def test_duration_curve(priced):
    frame = PriceDuration(**WINDOW, region=["NSW1"], steps=10).run(priced).frame
    assert frame["price"].iloc[[0, -1]].tolist() == [400, 100]
    assert frame["price"].is_monotonic_decreasing
    assert frame["hours"].iloc[-1] == pytest.approx(0.5)


def test_rows_are_never_more_than_announced(priced):
    for query in (
        RegionalPrices(last="all", interval="5m", region=["NEM", "SA1"]),
        RegionalPrices(last="all", interval="1M"),
        PriceStats(last="all"),
        PriceBands(last="all", region=["NEM"]),
        PriceDuration(last="all", steps=11),
    ):
        assert 0 < len(query.run(priced).frame) <= query.rows_at_most(priced)
