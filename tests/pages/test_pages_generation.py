"""The generation page in a real browser: its views, its table as legend."""

import pytest
from opened_page import Opened
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

VIEWS = ["Time of day", "Year on year", "Regions", "Utilisation", "Over time"]
# Opacity of the bands of the stack.
BANDS = """() => Object.fromEntries([...Bokeh.documents[0]._all_models.values()]
  .filter(m => m.type === "GlyphRenderer" && m.visible && m.glyph.type === "VAreaStep" && m.name)
  .map(m => [m.name, m.glyph.fill_alpha.value]))"""


@pytest.mark.parametrize("width", [1280, 390])
def test_every_view_draws_and_nothing_sticks_out(browser, server, width):
    with Opened(browser, f"{server.url}/generation?last=7d&interchange=1", width=width) as opened:
        for name in VIEWS:
            opened.press(name)
            expect(opened.page.locator(".views button[aria-pressed=true]")).to_have_text(name)
            assert opened.drawn()
            wide = opened.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], name
        assert opened.trouble == []


def test_pointing_at_a_row_brings_out_its_band_and_a_click_isolates_it(browser, server):
    with Opened(browser, f"{server.url}/generation?region=SA1") as opened:
        page = opened.page
        opened.drawn()
        wind = page.locator("tbody tr[data-key=wind]")
        wind.hover()
        page.wait_for_function(f"() => {{ const b = ({BANDS})(); return b.wind === 1 && b.gas < 1 }}")
        page.mouse.move(5, 5)
        page.wait_for_function(f"() => Object.values(({BANDS})()).every(a => a === 1)")
        wind.click()
        page.wait_for_url("**/generation?region=SA1&fuel=wind")
        opened.answered()
        expect(page.locator("h2").first).to_have_text("Generation by fuel: Wind only · South Australia")
        page.mouse.move(5, 5)
        page.locator("tbody tr[data-key=gas]").click(modifiers=["Shift"])
        page.wait_for_url("**/generation?region=SA1&fuel=gas,wind")
        opened.answered()
        page.locator("tbody tr[data-key=gas]").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/generation?region=SA1&fuel=gas")
        opened.answered()
        assert opened.trouble == []


def test_pointing_at_a_band_lights_its_row(browser, server):
    with Opened(browser, f"{server.url}/generation?region=SA1&fuel=wind") as opened:
        opened.drawn()
        # Wind alone: from zero up to its power, so a little above the foot of the plot it is wind.
        spot = opened.page.evaluate(
            """() => { const plot = [...Bokeh.documents[0]._all_models.values()].find(m => m.type === "Plot" && m.name === "Generation by fuel")
            const view = Bokeh.index.find_one_by_id(plot.id), box = view.el.getBoundingClientRect(), f = view.frame
            const d = plot.renderers.find(r => r.name === "wind").data_source.data, i = d.e_wind.indexOf(Math.max(...d.e_wind))
            return [box.x + f.x_scale.compute(d.t[i] + 60000), box.y + f.y_scale.compute(d.e_wind[i] / 2)] }"""
        )
        opened.page.mouse.move(spot[0] - 3, spot[1])
        opened.page.mouse.move(spot[0], spot[1])
        expect(opened.page.locator("tbody tr.lit")).to_have_count(1)
        assert opened.page.locator("tbody tr.lit").get_attribute("data-key") == "wind"
        opened.page.mouse.move(5, 5)
        expect(opened.page.locator("tbody tr.lit")).to_have_count(0)
        assert opened.trouble == []
