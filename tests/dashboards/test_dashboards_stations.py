"""The stations page without a browser: search, whom it shows, every view's figures by hand."""

import numpy as np
import pandas as pd
import pytest
from two_day_market import END, HOSTILE, START, UNITS, market, serve

from components.charts.named import SERIES
from components.dashboards import address
from components.dashboards.stations import StationsDashboard
from components.dashboards.stations_search import kind_of, score_station
from components.store.snapshot import Snapshot

WINDY = "Windy, Hill & Sons"
VIEWS = ("power", "day", "duration", "months", "history", "compare")


def milliseconds(time: pd.Timestamp) -> float:
    return time.value / 1e6


def tile(page, label):
    return next(t for t in page.tiles.tiles if t["label"] == label)


def cells(ledger, key):
    row = next(r for r in ledger.rows if r["key"] == key)
    return {c["label"]: cell.get("v", cell["t"]) for c, cell in zip(ledger.columns, row["cells"], strict=True)}


def names(page, group=0):
    return [h["label"] for h in page.finder.groups[group]["hits"]]


def message(**said):
    return dict(said)


# -- search ------------------------------------------------------------------------------------------


def test_the_largest_station_is_shown_first_and_heads_the_list(snapshot):
    page = StationsDashboard()
    assert page.subject_card.head.heading == "Black Hill"
    assert names(page)[0] == "Black Hill"
    assert page.finder.chosen == ["station:Black Hill"]
    assert page.finder.note == "4 stations"


def test_misspelt_names_are_found_and_enter_opens_the_first(snapshot):
    page = StationsDashboard()
    page.finder.on_message(message(typed="wndy", enter=True))
    assert names(page) == [WINDY]
    assert page.subject_card.head.heading == WINDY
    assert page.bar.search == "?q=wndy&station=Windy,%20Hill%20%26%20Sons"


def test_typing_makes_no_step_for_back_and_choosing_does(snapshot):
    page = StationsDashboard()
    page.finder.on_message(message(typed="bl"))
    assert (page.bar.search, page.bar.passing) == ("?q=bl", True)
    page.finder.on_message(message(chosen="station:Black Hill"))
    assert (page.bar.search, page.bar.passing) == ("?q=bl&station=Black%20Hill", False)
    page.bar.on_message({"search": "?last=2d&region=Atlantis"})  # Back: what it restores is no new step
    assert (page.bar.search, page.bar.passing) == ("?last=2d", True)


def test_an_exact_duid_comes_first_then_its_station(snapshot):
    page = StationsDashboard("?q=coal2")
    assert [h["key"] for h in page.finder.hits][:2] == ["duid:COAL2", "station:Black Hill"]
    page.finder.on_message(message(typed="coal2", enter=True))
    assert page.subject_card.head.heading == "COAL2 · Black Hill"
    assert page.bar.search == "?q=coal2&duid=COAL2"


def test_the_beginning_of_a_duid_lists_the_station_before_its_units(snapshot):
    page = StationsDashboard("?q=coal")
    assert [h["key"] for h in page.finder.hits] == ["station:Black Hill", "duid:COAL1", "duid:COAL2"]


def test_an_owner_is_found(snapshot):
    assert names(StationsDashboard("?q=big coal")) == ["Black Hill"]


def test_what_lies_in_another_region_is_pointed_at(snapshot):
    page = StationsDashboard("?region=NSW1&q=WIND1&last=2d")
    assert [g["heading"] for g in page.finder.groups] == ["In other regions"]
    hit = page.finder.hits[0]
    assert hit["label"] == WINDY
    assert address.split(hit["href"].partition("?")[2]) == {"region": ["SA1"], "last": ["2d"], "station": [WINDY]}
    assert page.finder.note == "Nothing is called “WIND1” in NSW."
    assert page.subject_card.head.actions == [{"label": f"Show {WINDY} (SA)", "href": hit["href"]}]
    page.finder.on_message(message(chosen=hit["key"], elsewhere=True))
    assert page.bar.search == "?region=SA1&q=WIND1&last=2d&station=Windy,%20Hill%20%26%20Sons"
    assert [g["heading"] for g in page.finder.groups] == [""]


