"""The revenue page in real Chromium: mouse, keyboard, address, and files of exactly what is shown."""

from __future__ import annotations

import io

import httpx
import pandas as pd
import pyarrow as pa
import pytest
from opened_page import Opened
from playwright.sync_api import expect
from test_pages_numbers import links, number

from components.queries.revenue import GROUPS

pytestmark = pytest.mark.browser


def frame_of(server, link: dict) -> pd.DataFrame:
    """What a link of a Data menu gives as JSON, which its CSV, Arrow and Parquet files must agree with."""
    frame = pd.DataFrame(httpx.get(server.url + link["api"].lstrip(".")).json()["data"])
    texts = [c for c in frame if c in GROUPS]
    files = {f["label"]: httpx.get(server.url + f["href"].lstrip(".")).content for f in link["files"]}
    others = [
        pd.read_csv(io.BytesIO(files["CSV"])),
        pa.ipc.open_stream(files["Arrow"]).read_pandas(),
        pd.read_parquet(io.BytesIO(files["Parquet"])),
    ]
    numbers = frame.columns.difference([*texts, "time"])
    for other in others:
        assert list(other.columns) == list(frame.columns)
        for name in texts:
            assert other[name].astype(object).fillna("").tolist() == frame[name].astype(object).fillna("").tolist()
        pd.testing.assert_frame_equal(
            other[numbers].astype(float), frame[numbers].astype(float), rtol=1e-12, check_dtype=False
        )
    assert len(frame)
    return frame


def keys(page) -> list[str]:
    return page.locator(".pivot tbody tr").evaluate_all("rows => rows.map(r => r.dataset.key)")


def row(page, key: str):
    return page.locator(f'.pivot tbody tr[data-key="{key}"]')


def test_groups_are_opened_sorted_and_moved_by_mouse_and_by_keyboard(browser, server):
    with Opened(browser, f"{server.url}/revenue?last=3d") as opened:
        page = opened.page
        row(page, "SA1").get_by_role("button").click()
        row(page, "SA1/wind").wait_for()
        page.wait_for_url("**/revenue?last=3d&open=SA1")
        assert "NSW1/coal" not in keys(page)  # what is closed was not sent
        row(page, "SA1").focus()
        page.keyboard.press("ArrowLeft")
        row(page, "SA1/wind").wait_for(state="detached")
        page.wait_for_url("**/revenue?last=3d")
        expect(row(page, "SA1")).to_be_focused()
        page.keyboard.press("ArrowRight")
        row(page, "SA1/wind").wait_for()
        page.keyboard.press("ArrowDown")
        assert (
            page.evaluate("() => location.search") == "?last=3d&open=SA1"
        )  # arrows in the table leave the window alone
        page.get_by_role("button", name="Energy GWh").click()
        page.wait_for_url("**sort=energy_mwh*")
        expect(page.locator(".pivot th[aria-sort=descending]")).to_have_text("EnergyGWh")
        word = page.locator('.pivot .chip[data-name="region"] .word')
        word.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**by=fuel,region*")
        expect(page.locator("h2").filter(has_text="Revenue by fuel, region")).to_have_count(1)
        page.get_by_label("Add a level").select_option("station")
        page.wait_for_url("**by=fuel,region,station*")
        page.locator('.pivot .chip[data-name="station"]').drag_to(page.locator('.pivot .chip[data-name="fuel"]'))
        page.wait_for_url("**by=station,fuel,region*")
        page.get_by_role("button", name="Remove Station").click()
        page.wait_for_url("**by=fuel,region")
        opened.answered()
        assert opened.trouble == []


def test_what_is_shown_is_what_the_files_hold_and_what_is_left_out_is_said(browser, server):
    with Opened(browser, f"{server.url}/revenue?last=7d&open=SA1") as opened:
        page = opened.page
        page.get_by_role("button", name="Fuel", exact=False).first.click()
        page.get_by_role("checkbox", name="Coal").uncheck()
        page.locator(".filters .left").get_by_text("Coal").wait_for()
        page.wait_for_url("**fuel=*")
        page.keyboard.press("Escape")
        page.locator(".filters .list").wait_for(state="hidden")
        opened.answered()
        link = links(opened)["The rows shown"]
        frame = frame_of(server, link)
        assert "coal" not in set(frame["fuel"])
        shown = page.locator(".pivot tbody tr").all()
        total = page.locator(".pivot tr.total td").all_text_contents()
        assert len(frame) == len(shown) + 1
        for cells, figures in zip(
            [total, *(r.locator("td").all_text_contents() for r in shown)], frame.to_dict("records"), strict=True
        ):
            assert number(cells[1]) == pytest.approx(figures["energy_mwh"] / 1e3, abs=0.051)
            assert number(cells[2]) == pytest.approx(figures["revenue"] / 1e6, abs=0.0051)
        left = page.locator(".filters .out").first.text_content()
        coal = frame_of(server, {**link, **plain(link)}).set_index("fuel").loc["coal"]
        assert left.startswith("Coal")
        assert number(left.removeprefix("Coal").split(" GWh")[0]) == pytest.approx(coal["energy_mwh"] / 1e3, rel=0.01)
        page.get_by_role("button", name="Show everything").click()
        page.wait_for_url("**/revenue?last=7d")
        page.locator(".filters .left").wait_for(state="hidden")
        assert opened.trouble == []


def plain(link: dict) -> dict:
    """The same link by fuel, with every fuel."""

    def changed(address: str) -> str:
        route, _, search = address.partition("?")
        kept = [p for p in search.split("&") if p.startswith("last=")]
        return f"{route}?{'&'.join([*kept, 'by=fuel'])}"

    return {
        "api": changed(link["api"]),
        "files": [{**f, "href": changed(f["href"])} for f in link["files"]],
    }


@pytest.mark.parametrize(("view", "there"), [("league", ".boards tbody tr"), ("time", ".entries span")])
def test_the_other_views_open_with_their_figures(browser, server, view, there):
    with Opened(browser, f"{server.url}/revenue?last=7d&view={view}") as opened:
        opened.page.locator(there).first.wait_for()
        frames = [frame_of(server, link) for link in links(opened).values()]
        assert all(len(f) for f in frames)
        if view == "league":
            first = frames[0].iloc[0]
            cells = opened.page.locator(".boards tbody tr").first.locator("td").all_text_contents()
            assert cells[1].startswith(str(first["station"]))
            assert number(cells[3]) == pytest.approx(first["revenue"] / 1e6, abs=0.0051)
        else:
            drawn = opened.drawn()
            assert len(drawn) == 1
            total = pd.Series(frames[0]["revenue"]).sum()
            assert opened.page.locator(".detail").first.text_content().endswith(f"${total / 1e6:.1f}M in all")
        assert opened.trouble == []


def test_small_amounts_have_an_axis_that_can_be_read(browser, server):
    """A single station's hours are a few thousand dollars: ticks of a chart in $M tell them apart."""
    with Opened(browser, f"{server.url}/revenue?by=station&station=Hornsdale%20Wind%20Farm&last=1d") as opened:
        opened.drawn()
        ticks = opened.page.evaluate(
            """() => { for (const m of Bokeh.documents[0]._all_models.values()) if (m.type === "Plot" && m.name === "Revenue") {
              const axis = m.left[0], ticks = axis.ticker.get_ticks_no_defaults(m.y_range.start, m.y_range.end, NaN, 7).major
              return axis.formatter.doFormat(ticks, {loc: 0}) } }"""
        )
        assert len(ticks) >= 3
        assert len(set(ticks)) == len(ticks)
        assert opened.trouble == []
