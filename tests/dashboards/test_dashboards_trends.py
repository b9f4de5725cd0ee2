"""The views of /trends draw what their questions answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.charts.years import YearLines, day_names
from components.dashboards.trends import TrendsDashboard
from components.queries.trends_annual import AnnualEnergy
from components.queries.trends_capacity import InService
from components.queries.trends_compare import Comparison
from components.queries.trends_daily import DailyTrend
from components.queries.trends_emissions import Emissions
from components.queries.trends_evening import EveningPeak, EveningProfile
from components.queries.trends_penetration import Penetration
from components.queries.trends_penetration_bins import PenetrationBins, PenetrationDuration

WINDOW = {"start": pd.Timestamp("2024-03-01"), "end": pd.Timestamp("2024-03-03")}
ADDRESS = "?start=2024-03-01&end=2024-03-03"


def opened(search: str, address: str = ADDRESS) -> TrendsDashboard:
    page = TrendsDashboard(address + search)
    assert page.problems == []
    assert [c.head.mode for c in page.view.cards] == ["ready"] * len(page.view.cards)
    return page


def cells(ledger, key: str) -> list:
    """Values of a row, its name left out."""
    row = next(r for r in [*ledger.rows, *ledger.total] if r["key"] == key)
    return [c["v"] for c in row["cells"] if "v" in c]


def bars(chart, category: str) -> dict[str, float]:
    data = chart.source.data
    return {
        label: value
        for label, value, at in zip(data["label"], data["value"], data["category"], strict=True)
        if at == category
    }


def test_bars_of_a_cut_year_are_starred_and_annualised(snapshot):
    page = opened("&region=SA1")
    frame = AnnualEnergy(**WINDOW, region=["SA1"]).run(snapshot).frame.set_index("fuel")
    assert list(page.view.bars.kinds.factors) == ["2024*"]
    drawn = bars(page.view.bars, "2024*")
    assert drawn["Wind"] == pytest.approx(frame.loc["wind", "annualised_mwh"] / 1e6)
    assert "2024* 2 days read" in page.view.bar_card.head.detail
    assert cells(page.view.ledger, "wind")[0] == pytest.approx(drawn["Wind"])
    energy = opened("&region=SA1&measure=energy")
    assert bars(energy.view.bars, "2024*")["Wind"] == pytest.approx(frame.loc["wind", "energy_mwh"] / 1e6)
    share = opened("&region=SA1&measure=share&year=fy")
    assert bars(share.view.bars, "FY24*")["Wind"] == pytest.approx(100 * frame.loc["wind", "share"])


def test_a_years_line_has_its_days_in_their_places(snapshot):
    page = opened("&view=days&region=SA1&show=wind&smooth=1d")
    frame = DailyTrend(**WINDOW, region=["SA1"], series=["wind"], smooth="1d").run(snapshot).frame
    line = page.view.lines.source.data["v_s0"]
    assert page.view.lines.years == ("2024",)
    assert line[60:62].tolist() == pytest.approx(frame["mw"].tolist())
    assert np.isnan(np.delete(line, [60, 61])).all()
    assert [e["label"] for e in page.view.legend.entries] == ["2024"]
    smooth = TrendsDashboard(ADDRESS + "&view=days&region=SA1&show=wind")
    assert "7-day mean, trailing" in smooth.view.chart_card.head.detail
    assert smooth.view.links(snapshot)[0][1][0][1].smooth == "7d"


def test_a_leap_day_is_bridged_in_the_drawing_and_not_in_the_figures():
    from components.charts.palette import LIGHT

    chart = YearLines(LIGHT, height=300, title="Years", y_label="MW", unit="MW")
    line = np.arange(366.0)
    line[59] = np.nan
    chart.feed({"2023": line, "2022": np.full(366, np.nan)})
    assert day_names()[59] == "29 Feb"
    assert np.isnan(chart.source.data["v_s0"][59])
    assert chart.source.data["y_s0"][59] == 59
    assert chart.lines["s0"].visible
    assert not chart.lines["s2"].visible


def test_thermal_and_renewable_of_the_days(snapshot):
    page = opened("&view=mix&region=SA1&smooth=1d")
    frame = DailyTrend(**WINDOW, region=["SA1"], smooth="1d").run(snapshot).frame
    green = frame.loc[frame["series"] == "renewable", "mw"]
    assert page.view.lines.source.data["v_renewable"][:2] == pytest.approx(green.tolist())
    row = cells(page.view.ledger, "2024")
    assert row[0] == pytest.approx(green.mean())
    assert row[3] == 2


def test_penetration_is_drawn_from_its_questions(snapshot):
    page = opened("&view=penetration&region=SA1")
    month = Penetration(**WINDOW, region=["SA1"], interval="1M").run(snapshot).frame.iloc[0]
    source = page.view.lines.source.data
    assert source["v_penetration"][0] == pytest.approx(100 * month["penetration"])
    assert source["v_max"][0] == pytest.approx(100 * month["max"])
    bins = PenetrationBins(**WINDOW, region=["SA1"]).run(snapshot).frame
    assert page.view.bars.source.data["v_share"].tolist() == pytest.approx((100 * bins["share"]).tolist())
    curve = PenetrationDuration(**WINDOW, region=["SA1"], by="1y").run(snapshot).frame
    assert page.view.curves.source.data["v_s0"].tolist() == pytest.approx((100 * curve["penetration"]).tolist())
    season = Penetration(**WINDOW, region=["SA1"], interval="season").run(snapshot).frame.iloc[0]
    row = page.view.ledger.rows[0]
    assert row["key"] == "Autumn 2024"
    assert row["cells"][1]["v"] == pytest.approx(100 * season["max"])
    day = (season["max_time"] - pd.Timedelta("1us")).normalize()
    assert f"start={day:%Y-%m-%d}" in row["cells"][2]["href"]
    assert "region=SA1" in row["cells"][2]["href"]


def test_prices_against_penetration_by_year(snapshot):
    page = opened("&view=price&region=SA1")
    bins = PenetrationBins(**WINDOW, region=["SA1"], by="1y").run(snapshot).frame
    np.testing.assert_allclose(page.view.marks.source.data["v_s0"], bins["price"])
    assert page.view.legend.entries[0]["label"] == "2024"
    year = Penetration(**WINDOW, region=["SA1"], interval="1y").run(snapshot).frame.iloc[0]
    assert cells(page.view.ledger, "2024*") == pytest.approx([100 * year["penetration"], year["price"], year["hours"]])
    assert page.view.dots.source.data["x"].tolist() == pytest.approx([100 * year["penetration"]])


def test_the_evening_and_its_half_hours(snapshot):
    page = opened("&view=evening&region=SA1")
    frame = EveningPeak(**WINDOW, region=["SA1"]).run(snapshot).frame.set_index("part")
    assert bars(page.view.bars, "Wind")["now"] == pytest.approx(frame.loc["wind", "mw"])
    assert "nothing to compare" in page.view.bar_card.head.detail
    assert cells(page.view.ledger, "supply")[0] == pytest.approx(frame.loc["supply", "mw"])
    assert [r["key"] for r in page.view.ledger.total] == ["supply", "underlying", "residual"]
    profile = EveningProfile(**WINDOW, region=["SA1"]).run(snapshot).frame
    wind = profile[(profile["part"] == "wind") & (profile["time_of_day"] == "17:30")]["mw"].item()
    assert bars(page.view.shape, "17:30")["Wind"] == pytest.approx(wind)
    page._asked({"select": "halfhours", "value": "change"})
    assert bars(page.view.shape, "17:30") == {}  # no year before, no change
    assert page.view.shape.value_axis.axis_label == "Change of power (MW)"


def test_without_a_range_the_evening_and_the_comparison_are_the_last_years(snapshot):
    for view in ("evening", "compare"):
        page = opened(f"&view={view}&region=SA1", "?")
        asked = page.view.links(snapshot)[0][1][0][1]
        assert asked.last == "1y", view
        assert "the last year" in page.view.cards[0].head.detail
        other = opened(f"&view={view}&region=SA1")
        assert "the last year" not in other.view.cards[0].head.detail


def test_the_other_window_is_chosen_by_buttons_and_dates(snapshot):
    page = opened("&view=compare&region=SA1", "?start=2024-03-02&end=2024-03-03")
    assert [p["on"] for p in page.view.span.presets] == [True, False, False]
    page.view.span.on_message({"preset": "previous"})
    assert page.bar.search.endswith("other_start=2024-03-01&other_end=2024-03-02")
    assert [p["on"] for p in page.view.span.presets] == [False, True, False]
    span = {"start": pd.Timestamp("2024-03-02"), "end": pd.Timestamp("2024-03-03")}
    asked = Comparison(
        **span, region=["SA1"], other_start=pd.Timestamp("2024-03-01"), other_end=span["start"], interchange=True
    )
    frame = asked.run(snapshot).frame.astype({"quantity": str, "fuel": str}).set_index(["quantity", "fuel"])
    figures = ["value", "other", "change"]
    assert cells(page.view.whole, "price_flat")[:3] == pytest.approx(frame.loc[("price_flat", ""), figures].tolist())
    assert cells(page.view.fuels, "wind")[:3] == pytest.approx((frame.loc[("energy", "wind"), figures] / 1000).tolist())
    assert bars(page.view.bars, "Wind")["the other window"] == pytest.approx(
        frame.loc[("energy", "wind"), "other"] / 1000
    )
    page.view.span.on_message({"from_date": "2024-03-02", "to_date": "2024-03-02"})
    assert page.bar.search.endswith("other_start=2024-03-02&other_end=2024-03-03")
    for odd in ({"from_date": "x", "to_date": "2024-03-02"}, {"from_date": 5}, {"preset": "<b>"}, {}):
        page.view.span.on_message(odd)
        assert page.bar.search.endswith("other_start=2024-03-02&other_end=2024-03-03"), odd
    page.view.span.on_message({"preset": "year"})
    assert "other_start" not in page.bar.search


def test_capacity_and_emissions_are_those_of_the_registry(snapshot):
    page = opened("&view=capacity")
    frame = InService(**WINDOW, region=["NEM"]).run(snapshot).frame.set_index("fuel")
    assert cells(page.view.ledger, "wind")[1] == pytest.approx(frame.loc["wind", "capacity_mw"])
    assert page.view.stack.source.data["v_wind"][0] == pytest.approx(frame.loc["wind", "capacity_mw"])
    emissions = TrendsDashboard(ADDRESS + "&view=emissions")
    found = Emissions(**WINDOW, region=["NEM"]).run(snapshot).frame
    known = found["intensity"].notna().any()
    assert [c.head.mode for c in emissions.view.cards] == (["ready"] if known else ["empty"]) * 3
    if known:
        assert emissions.view.lines.source.data["v_intensity"][0] == pytest.approx(found["intensity"].iloc[0])


@pytest.mark.parametrize("view", [v.slug for v in TrendsDashboard.views])
def test_a_view_of_a_window_without_data_says_so(snapshot, view):
    page = TrendsDashboard(f"?view={view}&start=2020-01-01&end=2020-02-01")
    modes = {c.head.mode for c in page.view.cards}
    assert "error" not in modes
    assert "empty" in modes