def test_an_exact_name_elsewhere_beats_a_similar_one_here(monkeypatch):
    def same_letters(frames):
        frames["scada"] = pd.concat([frames["scada"], frames["scada"].assign(duid="BLAKHIL")], ignore_index=True)

    full = market("two-hills", change=same_letters)
    units = full.units
    more = {
        "duid": "BLAKHIL",
        "station": "Blak Hil",
        "region": "SA1",
        "fuel": "wind",
        "fueltech": "wind",
        "role": "generator",
    }
    units = pd.concat([units, pd.DataFrame([more])], ignore_index=True)
    serve(monkeypatch, Snapshot("two-hills", {d: full.chunks(d) for d in ("scada", "price")}, units))
    page = StationsDashboard("?region=SA1&q=black hill")
    assert [g["heading"] for g in page.finder.groups] == ["In other regions", "Here, spelt alike"]
    assert names(page, 0) == ["Black Hill"]
    assert names(page, 1) == ["Blak Hil"]
    page.finder.on_message(message(typed="black hill", enter=True))
    assert page.subject_card.head.heading == "Black Hill"
    assert "region=NSW1" in page.bar.search
    # A part of a name is as good here as elsewhere: what is here comes first.
    assert kind_of(score_station("hill", {"station": "Up Hill", "duid": "P", "owner": ""})) == 1


def test_nothing_is_called_so(snapshot):
    page = StationsDashboard("?q=zzzzzz")
    assert page.finder.groups == []
    assert page.finder.note == "Nothing is called “zzzzzz”."
    assert page.subject_card.head.mode == "empty"


@pytest.mark.fault("SEC-6")
def test_names_from_outside_are_handed_on_as_text(snapshot):
    page = StationsDashboard(address.join({"station": [HOSTILE]}))
    assert page.subject_card.head.heading == HOSTILE
    assert HOSTILE in names(page)


@pytest.mark.parametrize(
    "odd",
    [{}, {"chosen": "Black Hill"}, {"chosen": "station:Atlantis"}, {"chosen": 5}, {"add": "duid:"}, {"add": None},
     {"typed": None}, {"typed": ["x"] * 3000}, {"chosen": "__class__:x"}],
    ids=lambda odd: str(odd)[:40],
)  # fmt: skip
def test_odd_messages_of_the_search_break_nothing(snapshot, odd):
    page = StationsDashboard("?station=Black%20Hill")
    before = page.bar.changes
    page.finder.on_message(odd)
    assert page.bar.changes > before  # every message is answered
    assert "station=Black%20Hill" in page.bar.search
    page.chips.on_message(odd)
    page.chips.on_message({"chip": "duid:Atlantis"})
    page.chips.on_message({"remove": 7})
    assert {c.head.mode for c in page._cards()} <= {"ready"}


# -- whom it shows -----------------------------------------------------------------------------------


def test_a_station_as_a_whole_or_one_unit_of_it(snapshot):
    page = StationsDashboard("?station=Black%20Hill")
    assert [(c["label"], c["on"]) for c in page.chips.chips] == [
        ("Whole station", True), ("COAL1", False), ("COAL2", False), ("Compare units", False)
    ]  # fmt: skip
    assert tile(page, "Energy")["value"] == "14.4"  # 600 MW x 24 h
    page.chips.on_message({"chip": "duid:COAL2"})
    assert page.bar.search == "?duid=COAL2"
    assert tile(page, "Energy")["value"] == "4.80"
    assert page.view.power.source.data["v_power"][0] == 200
    assert page.view.power.source.data["v_capacity"][0] == 500
    page.chips.on_message({"chip": "station:Black Hill"})
    assert page.bar.search == "?station=Black%20Hill"
    assert StationsDashboard("?station=" + WINDY.replace("&", "%26")).chips.chips == []


def test_facts_link_to_region_fuel_and_owner(snapshot):
    page = StationsDashboard("?duid=COAL1&last=2d")
    assert page.chips.facts == [
        {"text": "New South Wales", "href": "./generation?last=2d&region=NSW1"},
        {"text": "Black coal", "href": "./generation?region=NSW1&last=2d&fuel=coal"},
        {"text": "Big Coal", "href": "./stations?last=2d&owner=Big%20Coal"},
    ]


def test_an_owner_in_the_address_lists_its_stations(snapshot):
    page = StationsDashboard("?owner=Store")
    assert names(page) == [HOSTILE]
    assert page.subject_card.head.heading == HOSTILE


def test_a_name_that_does_not_exist_is_told(snapshot):
    assert [p.param for p in StationsDashboard("?station=Nowhere").problems] == ["station"]


# -- figures -----------------------------------------------------------------------------------------


