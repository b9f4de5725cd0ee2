"""Every page in real Chromium: charts drawn, no console error, no outside request, figures equal to the API's."""

import csv
import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pandas as pd
import pytest
from live_server import ROOT, Server, free_port, stop_server
from two_day_market import END, HOSTILE, PRICES, START, UNITS

from components.dashboards.page import PAGES
from components.market_time import dispatch_stamps

pytestmark = pytest.mark.browser
IDLE = "window.Bokeh && Bokeh.documents.length && Bokeh.documents.every(d => d.is_idle)"
# Pixels that are not transparent on each plot's canvas; every chart must have drawn something.
DRAWN = """() => [...Bokeh.documents[0]._all_models.values()].filter(m => m.type === "Plot").map(m => {
  const view = Bokeh.index.find_one_by_id(m.id)
  const canvas = view.canvas_view.primary.canvas
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
  let pixels = 0
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) pixels++
  return {name: m.name, pixels, glyphs: m.renderers.filter(r => r.visible !== false).length,
          rows: Math.max(0, ...m.renderers.map(r => r.data_source?.get_length() ?? 0))}
})"""


class Opened:
    """A page and everything that it complained about or asked of others."""

    def __init__(self, browser, url: str, width: int = 1280, dark: bool = False):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        self.page = self.context.new_page()
        self.trouble: list[str] = []
        self.outside: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on("dialog", lambda d: (self.trouble.append(f"dialog {d.message}"), d.dismiss()))
        self.page.on("request", self._requested)
        self.page.goto(url)
        self.page.wait_for_function(IDLE)
        self.page.wait_for_selector(".head h2")

    def _requested(self, request) -> None:
        self.asked.append(request.url)
        if not re.match(r"(https?|wss?)://localhost[:/]|data:|blob:", request.url):
            self.outside.append(request.url)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()

    def drawn(self) -> list[dict]:
        self.page.wait_for_function(f"() => ({DRAWN})().every(p => p.pixels > 500)")
        return self.page.evaluate(DRAWN)

    def table(self) -> list[list[str]]:
        return [r.locator("td").all_text_contents() for r in self.page.locator(".sheet tbody tr").all()]


@pytest.mark.parametrize("slug", ["", "generation", "prices", "stations"])
def test_every_page_opens_with_its_charts(browser, server, slug):
    with Opened(browser, f"{server.url}/{slug}") as opened:
        charts = opened.drawn()
        assert charts
        assert all(c["rows"] > 4 for c in charts), charts
        assert opened.page.locator("nav a[aria-current]").all_text_contents() == [PAGES[slug or "overview"]]
        assert opened.page.locator(".badge").text_content() == "Demo data"
        assert opened.trouble == []
        assert opened.outside == []
        assert not [u for u in opened.asked if "mathjax" in u.lower()]


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").replace("–", "nan") or "nan")


def answer(server, path: str) -> list[dict[str, str]]:
    """An endpoint as CSV and as JSON, which must agree."""
    separator = "&" if "?" in path else "?"
    rows = list(csv.DictReader(io.StringIO(httpx.get(f"{server.url}{path}{separator}format=csv").text)))
    columns = httpx.get(f"{server.url}{path}{separator}format=json").json()["data"]
    assert len(rows) == len(next(iter(columns.values())))
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            if isinstance(value, float):
                assert float(row[name]) == pytest.approx(value, rel=1e-12)
    return rows


def test_generation_table_equals_api_and_csv(browser, server):
    with Opened(browser, f"{server.url}/generation?region=VIC1&last=3d") as opened:
        shown = {row[0]: row for row in opened.table()}
        links = opened.page.locator(".menu .link").filter(has_text="Figures by fuel").locator("a")
        href = links.nth(1).get_attribute("href")
    assert href.endswith("&format=csv")
    rows = {r["fuel"]: r for r in answer(server, href.lstrip(".").replace("&format=csv", ""))}
    assert {"wind", "solar", "coal"} <= set(rows)
    for fuel, label in {"coal": "Coal", "wind": "Wind", "solar": "Solar", "gas": "Gas", "hydro": "Hydro"}.items():
        if fuel not in rows:
            continue
        row, cells = rows[fuel], shown[label]
        assert number(cells[1]) == pytest.approx(float(row["energy_mwh"]) / 1000, abs=0.051)
        assert number(cells[4]) == pytest.approx(number(row["capture_price"]), abs=0.0051, nan_ok=True)
        assert number(cells[5]) == pytest.approx(float(row["revenue"]) / 1e6, abs=0.0051)
        assert number(cells[6]) == pytest.approx(number(row["capacity_factor"]) * 100, abs=0.051, nan_ok=True)


def test_drawn_power_equals_the_api(browser, server):
    with Opened(browser, f"{server.url}/generation?region=SA1&last=1d") as opened:
        drawn = opened.page.evaluate(
            """() => { for (const m of Bokeh.documents[0]._all_models.values())
               if (m.type === "ColumnDataSource" && m.data.v_wind) return {t: [...m.data.t], wind: [...m.data.v_wind]} }"""
        )
    rows = [r for r in answer(server, "/api/generation/by-fuel?region=SA1&last=1d") if r["fuel"] == "wind"]
    assert len(drawn["wind"]) == len(rows) + 1  # the last step has two edges
    for edge, mw, row in zip(drawn["t"][1:], drawn["wind"], rows, strict=False):
        assert mw == pytest.approx(float(row["mw"]), rel=1e-6)
        assert pd.Timestamp(row["time"]).tz_localize(None) == pd.Timestamp(edge, unit="ms")


