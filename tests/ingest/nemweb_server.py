"""A local server for the tests: a tree with listings as NEMWEB's IIS writes them, and faults scripted per path."""

from __future__ import annotations

import html
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit


@dataclass
class Fault:
    """What to answer instead of the file, once."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int | None = None
    stall: bool = False


class NemwebServer:
    """The tree at ``root``; ``faults[path]`` are used up one per request, the last one for ever if ``forever``.

    ``sizes=False`` lists names only, as ``python -m http.server`` does; ``hash_spelling`` is how a ``#`` in a
    file's name must be written in the address (``%23``, ``%2523``), any other way is a 404.
    """

    def __init__(self, root: Path, *, sizes: bool = True, hash_spelling: str | None = None):
        self.root, self.sizes, self.hash_spelling = root, sizes, hash_spelling
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.forever: dict[str, Fault] = {}
        self.asked: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.answer(self, body=True)

            def do_HEAD(self) -> None:
                server.answer(self, body=False)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, request: BaseHTTPRequestHandler, *, body: bool) -> None:
        path = urlsplit(request.path).path
        if body:
            self.asked[unquote(path)] += 1
            self.headers.append(dict(request.headers))
        waiting = self.faults[path]
        fault = (waiting.pop(0) if waiting else self.forever.get(path)) if body else None
        if fault is not None and (fault.status != 200 or fault.body is not None or fault.stall):
            self._send(request, fault.status, fault.body or b"", fault.headers, cut=fault.cut, stall=fault.stall)
            return
        target = self._find(path)
        if target is None:
            self._send(request, 404, b"not here")
        elif target.is_dir():
            self._send(request, 200, self._page(target, path), {"Content-Type": "text/html"}, send=body)
        else:
            cut = fault.cut if fault is not None else None
            self._send(
                request, 200, target.read_bytes(), {"Last-Modified": str(target.stat().st_mtime_ns)}, cut=cut, send=body
            )

    def _find(self, path: str) -> Path | None:
        """The file or folder, found without case as on IIS."""
        here = self.root
        for step in [s for s in path.split("/") if s]:
            name = unquote(step)
            if self.hash_spelling is not None and self.hash_spelling in step:
                name = unquote(name)
            elif self.hash_spelling is not None and "%" in step:
                return None
            match = [c for c in here.iterdir() if c.name.lower() == name.lower()] if here.is_dir() else []
            if not match:
                return None
            here = match[0]
        return here

    def _page(self, folder: Path, path: str) -> bytes:
        """A listing as IIS writes it: upper-case tags, absolute links, a link to the parent."""
        lines = []
        if path.strip("/"):
            lines.append(f'<A HREF="{path.rstrip("/").rpartition("/")[0]}/">[To Parent Directory]</A><br><br>')
        for child in sorted(folder.iterdir()):
            spelled = quote(child.name)
            if self.hash_spelling is not None:
                spelled = spelled.replace("%23", self.hash_spelling)
            link = (
                f'<A HREF="{path.rstrip("/")}/{spelled}{"/" if child.is_dir() else ""}">{html.escape(child.name)}</A>'
            )
            size = "&lt;dir&gt;" if child.is_dir() else str(child.stat().st_size)
            before = f"     Tuesday, August 31, 2021 12:50 PM        {size} " if self.sizes else ""
            lines.append(f"{before}{link}<br>")
        return f"<html><body><H1>{path}</H1><hr>\n\n<pre>{''.join(lines)}</pre><hr></body></html>".encode()

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, data: bytes, headers: dict[str, str] | None = None,
        *, cut: int | None = None, stall: bool = False, send: bool = True,
    ) -> None:  # fmt: skip
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(data)))
        if cut is not None or stall:
            request.send_header("Connection", "close")
            request.close_connection = True
        request.end_headers()
        if not send:
            return
        try:
            request.wfile.write(data if cut is None else data[:cut])
            if stall:
                request.wfile.flush()
                self.released.wait(30)
        except OSError:
            pass


@contextmanager
def serving(root: Path, **how: object) -> Iterator[NemwebServer]:
    """A server for the length of a ``with`` block."""
    server = NemwebServer(root, **how)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.close()
