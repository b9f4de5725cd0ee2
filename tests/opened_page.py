"""A page in real Chromium, and everything that it complained about or asked of others.

Nothing here reads at once what a click is still to bring: controls are used one answer at a time, so that tests hold on
a machine that is several times slower.
"""

import re

from playwright.sync_api import expect

expect.set_options(timeout=30_000)

IDLE = "window.Bokeh && Bokeh.documents.length && Bokeh.documents.every(d => d.is_idle)"
# Pixels that are not transparent on the canvas of each plot that is shown; every chart must have drawn something.
DRAWN = """() => [...Bokeh.documents[0]._all_models.values()].filter(m => m.type === "Plot").flatMap(m => {
  const view = Bokeh.index.find_one_by_id(m.id)
  if (!view || !view.el.offsetWidth) return []
  const canvas = view.canvas_view.primary.canvas
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
  let pixels = 0
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) pixels++
  return [{name: m.name, pixels, glyphs: m.renderers.filter(r => r.visible !== false).length,
          rows: Math.max(0, ...m.renderers.map(r => r.data_source?.data.image?.[0]?.length ?? r.data_source?.get_length() ?? 0))}]
})"""
# Parts draw shortly after their data has come.
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


class Opened:
    """A page that is complete; ``before`` is called with it before it goes anywhere."""

    def __init__(
        self, browser, url: str, width: int = 1280, dark: bool = False, permissions=None, script: str = "", before=None
    ):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", permissions=permissions
        )
        if script:
            self.context.add_init_script(script)
        self.page = self.context.new_page()
        self.trouble: list[str] = []
        self.outside: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on("dialog", lambda d: (self.trouble.append(f"dialog {d.message}"), d.dismiss()))
        self.page.on("request", self._requested)
        if before is not None:
            before(self.page)
        self.page.goto(url)
        self.wait()

    def _requested(self, request) -> None:
        self.asked.append(request.url)
        if not re.match(r"(https?|wss?)://localhost[:/]|data:|blob:", request.url):
            self.outside.append(request.url)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()

    def wait(self) -> None:
        """Until the document is complete and its parts have drawn."""
        self.page.wait_for_function(IDLE)
        self.page.locator(".head h2").first.wait_for()
        self.page.locator(".bar .regions, .bar .presets").first.wait_for()
        self.page.locator("footer").first.wait_for()

    def answered(self) -> None:
        """Until the answer to what was done last is on the screen."""
        expect(self.page.locator(".bar.busy")).to_have_count(0)
        self.page.wait_for_function(IDLE)
        self.page.evaluate(PAINTED)

    def drawn(self) -> list[dict]:
        """What each visible plot has drawn, once they all have; some figures arrive after their page."""
        self.page.wait_for_function(f"() => ({DRAWN})().every(p => p.pixels > 500 && p.rows > 0)")
        return self.page.evaluate(DRAWN)

    def table(self) -> list[list[str]]:
        """Texts of the cells of every table on the page."""
        return [r.locator("td").all_text_contents() for r in self.page.locator(".sheet tbody tr").all()]

    def press(self, *names: str) -> None:
        """Buttons, one answer at a time."""
        for name in names:
            self.page.get_by_role("button", name=name, exact=True).click()
            self.answered()

    def pick(self, label: str, value: str) -> None:
        """An option of a list of the control bar."""
        self.page.locator(f"select[aria-label^='{label}']").select_option(value)
        self.answered()

    def open_menu(self, nth: int = 0) -> None:
        """The Data menu of a card, filled."""
        self.page.locator(".data summary").nth(nth).click()
        self.page.locator(".data").nth(nth).get_by_role("button", name="Copy link to this view").wait_for()
