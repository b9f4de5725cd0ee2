"""The board: figures of now, the map, what is forecast, notices, events and records."""

import numpy as np
import pandas as pd
import pytest
from bokeh.document import Document
from two_day_market import END, HOSTILE, market, serve

from components.charts.flow_map import arrows, link_flow, step_colour, undrawn
from components.charts.palette import LIGHT
from components.dashboards import overview_context
from components.dashboards.overview import FIRST, OverviewDashboard
from components.dashboards.overview_context import forecast
from components.dashboards.overview_mix import MixBlock

RUNS = [
    {"minutes": 30, "published": "2024-03-02T23:30:00", "time": ["2024-03-03T00:30:00", "2024-03-03T01:00:00"],
     "region": ["SA1", "SA1"], "price": [90.0, None], "demand": [1.0, 1.0]},
    {"minutes": 5, "published": "2024-03-03T00:00:00", "time": ["2024-03-03T00:00:00", "2024-03-03T00:05:00", "2024-03-03T00:05:00"],
     "region": ["SA1", "SA1", "NSW1"], "price": [1.0, 70.0, 50.0], "demand": [1.0, 1.0, 1.0]},
]  # fmt: skip


def test_a_flow_has_the_limit_of_its_direction():
    there, back = link_flow("V-SA", 300.0, 600.0, -500.0), link_flow("V-SA", -490.0, 600.0, -500.0)
    assert (there.start, there.end, there.limit, there.used) == ("VIC1", "SA1", 600.0, 0.5)
    assert (back.limit, back.used) == (500.0, 0.98)
    assert np.isnan(link_flow("V-SA", 20.0, -50.0, -80.0).limit)  # forced: no share of such a limit
    drawn = arrows([there, back, link_flow("NEW-LINK", 10.0, 50.0, -50.0)], LIGHT)
    assert drawn["words"] == ["Heywood\n300 of 600 MW", "Heywood\n490 of 500 MW"]
    assert drawn["x0"][0] > drawn["x1"][0]  # from Victoria to the west
    assert drawn["x0"][1] < drawn["x1"][1]
    assert drawn["colour"] == [LIGHT.accent, LIGHT.error]
    assert [f.id for f in undrawn([there, link_flow("NEW-LINK", 10.0, 50.0, -50.0)])] == ["NEW-LINK"]
    assert step_colour(float("nan"), LIGHT) == LIGHT.muted


def test_runs_are_put_together_from_where_the_data_ends():
    found = forecast({"forecasts": RUNS}, END)
    assert found is not None
    assert [str(t) for t in found.edges.astype("datetime64[m]")] == [
        "2024-03-03T00:00", "2024-03-03T00:05", "2024-03-03T00:30", "2024-03-03T01:00"
    ]  # fmt: skip
    assert found.price["SA1"][:2].tolist() == [70, 90]  # not the one of the newest interval, which is known
    assert np.isnan(found.price["SA1"][2])
    assert found.price["NSW1"][0] == 50
    assert found.published == "2024-03-03T00:00:00"
    assert forecast({"forecasts": RUNS}, END + pd.Timedelta(hours=2)) is None
    assert forecast({"forecasts": [{"minutes": 5, "time": ["soon"], "region": ["SA1"], "price": [1.0]}]}, END) is None


@pytest.fixture
def context(monkeypatch):
    content = {"forecasts": [], "notices": [], "demo": False, "read": None}
    monkeypatch.setattr(overview_context.shared, "context", lambda: content)
    return content


def block(page: OverviewDashboard, name: str):
    return next(b for b in page.blocks if type(b).__name__ == name)


def test_without_forecasts_and_notices_their_cards_stay_away(snapshot, context):
    page = OverviewDashboard()
    assert block(page, "ContextBlock").chart is None
    assert not {"Predispatch (forecast)", "Market notices"} & {c.head.heading for c in page._cards()}


def test_forecasts_and_notices_come_when_they_are_collected(snapshot, context):
    page = OverviewDashboard()
    context["forecasts"] = RUNS
    context["notices"] = [
        {"id": i, "type": "RESERVE", "created": None, "title": HOSTILE, "text": HOSTILE} for i in range(7)
    ]
    page.refresh()
    shown = block(page, "ContextBlock")
    assert shown.chart.present == ("NSW1", "SA1")
    assert "forecast" in shown.forecast_card.head.detail
    assert [n["id"] for n in shown.list.notices] == ["6", "5", "4", "3", "2"]
    assert shown.list.notices[0]["text"] == HOSTILE  # set as text by the browser


def test_tiles_of_now_are_those_of_the_questions(snapshot, context):
    tiles = {t["label"]: t for t in block(OverviewDashboard("?region=SA1"), "Now").tiles.tiles}
    assert (tiles["Demand"]["value"], tiles["Demand"]["unit"]) == ("100", "MW")
    assert tiles["Renewables"]["value"] == "100.0%"  # 50 MW of wind and 20 of rooftop; the battery counts in neither
    assert tiles["Battery charging"]["value"] == "60"


def test_events_and_records_of_the_board(monkeypatch, context):
    def spike(frames):
        price = frames["price"]
        price.loc[(price["region"] == "NSW1") & (price["time"] == pd.Timestamp("2024-03-02T18:00")), "rrp"] = 15000.0

    serve(monkeypatch, market("spike", change=spike))
    shown = block(OverviewDashboard("?region=NSW1"), "EventBlock")
    texts = [[c["t"] for c in row["cells"]] for row in shown.events.rows]
    assert ["Sat 17:55", "NSW", "Price at or above $5,000/MWh", "18:00", "$15,000/MWh"] in texts
    assert ["Sat 18:00", "NSW", "Record: highest price", "", "$15,000/MWh"] in texts
    assert any(
        t[1:4] == ["SA", "Price below $0/MWh", "now"] for t in texts
    )  # it stood before the window, and still does
    record = {row["cells"][0]["t"]: row["cells"] for row in shown.records.rows}["Price, highest"]
    assert [c["t"] for c in record[1:]] == ["$15,000/MWh", "$15,000/MWh", "$15,000/MWh", "$100.00/MWh"]


def headings(page) -> list[str]:
    return [card.head.heading for card in page.cards]


def test_what_lies_below_the_first_screen_joins_once_the_browser_shows_that(snapshot, context):
    whole, page = OverviewDashboard("?region=SA1"), OverviewDashboard("?region=SA1", document=Document())
    assert len(page.blocks) == FIRST
    assert headings(page) == headings(whole)[:4]
    (shown,) = page.below.objects
    shown.on_message({"shown": True})
    assert headings(page) == headings(whole)
    assert all(card.head.offers for card, _ in page.links(snapshot))
    assert block(page, "MixBlock").mix.source.data["mw"] == block(whole, "MixBlock").mix.source.data["mw"]
    placed = page.below.objects
    assert len(placed) == 3
    shown.on_message({"shown": True})  # a browser may say anything, twice
    assert page.below.objects == placed
    assert headings(page) == headings(whole)


def test_what_fails_below_the_first_screen_leaves_that_as_it_is(snapshot, context, monkeypatch):
    page = OverviewDashboard(document=Document())
    monkeypatch.setattr(MixBlock, "draw", lambda *_: 1 / 0)
    page.below.objects[0].on_message({"shown": True})
    modes = {card.head.heading: card.head.mode for card in page.cards}
    assert modes["Spot price"] == "ready"
    assert modes["Mix now"] == modes["Mix today"] == "error"
