"""A closed page is gone without the collector; what is no part of it stays as it is."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import panel as pn
import param
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Range1d
from panel.custom import JSComponent
from panel.io.application import _on_session_destroyed
from panel.io.state import set_curdoc

from components.panel_speed import taking_apart
from components.panel_speed.taking_apart import TakingApart, empty, empty_model, parts_of


class Button(JSComponent):
    told = param.Callable()
    _rename = {"told": None}
    _esm = "export function render() {}"


class Face:
    def __init__(self, page: Page):
        self.page = page


class Page(pn.viewable.Viewer):
    shown = param.Boolean()

    def __init__(self, shared: list[Any]):
        super().__init__()
        self.shared = shared
        self.faces = {"one": Face(self)}
        self.button = Button(told=lambda: self.shared)
        self.other = Button(told=partial(self.changed, 1))
        self.button.param.watch(self.changed, "name")
        self.range = Range1d(start=0, end=1)
        self.range.on_change("end", lambda attr, old, new: self.shared)
        self.root = pn.Column(self.button, pn.Row(self.other))

    def changed(self, *_: object) -> None: ...


@pytest.fixture
def by_hand() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_the_parts_of_a_page_are_found_wherever_they_are_kept():
    outside = Button()
    page = Page([1, 2])
    found = parts_of(page, (Face,))
    assert {type(part).__name__ for part in found} == {"Page", "Face", "Button", "Column", "Row"}
    assert len([part for part in found if isinstance(part, Button)]) == 2
    assert page.faces["one"] in found
    assert outside not in found


def test_an_emptied_page_needs_no_collector(by_hand: None):
    shared = [1, 2]
    page = Page(shared)
    page_range = page.range
    seen = [weakref.ref(part) for part in parts_of(page, (Face,))]
    for part in parts_of(page, (Face,)):
        empty(part)
    # Its models are emptied with the document.
    empty_model(page_range)
    empty_model(of_another := Range1d(start=3))
    del page, part
    assert [ref() for ref in seen if ref() is not None] == []
    assert shared == [1, 2]
    assert of_another.start == 0  # as a new one
    assert Button(told=print).told is print  # the class is what it was


def _told(_source: object, attr: str, old: object, new: object) -> None: ...


def test_an_emptied_model_forgets_who_hears_it(by_hand: None):
    source = ColumnDataSource({"x": [1]})
    source.tags.append("mine")
    source.on_change("data", partial(_told, source))
    seen = weakref.ref(source)
    empty_model(source)
    del source
    assert seen() is None


def test_a_session_that_ends_leaves_nothing(by_hand: None, monkeypatch: pytest.MonkeyPatch):
    """As the server ends one: the document is destroyed, then Panel's own calls come."""
    monkeypatch.setattr(taking_apart, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(taking_apart, "EVERY_SECONDS", 0.0)
    apart = TakingApart()
    monkeypatch.setattr(taking_apart, "taking_apart", apart)
    freed = asyncio.Event()
    monkeypatch.setattr(taking_apart.tidying, "freed", freed.set)

    async def session() -> list[weakref.ref[Any]]:
        document = Document()
        with set_curdoc(document):
            page = Page([])
            page.root.server_doc(document, location=False)
            document.add_root(page.range)
        seen = [weakref.ref(part) for part in [*parts_of(page, (Face,)), *document.models]]
        document.on_session_destroyed(lambda _: apart.wanted(page, (Face,)))
        document.destroy = partial(taking_apart._destroy, document)
        document.destroy(None)
        _on_session_destroyed(SimpleNamespace(_document=document, id="x"))
        waiting = taking_apart.tidying.still_whole
        await asyncio.wait_for(freed.wait(), 20)
        assert (waiting, taking_apart.tidying.still_whole) == (2, 0)  # the models and the page
        return seen

    monkeypatch.setattr(type(pn.state), "schedule_task", lambda *_, **__: None)
    seen = asyncio.run(session())
    assert len(seen) > 8
    assert [ref() for ref in seen if ref() is not None] == []


def test_what_cannot_be_taken_apart_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(taking_apart, "AFTER_SECONDS", 0.0)
    monkeypatch.setattr(taking_apart, "EVERY_SECONDS", 0.0)
    page = Page([])

    async def both() -> None:
        freed = asyncio.Event()
        monkeypatch.setattr(taking_apart.tidying, "freed", freed.set)
        apart = TakingApart()
        apart.wanted(["no model"])
        apart.wanted(page, (Face,))
        await asyncio.wait_for(freed.wait(), 20)

    asyncio.run(both())
    assert "not taken apart" in caplog.text
    assert "faces" not in vars(page)


def test_without_a_loop_nothing_is_taken_apart():
    page = Page([])
    TakingApart().wanted(page, (Face,))
    assert page.faces


def test_panel_calls_it_when_a_document_ends():
    import panel.io.application as panel_application

    taking_apart.install()
    try:
        assert panel_application._destroy_document is taking_apart._destroy
    finally:
        taking_apart.uninstall()
    assert panel_application._destroy_document is taking_apart._stock
