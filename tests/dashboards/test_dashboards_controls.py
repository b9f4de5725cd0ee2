"""What the control bar does: the address follows, and nothing that a browser sends can break a page."""

import pandas as pd
import pytest
from bokeh.events import RangesUpdate
from every_page import EVERY
from plain_page import PlainPage
from two_day_market import END

from components.dashboards import address
from components.dashboards.page import Dashboard
from components.vocabulary import PAGES


@EVERY
def test_bad_values_are_reported_and_the_good_ones_kept(kind, snapshot):
    page = kind("?last=2d&regoin=NSW1&region=SA1,Atlantis&start=never")
    # A page that is about no regions takes another page's along as they are.
    of_regions = any("region" in question.parameters() for question in kind.kinds())
    assert page.bar.search == ("?last=2d&region=SA1" if of_regions else "?last=2d&region=SA1,Atlantis")
    told = " ".join(page.bar.problems)
    assert ("Did you mean region?" in told) == of_regions
    assert ("Atlantis" in told) == of_regions
    assert "never" in told
    page.bar.on_message({"dismiss": True})
    assert page.bar.problems == []


@pytest.mark.fault("SRV-8")
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


@pytest.mark.fault("SRV-8")
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


def test_what_a_page_settles_itself_is_no_parameter_of_its_address(snapshot):
    page = PlainPage("?agg=sum&by=fueltech&last=2d")
    assert [p.param for p in page.problems] == ["agg", "by"]
    assert page.bar.search == "?last=2d"


@EVERY
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
    page = PlainPage()
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
    page = PlainPage("?last=1y&interval=1y")
    page.bar.on_message({"preset": "1d"})
    assert page.bar.search == ""
    page.bar.on_message({"interval": "1h"})
    page.bar.on_message({"preset": "3d"})
    assert page.bar.search == "?interval=1h&last=3d"


def test_keys_zoom_the_window(snapshot):
    page = PlainPage()
    page.bar.on_message({"zoom": 1})
    assert page.bar.search == "?start=2024-03-02T06:00&end=2024-03-02T18:00"
    page.bar.on_message({"zoom": -1})
    assert page.bar.search == ""


def test_every_message_is_answered_so_that_nothing_stays_dimmed(snapshot):
    page = PlainPage()
    before = page.bar.changes
    page.bar.on_message({"nonsense": 1})
    assert page.bar.changes == before + 1


def test_dragging_over_a_chart_asks_for_that_window_on_the_5_minute_grid(snapshot):
    page = PlainPage("?interval=1h")
    model = page.stack.figure
    start = pd.Timestamp("2024-03-01 06:01:10").value / 1e6
    model._trigger_event(RangesUpdate(model, x0=start, x1=start + 60_000, y0=0, y1=1))
    assert page.bar.search == "?start=2024-03-01T06:00&end=2024-03-01T06:30"
    page.bar.on_message({"search": ""})
    assert page.stack.x.end == milliseconds(END)


def milliseconds(time: pd.Timestamp) -> float:
    return time.value / 1e6


def test_on_a_phone_a_drag_over_a_chart_scrolls_the_page(snapshot):
    page = PlainPage(touch=True)
    for chart in page.charts():
        assert [type(t).__name__ for t in chart.figure.toolbar.tools] == ["HoverTool"]


def test_the_interval_picker_offers_what_suits_the_window_and_what_was_chosen(snapshot):
    day = [i["value"] for i in PlainPage().bar.intervals]
    assert day[:2] == ["auto", "5m"]
    assert "1y" not in day
    assert "1y" in [i["value"] for i in PlainPage("?interval=1y").bar.intervals]


def test_a_passing_change_makes_no_step_for_back_and_a_choice_does(snapshot):
    page = PlainPage()
    page.change(last="3d", passing=True)
    assert (page.bar.search, page.bar.passing) == ("?last=3d", True)
    page.bar.on_message({"preset": "7d"})
    assert (page.bar.search, page.bar.passing) == ("?last=7d", False)
    page.bar.on_message({"search": "?last=2d&region=Atlantis"})  # Back: what it restores is no new step
    assert (page.bar.search, page.bar.passing) == ("?last=2d", True)
