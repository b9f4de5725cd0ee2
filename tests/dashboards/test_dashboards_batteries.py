"""The batteries page: its figures are those of the questions, a row picks a battery, what is unknown is said."""

import numpy as np
import pandas as pd
import pytest
from two_day_market import HOSTILE, market, serve

from components.charts import formats
from components.dashboards.batteries import BatteriesDashboard
from components.dashboards.batteries_words import COLUMNS, MOST_MARGIN, RANKED, told
from components.dashboards.stations import StationsDashboard
from components.queries.batteries import Batteries
from components.queries.batteries_foresight import BatteriesForesightStats
from components.queries.batteries_over_time import BatteriesOverTime, BatteriesTimeOfDay
from components.queries.state_of_charge import StateOfCharge
from components.queries.stored_energy import StoredEnergy
from components.store.snapshot import Snapshot

TWO_DAYS = {"last": "2d"}


def working(frames: dict) -> None:
    """BATT1 charges at 60 MW from 10:00 to 12:00 at −$20 and discharges 90 MW from 18:00 to 19:00 at $500, and an old pair in
    NSW1 does a third of that at $100."""
    scada, price, region = frames["scada"], frames["price"], frames["region"]
    times = pd.DatetimeIndex(scada["time"])

    def within(stamps: pd.DatetimeIndex, first: int, last: int) -> np.ndarray:
        minutes = stamps.hour * 60 + stamps.minute
        return (minutes > first * 60) & (minutes <= last * 60)

    mine = scada["duid"] == "BATT1"
    scada.loc[mine, "mw"] = 0.0
    scada.loc[mine & within(times, 10, 12), "mw"] = -60.0
    scada.loc[mine & within(times, 18, 19), "mw"] = 90.0
    own = scada[mine].reset_index(drop=True)
    halves = [
        own.assign(duid="PAIRG", mw=own["mw"].clip(lower=0) / 3),
        own.assign(duid="PAIRL", mw=-own["mw"].clip(upper=0) / 3),
    ]
    frames["scada"] = pd.concat([scada, *halves], ignore_index=True)
    priced = pd.DatetimeIndex(price["time"])
    price.loc[(price["region"] == "SA1") & within(priced, 18, 19), "rrp"] = 500.0
    region["bdu_storage_mwh"] = np.where(region["region"] == "SA1", 77.0, np.nan)
    region["bdu_gen"], region["bdu_load"] = 1.0, 2.0


@pytest.fixture
def stores(monkeypatch) -> Snapshot:
    made = market("stores", change=working)
    pair = pd.DataFrame({
        "duid": ["PAIRG", "PAIRL"], "station": ["Old Pair"] * 2, "owner": ["Pairs"] * 2, "region": ["NSW1"] * 2, "fuel": ["battery"] * 2,
        "fueltech": ["battery_discharging", "battery_charging"], "role": ["generator", "load"], "capacity_mw": [30.0, 20.0],
        "storage_mwh": [40.0, np.nan],
    })  # fmt: skip
    units = pd.concat([made.units, pair], ignore_index=True)
    units.loc[units["duid"] == "BATT1", "storage_mwh"] = 120.0
    units = units.sort_values("duid", ignore_index=True)
    snapshot = Snapshot("stores", {d: made.chunks(d) for d in ("scada", "price", "region", "rooftop", "flow")}, units)
    serve(monkeypatch, snapshot)
    return snapshot


def page(search: str = "") -> BatteriesDashboard:
    made = BatteriesDashboard(f"?last=2d{search}")
    assert made.problems == []
    return made


def test_the_tiles_are_the_figures_of_the_question(stores):
    row = Batteries(**TWO_DAYS, by=["none"]).run(stores).frame.iloc[0]
    # A day of both: 90 + 30 MWh out for $45,000 + $3,000; 120 + 40 MWh in for −$2,400 + $4,000.
    assert row["revenue"] == pytest.approx(2 * (48000 - 1600))
    tiles = {t["label"]: t for t in page().tiles.tiles}
    assert tiles["Discharged"]["value"] == "240"
    assert tiles["Discharged"]["note"] == "earned $400.00/MWh"
    assert tiles["Charged"]["note"] == "paid $10.00/MWh"
    assert tiles["Spread"]["value"] == formats.price(row["spread"]) == "$390.00"
    assert tiles["Net revenue"]["value"] == formats.money(row["revenue"]) == "$92.80k"
    assert tiles["Per MWh of storage"]["value"] == formats.money(46400 / 160 * 365)
    assert tiles["Per MW"]["value"] == formats.money(46400 / 130 * 365)
    assert tiles["Cycles"]["value"] == formats.number(120 / 160, 2)
    assert "too short" in tiles["Cycles"]["note"]