def test_figures_of_a_station_by_hand(snapshot):
    page = StationsDashboard("?station=Black%20Hill")
    assert tile(page, "Revenue")["value"] == "$1.44M"  # 14,400 MWh at $100
    assert (tile(page, "Capture price")["value"], tile(page, "Capture price")["unit"]) == ("$100.00", "/MWh")
    assert tile(page, "Capture price")["note"] == "100.0% of flat $100.00"
    assert tile(page, "Capacity factor")["value"] == "60.0%"
    assert tile(page, "Capacity factor")["note"] == "of 1,000 MW"
    assert (tile(page, "Running")["value"], tile(page, "Running")["note"]) == ("24.0", "0 starts")
    assert tile(page, "At negative prices")["value"] == "0.0%"
    assert "coverage 100.0%" in page.subject_card.head.detail
    units = cells(page.view.units, "COAL1")
    assert units["Energy"] == pytest.approx(9600)
    assert units["Revenue"] == pytest.approx(960_000)
    assert units["Running"] == pytest.approx(24)
    assert [c["t"] for c in page.view.units.rows[0]["cells"]][5] == "100.00"
    assert "Load" not in [c["label"] for c in page.view.units.columns]


def test_coverage_of_power_and_of_prices_are_told_apart(monkeypatch):
    def half_a_day_of_prices(frames):
        frames["price"] = frames["price"][frames["price"]["time"] <= pd.Timestamp("2024-03-02 12:00")].copy()

    serve(monkeypatch, market("priceless", change=half_a_day_of_prices))
    page = StationsDashboard("?station=Black%20Hill")
    assert page.subject_card.head.detail == "2 Mar 2024 · coverage 100.0% · with a price 50.0%"
    assert tile(page, "Energy")["value"] == "14.4"
    assert tile(page, "Revenue")["value"] == "$720.0k"


def test_money_is_written_as_everywhere(snapshot):
    page = StationsDashboard("?duid=WIND1")
    row = page.view.units.rows[0]["cells"]
    money = next(c for c, head in zip(row, page.view.units.columns, strict=True) if head["label"] == "Revenue")
    assert money["t"] == "−$24.00k"  # 1.2 GWh at -20 $/MWh
    assert tile(page, "Revenue")["value"] == "−$24.00k"


def test_a_wind_farm_at_negative_prices_has_no_capture_rate(snapshot):
    page = StationsDashboard("?duid=WIND1")
    assert tile(page, "At negative prices")["value"] == "100.0%"
    assert tile(page, "At negative prices")["note"] == "1.20 GWh, −$24.00k"
    assert tile(page, "Capture price")["note"] == "flat −$20.00"


def test_a_battery_shows_its_load(snapshot):
    page = StationsDashboard("?duid=BATT1")
    assert tile(page, "Energy")["value"] == "0"
    assert tile(page, "Energy")["note"] == "load 1.44 GWh"
    assert tile(page, "Revenue")["note"] == "net; load paid −$28.80k"  # 1,440 MWh at -20: it was paid
    assert tile(page, "Revenue")["value"] == "$28.80k"
    assert cells(page.view.units, "BATT1")["Load"] == pytest.approx(1440)


def test_names_in_tables_are_links_to_their_pages(snapshot):
    page = StationsDashboard("?station=Black%20Hill&last=2d")
    unit, tech = page.view.units.rows[0]["cells"][:2]
    assert unit["href"] == "./stations?last=2d&duid=COAL1"
    assert tech["href"] == "./generation?last=2d&fuel=coal"


# -- views -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_and_offers_its_questions(snapshot, monkeypatch, view):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    page = StationsDashboard(f"?view={view}&station=Black%20Hill&last=2d")
    assert page.problems == []
    shown = [c for c in page._cards() if c.view.visible]
    assert {c.head.mode for c in shown} == {"ready"}
    for card in shown:
        assert card.head.links, card.head.heading
    for chart in page.view.charts():
        assert len(chart.source.data["t"]), chart.figure.name


@pytest.mark.parametrize("view", [v for v in VIEWS if v != "history"])
def test_a_window_without_readings_offers_the_nearest_one(snapshot, view):
    page = StationsDashboard(f"?view={view}&station=Black%20Hill&start=2019-01-01&end=2019-01-08")
    card = next(c for c in page.view.cards if c.view.visible)
    assert card.head.mode == "empty"
    link = card.head.actions[0]["href"]
    assert link.startswith("./stations?")
    there = StationsDashboard(link.partition("?")[2])
    assert there.chosen("view") == view
    assert {c.head.mode for c in there._cards() if c.view.visible} == {"ready"}


