"""The best spread of days beside what was earned: whole days, the units' own regions, pooled by MW."""

import numpy as np
import pandas as pd
import pytest
from battery_market import DAY, PRICE, STORES, a_day

from components.queries.batteries_foresight import BatteriesForesight, BatteriesForesightStats
from components.store.snapshot import empty_snapshot

TWO = {"start": DAY["start"], "end": pd.Timestamp("2024-07-03")}


def test_a_day_by_hand(market):
    """Dearest two hours: one at $300, one at $50; cheapest two at −$10. NEW1 earned $312 per MW, the pair $9,400 / 30."""
    frame = BatteriesForesight(**DAY, by=["station"]).run(a_day(market)).frame.set_index("station")
    new, old = frame.loc["New"], frame.loc["Old"]
    assert new["best_2h"] == old["best_2h"] == pytest.approx(350 + 20)
    assert new["best_4h"] == pytest.approx(300 + 3 * 50 - (-20 + 2 * 50))
    assert (new["spread_2h"], new["spread_4h"]) == pytest.approx((370 / 2, 370 / 4))
    assert (new["earned"], old["earned"]) == pytest.approx((312, 9400 / 30))
    assert (new["share_2h"], old["share_2h"]) == pytest.approx((312 / 370, 9400 / 30 / 370))
    assert (new["mw_days"], old["mw_days"]) == pytest.approx((100, 30))


def test_units_are_measured_by_their_own_prices_and_pooled_by_mw(market):
    """SA1 as above (370 per MW), VIC1 flat: (100 · 370 + 30 · 0) / 130."""
    flat = np.full(288, 40.0)
    out = np.r_[np.full(12, 30.0), np.zeros(276)]
    snapshot = market(
        units=STORES,
        scada={"NEW1": np.zeros(288), "OLDG": out, "OLDL": np.zeros(288)},
        price={"SA1": PRICE, "VIC1": flat},
    )
    row = BatteriesForesight(**DAY).run(snapshot).frame.iloc[0]
    assert row["best_2h"] == pytest.approx(37000 / 130)
    assert row["earned"] == pytest.approx(30 * 40 / 130)
    assert row["share_2h"] == pytest.approx(1200 / 37000)
    old = BatteriesForesightStats(**DAY, by=["region"]).run(snapshot).frame.set_index("region").loc["VIC1"]
    assert old["best_2h"] == 0
    assert np.isnan(old["share_2h"])


def test_only_whole_days_with_all_their_prices_count(market):
    snapshot = a_day(market, days=2)
    cut = BatteriesForesight(start=pd.Timestamp("2024-07-01T12:00"), end=TWO["end"]).run(snapshot).frame
    assert cut["time"].tolist() == [pd.Timestamp("2024-07-02")]
    assert BatteriesForesight(start=TWO["start"], end=pd.Timestamp("2024-07-01T23:55")).run(snapshot).frame.empty
    hole = np.tile(PRICE, 2)
    hole[100] = np.nan
    scada = {"NEW1": np.tile(np.r_[np.full(12, 100.0), np.zeros(276)], 2)}
    holed = market(units=STORES[:1], scada=scada, price={"SA1": hole})
    frame = BatteriesForesight(**TWO).run(holed).frame
    assert frame["time"].tolist() == [pd.Timestamp("2024-07-02")]
    stats = BatteriesForesightStats(**TWO, by=["none"]).run(holed).frame.iloc[0]
    assert (stats["earned"], stats["mw_days"]) == pytest.approx((300, 100))  # the day without a price is in neither


def test_longer_buckets_and_the_window_pool_days(market):
    """The second day is twice as dear: 370 and 740 per MW; earned 312 and 624."""
    snapshot = a_day(market, days=2)
    price = np.r_[PRICE, 2 * PRICE]
    scada = {"NEW1": np.tile(np.r_[np.full(12, 100.0), np.zeros(12), np.full(24, -60.0), np.zeros(240)], 2)}
    snapshot = market(units=STORES[:1], scada=scada, price={"SA1": price})
    for row in (
        BatteriesForesight(**TWO, interval="1M").run(snapshot).frame.iloc[0],
        BatteriesForesightStats(**TWO, by=["none"]).run(snapshot).frame.iloc[0],
    ):
        assert (row["best_2h"], row["earned"]) == pytest.approx(((370 + 740) / 2, (312 + 624) / 2))
        assert row["share_2h"] == pytest.approx(936 / 1110)
        assert row["mw_days"] == pytest.approx(200)


def test_half_a_pair_earned_nothing_that_can_be_told(market):
    result = BatteriesForesightStats(**DAY, by=["duid"]).run(a_day(market))
    found = result.frame.set_index("duid")
    assert found.loc[["OLDG", "OLDL"], ["earned", "share_2h"]].isna().all().all()
    assert found.loc["NEW1", "earned"] == pytest.approx(312)
    assert any("by=station" in note for note in result.notes)


def test_hours_are_no_parameter_and_nothing_is_an_answer(market):
    snapshot = a_day(market)
    for kind in (BatteriesForesight, BatteriesForesightStats):
        assert "hour" not in kind.parameters()
        _, problems = kind.parse({"hour": ["17"]})
        assert [p.param for p in problems] == ["hour"]
        for by in ("none", "station"):
            assert kind(by=[by]).run(empty_snapshot()).frame.empty
    weekend = BatteriesForesightStats(**DAY, weekday=[6, 7], by=["none"]).run(snapshot)
    assert weekend.frame.empty
