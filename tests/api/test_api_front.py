"""The API's own loop: it answers while the pages' loop does not, and connections go to and fro with all that was sent."""

from __future__ import annotations

import asyncio
import http.client
import re
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from types import SimpleNamespace

import bokeh.server.server as bokeh_server
import pytest
import tornado.web
from live_api import market
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketHandler, websocket_connect

from components.api import data, front
from components.api.front import Front, WithFront
from components.store.snapshot import Snapshot

entered, may_go = threading.Event(), threading.Event()
loops: dict[str, int] = {}


class Busy(tornado.web.RequestHandler):
    def get(self):
        entered.set()
        may_go.wait(20)
        self.write("done")


class Echo(tornado.web.RequestHandler):
    def get(self, path):
        loops["pages"] = threading.get_ident()
        self.write(f"{self.request.remote_ip} {self.request.path} {self.request.headers.get_list('X-Two')}")

    def post(self, path):
        self.write(self.request.body)


class Socket(WebSocketHandler):
    def on_message(self, message):
        self.write_message(f"heard {message}")


class Server(WithFront, HTTPServer):
    pass


@pytest.fixture(autouse=True)
def _chosen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(front, "limits", lambda: SimpleNamespace(own_loop=True))


@pytest.fixture(params=["", "/prefix"])
def served(request, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A server of pages with a front, in threads of their own."""
    frames, units = market()
    snapshot = Snapshot.from_frames(frames, units, version="v1")
    for name in ("current", "at_hand"):
        monkeypatch.setattr(data, name, lambda: snapshot)
    monkeypatch.setattr(data, "status", lambda: SimpleNamespace(state="ready", reasons=()))
    sockets = bind_sockets(0, "127.0.0.1")
    started, ended = threading.Event(), {}

    def serve() -> None:
        async def main() -> None:
            ended["loop"], ended["event"] = asyncio.get_running_loop(), asyncio.Event()
            pages = [("/busy", Busy), ("/socket", Socket), ("/(.*)", Echo)]
            application = tornado.web.Application([(request.param + path, kind) for path, kind in pages])
            application._prefix = request.param
            server = Server(application)
            server.add_sockets(sockets)
            ended["server"] = server
            started.set()
            await ended["event"].wait()
            server.stop()
            await server.close_all_connections()

        asyncio.run(main())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(20)
    entered.clear()
    may_go.clear()
    port = sockets[0].getsockname()[1]
    yield SimpleNamespace(
        port=port, root=request.param, server=ended["server"], base=f"127.0.0.1:{port}{request.param}"
    )
    may_go.set()
    ended["loop"].call_soon_threadsafe(ended["event"].set)
    thread.join(20)
    assert not thread.is_alive()


def ask(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_api_answers_while_the_pages_loop_does_not(served):
    threading.Thread(target=ask, args=(served.port, f"{served.root}/busy"), daemon=True).start()
    assert entered.wait(20)
    status, body = ask(served.port, f"{served.root}/api/health")
    assert (status, b'"data_version":"v1"' in body) == (200, True)
    assert ask(served.port, f"{served.root}/api/demand?last=6h")[0] == 200
    assert not may_go.is_set()


def test_one_connection_goes_to_and_fro(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    found = []
    for path in (
        "/api/health",
        "/one?a=%20b",
        "/two",
        "/api/nothing",
        "/apix",
        "/api?x=1",
        "/api/demand?last=latest",
        "/",
    ):
        connection.request("GET", served.root + path)
        answer = connection.getresponse()
        found.append((answer.status, answer.read()))
    assert [status for status, _ in found] == [200, 200, 200, 404, 200, 404, 200, 200]
    assert found[1][1] == f"127.0.0.1 {served.root}/one []".encode()


def test_requests_sent_ahead_are_answered_in_order(served):
    paths = ["/api/nothing", "/one", "/two", "/api/health", "/three"]
    lines = [f"GET {served.root}{path} HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n" for path in paths]
    last = f"GET {served.root}/four HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall("".join([*lines, last]).encode())
        text = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    assert re.findall(r"HTTP/1\.1 (\d+)", text) == ["404", "200", "200", "200", "200", "200"]
    assert [text.index(f"{served.root}/{word} [") for word in ("one", "two", "three", "four")] == sorted(
        text.index(f"{served.root}/{word} [") for word in ("one", "two", "three", "four")
    )
    assert text.count("['1', '2']") == 3


def test_a_body_follows_its_request(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    body = b"x" * 300_000
    connection.request("POST", f"{served.root}/one", body=body)
    assert connection.getresponse().read() == body
    connection.request("GET", f"{served.root}/api/health")
    assert connection.getresponse().read().startswith(b"{")
    connection.request("POST", f"{served.root}/one", body=iter([b"in ", b"pieces"]), encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert connection.getresponse().read() == b"in pieces"


def test_sockets_are_opened(served):
    async def talk() -> str:
        page = await websocket_connect(f"ws://{served.base}/socket")
        await page.write_message("hello")
        answer = await page.read_message()
        page.close()
        return str(answer)

    assert asyncio.run(talk()) == "heard hello"


def test_it_begins_when_the_loop_has_done_what_it_does_first(monkeypatch: pytest.MonkeyPatch):
    """Each of several processes opens the data in its loop's first round, asked for after the server was made."""
    order: list[str] = []
    monkeypatch.setattr(threading, "Thread", lambda **_: SimpleNamespace(start=lambda: order.append("front")))

    async def first_rounds() -> None:
        application = tornado.web.Application([])
        application._prefix = ""
        server = Server(application)
        server.add_sockets([])
        IOLoop.current().add_callback(order.append, "data opened")
        for _ in range(4):
            await asyncio.sleep(0)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the front's coroutine is never begun
        asyncio.run(first_rounds())
    assert order == ["data opened", "front"]


def test_where_visitors_log_in_or_speak_tls_one_loop_does_everything(monkeypatch: pytest.MonkeyPatch):
    listened = []
    monkeypatch.setattr(HTTPServer, "add_sockets", lambda self, sockets: listened.append(self))
    asking = SimpleNamespace(_prefix="", auth_provider=SimpleNamespace(get_user=lambda _: None, get_user_async=None))
    for server in (
        Server(asking),
        Server(SimpleNamespace(_prefix=""), ssl_options=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)),
        Server(lambda request: None),
    ):
        server.add_sockets([])
        assert server.is_ours("/api/health")
        assert server.is_ours("/overview")
        assert listened.pop() is server


def test_what_belongs_to_the_api():
    for prefix in ("", "/prefix"):
        server = Front(lambda request: None)
        server.prefix, server.other = prefix, (server, None)
        own = [
            p for p in ("/api", "/api/", "/api/x", "/api?a=1", "/apix", "/", "/x/api/y") if server.is_ours(prefix + p)
        ]
        assert own == ["/api", "/api/", "/api/x", "/api?a=1"]
    assert not server.is_ours("/api/x")  # without the prefix


def test_other_versions_have_no_front(monkeypatch: pytest.MonkeyPatch):
    stock = bokeh_server.HTTPServer
    monkeypatch.setattr(bokeh_server, "HTTPServer", stock)
    monkeypatch.setattr(front, "WRITTEN_FOR", {"bokeh": "9"})
    assert not front.install()
    assert bokeh_server.HTTPServer is stock
    monkeypatch.undo()
    monkeypatch.setattr(bokeh_server, "HTTPServer", stock)
    assert front.install()
    assert issubclass(bokeh_server.HTTPServer, WithFront)
    made = bokeh_server.HTTPServer
    assert front.install()
    assert bokeh_server.HTTPServer is made
