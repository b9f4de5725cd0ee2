"""Pages without a browser: their figures, their states, their address."""

import gc
import importlib
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
import panel as pn
import pytest
from bokeh.events import RangesUpdate
from two_day_market import END, START, market, serve

from components.charts import formats
from components.dashboards import address, follow
from components.dashboards.generation import FuelRow, GenerationDashboard, fuel_rows, total
from components.dashboards.overview import OverviewDashboard
from components.dashboards.page import Dashboard
from components.dashboards.prices import PricesDashboard
from components.dashboards.stations import StationsDashboard
from components.dashboards.words import attribution
from components.store.snapshot import Snapshot, empty_snapshot
from components.vocabulary import PAGES

EVERY = pytest.mark.parametrize(
    "kind", [OverviewDashboard, GenerationDashboard, PricesDashboard, StationsDashboard], ids=lambda k: k.slug
)


def cells(ledger, key):
    row = next(r for r in [*ledger.rows, *ledger.total] if r["key"] == key)
    return [c.get("v", c["t"]) for c in row["cells"]]


@EVERY
def test_every_page_draws_at_its_bare_address(kind, snapshot):
    page = kind()
    assert [c.head.mode for c in page._cards()] == ["ready"] * len(page._cards())
    assert page.problems == []
    assert page.bar.search == ""
    assert page.masthead.demo
    assert page.masthead.source_text == "Demo data"
    assert page.masthead.newest_iso == "2024-03-03T00:00:00+10:00"
    assert [p["label"] for p in page.masthead.pages if p["current"]] == [page.title]


@EVERY
def test_without_data_every_page_says_how_to_get_some(kind, monkeypatch):
    serve(monkeypatch, empty_snapshot())
    page = kind()
    head = page._cards()[0].head
    assert head.mode == "empty"
    assert "no data" in head.reason
    assert any(c.startswith("aemo-dashboard demo") for c in head.commands)
    assert any(c.startswith("aemo-dashboard ingest --source") for c in head.commands)
    assert not any(c.view.visible for c in page._cards()[1:])
    serve(monkeypatch, market("arrived"))
    page.follow()
    assert all(c.view.visible and c.head.mode == "ready" for c in page._cards())


def test_the_footer_names_the_source_of_what_is_there(monkeypatch):
    serve(monkeypatch, empty_snapshot())
    page = OverviewDashboard()
    assert page.footer.source == []
    serve(monkeypatch, market("arrived"))
    page.follow()
    assert page.footer.source == [{"text": "Demo data: invented figures, not AEMO's."}]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (("nemweb",), "(AEMO), NEMWEB. Figures are derived from AEMO's published data"),
        (("import",), "(AEMO), NEMWEB, by imported files. Figures are derived"),
        (("import", "nemweb"), "(AEMO), NEMWEB and imported files. Figures are derived"),
    ],
)
def test_real_data_is_attributed(sources, words):
    pieces = attribution(sources)
    assert words in "".join(p["text"] for p in pieces)
    assert [p["text"] for p in pieces if "href" in p] == ["NEMWEB"]
    assert not any("Demo" in p["text"] for p in pieces)


@EVERY
def test_a_window_without_data_offers_the_nearest_one(kind, snapshot):
    page = kind("?start=2019-01-01&end=2019-01-08")
    cards = [c for c in page._cards() if c.head.mode == "empty"]
    assert cards
    link = cards[0].head.actions[0]["href"]
    assert link.startswith(f"./{kind.slug}?start=2024-03-01&end=")
    assert not [c for c in kind(link.split("?")[1])._cards() if c.head.mode != "ready"]


@EVERY
def test_a_failing_question_is_an_error_card_and_no_traceback(kind, snapshot, monkeypatch, caplog):
    page = kind()
    monkeypatch.setattr(kind, "draw", lambda self, s: 1 / 0)
    page.refresh()
    assert {c.head.mode for c in page._cards()} == {"error"}
    assert "division" not in page._cards()[0].head.reason
    assert "division by zero" in caplog.text
    monkeypatch.undo()
    serve(monkeypatch, snapshot)
    page._cards()[0].head.on_message({"action": "retry"})
    assert {c.head.mode for c in page._cards()} == {"ready"}


