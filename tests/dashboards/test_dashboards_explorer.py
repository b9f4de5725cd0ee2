"""The explorer without a browser and without its helper process: what is asked, what is drawn, what gestures do."""

import gc
import weakref

import numpy as np
import pandas as pd
import pytest
from bokeh.events import Tap
from two_day_market import HOSTILE, market, serve

from components.dashboards import explorer
from components.dashboards.explorer import ExplorerDashboard
from components.errors import DashboardError
from components.raster.helper import HelperEnded
from components.store import shared

VIEWS = ("units", "prices", "density", "calendar")


class AtOnce:
    """A desk that answers before it is left, in this process."""

    def __init__(self) -> None:
        self.asked: list = []
        self.kept: dict = {}

    def ask(self, asker, wanted, done):
        self.asked.append(wanted.ask)
        if wanted not in self.kept:
            self.kept[wanted] = wanted.ask.answer(shared.current())
        return self.kept[wanted]


class Later(AtOnce):
    """A desk whose answers come when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list = []

    def ask(self, asker, wanted, done):
        self.asked.append(wanted.ask)
        self.open.append((wanted, done))

    def answer(self, at: int, outcome=None) -> None:
        wanted, done = self.open.pop(at)
        done(wanted.ask.answer(shared.current()) if outcome is None else outcome)


@pytest.fixture
def desk(monkeypatch, snapshot):
    made = AtOnce()
    monkeypatch.setattr(explorer, "DESK", made)
    return made


@pytest.fixture
def later(monkeypatch, snapshot):
    made = Later()
    monkeypatch.setattr(explorer, "DESK", made)
    return made


def card(page):
    return page.view.picture


def picture(page) -> np.ndarray:
    return page.view.plot.picture.data["image"][0]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_at_its_bare_address(desk, view):
    search = "" if view == "units" else f"?view={view}"
    page = ExplorerDashboard(search)
    assert page.bar.search == search
    assert page.problems == []
    assert card(page).head.mode == "ready"
    assert "1 Mar – 2 Mar 2024" in card(page).head.detail
    assert not page.view.plot.loading.visible
    assert page.bar.preset == "all"
    assert page.bar.intervals == []
    assert (page.span.start, page.span.end) == (
        pd.Timestamp("2024-03-01").timestamp() * 1000,
        pd.Timestamp("2024-03-03").timestamp() * 1000,
    )
    assert len(page.map.source.data["low"])
    labels = [link["label"] for link in page.view.onward.links]
    assert labels == ["Generation", "Prices", "Stations"]
    assert all(link["href"].endswith("?last=all") for link in page.view.onward.links)


@pytest.mark.parametrize("view", VIEWS)
def test_a_window_without_data_offers_the_nearest_one(desk, view):
    page = ExplorerDashboard(f"?view={view}&start=2019-01-01&end=2019-01-08")
    assert card(page).head.mode == "empty"
    assert "start=2024-03-01" in card(page).head.actions[0]["href"]


def test_without_data_the_page_says_how_to_get_some_and_fills_itself(monkeypatch, desk):
    from components.store.snapshot import empty_snapshot

    serve(monkeypatch, empty_snapshot())
    page = ExplorerDashboard()
    assert "no data" in card(page).head.reason
    assert not page.strip.visible
    serve(monkeypatch, market("arrived"))
    page.follow()
    assert card(page).head.mode == "ready"
    assert page.strip.visible


def test_bad_values_are_reported_and_the_good_ones_kept(desk):
    page = ExplorerDashboard("?view=density&x=5&y=2,1&against=moon&region=SA1&hour=3")
    told = " ".join(page.bar.problems)
    assert page.bar.search == "?view=density&region=SA1"
    for word in ("x ", "y ", "moon", "hour"):
        assert word in told


def test_of_several_regions_the_first_is_shown_and_that_is_said(desk):
    page = ExplorerDashboard("?region=SA1,NSW1")
    assert page.bar.search == "?region=SA1"
    assert page.bar.region == ["SA1"]
    assert "NSW1" in page.bar.problems[0]


@pytest.mark.parametrize(
    ("message", "search"),
    [
        ({"pan": -1}, "?start=2024-03-01T12:00&end=2024-03-02"),
        ({"pan": 1}, "?start=2024-03-02T12:00&end=2024-03-03"),
        ({"zoom": 1}, "?start=2024-03-02T03:00&end=2024-03-02T09:00"),
        ({"preset": "1d"}, "?last=1d"),
        ({"preset": "all"}, ""),
        ({"from_date": "2024-03-01", "to_date": "2024-03-01"}, "?start=2024-03-01&end=2024-03-02"),
    ],
)
def test_the_bar_moves_the_window(desk, message, search):
    page = ExplorerDashboard("?start=2024-03-02&end=2024-03-02T12:00")
    page.bar.on_message(message)
    assert page.bar.search == search
    assert page.problems == []


def test_what_is_asked_follows_the_address(desk):
    ExplorerDashboard("?group=region&fuel=coal&value=mw&agg=max&region=NSW1&y=0,2&start=2024-03-01&end=2024-03-02")
    ask = desk.asked[0]
    assert (ask.group, ask.fuel, ask.value, ask.agg, ask.region) == ("region", "coal", "mw", "max", "NSW1")
    assert (ask.low, ask.high, ask.start, ask.end) == (0, 2, "2024-03-01T00:00", "2024-03-02T00:00")


def test_units_have_their_groups_names_and_numbers(desk):
    page = ExplorerDashboard("?fuel=coal&value=mw&start=2024-03-01&end=2024-03-03")
    plot = page.view.plot
    # Two units over two days are lines of exact readings.
    assert sorted(set(plot.lines.data["value"][~np.isnan(plot.lines.data["value"])])) == [200, 400]
    assert card(page).head.detail.endswith("2 units · every 5-minute reading, each row from 0 MW to 400 MW")
    assert plot.layout.groups == [("Coal", 0, 2)]
    assert plot.layout.names[1] == "COAL1 · Black Hill · Coal · NSW · 500 MW"
    # Axis and hover get names of stations as text; Bokeh escapes what a hover puts in place of a column.
    station = ExplorerDashboard("?group=station").view.plot
    assert HOSTILE in [name for name, _, _ in station.layout.groups]
    assert HOSTILE not in station.hover.tooltips


def test_a_drag_over_a_part_asks_for_it_and_everything_is_no_window_at_all(desk):
    page = ExplorerDashboard()
    plot, first = page.view.plot, pd.Timestamp("2024-03-01")
    ms = [float((first + pd.Timedelta(hours=h)).timestamp() * 1000) for h in (6, 30, -5, 60)]
    plot.wanted.data = {"x0": [ms[0] + 1_000], "x1": [ms[1]], "y0": [0.9], "y1": [3.2]}
    assert page.bar.search == "?start=2024-03-01T06:00&end=2024-03-02T06:00&y=0,4"
    assert (desk.asked[-2].low, desk.asked[-2].high) == (0, 4)
    asked = len(desk.asked)
    plot.wanted.data = {"x0": [ms[0]], "x1": [ms[1]], "y0": [0.0], "y1": [4.0]}
    assert desk.asked[asked:] == desk.asked[asked - 2 : asked]  # the gesture ended where it began
    assert (plot.y.start, plot.y.end) == (0, 4)
    page.bar.on_message({"select": "group", "value": "region"})
    assert page.bar.search == "?start=2024-03-01T06:00&end=2024-03-02T06:00&group=region"  # rows mean others now
    plot.wanted.data = {"x0": [ms[2]], "x1": [ms[3]], "y0": [0.0], "y1": [5.0]}
    assert page.bar.search == "?group=region"
    for nonsense in ({"x0": [], "x1": [], "y0": [], "y1": []}, {"x0": ["x"]}, {"x0": [float("nan")] * 2}):
        plot.wanted.data = {"x0": [1], "x1": [2], "y0": [0], "y1": [1], **nonsense} if len(nonsense) > 1 else nonsense
        assert page.bar.search == "?group=region"


def test_the_maps_frame_moves_every_view(desk):
    page = ExplorerDashboard("?view=density&against=hour")
    day = pd.Timestamp("2024-03-02").timestamp() * 1000
    page.map.wanted.data = {"x0": [day], "x1": [day + 6 * 3.6e6]}
    assert page.bar.search == "?view=density&against=hour&start=2024-03-02&end=2024-03-02T06:00"
    assert page.view.plot.points.data["price"].size == 72


def test_a_part_of_the_densitys_axes_is_in_the_address(desk):
    page = ExplorerDashboard("?view=density&against=hour&region=SA1")
    low, high = page.view.full[1]
    page.view.plot.wanted.data = {"x0": [6.0], "x1": [12.0], "y0": [low - 1], "y1": [high + 1]}
    assert page.bar.search == "?view=density&against=hour&region=SA1&x=6,12"
    assert page.view.plot.points.data["price"].tolist() == [-20] * 144
    page.bar.on_message({"select": "against", "value": "demand"})
    assert page.bar.search == "?view=density&region=SA1"


def test_a_click_marks_a_unit_and_its_station_is_one_click_away(desk):
    page = ExplorerDashboard("?group=region")
    rows = page.view.snapshot_rows
    row = rows.duids.index("WIND1")
    tap = Tap(None, x=0.0, y=row + 0.5)
    page.view._tapped(tap)
    assert page.bar.search == "?group=region&duid=WIND1"
    assert (page.view.plot.chosen.bottom, page.view.plot.chosen.visible) == (row, True)
    assert page.view.onward.links[-1] == {"label": "Stations (WIND1)", "href": "./stations?last=all&duid=WIND1"}
    page.view._tapped(tap)
    assert page.bar.search == "?group=region"
    page.view._tapped(Tap(None, x=0.0, y=99.0))
    assert page.bar.search == "?group=region"


def test_the_old_picture_stays_until_the_new_one_comes_and_late_ones_are_dropped(later):
    page = ExplorerDashboard("?view=calendar")
    assert page.view.plot.loading.visible
    later.answer(0)
    assert not page.view.plot.loading.visible
    first = picture(page)
    page.bar.on_message({"region": ["SA1"]})
    page.bar.on_message({"region": ["NSW1"]})
    assert page.view.plot.loading.visible
    assert picture(page) is first
    of_regions = [w.ask.region for w, _ in later.open if w.ask.kind == "calendar"]
    assert of_regions == ["SA1", "NSW1"]
    newest = max(i for i, (w, _) in enumerate(later.open) if w.ask.kind == "calendar")
    later.answer(newest)
    shown = page.view.plot.picture.data["price"][0]
    assert np.nanmax(shown) == 100
    later.answer(next(i for i, (w, _) in enumerate(later.open) if w.ask.kind == "calendar"))
    assert page.view.plot.picture.data["price"][0] is shown
    assert not page.view.plot.loading.visible


def test_a_helper_that_ends_is_told_and_asked_once_more(later):
    page = ExplorerDashboard("?view=calendar")
    later.answer(0, HelperEnded("The process that draws these pictures ended (killed by SIGKILL)."))
    assert "SIGKILL" in card(page).head.detail
    assert page.view.plot.loading.visible
    later.answer(-1)
    assert card(page).head.mode == "ready"
    assert "SIGKILL" not in card(page).head.detail
    assert not page.view.plot.loading.visible


def test_a_helper_that_ends_again_leaves_a_button_that_works(later):
    page = ExplorerDashboard("?view=calendar")
    for _ in range(2):
        later.answer(
            next(i for i, (w, _) in enumerate(later.open) if w.ask.kind == "calendar"), HelperEnded("It ended.")
        )
    assert (card(page).head.mode, card(page).head.reason) == ("error", "It ended.")
    card(page).head.on_message({"action": "retry"})
    later.answer(next(i for i, (w, _) in enumerate(later.open) if w.ask.kind == "calendar"))
    assert card(page).head.mode == "ready"


def test_what_the_helper_cannot_do_is_an_error_in_the_card(later):
    page = ExplorerDashboard("?view=prices")
    later.answer(0, DashboardError("its version has been replaced by a newer one"))
    assert (card(page).head.mode, card(page).head.reason) == ("error", "its version has been replaced by a newer one")


def test_the_browsers_pixels_settle_the_pictures_cells(desk):
    page = ExplorerDashboard("?start=2024-03-01&end=2024-03-03")
    asked = len(desk.asked)
    page.view.plot.size.data = {"width": [734.0], "height": [311.0], "ratio": [2.0]}
    assert (desk.asked[asked].columns, desk.asked[asked].rows) == (800, 700)
    asked = len(desk.asked)
    page.view.plot.size.data = {"width": [735.0], "height": [312.0], "ratio": [2.0]}
    assert len(desk.asked) == asked  # nearly the same screen shares the picture


def test_colours_follow_the_theme_without_the_picture_being_sent_again(desk):
    page = ExplorerDashboard("?view=calendar")
    light = list(page.view.plot.mapper.palette)
    before = picture(page)
    page.masthead.dark = True
    assert page.view.plot.mapper.palette != light
    assert picture(page) is before


def test_a_closed_page_is_collected_though_its_picture_never_came(later):
    page = ExplorerDashboard()
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None
    later.answer(0)
