"""What a page is told leaves in one piece.

A message of Bokeh's protocol is at least three frames, and two more for each array; Panel hands each to the system by
itself, with a task that waits for it. At each of these calls Python's lock is given up, and while threads compute the
event loop waits up to 5 ms to get it back: with a dozen arrays a change waits that often. Here the frames of
a message are put one after the other and handed over once.
"""

from __future__ import annotations

import json
from asyncio import Future, ensure_future
from collections.abc import Sequence
from typing import Any

import panel.io.document as panel_document
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketProtocol13

_stock = panel_document.dispatch_tornado
TEXT, BINARY = 0x1, 0x2


async def _sent(written: Future[None]) -> None:
    try:
        await written
    except StreamClosedError:
        raise WebSocketClosedError from None


def _dispatch(connection: Any, events: Any = None, msg: Any = None) -> Sequence[Future[None]]:
    socket = getattr(connection._socket, "ws_connection", None)
    if type(socket) is not WebSocketProtocol13 or socket._compressor or socket.is_closing():
        return _stock(connection, events, msg)
    if msg is None:
        if not events:
            return []
        msg = connection.protocol.create("PATCH-DOC", events)
    parts: list[tuple[int, Any]] = [(TEXT, text) for text in (msg.header_json, msg.metadata_json, msg.content_json)]
    for buffer in msg._buffers:
        parts += [(TEXT, json.dumps(buffer.ref)), (BINARY, buffer.to_bytes())]
    return [ensure_future(_sent(_written(socket, parts)))]


def _written(socket: Any, parts: Sequence[tuple[int, Any]]) -> Future[None]:
    """Hand the frames of these texts and bytes to the system at once."""
    stream, frames = socket.stream, _Frames()
    socket.stream = frames  # which frames are written, tornado knows
    try:
        for kind, part in parts:
            data = part.encode() if isinstance(part, str) else bytes(part)
            socket._message_bytes_out += len(data)
            socket._write_frame(True, kind, data)
    finally:
        socket.stream = stream
    try:
        return stream.write(b"".join(frames.made))
    except StreamClosedError:
        raise WebSocketClosedError from None


class _Frames:
    """In place of a stream: keeps what is written."""

    def __init__(self) -> None:
        self.made: list[bytes] = []

    def write(self, frame: bytes) -> None:
        self.made.append(frame)


def install() -> None:
    """Hand over whole messages from now on."""
    setattr(panel_document, "dispatch_tornado", _dispatch)  # noqa: B010 - a function is replaced on purpose


def uninstall() -> None:
    """The stock way again."""
    setattr(panel_document, "dispatch_tornado", _stock)  # noqa: B010
