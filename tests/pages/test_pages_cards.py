"""What every card and the control bar can do in the browser: tables, pictures, keys, states, a menu that fits."""

import io

import pytest
from opened_page import Opened
from PIL import Image
from playwright.sync_api import expect

from components.charts.palette import DARK, LIGHT
from components.vocabulary import PAGES

pytestmark = pytest.mark.browser


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def as_table(opened, nth: int = 0):
    opened.open_menu(nth)
    opened.page.get_by_role("button", name="Show as table").click()
    box = opened.page.locator("dialog.box")
    box.locator(".count").wait_for()
    return box


def test_a_chart_is_a_table_of_what_it_draws(browser, server):
    with Opened(
        browser, f"{server.url}/overview?region=SA1&last=1d", permissions=["clipboard-read", "clipboard-write"]
    ) as opened:
        page = opened.page
        opened.drawn()
        box = as_table(opened, 2)
        head = box.locator("th").all_text_contents()
        assert head[0] == "NEM time (UTC+10)"
        assert "Wind (MW)" in head
        expect(box.locator(".count")).to_have_text("1–100 of 288 rows")
        first = box.locator("tbody tr").first.locator("td").all_text_contents()
        drawn = page.evaluate(
            """() => [...Bokeh.documents[0]._all_models.values()].find(m => m.type === "ColumnDataSource" && m.data.v_wind)
               .data.v_wind[0]"""
        )
        assert first[0] == "Thu 29 Feb 2024 00:00–00:05"
        assert first[head.index("Wind (MW)")] == f"{round(drawn):,}"
        box.get_by_role("button", name="Next").click()
        expect(box.locator(".count")).to_have_text("101–200 of 288 rows")
        expect(box.locator("td").first).to_have_text("Thu 29 Feb 2024 08:20–08:25")
        copy = box.get_by_role("button", name="Copy all rows")
        copy.click()
        expect(copy).to_have_text("Copied ✓")
        lines = page.evaluate("navigator.clipboard.readText()").split("\n")
        assert len(lines) == 289
        assert lines[0].split("\t") == head
        assert lines[1].split("\t") == first
        page.keyboard.press("Escape")
        expect(box).to_have_count(0)
        assert opened.trouble == []


@pytest.mark.parametrize("slug", list(PAGES))
def test_every_figure_of_every_page_can_be_a_table(browser, server, slug):
    with Opened(browser, f"{server.url}/{slug}", width=1440) as opened:
        opened.drawn()
        shown = opened.page.locator(".data summary:visible")
        for nth in range(shown.count()):
            shown.nth(nth).click()
            menu = opened.page.locator("details[open] .menu")
            menu.get_by_role("button", name="Copy link to this view").wait_for()
            button = menu.get_by_role("button", name="Show as table")
            if not button.count():
                opened.page.keyboard.press("Escape")
                continue
            button.click()
            box = opened.page.locator("dialog.box")
            expect(box.locator(".count")).to_contain_text("rows")
            words = box.locator("th, td").all_text_contents()
            assert words
            assert not [w for w in words if "undefined" in w or "NaN" in w or "[object" in w or not w.strip()], words[
                :40
            ]
            opened.page.keyboard.press("Escape")
            expect(box).to_have_count(0)
        assert opened.trouble == []


def test_a_card_is_a_picture_with_title_legend_and_source_on_the_themes_ground(browser, server):
    with Opened(browser, f"{server.url}/overview?last=1d", dark=True) as opened:
        opened.drawn()
        width = opened.page.locator("h2", has_text="Generation").first.evaluate(
            "node => node.getRootNode().host.parentNode.host.offsetWidth"
        )
        opened.page.locator(".entries").filter(has_text="Battery charging").first.wait_for()
        opened.open_menu(2)
        with opened.page.expect_download() as download:
            opened.page.get_by_role("button", name="PNG").click()
        picture = Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB")
        assert opened.trouble == []
    assert download.value.suggested_filename == "generation-national-electricity-market-29-feb-2024.png"
    assert picture.width > 1.8 * width  # two pixels for each of the screen's
    assert picture.getpixel((2, 2)) == rgb(DARK.card)

    def painted(top: int, bottom: int) -> set[tuple[int, ...]]:
        return {colour for _, colour in picture.crop((0, top, picture.width, bottom)).getcolors(1 << 24)}

    assert rgb(DARK.ink) in painted(40, 88)  # the title
    legend = painted(120, 230)
    assert {rgb(DARK.fuels[f]) for f in ("coal", "wind", "solar")} <= legend
    assert rgb(DARK.muted) in painted(picture.height - 100, picture.height - 40)  # the source
    assert rgb(LIGHT.card) not in painted(0, 30)


def focused(page) -> str:
    return page.evaluate(
        "() => { let n = document.activeElement; while (n?.shadowRoot?.activeElement) n = n.shadowRoot.activeElement; return n?.ariaLabel || n?.type || '' }"
    )