@EVERY
def test_bad_values_are_reported_and_the_good_ones_kept(kind, snapshot):
    page = kind("?last=2d&regoin=NSW1&region=SA1,Atlantis&start=never")
    assert page.bar.search == "?last=2d&region=SA1"
    told = " ".join(page.bar.problems)
    assert "Did you mean region?" in told
    assert "Atlantis" in told
    assert "never" in told
    page.bar.on_message({"dismiss": True})
    assert page.bar.problems == []


@EVERY
@pytest.mark.parametrize(
    "message",
    [{}, {"region": 5}, {"region": ["x" * 9999]}, {"preset": []}, {"from_date": "x", "to_date": None}, {"pan": "up"},
     {"interval": "never"}, {"toggle": "__class__"}, {"search": "?" + "%" * 5000}, {"from_date": "9999-99-99", "to_date": ""}],
    ids=str,
)  # fmt: skip
def test_odd_messages_of_a_browser_change_nothing(kind, snapshot, message):
    page = kind("?last=2d")
    page.bar.on_message(message)
    if "search" not in message:
        assert page.bar.search == "?last=2d"
    assert [c.head.mode for c in page._cards()] == ["ready"] * len(page._cards())


def test_generation_figures_by_hand(snapshot):
    page = GenerationDashboard("?region=NSW1&last=1d")
    # 600 MW x 24 h; 100 $/MWh; capacity 1,000 MW; rooftop 20 MW; share of 600 + 20 MW.
    energy, share, average, capture, value, factor = cells(page.ledger, "coal")[1:]
    assert energy == pytest.approx(14_400)
    assert share == pytest.approx(600 / 620)
    assert average == pytest.approx(600)
    assert capture == pytest.approx(100)
    assert value == pytest.approx(1_440_000)
    assert factor == pytest.approx(0.6)
    pumps = cells(page.ledger, "pumps")
    assert pumps[1] == pytest.approx(-30 * 24)
    assert pumps[4] == pytest.approx(100)
    assert pumps[5] == pytest.approx(-72_000)
    assert cells(page.ledger, "Generation")[1] == pytest.approx(620 * 24)
    assert cells(page.ledger, "of which renewable")[2] == pytest.approx(20 / 620)


def test_battery_charging_at_a_negative_price_earns(snapshot):
    page = GenerationDashboard("?region=SA1")
    row = cells(page.ledger, "battery_charging")
    assert row[1] == pytest.approx(-60 * 24)
    assert row[4] == pytest.approx(-20)
    assert row[5] == pytest.approx(60 * 24 * 20)


def test_regions_are_added_up_and_interchange_appears_on_request(snapshot):
    page = GenerationDashboard("?region=NSW1,SA1&interchange=1")
    assert cells(page.ledger, "exports")[1] == pytest.approx(-2 * 10 * 24)
    assert cells(page.ledger, "rooftop")[1] == pytest.approx(2 * 20 * 24)
    assert page.bar.toggles[0]["on"]
    assert page.stack.line.visible
    assert page.stack.source.data["line"][0] == pytest.approx(2 * 120)


def test_total_of_fuels_has_no_price_where_one_value_is_unknown():
    assert total([FuelRow(10, 100, 10), FuelRow(10, 300, 30)]).capture == pytest.approx(20)
    assert pd.isna(total([FuelRow(10, 100, 10), FuelRow(10)]).capture)


def test_fuels_without_units_get_their_energy_from_the_drawing():
    frame = pd.DataFrame(
        columns=["fuel", "energy_mwh", "load_mwh", "revenue", "load_cost", "capture_price", "capacity_factor"]
    )
    assert fuel_rows(["imports"], frame, {"imports": 7.0})["imports"].energy == 7


def test_price_statistics_and_series(snapshot):
    page = PricesDashboard("?region=SA1,NSW1")
    assert [r["key"] for r in page.view.ledger.rows] == ["NSW1", "SA1"]
    sa = cells(page.view.ledger, "SA1")
    assert sa[1] == pytest.approx(-20)
    assert sa[9] == pytest.approx(24)  # hours below $0
    assert page.view.lines.present == ("NSW1", "SA1")
    assert page.view.lines.source.data["v_SA1"][0] == -20
    page.bar.on_message({"region": []})
    assert len(page.view.ledger.rows) == 5