@pytest.mark.parametrize("group", ["station", "duid", "owner", "region"])
def test_the_table_holds_every_figure_of_everybody(stores, group):
    view = page(f"&group={group}").view
    frame = Batteries(**TWO_DAYS, by=[group]).run(stores).frame
    rows = {r["key"]: r["cells"] for r in view.ledger.rows}
    assert len(rows) == len(frame)
    for row in frame.to_dict("records"):
        shown = told(row)
        for cell, figure in zip(rows[row[group]][1:], COLUMNS, strict=True):
            value = shown[figure.column]
            assert cell["v"] == (pytest.approx(value) if np.isfinite(value) else None)


@pytest.mark.parametrize("column", [c for c in RANKED if c != "round_trip"])
@pytest.mark.parametrize("order", ["highest", "lowest"])
def test_a_ranking_by_any_figure(stores, column, order):
    view = page(f"&rank={column}&order={order}").view
    frame = Batteries(**TWO_DAYS).run(stores).frame.sort_values(column, ascending=order == "lowest")
    assert [r["key"] for r in view.ledger.rows] == frame["station"].astype(str).tolist()
    drawn = view.bars.source.data
    assert list(drawn["value"]) == pytest.approx((frame[column] * RANKED[column].factor).tolist())
    assert view.cards[0].head.heading.startswith("Batteries by ")


def test_a_round_trip_is_shown_once_ten_times_the_storage_was_charged():
    row = {"round_trip": 0.85, "round_trip_margin": MOST_MARGIN}
    assert told(row)["round_trip"] == 0.85
    assert np.isnan(told(row | {"round_trip_margin": 0.11})["round_trip"])
    assert np.isnan(told(row | {"round_trip_margin": np.nan})["round_trip"])


def test_a_ranking_that_nobody_is_in_says_why(stores):
    view = page("&rank=round_trip").view
    assert view.chart_card.head.mode == "empty"
    assert "longer window" in view.chart_card.head.reason
    assert len(view.ledger.rows) == 2


def test_a_row_picks_a_battery_and_every_view_follows(stores):
    made = page()
    ranking = made.view
    made.view._picked({"row": "Old Pair"})
    assert made.texts["station"] == ["Old Pair"]
    assert made.head_card.head.heading == "Old Pair"
    assert [(r["key"], r["chosen"], r["dim"]) for r in ranking.ledger.rows] == [
        (HOSTILE, False, True), ("Old Pair", True, False)
    ]  # fmt: skip
    assert {t["label"]: t for t in made.tiles.tiles}["Net revenue"]["value"] == formats.money(2 * (3000 - 4000))
    made.change(view="time")
    drawn = BatteriesOverTime(**TWO_DAYS, station=["Old Pair"]).run(stores).frame
    data = made.view.stack.source.data
    assert float(np.nanmax(data["v_battery"])) == pytest.approx(drawn["discharge_mw"].max()) == pytest.approx(30)
    assert float(np.nanmin(data["v_battery_charging"])) == pytest.approx(-20)
    made._picked({"remove": "station:Old Pair"})
    assert "station" not in made.texts


def test_shift_adds_and_a_second_click_lets_go(stores):
    made = page()
    made.view._picked({"row": "Old Pair"})
    made.view._picked({"row": HOSTILE, "add": True})
    assert made.texts["station"] == ["Old Pair", HOSTILE]
    made.view._picked({"row": "Old Pair", "add": True})
    assert made.texts["station"] == [HOSTILE]
    made.view._picked({"row": HOSTILE})
    assert "station" not in made.texts
    made.change(group="duid", station=[HOSTILE])
    made.view._picked({"row": "PAIRG"})
    assert (made.texts.get("station"), made.texts["duid"]) == (None, ["PAIRG"])


@pytest.mark.parametrize("message", [{}, {"row": "Nobody"}, {"row": 7}, {"row": ["x"]}, {"add": True}])
def test_odd_messages_of_the_table_change_nothing(stores, message):
    made = page()
    made.view._picked(message)
    made._picked({"remove": "station:Nobody"})
    made._picked({"chip": "view:time"})
    assert set(made.texts) == {"last"}


