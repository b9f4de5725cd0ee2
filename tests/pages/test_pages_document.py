"""The HTML around a page: what stands there before the page is drawn, its font, its icon."""

import re

import httpx
import pytest
from opened_page import Opened
from playwright.sync_api import expect

from components.dashboards import document
from components.dashboards.document import ASSETS, WEIGHTS, asset


def test_font_and_icon_come_from_this_server_and_stay_in_the_cache(server):
    html = httpx.get(f"{server.url}/prices").text
    addresses = set(re.findall(r'(?:href="|url\()([^")]*nem-dashboard[^")]*)', html))
    assert addresses == {asset("icon.svg"), *(asset(f"roboto-{w}.woff2") for w in WEIGHTS)}
    for address in addresses:
        answer = httpx.get(f"{server.url}/{address}")
        name = address.partition("?")[0].rpartition("/")[2]
        assert (answer.status_code, answer.content) == (200, (ASSETS / name).read_bytes())
        assert "immutable" in answer.headers["cache-control"]


def test_the_address_of_an_asset_follows_its_content(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "ASSETS", tmp_path)
    addresses = []
    for text in ("one", "two"):
        (tmp_path / "some.svg").write_text(text)
        addresses.append(asset("some.svg"))
        asset.cache_clear()
    assert addresses[0] != addresses[1]
    assert {a.partition("?v=")[0] for a in addresses} == {"static/extensions/nem-dashboard/some.svg"}


def test_title_and_theme_stand_in_the_html(server):
    html = httpx.get(f"{server.url}/prices", headers={"Cookie": "theme=dark"}).text
    assert '<html lang="en" data-theme="dark">' in html
    assert re.search(r"<title>Prices · [^<]+</title>", html)
    assert "<noscript>" in html
    assert 'data-theme="light"' in httpx.get(f"{server.url}/prices", headers={"Cookie": "theme=anything"}).text


@pytest.mark.browser
def test_what_stood_there_first_is_gone_when_the_page_is_drawn(browser, server):
    with Opened(browser, f"{server.url}/prices", dark=True) as opened:
        expect(opened.page.locator("#opening")).to_have_count(0)
        assert opened.page.evaluate("document.documentElement.dataset.theme") == "dark"
        loaded = (
            "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family))"
        )
        assert set(opened.page.evaluate(loaded)) == {"Roboto"}
        expect(opened.page.locator("nav a").first).to_have_css("font-family", "Roboto, system-ui, sans-serif")


@pytest.mark.browser
def test_a_page_whose_socket_is_refused_says_what_may_be_wrong(browser, server):
    page = browser.new_page()
    try:
        page.clock.install()
        page.route_web_socket(re.compile(r"/ws"), lambda socket: socket.close())
        page.goto(f"{server.url}/prices")
        expect(page.locator("#opening")).to_have_count(1)
        page.clock.run_for(11_000)
        expect(page.get_by_text("server.allow_websocket_origin")).to_be_visible()
    finally:
        page.close()


@pytest.mark.browser
def test_a_page_without_its_scripts_says_so(browser, server):
    page = browser.new_page()
    try:
        page.clock.install()
        page.route(re.compile(r"\.min\.js"), lambda route: route.abort())
        page.goto(f"{server.url}/prices")
        page.clock.run_for(11_000)
        expect(page.get_by_text("The scripts of this page have not come.")).to_be_visible()
    finally:
        page.close()
