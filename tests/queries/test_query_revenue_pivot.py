"""The pivot table: the revenue question's figures in any order of groups, and nothing lost on the way."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from components.queries.prices import PriceStats
from components.queries.revenue import GROUPS, Revenue
from components.queries.revenue_groups import FILTERS
from components.queries.revenue_pivot import RevenuePivot, path_names, path_text
from components.queries.row_totals import NUMBERS, ROOFTOP, UNKNOWN, flat_prices
from components.store.snapshot import empty_snapshot
from components.vocabulary import NEM, REGIONS

HOUR = {"start": pd.Timestamp("2024-07-01"), "end": pd.Timestamp("2024-07-01T01:00")}
SHARED = [n for n in NUMBERS if n != "capture_rate"]


def table(snapshot, **asked) -> pd.DataFrame:
    frame = RevenuePivot(**{**HOUR, **asked}).run(snapshot).frame
    names = [c for c in frame.columns if c in GROUPS]
    return frame.assign(**{c: frame[c].astype(object).fillna("").astype(str) for c in names})


def one(snapshot, word, **asked) -> pd.DataFrame:
    return table(snapshot, by=[word], **asked).set_index(word)


def test_groups_pool_numerator_and_denominator_by_hand(mixed):
    """SA1: 30 MW of wind for an hour at ±$100; BATT1 out at $100, BATT2 out at −$100, 50 MWh each."""
    found = one(mixed, "region", rooftop=False).loc["SA1"]
    assert found["energy_mwh"] == pytest.approx(30 + 50 + 50)
    assert found["load_mwh"] == pytest.approx(100)
    # wind 0; BATT1 earns 5,000 and is paid 5,000 for charging; BATT2 the other way round
    assert found["revenue"] == pytest.approx(0)
    assert found["capture_price"] == pytest.approx((0 + 5000 - 5000) / 130)
    assert found["capacity_factor"] == pytest.approx(130 / (60 + 100 + 50))
    units = one(mixed, "duid", region=["SA1"])
    assert np.nanmean(units["capture_price"]) == pytest.approx(0)  # of 0, 100 and −100
    nsw = one(mixed, "region", rooftop=False).loc["NSW1"]
    assert nsw["capture_price"] == pytest.approx(50)
    assert nsw["capacity_factor"] == pytest.approx((120 + 30 - 1) / 300)


def test_a_groups_price_is_not_the_mean_of_its_children(market):
    """10 MWh at $20 and 30 MWh at $60: $50, not $40; earned 2,000 where a flat price of $40 would give 1,600."""
    unit = {"region": "SA1", "fuel": "gas", "fueltech": "gas_ocgt", "station": "S"}
    snapshot = market(
        units=[{"duid": "A", **unit}, {"duid": "B", **unit}],
        scada={"A": [20.0] * 6 + [0.0] * 6, "B": [0.0] * 6 + [60.0] * 6}, price={"SA1": [20.0] * 6 + [60.0] * 6},
    )  # fmt: skip
    row = one(snapshot, "station").loc["S"]
    assert row["energy_mwh"] == pytest.approx(40)
    assert row["capture_price"] == pytest.approx(2000 / 40)
    assert row["capture_rate"] == pytest.approx(2000 / 1600)
    children = one(snapshot, "duid")
    assert children["capture_price"].to_dict() == pytest.approx({"A": 20, "B": 60})
    assert children["capture_rate"].to_dict() == pytest.approx({"A": 0.5, "B": 1.5})


def test_a_rate_over_regions_weighs_each_regions_own_flat_price(mixed):
    """COAL at NSW1's flat $50 and OLDBG at VIC1's flat $300: prices are flat, so the rate is 1 together too."""
    row = one(mixed, "fuel", duid=["COAL1", "OLDBG"], total=True).loc[""]
    assert row["revenue"] == pytest.approx(120 * 50 + 12 * 300)
    assert row["capture_rate"] == pytest.approx(1)
    assert np.isnan(one(mixed, "duid").loc["NOBODY", "capture_rate"])


def test_flat_prices_are_the_price_pages_means(mixed, market):
    stats = PriceStats(**HOUR).run(mixed).frame.set_index("region")["mean"]
    found = dict(zip(REGIONS, flat_prices(mixed, RevenuePivot(**HOUR).window(mixed)), strict=True))
    assert found == pytest.approx(stats.to_dict())
    gap = market(scada={"A": [1.0] * 3}, price={"SA1": [10.0, np.nan, 40.0]}, units=[])
    assert flat_prices(gap, RevenuePivot(**HOUR).window(gap))[REGIONS.index("SA1")] == pytest.approx(25)


@pytest.mark.parametrize("by", [["fuel"], ["region", "fuel"], ["duid"], ["owner", "station"], ["fueltech", "region"]])
@pytest.mark.parametrize(
    "asked",
    [{}, {"region": ["SA1", "QLD1"]}, {"fuel": ["battery", "pumps"]}, {"owner": ["B Co"]}, {"loss_adjusted": True},
     {"start": pd.Timestamp("2024-07-01T00:10"), "end": pd.Timestamp("2024-07-01T00:50")}, {"hour": [0], "weekday": [1]}],
    ids=str,
)  # fmt: skip
def test_every_level_equals_the_revenue_question(mixed, by, asked):
    plain = Revenue(**{**HOUR, "by": by, **asked}).run(mixed)
    pivot = RevenuePivot(
        **{**HOUR, "by": by, "depth": len(by), "rooftop": by[0] != "duid" and "owner" not in by, **asked}
    ).run(mixed)
    left = plain.frame.astype(dict.fromkeys(by, str)).replace({"region": {"": UNKNOWN}, "owner": {"": UNKNOWN}})
    right = pivot.frame[pivot.frame["level"] == len(by)].astype(dict.fromkeys(by, str))
    pd.testing.assert_frame_equal(
        left.set_index(by)[SHARED].sort_index(), right.set_index(by)[SHARED].sort_index(), check_exact=False, rtol=1e-12
    )
    assert (pivot.expected, pivot.present) == (plain.expected, plain.present)


def test_owners_capacities_and_coverage_over_a_change_of_the_registry(market):
    """A has U1 for half an hour, then B with twice the capacity: everything as in the revenue question."""
    unit = {"region": "SA1", "fuel": "wind", "fueltech": "wind"}
    units = [
        {"duid": "U1", "owner": "A", "capacity_mw": 10.0, "valid_from": pd.NaT, **unit},
        {"duid": "U1", "owner": "B", "capacity_mw": 20.0, "valid_from": pd.Timestamp("2024-07-01T00:30"), **unit},
        {"duid": "U2", "owner": "A", "capacity_mw": 5.0, "valid_from": pd.NaT, **unit},
    ]
    snapshot = market(units=units, scada={"U1": [10.0] * 12, "U2": [1.0] * 11 + [np.nan]}, price={"SA1": [50.0] * 12})
    owners = one(snapshot, "owner")
    assert owners["capacity_mw"].to_dict() == {"A": 15, "B": 20}
    assert owners["coverage"].to_dict() == pytest.approx({"A": 17 / 18, "B": 1})
    assert one(snapshot, "duid").loc["U1", "capacity_mw"] == 20  # once, as it stood last
    whole = one(snapshot, "fuel", total=True).loc[""]
    assert whole["capacity_mw"] == 25
    assert whole["capacity_factor"] == pytest.approx((10 + 11 / 12) / (5 + 10 + 5 * 11 / 12))
    alone = one(snapshot, "owner", owner=["B"])
    assert alone["coverage"].to_dict() == {"B": 1}


def test_a_unit_without_a_reading_under_the_owners_asked_for_is_not_expected_of_them(market):
    """U1 stopped when B took it over: of B and C together only C's unit is expected."""
    unit = {"region": "SA1", "fuel": "wind", "fueltech": "wind"}
    units = [
        {"duid": "U1", "owner": "A", "valid_from": pd.NaT, **unit},
        {"duid": "U1", "owner": "B", "valid_from": pd.Timestamp("2024-07-01T00:30"), **unit},
        {"duid": "U2", "owner": "C", "valid_from": pd.NaT, **unit},
    ]
    snapshot = market(
        units=units, scada={"U1": [10.0] * 6 + [np.nan] * 6, "U2": [1.0] * 12}, price={"SA1": [50.0] * 12}
    )
    asked = {"owner": ["B", "C"]}
    assert one(snapshot, "fuel", **asked)["coverage"].to_dict() == {"wind": 1}
    assert Revenue(**HOUR, by=["fuel"], **asked).run(snapshot).frame["coverage"].tolist() == [1]


