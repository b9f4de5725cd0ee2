"""The explorer in real Chromium over the helper process: pictures, zoom, hover, the map, and a helper that is killed."""

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_pages_browser import Opened

pytestmark = pytest.mark.browser
PLOT = """(name) => { const m = [...Bokeh.documents[0]._all_models.values()].find(m => m.type === "Plot" && m.name === name)
  return Bokeh.index.find_one_by_id(m.id) }"""
# The picture, or the lines or points in its place, are there and nothing is on its way.
READY = f"""(name) => {{ const view = ({PLOT})(name); if (!view) return false
  const m = view.model, loading = m.center.find(c => c.type === "Label")
  return !loading.visible && m.renderers.some(r => (r.data_source.data.image?.length || r.data_source.data.t?.length || r.data_source.data.price?.length) > 0) }}"""
FRAME = f"""(name) => {{ const v = ({PLOT})(name), r = v.el.getBoundingClientRect(), b = v.frame.bbox
  return {{x: r.x + b.left, y: r.y + b.top, width: b.width, height: b.height}} }}"""


def ready(opened, name: str, detail: str) -> str:
    """Wait until a view's picture is there and its card says so; the card's words."""
    words = opened.page.locator(".detail:visible").filter(has_text=re.compile(detail))
    words.first.wait_for()
    opened.page.wait_for_function(READY, arg=name)
    return words.first.text_content()


def drag(opened, name: str, *shares: tuple[float, float]) -> None:
    """Press at the first place of a plot's inside and let go at the last."""
    box = opened.page.evaluate(FRAME, name)
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in shares]
    opened.page.mouse.move(*at[0])
    opened.page.mouse.down()
    for place in at[1:]:
        opened.page.mouse.move(*place, steps=5)
    opened.page.mouse.up()


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(c)
        for t in Path(f"/proc/{pid}/task").iterdir()
        if t.name != str(pid)
        for c in (t / "children").read_text().split()
    ]


def test_a_visit_to_the_explorer(browser, server):
    with Opened(browser, f"{server.url}/explorer") as opened:
        page = opened.page
        assert "60 units" in ready(opened, "Units", "units")
        drag(opened, "Units", (0.2, 0.5), (0.6, 0.5))
        page.wait_for_url("**/explorer?start=*&end=*")
        ready(opened, "Units", "mean of each|every 5-minute reading")
        box = page.evaluate(FRAME, "Units")
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"], steps=3)
        page.locator(".bk-Tooltip").filter(has_text="% of capacity").first.wait_for()
        window = page.evaluate("location.search")
        drag(opened, "Archive", (0.05, 0.5), (0.15, 0.5))  # a new frame
        page.wait_for_function("w => location.search !== w", arg=window)
        ready(opened, "Units", "every 5-minute reading|mean of each")
        page.get_by_role("button", name="Prices", exact=True).click()
        page.wait_for_url("**/explorer?*view=prices*")
        assert "price" in ready(opened, "All prices", "prices|price")
        link = page.locator("nav a:visible", has_text="Generation").last
        expect(link).to_have_attribute("href", re.compile(r"\./generation\?start=2024-02-.*&end="))
        helpers = children(server.process.pid)
        assert len(helpers) == 1
        os.kill(helpers[0], signal.SIGKILL)
        page.get_by_role("button", name="Day × hour", exact=True).click()
        ready(opened, "Price by day and hour", "prices, every one of them")
        assert page.locator(".state.error").count() == 0
        assert children(server.process.pid) not in ([], helpers)
        assert opened.trouble == []
        assert opened.outside == []