def test_the_average_day_is_that_of_the_question(stores):
    view = page("&view=day").view
    frame = BatteriesTimeOfDay(**TWO_DAYS, interval="30m").run(stores).frame
    assert float(np.nanmax(view.stack.source.data["v_battery"])) == pytest.approx(frame["discharge_mw"].max())
    assert frame["discharge_mw"].max() == pytest.approx(120)
    sold = np.asarray(view.price.source.data["v_sold"], float)
    assert np.nanmax(sold) == pytest.approx(frame["discharge_price"].max(), rel=1e-6) == pytest.approx(400)


def test_the_trend_adds_up_to_the_tiles(stores):
    view = page("&view=trend").view
    values = {k: float(np.nansum(v)) for k, v in view.money.source.data.items() if k.startswith("v_")}
    assert sum(values.values()) == pytest.approx(92.8)  # $k
    assert "net $92.80k" in view.money_card.head.detail


def test_the_best_spread_is_of_whole_days_and_a_table_tells_the_share(stores):
    made = BatteriesDashboard("?start=2024-03-01T06:00&end=2024-03-02T12:00&view=foresight")
    days = (
        BatteriesForesightStats(start=pd.Timestamp("2024-03-01"), end=pd.Timestamp("2024-03-03"), by=["region"])
        .run(stores)
        .frame
    )
    shown = {r["key"]: [c.get("v") for c in r["cells"][1:]] for r in made.view.ledger.rows}
    for row in days.to_dict("records"):
        share = row["share_2h"] * 100
        assert shown[row["region"]][5] == (pytest.approx(share) if np.isfinite(share) else None)
    # SA1: an hour at $500 and one at −$20 less two at −$20: 520; earned 47,400 over 100 MW.
    assert shown["SA1"][2] == pytest.approx(520)
    assert shown["SA1"][4] == pytest.approx(474)
    assert shown["NSW1"][5] is None  # a flat price leaves nothing to be had


def test_the_estimate_is_called_one_and_the_published_energy_stands_apart(stores):
    view = page("&view=charge").view
    guess = StateOfCharge(**TWO_DAYS, by=["none"]).run(stores).frame
    assert float(np.nanmax(view.level.source.data["v_middle"])) == pytest.approx(guess["estimated_mwh"].max(), rel=1e-6)
    assert "estimate" in view.level_card.head.heading
    assert "estimate" in view.level_card.head.detail
    assert "publishes" in view.stored_card.head.heading
    published = StoredEnergy(**TWO_DAYS).run(stores).frame
    assert set(published["region"]) == {"SA1"}
    assert float(np.nanmax(view.stored.source.data["v_SA1"])) == 77
    assert any("assumed" in note for note in view.notes())


def test_chosen_hours_are_said_and_the_best_spread_stays_that_of_whole_days(stores):
    made = page("&hour=18&view=foresight")
    assert "only hour 18" in made.head_card.head.detail
    assert {t["label"]: t for t in made.tiles.tiles}["Charged"]["value"] == "0"
    shown = {r["key"]: r["cells"][3]["v"] for r in made.view.ledger.rows}
    assert shown["SA1"] == pytest.approx(520)


def test_unknown_storage_is_said(snapshot):
    """The market of all pages: one battery, of unknown storage, that charges all the time."""
    made = page("&view=charge")
    assert made.view.level_card.head.mode == "empty"
    assert "not known" in made.view.level_card.head.reason
    assert made.view.stored_card.head.mode == "empty"
    tiles = {t["label"]: t for t in made.tiles.tiles}
    assert tiles["Cycles"]["note"] == "storage unknown"
    assert tiles["Per MWh of storage"]["value"] == formats.MISSING


@pytest.mark.parametrize("view", [v.slug for v in BatteriesDashboard.views])
def test_without_a_battery_the_page_says_so(stores, view):
    made = page(f"&region=TAS1&view={view}")
    assert made.view.cards[0].head.mode == "empty"
    assert "battery" in made.view.cards[0].head.reason.lower() or "best spread" in made.view.cards[0].head.reason
    assert not made.tiles.tiles


def test_stations_and_batteries_lead_to_each_other(stores):
    stations = StationsDashboard("?last=2d&station=Old%20Pair")
    links = [f["href"] for f in stations.chips.facts]
    assert "./batteries?last=2d&station=Old%20Pair" in links
    coal = StationsDashboard("?last=2d&station=Black%20Hill")
    assert not any("batteries" in f["href"] for f in coal.chips.facts)
    back = page("&station=Old%20Pair").chips.facts
    assert "./stations?last=2d&station=Old%20Pair" in [f["href"] for f in back]
    row = next(r for r in page().view.ledger.rows if r["key"] == "Old Pair")
    assert row["cells"][0]["href"] == "./stations?last=2d&station=Old%20Pair"
