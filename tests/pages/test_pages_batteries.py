"""A stranger asks: which battery earned most per MWh of storage in the last 30 days, and what did it pay to charge?"""

from __future__ import annotations

import re

import httpx
import pytest
from opened_page import Opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(re.sub(r"[^0-9.\-]", "", text.replace("−", "-")))


def api(server, path: str) -> list[dict]:
    answer = httpx.get(f"{server.url}/api/{path}&shape=records")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_which_battery_earned_most_per_mwh_and_what_it_paid(server, browser):
    with Opened(browser, f"{server.url}/overview", width=1440) as opened:
        page = opened.page
        page.get_by_role("link", name="Batteries", exact=True).click()
        page.wait_for_url("**/batteries*")
        opened.wait()
        opened.press("30D")
        opened.pick("What they are ranked by", "revenue_per_mwh_year")
        rows = api(server, "batteries?last=30d")
        best = max(rows, key=lambda r: r["revenue_per_mwh_year"])
        heads = [t.strip() for t in page.locator(".sheet thead th button span:visible").all_text_contents()]
        first = page.locator(".sheet tbody tr:visible").first
        expect(first.locator("td").first).to_have_text(best["station"])
        cells = dict(zip(heads, first.locator("td").all_text_contents(), strict=True))
        assert number(cells["Net per MWh"]) == pytest.approx(best["revenue_per_mwh_year"] / 1000, abs=0.051)
        assert number(cells["Paid"]) == pytest.approx(best["charge_price"], abs=0.0051)
        assert number(cells["Earned"]) == pytest.approx(best["discharge_price"], abs=0.0051)

        # The row looks at it alone: the tiles say the same, and so does the address.
        first.locator("td").nth(1).click()
        page.get_by_role("button", name=f"Take {best['station']} away").wait_for()
        opened.answered()
        note = page.locator(".tile .note:visible", has_text=re.compile(r"^paid "))
        paid = number(note.text_content().removesuffix("/MWh"))
        assert paid == pytest.approx(best["charge_price"], abs=0.0051)
        assert "station=" in page.url

        for view, plots in (
            ("Over time", 2),
            ("Time of day", 2),
            ("Revenue & spread", 3),
            ("Best spread", 1),
            ("State of charge", 3),
        ):
            page.get_by_role("tab", name=view, exact=True).or_(
                page.get_by_role("button", name=view, exact=True)
            ).first.click()
            opened.answered()
            assert len(opened.drawn()) == plots, view
        heading = page.locator(".head h2:visible", has_text="an estimate")
        expect(heading).to_have_count(1)
        assert opened.trouble == []
        assert opened.outside == []
