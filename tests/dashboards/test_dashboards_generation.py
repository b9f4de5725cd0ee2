"""Figures of the generation page, worked out by hand."""

import numpy as np
import pytest
from two_day_market import market, serve

from components.dashboards.generation import GenerationDashboard
from components.dashboards.generation_table import FuelFigures, total


def cells(ledger, key):
    row = next(r for r in [*ledger.rows, *ledger.total] if r["key"] == key)
    return [c.get("v", c["t"]) for c in row["cells"]]


def test_generation_figures_by_hand(snapshot):
    page = GenerationDashboard("?region=NSW1&last=1d")
    # 600 MW x 24 h; 100 $/MWh; capacity 1,000 MW; rooftop 20 MW; share of 600 + 20 MW.
    energy, share, average, capture, value, factor = cells(page.view.ledger, "coal")[1:7]
    assert energy == pytest.approx(14_400)
    assert share == pytest.approx(600 / 620)
    assert average == pytest.approx(600)
    assert capture == pytest.approx(100)
    assert value == pytest.approx(1_440_000)
    assert factor == pytest.approx(0.6)
    pumps = cells(page.view.ledger, "pumps")
    assert pumps[1] == pytest.approx(-30 * 24)
    assert pumps[4] == pytest.approx(100)
    assert pumps[5] == pytest.approx(-72_000)
    assert cells(page.view.ledger, "Generation")[1] == pytest.approx(620 * 24)
    assert cells(page.view.ledger, "of which renewable")[2] == pytest.approx(20 / 620)


def test_battery_charging_at_a_negative_price_earns(snapshot):
    page = GenerationDashboard("?region=SA1")
    row = cells(page.view.ledger, "battery_charging")
    assert row[1] == pytest.approx(-60 * 24)
    assert row[4] == pytest.approx(-20)
    assert row[5] == pytest.approx(60 * 24 * 20)


def test_regions_are_added_up_and_interchange_appears_on_request(snapshot):
    page = GenerationDashboard("?region=NSW1,SA1&interchange=1")
    assert cells(page.view.ledger, "exports")[1] == pytest.approx(-2 * 10 * 24)
    assert cells(page.view.ledger, "rooftop")[1] == pytest.approx(2 * 20 * 24)
    assert page.bar.toggles[0]["on"]
    assert page.view.stack.line.visible
    assert page.view.stack.source.data["line"][0] == pytest.approx(2 * 120)


def test_total_of_fuels_has_no_price_where_one_value_is_unknown():
    known = [FuelFigures(10, value=100), FuelFigures(10, value=300)]
    assert total(known).capture_price == pytest.approx(20)
    assert np.isnan(total([*known, FuelFigures(10)]).capture_price)


def test_emissions_of_a_total_are_of_the_energy_whose_factor_is_known():
    coal = FuelFigures(100, emissions_t=90, factor_coverage=1)
    half = FuelFigures(100, emissions_t=20, factor_coverage=0.5)
    rooftop = FuelFigures(50, factor_coverage=0)
    found = total([coal, half, rooftop])
    assert (found.emissions_t, found.intensity) == pytest.approx((110, 110 / 150))
    assert found.factor_coverage == pytest.approx(150 / 250)
    assert np.isnan(total([rooftop]).emissions_t)


def test_where_rooftop_is_unknown_the_line_is_operational_demand_and_says_so(monkeypatch):
    serve(monkeypatch, market("no-rooftop", change=lambda frames: frames.pop("rooftop")))
    page = GenerationDashboard()
    assert page.view.stack.line_label == "Demand"
    assert page.view.stack.source.data["line"][0] == 500  # five regions of 100 MW; no rooftop added
    assert "Underlying" not in page.view.stack.hover.tooltips
    assert cells(page.view.ledger, "Demand")[1:4:2] == pytest.approx([500 * 24, 500])
    assert page.view.ledger.caption == ""


def test_underlying_demand_is_in_the_legend_with_its_dash(snapshot):
    page = GenerationDashboard()
    row = page.view.ledger.total[-1]
    assert row["key"] == "Underlying demand"
    assert row["cells"][0]["dash"]
    assert row["cells"][1]["v"] == pytest.approx(5 * 120 * 24)
    assert "Underlying demand" in page.view.stack.hover.tooltips


def test_where_the_market_has_no_price_those_of_the_known_regions_are_drawn(monkeypatch):
    def two_regions(frames):
        for name in ("price", "region"):
            frames[name] = frames[name][frames[name]["region"].isin(["NSW1", "SA1"])].copy()

    serve(monkeypatch, market("two-regions", change=two_regions))
    page = GenerationDashboard()
    assert page.view.price.present == ("NSW1", "SA1")
    assert page.view.price.source.data["v_SA1"][0] == -20
    assert any("all five regions" in note for note in page.footer.notes)
    assert "all five regions" in page.view.ledger.caption


def test_only_some_hours_are_drawn_summed_and_said(snapshot):
    page = GenerationDashboard("?region=NSW1&hour=17-20")
    assert cells(page.view.ledger, "coal")[1:4:2] == pytest.approx([600 * 4, 600])
    assert cells(page.view.ledger, "rooftop")[1] == pytest.approx(20 * 4)
    assert "only hour 17-20" in page.view.chart_card.head.detail