def test_a_unit_that_stops_within_the_window_leaves_a_visible_gap(monkeypatch):
    frames = market().block("scada", "mw", START, END)
    tidy = (
        pd.DataFrame(frames.values.T, columns=frames.keys)
        .assign(time=frames.times)
        .melt("time", var_name="duid", value_name="mw")
    )
    tidy = tidy[(tidy["duid"] != "WIND1") | (tidy["time"] <= pd.Timestamp("2024-03-02 12:00"))].assign(source="demo")
    full = market("stopped")
    stopped = Snapshot("stopped", {"scada": Snapshot.from_frames({"scada": tidy}, full.units).chunks("scada"),
                                   "price": full.chunks("price")}, full.units)  # fmt: skip
    serve(monkeypatch, stopped)
    power = StationsDashboard("?duid=WIND1&start=2024-02-20&end=2024-03-03").view.power
    assert power.x.start == milliseconds(START)  # nothing is known before
    assert power.x.end == milliseconds(END)
    assert [len(power.gaps.data[k]) for k in ("x0", "x1")] == [1, 1]
    assert power.gaps.data["x0"][0] == milliseconds(pd.Timestamp("2024-03-02 12:00"))


def test_the_capacity_line_is_the_capacity_as_it_stood(monkeypatch):
    """COAL1 grows at noon of the second day; COAL2 never had a reading, so nothing is counted for it."""

    def one_is_silent(frames):
        frames["scada"] = frames["scada"][frames["scada"]["duid"] != "COAL2"].copy()

    full = market("grown", change=one_is_silent)
    units = full.units.assign(valid_from=pd.Timestamp("2020-01-01"))
    grown = units[units["duid"] == "COAL1"].assign(valid_from=pd.Timestamp("2024-03-02 12:00"), capacity_mw=640.0)
    units = pd.concat([units, grown]).sort_values(["duid", "valid_from"])
    serve(monkeypatch, Snapshot("grown", {d: full.chunks(d) for d in ("scada", "price")}, units))
    page = StationsDashboard("?station=Black%20Hill&last=2d&interval=1h")
    capacity = page.view.power.source.data["v_capacity"]
    assert capacity[:36].tolist() == [500.0] * 36
    assert capacity[36:].tolist() == [640.0] * (len(capacity) - 36)
    assert "capacity 500 to 640 MW" in page.view.chart_card.head.detail
    assert page.view.power.y.end > 640


def test_time_of_day_is_the_mean_of_the_days(snapshot):
    page = StationsDashboard("?view=day&station=Black%20Hill&last=2d")
    data = page.view.power.source.data
    assert len(data["t"]) == 49
    assert set(data["v_power"].tolist()) == {600.0}
    assert set(page.view.price.source.data["v_price"].tolist()) == {100.0}
    assert "2 days" in page.view.chart_card.head.detail
    lines = StationsDashboard("?view=day&days=lines&station=Black%20Hill&last=2d")
    assert len(lines.view.power.day_source.data["xs"]) == 2


def test_duration_of_the_whole_and_of_its_units(snapshot):
    page = StationsDashboard("?view=duration&station=Black%20Hill")
    assert cells(page.view.ledger, "Black Hill")["50%"] == pytest.approx(600)
    assert cells(page.view.ledger, "COAL2")["99%"] == pytest.approx(200)
    assert page.view.units.present == ("s0", "s1")
    alone = StationsDashboard("?view=duration&duid=COAL2")
    assert [c.view.visible for c in alone.view.cards] == [True, True, False]


def test_months_are_twelve_at_least_and_each_is_a_link(snapshot):
    page = StationsDashboard("?view=months&station=Black%20Hill")
    question = page.view.asked(snapshot, page.subject(snapshot))
    assert question.start == pd.Timestamp("2023-04-01")
    month = page.view.ledger.rows[0]["cells"]
    assert (month[0]["t"], month[0]["sub"]) == ("Mar 2024", "6% of it")  # two days of 31
    assert month[0]["href"] == "./stations?start=2024-03-01&end=2024-04-01&station=Black%20Hill"
    assert cells(page.view.ledger, "2024-03")["Energy"] == pytest.approx(600 * 48)
    assert page.view.energy.source.data["v_energy"].tolist() == pytest.approx([28.8])
    assert page.view.money.source.data["v_revenue"].tolist() == pytest.approx([2.88])
    assert page.view.price.source.data["v_capture"].tolist() == pytest.approx([100.0])


