"""Levers that spare the event loop waits for Python's lock: the same files, the same bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import panel.io.document as panel_document
import pytest
import tornado.testing
import tornado.web
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent
from bokeh.models import ColumnDataSource
from bokeh.protocol import Protocol
from panel.theme.base import DarkTheme, DefaultTheme
from param import Filename, Parameterized
from tornado.websocket import WebSocketClosedError, WebSocketHandler, websocket_connect

from components.panel_speed import found_files, one_write


@pytest.fixture
def remembered() -> Iterator[None]:
    found_files.install()
    yield
    found_files.uninstall()


class Holder(Parameterized):
    file = Filename(default=None, check_exists=False)


def test_a_file_is_looked_for_once(remembered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    style = tmp_path / "style.css"
    style.write_text("a {}")
    asked: list[Any] = []
    stock = found_files._stock
    monkeypatch.setattr(found_files, "_stock", lambda self, path: asked.append(path) or stock(self, path))
    one, other = Holder(file=str(style)), Holder(file=style)
    assert [one.file, one.file, other.file] == [str(style)] * 3
    assert asked == [str(style)]


def test_what_is_not_there_or_not_absolute_is_looked_for_again(
    remembered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    later = tmp_path / "later.css"
    holder = Holder(file=str(later))
    assert holder.file == str(later)  # as stock: the path as it was given
    assert found_files._found == {}
    later.write_text("a {}")
    monkeypatch.chdir(tmp_path)
    holder.file = "later.css"
    assert Path(holder.file) == later
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "later.css").write_text("b {}")
    monkeypatch.chdir(tmp_path / "sub")
    assert Path(holder.file) == tmp_path / "sub" / "later.css"


def test_panels_themes_have_the_style_sheets_of_the_stock_way():
    themes = (DefaultTheme, DarkTheme)
    stock = [(theme().base_css, theme().css) for theme in themes]
    found_files.install()
    try:
        assert [(theme().base_css, theme().css) for theme in themes * 2] == stock * 2
        assert len(found_files._found) >= 2
    finally:
        found_files.uninstall()


class Told(WebSocketHandler):
    """Sends a patch with arrays to whoever comes."""

    dispatch: Any = None

    async def open(self, *_: str) -> None:
        source = ColumnDataSource({"x": np.arange(3.0), "long": np.arange(20_000.0)})
        document = Document()
        document.add_root(source)
        event = ColumnDataChangedEvent(document, source, "data", dict(source.data))
        connection = SimpleNamespace(_socket=self, protocol=Protocol())
        writes: list[int] = []
        stream = self.ws_connection.stream
        stock = stream.write
        stream.write = lambda data: writes.append(len(data)) or stock(data)
        futures = type(self).dispatch(connection, [event])
        del stream.write
        await asyncio.gather(*futures)
        await self.write_message(str(len(writes)))


class TestOneWrite(tornado.testing.AsyncHTTPTestCase):
    """Over a real socket: what arrives is what the stock way sends."""

    def get_app(self) -> tornado.web.Application:
        return tornado.web.Application([("/ws", Told)])

    async def _frames(self, dispatch: Any) -> list[str | bytes | None]:
        Told.dispatch = staticmethod(dispatch)
        socket = await websocket_connect(f"ws://localhost:{self.get_http_port()}/ws")
        frames = [await socket.read_message() for _ in range(8)]
        socket.close()
        return frames

    @tornado.testing.gen_test
    async def test_the_same_frames_in_one_write(self) -> None:
        stock, ours = await self._frames(one_write._stock), await self._frames(one_write._dispatch)
        kinds = [type(frame) for frame in stock]
        assert kinds == [str, str, str, str, bytes, str, bytes, str]
        assert [type(frame) for frame in ours] == kinds
        assert [ours[i] for i in (1, 4, 6)] == [stock[i] for i in (1, 4, 6)]
        assert [len(str(ours[i])) for i in (0, 2, 3, 5)] == pytest.approx(
            [len(str(stock[i])) for i in (0, 2, 3, 5)], abs=8
        )
        assert (int(str(stock[7])), int(str(ours[7]))) == (7, 1)

    @tornado.testing.gen_test
    async def test_a_socket_that_has_been_closed_is_told_so(self) -> None:
        class Gone:
            def write(self, _: bytes) -> None:
                raise one_write.StreamClosedError

        socket = SimpleNamespace(stream=Gone(), _message_bytes_out=0, _write_frame=lambda *_: None)
        with pytest.raises(WebSocketClosedError):
            one_write._written(socket, [(one_write.TEXT, "a")])

    @tornado.testing.gen_test
    async def test_nothing_to_say_is_nothing_sent(self) -> None:
        assert one_write._dispatch(SimpleNamespace(_socket=SimpleNamespace(ws_connection=None))) == []


def test_panel_hands_over_whole_messages():
    one_write.install()
    try:
        assert panel_document.dispatch_tornado is one_write._dispatch
    finally:
        one_write.uninstall()
    assert panel_document.dispatch_tornado is one_write._stock