def test_a_price_tile_says_dollar_once(snapshot):
    station = StationsDashboard()
    capture = next(t for t in station.tiles.tiles if t["label"] == "Capture price")
    known = [t for t in [capture, *OverviewDashboard().tiles.tiles] if t["value"] != formats.MISSING]
    assert capture in known
    assert len(known) > 1
    for tile in known:
        assert (tile["value"] + tile["unit"]).count("$") == 1, tile
        assert tile["unit"] == "/MWh"


def test_navigation_keeps_region_and_range(kind, snapshot):
    page = kind("?region=SA1&last=2d")
    assert {p["href"] for p in page.masthead.pages} == {f"./{s}?region=SA1&last=2d" for s in PAGES}


class AboutNothing(Dashboard):
    """A page with neither region nor window."""

    slug = "nothing"

    def build(self):
        self.only = self.card("Nothing")
        return [self.only.view]

    def draw(self, snapshot):
        self.only.ready()


def test_a_page_without_region_and_window_takes_both_along_and_has_no_pickers(snapshot):
    page = AboutNothing("?region=SA1&start=2024-03-01&end=2024-03-02&what=1")
    assert [p.param for p in page.problems] == ["what"]
    kept = "?region=SA1&start=2024-03-01&end=2024-03-02"
    assert page.bar.search == kept
    assert {p["href"] for p in page.masthead.pages} == {f"./{s}{kept}" for s in PAGES}
    assert (page.bar.regions, page.bar.presets, page.bar.intervals) == ([], [], [])
    for message in ({"region": ["NSW1"]}, {"preset": "3d"}, {"pan": 1}, {"zoom": 1}, {"interval": "1h"}):
        page.bar.on_message(message)
    assert page.bar.search == kept


def test_controls_change_the_address(snapshot):
    page = GenerationDashboard()
    page.bar.on_message({"region": ["SA1"]})
    page.bar.on_message({"preset": "3d"})
    assert page.bar.search == "?region=SA1&last=3d"
    page.bar.on_message({"from_date": "2024-03-01", "to_date": "2024-03-01"})
    assert page.bar.search == "?region=SA1&start=2024-03-01&end=2024-03-02"
    assert page.bar.can_later
    page.bar.on_message({"pan": 1})
    assert page.bar.search == "?region=SA1"
    page.bar.on_message({"interval": "1h"})
    page.bar.on_message({"toggle": "interchange", "on": True})
    assert page.bar.search == "?region=SA1&interval=1h&interchange=1"
    page.bar.on_message({"search": "?last=2d"})
    assert page.bar.search == "?last=2d"


def test_a_new_range_lets_go_of_an_interval_that_does_not_suit_it(snapshot):
    page = GenerationDashboard("?last=1y&interval=1y")
    page.bar.on_message({"preset": "1d"})
    assert page.bar.search == ""
    page.bar.on_message({"interval": "1h"})
    page.bar.on_message({"preset": "3d"})
    assert page.bar.search == "?interval=1h&last=3d"


def test_keys_zoom_the_window(snapshot):
    page = GenerationDashboard()
    page.bar.on_message({"zoom": 1})
    assert page.bar.search == "?start=2024-03-02T06:00&end=2024-03-02T18:00"
    page.bar.on_message({"zoom": -1})
    assert page.bar.search == ""


def test_every_message_is_answered_so_that_nothing_stays_dimmed(snapshot):
    page = GenerationDashboard()
    before = page.bar.changes
    page.bar.on_message({"nonsense": 1})
    assert page.bar.changes == before + 1


def test_live_cards_say_which_stamp_is_their_newest(monkeypatch):
    serve(monkeypatch, market("demo"))
    assert {c.head.newest_iso for c in GenerationDashboard()._cards()} == {""}  # invented data is never late
    serve(monkeypatch, market("real", source="current"))
    assert {c.head.newest_iso for c in GenerationDashboard()._cards()} == {"2024-03-03T00:00:00+10:00"}
    closed = GenerationDashboard("?start=2024-03-01&end=2024-03-02")
    assert {c.head.newest_iso for c in closed._cards()} == {""}


def test_the_footer_says_whose_nights_are_shaded(snapshot):
    def shaded(search):
        return [n for n in GenerationDashboard(search).footer.notes if n.startswith("Shaded")]

    assert shaded("") == ["Shaded: night in Sydney, from sunset to sunrise."]
    assert shaded("?region=SA1") == ["Shaded: night in Adelaide, from sunset to sunrise."]
    assert shaded("?region=SA1,TAS1") == ["Shaded: night in Sydney, from sunset to sunrise."]
    assert shaded("?start=2024-03-01T08:00&end=2024-03-01T12:00") == []


