"""The API answers from an event loop of its own, however busy the pages' loop is.

One process, one port: a thread of its own takes every connection and reads its first request. Requests to the API are
answered there; at any other the connection is handed to the pages' loop, with what was read of it, and comes back with the
next request to the API. So a page that takes a tenth of a second to build holds no answer up for longer than Python takes
to change threads, and each loop's state is its own.

Used with the versions it was written for, without TLS and where no one is asked to log in; otherwise, and under any other
server, one loop does everything.

It is a choice (``api.own_loop``), off by default. Three hundred pages visited one after the other on a busy machine all
opened, and every browser test holds with it; health was answered many times as soon under a crowd. But beside other
programs, in one pair of runs, pages opened up to twice as slowly: probably each change from thread to thread waits then.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import sys
import threading
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream
from tornado.web import Application

from components.api.draining import drain
from components.api.limits import limits

if TYPE_CHECKING:
    _Server = HTTPServer
else:
    _Server = object

log = logging.getLogger(__name__)

WRITTEN_FOR = {"bokeh": r"3\.9(\.|$)", "tornado": r"6\.[56](\.|$)"}
SWITCH_SECONDS = 0.001
"""How long a thread may keep Python's lock while another waits; the usual 5 ms, several times a request, add up."""
MOST_LEFT_OVER = 2**20
LEFT_OUT = ("autoreload", "debug", "default_handler_class", "default_handler_args")
"""Settings of the pages' application that the API's does not share."""
_MARK = "_has_front"


class Resumed(IOStream):
    """A connection of which something has been read already."""

    def __init__(self, connection: socket.socket, begun: bytes, **options: Any):
        self._begun = begun
        super().__init__(connection, **options)

    def read_from_fd(self, buf: bytearray | memoryview) -> int | None:
        if not self._begun:
            return super().read_from_fd(buf)
        count = min(len(buf), len(self._begun))
        memoryview(buf)[:count] = self._begun[:count]
        self._begun = self._begun[count:]
        return count


class _Sorted(HTTPMessageDelegate):
    """One request: answered here, or the connection is handed to the other server with it."""

    def __init__(self, server: Sorting, server_conn: object, request_conn: Any):
        self._server, self._server_conn, self._request_conn = server, server_conn, request_conn
        self._answering: HTTPMessageDelegate | None = None

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Awaitable[None] | None:
        if not self._server.is_ours(start_line.path):
            address = self._request_conn.context.address
            self._server.hand_on(self._request_conn.detach(), address, start_line, headers)
            return None
        self._answering = self._server.answering(self._server_conn, self._request_conn)
        return self._answering.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._answering.data_received(chunk) if self._answering is not None else None

    def finish(self) -> None:
        if self._answering is not None:
            self._answering.finish()

    def on_connection_close(self) -> None:
        if self._answering is not None:
            self._answering.on_connection_close()


