"""Every view of every page over a market whose names would like to be script, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from guarded_server import serving
from live_server import Server
from opened_page import Opened
from playwright.sync_api import expect
from two_day_market import END, HOSTILE, PRICES, START, UNITS

from components.market_time import dispatch_stamps
from components.vocabulary import PAGES, REGIONS

pytestmark = pytest.mark.browser

ASKED = {"stations": "?duid=BATT1", "revenue": "?by=station,duid", "generation": "?region=SA1"}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The two-day market with hostile names of stations, owners and sources, behind ``serve``."""
    from components.store.lake import Lake

    folder = tmp_path_factory.mktemp("hostile")
    times = dispatch_stamps(START, END)
    with Lake(folder / "data").begin(demo=True) as changes:
        common = {"minutes": 5, "source": "demo", "changed": pd.NaT}
        for unit in UNITS:
            changes.add("scada", pd.DataFrame({"time": times, "duid": unit[0], "mw": unit[8], **common}))
        changes.add("scada", pd.DataFrame({"time": times, "duid": HOSTILE, "mw": 10.0, **common}))
        for region, price in PRICES.items():
            changes.add("price", pd.DataFrame({"time": times, "region": region, "rrp": price, **common}))
        for region in REGIONS:
            values = {"demand": 100.0, "net_interchange": 10.0}
            changes.add("region", pd.DataFrame({"time": times, "region": region, **values, **common}))
        names = ["duid", "station", "owner", "region", "fuel", "fueltech", "role", "capacity_mw"]
        changes.set_units(pd.DataFrame([u[:8] for u in UNITS], columns=names))
        changes.publish()
    with serving(folder / "data", folder) as running:
        yield running


@pytest.mark.fault("SEC-6")
@pytest.mark.fault("SEC-11")
@pytest.mark.parametrize("slug", list(PAGES))
def test_no_view_runs_text_or_asks_an_outside_host(browser, hostile: Server, slug: str):
    with Opened(browser, f"{hostile.url}/{slug}{ASKED.get(slug, '')}") as opened:
        views = opened.page.locator("nav.views button")
        labels = views.all_text_contents()
        for label in labels:
            views.filter(has_text=label).first.click()
            expect(views.filter(has_text=label).first).to_have_attribute("aria-pressed", "true")
            opened.answered()
            assert opened.page.locator("img[src='x']").count() == 0, label
        assert opened.trouble == []
        assert opened.outside == []
        assert not [url for url in opened.asked if url.endswith("/x")]  # what the name would load


@pytest.mark.fault("SEC-6")
def test_the_hostile_names_are_on_the_screen(browser, hostile: Server):
    """Else the test above would see nothing because nothing was shown."""
    with Opened(browser, f"{hostile.url}/revenue?by=station,duid") as opened:
        expect(opened.page.get_by_text(HOSTILE).first).to_be_visible()
    with Opened(browser, f"{hostile.url}/stations?duid=BATT1") as opened:
        expect(opened.page.locator("h2", has_text=HOSTILE).first).to_be_visible()
