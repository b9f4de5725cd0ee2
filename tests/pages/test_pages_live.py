"""A new version published under open pages, in a real browser: the live edge moves, what was panned into history does not."""

import pandas as pd
from live_server import start_server, stop_server
from opened_page import Opened, expect
from two_day_market import END, publish

EDGES = """() => [...Bokeh.documents[0]._all_models.values()].filter(m => m.type === "Plot" && m.x_range.end > 1e12)
  .map(m => [m.x_range.start, m.x_range.end])[0]"""
DAY = 86_400_000


def days_old(opened: Opened) -> int:
    text = opened.page.locator(".age").first.text_content()
    assert text.endswith("days ago"), text
    return int(text.split(" ")[0].replace(",", ""))


def test_a_new_version_moves_the_live_edge_and_nobody_who_looks_at_history(browser, tmp_path):
    folder = tmp_path / "data"
    publish(folder, END)
    server = start_server(folder, tmp_path / "log.txt")
    try:
        with Opened(browser, f"{server.url}/overview") as live, Opened(browser, f"{server.url}/overview") as panned:
            panned.page.keyboard.press("ArrowLeft")
            panned.page.wait_for_url("**end=2024-03-02**")
            panned.answered()
            before, history, age = live.page.evaluate(EDGES), panned.page.evaluate(EDGES), days_old(live)
            assert history[1] == before[1] - DAY
            expect(live.page.locator(".newest")).to_have_text("3 Mar 2024 00:00")
            address = panned.page.url
            publish(folder, END + pd.Timedelta(days=1))
            for opened in (live, panned):
                expect(opened.page.locator(".newest")).to_have_text("4 Mar 2024 00:00")
            live.page.wait_for_function(f"end => ({EDGES})()[1] === end", arg=before[1] + DAY)
            assert days_old(live) == age - 1
            expect(live.page.get_by_text("at 4 Mar 2024 00:00 NEM time")).to_be_visible()
            assert panned.page.evaluate(EDGES) == history
            assert panned.page.url == address
            records = live.page.locator("table", has_text="Price, highest")
            expect(records).to_be_visible()  # worked out beside the loop, for the new version too
            assert live.trouble == panned.trouble == []
    finally:
        stop_server(server)