def test_history_is_everything_by_financial_year_whatever_the_window(snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    page = StationsDashboard("?view=history&station=Black%20Hill&last=1d")
    assert [r["key"] for r in page.view.ledger.rows] == ["FY24"]
    assert cells(page.view.ledger, "FY24")["Energy"] == pytest.approx(600 * 48)
    assert [f["href"] for f in page.view.files.files] == [
        "./api/generation/history.csv?last=all&station=Black%20Hill",
        "./api/generation/history.csv?last=all&station=Black%20Hill&by=duid",
    ]


def test_a_load_alone_has_bars_below_zero(snapshot):
    page = StationsDashboard("?view=months&duid=PUMP1")
    assert page.view.energy.present == ("load",)
    assert page.view.energy.source.data["v_load"].tolist() == pytest.approx([-1.44])  # GWh


# -- side by side ------------------------------------------------------------------------------------


def test_adding_and_taking_away_members(snapshot):
    page = StationsDashboard("?station=Black%20Hill")
    page.finder.on_message(message(add="duid:WIND1"))
    assert address.split(page.bar.search) == {"station": ["Black Hill"], "duid": ["WIND1"], "view": ["compare"]}
    assert page.view.power.present == ("s0", "s1")
    assert page.view.power.source.data["v_s0"][0] == 600
    assert page.view.power.source.data["v_s1"][0] == 50
    assert [c["label"] for c in page.view.chips.chips] == ["Black Hill", f"WIND1 · {WINDY}"]
    assert [c["colour"] for c in page.view.chips.chips] == list(SERIES["light"][:2])
    assert cells(page.view.ledger, "duid:WIND1")["CF"] == pytest.approx(0.5)
    page.finder.on_message(message(chosen="station:Up Hill"))  # in this view a hit joins in
    assert len(page.view.chips.chips) == 3
    page.view.chips.on_message({"remove": "station:Black Hill"})
    assert [r["key"] for r in page.view.ledger.rows] == ["station:Up Hill", "duid:WIND1"]
    page.view.chips.on_message({"chip": "duid:WIND1"})
    assert page.chosen("view") == "power"
    assert page.subject_card.head.heading == f"WIND1 · {WINDY}"


def test_the_units_of_a_station_side_by_side(snapshot):
    page = StationsDashboard("?station=Black%20Hill")
    page.chips.on_message({"chip": "compare-units"})
    assert address.split(page.bar.search) == {"view": ["compare"], "duid": ["COAL1,COAL2"]}
    assert page.view.power.source.data["v_s1"][0] == 200


def test_per_cent_of_capacity(snapshot):
    page = StationsDashboard("?view=compare&station=Black%20Hill&duid=WIND1&scale=share")
    assert page.view.power.source.data["v_s0"][0] == pytest.approx(60)
    assert page.view.power.source.data["v_s1"][0] == pytest.approx(50)
    assert page.view.curves.source.data["v_s0"][0] == pytest.approx(60)
    assert page.view.day.source.data["v_s1"][0] == pytest.approx(50)
    assert page.view.power.y_axis.axis_label == "Share of capacity (%)"
    assert "%" in page.view.power.hover.tooltips


def test_at_most_six_and_nobody_twice(snapshot):
    page = StationsDashboard(
        "?view=compare&" + "&".join(f"duid={u[0]}" for u in UNITS) + "&station=Black%20Hill&station=Up%20Hill"
    )
    assert len(page.view.ledger.rows) == 6
    before = page.bar.search
    page.finder.on_message(message(add="station:Black Hill"))
    assert len(page.view.ledger.rows) == 6
    assert len(page.members(snapshot)) == 6
    assert len(before) >= len(page.bar.search)


@pytest.mark.fault("SEC-6")
def test_names_in_the_hover_of_a_comparison_are_text(snapshot):
    page = StationsDashboard(address.join({"view": ["compare"], "station": [HOSTILE, "Black Hill"]}))
    for chart in page.view.charts():
        assert "<img" not in chart.hover.tooltips
        assert "Black Hill" in chart.hover.tooltips


def test_a_member_without_readings_is_a_dash_and_no_zero(monkeypatch):
    def one_is_silent(frames):
        frames["scada"] = frames["scada"][frames["scada"]["duid"] != "WIND1"].copy()

    serve(monkeypatch, market("one-silent", change=one_is_silent))
    page = StationsDashboard("?view=compare&station=Black%20Hill&duid=WIND1")
    row = cells(page.view.ledger, "duid:WIND1")
    assert row["Energy"] is None
    assert row["Revenue"] is None
    assert np.isnan(page.view.power.source.data["y_s1"]).all()
