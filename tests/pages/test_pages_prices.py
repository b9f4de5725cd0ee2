"""The views of the prices page in real Chromium: tabs, hovers, links of events."""

from __future__ import annotations

import re

import pytest
from opened_page import Opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HEADINGS = {
    "Bands & duration": "Price bands",
    "Heat maps": "Prices by hour",
    "Time of day": "Prices by time of day",
    "Capture": "Capture price over time",
    "Spread": "Price difference: SA less VIC",
    "Events": "By region",
    "Cumulative price": "Cumulative price",
    "Over time": "Regional prices",
}


def test_every_view_is_one_click_away_and_is_drawn_without_trouble(browser, server):
    with Opened(browser, f"{server.url}/prices?last=7d") as opened:
        opened.drawn()
        for tab, heading in HEADINGS.items():
            opened.page.get_by_text(tab, exact=True).first.click()
            expect(opened.page.locator("h2:visible").first).to_have_text(heading)
            opened.answered()
        assert opened.page.url.endswith("/prices?last=7d")
        assert opened.trouble == []
        assert opened.outside == []


def test_a_cell_of_the_heat_map_says_its_day_hour_and_price(browser, server):
    with Opened(browser, f"{server.url}/prices?view=heat&last=7d&region=SA1") as opened:
        opened.drawn()
        canvas = opened.page.locator(".bk-Canvas, canvas").first
        box = canvas.bounding_box()
        assert box is not None
        opened.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(opened.page.get_by_text(re.compile(r"20\d\d \d\d:00–\d\d:00"))).to_be_visible()
        expect(opened.page.get_by_text(re.compile(r"SA −?[\d,]+\.\d\d \$/MWh$"))).to_be_visible()
        assert opened.trouble == []


def test_an_event_opens_its_window_on_this_page_and_on_generation(browser, server):
    with Opened(browser, f"{server.url}/prices?view=events&last=7d&event=negative") as opened:
        first = opened.page.locator("td a[href^='./prices?region=']").first
        other = opened.page.locator("td a[href^='./generation?region=']").first
        expect(other).to_contain_text("Generation in")
        first.click()
        opened.page.wait_for_url("**/prices?region=*&start=*&end=*")
        expect(opened.page.locator("h2:visible").first).to_have_text("Regional prices")
        opened.drawn()
        assert opened.trouble == []
