"""The five views of the generation page over the two-day market: what they draw is what the questions answer."""

import numpy as np
import pandas as pd
import pytest
from two_day_market import START, market, serve

from components.charts.fuel_lines import FuelLines
from components.dashboards.generation import GenerationDashboard
from components.queries.figures import GenerationFigures
from components.queries.generation import GenerationByFuel
from components.queries.time_of_day import DemandTimeOfDay, GenerationTimeOfDay
from components.queries.utilisation import GenerationUtilisation, UtilisationDuration
from components.queries.year_on_year import GenerationYearOnYear
from components.store.snapshot import Snapshot

DAY = {"start": pd.Timestamp("2024-03-01"), "end": pd.Timestamp("2024-03-02")}
ADDRESS = "?start=2024-03-01&end=2024-03-02"


def opened(search: str) -> GenerationDashboard:
    page = GenerationDashboard(ADDRESS + search)
    assert page.problems == []
    assert [c.head.mode for c in page.view.cards] == ["ready"] * len(page.view.cards)
    return page


def cells(ledger, key):
    row = next(r for r in [*ledger.rows, *ledger.total] if r["key"] == key)
    return [c.get("v", c["t"]) for c in row["cells"]]


def sun_sets(frames):
    """Wind drops from 50 to 10 MW at noon of the first day, coal takes over."""
    scada = frames["scada"]
    later = scada["time"] > START + pd.Timedelta(hours=12)
    scada.loc[later & scada["duid"].eq("WIND1"), "mw"] = 10.0
    scada.loc[later & scada["duid"].eq("COAL1"), "mw"] = 440.0


# -- over time ---------------------------------------------------------------------------------------


def test_energy_of_each_bucket(snapshot):
    page = opened("&region=NSW1&interval=1h&measure=energy")
    chart = page.view.stack
    assert chart.source.data["v_coal"][:24] == pytest.approx(600)
    assert chart.y_axis.axis_label == "Energy per hour (MWh)"
    assert "MWh" in chart.hover.tooltips
    assert chart.source.data["line"][0] == pytest.approx(120)
    asked = GenerationByFuel(**DAY, region=["NSW1"], interval="1h", agg="sum").run(snapshot).frame
    assert asked.loc[asked["fuel"] == "coal", "mwh"].tolist() == pytest.approx(
        chart.source.data["v_coal"][:24].tolist()
    )
    assert page.view.links(snapshot)[0][1][0][1].agg == "sum"


def test_proportion_is_of_everything_above_zero(snapshot):
    page = opened("&region=NSW1&measure=share")
    data = page.view.stack.source.data
    assert data["v_coal"][0] == pytest.approx(100 * 600 / 620)
    assert data["v_pumps"][0] == pytest.approx(-100 * 30 / 620)
    assert data["top"] == pytest.approx(100)
    assert not page.view.stack.line.visible
    assert "share of everything above zero" in page.view.chart_card.head.detail


def test_technologies_have_their_fuels_share(snapshot):
    data = opened("&region=NSW1&measure=share&by=fueltech").view.forms["fueltech"].source.data
    assert data["v_coal_black"][0] == pytest.approx(100 * 600 / 620)


def test_change_is_since_the_first_bucket_of_the_window(monkeypatch):
    serve(monkeypatch, market("sets", change=sun_sets))
    page = opened("&interval=1h&measure=change")
    chart = page.view.forms["fuel change"]
    assert isinstance(chart, FuelLines)
    data = chart.source.data
    assert data["v_wind"][[0, 11, 12, 23]] == pytest.approx([0, 0, -40, -40])
    assert data["v_coal"][[0, 11, 12, 23]] == pytest.approx([0, 0, 40, 40])
    assert data["v_line"][12] == pytest.approx(0)  # demand stays
    # first, last, change, change on average: half of the day 40 less
    assert cells(page.view.ledger, "wind")[1:] == pytest.approx([50, 10, -40, -20])
    assert cells(page.view.ledger, "coal")[1:] == pytest.approx([600, 640, 40, 20])
    assert "first bucket (1 Mar 2024 01:00)" in page.view.chart_card.head.detail
    assert page.view.slot.objects == [page.view.panes["fuel change"]]
    page.bar.on_message({"select": "measure", "value": "power"})
    assert cells(page.view.ledger, "wind")[1] == pytest.approx(12 * 50 + 12 * 10)