class Sorting(_Server):
    """A server that answers its own requests and hands the others on.

    Attributes
    ----------
    other : the server of the other loop and that loop; None = every request is its own.
    prefix : what precedes ``/api`` on this server.
    answers_api : whether the API's requests are its own, or all others.
    """

    other: tuple[HTTPServer, IOLoop] | None = None
    prefix = ""
    answers_api = False

    def is_ours(self, path: str) -> bool:
        """Whether a request's target is answered here."""
        rest = path[len(self.prefix) :] if path.startswith(self.prefix) else ""
        return self.other is None or self.answers_api == bool(re.match(r"/api(?:[/?]|$)", rest))

    def start_request(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        return _Sorted(self, server_conn, request_conn)

    def answering(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        """What answers a request of our own."""
        return super().start_request(server_conn, request_conn)

    def hand_on(self, stream: IOStream, address: Any, start_line: RequestStartLine, headers: HTTPHeaders) -> None:
        """Give a connection to the other server, beginning with the request that was read."""
        assert self.other is not None
        server, loop = self.other
        lines = [f"{start_line.method} {start_line.path} {start_line.version}"]
        lines += [f"{name}: {value}" for name, value in headers.get_all()]
        begun = "\r\n".join([*lines, "", ""]).encode("latin1")
        left: Any = stream.read_bytes(MOST_LEFT_OVER, partial=True)
        if left.done() and left.exception() is None:
            begun += left.result()
        else:
            left.add_done_callback(lambda future: future.cancelled() or future.exception())
        connection = stream.socket.dup()
        stream.close()
        loop.add_callback(_resume, server, connection, begun, address)


def _resume(server: HTTPServer, connection: socket.socket, begun: bytes, address: Any) -> None:
    stream = Resumed(connection, begun, max_buffer_size=server.max_buffer_size, read_chunk_size=server.read_chunk_size)
    server.handle_stream(stream, address)


class Front(Sorting, HTTPServer):
    """The server in the API's thread."""

    answers_api = True


class WithFront(Sorting):
    """What the pages' server becomes: its sockets are its front's."""

    _front_loop: asyncio.AbstractEventLoop | None = None

    def add_sockets(self, sockets: Any) -> None:
        """Listen: the front does, where there can be one."""
        application: Any = self.request_callback
        if (
            not limits().own_loop
            or self.ssl_options is not None
            or _asks_for_login(application)
            or not hasattr(application, "_prefix")
        ):
            super().add_sockets(sockets)
            return
        sys.setswitchinterval(SWITCH_SECONDS)
        loop = IOLoop.current()
        loop.add_callback(drain.watch)
        self.prefix = application._prefix
        serve = self._serve(list(sockets), loop)
        thread = threading.Thread(target=lambda: asyncio.run(serve), name="api", daemon=True)
        # Not before the data has been opened; until then connections wait. One process has opened it by now; of several,
        # each does so in its loop's first round, behind what was asked of that loop before it started: this.
        loop.add_callback(loop.add_callback, thread.start)

    async def _serve(self, sockets: Sequence[socket.socket], loop: IOLoop) -> None:
        from components.api import ROUTES

        pages: Any = self.request_callback
        routes = [(self.prefix + pattern, handler, arguments) for pattern, handler, arguments in ROUTES]
        settings = {name: value for name, value in pages.settings.items() if name not in LEFT_OUT}
        front = Front(
            Application(routes, **settings), xheaders=self.xheaders, protocol=self.protocol,
            max_body_size=self.conn_params.max_body_size,
        )  # fmt: skip
        front.prefix, front.other = self.prefix, (self, loop)
        self.other = front, IOLoop.current()
        self._front_loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        front.add_sockets(sockets)
        await self._ended.wait()
        front.stop()
        await front.close_all_connections()

    def stop(self) -> None:
        """Listen no more."""
        super().stop()
        if self._front_loop is not None and not self._front_loop.is_closed():
            self._front_loop.call_soon_threadsafe(self._ended.set)


def _asks_for_login(application: Any) -> bool:
    provider = getattr(application, "auth_provider", None)
    return provider is not None and (provider.get_user is not None or provider.get_user_async is not None)


def fits(versions: dict[str, str]) -> bool:
    """True where every package's version is one that this was written for.

    >>> fits({"bokeh": "3.9.2", "tornado": "6.6.1"}), fits({"bokeh": "3.10.0", "tornado": "6.6.1"})
    (True, False)
    """
    return all(re.match(wanted, versions.get(name, "")) for name, wanted in WRITTEN_FOR.items())


def install() -> bool:
    """Put a front before every server that Bokeh starts from now on; returns whether there is one."""
    import bokeh
    import bokeh.server.server as bokeh_server
    import tornado

    if not fits({"bokeh": bokeh.__version__, "tornado": tornado.version}):
        log.info("bokeh %s and tornado %s: one loop does everything", bokeh.__version__, tornado.version)
        return False
    if not getattr(bokeh_server.HTTPServer, _MARK, False):
        server = type("HTTPServer", (WithFront, bokeh_server.HTTPServer), {_MARK: True})
        setattr(bokeh_server, "HTTPServer", server)  # noqa: B010 - a class is replaced on purpose
    return True
