"""The trends page in a real browser: every view draws, and its figures are the API's."""

import json
import urllib.request

import pytest
from opened_page import Opened
from playwright.sync_api import expect

from components.charts import formats

pytestmark = pytest.mark.browser

VIEWS = [
    "Year over year", "Thermal & renewable", "Penetration", "Price & penetration", "Evening peak", "Compare windows",
    "Capacity", "Emissions", "By year",
]  # fmt: skip


def answer(server, route: str) -> list[dict]:
    """Rows of a question as the API gives them."""
    with urllib.request.urlopen(f"{server.url}/api/{route}&shape=records", timeout=60) as reply:
        return json.load(reply)["data"]


@pytest.mark.parametrize("width", [1280, 390])
def test_every_view_draws_and_nothing_sticks_out(browser, server, width):
    with Opened(browser, f"{server.url}/trends?region=SA1", width=width) as opened:
        for name in VIEWS:
            opened.press(name)
            expect(opened.page.locator(".views button[aria-pressed=true]")).to_have_text(name)
            assert opened.drawn()
            wide = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], name
        assert opened.trouble == []


def test_the_evening_of_a_region_has_the_figures_of_the_api(browser, server):
    rows = {r["part"]: r for r in answer(server, "trends/evening?region=SA1&last=1y")}
    with Opened(browser, f"{server.url}/trends?view=evening") as opened:
        opened.press("SA")
        opened.drawn()
        for part, row in rows.items():
            line = opened.page.locator(f"tr[data-key={part}] td")
            digits = 0 if abs(row["mw"]) >= 100 or part in ("supply", "underlying", "residual") else 1
            expect(line.nth(1)).to_have_text(formats.number(row["mw"], digits))
            expect(line.nth(3)).to_have_text("–")  # ten days have no year before
        assert {"gas", "wind", "rooftop", "supply", "underlying", "residual"} <= set(rows)
        assert opened.trouble == []


def test_two_windows_are_chosen_and_compared(browser, server):
    address = "region=SA1&start=2024-02-26&end=2024-02-29"
    with Opened(browser, f"{server.url}/trends?view=compare&{address}") as opened:
        opened.press("Just before")
        opened.page.wait_for_url("**other_start=2024-02-23&other_end=2024-02-26")
        rows = answer(server, f"trends/compare?{address}&other_start=2024-02-23&other_end=2024-02-26&interchange=1")
        found = {(r["quantity"], r["fuel"]): r for r in rows}
        price, wind = found[("price_weighted", "")], found[("energy", "wind")]
        line = opened.page.locator("tr[data-key=price_weighted] td")
        expect(line.nth(2)).to_have_text(formats.number(price["value"], 2))
        expect(line.nth(3)).to_have_text(formats.number(price["other"], 2))
        expect(opened.page.locator("tr[data-key=wind] td").nth(2)).to_have_text(formats.number(wind["other"] / 1000, 1))
        opened.page.get_by_label("First day of the other window").fill("2024-02-21")
        opened.page.wait_for_url("**other_start=2024-02-21&other_end=2024-02-26")
        opened.answered()
        expect(opened.page.locator("footer")).to_contain_text("different length")
        assert opened.trouble == []