def test_a_series_without_a_first_reading_has_no_change_and_no_zero(monkeypatch):
    def late(frames):
        scada = frames["scada"]
        frames["scada"] = scada[scada["duid"].ne("WIND1") | (scada["time"] > START + pd.Timedelta(hours=2))].copy()

    serve(monkeypatch, market("late", change=late))
    page = opened("&interval=1h&measure=change")
    assert "wind" not in page.view.forms["fuel change"].present


def test_a_click_isolates_a_fuel_and_shift_adds_one(snapshot):
    page = opened("")
    view = page.view
    view.ledger.on_message({"row": "wind", "add": False})
    assert page.bar.search == ADDRESS + "&fuel=wind"
    assert view.stack.present == ("wind",)
    assert view.stack.source.data["e_wind"][0] == 50  # from zero, not upon coal
    assert not view.stack.line.visible
    assert len(view.stack.gaps.data["x0"]) == 0
    view.ledger.on_message({"row": "coal", "add": True})
    assert page.bar.search == ADDRESS + "&fuel=coal,wind"
    assert [r["key"] for r in view.ledger.rows if not r["dim"]] == ["wind", "coal"]
    assert len(view.ledger.rows) == 6  # the legend keeps every fuel
    assert cells(view.ledger, "coal")[2] == pytest.approx(600 / 750)  # of everything: coal, wind, 5 x 20 MW rooftop
    view.ledger.on_message({"row": "coal", "add": True})
    view.ledger.on_message({"row": "wind", "add": False})
    assert page.bar.search == ADDRESS
    assert view.stack.present == ("coal", "wind", "rooftop", "battery", "battery_charging", "pumps")
    view.ledger.on_message({"row": "<b>", "add": False})
    assert page.bar.search == ADDRESS


def test_only_rooftop_is_no_gap(snapshot):
    assert len(opened("&fuel=rooftop").view.stack.gaps.data["x0"]) == 0


def test_rows_know_their_bands(snapshot):
    view = opened("&by=fueltech").view
    chart = view.forms["fueltech"]
    assert view.ledger.bands == {n: chart.layers[n].id for n in chart.present}
    assert {r["key"] for r in view.ledger.rows} == set(view.ledger.bands)


def test_the_table_is_the_api_s_answer(snapshot):
    view = opened("&region=SA1&interchange=1").view
    frame = GenerationFigures(**DAY, region=["SA1"], interchange=True).run(snapshot).frame
    names = [
        "energy_mwh",
        "share",
        "average_mw",
        "capture_price",
        "value",
        "capacity_factor",
        "emissions_t",
        "intensity",
    ]
    assert {r["key"] for r in view.ledger.rows} == set(frame["fuel"])
    for row in frame.to_dict("records"):
        shown = [np.nan if c is None or c == "–" else c for c in cells(view.ledger, row["fuel"])[1:]]
        assert shown == pytest.approx([row[n] for n in names], nan_ok=True)


def test_a_technology_that_no_layer_knows_is_shown_as_unmapped(monkeypatch):
    plain = market()
    units = plain.units.assign(fueltech=plain.units["fueltech"].replace("wind", "wind_on_rails"))
    chunks = {name: plain.chunks(name) for name in ("scada", "price", "region", "rooftop")}
    serve(monkeypatch, Snapshot("strange", chunks, units))
    view = opened("&by=fueltech").view
    assert cells(view.ledger, "unmapped")[1] == pytest.approx(50 * 24)
    assert view.forms["fueltech"].source.data["v_unmapped"][0] == 50


# -- time of day -------------------------------------------------------------------------------------