def test_price_statistics_equal_the_api(browser, server):
    with Opened(browser, f"{server.url}/prices?last=7d") as opened:
        shown = {row[0]: row for row in opened.table()}
        href = opened.page.locator(".menu .link").filter(has_text="Statistics").locator("a").first.get_attribute("href")
    for row in answer(server, href.lstrip(".").replace("&format=json", "")):
        cells = shown[row["region"][:-1]]
        assert number(cells[1]) == pytest.approx(float(row["mean"]), abs=0.0051)
        assert number(cells[9]) == pytest.approx(float(row["negative_hours"]), abs=0.051)
        assert cells[7].startswith(f"{float(row['max']):,.2f}")


def test_a_visit_click_by_click(browser, server):
    with Opened(browser, f"{server.url}/generation") as opened:
        page = opened.page
        heading, detail = page.locator("h2").first, page.locator(".detail").first
        page.get_by_role("button", name="SA", exact=True).click()
        page.wait_for_url("**/generation?region=SA1")
        page.get_by_role("button", name="7D", exact=True).click()
        page.wait_for_url("**/generation?region=SA1&last=7d")
        detail.filter(has_text="by 30 minutes").wait_for()
        page.go_back()
        detail.filter(has_text="by 5 minutes").wait_for()
        assert heading.text_content() == "Generation by fuel · South Australia"
        page.mouse.move(400, 400)  # drag over a part of the chart: it is asked for anew
        page.mouse.down()
        page.mouse.move(600, 400, steps=4)
        page.mouse.up()
        page.wait_for_url("**/generation?region=SA1&start=*&end=*")
        page.go_back()
        page.wait_for_url("**/generation?region=SA1")
        page.get_by_role("button", name="Toggle dark theme").click()
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        page.get_by_role("navigation").get_by_role("link", name="Stations").click()
        page.wait_for_url("**/stations?region=SA1")
        page.wait_for_function(IDLE)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        page.keyboard.press("/")
        page.keyboard.type("hornsd")
        page.locator(".hits button").first.filter(has_text="Hornsdale").wait_for()
        page.locator(".hits button").first.click()
        page.wait_for_url("**/stations?*station=Hornsdale*")
        page.locator("h2", has_text="Hornsdale").first.wait_for()
        assert opened.trouble == []


def test_bad_parameters_are_told_and_ignored(browser, server):
    with Opened(browser, f"{server.url}/prices?last=2d&interval=5x&region=NSW1,<b>x</b>") as opened:
        alert = opened.page.locator(".problems")
        alert.wait_for()
        assert "interval" in alert.text_content()
        assert "<b>x</b>" in alert.text_content()
        assert alert.locator("b").count() == 0
        assert len(opened.table()) == 1
        alert.get_by_role("button").click()
        alert.wait_for(state="detached")
        assert opened.trouble == []


@pytest.mark.parametrize("slug", ["generation", "prices", "stations"])
def test_nothing_sticks_out_on_a_phone(browser, server, slug):
    with Opened(browser, f"{server.url}/{slug}", width=390, dark=True) as opened:
        opened.drawn()
        wide = opened.page.evaluate(
            """() => { const out = []; const walk = n => { for (const e of n.children) {
              if (/bk-Plot/.test(e.className)) continue
              const r = e.getBoundingClientRect()
              if (r.width > 0 && r.height > 0 && r.right > innerWidth + 1 && !/^(canvas|svg|path)$/i.test(e.tagName)) out.push(e.tagName + "." + e.className)
              walk(e); if (e.shadowRoot) walk(e.shadowRoot) } }; walk(document.body); return out }"""
        )
        assert wide == []
        opened.page.get_by_role("button", name="Pages").click()
        opened.page.locator(".drawer a", has_text="Prices").wait_for()
        assert opened.trouble == []


def test_an_empty_folder_says_how_to_get_data(browser, empty_server):
    for slug in ("overview", "stations"):  # the others are asked without a browser in tests/dashboards
        with Opened(browser, f"{empty_server.url}/{slug}") as opened:
            text = opened.page.locator(".state").first.text_content()
            assert "There is no data yet" in text
            assert "aemo-dashboard demo" in text
            assert "aemo-dashboard ingest --source" in text
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


def test_bare_panel_serve_works_and_outside_text_never_runs(browser, hostile_server):
    with Opened(browser, f"{hostile_server.url}/stations?duid=BATT1") as opened:
        opened.drawn()
        assert opened.page.locator("h2", has_text=HOSTILE).count() == 1
        assert opened.page.locator(".hits .name", has_text=HOSTILE).count() == 1
        assert opened.page.locator(".hits small", has_text=HOSTILE).count() == 1
        assert opened.page.locator(".hits img").count() == 0
        opened.page.locator("summary").first.click()
        assert "This server has no API" in opened.page.locator("details[open]").text_content()
        assert opened.page.locator("details[open] a").count() == 0
        assert opened.trouble == []
        assert opened.outside == []