def test_dragging_over_a_chart_asks_for_that_window_on_the_5_minute_grid(snapshot):
    page = GenerationDashboard("?interval=1h")
    model = page.stack.figure
    start = pd.Timestamp("2024-03-01 06:01:10").value / 1e6
    model._trigger_event(RangesUpdate(model, x0=start, x1=start + 60_000, y0=0, y1=1))
    assert page.bar.search == "?start=2024-03-01T06:00&end=2024-03-01T06:30"
    page.bar.on_message({"search": ""})
    assert page.stack.x.end == milliseconds(END)


def milliseconds(time: pd.Timestamp) -> float:
    return time.value / 1e6


def test_on_a_phone_a_drag_over_a_chart_scrolls_the_page(snapshot):
    page = GenerationDashboard(touch=True)
    for chart in page.charts():
        assert [type(t).__name__ for t in chart.figure.toolbar.tools] == ["HoverTool"]


@EVERY
def test_without_the_api_the_data_menus_say_so(kind, snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: False)
    for card in kind()._cards():
        assert card.head.offers
        assert card.head.links == []
        assert "aemo-dashboard serve" in card.head.links_note


@EVERY
def test_every_card_offers_the_questions_it_shows(kind, snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    for card in kind("?last=2d")._cards():
        assert card.head.offers
        for link in card.head.links:
            assert [f["label"] for f in link["files"]] == ["CSV", "Arrow", "Parquet"]
            assert link["api"].startswith("./api/")
        assert card.head.links


def test_data_links_are_the_questions_on_the_screen(snapshot, monkeypatch):
    monkeypatch.setattr("components.dashboards.data_links.api_is_served", lambda: True)
    page = GenerationDashboard("?last=2d")
    power, price, demand = page.chart_card.head.links
    assert power["api"] == "./api/generation/by-fuel?last=2d&region=NEM"
    assert power["files"][0]["href"] == "./api/generation/by-fuel.csv?last=2d&region=NEM"
    assert [link["label"] for link in (price, demand)] == ["Price", "Demand"]
    figures = page.table_card.head.links[0]
    assert "start=2024-03-01" in figures["api"]
    assert (power["times"], figures["times"]) == (["time"], [])


def test_a_live_window_moves_on_with_a_new_version_and_a_fixed_one_stays(snapshot, monkeypatch):
    live, fixed = GenerationDashboard(), GenerationDashboard("?start=2024-03-01&end=2024-03-02")
    ends = [p.stack.x.end for p in (live, fixed)]
    serve(monkeypatch, market("three-days", START + pd.Timedelta(days=3)))
    live.follow()
    fixed.follow()
    assert live.version == fixed.version == "three-days"
    assert live.stack.x.end == ends[0] + 86_400_000
    assert fixed.stack.x.end == ends[1]
    assert live.masthead.newest_text == "4 Mar 2024 00:00"


def test_look_wakes_only_pages_of_another_version(snapshot, monkeypatch):
    woken = []

    class Document:
        def add_next_tick_callback(self, callback):
            woken.append(callback)

    page = GenerationDashboard(document=Document())
    follow.look()
    assert woken == []
    serve(monkeypatch, market("next"))
    follow.look()
    assert page.follow in woken


def test_nothing_global_holds_a_page(snapshot):
    before = busy_watchers()
    page = GenerationDashboard()
    assert busy_watchers() == before
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None


def busy_watchers() -> int:
    return sum(len(w) for w in pn.state._param__private.watchers.get("busy", {}).values())


def test_theme_reaches_charts_and_tables(snapshot):
    page = GenerationDashboard()
    light = page.ledger.rows[0]["cells"][0]["colour"]
    page.masthead.dark = True
    assert page.theme.name == "dark"
    assert page.ledger.rows[0]["cells"][0]["colour"] != light
    assert page.stack.theme is page.theme


def test_pages_are_dashboards_of_the_navigation():
    root = Path(__file__).resolve().parents[2]
    assert {p.stem for p in (root / "app").glob("*.py")} == set(PAGES)
    for name in PAGES:
        importlib.import_module(f"components.dashboards.{name}")
    pages = [k for k in Dashboard.__subclasses__() if k.__module__.startswith("components.")]
    assert {k.slug for k in pages} == set(PAGES)


def test_half_a_market_is_enough(monkeypatch):
    """Only prices have been stored: the prices page works, the others say what is missing."""
    full = market()
    only = Snapshot("prices-only", {"price": full.chunks("price")}, full.units.iloc[:0])
    serve(monkeypatch, only)
    assert PricesDashboard()._cards()[0].head.mode == "ready"
    for kind in (OverviewDashboard, GenerationDashboard, StationsDashboard):
        assert "empty" in {c.head.mode for c in kind()._cards()}
        assert "error" not in {c.head.mode for c in kind()._cards()}


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
    page = StationsDashboard("?duid=WIND1&start=2024-02-20&end=2024-03-03")
    assert page.power.x.start == milliseconds(START)  # nothing is known before
    assert page.power.x.end == milliseconds(END)
    assert [len(page.power.gaps.data[k]) for k in ("x0", "x1")] == [1, 1]
    assert page.power.gaps.data["x0"][0] == milliseconds(pd.Timestamp("2024-03-02 12:00"))


def test_the_interval_picker_offers_what_suits_the_window_and_what_was_chosen(snapshot):
    day = [i["value"] for i in GenerationDashboard().bar.intervals]
    assert day[:2] == ["auto", "5m"]
    assert "1y" not in day
    assert "1y" in [i["value"] for i in GenerationDashboard("?interval=1y").bar.intervals]


def test_where_rooftop_is_unknown_the_line_is_operational_demand_and_says_so(monkeypatch):
    serve(monkeypatch, market("no-rooftop", change=lambda frames: frames.pop("rooftop")))
    page = GenerationDashboard()
    assert page.stack.line_label == "Demand"
    assert page.stack.source.data["line"][0] == 500  # five regions of 100 MW; no rooftop added
    assert "Underlying" not in page.stack.hover.tooltips
    assert cells(page.ledger, "Demand")[1:4:2] == pytest.approx([500 * 24, 500])
    assert page.ledger.caption == ""


def test_underlying_demand_is_in_the_legend_with_its_dash(snapshot):
    page = GenerationDashboard()
    row = page.ledger.total[-1]
    assert row["key"] == "Underlying demand"
    assert row["cells"][0]["dash"]
    assert row["cells"][1]["v"] == pytest.approx(5 * 120 * 24)
    assert "Underlying demand" in page.stack.hover.tooltips


def test_where_the_market_has_no_price_those_of_the_known_regions_are_drawn(monkeypatch):
    def two_regions(frames):
        for name in ("price", "region"):
            frames[name] = frames[name][frames[name]["region"].isin(["NSW1", "SA1"])].copy()

    serve(monkeypatch, market("two-regions", change=two_regions))
    page = GenerationDashboard()
    assert page.price.present == ("NSW1", "SA1")
    assert page.price.source.data["v_SA1"][0] == -20
    assert any("all five regions" in note for note in page.footer.notes)
    assert "all five regions" in page.ledger.caption


def test_newest_stamps_that_differ_by_dataset_leave_every_bare_page_with_something(monkeypatch):
    """Units of two days, prices of ten: each page shows the newest of what it is about."""
    short, long = market("units"), market("prices", START + pd.Timedelta(days=10))
    chunks = {"scada": short.chunks("scada"), "rooftop": short.chunks("rooftop"),
              "price": long.chunks("price"), "region": long.chunks("region")}  # fmt: skip
    serve(monkeypatch, Snapshot("apart", chunks, short.units))
    for kind, newest in ((GenerationDashboard, END), (StationsDashboard, END), (OverviewDashboard, END),
                         (PricesDashboard, START + pd.Timedelta(days=10))):  # fmt: skip
        page = kind()
        assert [c.head.mode for c in page._cards()] == ["ready"] * len(page._cards())
        assert page.masthead.newest_text == f"{newest.day} {newest:%b %Y %H:%M}"
    generation = GenerationDashboard()
    assert np.isfinite(generation.price.source.data["v_NEM"]).all()
    assert OverviewDashboard().price_card.head.detail.startswith("at 11 Mar 2024 00:00")


def test_daily_prices_keep_their_spikes(monkeypatch):
    """One interval of the first day at 15,000: the mean of the day hides it, band and dot do not."""

    def spike(frames):
        price = frames["price"]
        price.loc[(price["region"] == "NSW1") & (price["time"] == START + pd.Timedelta(hours=8)), "rrp"] = 15_000.0

    serve(monkeypatch, market("spike", change=spike))
    band = PricesDashboard("?region=NSW1&start=2024-03-01&end=2024-03-03&interval=1d")
    drawn = band.view.lines.source.data
    assert drawn["v_NSW1"][:2] == pytest.approx([(287 * 100 + 15_000) / 288, 100])
    assert drawn["max_NSW1"][:2].tolist() == [15_000, 100]
    assert drawn["min_NSW1"][:2].tolist() == [100, 100]
    assert band.view.lines.bands["NSW1"].visible
    assert not band.view.lines.marks["NSW1"].visible
    assert "bands: lowest to highest price within each day" in band.view.chart_card.head.detail
    dots = PricesDashboard("?start=2024-03-01&end=2024-03-03&interval=1d")
    assert dots.view.lines.marks["NSW1"].visible
    assert not dots.view.lines.bands["NSW1"].visible
    assert np.isfinite(dots.view.lines.source.data["mark_NSW1"][:2]).tolist() == [True, False]
    assert not np.isfinite(dots.view.lines.source.data["mark_QLD1"]).any()
    assert "dots: highest price within each day, where it reached $300" in dots.view.chart_card.head.detail
    assert "$300" not in PricesDashboard().view.chart_card.head.detail  # 5 minutes: nothing lies behind a step
    highest = PricesDashboard("?start=2024-03-01&end=2024-03-03&interval=1d&region=NSW1&agg=max")
    assert highest.view.lines.source.data["v_NSW1"][:2].tolist() == [15_000, 100]
    assert highest.view.chart_card.head.detail.endswith("highest price within each day")
    highest.bar.on_message({"select": "agg", "value": "mean"})
    assert "agg" not in highest.bar.search
    highest.bar.on_message({"select": "agg", "value": "median"})
    assert "agg" not in highest.bar.search


def test_what_a_page_settles_itself_is_no_parameter_of_its_address(snapshot):
    page = GenerationDashboard("?agg=sum&by=fueltech&station=Black Hill&last=2d")
    assert [p.param for p in page.problems] == ["agg", "by", "station"]
    assert page.bar.search == "?last=2d"


def test_only_some_hours_are_drawn_summed_and_said(snapshot):
    page = GenerationDashboard("?region=NSW1&hour=17-20")
    assert cells(page.ledger, "coal")[1:4:2] == pytest.approx([600 * 4, 600])
    assert cells(page.ledger, "rooftop")[1] == pytest.approx(20 * 4)
    assert "only hour 17-20" in page.chart_card.head.detail


@EVERY
@pytest.mark.parametrize(
    "value",
    ["9" * 5000, "null", '{"a":[1]}', "\U0001f4a9é", "x" * 4096, "", "-1", "NaN"],
    ids=lambda v: v[:6] or "empty",
)
def test_hostile_values_are_told_and_the_good_ones_kept(kind, snapshot, value):
    bad = ["last", "start", "interval", "hour", "nonsense"]
    page = kind(address.join({n: [value] for n in bad} | {"region": ["SA1"]}))
    assert {c.head.mode for c in page._cards()} == {"ready"}
    assert page.bar.search == "?region=SA1"
    assert [p.param for p in page.problems] == bad
    assert max(len(p) for p in page.bar.problems) < 500


def test_typing_makes_no_step_for_back_and_choosing_does(snapshot):
    page = StationsDashboard()
    page.search.on_message({"typed": "bl"})
    assert (page.bar.search, page.bar.passing) == ("?q=bl", True)
    page.search.on_message({"chosen": "Black Hill"})
    assert (page.bar.search, page.bar.passing) == ("?q=bl&station=Black%20Hill", False)
    page.bar.on_message({"search": "?last=2d&region=Atlantis"})  # Back: what it restores is no new step
    assert (page.bar.search, page.bar.passing) == ("?last=2d", True)


def test_the_capacity_shown_is_that_of_the_units_with_readings_in_the_window(monkeypatch):
    def one_is_silent(frames):
        frames["scada"] = frames["scada"][frames["scada"]["duid"] != "COAL2"].copy()

    serve(monkeypatch, market("one-reads", change=one_is_silent))
    page = StationsDashboard("?station=Black%20Hill")
    assert next(t["value"] for t in page.tiles.tiles if t["label"] == "Capacity") == "500"
    assert page.capacity.location == 500