def test_the_average_day(monkeypatch):
    snapshot = market("sets", change=sun_sets)
    serve(monkeypatch, snapshot)
    page = GenerationDashboard("?start=2024-03-01&end=2024-03-03&region=NEM&view=day&slot=1h&fuel=wind")
    view = page.view
    asked = GenerationTimeOfDay(start=START, end=pd.Timestamp("2024-03-03"), region=["NEM"], interval="1h").run(
        snapshot
    )
    wind = asked.frame[asked.frame["fuel"] == "wind"]
    # the first day 50 until noon, then 10; the second day 10
    assert wind["mean"].tolist() == [30.0] * 12 + [10.0] * 12
    assert view.stack.source.data["v_wind"][:24].tolist() == wind["mean"].tolist()
    assert view.one.source.data["v_one"][:24].tolist() == wind["mean"].tolist()
    assert view.one.source.data["max_one"][:24] == pytest.approx(wind["p90"].to_numpy())
    assert cells(view.ledger, "wind")[1:] == [20, 30, 10]
    assert len(view.ledger.rows) == 6


def test_demand_is_drawn_where_no_fuel_is_chosen_and_single_days_on_request(snapshot):
    page = GenerationDashboard("?start=2024-03-01&end=2024-03-03&view=day&band=days")
    view = page.view
    asked = DemandTimeOfDay(start=START, end=pd.Timestamp("2024-03-03"), region=["NEM"], quantity="underlying").run(
        snapshot
    )
    assert view.one.source.data["v_one"][:48].tolist() == asked.frame["mean"].tolist() == [600.0] * 48
    assert len(view.one.day_source.data["ys"]) == 2
    assert "2 Mar 2024" in view.one_card.head.detail
    assert view.one_card.head.heading.startswith("Underlying demand")


def test_workdays_and_weekends(snapshot):
    workday = GenerationDashboard("?start=2024-03-01&end=2024-03-03&view=day&days=workday")
    assert "1 workday" in workday.view.stack_card.head.detail  # 1 March 2024 was a Friday
    nothing = GenerationDashboard("?start=2024-03-01&end=2024-03-02&view=day&days=weekend")
    assert {c.head.mode for c in nothing.view.cards} == {"empty"}


def test_regions_are_added_up_day_by_day(snapshot):
    view = opened("&region=NSW1,SA1&view=day&fuel=rooftop").view
    assert view.stack.source.data["v_rooftop"][0] == pytest.approx(40)
    assert view.one.source.data["v_one"][0] == pytest.approx(40)


# -- year on year ------------------------------------------------------------------------------------


def test_a_year_before_that_is_not_there_is_said_and_null(snapshot):
    view = opened("&view=year").view
    coal = cells(view.ledger, "coal")
    assert coal[1] == pytest.approx(14.4)  # GWh, as shown
    assert coal[2] is None
    assert coal[3] is None
    assert "nothing to compare" in view.bar_card.head.detail
    assert view.bars.source.data["label"] == ["now"] * len(view.ledger.rows)


def test_a_year_before_beside_now(monkeypatch):
    def a_year_earlier(frames):
        for name, frame in frames.items():
            value = {"scada": "mw", "price": "rrp"}.get(name)
            earlier = frame.assign(time=frame["time"] - pd.DateOffset(years=1))
            if value:
                earlier[value] = earlier[value] / 2
            frames[name] = pd.concat([earlier, frame], ignore_index=True)

    snapshot = market("years", change=a_year_earlier)
    serve(monkeypatch, snapshot)
    page = opened("&view=year&region=NSW1&compare=capture")
    row = GenerationYearOnYear(**DAY, region=["NSW1"]).run(snapshot).frame.iloc[0]
    assert row["fuel"] == "coal"
    assert (row["energy_mwh_before"], row["capture_price_change"]) == pytest.approx((7200, 50))
    coal = cells(page.view.ledger, "coal")
    assert coal[1:4] == pytest.approx([14.4, 7.2, 7.2])
    assert coal[7:10] == pytest.approx([100, 50, 50])
    bars = page.view.bars.source.data
    at = [i for i, c in enumerate(bars["category"]) if c == "Coal"]
    assert [bars["value"][i] for i in at] == pytest.approx([100, 50])


# -- regions -----------------------------------------------------------------------------------------


