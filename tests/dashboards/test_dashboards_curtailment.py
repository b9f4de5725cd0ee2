"""The page /curtailment: what is drawn and written is what its questions answer; what is not known is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from two_day_market import END, START, market, serve

from components.charts.palette import DARK, LIGHT
from components.dashboards.curtailment import CurtailmentDashboard
from components.dashboards.curtailment_units import short
from components.dashboards.curtailment_view import LAYERS
from components.dashboards.prices import PricesDashboard
from components.queries.curtailment_summary import CurtailmentSummary, CurtailmentUnits

DAYS = "last=2d"
HOURS = 48.0


@pytest.fixture
def held(monkeypatch):
    """SA's one farm gives 50 of 70 MW for two days at -$20, but at $30 in the last six hours."""

    def dear(frames: dict) -> None:
        price = frames["price"]
        late = (price["region"] == "SA1") & (price["time"] > END - pd.Timedelta(hours=6))
        price.loc[late, "rrp"] = 30.0

    made = market("held", change=dear)
    serve(monkeypatch, made)
    return made


def cells(row: dict) -> list:
    return [c.get("v", c["t"]) for c in row["cells"]]


def drawn(chart, layer: str) -> np.ndarray:
    return np.asarray(chart.source.data[f"v_{layer}"])[:-1]


def test_over_time_draws_reasons_and_its_table_is_the_answer(held):
    page = CurtailmentDashboard(f"?{DAYS}&region=SA1&interval=1h")
    view = page.view
    assert view.chart_card.head.mode == "ready"
    np.testing.assert_allclose(drawn(view.stack, "economic_wind"), [20.0] * 42 + [0.0] * 6)
    np.testing.assert_allclose(drawn(view.stack, "network_wind"), [0.0] * 42 + [20.0] * 6)
    assert "0.96 GWh" in view.chart_card.head.detail
    assert "28.6%" in view.chart_card.head.detail
    row = cells(view.ledger.rows[0])
    answer = CurtailmentSummary(start=START, end=END, region=["SA1"]).run(held).frame.iloc[0]
    assert row[1:5] == pytest.approx([960.0, 20 / 70, 840.0, 120.0])
    assert row[1:8] == pytest.approx(
        [
            answer[n]
            for n in (
                "curtailed_mwh",
                "rate",
                "economic_mwh",
                "network_mwh",
                "economic_share",
                "price",
                "curtailed_hours",
            )
        ]
    )
    assert row[6] == pytest.approx((840 * -20 + 120 * 30) / 960)
    assert len(view.ledger.rows) == 1, "solar, of which nothing was forecast, has no row"


def test_the_whole_forecast_is_cleared_and_curtailed(held):
    view = CurtailmentDashboard(f"?{DAYS}&region=SA1&interval=1d&drawn=forecast").view
    parts = [drawn(view.stack, f"{n}_wind") for n in ("cleared", "economic", "network")]
    np.testing.assert_allclose(np.sum(parts, axis=0), [70.0, 70.0])
    np.testing.assert_allclose(parts[0], [50.0, 50.0])


def test_a_fuel_is_chosen_by_its_chip_and_nonsense_changes_nothing(held):
    page = CurtailmentDashboard(f"?{DAYS}")
    page.chips.on_message({"chip": "solar"})
    assert page.bar.search == f"?{DAYS}&fuel=solar"
    assert [c["key"] for c in page.chips.chips if c["on"]] == ["solar"]
    for odd in ({"chip": "coal"}, {"chip": 7}, {}, {"chip": None}):
        page.chips.on_message(odd)
        assert page.bar.search == f"?{DAYS}&fuel=solar"
    page.chips.on_message({"chip": ""})
    assert page.bar.search == f"?{DAYS}"


def test_hours_show_the_average_day_and_a_map(held):
    view = CurtailmentDashboard(f"?{DAYS}&region=SA1&view=hours").view
    slots = drawn(view.stack, "economic_wind")
    assert slots[0] == pytest.approx(20)
    assert slots[-1] == pytest.approx(10), "economic on one of two evenings"
    np.testing.assert_allclose(np.asarray(view.rates.source.data["v_wind"])[:-1], 100 * 20 / 70)
    image = view.map.source.data["value"][0]
    assert image.shape == (24, 2)
    np.testing.assert_allclose(image, 20.0)
    rates = CurtailmentDashboard(f"?{DAYS}&region=SA1&view=hours&shown=rate").view
    np.testing.assert_allclose(rates.map.source.data["value"][0], 100 * 20 / 70, rtol=1e-6)
    assert rates.map.unit == "% of the forecast"


