"""Cards that join an open page, in a browser that measures the page all the time, as it does while windows change their size."""

from opened_page import Opened
from playwright.sync_api import expect

MEASURE = """(() => {
  const columns = function* (view) { yield view; for (const child of view.child_views || []) yield* columns(child) }
  const measure = () => {
    for (const root of window.Bokeh?.index?.roots ?? []) for (const view of columns(root))
      if (/Column/.test(view.model.type) && view.el.isConnected && view._layout_computed) view.compute_layout()
    setTimeout(measure, 1)
  }
  measure()
})()"""


def test_charts_that_join_a_page_survive_being_measured(browser, server):
    with Opened(browser, f"{server.url}/overview", script=MEASURE) as opened:
        expect(opened.page.get_by_role("heading", name="Mix today")).to_be_visible()
        drawn = {chart["name"] for chart in opened.drawn()}
        assert "Mix now" in drawn
        assert len(opened.drawn()) >= 4
        assert opened.trouble == []
