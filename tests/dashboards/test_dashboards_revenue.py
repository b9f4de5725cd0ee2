"""The revenue page: its table, its filters, its rankings and bars are the questions' figures; nothing is left out unsaid."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from two_day_market import HOSTILE, market, serve

from components.charts import formats
from components.dashboards import revenue_pivot
from components.dashboards.revenue import RevenueDashboard
from components.dashboards.revenue_filters import left_out
from components.dashboards.revenue_league import course
from components.dashboards.revenue_words import digits, figure, href, label
from components.queries.revenue import Revenue
from components.queries.revenue_groups import FILTERS
from components.queries.revenue_pivot import RevenuePivot
from components.queries.row_totals import ROOFTOP
from components.store.snapshot import empty_snapshot

DAY = 24
VIEWS = ("pivot", "league", "time")


def row(page, key):
    found = next(r for r in page.view.table.rows if r["key"] == key)
    return dict(zip((c["name"] for c in page.view.table.columns), found["cells"], strict=True)) | found


def total(page):
    return dict(zip((c["name"] for c in page.view.table.columns), page.view.table.total, strict=True))


def tell(page, **message):
    page.view.table.on_message(message)


# -- figures ------------------------------------------------------------------------------------------


def test_figures_by_hand(snapshot):
    """NSW1: 600 MW of coal, 20 MW of rooftop, pumps at 30 MW, all at $100. SA1: wind 50 MW at −$20, charging 60 MW."""
    page = RevenueDashboard()
    nsw = row(page, "NSW1")
    assert nsw["label"] == "New South Wales"
    assert float(nsw["energy_mwh"]) == pytest.approx(620 * DAY / 1000, abs=0.005)
    assert float(nsw["revenue"]) == pytest.approx((620 - 30) * DAY * 100 / 1e6, abs=0.0005)
    assert nsw["capture_price"] == "100.00"
    assert nsw["capture_rate"] == "100.0"
    assert nsw["capacity_factor"] == "60.0"  # of 1,000 MW; rooftop has no capacity
    assert nsw["capacity_mw"] == "1,000"
    assert float(nsw["load_mwh"]) == pytest.approx(30 * DAY / 1000)
    assert float(nsw["load_cost"]) == pytest.approx(30 * DAY * 100 / 1e6)
    assert row(page, "QLD1")["load_mwh"] == ""  # nothing there consumes
    # coal, wind, battery (discharges nothing) and rooftop in five regions
    assert float(total(page)["energy_mwh"]) == pytest.approx((600 + 50 + 5 * 20) * DAY / 1000)
    charging = 60 * DAY * 20
    wind, rooftop = 50 * DAY * -20, 20 * DAY * (100 + 80 - 20 + 60 + 50)
    assert float(total(page)["revenue"]) == pytest.approx(
        (570 * DAY * 100 + wind + rooftop + charging) / 1e6, abs=0.0005
    )


@pytest.mark.parametrize(
    "search", ["", "?by=owner,station,duid&depth=3", "?by=fueltech&region=SA1", "?rooftop=0&by=fuel"]
)
def test_the_table_is_the_answer_of_its_link(snapshot, search):
    page = RevenueDashboard(search)
    frame = page.view.query().run(snapshot).frame
    names = [c["name"] for c in page.view.table.columns]
    shown = [r["cells"] for r in page.view.table.rows]
    assert len(frame) == len(shown) + 1
    for cells, figures in zip([page.view.table.total, *shown], frame.to_dict("records"), strict=True):
        for name, text in zip(names, cells, strict=True):
            _, _, factor, _, _ = revenue_pivot.SHOWN[name]
            if text in ("", formats.MISSING):
                assert not figures[name] or np.isnan(figures[name])
            elif not text.startswith(("<", ">")):
                places = len(text.partition(".")[2])
                assert float(text.replace(",", "").replace(formats.MINUS, "-")) == pytest.approx(
                    figures[name] * factor, abs=0.5001 * 10**-places
                )


def test_the_total_is_the_revenue_of_everything(snapshot):
    everything = Revenue(by=["fuel"]).run(snapshot).frame
    page = RevenueDashboard("?by=duid")
    assert page.view.tree.total["revenue"] == pytest.approx(everything["revenue"].sum())
    assert page.view.tree.total["energy_mwh"] == pytest.approx(everything["energy_mwh"].sum())


# -- the table ----------------------------------------------------------------------------------------


def test_levels_are_moved_added_and_removed(snapshot):
    page = RevenueDashboard()
    tell(page, levels=["fuel", "region"])
    assert page.bar.search == "?by=fuel,region"
    assert page.view.main.head.heading == "Revenue by fuel, region"
    tell(page, levels=["fuel", "region", "station", "duid"])
    assert [s["name"] for s in page.view.table.spare] == ["fueltech", "owner"]
    tell(page, levels=["region", "fuel"])
    assert page.bar.search == ""
    tell(page, levels=[])
    tell(page, levels=["nonsense"])
    tell(page, levels=5)
    assert page.bar.search == ""


def test_groups_open_and_close_in_the_address(snapshot):
    page = RevenueDashboard()
    assert {r["depth"] for r in page.view.table.rows} == {1}
    tell(page, open="SA1")
    assert page.bar.search == "?open=SA1"
    assert [r["key"] for r in page.view.table.rows if r["depth"] == 2] == ["SA1/battery", "SA1/rooftop", "SA1/wind"]
    assert row(page, "SA1")["open"] is True
    assert row(page, "SA1/wind")["open"] is None
    again = RevenueDashboard(page.bar.search)
    assert again.view.table.rows == page.view.table.rows
    tell(page, shut="SA1")
    assert page.bar.search == ""
    tell(page, everything=True)
    assert page.bar.search == "?depth=2"
    assert page.view.table.deepest
    tell(page, shut="SA1")
    assert "SA1" not in page.bar.search
    assert row(page, "SA1")["open"] is False
    assert row(page, "NSW1")["open"] is True
    tell(page, everything=False)
    assert page.bar.search == ""


def test_columns_sort_both_ways_and_turn_back_to_the_first_page(snapshot, monkeypatch):
    monkeypatch.setattr(revenue_pivot, "PAGE", 2)
    page = RevenueDashboard("?skip=2")
    assert page.view.table.first == 3
    tell(page, sort="energy_mwh")
    assert page.bar.search == "?sort=energy_mwh"
    first = [r["key"] for r in page.view.table.rows]
    tell(page, sort="energy_mwh")
    assert page.bar.search == "?sort=energy_mwh&ascending=1"
    assert [r["key"] for r in page.view.table.rows] != first
    tell(page, sort="name")
    assert [r["key"] for r in page.view.table.rows] == ["NSW1", "QLD1"]
    tell(page, sort="__class__")
    assert page.view.table.sort == "name"


def test_a_page_of_rows_at_a_time_with_the_groups_it_lies_in(snapshot, monkeypatch):
    monkeypatch.setattr(revenue_pivot, "PAGE", 4)
    page = RevenueDashboard("?depth=2")
    table = page.view.table
    count = table.count
    seen = []
    for number in range(1, table.pages + 1):
        tell(page, turn=number)
        fresh = [r for r in table.rows if not r.get("held")]
        assert len(fresh) <= 4
        assert table.first == len(seen) + 1
        held = [r["key"] for r in table.rows if r.get("held")]
        assert held == ([fresh[0]["key"].split("/")[0]] if "/" in fresh[0]["key"] else [])
        seen += [r["key"] for r in fresh]
    assert len(seen) == len(set(seen)) == count
    assert page.view.table.pages == -(-count // 4)
    tell(page, turn=99)
    assert table.page == table.pages
    tell(page, turn="x")
    assert table.page == table.pages


def test_six_hundred_units_are_not_sent_at_once(monkeypatch):
    def grow(frames):
        part = frames["scada"][frames["scada"]["duid"] == "COAL1"].iloc[:3]
        frames["scada"] = pd.concat([part.assign(duid=f"U{i}") for i in range(600)])

    serve(monkeypatch, market("many", change=grow))
    page = RevenueDashboard("?by=duid&start=2024-03-01&end=2024-03-02&rooftop=0")
    assert page.view.table.count == 600
    assert len(page.view.table.rows) == revenue_pivot.PAGE
    assert len(json.dumps(page.view.table.rows)) < 30_000


def test_rows_link_to_their_pages_over_the_same_window(snapshot):
    page = RevenueDashboard("?by=region,fuel,station,duid,owner,fueltech&depth=6&last=2d")
    links = {r["key"]: r.get("href") for r in page.view.table.rows}
    assert links["NSW1"] == "./generation?region=NSW1&last=2d"
    assert links["NSW1/coal"] == "./generation?region=NSW1&last=2d&fuel=coal"
    assert links["NSW1/coal/Black%20Hill"].startswith("./stations?region=NSW1&last=2d&station=Black%20Hill")
    assert "duid=COAL1" in links["NSW1/coal/Black%20Hill/COAL1"]
    assert "owner=Big%20Coal" in links["NSW1/coal/Black%20Hill/COAL1/Big%20Coal"]
    assert links["NSW1/rooftop/Rooftop%20solar"].endswith("&fuel=rooftop")
    assert href(["owner"], ["unknown"], {}) is None
    assert href(["station"], [HOSTILE], {}) == "./stations?station=%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E"


def test_the_chart_above_the_table_adds_up_to_its_total(snapshot):
    page = RevenueDashboard("?by=owner,duid")
    data = page.view.bars.chart.source.data
    shown = sum(float(np.nansum(data[f"v_{k}"])) for k in page.view.bars.chart.names)
    assert shown == pytest.approx(page.view.tree.total["revenue"] / 1e6, rel=1e-5)
    assert page.view.bars.legend.entries == page.view.bars.chart.legend()
    assert "Owner unknown" not in [e["label"] for e in page.view.bars.legend.entries]


# -- filters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", FILTERS)
def test_whatever_is_left_out_is_named_with_its_worth(monkeypatch, word):
    """Each category in turn: chosen alone, every other one is listed, with energy and revenue that add up to everything."""

    def grow(frames):
        part = frames["scada"][frames["scada"]["duid"] == "COAL1"]
        frames["scada"] = pd.concat([frames["scada"], part.assign(duid="NOBODY", mw=7.0)])

    snapshot = market("unmapped", change=grow)
    serve(monkeypatch, snapshot)
    page = RevenueDashboard()
    bar = page.filter_bar
    every = bar.categories(word).run(snapshot).frame
    names = every[word].astype(str).tolist()
    assert len(names) >= 5
    assert {"fuel": "unmapped", "fueltech": "unmapped", "region": "unknown", "owner": "unknown"}.get(
        word, "NOBODY"
    ) in names
    for name in names:
        page.filters.on_message({"filter": word, "only": name})
        query = bar.categories(word)
        shown = query.run(snapshot).frame
        assert page.problems == [], name
        left = left_out(every, shown, word)
        told = [x["label"] for x in page.filters.left]
        assert told == [label(word, n) for n, *_ in left]
        assert {n for n, *_ in left} | set(shown[word].astype(str)) == set(names)
        assert sum(e for _, e, _, _ in left) + shown["energy_mwh"].sum() == pytest.approx(every["energy_mwh"].sum())
        money = sum(np.nan_to_num(m) for *_, m in left) + np.nansum(shown["revenue"])
        assert money == pytest.approx(np.nansum(every["revenue"]))
        assert page.filters.summary.startswith("Shown: ")
    page.filters.on_message({"reset": True})
    assert (page.bar.search, page.filters.left, page.filters.summary) == ("", [], "")


def test_the_list_of_a_filter_holds_every_category(snapshot):
    page = RevenueDashboard("?fuel=coal")
    page.filters.on_message({"filter": "fuel"})
    options = {o["key"]: o["on"] for o in page.filters.picker["options"]}
    assert options == {"coal": True, "wind": False, "battery": False, "rooftop": False, "pumps": False}
    assert page.filters.picker["options"][0]["worth"] == "14.4 GWh, $1.44M"
    page.filters.on_message({"close": True})
    assert page.filters.picker == {}


def test_ticking_and_unticking(snapshot):
    page = RevenueDashboard()
    page.filters.on_message({"filter": "fuel"})
    assert all(o["on"] for o in page.filters.picker["options"])
    page.filters.on_message({"filter": "fuel", "pick": "coal"})
    assert [x["label"] for x in page.filters.left] == ["Coal"]
    assert page.filters.left[0]["worth"] == "14.4 GWh, $1.44M"
    page.filters.on_message({"filter": "fuel", "pick": "coal"})
    assert page.bar.search == ""  # all of them is no filter
    page.filters.on_message({"filter": "station", "only": "Black Hill"})
    assert page.bar.search == "?station=Black%20Hill"
    page.filters.on_message({"filter": "station", "clear": True})
    assert page.bar.search == ""


def test_filters_multiply(snapshot):
    page = RevenueDashboard("?region=SA1&fuel=wind")
    assert [c["chosen"] for c in page.filters.chips][:2] == ["South Australia", "Wind"]
    groups = {(x["group"], x["label"]) for x in page.filters.left}
    # What SA1 has besides wind, and what wind there is elsewhere (none).
    assert groups == {("Fuel", "Battery"), ("Fuel", "Rooftop solar")}
    assert (
        page.filters.summary
        == f"Shown: {formats.percent(50 / 750)} of all energy, " + page.filters.summary.split(", ")[1]
    )


def test_leaving_rooftop_out_is_said(snapshot):
    page = RevenueDashboard()
    page.bar.on_message({"toggle": "rooftop", "on": False})
    assert page.bar.search == "?rooftop=0"
    assert [x["label"] for x in page.filters.left] == [ROOFTOP]
    assert page.filters.left[0]["worth"].startswith("2.40 GWh")


def test_a_long_list_is_searched_on_the_server(monkeypatch):
    def grow(frames):
        part = frames["scada"][frames["scada"]["duid"] == "COAL1"].iloc[:3]
        frames["scada"] = pd.concat([part.assign(duid=f"U{i}") for i in range(300)])

    serve(monkeypatch, market("long", change=grow))
    page = RevenueDashboard("?start=2024-03-01&end=2024-03-02")
    page.filters.on_message({"filter": "duid"})
    picker = page.filters.picker
    assert len(picker["options"]) == 60
    assert picker["note"] == "241 more; type to find them."  # of 300 and rooftop
    assert not any(o["on"] for o in picker["options"])
    page.filters.on_message({"typed": "u29"})
    assert {o["key"] for o in page.filters.picker["options"]} == {"U29", *(f"U29{i}" for i in range(10))}
    page.filters.on_message({"filter": "duid", "pick": "U299"})
    assert page.bar.search == "?start=2024-03-01&end=2024-03-02&duid=U299"
    assert page.filters.picker["options"][0] | {"worth": ""} == {
        "key": "U299", "label": "U299", "worth": "", "on": True, "colour": "",
    }  # fmt: skip
    assert len(page.filters.left) == 300


@pytest.mark.parametrize(
    "message", [{}, {"filter": 5}, {"filter": "__class__", "pick": "x"}, {"typed": None}, {"filter": "fuel", "pick": "x" * 9999}], ids=str
)  # fmt: skip
def test_odd_messages_of_the_filters_change_nothing_that_cannot_be_shown(snapshot, message):
    page = RevenueDashboard()
    page.filters.on_message(message)
    assert page.view.table.count > 0 or page.view.main.head.mode == "empty"


# -- rankings and bars --------------------------------------------------------------------------------


def test_rankings_by_hand(snapshot):
    page = RevenueDashboard("?view=league&least=0")
    by = {t["title"]: t for t in page.view.league.tables}
    assert [r["label"] for r in by["Revenue"]["rows"]] == ["Black Hill", HOSTILE, "Windy, Hill & Sons", "Up Hill"]
    assert [r["text"] for r in by["Revenue"]["rows"]] == ["1.440", "0.029", "−0.024", "−0.072"]
    assert [r["text"] for r in by["Energy"]["rows"]] == ["14.400", "1.200", "0.000", "0.000"]
    # Without energy there is no price: such ones come last.
    assert [r["text"] for r in by["Capture price"]["rows"]] == ["100.00", "−20.00", "–", "–"]
    assert by["Revenue"]["rows"][0]["bars"] == [100] * 24
    assert by["Revenue"]["rows"][3]["bars"] == [-100] * 24
    assert by["Revenue"]["rows"][0]["sub"] == "New South Wales · Coal"
    assert by["Revenue"]["rows"][0]["href"] == "./stations?station=Black%20Hill"


def test_tiny_ones_do_not_lead_and_it_is_said(snapshot):
    page = RevenueDashboard("?view=league")
    names = [r["label"] for t in page.view.league.tables for r in t["rows"]]
    assert set(names) == {"Black Hill", "Windy, Hill & Sons"}
    assert "0.05 % of all energy" in page.view.main.head.detail
    assert any("2 groups with less than 0.05 %" in note for note in page.footer.notes)
    page.bar.on_message({"select": "of", "value": "owner"})
    page.bar.on_message({"select": "rank", "value": "lowest"})
    assert page.bar.search == "?view=league&of=owner&rank=lowest"
    assert page.view.league.tables[0]["rows"][0]["label"] == HOSTILE


def test_courses_are_of_their_own_largest_amount():
    assert course(np.array([5.0, -10.0, np.nan])) == [50, -100, None]
    assert course(np.array([np.nan])) == []
    assert course(np.zeros(2)) == [0, 0]


def test_bars_of_the_largest_and_the_others(snapshot):
    page = RevenueDashboard("?view=time&group=duid&largest=5")
    chart = page.view.bars.chart
    assert list(chart.names.values()) == ["COAL1", "COAL2", "Rooftop solar", "PUMP1", "BATT1", "WIND1"]
    page = RevenueDashboard("?view=time&group=fueltech&measure=energy&interval=1d")
    chart = page.view.bars.chart
    sums = {name: float(np.nansum(chart.source.data[f"v_{k}"])) for k, name in chart.names.items()}
    assert sums["Black coal"] == pytest.approx(600 * DAY / 1000)
    assert chart.y_axis.axis_label == "Energy (GWh)"
    assert len(chart.source.data["t"]) == 2
    assert "by day" in page.view.main.head.detail


def test_an_interval_too_fine_for_bars_is_not_taken(snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.revenue_over_time.MOST_BARS", 10)
    page = RevenueDashboard("?view=time&interval=5m&last=2d")
    assert len(page.view.bars.chart.source.data["t"]) == 49


# -- states -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_says_why_it_is_empty_and_what_to_do(snapshot, view, monkeypatch):
    page = RevenueDashboard(f"?view={view}&start=2019-01-01&end=2019-01-08")
    heads = [c.head for c in page.view.cards if c.view.visible]
    assert [h.mode for h in heads] == ["empty"]
    link = heads[0].actions[0]["href"]
    assert link.startswith("./revenue?")
    assert "start=2024-03-01" in link
    there = RevenueDashboard(link.partition("revenue")[2])
    assert {c.head.mode for c in there.view.cards} == {"ready"}
    none = RevenueDashboard(f"?view={view}&region=SA1&fuel=pumps")
    assert [c.head.mode for c in none.view.cards if c.view.visible] == ["empty"]
    assert none.view.cards[0].head.actions[-1]["href"] == "./revenue" + ("" if view == "pivot" else f"?view={view}")
    serve(monkeypatch, empty_snapshot())
    blank = RevenueDashboard(f"?view={view}")
    assert "no data" in blank.view.cards[0].head.reason
    serve(monkeypatch, market("arrived"))
    blank.follow()
    assert all(c.view.visible and c.head.mode == "ready" for c in blank.view.cards)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_survives_its_own_address(snapshot, view):
    search = f"?view={view}&last=2d&region=SA1&fuel=wind,battery&rooftop=0&basis=settlement&loss_adjusted=1"
    page = RevenueDashboard(search)
    assert page.problems == []
    again = RevenueDashboard(page.bar.search)
    assert again.bar.search == page.bar.search
    asked, kept = (set(text[1:].split("&")) for text in (search, page.bar.search))
    assert kept == asked - {"view=pivot"}


def test_a_link_of_the_plain_question_is_understood(snapshot):
    page = RevenueDashboard("?by=station&by=duid&station=Black%20Hill&last=2d")
    assert page.problems == []
    assert [r["key"] for r in page.view.table.rows] == ["Black%20Hill"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_card_offers_the_questions_it_shows(snapshot, view, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    page = RevenueDashboard(f"?view={view}&open=SA1&last=2d&fuel=wind,battery")
    for card in page.view.cards:
        assert card.head.links
        for link in card.head.links:
            assert "fuel=wind,battery" in link["api"]
    if view == "pivot":
        shown = page.view.main.head.links[0]["api"]
        assert shown.startswith("./api/analysis/revenue-pivot?")
        query, problems = RevenuePivot.parse(
            {"open": ["SA1"], "total": ["1"], "last": ["2d"], "fuel": ["wind,battery"]}
        )
        assert problems == []
        assert page.view.query().fingerprint() == query.fingerprint()


# -- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(0, 2, "0.00"), (0.004, 2, "<0.01"), (-0.004, 2, ">−0.01"), (12.345, 1, "12.3"), (np.nan, 1, "–"), (0.06, 1, "0.1"), (0.2, 0, "<1")],
)  # fmt: skip
def test_what_is_not_zero_is_never_written_as_zero(value, places, text):
    assert figure(value, places) == text


@pytest.mark.parametrize(
    ("largest", "places"), [(0.5, 3), (12, 3), (862.2, 2), (17_933, 1), (2_000_000, 1), (np.nan, 1)]
)
def test_decimals_follow_the_largest_number_of_a_column(largest, places):
    assert digits(largest) == places
