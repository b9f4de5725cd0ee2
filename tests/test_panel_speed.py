"""Levers in Panel's and Bokeh's inner parts change what a page costs, never what it is."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import panel as pn
import pytest
import tornado.testing
import tornado.web
from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.document import Document
from bokeh.models import ColumnDataSource, LinearAxis, Plot, Range1d, Step
from bokeh.server.views.multi_root_static_handler import MultiRootStaticHandler
from panel.custom import JSComponent
from panel.io.state import set_curdoc

from components import panel_speed
from components.panel_speed import defaults, definitions, resources, static_files


@pytest.fixture
def levers() -> Iterator[None]:
    """Defaults and definitions as they are served, taken off again."""
    defaults.install()
    definitions.install()
    yield
    defaults.uninstall()
    definitions.uninstall()


def test_other_versions_take_the_stock_way():
    assert panel_speed.fits({"bokeh": "3.9.2", "panel": "1.9.4"})
    assert not panel_speed.fits({"bokeh": "3.9.2", "panel": "1.90.0"})
    assert not panel_speed.fits({"bokeh": "3.10.0", "panel": "1.9.4"})
    assert not panel_speed.fits({"bokeh": "3.9.2"})


def _everything() -> dict[str, object]:
    """Each property's default of every Bokeh model that can be made without arguments, as plain values."""
    out = {}
    from bokeh.model import Model

    for name, kind in sorted(Model.model_class_reverse_map.items()):
        if not kind.__module__.startswith("bokeh.models"):
            continue
        try:
            model = kind()
        except (TypeError, ValueError, NotImplementedError, RuntimeError):
            continue
        for prop in kind.properties():
            try:
                value = getattr(model, prop)
            except Exception as why:
                value = type(why).__name__
            out[f"{name}.{prop}"] = type(value).__name__ if isinstance(value, HasProps) else repr(value)
    out = {k: re.sub(r"id='p\d+'", "id", str(v)) for k, v in out.items()}
    return {k: v for k, v in out.items() if " object at 0x" not in v and not k.endswith(".id")}


def test_defaults_are_the_same_for_every_model_of_bokeh():
    stock = _everything()
    defaults.install()
    try:
        _everything()
        remembered = _everything()
    finally:
        defaults.uninstall()
    assert len(stock) > 5_000
    assert {k: (v, remembered.get(k)) for k, v in stock.items() if remembered.get(k) != v} == {}


def test_models_do_not_share_what_can_be_changed(levers):
    one, other = ColumnDataSource(), ColumnDataSource()
    one.data["x"] = [1]
    one.tags.append("mine")
    assert "x" not in other.data
    assert other.tags == []
    assert ColumnDataSource().tags == []


def test_a_theme_still_counts(levers):
    axis = LinearAxis()
    assert axis.axis_line_color == "black"
    axis.apply_theme({"axis_line_color": "red"})
    assert axis.axis_line_color == "red"
    assert LinearAxis().axis_line_color == "black"
    axis.unapply_theme()
    assert axis.axis_line_color == "black"


def _document() -> Document:
    document = Document()
    plot = Plot(x_range=Range1d(start=0, end=1), y_range=Range1d(start=0, end=1))
    plot.add_layout(LinearAxis(), "below")
    plot.add_glyph(ColumnDataSource({"x": np.arange(3.0), "y": np.arange(3.0)}), Step(x="x", y="y"))
    document.add_root(plot)
    return document


def test_a_document_is_written_as_the_stock_way_writes_it():
    document = _document()
    stock = document.to_json(deferred=False)
    defaults.install()
    definitions.install()
    try:
        made = document.to_json(deferred=False)
    finally:
        defaults.uninstall()
        definitions.uninstall()
    assert json.dumps(made["roots"], sort_keys=True) == json.dumps(stock["roots"], sort_keys=True)
    assert {k: v for k, v in made.items() if k not in ("defs", "roots")} == {
        k: v for k, v in stock.items() if k not in ("defs", "roots")
    }
    # What is defined is defined as in the stock document.
    by_name = {d["name"]: d for d in stock.get("defs", [])}
    assert all(by_name[d["name"]] == d for d in made.get("defs", []))


class FirstPart(JSComponent):
    _esm = "export function render() {}"


class LaterPart(JSComponent):
    _esm = "export function render() {}"


def test_a_document_defines_what_it_uses_and_later_parts_bring_theirs(levers):
    document = Document()
    with set_curdoc(document):
        page = pn.Column(FirstPart())
        page.server_doc(document)
        first, later = FirstPart._data_model.__qualified_model__, LaterPart._data_model.__qualified_model__
        defined = {d["name"] for d in document.to_json(deferred=False)["defs"]}
        assert first in defined
        assert later not in defined
        page.append(LaterPart())
        page.append(LaterPart())
    added = [m for m in document.models if type(m).__name__ == "ReactiveESM" and m.class_name == "LaterPart"]
    assert [m._defs for m in added if m._defs] == [[LaterPart._data_model]]
    again = {d["name"] for d in document.to_json(deferred=False)["defs"]}
    assert {first, later} <= again


def test_without_the_lever_no_text_has_an_address():
    static_files.uninstall()
    assert static_files.address_of("ours/some.js", "1") is None


