"""A visitor without a browser: speaks Bokeh's websocket protocol, reads what a browser would read, draws nothing."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

TOKEN = re.compile(r'"token":"([^"]+)"')
BAR = '"changes"'
"""Attribute of the control bar that is set at the end of every change (``ControlBar.tell``)."""
ADDED = '"attr":"children"'
"""What a message says that places more on the page."""
LONGEST_SECONDS = 120
MOST_BYTES = 2**28


class VisitError(RuntimeError):
    """The server did not answer as Bokeh's protocol says."""


@dataclass
class Visit:
    """One open page.

    Attributes
    ----------
    html_seconds, open_seconds : until the HTML was there; until the whole document was.
    html_bytes, document_bytes, joined_bytes : what came; the last after the first screen was shown.
    bar, has_regions : id of the control bar ("" on a page without one), and whether it offers regions.
    """

    base: str
    page: str
    socket: WebSocketClientConnection = field(repr=False)
    html_seconds: float = 0.0
    open_seconds: float = 0.0
    html_bytes: int = 0
    document_bytes: int = 0
    joined_bytes: int = 0
    bar: str = ""
    has_regions: bool = False

    @classmethod
    async def open(cls, base: str, page: str, query: str = "") -> Visit:
        """Fetch the page, open its socket, pull the document.

        Raises
        ------
        VisitError
            When an answer is not what the protocol says.
        """
        began = time.perf_counter()
        answer = await AsyncHTTPClient().fetch(f"{base}/{page}{query}", request_timeout=LONGEST_SECONDS)
        html_seconds = time.perf_counter() - began
        found = TOKEN.search(answer.body.decode())
        if found is None:
            raise VisitError(f"/{page} holds no session token")
        address = base.replace("http", "ws", 1) + f"/{page}/ws"
        request = HTTPRequest(address, headers={"Origin": base}, request_timeout=LONGEST_SECONDS)
        socket = await websocket_connect(request, subprotocols=["bokeh", found[1]], max_message_size=MOST_BYTES)
        visit = cls(base, page, socket, html_seconds, html_bytes=len(answer.body))
        header, _, _ = await visit.receive()
        if header["msgtype"] != "ACK":
            raise VisitError(f"/{page} began with {header['msgtype']}")
        reference = await visit.send("PULL-DOC-REQ", {})
        while True:
            header, text, size = await visit.receive()
            if header.get("reqid") == reference:
                break
        visit.open_seconds = time.perf_counter() - began
        visit.document_bytes = size
        roots = json.loads(text)["doc"]["roots"]
        bar = _part_of(roots, "ControlBar")
        visit.bar, visit.has_regions = str(bar.get("id", "")), '"regions": "[{' in json.dumps(bar)
        await visit.say("document_ready", {})
        if shown := _part_of(roots, "Shown"):
            await visit._see(str(shown["id"]))
        return visit

    async def _see(self, shown: str) -> None:
        """Say that the first screen is there, as the browser does, and take what then joins the page."""
        await self.say("data_event", {"model": {"id": shown}, "data": as_map({"shown": True})})
        while True:
            header, text, size = await self.receive()
            if header["msgtype"] == "PATCH-DOC":
                self.joined_bytes += size
                if ADDED in text:
                    return

    async def receive(self) -> tuple[dict[str, Any], str, int]:
        """One message: header, content, bytes with its buffers."""
        header = json.loads(await self._read())
        await self._read()
        text = await self._read()
        size = len(text)
        for _ in range(header.get("num_buffers", 0)):
            await self._read()
            size += len(await self._read())
        return header, text, size

    async def _read(self) -> Any:
        try:
            part = await asyncio.wait_for(self.socket.read_message(), LONGEST_SECONDS)
        except TimeoutError:
            raise VisitError(f"/{self.page} did not answer within {LONGEST_SECONDS} s") from None
        if part is None:
            raise VisitError(f"the server closed the socket of /{self.page}")
        return part

    async def send(self, kind: str, content: dict[str, Any]) -> str:
        """One message to the server; returns its id."""
        reference = uuid.uuid4().hex
        for part in ({"msgid": reference, "msgtype": kind}, {}, content):
            await self.socket.write_message(json.dumps(part))
        return reference

    async def say(self, event: str, values: dict[str, Any]) -> None:
        """An event of the page, as the browser reports it."""
        told = {"type": "event", "name": event, "values": as_map(values)}
        await self.send("PATCH-DOC", {"events": [{"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": told}]})

    async def change(self, **message: Any) -> tuple[float, int, int]:
        """What the control bar says when something is chosen; waits for what is drawn anew.

        Returns
        -------
        seconds, bytes and messages until the page had been told everything.
        """
        began = time.perf_counter()
        await self.say("data_event", {"model": {"id": self.bar}, "data": as_map(message)})
        total = messages = 0
        while True:
            header, text, size = await self.receive()
            if header["msgtype"] == "ERROR":
                raise VisitError(text[:300])
            if header["msgtype"] == "PATCH-DOC":
                total, messages = total + size, messages + 1
                if BAR in text:
                    return time.perf_counter() - began, total, messages

    def close(self) -> None:
        """As when the tab is closed."""
        self.socket.close()


def as_map(values: dict[str, Any]) -> dict[str, Any]:
    """A mapping as Bokeh's protocol writes it."""
    return {"type": "map", "entries": list(values.items())}


def _part_of(part: Any, kind: str) -> dict[str, Any]:
    """The first browser component of a kind, empty on a page without one."""
    if isinstance(part, dict):
        attributes = part.get("attributes")
        if isinstance(attributes, dict) and attributes.get("class_name") == kind:
            return part
        part = list(part.values())
    if isinstance(part, list):
        for inside in part:
            found = _part_of(inside, kind)
            if found:
                return found
    return {}
