"""Revenue over time: every bucket adds up to everything, whatever the bars are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.queries import remembering, revenue_over_time, row_totals
from components.queries.revenue_over_time import OTHERS, RevenueOverTime
from components.queries.revenue_pivot import RevenuePivot
from components.store.snapshot import empty_snapshot

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
ADDED = ["energy_mwh", "load_mwh", "revenue", "load_cost"]


def frame_of(snapshot, **asked) -> pd.DataFrame:
    frame = RevenueOverTime(**{**HOUR, **asked}).run(snapshot).frame
    return frame.astype({c: str for c in frame.columns if c not in ("time", *ADDED, "capture_price")})


def test_by_hand(mixed):
    """COAL2 makes 60 MW in the first half hour and −2 MW in the second, at $50."""
    rows = frame_of(mixed, by=["duid"], duid=["COAL2", "BATT1"], interval="30m").set_index(["duid", "time"])
    first, second = pd.Timestamp("2024-07-01T00:30"), pd.Timestamp("2024-07-01T01:00")
    assert rows.loc[("COAL2", first), "energy_mwh"] == pytest.approx(30)
    assert rows.loc[("COAL2", first), "revenue"] == pytest.approx(1500)
    assert rows.loc[("COAL2", second), "energy_mwh"] == pytest.approx(-1)
    assert rows.loc[("COAL2", second), "revenue"] == pytest.approx(-50)
    # Three times five minutes out at $100, three times in at −$100.
    battery = rows.loc[("BATT1", first)]
    assert (battery["energy_mwh"], battery["load_mwh"]) == pytest.approx((25, 25))
    assert (battery["revenue"], battery["load_cost"], battery["capture_price"]) == pytest.approx((5000, -2500, 100))


@pytest.mark.parametrize("interval", ["5m", "30m", "1h", "1d", "1M", "fy"])
@pytest.mark.parametrize("by", [["fuel"], ["owner"], ["region", "fueltech"]])
def test_buckets_add_up_to_the_pivots_figures(mixed, interval, by):
    rows = frame_of(mixed, by=by, interval=interval)
    whole = RevenuePivot(**HOUR, by=by, depth=len(by)).run(mixed).frame
    whole = whole[whole["level"] == len(by)].astype(dict.fromkeys(by, str)).set_index(by)[ADDED].fillna(0)
    pd.testing.assert_frame_equal(rows.groupby(by)[ADDED].sum().sort_index(), whole.sort_index(), check_exact=False)


@pytest.mark.parametrize("top", [1, 2, 3])
def test_the_largest_and_the_others_are_everything(mixed, top):
    rows = frame_of(mixed, by=["owner"], interval="30m", top=top)
    assert rows["owner"].nunique() == top + 1
    assert rows["owner"].tolist()[top] == OTHERS
    every = frame_of(mixed, by=["owner"], interval="30m")
    pd.testing.assert_frame_equal(
        rows.groupby("time")[ADDED].sum(), every.groupby("time")[ADDED].sum(), check_exact=False
    )
    sizes = every.groupby("owner")["revenue"].sum().abs().nlargest(top)
    assert set(rows["owner"]) - {OTHERS} == set(sizes.index)


def test_no_others_where_only_one_would_be(mixed):
    names = set(frame_of(mixed, by=["owner"], top=4, interval="1h")["owner"])
    assert OTHERS not in names
    assert len(names) == 5  # three, unknown, and rooftop solar


def test_a_missing_price_or_reading_is_no_zero(market):
    unit = {"duid": "U", "region": "SA1", "fuel": "wind", "fueltech": "wind"}
    snapshot = market(units=[unit], scada={"U": [12.0, 12.0, np.nan, 12.0]}, price={"SA1": [10.0, np.nan, 10.0, 30.0]})
    rows = frame_of(snapshot, interval="5m", end=pd.Timestamp("2024-07-01T00:20"))
    assert rows["energy_mwh"].tolist() == pytest.approx([1, 1, np.nan, 1], nan_ok=True)
    assert rows["revenue"].tolist() == pytest.approx([10, np.nan, np.nan, 30], nan_ok=True)


def test_kept_sums_and_those_read_anew_are_the_same(mixed, monkeypatch):
    asked = {"by": ["station"], "interval": "30m", "top": 3, "region": ["SA1", "QLD1"], "loss_adjusted": True}
    kept = frame_of(mixed, **asked)
    monkeypatch.setattr(revenue_over_time, "MOST_KEPT", 0)
    pd.testing.assert_frame_equal(frame_of(mixed, **asked), kept, check_exact=False)


def test_loss_factors_scale_money_only(market):
    unit = {"region": "SA1", "fuel": "wind", "fueltech": "wind"}
    snapshot = market(
        units=[{"duid": "U", "mlf": 0.9, **unit}, {"duid": "V", **unit}],
        scada={"U": [12.0], "V": [12.0]}, price={"SA1": [100.0]},
    )  # fmt: skip
    rows = frame_of(snapshot, by=["duid"], interval="1h", loss_adjusted=True).set_index("duid")
    assert rows["revenue"].to_dict() == pytest.approx({"U": 90, "V": 100})
    assert rows["energy_mwh"].to_dict() == pytest.approx({"U": 1, "V": 1})
    again = frame_of(snapshot, by=["duid"], interval="1h").set_index("duid")
    assert again["revenue"].to_dict() == pytest.approx({"U": 100, "V": 100})  # what is kept stayed as it was


def test_settlement_prices_are_those_of_whole_half_hours(market):
    """12 MW for the half hour to 00:30, at $300 and then at nothing: 6 MWh at its mean of $150, in whichever bucket."""
    snapshot = market(
        units=[{"duid": "U", "region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt"}],
        scada={"U": [12.0] * 12}, price={"SA1": [0.0] * 6 + [300.0] * 3 + [0.0] * 3}, start="2021-06-30T23:30",
    )  # fmt: skip
    window = {"start": pd.Timestamp("2021-06-30T23:30"), "end": pd.Timestamp("2021-07-01T00:30")}
    fine = frame_of(snapshot, **window, basis="settlement", interval="5m")
    assert fine["revenue"].tolist() == pytest.approx([0] * 6 + [150] * 6)
    months = frame_of(snapshot, **window, basis="settlement", interval="1M")
    assert months["revenue"].tolist() == pytest.approx([0, 900])
    assert frame_of(snapshot, **window, interval="1M")["revenue"].tolist() == pytest.approx([0, 900])
    assert frame_of(snapshot, **window, interval="5m")["revenue"].tolist() == pytest.approx(
        [0] * 6 + [300] * 3 + [0] * 3
    )


@pytest.mark.parametrize(
    ("days", "interval"), [(1, "1h"), (4, "1h"), (7, "1d"), (62, "1d"), (90, "7d"), (366, "7d"), (1827, "1M"), (9000, "1y")]
)  # fmt: skip
def test_automatic_bars_are_some_dozens(mixed, days, interval):
    end = pd.Timestamp("2024-07-01")
    query = RevenueOverTime(start=end - pd.Timedelta(days=days), end=end)
    assert query.window(mixed).interval == interval
    assert query.window(mixed).end == end


def test_rows_are_never_more_than_announced(mixed):
    for asked in ({"by": ["duid"]}, {"by": ["owner"], "top": 2}, {"by": ["region", "fuel"]}):
        query = RevenueOverTime(**HOUR, interval="5m", **asked)
        assert 0 < len(query.run(mixed).frame) <= query.rows_at_most(mixed)


def test_nothing_to_answer(mixed):
    assert len(RevenueOverTime().run(empty_snapshot()).frame) == 0
    late = RevenueOverTime(start=pd.Timestamp("2030-01-01"), end=pd.Timestamp("2030-01-02")).run(mixed)
    assert len(late.frame) == 0


def test_a_month_of_rooftop_is_added_up_once_for_each_state_of_the_data(market, monkeypatch):
    """31 days at 100 MW and $20, then at $40; a month that a window cuts is read anew."""
    days = 31
    month = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-08-01")}

    def made(price):
        return market(rooftop={"SA1": [100.0] * 48 * days}, price={"SA1": [price] * 288 * days})

    cheap, dear = made(20.0), made(40.0)
    energy = 100 * 24 * days
    for snapshot, price in ((cheap, 20), (dear, 40), (cheap, 20)):
        row = RevenuePivot(**month, by=["fuel"]).run(snapshot).frame.iloc[0]
        assert (row["energy_mwh"], row["revenue"]) == pytest.approx((energy, energy * price))
        bars = frame_of(snapshot, **month, by=["fuel"], interval="1M")
        assert bars["revenue"].tolist() == pytest.approx([energy * price])
    cut = frame_of(cheap, start=month["start"], end=pd.Timestamp("2024-07-11"), interval="1M")
    assert cut["revenue"].tolist() == pytest.approx([100 * 24 * 10 * 20])
    monkeypatch.setattr("components.queries.monthly.unit_sums", None)  # nothing is added up any more
    later = {**month, "end": pd.Timestamp("2024-08-02")}
    assert frame_of(cheap, **later, interval="1M")["revenue"].sum() == pytest.approx(energy * 20)


def test_what_is_kept_for_other_windows_goes_with_the_sums_of_months(mixed):
    asked = {"by": ["fuel"], "interval": "30m"}
    before = frame_of(mixed, **asked)
    pivot = RevenuePivot(**HOUR).run(mixed).frame
    assert row_totals._kept
    assert revenue_over_time._kept
    remembering.let_go()
    assert not row_totals._kept
    assert not revenue_over_time._kept
    pd.testing.assert_frame_equal(frame_of(mixed, **asked), before)
    pd.testing.assert_frame_equal(RevenuePivot(**HOUR).run(mixed).frame, pivot)
