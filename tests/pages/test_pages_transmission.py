"""Two tasks of an analyst on the transmission page in real Chromium; what the screen says is what the API says."""

from __future__ import annotations

import re

import httpx
import pytest
from opened_page import Opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
TABS = {
    "Limits": "Terranora · NSW → QLD above zero",
    "Duration": "Flow duration",
    "Price difference": "Price difference against flow",
    "Regions": "Net export",
    "Heat maps": "Flow by hour",
    "Map": "Now",
}


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(re.sub(r"[^0-9.\-]", "", text.replace("−", "-")))


def api(server, path: str) -> list[dict]:
    answer = httpx.get(f"{server.url}/api/transmission/{path}&shape=records")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_how_long_was_heywood_full_and_what_did_prices_do_meanwhile(browser, server):
    with Opened(browser, f"{server.url}/overview?last=7d") as opened:
        # From the map of the overview to one interconnector against its limits.
        opened.page.locator(".entries a", has_text="Heywood").click()
        opened.page.wait_for_url("**/transmission?*interconnector=V-SA*")
        opened.wait()
        head = opened.page.locator(".head:visible")
        expect(head.locator("h2")).to_have_text("Heywood · VIC → SA above zero")
        (heywood,) = api(server, "summary?interconnector=V-SA&last=7d")
        assert heywood["hours_at_limit_forward"] > 0
        words = head.text_content()
        for hours, way in (
            (heywood["hours_at_limit_forward"], "VIC → SA"),
            (heywood["hours_at_limit_reverse"], "SA → VIC"),
        ):
            assert f"{hours:.1f} h at the limit {way}" in words
        opened.drawn()
        # VNI in place of it, and the price gap of its two regions while it was full.
        opened.press("Price difference", "Heywood", "VNI")
        opened.drawn()
        said = {r["state"]: r for r in api(server, "congestion?interconnector=VIC1-NSW1&last=7d")}
        rows = {cells[1]: cells for cells in opened.table() if len(cells) == 9}
        for words, state in (("at its limit, VIC → NSW", "forward"), ("below its limit", "below")):
            assert said[state]["hours"] > 0
            shown = [number(text) for text in rows[words][2:8]]
            assert shown[0] == round(said[state]["hours"], 1)
            assert shown[3:] == [
                pytest.approx(said[state][name], abs=0.005) for name in ("price_difference", "min", "max")
            ]
        assert opened.trouble == []


def test_every_view_is_one_click_away_and_is_drawn_without_trouble(browser, server):
    with Opened(browser, f"{server.url}/transmission?last=3d", width=390) as opened:
        opened.drawn()
        for tab, heading in TABS.items():
            opened.press(tab)
            expect(opened.page.locator("h2:visible").first).to_have_text(heading)
            opened.drawn()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert opened.trouble == []
        assert opened.outside == []
