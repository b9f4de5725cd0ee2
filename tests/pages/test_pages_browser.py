"""Every page in real Chromium: charts drawn, no console error, no outside request, nothing that runs from outside."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pandas as pd
import pytest
from live_server import ROOT, Server, free_port, stop_server
from opened_page import Opened
from playwright.sync_api import expect
from two_day_market import END, HOSTILE, PRICES, START, UNITS

from components.dashboards.page import PAGES
from components.market_time import dispatch_stamps

pytestmark = pytest.mark.browser


@pytest.mark.fault("SEC-11")
@pytest.mark.parametrize("slug", ["", *list(PAGES)[1:]])
def test_every_page_opens_with_its_charts(browser, server, slug):
    with Opened(browser, f"{server.url}/{slug}") as opened:
        charts = opened.drawn()
        assert charts
        assert all(c["rows"] > 2 for c in charts), charts  # a ranking has as many as the market has batteries
        expect(opened.page.locator("nav a[aria-current]")).to_have_text([PAGES[slug or "overview"]])
        expect(opened.page.locator(".badge")).to_have_text("Demo data")
        assert opened.trouble == []
        assert opened.outside == []
        assert not [u for u in opened.asked if "mathjax" in u.lower()]


def test_a_visit_click_by_click(browser, server):
    with Opened(browser, f"{server.url}/generation") as opened:
        page = opened.page
        heading, detail = page.locator("h2").first, page.locator(".detail").first
        opened.press("SA")
        page.wait_for_url("**/generation?region=SA1")
        opened.press("7D")
        page.wait_for_url("**/generation?region=SA1&last=7d")
        detail.filter(has_text="by 30 minutes").wait_for()
        page.go_back()
        detail.filter(has_text="by 5 minutes").wait_for()
        expect(heading).to_have_text("Generation by fuel · South Australia")
        opened.answered()
        opened.drawn()
        page.mouse.move(400, 400)  # drag over a part of the chart: it is asked for anew
        page.mouse.down()
        page.mouse.move(600, 400, steps=4)
        page.mouse.up()
        page.wait_for_url("**/generation?region=SA1&start=*&end=*")
        opened.answered()
        page.go_back()
        page.wait_for_url("**/generation?region=SA1")
        opened.answered()
        page.get_by_role("button", name="Toggle dark theme").click()
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        page.get_by_role("navigation").get_by_role("link", name="Stations").click()
        page.wait_for_url("**/stations?region=SA1")
        opened.wait()
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        page.locator(".hits button").first.wait_for()
        steps = page.evaluate("history.length")
        page.keyboard.press("/")
        page.keyboard.type("hornsd", delay=150)
        page.locator(".hits button").first.filter(has_text="Hornsdale").wait_for()
        page.wait_for_url("**/stations?*q=hornsd*")
        page.locator(".hits button").first.click()
        page.wait_for_url("**/stations?*station=Hornsdale*")
        page.locator("h2", has_text="Hornsdale").first.wait_for()
        assert page.evaluate("history.length") == steps + 1  # the choice; not the letters typed
        assert opened.trouble == []


@pytest.mark.fault("SRV-8")
def test_bad_parameters_are_told_and_ignored(browser, server):
    odd = "&".join([f"start={'9' * 5000}", "end=null", 'hour={"a":[1]}', f"weekday={'x' * 4096}", "month=\U0001f4a9"])
    with Opened(browser, f"{server.url}/prices?last=2d&interval=5x&region=NSW1,<b>x</b>&{odd}") as opened:
        alert = opened.page.locator(".problems")
        expect(alert.locator("li")).to_have_count(7)
        told = alert.locator("li").all_text_contents()
        assert [t.split(" ")[0] for t in told] == ["interval", "start", "end", "hour", "weekday", "month", "region"]
        assert "<b>x</b>" in told[-1]
        assert alert.locator("b").count() == 0
        expect(opened.page.locator(".sheet tbody tr")).to_have_count(1)
        opened.page.wait_for_function("() => location.search === '?last=2d&region=NSW1'")
        alert.get_by_role("button").click()
        alert.wait_for(state="detached")
        assert opened.trouble == []


# What sticks out of the screen, has a scrollbar of its own, or is a control too small for a finger.
AMISS = """() => { const out = []; const walk = n => { for (const e of n.children) {
  if (/bk-Plot/.test(e.className)) continue
  const style = getComputedStyle(e), box = e.getBoundingClientRect(), name = e.tagName + "." + e.className
  if (box.width && box.height) {
    if (box.right > innerWidth + 1 && !/^(canvas|svg|path)$/i.test(e.tagName)) out.push(name + " sticks out")
    if (/auto|scroll/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1) out.push(name + " scrolls")
    if (/^(BUTTON|SELECT|SUMMARY)$/.test(e.tagName) && Math.round(box.height) < 22) out.push(name + " is small")
  }
  walk(e); if (e.shadowRoot) walk(e.shadowRoot) } }; walk(document.body); return out }"""


@pytest.mark.parametrize("slug", list(PAGES))
def test_nothing_sticks_out_on_a_phone(browser, server, slug):
    with Opened(browser, f"{server.url}/{slug}", width=390, dark=True) as opened:
        opened.drawn()
        assert opened.page.evaluate(AMISS) == []
        opened.page.get_by_role("button", name="Pages").click()
        opened.page.locator(".drawer a", has_text="Prices").wait_for()
        assert opened.trouble == []


def test_an_empty_folder_says_how_to_get_data(browser, empty_server):
    for slug in ("overview", "stations"):  # the others are asked without a browser in tests/dashboards
        with Opened(browser, f"{empty_server.url}/{slug}") as opened:
            state = opened.page.locator(".state").first
            for words in ("There is no data yet", "aemo-dashboard demo", "aemo-dashboard ingest --source"):
                expect(state).to_contain_text(words)
            assert opened.trouble == []


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory):
    """A bare ``panel serve app/*.py`` (no set-up, no API) over a lake with names that would like to be script."""
    from components.store.lake import Lake

    folder = tmp_path_factory.mktemp("hostile")
    times = dispatch_stamps(START, END)
    with Lake(folder / "data").begin(demo=True) as changes:
        common = {"minutes": 5, "source": "demo", "changed": pd.NaT}
        for unit in UNITS:
            changes.add("scada", pd.DataFrame({"time": times, "duid": unit[0], "mw": unit[8], **common}))
        for region, price in PRICES.items():
            changes.add("price", pd.DataFrame({"time": times, "region": region, "rrp": price, **common}))
        names = ["duid", "station", "owner", "region", "fuel", "fueltech", "role", "capacity_mw"]
        changes.set_units(pd.DataFrame([u[:8] for u in UNITS], columns=names))
        changes.publish()
    port = free_port()
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("panel")), "serve", *sorted(str(p) for p in (ROOT / "app").glob("*.py")),
             "--port", str(port)],
            cwd=ROOT, env=os.environ | {"AEMO_DASHBOARD_DATA_DIR": str(folder / "data")}, stdout=out, stderr=out,
        )  # fmt: skip
    bare = Server(f"http://localhost:{port}", port, process, log, folder / "data")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{bare.url}/overview", timeout=30)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield bare
    stop_server(bare)


@pytest.mark.fault("SEC-6")
def test_bare_panel_serve_works_and_outside_text_never_runs(browser, hostile_server):
    with Opened(browser, f"{hostile_server.url}/stations?duid=BATT1") as opened:
        opened.drawn()
        expect(opened.page.locator("h2", has_text=HOSTILE)).to_have_count(1)
        expect(opened.page.locator(".hits .name", has_text=HOSTILE)).to_have_count(1)
        expect(opened.page.locator(".hits small", has_text=HOSTILE)).to_have_count(1)
        assert opened.page.locator(".hits img").count() == 0
        opened.page.locator("summary").first.click()
        opened.page.locator("details[open]", has_text="This server has no API").wait_for()
        assert opened.page.locator("details[open] a").count() == 0
        assert opened.trouble == []
        assert opened.outside == []
