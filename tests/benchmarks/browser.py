"""The first chart drawn in Chromium and the bytes fetched for it, cold and on a later visit, beside two bare pages.

The browser has a profile on disk, as a person's has, made anew for each series of visits. A browser that keeps everything in
memory (Playwright's ``new_context``, a private window) never keeps the compiled scripts, which Chromium writes at the second
or third visit: repeat visits are those from the fourth on.

A chart counts as drawn when a Bokeh glyph has data and its plot's canvas shows more than one colour; the browser looks
at every frame, on every page in the same way.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import Bench, Found
from figures import Figure, Skipped
from serving import PROJECT, baseline, dashboard

from components.vocabulary import PAGES

SHELL, BARE = "shell", "bare"
LONGEST_MS = 60_000
FILLING = 2
"""Visits between the first and the one that counts as repeated: compiled scripts are kept from the second on."""
LOOK = """(() => {
  const painted = canvas => {
    if (canvas.width < 100 || canvas.height < 60) return false;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let at = 0; at < pixels.length; at += 4 * 97)
      if (pixels[at + 3] > 0) { seen.add(pixels[at] << 16 | pixels[at + 1] << 8 | pixels[at + 2]); if (seen.size > 2) return true; }
    return false;
  };
  const canvases = function* (node) {
    if (node.shadowRoot) yield* canvases(node.shadowRoot);
    for (const child of node.children || []) { if (child.tagName === "CANVAS") yield child; yield* canvases(child); }
  };
  const rows = source => {
    const columns = source.data instanceof Map ? [...source.data.values()] : Object.values(source.data);
    return columns.length ? columns[0].length : 0;
  };
  const fed = () => {
    for (const doc of (window.Bokeh && Bokeh.documents) || [])
      for (const model of doc._all_models ? doc._all_models.values() : [])
        if (model.type === "GlyphRenderer" && model.visible && rows(model.data_source) > (model.glyph.type.startsWith("Image") ? 0 : 1)) return true;
    return false;
  };
  const look = () => {
    if (document.body && fed()) for (const canvas of canvases(document.body)) if (painted(canvas)) { window.firstChart = performance.now(); return; }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();"""


class Chromium:
    """Starts a headless Chromium for each profile."""

    def __init__(self, kind: Any, path: str):
        self.kind, self.path = kind, path

    def launch_persistent_context(self, profile: str, **options: Any) -> Any:
        """A browser that keeps what it keeps in a folder."""
        return self.kind.launch_persistent_context(
            profile, executable_path=self.path, args=["--no-sandbox", "--disable-gpu"], **options
        )


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A headless Chromium.

    Raises
    ------
    Skipped
        When there is none.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Skipped("playwright is not installed") from None
    sys.path.insert(0, str(PROJECT / "tests"))
    from find_browser import playwright_browser, system_browser

    path = system_browser() or playwright_browser()
    if path is None:
        raise Skipped("there is no Chromium")
    with sync_playwright() as playwright:
        yield Chromium(playwright.chromium, str(path))


def visit(context: Any, address: str) -> dict[str, float]:
    """Open an address in a page of its own: first chart [ms], bytes and requests fetched until half a second later."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    total = {"bytes": 0.0, "requests": 0}

    def loaded(event: dict[str, Any]) -> None:
        total["bytes"] += event["encodedDataLength"]
        total["requests"] += event["encodedDataLength"] > 0

    network.on("Network.loadingFinished", loaded)
    network.on(
        "Network.webSocketFrameReceived",
        lambda event: total.update(bytes=total["bytes"] + len(event["response"]["payloadData"])),
    )
    page.add_init_script(LOOK)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.firstChart", timeout=LONGEST_MS)
    drawn = page.evaluate("window.firstChart")
    page.wait_for_timeout(500)
    page.close()
    return {"chart_ms": drawn, **total}


def cold_and_again(browser: Chromium, address: str) -> tuple[dict[str, float], dict[str, float]]:
    """A visit with an empty profile, and the one after those that fill it."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as profile:
        context = browser.launch_persistent_context(profile, viewport={"width": 1440, "height": 900})
        try:
            cold = visit(context, address)
            for _ in range(FILLING):
                visit(context, address)
            return cold, visit(context, address)
        finally:
            context.close()


def measure(bench: Bench) -> Found:
    """Every page beside the empty shell and the bare Panel page, in turn."""
    cold: dict[str, list[dict[str, float]]] = {}
    again: dict[str, list[dict[str, float]]] = {}
    with chromium() as browser, baseline(BARE, SHELL) as bare, dashboard(bench.data) as server:
        addresses = {p: f"{bare.base}/{p}" for p in (BARE, SHELL)} | {p: f"{server.base}/{p}" for p in PAGES}
        for address in addresses.values():  # the server has been visited before, this browser's cache has not
            cold_and_again(browser, address)
        for _ in range(bench.runs(4)):
            for page, address in addresses.items():
                first, second = cold_and_again(browser, address)
                cold.setdefault(page, []).append(first)
                again.setdefault(page, []).append(second)

    def column(rows: list[dict[str, float]], name: str, by: float) -> list[float]:
        return [r[name] / by for r in rows]

    figures = []
    for against, page, words, target in (
        ("shell", SHELL, "the empty shell with one line", 1.3),
        ("bare", BARE, "a bare Panel page with one line", 2.2),
    ):
        for name in PAGES:
            figures.append(
                Figure(f"browser.{against}.{name}", f"First chart of {name}, cold cache", "s", column(cold[name], "chart_ms", 1e3),
                       column(cold[page], "chart_ms", 1e3), words, target)
            )  # fmt: skip
    for name in PAGES:
        figures.append(
            Figure(f"browser.repeat.{name}", f"First chart of {name}, repeat visit", "s", column(again[name], "chart_ms", 1e3), target=1)
        )  # fmt: skip
    for name in PAGES:
        figures.append(
            Figure(f"browser.bytes.{name}", f"Bytes of {name}, cold cache", "kB", column(cold[name], "bytes", 1e3),
                   column(cold[BARE], "bytes", 1e3), "the bare Panel page")
        )  # fmt: skip
        figures.append(
            Figure(f"browser.kept.{name}", f"Bytes of {name}, second visit", "kB", column(again[name], "bytes", 1e3))
        )
    return Found(figures, {"cold": cold, "again": again})
