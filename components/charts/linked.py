"""A stack and the table that is its legend, linked in the browser: pointing at a band tells the table which one it is.

The other way round the table finds the bands by the ids in :func:`band_ids`. Nothing of this goes to the server.
"""

from __future__ import annotations

from collections.abc import Mapping

from bokeh.events import MouseLeave, MouseMove
from bokeh.models import CustomJS, GlyphRenderer

from components.charts.stack import StackChart

_MOVE = """
const d = source.data, t = d.t, x = cb_obj.x, y = cb_obj.y
let key = null
if (t.length > 1 && x >= t[0] && x <= t[t.length - 1]) {
  let low = 0, high = t.length - 1
  while (low < high) { const middle = (low + high + 1) >> 1; if (t[middle] <= x) low = middle; else high = middle - 1 }
  for (const [name, inner, outer] of bands) {
    const a = d[inner][low], b = d[outer][low]
    if (a !== b && y >= Math.min(a, b) && y < Math.max(a, b)) { key = name; break }
  }
}
if (source.nem_band === key) return
source.nem_band = key
window.dispatchEvent(new CustomEvent("nem-band", {detail: {key}}))
"""
_LEAVE = "source.nem_band = null; window.dispatchEvent(new CustomEvent('nem-band', {detail: {key: null}}))"


def link_bands(chart: StackChart) -> None:
    """Tell tables on the page which band the pointer is on (the event ``nem-band``)."""
    bands = []
    for load in (False, True):
        inner = "zero"
        for name, layer in chart.kinds.items():
            if layer.load is load:
                bands.append([name, inner, f"e_{name}"])
                inner = f"e_{name}"
    chart.figure.js_on_event(MouseMove, CustomJS(args={"source": chart.source, "bands": bands}, code=_MOVE))
    chart.figure.js_on_event(MouseLeave, CustomJS(args={"source": chart.source}, code=_LEAVE))


def band_ids(renderers: Mapping[str, GlyphRenderer]) -> dict[str, str]:
    """Layer -> id of what draws it in the browser, for a table's ``bands``."""
    return {name: renderer.id for name, renderer in renderers.items() if renderer.visible}
