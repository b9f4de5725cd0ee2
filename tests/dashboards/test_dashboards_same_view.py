"""Dragging over a chart: every figure, table and word beside it becomes that of the new window."""

import re

import numpy as np
import pandas as pd
import panel as pn
import pytest
from bokeh.models import ColumnDataSource, HoverTool
from every_page import dashboard_of

from components.dashboards.parts import Part
from components.vocabulary import PAGES

LATER = {"explorer"}
"""Pages whose pictures arrive by themselves, after the page has drawn."""
VIEWS = [
    (slug, view) for slug in PAGES if slug not in LATER for view in [v.slug for v in dashboard_of(slug).views] or [""]
]
SHOWN = ("rows", "total", "caption", "tiles", "hits", "entries", "heading", "detail", "mode", "reason", "links")
FROM, TO = pd.Timestamp("2024-03-01T06:00"), pd.Timestamp("2024-03-02T12:00")


def numbers(source: ColumnDataSource) -> dict[str, float]:
    """Sum of every column that is all numbers."""
    out = {}
    for name, column in source.data.items():
        values = np.asarray(column) if len(column) else np.empty(0)
        if values.dtype.kind in "fiu":
            out[name] = float(np.nansum(values.astype(float)))
    return out


def shown(page) -> list:
    """Everything that the parts and figures of a page say, in order."""
    out = []
    for part in page.root.select(Part):
        out.append({name: getattr(part, name) for name in SHOWN if name in part.param})
    for pane in page.root.select(pn.pane.Bokeh):
        for renderer in pane.object.renderers:
            if renderer.visible and isinstance(renderer.data_source, ColumnDataSource):
                out.append(numbers(renderer.data_source))
    return out


def unknown_variables(page) -> list[str]:
    """What hovers say with a dollar and letters: Bokeh writes ``???`` for all but its own variables."""
    figures = [pane.object for pane in page.root.select(pn.pane.Bokeh)]
    tips = [str(tool.tooltips) for f in figures for tool in f.toolbar.tools if isinstance(tool, HoverTool)]
    return [found for tip in tips for found in re.findall(r"\$(?!(?:index|name|x|y|sx|sy|snap_x|snap_y)\b)\w+", tip)]


@pytest.mark.parametrize(("slug", "view"), VIEWS, ids=lambda v: v or "only")
def test_a_zoomed_page_is_the_page_at_that_address(snapshot, slug, view):
    kind = dashboard_of(slug)
    page = kind(f"?view={view}" if view and view != kind.views[0].slug else "")
    before = shown(page)
    page._zoomed(FROM, TO)
    again = kind(page.bar.search)
    assert f"start={FROM:%Y-%m-%dT%H:%M}" in page.bar.search
    assert shown(page) == shown(again)
    assert shown(page) != before
    assert unknown_variables(page) == []


TOO_SHORT = {("prices", "capture"), ("prices", "cumulative")}
"""Views over days or weeks, of which the market of these tests has two."""


def figures(slug: str, view: str, interval: str) -> list:
    """What a view shows at an interval, but for the words and addresses that repeat the interval."""
    page = dashboard_of(slug)(f"?interval={interval}" + (f"&view={view}" if view else ""))
    said = ("links", "heading", "detail", "caption")
    return [{k: v for k, v in part.items() if k not in said} for part in shown(page)]


@pytest.mark.parametrize(("slug", "view"), [v for v in VIEWS if v not in TOO_SHORT], ids=lambda v: v or "only")
def test_an_interval_is_offered_where_it_changes_something(snapshot, slug, view):
    page = dashboard_of(slug)(f"?view={view}" if view else "")
    if slug == "revenue":
        assert page.bar.intervals == []  # its question has steps of its own, with a list of their own
        return
    assert (figures(slug, view, "5m") != figures(slug, view, "1h")) == bool(page.bar.intervals)