def test_stock_is_back_after_taking_the_levers_off():
    assert PropertyDescriptor._get_default.__module__ == "bokeh.core.property.descriptors"
    assert Document.to_json.__module__ == "bokeh.document.document"


class TestStaticFiles(tornado.testing.AsyncHTTPTestCase):
    TEXT = "const answer = 42\n" * 500

    def get_app(self):
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        (Path(self.folder.name) / "some.js").write_text(self.TEXT)
        (Path(self.folder.name) / "tiny.js").write_text("1")
        (Path(self.folder.name) / "font.woff2").write_bytes(b"\0" * 5_000)
        static_files.install()
        self.addCleanup(static_files.uninstall)
        return tornado.web.Application(
            [("/static/extensions/(.*)", MultiRootStaticHandler, {"root": {"ours": self.folder.name}})]
        )

    def ask(self, path, **headers):
        return self.fetch(f"/static/extensions/ours/{path}", headers=headers, decompress_response=False)

    def test_compressed_for_who_accepts_it(self):
        answer = self.ask("some.js?v=1", **{"Accept-Encoding": "br, gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) == len(answer.body) < 500
        assert gzip.decompress(answer.body).decode() == self.TEXT
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Accept-Encoding" in answer.headers["Vary"]

    def test_plain_for_who_does_not(self):
        for accepted in ("", "br", "gzip;q=0"):
            answer = self.ask("some.js", **{"Accept-Encoding": accepted})
            assert "Content-Encoding" not in answer.headers
            assert answer.body.decode() == self.TEXT
            assert "immutable" not in answer.headers["Cache-Control"]

    def test_small_and_packed_files_stay_as_they_are(self):
        for name in ("tiny.js", "font.woff2"):
            assert "Content-Encoding" not in self.ask(name, **{"Accept-Encoding": "gzip"}).headers

    def test_asking_again_costs_nothing(self):
        tag = self.ask("some.js", **{"Accept-Encoding": "gzip"}).headers["Etag"]
        again = self.ask("some.js", **{"Accept-Encoding": "gzip", "If-None-Match": tag})
        assert (again.code, again.body) == (304, b"")

    def test_a_text_of_the_program_is_served_like_a_file(self):
        name = f"ours/put-together-{id(self)}.js"
        assert static_files.address_of(name, self.TEXT) == f"static/extensions/{name}"
        self.addCleanup(static_files._texts.pop, name)
        packed = self.ask(name.removeprefix("ours/"), **{"Accept-Encoding": "gzip"})
        plain = self.ask(name.removeprefix("ours/"))
        assert gzip.decompress(packed.body).decode() == plain.body.decode() == self.TEXT
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "immutable" in packed.headers["Cache-Control"]
        address = f"/static/extensions/{name}"
        head = self.fetch(address, method="HEAD", headers={"Accept-Encoding": "gzip"}, decompress_response=False)
        assert (head.body, head.headers["Content-Length"]) == (b"", packed.headers["Content-Length"])

    def test_no_more_texts_than_were_thought_of(self):
        known = dict(static_files._texts)
        self.addCleanup(lambda: (static_files._texts.clear(), static_files._texts.update(known)))
        given = [static_files.address_of(f"ours/{n}.js", "1") for n in range(static_files.MOST_TEXTS + 1)]
        assert given[-1] is None
        assert len(static_files._texts) == static_files.MOST_TEXTS

    def test_a_range_is_a_range_of_the_file(self):
        part = self.ask("some.js", **{"Accept-Encoding": "gzip", "Range": "bytes=0-4"})
        assert (part.code, part.body) == (206, b"const")

    def test_what_is_not_there_is_not_there(self):
        assert self.ask("none.js", **{"Accept-Encoding": "gzip"}).code == 404
        assert self.ask("../../etc/passwd", **{"Accept-Encoding": "gzip"}).code in (403, 404)


def test_a_file_is_compressed_once_however_many_ask(tmp_path, monkeypatch):
    (tmp_path / "big.js").write_text("x" * 5_000)
    times = []
    stock = static_files._pack
    monkeypatch.setattr(static_files, "_pack", lambda path: times.append(path) or stock(path))

    async def ten():
        return await asyncio.gather(*(static_files.packed(str(tmp_path / "big.js")) for _ in range(10)))

    assert len({len(body) for body in asyncio.run(ten())}) == 1
    assert len(times) == 1


def test_browsers_import_components_themselves_where_none_names_another_module():
    class Plain(JSComponent):
        _esm = "export function render() {}"

    class Naming(Plain):
        _esm = "import React from 'react'"
        _importmap: ClassVar = {"imports": {"react": "https://elsewhere.example/react"}}

    plain, naming = Plain().get_root(), Naming().get_root()
    files = [Plain().get_root() for _ in range(3)]
    for model, name in zip(files, "bab", strict=True):
        model.bundle, model.esm = "url", f"static/extensions/some/{name}.js"
    lines = resources._imports([plain, *files])
    assert lines is not None
    begun = [f'importShim("static/extensions/some/{name}.js").catch(() => {{}});' for name in "ab"]
    assert lines.splitlines() == [resources.IMPORTS, *begun]
    assert resources._imports([plain]) == resources.IMPORTS
    assert resources._imports([plain, naming]) is None
