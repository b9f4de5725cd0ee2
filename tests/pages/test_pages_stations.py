"""The stations page in real Chromium: search by keyboard, other regions, side by side, the history as a file."""

import io

import httpx
import pandas as pd
import pytest
from opened_page import Opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_search_by_keyboard_and_in_other_regions(browser, server):
    with Opened(browser, f"{server.url}/stations?region=NSW1") as opened:
        page = opened.page
        box, hits = page.get_by_role("combobox", name="Search station"), page.locator(".hits .hit")
        hits.first.wait_for()
        page.keyboard.press("/")
        page.keyboard.type("power")
        page.wait_for_url("**/stations?*q=power*")
        expect(hits.nth(1)).to_be_visible()
        second = hits.nth(1).locator(".name").text_content()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(hits.nth(1)).to_have_class("hit at")
        expect(box).to_be_focused()
        assert box.get_attribute("aria-activedescendant") == hits.nth(1).get_attribute("id")
        page.keyboard.press("Enter")
        page.wait_for_url("**station=*")
        expect(page.locator("h2", has_text=second)).to_have_count(1)
        page.keyboard.press("Escape")
        expect(box).to_have_value("")
        page.wait_for_function("() => !new URLSearchParams(location.search).has('q')")
        # Hornsdale stands in South Australia: a link, and a click that takes the region along.
        box.fill("hornsdale")
        expect(page.locator(".hits h3")).to_have_text(["In other regions"])
        link = page.locator(".hits a", has_text="Hornsdale").first
        assert "region=SA1" in link.get_attribute("href")
        link.click()
        page.wait_for_url("**region=SA1*station=Hornsdale*")
        expect(page.locator(".hits a")).to_have_count(0)
        assert opened.trouble == []


def test_side_by_side_and_away_again(browser, server):
    with Opened(browser, f"{server.url}/stations?last=2d") as opened:
        page = opened.page
        adds = page.locator(".hits .add:enabled")
        adds.first.wait_for()
        for count in (2, 3):
            adds.first.click()
            expect(page.locator(".chip:visible")).to_have_count(count)
            opened.answered()
        assert "view=compare" in page.url
        charts = {c["name"]: c for c in opened.drawn()}
        assert set(charts) == {"Power", "Mean by time of day", "Duration"}
        expect(page.locator(".sheet:visible tbody tr")).to_have_count(3)
        page.locator(".chip .off:visible").first.click()
        expect(page.locator(".chip:visible")).to_have_count(2)
        opened.answered()
        page.locator(".sheet:visible tbody a[href*='station=']").first.click()
        page.wait_for_url("**/stations?last=2d&station=*")
        assert "view" not in page.url
        assert opened.trouble == []


def test_a_stations_whole_history_is_one_click(browser, server):
    with Opened(browser, f"{server.url}/stations?view=history") as opened:
        page = opened.page
        file = page.locator(".files a").first
        file.wait_for()
        shown = {row[0]: row for row in opened.table()}
        with page.expect_download() as download:
            file.click()
        frame = pd.read_csv(download.value.path())
        again = pd.read_csv(io.StringIO(httpx.get(server.url + file.get_attribute("href").lstrip(".")).text))
        pd.testing.assert_frame_equal(frame, again)
        assert list(frame["period"]) == ["FY24"]
        assert {"energy_mwh", "revenue", "capture_price", "period_share"} <= set(frame.columns)
        energy = float(next(t for n, t in shown.items() if n.startswith("FY24"))[1].replace(",", ""))
        assert energy == pytest.approx(frame["energy_mwh"].iloc[0] / 1000, rel=0.006)
        assert opened.trouble == []