@pytest.mark.parametrize("by", [list(p) for p in list(permutations(GROUPS, 3))[::11]] + [list(GROUPS)])
def test_children_add_up_to_their_parent_and_all_to_the_total(mixed, by):
    frame = table(mixed, by=by, depth=len(by), total=True)
    added = ["energy_mwh", "load_mwh", "revenue", "load_cost"]
    total = frame.iloc[0]
    for level in range(1, len(by) + 1):
        rows = frame[frame["level"] == level]
        assert rows[added].sum().to_dict() == pytest.approx(total[added].to_dict())
        if level > 1:
            parents = frame[frame["level"] == level - 1].set_index(by[: level - 1])[added]
            sums = rows.groupby(by[: level - 1])[added].sum()
            pd.testing.assert_frame_equal(sums.sort_index(), parents.fillna(0).sort_index(), check_exact=False)
    everything = Revenue(**HOUR, by=["fuel"]).run(mixed).frame
    assert total["energy_mwh"] == pytest.approx(everything["energy_mwh"].sum())
    assert total["revenue"] == pytest.approx(everything["revenue"].sum())


def test_the_total_holds_the_unit_that_nobody_knows(mixed):
    frame = table(mixed, by=["owner"], total=True).set_index("owner")
    assert frame.loc[UNKNOWN, "energy_mwh"] == pytest.approx(6)
    assert np.isnan(frame.loc[UNKNOWN, "revenue"])
    without = table(mixed, by=["owner"], total=True, owner=["A Co", "B Co", "C Co"]).set_index("owner")
    assert without.loc["", "energy_mwh"] == pytest.approx(frame.loc["", "energy_mwh"] - 6 - 5 * 900)
    assert one(mixed, "region").loc[UNKNOWN, "energy_mwh"] == pytest.approx(6)