def test_bands_of_the_price(held):
    view = CurtailmentDashboard(f"?{DAYS}&region=SA1&view=price").view
    rows = {r["key"]: cells(r) for r in view.ledger.rows}
    assert rows["−$50 to −$20"][1:] == pytest.approx([42 / 48, 2940.0, 840.0, 20 / 70, 840 / 960])
    assert rows["$20 to $50"][1:] == pytest.approx([6 / 48, 420.0, 120.0, 20 / 70, 120 / 960])
    bars = view.energy.data.bars
    assert dict(zip(bars["category"], bars["value"], strict=True)) == pytest.approx(
        {"−$50 to −$20": 0.84, "$20 to $50": 0.12}
    )


def test_units_are_ranked_and_the_one_that_is_picked_is_drawn(held):
    page = CurtailmentDashboard(f"?{DAYS}&view=units")
    view = page.view
    answer = CurtailmentUnits(start=START, end=END).run(held).frame
    assert [r["key"] for r in view.ledger.rows] == answer["duid"].tolist() == ["WIND1"]
    assert cells(view.ledger.rows[0])[1:7] == pytest.approx(
        [
            answer[n].iloc[0]
            for n in ("curtailed_mwh", "rate", "economic_mwh", "network_mwh", "price", "curtailed_hours")
        ]
    )
    np.testing.assert_allclose(drawn(view.stack, "cleared_wind"), 50.0)
    assert view.one_card.head.heading == "WIND1 over time"
    view.ledger.on_message({"row": "WIND1"})
    assert "duid=WIND1" in page.bar.search
    for odd in ({"row": "NOBODY"}, {"row": 3}, {}):
        view.ledger.on_message(odd)
        assert "duid=WIND1" in page.bar.search


@pytest.mark.parametrize("group", ["station", "owner"])
def test_names_from_outside_are_text_and_links(held, group):
    view = CurtailmentDashboard(f"?{DAYS}&view=units&group={group}&rank=rate").view
    assert view.bar_card.head.mode == "ready"
    first = view.ledger.rows[0]["cells"][0]
    assert first["href"].startswith("./stations?")
    assert "<" not in first["href"]
    assert np.asarray(view.bars.data.bars["value"])[0] == pytest.approx(100 * 840 / 3360)


def test_without_units_the_view_says_how_to_read_them(monkeypatch):
    serve(monkeypatch, market("no units", change=lambda frames: frames.pop("semi_scheduled")))
    page = CurtailmentDashboard(f"?{DAYS}&view=units")
    head = page.view.bar_card.head
    assert head.mode == "empty"
    assert "--tables semi_scheduled" in head.reason
    assert head.commands == ["aemo-dashboard demo"], "a demo is written anew"
    serve(monkeypatch, market("no units", source="mmsdm", change=lambda frames: frames.pop("semi_scheduled")))
    head = CurtailmentDashboard(f"?{DAYS}&view=units").view.bar_card.head
    assert any("--tables semi_scheduled" in c for c in head.commands)
    assert CurtailmentDashboard(f"?{DAYS}").view.chart_card.head.mode == "ready"


def test_before_the_columns_existed_the_page_says_so(monkeypatch):
    def old(frames: dict) -> None:
        frames["region"] = frames["region"].drop(columns=[c for c in frames["region"] if c.startswith("ss_")])

    serve(monkeypatch, market("before 2021", change=old))
    for slug in ("over-time", "hours", "price"):
        view = CurtailmentDashboard(f"?{DAYS}&view={slug}").view
        assert {c.head.mode for c in view.cards} == {"empty"}
        assert "since April 2021" in view.cards[0].head.reason


def test_parts_of_a_forecast_have_colours_of_their_own_in_both_themes():
    for theme in (LIGHT, DARK):
        assert len({layer.colour(theme) for layer in LAYERS.values()}) == len(LAYERS)


def test_long_names_are_cut_beside_bars():
    assert short("Western Downs Green Power Hub", 20) == "Western Downs Green…"
    assert short("HDWF2") == "HDWF2"


# -- FCAS on the page of prices ------------------------------------------------------------------------


def test_fcas_prices_are_drawn_and_summed(held):
    page = PricesDashboard(f"?{DAYS}&view=fcas&interval=1h")
    view = page.view
    assert view.lines.present == ("NSW1", "QLD1", "SA1", "TAS1", "VIC1")
    rows = {r["key"]: cells(r) for r in view.ledger.rows}
    assert len(rows) == 10
    assert rows["raisereg"][1:6] == [7.0] * 5
    assert rows["lower6sec"][1:6] == [2.0] * 5
    assert rows["raise1sec"][1:] == [None] * 7, "a market without prices has none, not zero"
    view.ledger.on_message({"row": "lower6sec"})
    assert "service=lower6sec" in page.bar.search
    assert view.chart_card.head.heading == "FCAS prices · Lower 6 seconds"
    view.ledger.on_message({"row": "energy"})
    assert "service=lower6sec" in page.bar.search
    page.change(service="raise1sec")
    assert view.chart_card.head.mode == "empty"
    assert "No prices of raise 1 second" in view.chart_card.head.reason
    assert view.table_card.head.mode == "ready"