def test_regions_side_by_side(snapshot):
    view = opened("&view=regions").view
    assert [r["key"] for r in view.ledger.rows] == ["NSW1", "QLD1", "SA1", "TAS1", "VIC1"]
    nsw = cells(view.ledger, "NSW1")
    assert nsw[1] == pytest.approx(620 * 24)
    assert nsw[2] == pytest.approx(20 / 620)
    assert nsw[6] == pytest.approx(-10 * 24)  # exports 10 MW
    whole = cells(view.ledger, "NEM")
    assert whole[1] == pytest.approx((600 + 50 + 5 * 20) * 24)
    assert whole[2] == pytest.approx((50 + 100) / 750)
    marks = dict(zip(view.shares.mark_source.data["at"], view.shares.mark_source.data["value"], strict=True))
    assert marks["NSW"] == pytest.approx(100 * 20 / 620)
    bars = view.shares.source.data
    # what is renewable comes first, so the mark stands where it ends
    first = next(i for i, c in enumerate(bars["category"]) if c == "NSW")
    assert bars["label"][first] == "Rooftop solar"
    assert bars["end"][first] == pytest.approx(marks["NSW"])
    assert "Exports" not in view.energy.source.data["label"]
    assert "Exports" in opened("&view=regions&interchange=1").view.energy.source.data["label"]


def test_units_without_a_region_have_a_bar_of_their_own(monkeypatch):
    def stranger(frames):
        own = frames["scada"][frames["scada"]["duid"] == "WIND1"].assign(duid="NOBODY")
        frames["scada"] = pd.concat([frames["scada"], own], ignore_index=True)

    serve(monkeypatch, market("stranger", change=stranger))
    view = opened("&view=regions").view
    assert cells(view.ledger, "")[1] == pytest.approx(50 * 24)
    assert "Unmapped" in view.energy.source.data["label"]
    assert "Unmapped" in view.shares.source.data["label"]


# -- utilisation -------------------------------------------------------------------------------------


def test_utilisation_over_time_and_its_distribution(monkeypatch):
    snapshot = market("sets", change=sun_sets)
    serve(monkeypatch, snapshot)
    view = opened("&view=utilisation&interval=1h").view
    asked = GenerationUtilisation(**DAY, region=["NEM"], interval="1h").run(snapshot).frame
    wind = asked.loc[asked["fuel"] == "wind", "utilisation"].to_numpy()
    assert wind[[0, 11, 12, 23]] == pytest.approx([0.5, 0.5, 0.1, 0.1])  # 50, then 10 of 100 MW
    assert view.lines.source.data["v_wind"][:24] == pytest.approx(100 * wind)
    spread = UtilisationDuration(**DAY, region=["NEM"]).run(snapshot).frame
    curve = spread.loc[spread["fuel"] == "wind", "utilisation"].to_numpy()
    assert view.curves.source.data["v_wind"] == pytest.approx(100 * curve)
    in_service, used, median, _, highest = cells(view.ledger, "wind")[1:]
    assert (in_service, used, highest) == pytest.approx((100, 0.3, 0.5))
    assert 0.1 <= median <= 0.5
    # the battery only charges; pumps are a load and rooftop has no capacity
    assert [r["key"] for r in view.ledger.rows] == ["battery", "wind", "coal"]


def test_utilisation_of_a_month_is_drawn_by_day_unless_asked_otherwise(monkeypatch):
    serve(monkeypatch, market("month", pd.Timestamp("2024-04-01")))
    address = "?start=2024-03-01&end=2024-04-01&view=utilisation"
    assert "by day" in GenerationDashboard(address).view.line_card.head.detail
    assert "by hour" in GenerationDashboard(address + "&interval=1h").view.line_card.head.detail


@pytest.mark.parametrize("view", ["time", "day", "year", "regions", "utilisation"])
def test_a_window_without_data_says_why_and_where_there_is_some(snapshot, view):
    page = GenerationDashboard(f"?start=2020-01-01&end=2020-01-02&view={view}")
    assert {c.head.mode for c in page.view.cards} == {"empty"}
    assert all(c.head.actions for c in page.view.cards)


@pytest.mark.parametrize("view", ["time", "day", "year", "regions", "utilisation"])
def test_every_view_follows_the_theme_and_offers_its_questions(snapshot, view, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    page = opened(f"&view={view}")
    page.masthead.dark = True
    assert all(chart.theme.name == "dark" for chart in page.view.charts())
    assert all(card.head.links for card in page.view.cards)
