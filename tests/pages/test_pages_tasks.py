"""Five tasks of a stranger, from the front page, click by click; what the screen says is what the API says."""

from __future__ import annotations

import re

import httpx
import pytest
from opened_page import Opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class Visitor(Opened):
    """Counts what is pressed."""

    def __init__(self, browser, url: str):
        super().__init__(browser, url, permissions=["clipboard-read", "clipboard-write"])
        self.presses = 0

    def press(self, *names: str) -> None:
        self.presses += len(names)
        super().press(*names)

    def go(self, page: str) -> None:
        """To another page by the navigation."""
        self.presses += 1
        self.page.get_by_role("link", name=page, exact=True).click()
        self.page.wait_for_url(f"**/{page.lower()}*")
        self.wait()

    def menu(self) -> None:
        """The Data menu of the first card that is shown, filled."""
        self.page.locator(".data summary:visible").first.click()
        self.page.get_by_role("button", name="Copy link to this view").locator("visible=true").first.wait_for()

    def shown(self) -> list[str]:
        """What the heads of the cards on the screen say."""
        return [t.split("Data")[0] for t in self.page.locator(".head:visible").all_text_contents()]

    def row(self, card: str, first: str) -> list[str]:
        """Cells of the row that begins with ``first``, in the table under the heading ``card``."""
        table = self.page.locator("table", has=self.page.locator("th", has_text=card)).first
        found = table.locator("tbody tr").filter(has=self.page.locator("td", has_text=re.compile(rf"^{first}")))
        found.first.wait_for()
        return found.first.locator("td").all_text_contents()


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(re.sub(r"[^0-9.\-]", "", text.replace("−", "-")))


def api(server, path: str) -> dict:
    answer = httpx.get(f"{server.url}/api/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_what_wind_earned_per_mwh_in_south_australia_against_the_flat_price(browser, server):
    with Visitor(browser, server.url + "/overview") as visitor:
        visitor.go("Prices")
        visitor.press("Capture", "SA", "30D")
        wind = visitor.row("Capture price", "Wind")
        assert visitor.presses <= 4
        assert visitor.trouble == []
    told = api(server, "prices/capture-stats?region=SA1&last=30d&shape=columns")
    at = told["fuel"].index("wind")
    assert number(wind[3]) == pytest.approx(told["capture_price"][at], abs=0.005)
    assert number(wind[4]) == pytest.approx(told["flat_price"][at], abs=0.005)


def test_which_five_stations_had_the_highest_revenue(browser, server):
    with Visitor(browser, server.url + "/overview") as visitor:
        visitor.go("Revenue")
        visitor.press("Rankings", "7D")
        names = visitor.page.locator("tbody tr td:nth-child(2):visible")
        names.nth(4).wait_for()
        shown = names.all_text_contents()[:5]
        assert visitor.presses <= 3
        assert visitor.trouble == []
    told = api(server, "analysis/revenue?by=station&last=7d")
    rows = sorted(zip(told["revenue"], told["station"], strict=True), key=lambda r: -(r[0] or 0))
    best = [station for _, station in rows if station][:5]
    assert all(name in text for name, text in zip(best, shown, strict=True)), (best, shown)


def test_how_many_hours_the_price_was_negative_in_victoria_this_year_and_the_longest_run(browser, server):
    with Visitor(browser, server.url + "/overview") as visitor:
        visitor.go("Prices")
        visitor.press("VIC", "YTD")
        cells = visitor.row("Longest run", "VIC")
        heads = visitor.page.locator("table", has_text="Longest run").first.locator("thead th").all_text_contents()
        assert visitor.presses <= 3
        assert visitor.trouble == []
    told = api(server, "prices/stats?region=VIC1&start=2024-01-01")
    at = {name: i for i, head in enumerate(heads) for name in ("Negative", "Longest run") if head.startswith(name)}
    assert number(cells[at["Negative"]]) == pytest.approx(told["negative_hours"][0], abs=0.05)
    assert number(cells[at["Longest run"]]) == pytest.approx(told["longest_negative_hours"][0], abs=0.05)


def test_what_replaced_solar_in_the_evening(browser, server):
    """The day's shape by fuel: its data says what each fuel gave at 17 and at 21 h."""
    with Visitor(browser, server.url + "/overview") as visitor:
        visitor.go("Generation")
        visitor.press("Time of day", "7D")
        visitor.drawn()
        assert visitor.presses <= 3
        visitor.menu()
        visitor.page.get_by_role("button", name="Show as table").locator("visible=true").first.click()
        table = visitor.page.get_by_role("dialog").locator("table").first
        table.wait_for()
        heads = table.locator("thead th").all_text_contents()
        assert any(h.startswith("Solar") for h in heads), heads
        assert any(h.startswith("Gas") for h in heads), heads
        assert visitor.trouble == []
    told = api(server, "generation/time-of-day?region=NEM&last=7d&interval=1h")
    by_hour = {(f, t): mw for f, t, mw in zip(told["fuel"], told["time_of_day"], told["mean"], strict=True)}
    change = {f: by_hour[f, "21:00"] - by_hour[f, "17:00"] for f in set(told["fuel"])}
    assert change["rooftop"] + change["solar"] < 0
    assert max(change.values()) > 0


def test_this_exact_view_opens_for_a_colleague(browser, server):
    with Visitor(browser, server.url + "/overview") as visitor:
        visitor.go("Prices")
        visitor.press("Bands & duration", "QLD", "3D")
        visitor.menu()
        shown = visitor.shown()
        copy = visitor.page.locator("button.copy:visible").filter(has_text="Copy link to this view").first
        copy.evaluate("button => { button.dataset.pressed = 'yes' }")  # its words change
        copy.click()
        expect(visitor.page.locator("button.copy[data-pressed]")).to_have_text("Copied ✓")
        link = visitor.page.evaluate("navigator.clipboard.readText()")
        assert link == visitor.page.url
        assert visitor.trouble == []
    with Visitor(browser, link) as colleague:
        colleague.answered()
        expect(colleague.page.locator(".views button[aria-pressed=true]")).to_have_text("Bands & duration")
        assert len(shown) >= 2
        assert colleague.shown() == shown