def test_keys_move_the_window_and_the_region_and_leave_fields_alone(browser, server):
    with Opened(browser, f"{server.url}/overview?start=2024-02-25&end=2024-02-26") as opened:
        page = opened.page

        def press(key: str, search: str) -> None:
            page.keyboard.press(key)
            page.wait_for_function("s => location.search === s", arg=search)
            opened.answered()

        press("ArrowLeft", "?start=2024-02-24&end=2024-02-25")
        press("ArrowRight", "?start=2024-02-25&end=2024-02-26")
        press("+", "?start=2024-02-25T06:00&end=2024-02-25T18:00")
        press("-", "?start=2024-02-25&end=2024-02-26")
        press("r", "?start=2024-02-25&end=2024-02-26&region=NSW1")
        page.keyboard.press("?")
        box = page.locator("dialog.box")
        box.wait_for()
        assert "Next region" in box.text_content()
        assert focused(page) == "Close"
        page.keyboard.press("Tab")  # nowhere else to go: the rest of the page is out of reach
        page.keyboard.press("r")
        page.keyboard.press("Escape")
        expect(box).to_have_count(0)
        page.locator("select[aria-label='Interval']").focus()
        page.keyboard.press("ArrowLeft")  # a field's own
        page.locator("input[aria-label='First day']").focus()
        page.keyboard.press("r")
        assert page.evaluate("location.search") == "?start=2024-02-25&end=2024-02-26&region=NSW1"
        page.locator("h2").first.click()
        page.keyboard.press("/")
        page.wait_for_url("**/stations?region=NSW1&start=2024-02-25&end=2024-02-26**")
        opened.wait()
        page.wait_for_function("() => !location.hash")
        assert focused(page).startswith("Search")
        assert opened.trouble == []


def test_old_figures_are_dimmed_while_an_answer_is_under_way(browser, server):
    held: list = []
    holding = []

    def between(socket) -> None:
        upstream = socket.connect_to_server()
        upstream.on_message(lambda message: held.append((socket, message)) if holding else socket.send(message))

    with Opened(
        browser, f"{server.url}/overview", before=lambda page: page.route_web_socket(lambda url: True, between)
    ) as opened:
        opened.drawn()
        opened.page.wait_for_function(DIM, arg=False)
        holding.append(True)
        opened.page.get_by_role("button", name="3D", exact=True).click()
        opened.page.wait_for_function(DIM, arg=True)
        holding.clear()
        for socket, message in held:
            socket.send(message)
        opened.page.wait_for_url("**last=3d")
        opened.page.wait_for_function(DIM, arg=False)
        assert opened.trouble == []


DIM = """dimmed => { const node = [...Bokeh.documents[0]._all_models.values()].find(m => m.type === "Plot")
  const of = (n) => n ? Number(getComputedStyle(n).opacity) * of(n.parentElement ?? n.getRootNode().host) : 1
  const opacity = of(Bokeh.index.find_one_by_id(node.id).el)
  return dimmed ? opacity < .6 : opacity === 1 }"""


def test_a_card_says_how_late_its_newest_data_is(browser, server):
    with Opened(browser, f"{server.url}/overview") as opened:
        stale = opened.page.locator(".stale")
        expect(stale.first).to_be_hidden()
        set_newest = """minutes => { for (const m of Bokeh.documents[0]._all_models.values()) if (m.class_name === "CardHead")
          m.data.newest_iso = new Date(Date.now() - minutes * 60000).toISOString() }"""
        opened.page.evaluate(set_newest, 20.5)
        expect(stale.first).to_have_text("newest data is 20 min old")
        opened.page.evaluate(set_newest, 5)
        expect(stale.first).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_eleven_pages_fit_the_masthead(browser, server, width):
    with Opened(browser, f"{server.url}/overview", width=width) as opened:
        page = opened.page
        page.evaluate(
            """() => { const m = [...Bokeh.documents[0]._all_models.values()].find(m => m.class_name === "Masthead")
            m.data.pages = [...Array(11).keys()].map(i => ({label: "Transmission " .slice(0, 9 + i % 4), href: "./p" + i, current: i === 10})) }"""
        )
        opener = page.locator(".burger:visible, .more:visible")
        expect(page.locator(".drawer a")).to_have_count(11)
        expect(opener).to_have_count(1)
        out = page.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(n => [...(n.shadowRoot?.querySelectorAll('.top > *') ?? [])])"
            ".filter(n => n.offsetWidth && n.getBoundingClientRect().right > innerWidth).map(n => n.className)"
        )
        assert out == []
        if width > 760:
            expect(opener).to_have_text("Transmissio ▾")  # the page that is open has no room, so the opener names it
        opener.click()
        expect(page.locator(".drawer a").last).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".drawer")).to_be_hidden()
        assert opened.trouble == []
