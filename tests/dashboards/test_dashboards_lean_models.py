"""Lean models and components write the same pages, behave the same when changed, and cost less."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import panel as pn
import param
import pytest
from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import UnsetValueError
from bokeh.document import Document
from bokeh.model import Model, collect_models
from bokeh.models import (
    Button,
    ColumnDataSource,
    CustomJS,
    GlyphRenderer,
    InlineStyleSheet,
    LinearAxis,
    Plot,
    Range1d,
    Step,
    TapTool,
)
from bokeh.themes import Theme
from every_page import EVERY
from panel.io.state import set_curdoc

from components.dashboards.document import prepare
from components.dashboards.parts import CardHead, Column, Masthead
from components.panel_speed import components, models, static_files


@pytest.fixture
def lean() -> Iterator[None]:
    models.install()
    yield
    models.uninstall()


def written(document: Document) -> str:
    """A document as it is sent, its ids numbered in the order in which they turn up."""
    content = document.to_json(deferred=False)
    content.pop("defs", None)
    text = json.dumps(content, sort_keys=True)
    ids = dict.fromkeys(re.findall(r'"id": "([^"]+)"', text))
    for number, name in enumerate(ids):
        text = re.sub(rf"\b{re.escape(name)}\b", f"id {number}", text)
    return re.sub(r"([A-Za-z])\d{5}\b", r"\1", text)  # Param numbers its objects


def page_of(kind: Callable[[], Any]) -> Document:
    document = Document()
    with set_curdoc(document):
        kind().root.server_doc(document)
    return document


def stock_and_lean(make: Callable[[], Any]) -> tuple[Any, Any]:
    stock = make()
    models.install()
    components.install()
    try:
        return stock, make()
    finally:
        models.uninstall()
        components.uninstall()


@EVERY
def test_every_page_is_written_as_without_the_lever(kind, snapshot):
    if kind.slug in ("explorer", "status"):
        pytest.skip("its pictures come from a helper process, or it shows the memory of this one")
    page_of(kind)  # what is remembered by the process is
    stock, lean = stock_and_lean(lambda: written(page_of(kind)))
    assert len(stock) > 10_000
    assert lean == stock


def _each_model(told: Callable[[Any], Any]) -> dict[str, Any]:
    out = {}
    for name, kind in sorted(Model.model_class_reverse_map.items()):
        if not kind.__module__.startswith("bokeh.models"):
            continue
        try:
            out[name] = told(kind())
        except (TypeError, ValueError, NotImplementedError, RuntimeError, UnsetValueError) as why:
            out[name] = type(why).__name__
    return out


def _plain(value: Any) -> Any:
    return type(value).__name__ if isinstance(value, HasProps) else re.sub(r" at 0x\w+|id='\w+'", "", repr(value))


def test_every_model_of_bokeh_is_written_and_walked_as_without_the_lever():
    def told(model: Any) -> Any:
        walked = sorted(type(m).__name__ for m in collect_models(model))
        return walked, {k: _plain(v) for k, v in model.properties_with_values(include_defaults=False).items()}

    stock, lean = stock_and_lean(lambda: _each_model(told))
    assert len(stock) > 400
    assert {k: (v, lean[k]) for k, v in stock.items() if lean[k] != v} == {}


def test_every_property_has_the_same_value_when_it_is_looked_at():
    def told(model: Any) -> Any:
        out = {}
        for name in sorted(type(model).properties()):
            try:
                out[name] = _plain(getattr(model, name))
            except (UnsetValueError, AttributeError) as why:
                out[name] = type(why).__name__
        return out

    stock, lean = stock_and_lean(lambda: _each_model(told))
    assert {k: (v, lean[k]) for k, v in stock.items() if lean[k] != v} == {}


def test_a_container_comes_into_being_when_asked_for_and_belongs_to_one_model(lean):
    one, other = ColumnDataSource(), ColumnDataSource()
    assert "tags" not in one._unstable_default_values
    assert one.tags is one.tags
    one.tags.append("mine")
    assert (one.tags, other.tags, ColumnDataSource().tags) == (["mine"], [], [])
    assert one.properties_with_values(include_defaults=False)["tags"] == ["mine"]
    assert "tags" not in other.properties_with_values(include_defaults=False)


def test_changes_inside_containers_are_told(lean):
    told = []
    source = ColumnDataSource({"x": np.arange(3.0)})
    source.on_change("tags", lambda attr, old, new: told.append((attr, old, new)))
    source.on_change("data", lambda attr, old, new: told.append(attr))
    source.tags.append(1)
    source.data["y"] = np.arange(3.0)
    source.stream({"x": [3.0], "y": [3.0]})
    assert told == [("tags", [], [1]), "data", "data"]
    document = Document()
    document.add_root(source)
    events = []
    document.on_change(events.append)
    source.tags += [2]
    assert [(e.attr, e.new) for e in events] == [("tags", [1, 2])]


def test_models_made_before_go_on_as_they_were():
    old = ColumnDataSource(tags=[1])
    told = []
    old.on_change("tags", lambda attr, old, new: told.append(list(new)))
    models.install()
    try:
        old.tags.append(2)
        button = Button(tags=old.tags)
        old.tags = [3]
        button.tags.append(4)
        old.tags.append(5)
    finally:
        models.uninstall()
    assert (told, button.tags) == ([[1, 2], [3], [3, 5]], [1, 2, 4])


def test_one_container_in_two_models_tells_both_and_only_those_that_have_it(lean):
    shared = Button(tags=[1]).tags
    told = []
    shown = [Button(tags=shared), Button(tags=shared)]
    for model in shown:
        model.on_change("tags", lambda attr, old, new: told.append(new))
    shared.append(2)
    assert len(told) == 2
    shown[0].tags = [9]
    told.clear()
    shared.append(3)
    assert told == [[1, 2, 3]]


def test_shownin_containers_are_found_wherever_they_are(lean):
    plot = Plot(x_range=Range1d(), y_range=Range1d())
    plot.js_property_callbacks["change:width"] = [CustomJS(code="1")]
    plot.tags.append({"deep": [Step()]})
    plot.add_tools(TapTool(callback=CustomJS(code="2")))
    names = [type(m).__name__ for m in collect_models(plot)]
    assert (names.count("CustomJS"), names.count("Step"), names.count("TapTool")) == (2, 1, 1)


def test_what_must_be_set_is_missed(lean):
    document = Document()
    document.add_root(ColumnDataSource())
    with pytest.raises(UnsetValueError):
        GlyphRenderer(data_source=ColumnDataSource()).properties_with_values(include_defaults=False)
    with pytest.raises(UnsetValueError):
        collect_models(GlyphRenderer(data_source=ColumnDataSource()))


def test_a_theme_still_counts(lean):
    document = Document(theme=Theme(json={"attrs": {"LinearAxis": {"axis_line_color": "red", "tags": ["themed"]}}}))
    axis = LinearAxis()
    document.add_root(axis)
    assert (axis.axis_line_color, axis.tags) == ("red", ["themed"])
    assert axis.properties_with_values(include_defaults=False)["axis_line_color"] == "red"


@EVERY
def test_a_page_has_few_containers_that_nobody_looks_at(kind, snapshot):
    def count() -> int:
        page = page_of(kind)
        return sum(len(model._unstable_default_values) for model in page.models)

    stock, lean = stock_and_lean(count)
    assert lean < stock / 3


@EVERY
def test_parameters_are_copied_for_no_part(kind, snapshot):
    def copies() -> int:
        page = kind()
        page.root.server_doc(Document())
        return sum(len(part._param__private.params) for part in page.root.select())

    stock, lean = stock_and_lean(copies)
    assert (stock > 100, lean) == (True, 0)


def test_other_components_keep_parameters_of_their_own():
    components.install()
    try:
        tabs = pn.Tabs(("One", pn.Column()), ("Two", pn.Column()))
        assert tabs.param.active.bounds == (-1, 1)
        assert pn.Tabs.param["active"].bounds[1] is None
        assert tabs.param["active"] is not pn.Tabs.param["active"]
        assert pn.Column().param["objects"] is pn.Column.param["objects"]
    finally:
        components.uninstall()


def test_parts_of_one_script_share_its_name_and_the_browser_rewrites_none(monkeypatch):
    monkeypatch.setattr(static_files, "address_of", lambda name, text: None)
    first, second, other = CardHead().get_root(), CardHead(heading="another").get_root(), Masthead().get_root()
    assert first.bundle
    assert first.bundle == second.bundle != other.bundle
    assert first.esm == second.esm
    assert "export {render_part as render}" in first.esm
    assert not re.search(r"^\s*import\b", first.esm, re.M)


def test_a_script_is_a_file_where_files_can_be_served(monkeypatch):
    served = {}
    monkeypatch.setattr(
        static_files, "address_of", lambda name, text: served.setdefault(name, text) and f"files/{name}"
    )
    first, second, other = CardHead().get_root(), CardHead(heading="another").get_root(), Masthead().get_root()
    assert first.bundle == other.bundle == "url"
    assert first.esm == second.esm != other.esm
    assert served[first.esm.removeprefix("files/")] == CardHead._render_esm()
    assert re.fullmatch(r"files/nem-dashboard/card-[0-9a-f]{16}\.js", first.esm)


def test_a_document_holds_each_style_sheet_once():
    prepare()
    document = Document()
    with set_curdoc(document):
        document.add_root(Column(CardHead(), CardHead(), Column(Masthead())).get_root(document))
    sheets = [m for m in document.models if isinstance(m, InlineStyleSheet)]
    assert len(sheets) == len({m.css for m in sheets}) == 4  # columns, all parts, the two kinds of parts
    heads = [m for m in document.models if getattr(m, "class_name", "") == "CardHead"]
    assert len(heads) == 2
    assert heads[0].stylesheets == heads[1].stylesheets
    assert [type(s) for s in CardHead().get_root().stylesheets] == [str, str]  # of no document


def test_lists_of_parts_are_told_as_text_and_only_by_the_server():
    from components.dashboards.parts import Ledger, Part, Told

    kinds = Part.__subclasses__()
    assert len(kinds) > 10
    for kind in kinds:
        lists = {n for n in kind.param if isinstance(kind.param[n], param.List) and kind.param[n].owner is kind}
        assert all(isinstance(kind.param[n], Told) for n in lists), kind.__name__
    rows = [
        {
            "cells": [
                {"t": "Wivenhoe \u201cA\u201d", "v": np.float32(1.5)},
                {"t": "–", "v": float("nan")},
                {"v": np.float32("inf")},
            ]
        }
    ]
    ledger = Ledger(rows=rows)
    model = ledger.get_root()
    told = json.loads(model.data.rows)
    assert told == [{"cells": [{"t": "Wivenhoe \u201cA\u201d", "v": 1.5}, {"t": "–", "v": None}, {"v": None}]}]
    ledger.rows = rows[:0]
    assert model.data.rows == "[]"
    assert "rows" not in ledger._linked_properties
    assert 'const TOLD = new Set(["' in Ledger._render_esm()