@pytest.mark.parametrize("word", FILTERS)
def test_every_category_can_be_chosen_alone_and_gives_its_own_row(mixed, word):
    """Unmapped, unknown, rooftop and both halves of an old battery included: no category is out of a filter's reach."""
    whole = one(mixed, word)
    assert len(whole) >= 5
    for name in whole.index:
        query = RevenuePivot(**HOUR, by=[word], **{word: [name]})
        assert query.check(mixed) == [], name
        again, problems = RevenuePivot.parse(query.texts())
        assert problems == []
        frame = again.run(mixed).frame
        row = frame[frame[word].astype(str) == name][SHARED].iloc[0]
        assert row.to_dict() == pytest.approx(whole.loc[name, SHARED].to_dict(), nan_ok=True), name
    every = one(mixed, word, **{word: list(whole.index)})
    pd.testing.assert_frame_equal(every, whole)


def test_a_new_fuel_is_a_category_like_any_other(market):
    snapshot = market(
        units=[{"duid": "H2", "region": "SA1", "fuel": "hydrogen", "fueltech": "hydrogen_ct"}],
        scada={"H2": [12.0], "X": [24.0]}, price={"SA1": [100.0]},
    )  # fmt: skip
    assert one(snapshot, "fuel")["energy_mwh"].to_dict() == pytest.approx({"hydrogen": 1, "unmapped": 2})
    assert one(snapshot, "fueltech").index.tolist() == ["hydrogen_ct", "unmapped"]


def test_rooftop_is_a_row_of_its_own_at_every_level_unless_it_is_left_out(mixed):
    frame = table(mixed, by=["region", "station"], depth=2)
    own = frame[frame["station"] == ROOFTOP].set_index("region")
    assert sorted(own.index) == sorted(REGIONS)
    assert own["energy_mwh"].tolist() == pytest.approx([900] * 5)
    assert own.loc["VIC1", "revenue"] == pytest.approx(900 * 300)
    assert own["capacity_mw"].isna().all()
    without = table(mixed, by=["region", "station"], depth=2, rooftop=False)
    assert ROOFTOP not in set(without["station"])
    assert "TAS1" not in set(without["region"])


def test_the_market_as_one(mixed):
    frame = table(mixed, by=["region", "fuel"], depth=2, region=[NEM])
    assert set(frame["region"]) == {NEM}
    assert frame["energy_mwh"].iloc[0] == pytest.approx(frame["energy_mwh"].iloc[1:].sum())


@pytest.mark.parametrize("column", NUMBERS)
def test_sorted_both_ways_what_is_missing_comes_last(mixed, column):
    for ascending in (False, True):
        values = table(mixed, by=["duid"], sort=column, ascending=ascending)[column].to_numpy()
        known = values[~np.isnan(values)]
        assert (np.isnan(values) == np.r_[np.zeros(len(known), bool), np.ones(len(values) - len(known), bool)]).all()
        assert (np.diff(known) >= 0).all() if ascending else (np.diff(known) <= 0).all()
    assert len(known) > 2


def test_groups_are_sorted_within_their_parent(mixed):
    frame = table(mixed, by=["owner", "duid"], depth=2, sort="energy_mwh", rooftop=False)
    assert frame["owner"][frame["level"] == 1].tolist() == ["A Co", "B Co", "C Co", UNKNOWN]
    for _, rows in frame[frame["level"] == 2].groupby("owner"):
        assert rows["energy_mwh"].is_monotonic_decreasing
    named = table(mixed, by=["fuel"], sort="name", ascending=True)["fuel"].tolist()
    assert named == ["coal", "unmapped", "hydro", "wind", "rooftop", "battery", "pumps"]  # the vocabulary's order
    assert table(mixed, by=["fuel"], sort="name")["fuel"].tolist() == named[::-1]


def test_only_opened_groups_show_what_is_in_them(mixed):
    frame = table(mixed, by=["region", "fuel", "duid"], open=["SA1", "SA1/battery", "VIC1/battery", "nowhere/at/all"])
    shown = [tuple(filter(None, names)) for names in frame[["region", "fuel", "duid"]].itertuples(index=False)]
    within = [names for names in shown if len(names) > 1]
    assert {names[0] for names in within} == {"SA1"}  # VIC1/battery lies in a group that is closed
    assert {names for names in within if len(names) == 3} == {("SA1", "battery", "BATT1"), ("SA1", "battery", "BATT2")}
    at = shown.index(("SA1",))
    assert len(shown[at + 1]) == 2
    assert frame["level"].tolist() == [len(names) for names in shown]


def test_a_path_says_any_name():
    names = ["A/B, C & Sons", "Ünïts % 5"]
    assert path_names(path_text(names)) == tuple(names)
    query = RevenuePivot(by=["owner", "station"], open=[path_text(names)])
    again, problems = RevenuePivot.parse(query.texts())
    assert (again.open, problems) == (query.open, [])


def test_the_first_ones_and_those_of_some_size(mixed):
    assert table(mixed, by=["duid"], sort="energy_mwh", top=2, rooftop=False)["duid"].tolist() == ["COAL1", "BATT1"]
    result = RevenuePivot(**HOUR, by=["duid"], min_share=10, rooftop=False).run(mixed)
    # 353 MWh in all, so 35.3 MWh: two coal units would be 120 and 29.
    assert set(result.frame["duid"].astype(str)) == {"COAL1", "BATT1", "BATT2", "HYDRO1"}
    assert any("6 groups" in note and "10 %" in note for note in result.notes)


def test_notes_say_what_the_figures_leave_out(mixed):
    notes = " ".join(RevenuePivot(**HOUR).run(mixed).notes)
    assert "before loss factors, FCAS and contracts" in notes
    assert "Rooftop solar is an estimate" in notes
    assert "12 readings have no price" in notes
    assert "estimate" not in " ".join(RevenuePivot(**HOUR, rooftop=False).run(mixed).notes)


def test_nothing_to_answer(mixed):
    assert len(RevenuePivot(total=True).run(empty_snapshot()).frame) == 0
    late = RevenuePivot(start=pd.Timestamp("2030-01-01"), end=pd.Timestamp("2030-01-02"), total=True).run(mixed)
    assert len(late.frame) == 0
    assert list(late.frame.columns) == ["level", "region", "fuel", *NUMBERS]


@pytest.mark.parametrize("by", [["region"], ["fuel", "region"], list(GROUPS)])
def test_rows_are_never_more_than_announced(mixed, by):
    query = RevenuePivot(**HOUR, by=by, depth=len(by), total=True)
    assert 0 < len(query.run(mixed).frame) <= query.rows_at_most(mixed)
